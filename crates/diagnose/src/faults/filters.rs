//! The weights of another output channel.

use super::element::{Element, Term, Window};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::prediction::{Prediction, own_bias};
use super::shifted::Nearer;
use super::words::{places, signed};
use crate::problem::Problem;

/// The weights of the output channel `by` further on, and perhaps its bias; none beyond the last.
pub fn of_filter(problem: &Problem, element: Element, by: i64) -> Prediction<'_> {
    let window = Window::of(problem, element);
    let channel = element.channel.checked_add_signed(by as isize);
    let channel = channel.filter(|&channel| channel < problem.out_channels as usize);
    let bias = channel.and_then(|channel| own_bias(problem, Element { channel, ..element }));
    let filter = move |tap| Some(Term { weight: window.weight(channel?, tap), ..window.right(tap)? });
    Prediction::of(&window, filter).or_with(bias)
}

fn sentence(by: i64) -> String {
    format!("the weights of the output channel {} are used", places(by))
}

/// The weights of an output channel near by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Filter(Nearer);

impl Family for Filter {
    const WORD: &'static str = "weights-of-channel";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::FILTERS;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        [1, -1, 2, -2].map(|by| Self(Nearer(by))).to_vec()
    }

    fn parameters(self) -> Option<String> {
        Some(signed(self.0.0))
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        of_filter(problem, element, self.0.0)
    }

    fn sentence(self) -> String {
        sentence(self.0.0)
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}

/// The weights of the first group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FirstFilters;

impl Family for FirstFilters {
    const WORD: &'static str = "weights-of-first-group";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::GROUPS;

    always!(Self => "");

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let own = element.channel as i64;
        of_filter(problem, element, own % i64::from(problem.out_channels_per_group()) - own)
    }

    fn sentence(self) -> String {
        "the weights of the first group are used in place of the own group's".to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}

/// The weights of another block of output channels. How far that is depends on the engine's blocks, which may depend on the problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FarFilter(Nearer);

/// Blocks of output channels, by which an engine may take the weights of another block.
const BLOCKS: [i64; 10] = [3, -3, 4, -4, 8, -8, 16, -16, 32, -32];

impl Family for FarFilter {
    const WORD: &'static str = "weights-of-block";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::FILTERS;

    fn instances(problem: &Problem) -> Vec<Self> {
        let filters = i64::from(problem.out_channels);
        BLOCKS.into_iter().filter(|far| far.abs() < filters).map(|by| Self(Nearer(by))).collect()
    }

    fn named() -> Vec<Self> {
        Vec::new()
    }

    fn parameters(self) -> Option<String> {
        None
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        of_filter(problem, element, self.0.0)
    }

    fn sentence(self) -> String {
        sentence(self.0.0)
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}
