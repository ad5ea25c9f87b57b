//! The taps of some of a group's input channels.

use super::element::Tap;
use super::examples;
use super::family::Kinship;
use super::parts::{Part, Repeated};
use crate::problem::Problem;

/// Channels that a tail or head of missing ones may have.
pub const MOST_MISSING: usize = 15;

/// Channels that are asked after one by one.
const MOST_INSIDE: usize = 7;

/// Blocks of channels behind which all may be missing.
const BLOCKS: [usize; 5] = [4, 8, 16, 32, 64];

fn subject(channels: &str) -> String {
    format!("the taps of the group's input channels [{channels}] are")
}

/// So many that a problem's group has others: not all of several, for that is what any other bug comes to whose windows lie in the padding.
fn counts(problem: &Problem) -> std::ops::Range<usize> {
    1..(problem.in_channels_per_group() as usize).clamp(2, MOST_MISSING + 1)
}

/// Those of so many last channels of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LastChannels(pub usize);

impl Part for LastChannels {
    const MISSING: &'static str = "last-channels-missing";
    const KINSHIP: Kinship = Kinship::Each;
    const EXAMPLE: &'static str = examples::BLOCKS;

    fn instances(problem: &Problem) -> Vec<Self> {
        counts(problem).map(Self).collect()
    }

    fn named() -> Vec<Self> {
        (1..=MOST_MISSING).map(Self).collect()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.to_string())
    }

    fn has(self, problem: &Problem, tap: Tap) -> bool {
        tap.channel + self.0 >= problem.in_channels_per_group() as usize
    }

    fn subject(self) -> String {
        let Self(count) = self;
        subject(&if count == 1 { "-1".to_owned() } else { format!("-{count}:") })
    }
}

impl Repeated for LastChannels {
    const TWICE: &'static str = "last-channels-twice";
}

/// Those of so many first channels of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FirstChannels(usize);

impl Part for FirstChannels {
    const MISSING: &'static str = "first-channels-missing";
    const KINSHIP: Kinship = Kinship::Each;
    const EXAMPLE: &'static str = examples::BLOCKS;

    fn instances(problem: &Problem) -> Vec<Self> {
        counts(problem).map(Self).collect()
    }

    fn named() -> Vec<Self> {
        (1..=MOST_MISSING).map(Self).collect()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.to_string())
    }

    fn has(self, _: &Problem, tap: Tap) -> bool {
        tap.channel < self.0
    }

    fn subject(self) -> String {
        let Self(count) = self;
        subject(&if count == 1 { "0".to_owned() } else { format!(":{count}") })
    }
}

/// Those of one channel of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel(usize);

impl Part for Channel {
    const MISSING: &'static str = "channel-missing";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::BLOCKS;

    fn instances(problem: &Problem) -> Vec<Self> {
        (0..(problem.in_channels_per_group() as usize).min(MOST_INSIDE)).map(Self).collect()
    }

    fn named() -> Vec<Self> {
        (0..MOST_INSIDE).map(Self).collect()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.to_string())
    }

    fn has(self, _: &Problem, tap: Tap) -> bool {
        tap.channel == self.0
    }

    fn subject(self) -> String {
        subject(&self.0.to_string())
    }
}

/// Those of the channels of the group from this one on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelsFrom(pub usize);

impl Part for ChannelsFrom {
    const MISSING: &'static str = "channels-from-missing";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::BLOCKS;

    fn instances(problem: &Problem) -> Vec<Self> {
        let channels = problem.in_channels_per_group() as usize;
        BLOCKS.into_iter().filter(|block| *block < channels).map(Self).collect()
    }

    fn named() -> Vec<Self> {
        BLOCKS.map(Self).to_vec()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.to_string())
    }

    fn has(self, _: &Problem, tap: Tap) -> bool {
        tap.channel >= self.0
    }

    fn subject(self) -> String {
        subject(&format!("{}:", self.0))
    }
}
