//! The smoke test that every backend in the registry goes through: bit for bit what `exact` says, on operands whose
//! sums are exact in any order.

#![allow(clippy::unwrap_used)]

use convdiff::backend::registry::{self, Entry};
use convdiff::backend::{Backend, Session, UNWRITTEN};
use convdiff::operands::{DEFAULT_SEED, Fill, Operands};
use convdiff::problem::{Hw, Padding, Parameters, Problem};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

/// Runs problems on a backend and on `exact`, with one session of each, and counts what was compared.
struct Smoke<'a> {
    backend: &'a dyn Backend,
    session: Box<dyn Session + 'a>,
    exact: Box<dyn Session + 'a>,
    operands: Operands,
    expected: Vec<f32>,
    actual: Vec<f32>,
    compared: usize,
    unsupported: usize,
}

impl<'a> Smoke<'a> {
    fn new(backend: &'a dyn Backend, exact: &'a dyn Backend) -> Self {
        Self {
            backend,
            session: backend.session().unwrap(),
            exact: exact.session().unwrap(),
            operands: Operands::default(),
            expected: Vec::new(),
            actual: Vec::new(),
            compared: 0,
            unsupported: 0,
        }
    }

    fn check(&mut self, problem: &Problem) {
        if self.backend.supports(problem).is_err() {
            self.unsupported += 1;
            return;
        }
        self.operands.fill(problem, Fill::Integers, DEFAULT_SEED);
        for output in [&mut self.expected, &mut self.actual] {
            output.clear();
            output.resize(problem.output_len() as usize, UNWRITTEN);
        }
        self.exact.run(self.operands.case(problem), &mut self.expected).unwrap();
        let name = self.backend.name();
        if let Err(failure) = self.session.run(self.operands.case(problem), &mut self.actual) {
            panic!("{name}: {failure} on {problem:?}");
        }
        assert_eq!(self.actual, self.expected, "{name} differs on {problem:?}");
        self.compared += 1;
    }
}

