//! What the harness costs beside the backends that it runs.
//!
//! `cargo bench --bench sweep` prints, for each backend, the time of a sweep's inner loop (fill, reference, backend,
//! comparison, counting, rows) over the time inside reference and backend alone, on the same problems. The two are
//! timed in turn and the ratios of the pairs are compared, so that a drift of the machine's speed doesn't matter.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use convdiff::backend::{Backend, UNWRITTEN, registry};
use convdiff::judge::Settings;
use convdiff::operands::{Operands, fill};
use convdiff::problem::Problem;
use convdiff::problem::space::presets;
use convdiff::sweep::{Point, Worker};
use criterion::{Criterion, Throughput};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Every 37th problem of the preset that a plain sweep runs (some hundred multiply-adds each), and some of the broad one
/// (some thousand).
fn problems() -> [(&'static str, Vec<Problem>); 2] {
    let every = |name: &str, step: usize, most: usize| {
        let preset = presets::PRESETS.iter().find(|preset| preset.name == name).unwrap();
        let space = preset.space();
        (0..space.len()).step_by(step).filter_map(|index| space.problem(index).ok()).take(most).collect()
    };
    let broad = presets::PRESETS.iter().find(|preset| preset.name == "broad").unwrap().space().len();
    [("coreml-2515", every("coreml-2515", 37, usize::MAX)), ("broad", every("broad", broad as usize / 9001, 2000))]
}

/// Time of one pass of the sweep's inner loop.
fn swept(worker: &mut Worker<'_>, points: &[Point]) -> Duration {
    let began = Instant::now();
    for chunk in points.chunks(512) {
        black_box(worker.run(chunk).unwrap());
    }
    began.elapsed()
}

/// Time of one pass inside reference and backend, on operands that are there already.
fn inside(backends: [&dyn Backend; 2], cases: &[(Problem, Operands)], output: &mut [f32]) -> Duration {
    let mut sessions = backends.map(|backend| backend.session().unwrap());
    let began = Instant::now();
    for session in &mut sessions {
        for (problem, operands) in cases {
            session.run(operands.case(problem), &mut output[..problem.output_len() as usize]).unwrap();
        }
    }
    began.elapsed()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn ratios(space: &str, problems: &[Problem], backends: &[Arc<dyn Backend>]) {
    let exact = registry::find("exact").unwrap();
    let points: Vec<Point> = problems.iter().enumerate().map(|(i, p)| (i as u64, Ok(*p))).collect();
    let settings = Settings::default();
    let cases: Vec<(Problem, Operands)> = problems
        .iter()
        .map(|problem| {
            let mut operands = Operands::default();
            operands.fill(problem, settings.fill, settings.seed);
            (*problem, operands)
        })
        .collect();
    let largest = problems.iter().map(Problem::output_len).max().unwrap();
    let mut output = vec![UNWRITTEN; largest as usize];
    println!(
        "{} problems of {space}; (time of the sweep's loop) / (time inside reference and backend), median of 21 pairs",
        problems.len()
    );
    println!("{:<10} {:>8} {:>14} {:>14} {:>12}", "backend", "map", "sweep ns", "inside ns", "ratio");
    for backend in backends {
        for (map, full) in [("failures", false), ("full", true)] {
            if problems.iter().any(|problem| backend.supports(problem).is_err()) {
                continue;
            }
            let mut worker = Worker::new(&*exact, [&**backend], settings, full).unwrap();
            let pairs: Vec<(f64, f64)> = (0..22)
                .map(|_| {
                    let sweep = swept(&mut worker, &points).as_secs_f64();
                    (sweep, inside([&*exact, &**backend], &cases, &mut output).as_secs_f64())
                })
                .skip(1)
                .collect();
            let each = |time: f64| time * 1e9 / problems.len() as f64;
            println!(
                "{:<10} {map:>8} {:>14.0} {:>14.0} {:>12.3}",
                backend.name(),
                each(median(pairs.iter().map(|(sweep, _)| *sweep).collect())),
                each(median(pairs.iter().map(|(_, inside)| *inside).collect())),
                median(pairs.iter().map(|(sweep, inside)| sweep / inside).collect()),
            );
        }
    }
}

fn parts(criterion: &mut Criterion, problems: &[Problem]) {
    let mut group = criterion.benchmark_group("per problem of the preset");
    group.throughput(Throughput::Elements(problems.len() as u64));
    group.bench_function("fill", |bencher| {
        let mut operands = Operands::default();
        bencher.iter(|| {
            for problem in problems {
                operands.resize(problem);
                let Operands { input, weights, bias } = &mut operands;
                fill(problem, Settings::default().fill, 1, input, weights, bias);
                black_box(&operands);
            }
        });
    });
    group.bench_function("compare", |bencher| {
        let lens: Vec<usize> = problems.iter().map(|problem| problem.output_len() as usize).collect();
        let (expected, actual) = (vec![1.0f32; 1 << 14], vec![1.0f32; 1 << 14]);
        bencher
            .iter(|| lens.iter().filter(|&&len| convdiff::judge::same_bits(&expected[..len], &actual[..len])).count());
    });
    group.bench_function("decode an index", |bencher| {
        let space = presets::PRESETS[0].space();
        let indices: Vec<u64> = (0..space.len()).step_by(37).take(problems.len()).collect();
        bencher.iter(|| indices.iter().filter(|&&index| black_box(space.problem(index)).is_ok()).count());
    });
    group.finish();
}

fn main() {
    let sets = problems();
    let real: Vec<_> = ["direct", "im2col", "rten"].iter().filter_map(|name| registry::find(name).ok()).collect();
    for (space, problems) in &sets {
        ratios(space, problems, &real);
    }
    let mut criterion = Criterion::default().configure_from_args();
    parts(&mut criterion, &sets[0].1);
    criterion.final_summary();
}
