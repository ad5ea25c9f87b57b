//! Things that are mistaken for others of their sort, now for one and now for another.

use super::written::Written;
use super::{Element, Reading};
use crate::problem::Problem;

/// What is mistaken for another of its sort in each element, by a rule that no single [`Reading`] has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mixed {
    /// The group whose input channels are read.
    Groups,
    /// The image that is read.
    Images,
    /// The output channel whose weights are used.
    Filters,
    /// The output channel whose value is written.
    Channels,
    /// The output pixel whose value is written.
    Pixels,
}

impl Mixed {
    /// Every one, the likelier of equal effects first.
    pub const ALL: [Self; 5] = [Mixed::Groups, Mixed::Images, Mixed::Filters, Mixed::Channels, Mixed::Pixels];

    /// What may happen to `element`: each of the wrong choices there are.
    pub fn choices(self, problem: &Problem, element: Element) -> Box<dyn Iterator<Item = Reading>> {
        let others = |own: usize, count: usize| {
            (0..count).filter(move |other| *other != own).map(move |other| other as i64 - own as i64)
        };
        let channels = problem.out_channels as usize;
        match self {
            Mixed::Groups => {
                let own = element.channel / problem.out_channels_per_group() as usize;
                Box::new(others(own, problem.groups as usize).map(Reading::Group))
            }
            Mixed::Images => Box::new(others(element.image, problem.batch as usize).map(Reading::Images)),
            Mixed::Filters => Box::new(others(element.channel, channels).map(Reading::Filter)),
            Mixed::Channels => {
                Box::new(others(element.channel, channels).map(|by| Reading::Written(Written::Channel(by))))
            }
            Mixed::Pixels => {
                let (rows, columns) = (problem.h().output() as usize, problem.w().output() as usize);
                let along_row = others(element.column, columns).map(Written::Column);
                Box::new(others(element.row, rows).map(Written::Row).chain(along_row).map(Reading::Written))
            }
        }
    }

    /// What happens.
    pub fn sentence(self) -> &'static str {
        match self {
            Mixed::Groups => "the input channels of another group are read, not of the same one everywhere",
            Mixed::Images => "another image is read, not one as far away everywhere",
            Mixed::Filters => "the weights of another output channel are used, not of one as far away everywhere",
            Mixed::Channels => "the value of another output channel is written, not of one as far away everywhere",
            Mixed::Pixels => "the value of another pixel in the same row or column of the output is written",
        }
    }
}
