//! Tensors taken for ones in another order, as layouts are confused.

use super::{Element, Place, Reading, Tap, place};
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
    /// Output written as N, OH, OW, O.
    OutputNhwc,
    /// Output channels in the order of their place in the group, and then of the group.
    PlaceFirst,
    /// The other way round.
    GroupFirst,
}

impl Order {
    /// Every order.
    pub const ALL: [Self; 7] = [
        Order::WeightsIohw,
        Order::WeightsOhwi,
        Order::WeightsHwio,
        Order::InputNhwc,
        Order::OutputNhwc,
        Order::PlaceFirst,
        Order::GroupFirst,
    ];

    /// The element that is written where `element` should be.
    pub fn source(self, problem: &Problem, element: Element) -> Element {
        let (groups, of_group) = (problem.groups as usize, problem.out_channels_per_group() as usize);
        match self {
            Order::PlaceFirst => {
                Element { channel: element.channel % groups * of_group + element.channel / groups, ..element }
            }
            Order::GroupFirst => {
                Element { channel: element.channel % of_group * groups + element.channel / of_group, ..element }
            }
            Order::OutputNhwc => {
                let output = problem.output();
                let (rows, columns) = (output.h as usize, output.w as usize);
                let channels = problem.out_channels as usize;
                let at = (element.channel * rows + element.row) * columns + element.column;
                let (pixel, channel) = (at / channels, at % channels);
                Element { channel, row: pixel / columns, column: pixel % columns, ..element }
            }
            _ => element,
        }
    }

    /// The term that a tap becomes.
    pub fn term(self, problem: &Problem, element: Element, tap: Tap) -> Option<Term> {
        let right = Reading::Right.term(problem, self.source(problem, element), tap)?;
        let (rows, columns) = (problem.kernel.h as usize, problem.kernel.w as usize);
        let (channels, filters) = (problem.in_channels_per_group() as usize, problem.out_channels as usize);
        let weight = match self {
            Order::WeightsIohw => ((tap.channel * filters + element.channel) * rows + tap.row) * columns + tap.column,
            Order::WeightsOhwi => ((element.channel * rows + tap.row) * columns + tap.column) * channels + tap.channel,
            Order::WeightsHwio => {
                ((tap.row * columns + tap.column) * channels + tap.channel) * filters + element.channel
            }
            _ => right.weight,
        };
        let input = if self == Order::InputNhwc {
            let Place { image, channel, row, column } = place(problem, &problem.h(), &problem.w(), element, tap);
            let size = |value: u32| i64::from(value);
            let pixel = (image * size(problem.input.h) + row) * size(problem.input.w) + column;
            (pixel * size(problem.in_channels) + channel) as usize
        } else {
            right.input
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
            Order::OutputNhwc => "the output is written in the order N, OH, OW, O",
            Order::PlaceFirst | Order::GroupFirst => {
                "output channels change places: those of one group are not side by side"
            }
        }
    }
}
