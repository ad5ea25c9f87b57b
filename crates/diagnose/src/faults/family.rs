//! What a family of faults says of itself.

use super::element::Element;
use super::prediction::Prediction;
use crate::problem::Problem;
use std::fmt::Debug;
use std::hash::Hash;

/// A family of faults, each of which may happen in place of what should: one type, one file, one line in the registry.
///
/// There are no default methods: a new family has to say all of it.
pub trait Family: Copy + Debug + Ord + Hash {
    /// Its word in files. It stays what it is.
    const WORD: &'static str;

    /// Whether one bug may show as now one of its faults and now another.
    const KINSHIP: Kinship;

    /// A problem in which its faults can be told from all others, but for those that a test declares equal.
    const EXAMPLE: &'static str;

    /// Those that can happen to a problem, the likelier of equal effects first.
    fn instances(problem: &Problem) -> Vec<Self>;

    /// Those that are the same on problems of all sizes: what files can name.
    fn named() -> Vec<Self>;

    /// What tells it from others of the family, in words that stay what they are; empty where it has no others. `None` where that isn't
    /// the same on problems of all sizes.
    fn parameters(self) -> Option<String>;

    /// What comes out at an element.
    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_>;

    /// What happens, to stand behind "there".
    fn sentence(self) -> String;

    /// Of which elements it can be foretold whether it changes them.
    fn reach(self) -> Reach;

    /// Where it may be there and not be seen.
    fn hides(self, problem: &Problem) -> Hiding;
}

/// What the faults of a family have to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinship {
    /// Nothing: each is a bug by itself.
    Apart,
    /// One bug may be any of them, as it depends on the problem: the family is a fault as well.
    One,
    /// The same, and which it is can't be told from where it shows: a problem shows it for certain only if each that is there does.
    Each,
}

/// Of which elements it can be foretold whether a fault changes them, from what it does to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It is within the window: pixels of a plane are changed or not, and all planes alike.
    Pixels,
    /// It reads memory, which may end: planes are changed or not.
    Planes,
    /// Nothing is foretold.
    Unknown,
}

/// Where a fault that is there can't be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hiding {
    /// Nowhere: a problem that passes hasn't got it.
    Nowhere,
    /// Where no window reaches the input. Elsewhere a problem in which it changes nothing hasn't got it.
    OutsideInput,
    /// Wherever it changes nothing, for where the pads and windows lie or what the values are.
    Anywhere,
}

impl Hiding {
    /// Anywhere, if so; else outside the input.
    pub fn anywhere_if(anywhere: bool) -> Self {
        if anywhere { Self::Anywhere } else { Self::OutsideInput }
    }
}

/// What a family says of its faults where it has always the same ones: each with its words.
macro_rules! always {
    ($($fault:expr => $words:expr),+ $(,)?) => {
        fn instances(_: &crate::problem::Problem) -> Vec<Self> {
            Self::named()
        }

        fn named() -> Vec<Self> {
            vec![$($fault),+]
        }

        fn parameters(self) -> Option<String> {
            let words = [$(($fault, $words)),+];
            words.into_iter().find(|(fault, _)| *fault == self).map(|(_, words)| words.to_owned())
        }
    };
}
pub(super) use always;
