//! Results as they came out, beside what they should be.

use super::element::Element;
use super::prediction::{added, own_bias, right_sum};
use crate::operands::Case;
use crate::problem::Problem;

/// One element.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Row-major index into the output.
    pub index: usize,
    /// The same by dimension.
    pub element: Element,
    /// The right sum, without the bias.
    pub sum: f64,
    /// The bias.
    pub bias: f64,
    /// What came out.
    pub actual: f32,
}

/// Elements that are wrong together.
pub struct Results<'c> {
    /// What was computed.
    pub case: Case<'c>,
    /// All of what came out.
    pub actual: &'c [f32],
    /// Those that are looked at.
    pub outcomes: Vec<Outcome>,
}

impl<'c> Results<'c> {
    /// The elements of these row-major indices into `actual`.
    pub fn of(case: Case<'c>, wrong: impl Iterator<Item = usize>, actual: &'c [f32]) -> Self {
        let outcome = |index: usize| {
            let element = Element::at(case.problem, index);
            let bias = added(case, own_bias(case.problem, element));
            Outcome { index, element, sum: right_sum(case, element), bias, actual: actual[index] }
        };
        Self { case, actual, outcomes: wrong.map(outcome).collect() }
    }
}

impl Outcome {
    /// What should have come out.
    pub fn right(&self) -> f64 {
        self.sum + self.bias
    }
}

/// A fault that makes something of right results.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// Whether it explains all of them.
    pub explains: fn(&Results<'_>) -> bool,
    /// What is said of them, more exactly than of the fault alone.
    pub sentence: fn(&Results<'_>) -> Option<String>,
    /// Whether it would change a right result, where that alone decides.
    pub changes: Option<fn(f32) -> bool>,
    /// Whether a problem has enough results, and large enough ones, for one that changes.
    pub could: fn(&Problem) -> bool,
}

/// How far transforms are off, in units of the sum of magnitudes: some hundred roundings of 2^-24.
pub const TRANSFORM_ERROR: f64 = 1e-4;

/// Whether a result is the predicted one, but for f32's rounding.
pub fn close(predicted: f64, actual: f32) -> bool {
    let actual = f64::from(actual);
    (predicted - actual).abs() <= 1e-5 * predicted.abs().max(actual.abs()).min(1e3)
}
