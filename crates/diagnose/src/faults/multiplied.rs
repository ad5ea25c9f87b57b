//! Every tap is summed another number of times.

use super::element::{Element, Window};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::prediction::{Prediction, own_bias};
use crate::problem::Problem;

/// What becomes of the sum, and of the bias or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Multiplied {
    /// It has the wrong sign.
    Negated,
    /// Every tap is summed twice.
    Doubled,
}

impl Family for Multiplied {
    const WORD: &'static str = "sum-multiplied";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::UNLIKE;

    always!(Self::Negated => "-1", Self::Doubled => "2");

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        let times = match self {
            Self::Negated => -1,
            Self::Doubled => 2,
        };
        let own = own_bias(problem, element);
        Prediction::Sum {
            term: Box::new(move |tap| Some((window.right(tap)?, times))),
            biases: [own, own.map(|(channel, _)| (channel, times))],
        }
    }

    fn sentence(self) -> String {
        let text = match self {
            Self::Negated => "the sum has the wrong sign",
            Self::Doubled => "every tap is summed twice",
        };
        text.to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}
