//! Why a text is no descriptor.

use super::scan::KEYS;
use crate::problem::error::{LARGEST, ProblemError};
use thiserror::Error;

/// Why a text is no descriptor, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("byte {offset}: {kind}")]
pub struct DescriptorError {
    /// Where, in bytes from the beginning of the descriptor. What is missing is missed where the items end.
    pub offset: usize,
    /// Why.
    pub kind: DescriptorErrorKind,
}

/// Why a text is no descriptor.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DescriptorErrorKind {
    /// Something that can't begin an item.
    #[error("expected a key such as \"ic\", found {}", shown(*found))]
    NotAKey {
        /// The character that stands there; `None` at the end.
        found: Option<char>,
    },
    /// Letters that are no key.
    #[error("unknown key {found:?}{}", suggestion(*nearest))]
    UnknownKey {
        /// The letters.
        found: String,
        /// A key one letter away.
        nearest: Option<&'static str>,
    },
    /// A key without its number.
    #[error("expected a number after {key:?}, found {}", shown(*found))]
    NoNumber {
        /// The key.
        key: String,
        /// The character that stands there; `None` at the end.
        found: Option<char>,
    },
    /// A number that no parameter may have.
    #[error("{key} is {digits}; it must be at most {LARGEST}")]
    TooLarge {
        /// The key.
        key: String,
        /// Its number, as written.
        digits: String,
    },
    /// A key that must be given.
    #[error("{key} is missing")]
    Missing {
        /// The key.
        key: String,
    },
    /// A size that must be given on an axis in use.
    #[error("{key} is missing, where other {axis}-keys are given")]
    MissingSize {
        /// The key.
        key: String,
        /// `d`, `h` or `w`.
        axis: char,
    },
    /// A size or a stride of 0.
    #[error("{key} is 0; it must be at least 1")]
    Zero {
        /// The key.
        key: String,
    },
    /// None of the axes is in use.
    #[error("no input size: give ih, iw or both")]
    NoAxis,
    /// Depth keys with only one of height and width.
    #[error("depth with {given}-keys but no {missing}-keys; give both or neither")]
    DepthWithOneAxis {
        /// `h` or `w`.
        given: char,
        /// The other.
        missing: char,
    },
    /// A problem with a depth.
    #[error("{key} is {value}: a 3-D convolution; only 2-D problems are read, where it is {flat}")]
    Depth {
        /// The key.
        key: String,
        /// Its value.
        value: u32,
        /// What it would be without a depth.
        flat: u32,
    },
    /// A bias that's neither 0 nor 1.
    #[error("b is {value}; it must be 0 (no bias) or 1 (bias)")]
    Bias {
        /// Its value.
        value: u32,
    },
    /// A begin pad, derived from the output size, below 0.
    #[error("{pad} is missing, and {output} = {value} makes it {derived}; give {pad}")]
    NegativePad {
        /// The key of the begin pad.
        pad: String,
        /// The key of the output size.
        output: String,
        /// The output size.
        value: u32,
        /// The begin pad.
        derived: i64,
    },
    /// An output size that isn't the one that the other items give.
    #[error("{key} is {value}, but {because} the output is {actual}")]
    Output {
        /// The key.
        key: String,
        /// Its value.
        value: u32,
        /// `with pb = 0` and the like: what makes the output what it is.
        because: String,
        /// The output size by the other items.
        actual: u64,
    },
    /// A pad, derived from the output size, that is too large.
    #[error("{key} = {value} needs a pad of {derived}; it must be at most {LARGEST}")]
    PadTooLarge {
        /// The key of the output size.
        key: String,
        /// The output size.
        value: u64,
        /// The pad.
        derived: i64,
    },
    /// Items that make an impossible problem.
    #[error(transparent)]
    Problem(ProblemError),
}

impl DescriptorErrorKind {
    pub(super) fn at(self, offset: usize) -> DescriptorError {
        DescriptorError { offset, kind: self }
    }
}

fn shown(found: Option<char>) -> String {
    found.map_or("the end".to_owned(), |found| format!("{found:?}"))
}

fn suggestion(nearest: Option<&'static str>) -> String {
    match nearest {
        Some(key) => format!("; did you mean {key:?}?"),
        None => format!("; the keys are {}", KEYS.join(" ")),
    }
}
