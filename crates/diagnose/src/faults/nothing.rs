//! Nothing at all is summed.

use super::element::Element;
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::prediction::{Prediction, own_bias};
use crate::problem::Problem;

/// Nothing is summed; nor a bias, as a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nothing;

impl Family for Nothing {
    const WORD: &'static str = "nothing-summed";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::UNLIKE;

    always!(Self => "");

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        Prediction::Sum { term: Box::new(|_| None), biases: [own_bias(problem, element), None] }
    }

    fn sentence(self) -> String {
        "nothing is summed".to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}
