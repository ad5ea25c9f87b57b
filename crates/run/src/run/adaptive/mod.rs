//! Which problems of a space to run, where there is no time for all: the search behind `sweep --adaptive`.
//!
//! 1. *Coverage.* Problems that together have every pair of values and as many triples as can be ([`Coverage`]): bugs of
//!    two or three conditions show there.
//! 2. *Boundaries.* Around problems that fail, those that differ from them along one axis: where the verdict changes, and
//!    where it doesn't, is what a trigger is learnt from. Every fourth problem is still drawn for coverage, so that a second
//!    bug is met as well.
//!
//! The choice depends on the space, the seed, and the verdicts; not on threads. A problem is run once.

mod coverage;
mod sweep;
#[cfg(test)]
mod tests;

pub use coverage::Coverage;
pub use sweep::Choice;

use crate::problem::space::{Permutation, Space};
use crate::problem::{Condition, Problem};
use coverage::Combinations;
use rapidrand::rapidrng;
use std::collections::HashSet;

/// Problems that coverage is measured on, drawn from the space; all of one that has no more points.
const CANDIDATES: u64 = 1 << 16;

/// Problems chosen before the next verdicts are waited for.
const ROUND: usize = 128;

/// Candidates that one choice is made from.
const CHOICE: usize = 24;

/// Neighbours of one failing problem that are tried at a time.
const TRIES: usize = 64;

/// An index of the space, and its problem.
pub type Point = (u64, Problem);

/// What a search has chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Indices that were run, ascending.
    pub indices: Vec<u64>,
    /// How much they cover.
    pub coverage: Coverage,
}

/// Runs at most `budget` problems of `space` by `run`, which says of each index whether it fails.
///
/// # Errors
/// Whatever `run` says.
pub fn search<E>(
    space: &Space,
    condition: Option<&Condition>,
    budget: u64,
    seed: u64,
    mut run: impl FnMut(&[Point]) -> Result<Vec<bool>, E>,
) -> Result<Chosen, E> {
    let order = Permutation::new(space.len(), seed);
    let problem = |index: u64| space.problem(index).ok().filter(|p| condition.is_none_or(|c| c.holds(p)));
    let drawn = (0..space.len()).map(|place| order.image(place));
    let candidates: Vec<(u64, Problem)> = drawn
        .take(8 * CANDIDATES as usize)
        .filter_map(|index| Some((index, problem(index)?)))
        .take(CANDIDATES as usize)
        .collect();
    let problems: Vec<Problem> = candidates.iter().map(|(_, problem)| *problem).collect();
    let mut search = Search {
        space,
        combinations: Combinations::of(&problems),
        candidates,
        run: HashSet::new(),
        failing: Vec::new(),
        next: 0,
        state: seed,
    };
    while (search.run.len() as u64) < budget {
        let left = (budget - search.run.len() as u64).min(ROUND as u64) as usize;
        // Until half is spent, coverage comes first; and where nothing fails there is no boundary.
        let covering = search.failing.is_empty() || (search.run.len() as u64) < budget / 2;
        let round = search.round(left, covering, &problem);
        if round.is_empty() {
            break;
        }
        let fails = run(&round)?;
        search.failing.extend(round.into_iter().zip(fails).filter(|(_, fails)| *fails).map(|(point, _)| point.0));
    }
    let mut indices: Vec<u64> = search.run.into_iter().collect();
    indices.sort_unstable();
    Ok(Chosen { indices, coverage: search.combinations.coverage() })
}

struct Search<'a> {
    space: &'a Space,
    combinations: Combinations,
    candidates: Vec<(u64, Problem)>,
    run: HashSet<u64>,
    /// Indices of failing problems, in the order in which they were met.
    failing: Vec<u64>,
    /// The candidate to look at next.
    next: usize,
    state: u64,
}

impl Search<'_> {
    fn below(&mut self, bound: usize) -> usize {
        (rapidrng(&mut self.state) % bound.max(1) as u64) as usize
    }

    fn round(&mut self, most: usize, covering: bool, problem: &dyn Fn(u64) -> Option<Problem>) -> Vec<(u64, Problem)> {
        let mut round = Vec::with_capacity(most);
        for place in 0..most {
            let boundary = if covering || place % 4 == 0 { None } else { self.beside_failing(problem) };
            let Some(point) = boundary.or_else(|| self.covering()) else { break };
            self.run.insert(point.0);
            self.combinations.add(&point.1);
            round.push(point);
        }
        round
    }

    /// Of a few candidates that were not run, the one with most new combinations.
    fn covering(&mut self) -> Option<(u64, Problem)> {
        let mut best: Option<(usize, (u64, Problem))> = None;
        let mut looked = 0;
        for _ in 0..self.candidates.len() {
            let point = self.candidates[self.next];
            self.next = (self.next + 1) % self.candidates.len();
            if self.run.contains(&point.0) {
                continue;
            }
            let gain = self.combinations.gain(&point.1);
            if best.is_none_or(|(most, _)| gain > most) {
                best = Some((gain, point));
            }
            looked += 1;
            if looked == CHOICE {
                break;
            }
        }
        best.map(|(_, point)| point)
    }

    /// A problem that was not run and differs from a failing one along one axis.
    fn beside_failing(&mut self, problem: &dyn Fn(u64) -> Option<Problem>) -> Option<(u64, Problem)> {
        for _ in 0..TRIES {
            let drawn = self.below(self.failing.len());
            let failing = self.failing[drawn];
            let (axis, step) = (self.below(usize::MAX), self.below(usize::MAX));
            let index = self.space.beside(failing, axis, step);
            if let Some(problem) = problem(index).filter(|_| !self.run.contains(&index)) {
                return Some((index, problem));
            }
        }
        None
    }
}
