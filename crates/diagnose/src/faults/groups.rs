//! Input channels of other groups, and other input channels.

use super::element::{Element, Tap, Window};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::place::Place;
use super::prediction::Prediction;
use super::shifted::Nearer;
use super::words::{far, places, signed};
use crate::problem::Problem;

/// The window with each tap's input channel taken for another one, over all groups.
fn of_channels<'p>(problem: &'p Problem, element: Element, channel: impl Fn(Place, Tap) -> i64 + 'p) -> Prediction<'p> {
    let window = Window::of(problem, element);
    Prediction::of(&window, move |tap| {
        let place = window.place(tap);
        window.read(tap, Place { channel: channel(place, tap), ..place })
    })
}

/// The window with the input channels of the group `by` further on.
pub fn of_group(problem: &Problem, element: Element, by: i64) -> Prediction<'_> {
    let channels = by * i64::from(problem.in_channels_per_group());
    of_channels(problem, element, move |place, _| place.channel + channels)
}

/// Input channels of the first group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FirstGroup;

impl Family for FirstGroup {
    const WORD: &'static str = "first-group-read";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::GROUPS;

    always!(Self => "");

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        of_channels(problem, element, |_, tap| tap.channel as i64)
    }

    fn sentence(self) -> String {
        "the input channels of the first group are read in place of the own group's".to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}

/// Input channels so many further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channels(Nearer);

impl Family for Channels {
    const WORD: &'static str = "input-channels-shifted";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::BLOCKS;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        vec![Self(Nearer(1)), Self(Nearer(-1))]
    }

    fn parameters(self) -> Option<String> {
        Some(signed(self.0.0))
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        of_channels(problem, element, move |place, _| place.channel + self.0.0)
    }

    fn sentence(self) -> String {
        let side = if self.0.0 > 0 { "too far on" } else { "too early" };
        format!("input channels {} {side} are read", far(self.0.0, "channel", "channels"))
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}

/// Input channels of the group so many further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(Nearer);

/// Groups further on that are asked after one by one.
const MOST_GROUPS: i64 = 8;

impl Group {
    fn up_to(groups: i64) -> Vec<Self> {
        (1..=groups).flat_map(|by| [Self(Nearer(by)), Self(Nearer(-by))]).collect()
    }
}

impl Family for Group {
    const WORD: &'static str = "group-shifted";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::GROUPS;

    fn instances(problem: &Problem) -> Vec<Self> {
        Self::up_to(i64::from(problem.groups - 1).min(MOST_GROUPS))
    }

    fn named() -> Vec<Self> {
        Self::up_to(MOST_GROUPS)
    }

    fn parameters(self) -> Option<String> {
        Some(signed(self.0.0))
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        of_group(problem, element, self.0.0)
    }

    fn sentence(self) -> String {
        format!("the input channels of the group {} are read in place of the own group's", places(self.0.0))
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}

/// Input channels of the group that is the output channel's number, modulo the number of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupByRemainder;

impl Family for GroupByRemainder {
    const WORD: &'static str = "group-by-remainder";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::GROUPS;

    always!(Self => "");

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let group = element.channel as i64 % i64::from(problem.groups);
        let first = group * i64::from(problem.in_channels_per_group());
        of_channels(problem, element, move |_, tap| first + tap.channel as i64)
    }

    fn sentence(self) -> String {
        "an output channel reads the input channels of the group that is its own number modulo G".to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}

/// Input channels of a group counted from where its output channels begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupsByOutput;

impl Family for GroupsByOutput {
    const WORD: &'static str = "groups-by-output-channels";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::GROUPS;

    always!(Self => "");

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let of_group = problem.out_channels_per_group() as usize;
        let begin = (element.channel / of_group * of_group) as i64;
        of_channels(problem, element, move |_, tap| begin + tap.channel as i64)
    }

    fn sentence(self) -> String {
        "a group's input channels are read from where its output channels begin: their numbers per group are confused"
            .to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}

/// Input channels of the group that is as far from the end as this one is from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupsReversed;

impl Family for GroupsReversed {
    const WORD: &'static str = "groups-reversed";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::GROUPS;

    always!(Self => "");

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let of_group = i64::from(problem.in_channels_per_group());
        let last = i64::from(problem.groups) - 1;
        of_channels(problem, element, move |place, tap| {
            (last - place.channel / of_group) * of_group + tap.channel as i64
        })
    }

    fn sentence(self) -> String {
        "the input channels of groups are read in reverse order of the groups".to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}
