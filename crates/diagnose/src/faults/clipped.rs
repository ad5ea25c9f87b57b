//! Results beyond a limit come out as that limit.

use super::element::Element;
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::prediction::Prediction;
use super::results::{Made, Results};
use crate::problem::Problem;
use std::collections::BTreeSet;

/// Results are clipped, such as negative ones to 0. Before it nothing is summed, which would explain it as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clipped;

/// Elements of which one is negative.
const NEGATIVE_FROM: u64 = 8;

impl Family for Clipped {
    const WORD: &'static str = "results-clipped";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::UNLIKE;

    always!(Self => "");

    fn predict(self, _: &Problem, _: Element) -> Prediction<'_> {
        let could = |problem: &Problem| problem.output_len() >= NEGATIVE_FROM;
        Prediction::Made(Made { explains, sentence, changes: None, could })
    }

    fn sentence(self) -> String {
        "results beyond a limit come out as that limit".to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::Anywhere
    }
}

fn explains(results: &Results<'_>) -> bool {
    results.outcomes.iter().all(|outcome| {
        let (right, actual) = (outcome.right(), f64::from(outcome.actual));
        is_limit(outcome.actual)
            && right.abs() > actual.abs()
            && right * actual >= 0.0
            && (outcome.actual != 0.0 || right < 0.0)
    })
}

fn sentence(results: &Results<'_>) -> Option<String> {
    let limits: BTreeSet<i64> = results.outcomes.iter().map(|outcome| outcome.actual as i64).collect();
    if limits.iter().eq(&[0]) {
        return Some("negative results come out as 0, as behind a ReLU".to_owned());
    }
    let limits: Vec<String> = limits.iter().map(i64::to_string).collect();
    Some(format!("results beyond a limit come out as that limit: {}", limits.join(", ")))
}

/// Whether a value is one that results are clipped to: 0, ReLU6's 6, or the ends of an integer type.
fn is_limit(value: f32) -> bool {
    let size = f64::from(value.abs());
    let is_power = |value: f64| value >= 128.0 && value.log2().fract() == 0.0;
    size == 0.0 || value == 6.0 || is_power(size) || is_power(size + 1.0)
}
