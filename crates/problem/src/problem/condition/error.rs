//! Why a text is no condition.

use thiserror::Error;

/// A text that is no condition: where it stops making sense, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason} (byte {at})")]
pub struct ConditionError {
    /// Byte offset into the text.
    pub at: usize,
    /// What is wrong there.
    pub reason: ConditionErrorReason,
}

impl ConditionError {
    /// The text with a mark under the place, two lines, for a terminal.
    pub fn pointing(&self, text: &str) -> String {
        let before = text.get(..self.at).map_or(0, |before| before.chars().count());
        format!("{}\n{:before$}^", text.replace(['\n', '\t'], " "), "")
    }
}

/// What is wrong with a condition.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConditionErrorReason {
    /// A name that no feature has.
    #[error("there is no feature `{name}`; did you mean `{nearest}`?")]
    UnknownName {
        /// As written.
        name: String,
        /// The known name most like it.
        nearest: &'static str,
    },
    /// A bare name like `kernel` outside of `some_axis(...)` and its kin.
    #[error("`{name}` is a quantity of one axis: write `{h}` or `{w}`, or put it inside some_axis(...)")]
    AxisNotSaid {
        /// The bare name.
        name: &'static str,
        /// The same along the height.
        h: &'static str,
        /// The same along the width.
        w: &'static str,
    },
    /// Something else was due here.
    #[error("expected {wanted}, found {found}")]
    Unexpected {
        /// What may stand here.
        wanted: &'static str,
        /// What stands here.
        found: String,
    },
    /// A number where something true or false is needed.
    #[error("this is a number; a condition compares it, as in `in_channels > 4`")]
    NotACondition,
    /// Something true or false where a number is needed.
    #[error("this is true or false, and can't be reckoned with")]
    NotANumber,
    /// A division by the number 0, of which nothing comes.
    #[error("this divides by 0, and so holds of no problem")]
    DivisionByZero,
    /// An integer that 64 bits can't hold.
    #[error("this number is too large")]
    NumberTooLarge,
    /// Parentheses nested beyond any use.
    #[error("this is nested too deep")]
    TooDeep,
    /// An axis inside an axis.
    #[error("some_axis, one_axis and both_axes can't be nested")]
    NestedAxes,
}
