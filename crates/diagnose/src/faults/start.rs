//! Accumulators that aren't cleared: a sum starts from another element's.

use super::element::Element;
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::prediction::Prediction;
use crate::problem::Problem;

/// Which element's sum one starts from: the one so far before it in the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Start {
    /// The element before it.
    Element,
    /// The same column of the row before it.
    Row,
    /// The same pixel of the channel before it.
    Channel,
    /// The same element of the image before it.
    Image,
}

impl Start {
    /// The row-major index of that element, if there is one.
    fn before(self, problem: &Problem, index: usize) -> Option<usize> {
        let output = problem.output();
        let (row, plane) = (output.w as usize, output.h as usize * output.w as usize);
        let (step, within) = match self {
            Self::Element => (1, usize::MAX),
            Self::Row => (row, plane),
            Self::Channel => (plane, plane * problem.out_channels as usize),
            Self::Image => (plane * problem.out_channels as usize, usize::MAX),
        };
        (index % within >= step).then(|| index - step)
    }
}

impl Family for Start {
    const WORD: &'static str = "starts-from";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::UNLIKE;

    always!(
        Self::Element => "element-before",
        Self::Row => "row-before",
        Self::Channel => "channel-before",
        Self::Image => "image-before",
    );

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        Prediction::OnTopOf(self.before(problem, element.index(problem)))
    }

    fn sentence(self) -> String {
        let from = match self {
            Self::Element => "the output element before it",
            Self::Row => "the same column of the output row before it",
            Self::Channel => "the same element of the output channel before it",
            Self::Image => "the same element of the image before it",
        };
        format!("the sum starts from {from}, not from zero")
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, problem: &Problem) -> Hiding {
        // With one row there is none before it.
        Hiding::anywhere_if(self.before(problem, problem.output_len() as usize - 1).is_some())
    }
}
