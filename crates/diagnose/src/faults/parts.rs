//! Taps of a window that are left out, or summed twice, together.

use super::element::{Element, Tap, Window};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach};
use super::prediction::{Prediction, own_bias};
use crate::problem::Problem;
use std::fmt::Debug;
use std::hash::Hash;

/// Taps that have something in common.
pub trait Part: Copy + Debug + Ord + Hash + 'static {
    /// The word in files for their being left out.
    const MISSING: &'static str;
    /// Whether it may be one bug that leaves out now these and now those.
    const KINSHIP: Kinship;
    /// A problem in which they can be told from others.
    const EXAMPLE: &'static str;

    /// Those of a problem, the likelier first.
    fn instances(problem: &Problem) -> Vec<Self>;

    /// Those that files can name.
    fn named() -> Vec<Self>;

    /// What tells them from others of the sort, where it is the same on all problems.
    fn parameters(self) -> Option<String>;

    /// Whether a tap is one of them.
    fn has(self, problem: &Problem, tap: Tap) -> bool;

    /// `the last tap is`, to stand before what happens to them.
    fn subject(self) -> String;
}

/// Those are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Missing<P>(pub P);

impl<P: Part> Family for Missing<P> {
    const WORD: &'static str = P::MISSING;
    const KINSHIP: Kinship = P::KINSHIP;
    const EXAMPLE: &'static str = P::EXAMPLE;

    fn instances(problem: &Problem) -> Vec<Self> {
        P::instances(problem).into_iter().map(Self).collect()
    }

    fn named() -> Vec<Self> {
        P::named().into_iter().map(Self).collect()
    }

    fn parameters(self) -> Option<String> {
        self.0.parameters()
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        Prediction::of(&window, move |tap| if self.0.has(problem, tap) { None } else { window.right(tap) })
    }

    fn sentence(self) -> String {
        format!("{} missing", self.0.subject())
    }

    fn reach(self) -> Reach {
        Reach::Pixels
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::Anywhere
    }
}

/// Taps that some engines sum twice.
pub trait Repeated: Part {
    /// The word in files for that.
    const TWICE: &'static str;
}

/// Those are summed twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Twice<P>(pub P);

impl<P: Repeated> Family for Twice<P> {
    const WORD: &'static str = P::TWICE;
    const KINSHIP: Kinship = P::KINSHIP;
    const EXAMPLE: &'static str = P::EXAMPLE;

    fn instances(problem: &Problem) -> Vec<Self> {
        P::instances(problem).into_iter().map(Self).collect()
    }

    fn named() -> Vec<Self> {
        P::named().into_iter().map(Self).collect()
    }

    fn parameters(self) -> Option<String> {
        self.0.parameters()
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        let times = move |tap| if self.0.has(problem, tap) { 2 } else { 1 };
        let term = move |tap| window.right(tap).map(|term| (term, times(tap)));
        Prediction::Sum { term: Box::new(term), biases: [own_bias(problem, element); 2] }
    }

    fn sentence(self) -> String {
        format!("{} summed twice", self.0.subject())
    }

    fn reach(self) -> Reach {
        Reach::Pixels
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::Anywhere
    }
}

/// Taps that every kernel has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OfKernel {
    /// The very last: last channel, last row, last column.
    LastTap,
    /// The very first.
    FirstTap,
    /// Those of the last kernel column.
    LastColumn,
    /// Those of the last kernel row.
    LastRow,
    /// Those of the first kernel column.
    FirstColumn,
    /// Those of the first kernel row.
    FirstRow,
    /// Those of the kernel's centre: of an even size, behind the middle.
    Centre,
    /// Those of the middle of the kernel's places, counted row by row.
    Middle,
    /// Those of the kernel's last place: last row, last column.
    LastPlace,
    /// Those of its first place.
    FirstPlace,
}

impl Part for OfKernel {
    const MISSING: &'static str = "taps-missing";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::BLOCKS;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        vec![
            Self::LastTap,
            Self::FirstTap,
            Self::LastColumn,
            Self::LastRow,
            Self::FirstColumn,
            Self::FirstRow,
            Self::Centre,
            Self::Middle,
            Self::LastPlace,
            Self::FirstPlace,
        ]
    }

    fn parameters(self) -> Option<String> {
        let word = match self {
            Self::LastTap => "last-tap",
            Self::FirstTap => "first-tap",
            Self::LastColumn => "last-column",
            Self::LastRow => "last-row",
            Self::FirstColumn => "first-column",
            Self::FirstRow => "first-row",
            Self::Centre => "centre",
            Self::Middle => "middle",
            Self::LastPlace => "last-place",
            Self::FirstPlace => "first-place",
        };
        Some(word.to_owned())
    }

    fn has(self, problem: &Problem, tap: Tap) -> bool {
        let (rows, columns) = (problem.kernel.h as usize, problem.kernel.w as usize);
        let last = (rows - 1, columns - 1);
        match self {
            Self::LastTap => {
                tap.channel + 1 == problem.in_channels_per_group() as usize && (tap.row, tap.column) == last
            }
            Self::FirstTap => (tap.channel, tap.row, tap.column) == (0, 0, 0),
            Self::LastColumn => tap.column == last.1,
            Self::LastRow => tap.row == last.0,
            Self::FirstColumn => tap.column == 0,
            Self::FirstRow => tap.row == 0,
            Self::Centre => (tap.row, tap.column) == (rows / 2, columns / 2),
            Self::Middle => tap.row * columns + tap.column == rows * columns / 2,
            Self::LastPlace => (tap.row, tap.column) == last,
            Self::FirstPlace => (tap.row, tap.column) == (0, 0),
        }
    }

    fn subject(self) -> String {
        let text = match self {
            Self::LastTap => "the last tap is",
            Self::FirstTap => "the first tap is",
            Self::LastColumn => "the taps of the last kernel column are",
            Self::LastRow => "the taps of the last kernel row are",
            Self::FirstColumn => "the taps of the first kernel column are",
            Self::FirstRow => "the taps of the first kernel row are",
            Self::Centre => "the taps of the kernel's centre are",
            Self::Middle => "the taps of the middle of the kernel's places, counted row by row, are",
            Self::LastPlace => "the taps of the kernel's last place (last row, last column) are",
            Self::FirstPlace => "the taps of the kernel's first place (first row, first column) are",
        };
        text.to_owned()
    }
}

impl Repeated for OfKernel {
    const TWICE: &'static str = "taps-twice";
}
