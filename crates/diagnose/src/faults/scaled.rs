//! Results are multiplied by something.

use super::element::Element;
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::prediction::Prediction;
use super::results::{Made, Results, TRANSFORM_ERROR, close};
use crate::problem::Problem;

/// All results, or their sums without the bias, are multiplied by one factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scaled;

/// Elements from which on one factor for all is no accident.
const FROM: usize = 3;

impl Family for Scaled {
    const WORD: &'static str = "results-scaled";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::UNLIKE;

    always!(Self => "");

    fn predict(self, _: &Problem, _: Element) -> Prediction<'_> {
        let explains = |results: &Results<'_>| results.outcomes.len() >= FROM && factor(results).is_some();
        Prediction::Made(Made { explains, sentence, changes: None, could: |_| true })
    }

    fn sentence(self) -> String {
        "the results are multiplied by a factor".to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}

fn sentence(results: &Results<'_>) -> Option<String> {
    let (factor, biased) = factor(results)?;
    let what = if biased { "results are" } else { "sums, without the bias, are" };
    // Six digits are what f32 has for certain.
    Some(format!("the {what} {} times what they should be", (factor * 1e6).round() / 1e6))
}

/// By what all sums are multiplied, and whether their biases are too.
fn factor(results: &Results<'_>) -> Option<(f64, bool)> {
    let by = |biased: bool| {
        let outcomes = || {
            let own = move |sum: f64, bias: f64| if biased { (sum + bias, 0.0) } else { (sum, bias) };
            results.outcomes.iter().map(move |outcome| (own(outcome.sum, outcome.bias), outcome.actual))
        };
        let ((sum, besides), actual) = outcomes().find(|((sum, _), _)| *sum != 0.0)?;
        let factor = (f64::from(actual) - besides) / sum;
        let is_other = factor.is_finite() && factor != 0.0 && (factor - 1.0).abs() > TRANSFORM_ERROR;
        let all = outcomes().all(|((sum, besides), actual)| close(sum * factor + besides, actual));
        (is_other && all).then_some((factor, biased))
    };
    by(true).or_else(|| by(false))
}
