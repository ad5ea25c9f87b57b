//! What it costs to have a backend in another process: batches of the tiny convolution of #2515.
//!
//! Limits in batches: 10 µs a problem, that is 100,000 problems a second through one worker; 50 µs, that is 20,000, through
//! one in Python that does nothing else (where `convdiff engines install naive` has made a Python with numpy).

use convdiff::backend::Session;
use convdiff::backend::engine::{Cache, Spec};
use convdiff::backend::registry::{self, Isolation};
use convdiff::operands::{Case, Fill, Operands};
use convdiff::problem::{Hw, Padding, Parameters, Problem};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::error::Error;

fn tiny() -> Result<Problem, Box<dyn Error>> {
    Ok(Problem::new(Parameters {
        in_channels: 2,
        out_channels: 2,
        input: Hw::square(5),
        kernel: Hw { h: 3, w: 2 },
        stride: Hw::square(2),
        padding: Padding::uniform(1),
        ..Parameters::default()
    })?)
}

fn bench(criterion: &mut Criterion, name: &str, session: &mut dyn Session, problem: &Problem, count: usize) {
    let mut operands = Operands::default();
    operands.fill(problem, Fill::Integers, 1);
    let cases: Vec<Case<'_>> = vec![operands.case(problem); count];
    let mut outputs = vec![vec![0.0; problem.output_len() as usize]; count];
    let mut results = Vec::new();
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(count as u64));
    group.bench_function(format!("batches of {count}"), |bencher| {
        bencher.iter(|| {
            let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
            session.run_batch(&cases, &mut slices, &mut results);
            assert!(results.iter().all(Result::is_ok));
        });
    });
}

fn naive_python() -> Result<Option<String>, Box<dyn Error>> {
    let Some(spec) = Spec::parse("naive") else { return Ok(None) };
    Ok(Cache::find()?.python(&spec?).map(|python| python.display().to_string()))
}

fn worker(criterion: &mut Criterion) {
    let run = |criterion: &mut Criterion| -> Result<(), Box<dyn Error>> {
        let problem = tiny()?;
        let direct = registry::find("direct")?;
        let isolation = Isolation { all: true, ..Isolation::by(env!("CARGO_BIN_EXE_convdiff").into()) };
        let worker = registry::open("direct", &isolation)?;
        for count in [1, 16, 256] {
            bench(criterion, "direct in this process", direct.session()?.as_mut(), &problem, count);
            bench(criterion, "direct in its own process", worker.session()?.as_mut(), &problem, count);
        }
        let Some(python) = naive_python()? else { return Ok(()) };
        let here = env!("CARGO_MANIFEST_DIR");
        let echo = format!("worker:env 'PYTHONPATH={here}/python' '{python}' '{here}/benches/echo_worker.py'");
        let echo = registry::open(&echo, &isolation)?;
        for count in [1, 16, 256] {
            bench(criterion, "nothing in Python", echo.session()?.as_mut(), &problem, count);
        }
        Ok(())
    };
    run(criterion).unwrap_or_else(|error| panic!("{error}"));
}

criterion_group!(benches, worker);
criterion_main!(benches);
