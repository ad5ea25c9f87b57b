//! Elements that are never written.

use super::element::Element;
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::prediction::Prediction;
use crate::problem::Problem;

/// The element keeps what was in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unwritten;

impl Family for Unwritten {
    const WORD: &'static str = "unwritten";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::UNLIKE;

    always!(Self => "");

    fn predict(self, _: &Problem, _: Element) -> Prediction<'_> {
        Prediction::Memory
    }

    fn sentence(self) -> String {
        "the element is never written: it keeps what was in memory".to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::Nowhere
    }
}
