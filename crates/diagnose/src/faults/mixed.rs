//! Things that are mistaken for others of their sort, now for one and now for another.

use super::element::Element;
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::filters::of_filter;
use super::groups::of_group;
use super::images::of_image;
use super::misplaced::of_moved;
use super::prediction::Prediction;
use crate::problem::Problem;

/// What is mistaken for another of its sort in each element, by a rule that no single fault has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// How far others of so many are.
fn others(own: usize, count: usize) -> impl Iterator<Item = i64> {
    (0..count).filter(move |other| *other != own).map(move |other| other as i64 - own as i64)
}

impl Mixed {
    /// What may happen to `element`: each of the wrong choices there are.
    fn choices(self, problem: &Problem, element: Element) -> Vec<Prediction<'_>> {
        let channels = || others(element.channel, problem.out_channels as usize);
        let moved = |by: [i64; 3]| of_moved(problem, element, by);
        match self {
            Self::Groups => {
                let own = element.channel / problem.out_channels_per_group() as usize;
                others(own, problem.groups as usize).map(|by| of_group(problem, element, by)).collect()
            }
            Self::Images => {
                let images = others(element.image, problem.batch as usize);
                images.map(|by| of_image(problem, element, element.image as i64 + by)).collect()
            }
            Self::Filters => channels().map(|by| of_filter(problem, element, by)).collect(),
            Self::Channels => channels().map(|by| moved([by, 0, 0])).collect(),
            Self::Pixels => {
                let along_column = others(element.row, problem.h().output() as usize).map(|by| moved([0, by, 0]));
                let along_row = others(element.column, problem.w().output() as usize).map(|by| moved([0, 0, by]));
                along_column.chain(along_row).collect()
            }
        }
    }
}

impl Family for Mixed {
    const WORD: &'static str = "mixed-up";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::GROUPS;

    always!(
        Self::Groups => "groups",
        Self::Images => "images",
        Self::Filters => "weights",
        Self::Channels => "output-channels",
        Self::Pixels => "output-pixels",
    );

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        Prediction::OneOf(self.choices(problem, element))
    }

    fn sentence(self) -> String {
        let text = match self {
            Self::Groups => "the input channels of another group are read, not of the same one everywhere",
            Self::Images => "another image is read, not one as far away everywhere",
            Self::Filters => "the weights of another output channel are used, not of one as far away everywhere",
            Self::Channels => "the value of another output channel is written, not of one as far away everywhere",
            Self::Pixels => "the value of another pixel in the same row or column of the output is written",
        };
        text.to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}
