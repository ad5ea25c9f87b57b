//! Results have fewer digits than they should.

use super::element::Element;
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::prediction::Prediction;
use super::results::{Made, Results, TRANSFORM_ERROR};
use crate::backend::{Arithmetic, exact};
use crate::judge::bound::Bounds;
use crate::problem::Problem;
use half::{bf16, f16};

/// As which arithmetic has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rounded {
    /// bfloat16. Half precision, which has more digits, would explain it as well.
    Bf16,
    /// Half precision.
    F16,
    /// f32 behind a transform: off by little, on operands that a sum of products has exactly.
    Transformed,
}

/// Taps that can read the input, from which on sums of integers need more digits than half precision has, as a rule, and elements of
/// which one will.
const FROM: (u64, u64) = (64, 128);

impl Family for Rounded {
    const WORD: &'static str = "results-rounded";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::BLOCKS;

    always!(Self::Bf16 => "bf16", Self::F16 => "f16", Self::Transformed => "transform");

    fn predict(self, _: &Problem, _: Element) -> Prediction<'_> {
        Prediction::Made(match self {
            Self::Bf16 => Made {
                explains: |results| are_of(results, Arithmetic::Bf16, 2f64.powi(-5), is_bf16),
                sentence: |_| Some(Self::Bf16.sentence()),
                changes: Some(|value| !is_bf16(value)),
                could: needs_more_digits,
            },
            Self::F16 => Made {
                explains: |results| are_of(results, Arithmetic::F16, 2f64.powi(-8), is_f16),
                sentence: |_| Some(Self::F16.sentence()),
                changes: Some(|value| !is_f16(value)),
                could: needs_more_digits,
            },
            Self::Transformed => Made {
                explains: are_off_by_little,
                sentence: |_| Some(Self::Transformed.sentence()),
                changes: None,
                could: |problem| problem.output_len() >= FROM.1,
            },
        })
    }

    fn sentence(self) -> String {
        let (what, arithmetic) = match self {
            Self::Bf16 => ("the results are rounded to bfloat16", "bf16"),
            Self::F16 => ("the results are rounded to half precision", "f16"),
            Self::Transformed => (
                "the results are off by less than one part in 10,000, as Winograd or FFT in f32 round",
                "f32-transformed",
            ),
        };
        format!("{what}; an engine that means to compute so should say `arithmetic: {arithmetic}`")
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::Anywhere
    }
}

fn is_bf16(value: f32) -> bool {
    bf16::from_f32(value).to_f32() == value
}

fn is_f16(value: f32) -> bool {
    f16::from_f32(value).to_f32() == value
}

fn needs_more_digits(problem: &Problem) -> bool {
    let reading = |kernel: u32, input: u32| u64::from(kernel.min(input));
    let (h, w) = (reading(problem.kernel.h, problem.input.h), reading(problem.kernel.w, problem.input.w));
    let taps = u64::from(problem.in_channels_per_group()) * h * w;
    taps >= FROM.0 && problem.output_len() >= FROM.1
}

fn are_of(results: &Results<'_>, format: Arithmetic, digits: f64, is_of: fn(f32) -> bool) -> bool {
    let outcomes = &results.outcomes;
    // Most of what is rounded needs more digits.
    let needs_more = outcomes.iter().filter(|outcome| !is_of(outcome.right() as f32)).count();
    if 2 * needs_more < outcomes.len() || !outcomes.iter().all(|outcome| is_of(outcome.actual)) {
        return false;
    }
    // The proven bound grows with the number of taps until anything is within it; what roundings come to is eight of the last digit.
    let bounds = Bounds::of(results.case, format, Arithmetic::Exact);
    outcomes.iter().all(|outcome| {
        let off = f64::from(outcome.actual) - outcome.right();
        off.abs() <= bounds.element(outcome.index).min(digits * exact::magnitude(results.case, outcome.index))
    })
}

fn are_off_by_little(results: &Results<'_>) -> bool {
    results.outcomes.iter().all(|outcome| {
        let off = f64::from(outcome.actual) - outcome.right();
        // A wrong sum of integers is an integer.
        outcome.actual.fract() != 0.0 && off.abs() <= TRANSFORM_ERROR * exact::magnitude(results.case, outcome.index)
    })
}
