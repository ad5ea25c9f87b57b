//! Wrong ideas of which bias belongs to an output element.

use super::element::{Element, Window};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::prediction::{Added, Prediction};
use crate::problem::Problem;

/// What becomes of the bias, the taps being right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bias {
    /// It is not added.
    Missing,
    /// It is added twice.
    Doubled,
    /// That of the channel's place in its group is added: it is counted anew in each group.
    OfPlace,
    /// That of the number of the group.
    OfGroup,
    /// That of the first output channel.
    First,
    /// That of the output channel before.
    OfPrevious,
    /// That of the next output channel.
    OfNext,
}

impl Bias {
    /// The bias that is added to an element.
    fn added(self, problem: &Problem, element: Element) -> Added {
        let own = element.channel;
        let of_group = problem.out_channels_per_group() as usize;
        let channel = match self {
            _ if !problem.bias => None,
            Self::Missing => None,
            Self::Doubled => return Some((own, 2)),
            Self::OfPlace => Some(own % of_group),
            Self::OfGroup => Some(own / of_group),
            Self::First => Some(0),
            Self::OfPrevious => own.checked_sub(1),
            Self::OfNext => Some(own + 1).filter(|&channel| channel < problem.out_channels as usize),
        };
        channel.map(|channel| (channel, 1))
    }
}

impl Family for Bias {
    const WORD: &'static str = "bias";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::GROUPS;

    always!(
        Self::Missing => "missing",
        Self::Doubled => "twice",
        Self::OfPlace => "of-place-in-group",
        Self::OfGroup => "of-group-number",
        Self::First => "of-first-channel",
        Self::OfPrevious => "of-channel: -1",
        Self::OfNext => "of-channel: +1",
    );

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        let added = self.added(problem, element);
        Prediction::Sum { term: Box::new(move |tap| Some((window.right(tap)?, 1))), biases: [added; 2] }
    }

    fn sentence(self) -> String {
        let text = match self {
            Self::Missing => "the bias is missing",
            Self::Doubled => "the bias is added more than once",
            Self::OfPlace => "the bias of the output channel with the same place in the first group is added",
            Self::OfGroup => "the bias that has the group's number is added, not the output channel's own",
            Self::First => "the bias of the first output channel is added to all",
            Self::OfPrevious => "the bias of the output channel one place before is added",
            Self::OfNext => "the bias of the output channel one place further on is added",
        };
        text.to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::Nowhere
    }
}
