mod fills;

use super::*;
use crate::problem::{Hw, Padding, Parameters, Problem};
use insta::assert_snapshot;
use proptest::prelude::*;

/// A small space with everything in it: groups, both pads alone, stride, dilation, bias, several images.
fn small_space() -> impl Iterator<Item = Problem> {
    let channels = [(1, 1, 1), (2, 1, 1), (1, 2, 1), (2, 2, 2), (4, 2, 2), (3, 3, 1)];
    let pads = [Padding::uniform(0), Padding::uniform(1), Padding { top: 0, left: 2, bottom: 1, right: 0 }];
    let sizes = |count: u32| (0..count * count).map(move |i| Hw { h: i / count + 1, w: i % count + 1 });
    pairs(channels.to_vec(), pads.to_vec()).flat_map(move |((in_channels, out_channels, groups), padding)| {
        sizes(3).flat_map(move |input| {
            sizes(3).flat_map(move |kernel| {
                [1, 2].into_iter().flat_map(move |step| {
                    [1, 2].into_iter().filter_map(move |dilation| {
                        Problem::new(Parameters {
                            batch: step,
                            in_channels,
                            out_channels,
                            groups,
                            input,
                            kernel,
                            stride: Hw { h: 1, w: step },
                            dilation: Hw { h: dilation, w: 1 },
                            padding,
                            bias: dilation == 2,
                        })
                        .ok()
                    })
                })
            })
        })
    })
}

fn pairs<A: Clone + 'static, B: Clone + 'static>(a: Vec<A>, b: Vec<B>) -> impl Iterator<Item = (A, B)> {
    a.into_iter().flat_map(move |a| b.clone().into_iter().map(move |b| (a.clone(), b)))
}

/// A tensor of which any place can be read: outside of it, everything is zero.
struct Tensor<'a> {
    values: &'a [f32],
    sizes: [i64; 4],
}

impl Tensor<'_> {
    fn index(&self, at: [i64; 4]) -> Option<i64> {
        let inside = at.iter().zip(self.sizes).all(|(at, size)| (0..size).contains(at));
        inside.then(|| at.iter().zip(self.sizes).fold(0, |index, (at, size)| index * size + at))
    }

    /// The value at `at` moved by `step`: a step along one dimension, then in memory.
    fn read(&self, mut at: [i64; 4], step: Step) -> i64 {
        if let Step::Along(dimension, by) = step {
            at[dimension] += by;
        }
        let by = if let Step::Memory(by) = step { by } else { 0 };
        let index = self.index(at).map(|index| index + by);
        index.and_then(|index| self.values.get(usize::try_from(index).ok()?)).map_or(0, |&value| value as i64)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Stay,
    Along(usize, i64),
    Memory(i64),
}

fn steps() -> impl Iterator<Item = Step> {
    let along = (0..4).flat_map(|dimension| [-1, 1].map(|by| Step::Along(dimension, by)));
    along.chain([Step::Memory(-1), Step::Memory(1)])
}

/// What each tap of one output element reads, as places in input and weights; and the bias.
fn taps(problem: &Problem, [n, o, i, j]: [i64; 4]) -> Vec<([i64; 4], [i64; 4])> {
    let (h, w) = (problem.h(), problem.w());
    let channels = i64::from(problem.in_channels_per_group());
    let group = o / i64::from(problem.out_channels_per_group());
    let mut taps = Vec::new();
    for c in 0..channels {
        for kh in 0..i64::from(problem.kernel.h) {
            for kw in 0..i64::from(problem.kernel.w) {
                let rows = h.window_start(i as u64) + kh * i64::from(problem.dilation.h);
                let columns = w.window_start(j as u64) + kw * i64::from(problem.dilation.w);
                taps.push(([n, group * channels + c, rows, columns], [o, c, kh, kw]));
            }
        }
    }
    taps
}

fn tensors(case: Case<'_>) -> (Tensor<'_>, Tensor<'_>) {
    let p = case.problem;
    let input = [p.batch, p.in_channels, p.input.h, p.input.w].map(i64::from);
    let weights = [p.out_channels, p.in_channels_per_group(), p.kernel.h, p.kernel.w].map(i64::from);
    (Tensor { values: case.input, sizes: input }, Tensor { values: case.weights, sizes: weights })
}

