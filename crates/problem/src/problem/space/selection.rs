//! Which points of a space a run visits, and in what order.

use super::{Permutation, SelectionError, Space};
use crate::problem::{Condition, Problem};
use rayon::prelude::*;
use std::ops::Range;

/// Which points of a space a run visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All, in index order.
    All,
    /// These indices, in order.
    Range(Range<u64>),
    /// So many problems, none twice, drawn evenly from the whole space by a seed.
    Sample {
        /// Problems; excluded points don't count.
        problems: u64,
        /// Another seed draws others.
        seed: u64,
    },
}

/// The points that a selection visits: a sequence of indices, of which any one can be computed on its own.
///
/// A sample is the beginning of a permutation of all indices, just long enough to hold the problems that were asked for.
/// How long that is, is found out beforehand by decoding alone; so chunks, shards and resumption can count in positions,
/// and the result is the same for any number of threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positions {
    len: u64,
    order: Order,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Order {
    From(u64),
    Permuted(Permutation),
}

impl Positions {
    /// How many points, excluded ones included.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The index of the point at `position`.
    ///
    /// # Panics
    /// Where `position` is beyond the space.
    pub fn index(&self, position: u64) -> u64 {
        match &self.order {
            Order::From(first) => first + position,
            Order::Permuted(permutation) => permutation.image(position),
        }
    }
}

/// Points decoded at a time while the end of a sample is looked for.
const CHUNK: u64 = 1 << 14;

impl Selection {
    /// The selection's points in a space.
    ///
    /// A sample of a space with fewer problems than asked for has them all. In one where hardly any point is a problem,
    /// the search is given up after 256 points for each problem asked for (at least 2^20), and the sample is what was
    /// found till there.
    ///
    /// # Errors
    /// A range that is empty or ends beyond the space; a sample of nothing.
    pub fn positions(&self, space: &Space) -> Result<Positions, SelectionError> {
        self.positions_where(space, None)
    }

    /// The same, where a sample is one of the problems of which `condition` holds.
    ///
    /// # Errors
    /// As [`Selection::positions`].
    pub fn positions_where(&self, space: &Space, condition: Option<&Condition>) -> Result<Positions, SelectionError> {
        let points = space.len();
        match *self {
            Selection::All => Ok(Positions { len: points, order: Order::From(0) }),
            Selection::Range(Range { start, end }) => {
                if start >= end {
                    return Err(SelectionError::NotARange { text: format!("{start}..{end}") });
                }
                if end > points {
                    return Err(SelectionError::Beyond { end, points });
                }
                Ok(Positions { len: end - start, order: Order::From(start) })
            }
            Selection::Sample { problems: 0, .. } => Err(SelectionError::EmptySample),
            Selection::Sample { problems, seed } => {
                let permutation = Permutation::new(points, seed);
                let most = problems.saturating_mul(256).max(1 << 20).min(points);
                let holds = |problem: &Problem| condition.is_none_or(|condition| condition.holds(problem));
                let is_problem =
                    |position: u64| space.problem(permutation.image(position)).is_ok_and(|problem| holds(&problem));
                Ok(Positions { len: length_with(problems, most, is_problem), order: Order::Permuted(permutation) })
            }
        }
    }
}

/// The shortest length, at most `most`, that has so many problems below it.
fn length_with(problems: u64, most: u64, is_problem: impl Fn(u64) -> bool + Sync) -> u64 {
    let chunk = |first: u64| first..most.min(first + CHUNK);
    let mut missing = problems;
    let mut first = 0;
    while first < most {
        // No more chunks at once than can be needed if every point were a problem.
        let chunks = missing.div_ceil(CHUNK).clamp(1, 64);
        let starts: Vec<u64> = (0..chunks).map(|n| first + n * CHUNK).filter(|start| *start < most).collect();
        let counts: Vec<u64> =
            starts.par_iter().map(|start| chunk(*start).filter(|p| is_problem(*p)).count() as u64).collect();
        for (start, count) in starts.into_iter().zip(counts) {
            if count >= missing {
                let last = chunk(start).filter(|p| is_problem(*p)).nth(missing as usize - 1);
                return last.map_or(most, |last| last + 1);
            }
            missing -= count;
            first = chunk(start).end;
        }
    }
    most
}

/// Reads `first..end`, the end not included.
///
/// # Errors
/// Anything else.
pub fn parse_range(text: &str) -> Result<Range<u64>, SelectionError> {
    let numbers = text.split_once("..").and_then(|(first, end)| Some(first.parse().ok()?..end.parse().ok()?));
    numbers
        .filter(|range: &Range<u64>| range.start < range.end)
        .ok_or_else(|| SelectionError::NotARange { text: text.into() })
}
