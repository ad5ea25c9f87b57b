//! Tensors taken for ones in another order, as layouts are confused.

use super::{Place, Tap, Window, index};

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

    /// The weight that a tap is multiplied by.
    pub fn weight(self, window: &Window<'_>, tap: Tap) -> usize {
        let (problem, filter) = (window.problem, window.element.channel);
        let (rows, columns) = (problem.kernel.h as usize, problem.kernel.w as usize);
        let (channels, filters) = (problem.in_channels_per_group() as usize, problem.out_channels as usize);
        match self {
            Order::WeightsIohw => ((tap.channel * filters + filter) * rows + tap.row) * columns + tap.column,
            Order::WeightsOhwi => ((filter * rows + tap.row) * columns + tap.column) * channels + tap.channel,
            Order::WeightsHwio => ((tap.row * columns + tap.column) * channels + tap.channel) * filters + filter,
            Order::InputNhwc | Order::InputInterleaved => window.weight(tap),
        }
    }

    /// The input element that a tap reads; `None` in a pad.
    pub fn input(self, window: &Window<'_>, tap: Tap) -> Option<usize> {
        let problem = window.problem;
        let place = window.place(tap);
        let right = index(problem, place)?;
        let Place { image, channel, row, column } = place;
        let size = |value: u32| i64::from(value);
        match self {
            Order::InputNhwc => {
                let pixel = (image * size(problem.input.h) + row) * size(problem.input.w) + column;
                Some((pixel * size(problem.in_channels) + channel) as usize)
            }
            Order::InputInterleaved => {
                let group = channel / size(problem.in_channels_per_group());
                let channel = tap.channel as i64 * size(problem.groups) + group;
                index(problem, Place { channel, ..place })
            }
            Order::WeightsIohw | Order::WeightsOhwi | Order::WeightsHwio => Some(right),
        }
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
