//! Tensors taken for ones in another order, as layouts are confused.

use super::element::{Element, Tap, Term, Window};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::place::{Place, index};
use super::prediction::Prediction;
use crate::problem::Problem;

/// What is in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// Weights taken for C/G, O, KH, KW.
    WeightsIohw,
    /// Weights taken for O, KH, KW, C/G.
    WeightsOhwi,
    /// Weights taken for KH, KW, C/G, O.
    WeightsHwio,
    /// Input taken for N, H, W, C.
    InputNhwc,
    /// Input channels taken for ones in the order of their place in the group, and then of the group.
    InputInterleaved,
}

impl Order {
    fn term(self, window: &Window<'_>, tap: Tap) -> Option<Term> {
        let (problem, element) = (window.problem, window.element);
        let right = window.right(tap)?;
        let (rows, columns) = (problem.kernel.h as usize, problem.kernel.w as usize);
        let (channels, filters) = (problem.in_channels_per_group() as usize, problem.out_channels as usize);
        let Place { image, channel, row, column } = window.place(tap);
        let size = |value: u32| i64::from(value);
        Some(match self {
            Self::WeightsIohw => {
                let weight = ((tap.channel * filters + element.channel) * rows + tap.row) * columns + tap.column;
                Term { weight, ..right }
            }
            Self::WeightsOhwi => {
                let weight = ((element.channel * rows + tap.row) * columns + tap.column) * channels + tap.channel;
                Term { weight, ..right }
            }
            Self::WeightsHwio => {
                let weight = ((tap.row * columns + tap.column) * channels + tap.channel) * filters + element.channel;
                Term { weight, ..right }
            }
            Self::InputNhwc => {
                let pixel = (image * size(problem.input.h) + row) * size(problem.input.w) + column;
                Term { input: (pixel * size(problem.in_channels) + channel) as usize, ..right }
            }
            Self::InputInterleaved => {
                let group = channel / size(problem.in_channels_per_group());
                let channel = tap.channel as i64 * size(problem.groups) + group;
                Term { input: index(problem, Place { image, channel, row, column })?, ..right }
            }
        })
    }
}

impl Family for Order {
    const WORD: &'static str = "tensor-order";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::UNLIKE;

    always!(
        Self::WeightsIohw => "weights-iohw",
        Self::WeightsOhwi => "weights-ohwi",
        Self::WeightsHwio => "weights-hwio",
        Self::InputNhwc => "input-nhwc",
        Self::InputInterleaved => "input-interleaved",
    );

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        Prediction::of(&window, move |tap| self.term(&window, tap))
    }

    fn sentence(self) -> String {
        let text = match self {
            Self::WeightsIohw => "the weights are read in the order C/G, O, KH, KW",
            Self::WeightsOhwi => "the weights are read in the order O, KH, KW, C/G",
            Self::WeightsHwio => "the weights are read in the order KH, KW, C/G, O",
            Self::InputNhwc => "the input is read in the order N, H, W, C",
            Self::InputInterleaved => "the input channels of a group are taken to be every G-th, not side by side",
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
