//! Taps that begin somewhere and go on to the end, as blocks and tails of vectors have it.

use super::channel_parts::MOST_MISSING;
use super::element::Tap;
use super::examples;
use super::family::Kinship;
use super::parts::Part;
use crate::problem::Problem;
use std::cmp::Reverse;

/// Blocks of places or taps behind which all may be missing.
const MOST_BLOCKS: usize = 16;

/// The first number that is not the same block on problems of all sizes: those that begin far behind are a tail's.
const NAMED: usize = 200;

/// Where tails begin, and behind which blocks: the later, the fewer are missing.
fn begins(size: usize, block: usize) -> Vec<usize> {
    let tail = size.saturating_sub(MOST_MISSING).max(1);
    let blocks = (block..tail).step_by(block).take(MOST_BLOCKS);
    let mut begins: Vec<usize> = blocks.chain(tail..size).collect();
    begins.reverse();
    begins
}

fn named(number: usize) -> Option<String> {
    (number < NAMED).then(|| number.to_string())
}

fn places(problem: &Problem) -> usize {
    (problem.kernel.h * problem.kernel.w) as usize
}

/// The number of a tap, counted by channel, row and column.
fn number(problem: &Problem, tap: Tap) -> usize {
    tap.channel * places(problem) + tap.row * problem.kernel.w as usize + tap.column
}

/// Those of the kernel's places from this one on, counted row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlacesFrom(Reverse<usize>);

impl Part for PlacesFrom {
    const MISSING: &'static str = "kernel-places-from-missing";
    const KINSHIP: Kinship = Kinship::Each;
    const EXAMPLE: &'static str = examples::PLACES;

    fn instances(problem: &Problem) -> Vec<Self> {
        begins(places(problem), 4).into_iter().map(|begin| Self(Reverse(begin))).collect()
    }

    fn named() -> Vec<Self> {
        (1..NAMED).rev().map(|begin| Self(Reverse(begin))).collect()
    }

    fn parameters(self) -> Option<String> {
        named(self.0.0)
    }

    fn has(self, problem: &Problem, tap: Tap) -> bool {
        tap.row * problem.kernel.w as usize + tap.column >= self.0.0
    }

    fn subject(self) -> String {
        format!("the taps from place {} of the kernel on, counted row by row from 0, are", self.0.0)
    }
}

/// All from this one on, counted by channel, row and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TapsFrom(pub Reverse<usize>);

impl Part for TapsFrom {
    const MISSING: &'static str = "taps-from-missing";
    const KINSHIP: Kinship = Kinship::Each;
    const EXAMPLE: &'static str = examples::BLOCKS;

    fn instances(problem: &Problem) -> Vec<Self> {
        let taps = places(problem) * problem.in_channels_per_group() as usize;
        begins(taps, 8).into_iter().map(|begin| Self(Reverse(begin))).collect()
    }

    fn named() -> Vec<Self> {
        (1..NAMED).rev().map(|begin| Self(Reverse(begin))).collect()
    }

    fn parameters(self) -> Option<String> {
        named(self.0.0)
    }

    fn has(self, problem: &Problem, tap: Tap) -> bool {
        number(problem, tap) >= self.0.0
    }

    fn subject(self) -> String {
        format!("the taps from number {} on, counted from 0 by channel, kernel row and kernel column, are", self.0.0)
    }
}

/// All before this one, counted in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TapsTo(pub Reverse<usize>);

impl TapsTo {
    /// Whole blocks.
    fn blocks() -> impl Iterator<Item = Self> {
        (1..=MOST_BLOCKS).map(|block| Self(Reverse(block * 8))).rev()
    }
}

impl Part for TapsTo {
    const MISSING: &'static str = "taps-before-missing";
    const KINSHIP: Kinship = Kinship::Each;
    const EXAMPLE: &'static str = examples::BLOCKS;

    fn instances(problem: &Problem) -> Vec<Self> {
        let taps = places(problem) * problem.in_channels_per_group() as usize;
        Self::blocks().filter(|to| to.0.0 < taps).collect()
    }

    fn named() -> Vec<Self> {
        Self::blocks().collect()
    }

    fn parameters(self) -> Option<String> {
        named(self.0.0)
    }

    fn has(self, problem: &Problem, tap: Tap) -> bool {
        number(problem, tap) < self.0.0
    }

    fn subject(self) -> String {
        format!("the taps before number {}, counted from 0 by channel, kernel row and kernel column, are", self.0.0)
    }
}