/// Runs `check` on every backend that is compiled in.
fn every_backend(check: impl Fn(&Entry, &mut Smoke<'_>)) {
    let exact = registry::find("exact").unwrap();
    for entry in registry::all().iter().filter(|entry| entry.compiled_in()) {
        let backend = entry.backend().unwrap();
        check(entry, &mut Smoke::new(backend.as_ref(), exact.as_ref()));
    }
}

/// Every combination along one axis, small: asymmetric pads, strides, dilations, kernels wider than the input, windows
/// that lie in pads altogether.
fn along() -> impl Iterator<Item = [u32; 6]> + Clone {
    let choices: [&[u32]; 6] = [&[1, 4, 7], &[1, 2, 3], &[1, 2, 3], &[1, 2], &[0, 1, 4], &[0, 2]];
    let count: usize = choices.iter().map(|choices| choices.len()).product();
    (0..count).map(move |mut code| {
        choices.map(|choices| {
            let choice = choices[code % choices.len()];
            code /= choices.len();
            choice
        })
    })
}

/// Batch, C, O, G, bias.
const CHANNELS: [(u32, u32, u32, u32, bool); 7] = [
    (1, 1, 1, 1, false),
    (1, 2, 3, 1, true),
    (2, 3, 2, 1, false),
    (1, 4, 6, 2, true),
    (2, 3, 3, 3, true),
    (1, 2, 4, 2, false),
    (1, 5, 9, 1, true),
];

/// All pairs of one height with one width, each with one of some channel layouts in turn.
fn small_problems() -> impl Iterator<Item = Problem> {
    let pairs = along().flat_map(|h| along().map(move |w| (h, w)));
    pairs.enumerate().filter_map(|(index, (h, w))| small_problem(h, w, CHANNELS[index % CHANNELS.len()]))
}

/// Problems that are alike along both axes and at all sides, but for the input: all that some engines can say.
fn square_problems() -> impl Iterator<Item = Problem> {
    let inputs = [(1, 4), (4, 1), (4, 7), (7, 7)];
    along().filter(|along| along[0] == 1 && along[5] == 0).flat_map(move |mut h| {
        h[5] = h[4];
        inputs.into_iter().flat_map(move |(height, width)| {
            let (mut h, mut w) = (h, h);
            (h[0], w[0]) = (height, width);
            CHANNELS.into_iter().filter_map(move |channels| small_problem(h, w, channels))
        })
    })
}

fn small_problem(h: [u32; 6], w: [u32; 6], channels: (u32, u32, u32, u32, bool)) -> Option<Problem> {
    let (batch, in_channels, out_channels, groups, bias) = channels;
    let hw = |field: usize| Hw { h: h[field], w: w[field] };
    Problem::new(Parameters {
        batch,
        in_channels,
        out_channels,
        groups,
        input: hw(0),
        kernel: hw(1),
        stride: hw(2),
        dilation: hw(3),
        padding: Padding { top: h[4], left: w[4], bottom: h[5], right: w[5] },
        bias,
    })
    .ok()
}

/// Engines that build and optimise a model for every problem, a thousand times as slow as a function call: they see
/// one problem in 37.
const SLOW: [&str; 2] = ["tract", "ort"];

#[test]
fn every_backend_is_exact_on_a_small_space() {
    every_backend(|entry, smoke| {
        let step = if SLOW.contains(&entry.name) { 37 } else { 1 };
        small_problems().chain(square_problems()).step_by(step).for_each(|problem| smoke.check(&problem));
        assert!(
            smoke.compared > 1_000,
            "{}: {} compared, {} unsupported",
            entry.name,
            smoke.compared,
            smoke.unsupported
        );
    });
}

/// Bigger problems, up to some millions of multiply-adds.
fn larger_problem() -> impl Strategy<Value = Problem> {
    let hw = |range: std::ops::Range<u32>| (range.clone(), range).prop_map(|(h, w)| Hw { h, w });
    let channels = (1u32..4, prop_oneof![3 => Just(1u32), 1 => 2u32..5, 1 => Just(40)], 1u32..21, 1u32..21);
    let padding = prop::array::uniform4(prop_oneof![3 => 0u32..4, 1 => 0u32..20]);
    let windows = (hw(1..40), hw(1..8), hw(1..6), hw(1..5));
    (channels, windows, padding, any::<bool>(), 0..4).prop_filter_map(
        "impossible, or too much work for a test",
        |((batch, groups, in_channels, out_channels), windows, mut padding, bias, alike)| {
            let (input, mut kernel, mut stride, mut dilation) = windows;
            if alike == 0 {
                [kernel, stride, dilation] = [kernel, stride, dilation].map(|hw| Hw::square(hw.h));
                padding = [padding[0]; 4];
            }
            let per_group = |channels: u32| if groups == 40 { 1 + channels / 20 } else { channels };
            let [top, left, bottom, right] = padding;
            let problem = Problem::new(Parameters {
                batch,
                in_channels: groups * per_group(in_channels),
                out_channels: groups * per_group(out_channels),
                groups,
                input,
                kernel,
                stride,
                dilation,
                padding: Padding { top, left, bottom, right },
                bias,
            });
            problem.ok().filter(|problem| problem.work() < 3_000_000)
        },
    )
}

#[test]
fn every_backend_is_exact_on_larger_problems() {
    every_backend(|entry, smoke| {
        let mut runner = TestRunner::new_with_rng(
            Config::default(),
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        );
        for _ in 0..300 {
            smoke.check(&larger_problem().new_tree(&mut runner).unwrap().current());
        }
        assert!(smoke.compared > 10, "{}: {} compared", entry.name, smoke.compared);
    });
}

#[test]
fn versions_are_those_of_the_lockfile() {
    let lock: toml::Table = include_str!("../Cargo.lock").parse().unwrap();
    let locked = |name: &str| {
        let packages = lock["package"].as_array().unwrap().iter();
        let named = packages.filter(|package| package["name"].as_str() == Some(name));
        named.map(|package| package["version"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (backend, package) in [
        ("im2col", "ndarray"),
        ("rten", "rten"),
        ("tract", "tract-core"),
        ("candle", "candle-core"),
        ("burn", "burn-flex"),
        ("ort", "ort"),
    ] {
        let Ok(backend) = registry::find(backend) else { continue };
        let version = backend.version();
        assert!(locked(package).iter().any(|locked| version.contains(locked)), "{package} {version}");
    }
}
