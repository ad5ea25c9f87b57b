//! Why something is no axis, no space or no selection.

use super::channels::MOST_COMBINATIONS;
use crate::problem::space::MOST_POINTS;
use thiserror::Error;

/// Text that is no axis. Whoever reads the text knows the axis' name: a flag's or a field's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}`, byte {at}: {problem}")]
pub struct AxisError {
    pub(super) text: String,
    pub(super) at: usize,
    pub(super) problem: String,
}

impl AxisError {
    /// Where it goes wrong: a byte of the text, from 0.
    pub fn at(&self) -> usize {
        self.at
    }
}

/// Axes that make no space.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SpaceError {
    /// A parameter that counts something may be zero.
    #[error("{field} = {values} has a 0; it must be at least 1")]
    Zero {
        /// The axis.
        field: &'static str,
        /// Its text.
        values: String,
    },
    /// Channels and groups are tried out one by one, and these are too many.
    #[error(
        "in_channels, out_channels and groups have {} × {} × {} values; at most {MOST_COMBINATIONS} combinations are possible",
        .counts[0], .counts[1], .counts[2]
    )]
    ChannelCombinations {
        /// The lengths of the three axes.
        counts: [u64; 3],
    },
    /// A multiple of in_channels is larger than any parameter may be.
    #[error("out_channels is a multiple of in_channels that is too large where in_channels is {in_channels}")]
    OutChannelsTooLarge {
        /// Where it is.
        in_channels: u32,
    },
    /// The groups divide the channels in no combination.
    #[error("no value of groups divides both in_channels and out_channels; the space is empty")]
    Indivisible,
    /// More points than an index can count.
    #[error("the space has more than {MOST_POINTS} points")]
    TooManyPoints,
    /// The file is not TOML, or has a field that is unknown, missing or of the wrong kind.
    #[error("{0}")]
    Toml(String),
}

/// A selection that picks nothing of a space, or something beyond it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// A range that isn't one.
    #[error("`{text}` is not a range of indices; expected `first..end`, the end not included, with first before end")]
    NotARange {
        /// What was given.
        text: String,
    },
    /// A range beyond the space.
    #[error("the range ends at index {end}, but the space has {points} points")]
    Beyond {
        /// The end of the range, not included.
        end: u64,
        /// Points of the space.
        points: u64,
    },
    /// A sample of nothing.
    #[error("a sample needs at least 1 problem")]
    EmptySample,
}
