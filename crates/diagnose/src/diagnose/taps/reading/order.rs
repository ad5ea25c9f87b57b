//! Tensors taken for ones in another order, as layouts are confused.

use super::{Element, Place, Reading, Tap, index, place};
use crate::diagnose::taps::probe::Term;
use crate::problem::Problem;

/// What is in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Every order.
    pub const ALL: [Self; 5] =
        [Order::WeightsIohw, Order::WeightsOhwi, Order::WeightsHwio, Order::InputNhwc, Order::InputInterleaved];

    /// The term that a tap becomes.
    pub fn term(self, problem: &Problem, element: Element, tap: Tap) -> Option<Term> {
        let right = Reading::Right.term(problem, element, tap)?;
        let (rows, columns) = (problem.kernel.h as usize, problem.kernel.w as usize);
        let (channels, filters) = (problem.in_channels_per_group() as usize, problem.out_channels as usize);
        let weight = match self {
            Order::WeightsIohw => ((tap.channel * filters + element.channel) * rows + tap.row) * columns + tap.column,
            Order::WeightsOhwi => ((element.channel * rows + tap.row) * columns + tap.column) * channels + tap.channel,
            Order::WeightsHwio => {
                ((tap.row * columns + tap.column) * channels + tap.channel) * filters + element.channel
            }
            Order::InputNhwc | Order::InputInterleaved => right.weight,
        };
        let Place { image, channel, row, column } = place(problem, &problem.h(), &problem.w(), element, tap);
        let size = |value: u32| i64::from(value);
        let input = match self {
            Order::InputNhwc => {
                let pixel = (image * size(problem.input.h) + row) * size(problem.input.w) + column;
                (pixel * size(problem.in_channels) + channel) as usize
            }
            Order::InputInterleaved => {
                let group = channel / size(problem.in_channels_per_group());
                let channel = tap.channel as i64 * size(problem.groups) + group;
                index(problem, Place { image, channel, row, column })?
            }
            _ => right.input,
        };
        Some(Term { input, weight })
    }

    /// What happens.
    pub fn sentence(self) -> &'static str {
        match self {
            Order::WeightsIohw => "the weights are read in the order C/G, O, KH, KW",
            Order::WeightsOhwi => "the weights are read in the order O, KH, KW, C/G",
            Order::WeightsHwio => "the weights are read in the order KH, KW, C/G, O",
            Order::InputNhwc => "the input is read in the order N, H, W, C",
            Order::InputInterleaved => "the input channels of a group are taken to be every G-th, not side by side",
        }
    }
}
