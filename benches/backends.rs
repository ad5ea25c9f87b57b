//! How fast the backends that are compiled in are, beside a naive loop; and what filling and comparing cost.

#![allow(missing_docs, clippy::unwrap_used)]

use convdiff::backend::{UNWRITTEN, registry};
use convdiff::judge::same_bits;
use convdiff::operands::{Case, DEFAULT_SEED, Fill, Operands};
use convdiff::problem::{Hw, Padding, Parameters, Problem};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

/// The problem of apple/coremltools#2515.
fn tiny() -> Problem {
    problem(Parameters {
        in_channels: 2,
        out_channels: 2,
        input: Hw::square(5),
        kernel: Hw { h: 3, w: 2 },
        stride: Hw::square(2),
        padding: Padding::uniform(1),
        ..Parameters::default()
    })
}

/// A layer of ResNet.
fn middling() -> Problem {
    problem(Parameters {
        in_channels: 64,
        out_channels: 64,
        input: Hw::square(56),
        kernel: Hw::square(3),
        padding: Padding::uniform(1),
        ..Parameters::default()
    })
}

/// A layer of MobileNet.
fn depthwise() -> Problem {
    problem(Parameters {
        in_channels: 64,
        out_channels: 64,
        groups: 64,
        input: Hw::square(56),
        kernel: Hw::square(3),
        padding: Padding::uniform(1),
        ..Parameters::default()
    })
}

fn problem(parameters: Parameters) -> Problem {
    Problem::new(parameters).unwrap()
}

/// The loop of `exact`, in f32: what anyone would write first.
fn naive(case: Case<'_>, output: &mut [f32]) {
    let p = case.problem;
    let (h, w) = (p.h(), p.w());
    let (out_h, out_w) = (h.output() as usize, w.output() as usize);
    let (channels, out_channels) = (p.in_channels_per_group() as usize, p.out_channels as usize);
    let (kernel_h, kernel_w) = (p.kernel.h as usize, p.kernel.w as usize);
    for (index, y) in output.iter_mut().enumerate() {
        let (j, i) = (index % out_w, index / out_w % out_h);
        let (o, n) = (index / (out_w * out_h) % out_channels, index / (out_w * out_h * out_channels));
        let first = n * p.in_channels as usize + o / p.out_channels_per_group() as usize * channels;
        let mut sum = case.bias.get(o).copied().unwrap_or(0.0);
        for c in 0..channels {
            for kh in 0..kernel_h {
                let Some(row) = h.position(i as u64, kh as u64) else { continue };
                for kw in 0..kernel_w {
                    let Some(column) = w.position(j as u64, kw as u64) else { continue };
                    sum += case.input[((first + c) * p.input.h as usize + row) * p.input.w as usize + column]
                        * case.weights[((o * channels + c) * kernel_h + kh) * kernel_w + kw];
                }
            }
        }
        *y = sum;
    }
}

fn backends(criterion: &mut Criterion) {
    for (name, problem) in [("tiny", tiny()), ("middling", middling()), ("depthwise", depthwise())] {
        let mut operands = Operands::default();
        operands.fill(&problem, Fill::Integers, DEFAULT_SEED);
        let case = operands.case(&problem);
        let mut output = vec![UNWRITTEN; problem.output_len() as usize];
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(2 * problem.work()));
        group.bench_function("naive", |bench| bench.iter(|| naive(black_box(case), black_box(&mut output))));
        for backend in registry::default_under_test() {
            if backend.supports(&problem).is_err() {
                continue;
            }
            let Ok(mut session) = backend.session() else { continue };
            group.bench_function(BenchmarkId::from_parameter(backend.name()), |bench| {
                bench.iter(|| session.run(black_box(case), black_box(&mut output)).unwrap());
            });
        }
    }
}

/// What the harness itself does for every problem: fill the operands, compare two outputs that are the same.
fn harness(criterion: &mut Criterion) {
    for (name, problem) in [("tiny", tiny()), ("middling", middling())] {
        let mut group = criterion.benchmark_group(format!("harness/{name}"));
        let mut operands = Operands::default();
        group.bench_function("fill", |bench| {
            bench.iter(|| operands.fill(black_box(&problem), Fill::Integers, DEFAULT_SEED));
        });
        let output = vec![1.0; problem.output_len() as usize];
        group.bench_function("compare", |bench| {
            bench.iter(|| same_bits(black_box(&output), black_box(&output)));
        });
    }
}

criterion_group!(benches, backends, harness);
criterion_main!(benches);
