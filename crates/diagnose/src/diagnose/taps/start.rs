//! Accumulators that aren't cleared: a sum starts from another element's.

use crate::problem::Problem;

/// Which element's sum one starts from: the one so far before it in the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Every one, the likelier of equal effects first.
    pub const ALL: [Self; 4] = [Self::Element, Self::Row, Self::Channel, Self::Image];

    /// The row-major index of that element, if there is one.
    pub fn before(self, problem: &Problem, index: usize) -> Option<usize> {
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

    /// What happens.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Element => "the sum starts from the output element before it, not from zero",
            Self::Row => "the sum starts from the same column of the output row before it, not from zero",
            Self::Channel => "the sum starts from the same element of the output channel before it, not from zero",
            Self::Image => "the sum starts from the same element of the image before it, not from zero",
        }
    }
}