fn outputs(problem: &Problem) -> impl Iterator<Item = [i64; 4]> {
    let output = problem.output();
    let [o, h, w] = [problem.out_channels, output.h, output.w].map(i64::from);
    (0..problem.output_len() as i64).map(move |i| [i / (o * h * w), i / (h * w) % o, i / w % h, i % w])
}

/// Every tap of every output element, in every way wrong that the certificate promises to notice: the sum, done again,
/// is another one.
#[test]
fn every_wrong_tap_changes_its_output() {
    let mut operands = Operands::default();
    let mut wrong_taps = 0u64;
    for problem in small_space() {
        for how in [Fill::Integers, Fill::IntegersF16] {
            operands.fill(&problem, how, DEFAULT_SEED);
            let case = operands.case(&problem);
            assert_eq!(sensitivity(case), Ok(()), "{problem:?}");
            let (input, weights) = tensors(case);
            for at in outputs(&problem) {
                let taps = taps(&problem, at);
                let product = |&(x, w): &([i64; 4], [i64; 4])| input.read(x, Step::Stay) * weights.read(w, Step::Stay);
                let right: i64 = taps.iter().map(product).sum();
                let with = |tap: usize, instead: i64| -> i64 {
                    taps.iter().enumerate().map(|(t, tap_t)| if t == tap { instead } else { product(tap_t) }).sum()
                };
                for (tap, places) in taps.iter().enumerate().filter(|(_, (x, _))| input.index(*x).is_some()) {
                    let &(x, w) = places;
                    let once = product(places);
                    assert_ne!(with(tap, 0), right, "{problem:?} {at:?}: tap {tap} dropped");
                    assert_ne!(with(tap, 2 * once), right, "{problem:?} {at:?}: tap {tap} doubled");
                    for step in steps() {
                        let moved_input = input.read(x, step) * weights.read(w, Step::Stay);
                        assert_ne!(with(tap, moved_input), right, "{problem:?} {at:?}: input of tap {tap}, {step:?}");
                        let moved_weight = input.read(x, Step::Stay) * weights.read(w, step);
                        assert_ne!(with(tap, moved_weight), right, "{problem:?} {at:?}: weight of tap {tap}, {step:?}");
                        wrong_taps += 2;
                    }
                }
            }
        }
    }
    assert!(wrong_taps > 1_000_000, "{wrong_taps}");
}

#[test]
fn sums_stay_below_the_bound_and_the_bound_below_the_limit() {
    let mut operands = Operands::default();
    for problem in small_space() {
        for (how, limit) in [(Fill::Integers, EXACT_IN_F32), (Fill::IntegersF16, EXACT_IN_F16)] {
            operands.fill(&problem, how, 7);
            let case = operands.case(&problem);
            let (input, weights) = tensors(case);
            let largest = outputs(&problem)
                .map(|at| {
                    let sum: i64 = taps(&problem, at)
                        .into_iter()
                        .map(|(x, w)| (input.read(x, Step::Stay) * weights.read(w, Step::Stay)).abs())
                        .sum();
                    sum as f64 + case.bias.get(at[1] as usize).map_or(0.0, |b| f64::from(b.abs()))
                })
                .fold(0.0, f64::max);
            let exactness = Exactness::of(case);
            let by_construction = how.integer_bound(&problem).unwrap() as f64;
            assert!(largest <= exactness.bound && exactness.bound <= by_construction, "{problem:?}");
            assert!(by_construction < limit && exactness.exact_in(limit), "{problem:?}");
        }
    }
}

/// A window read one place aside is a wrong sum but for accidents, which the region of a problem can bear.
#[test]
fn few_moved_windows_sum_to_the_same() {
    let mut operands = Operands::default();
    for (how, at_most) in [(Fill::Integers, 0.001), (Fill::IntegersF16, 0.01)] {
        let (mut windows, mut same) = (0, 0);
        for problem in small_space() {
            operands.fill(&problem, how, 1);
            let (input, weights) = tensors(operands.case(&problem));
            for at in outputs(&problem) {
                let taps = taps(&problem, at);
                let sum = |step| -> i64 {
                    taps.iter().map(|&(x, w)| input.read(x, step) * weights.read(w, Step::Stay)).sum()
                };
                let right = sum(Step::Stay);
                for step in [Step::Along(3, 1), Step::Along(3, -1), Step::Along(2, 1), Step::Memory(1)] {
                    if taps.iter().any(|&(x, _)| input.read(x, step) != input.read(x, Step::Stay)) {
                        windows += 1;
                        same += u32::from(sum(step) == right);
                    }
                }
            }
        }
        assert!(f64::from(same) < at_most * f64::from(windows), "{how:?}: {same} of {windows}");
    }
}

