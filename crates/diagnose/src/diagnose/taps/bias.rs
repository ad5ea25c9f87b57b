//! Wrong ideas of which bias belongs to an output element.

use super::reading::Element;
use crate::problem::Problem;
use std::collections::BTreeMap;

/// What becomes of the bias, the taps being right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongBias {
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
    /// That of the output channel so many further.
    Of(i64),
}

impl WrongBias {
    /// Every one, the likelier of equal effects first.
    pub const ALL: [Self; 7] =
        [Self::Missing, Self::Doubled, Self::OfPlace, Self::OfGroup, Self::First, Self::Of(-1), Self::Of(1)];

    /// How often each bias is added to `element`, by output channel.
    pub fn added(self, problem: &Problem, element: Element) -> BTreeMap<usize, i64> {
        let own = element.channel;
        let of_group = problem.out_channels_per_group() as usize;
        let once = |channel: usize| BTreeMap::from([(channel, 1)]);
        match self {
            _ if !problem.bias => BTreeMap::new(),
            Self::Missing => BTreeMap::new(),
            Self::Doubled => BTreeMap::from([(own, 2)]),
            Self::OfPlace => once(own % of_group),
            Self::OfGroup => once(own / of_group),
            Self::First => once(0),
            Self::Of(by) => own
                .checked_add_signed(by as isize)
                .filter(|&channel| channel < problem.out_channels as usize)
                .map_or_else(BTreeMap::new, once),
        }
    }

    /// What happens.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Missing => "the bias is missing",
            Self::Doubled => "the bias is added more than once",
            Self::OfPlace => "the bias of the output channel with the same place in the first group is added",
            Self::OfGroup => "the bias that has the group's number is added, not the output channel's own",
            Self::First => "the bias of the first output channel is added to all",
            Self::Of(by) if by < 0 => "the bias of the output channel one place before is added",
            Self::Of(_) => "the bias of the output channel one place further on is added",
        }
    }
}