fn any_problem() -> impl Strategy<Value = Problem> {
    let channels = (1u32..9, 1u32..9, 1u32..5);
    ((1u32..3, channels), ((1u32..20, 1u32..20), (1u32..6, 1u32..6)), any::<bool>()).prop_filter_map(
        "the kernel must fit",
        |((batch, (c, o, groups)), ((h, w), (kh, kw)), bias)| {
            Problem::new(Parameters {
                batch,
                in_channels: c * groups,
                out_channels: o * groups,
                groups,
                input: Hw { h, w },
                kernel: Hw { h: kh, w: kw },
                bias,
                ..Parameters::default()
            })
            .ok()
        },
    )
}

proptest! {
    #[test]
    fn integers_are_certified(problem in any_problem(), seed: u64) {
        let mut operands = Operands::default();
        operands.fill(&problem, Fill::Integers, seed);
        prop_assert_eq!(sensitivity(operands.case(&problem)), Ok(()));
        prop_assert!(Exactness::of(operands.case(&problem)).exact_in(EXACT_IN_F32));
        operands.fill(&problem, Fill::IntegersF16, seed);
        prop_assert!(Exactness::of(operands.case(&problem)).exact_in(EXACT_IN_F16));
        // Fourteen values or more, and no tensor here has a stride that all of 2..=14 divide.
        if problem.taps() <= 41 {
            prop_assert_eq!(sensitivity(operands.case(&problem)), Ok(()));
        }
    }

    /// One value spoilt in any place is found.
    #[test]
    fn what_hides_a_tap_is_found(problem in any_problem(), tensor in 0usize..2, place: prop::sample::Index, how in 0usize..5) {
        let mut operands = Operands::default();
        operands.fill(&problem, Fill::Integers, 0);
        let values = if tensor == 0 { &mut operands.input } else { &mut operands.weights };
        let at = place.index(values.len());
        let neighbour = at + 1;
        values[at] = match how {
            0 => 0.0,
            1 => f32::NAN,
            2 => f32::NEG_INFINITY,
            _ => values.get(neighbour).copied().unwrap_or(0.0),
        };
        prop_assert!(sensitivity(operands.case(&problem)).is_err());
    }
}

#[test]
fn what_hides_a_tap_is_said_in_a_sentence() {
    let problem = Problem::new(Parameters {
        batch: 2,
        in_channels: 2,
        input: Hw { h: 2, w: 3 },
        kernel: Hw { h: 1, w: 2 },
        bias: true,
        ..Parameters::default()
    })
    .unwrap();
    let mut sentences = Vec::new();
    let mut with = |spoil: fn(&mut Operands)| {
        let mut operands = Operands::default();
        operands.fill(&problem, Fill::Integers, 0);
        spoil(&mut operands);
        sentences.push(sensitivity(operands.case(&problem)).unwrap_err().to_string());
    };
    with(|operands| operands.input[3] = 0.0);
    with(|operands| operands.bias[0] = f32::NAN);
    with(|operands| operands.input[4] = operands.input[3]);
    with(|operands| operands.input[4] = operands.input[1]);
    with(|operands| operands.input[13] = operands.input[7]);
    with(|operands| operands.input[13] = operands.input[1]);
    with(|operands| operands.weights[2] = operands.weights[0]);
    assert_snapshot!(sentences.join("\n"), @r"
    input[3] is 0: a tap of it that is dropped or doubled may go unnoticed
    bias[0] is NaN: a tap of it that is dropped or doubled may go unnoticed
    input[3] and input[4], one element apart, are both 41: a tap that reads one for the other goes unnoticed
    input[1] and input[4], one row apart, are both 39: a tap that reads one for the other goes unnoticed
    input[7] and input[13], one channel apart, are both 20: a tap that reads one for the other goes unnoticed
    input[1] and input[13], one image apart, are both 39: a tap that reads one for the other goes unnoticed
    weights[0] and weights[2], one row apart, are both 37: a tap that reads one for the other goes unnoticed
    ");
}
