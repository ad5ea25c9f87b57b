//! The way down: from a problem to the smallest near it that still shows something.
//!
//! A [`Descent`] knows problems and their [order](Problem::size), not what is looked for. It offers problems smaller
//! than the best so far; whoever holds it looks, and says [`accept`](Descent::accept) to one that shows it. So the same
//! search serves a shrinker that runs a backend and a property test that runs anything.
//!
//! # Why it jumps
//! What fails doesn't fail monotonically. A remainder goes when the input shrinks by one; groups must divide; a defect can
//! vanish at width 9 and be back at 10. So moves change what belongs together (kernel and input, so that the output stays;
//! groups and channels), and go to the simplest value at once before they go half the way and one by one.
//!
//! # The neighbourhood
//! The best is *proved* minimal once the descent ends by itself: every smaller problem in its neighbourhood was offered
//! and not accepted. That neighbourhood is all that these moves make of it, in both directions where a parameter may rise
//! while the problem gets smaller:
//!
//! - every parameter at every lower value (of values over 17, the lowest and the nearest eight);
//! - two or three parameters lower by one; any two of these steps: one lower; a pad passed on to another side; a row of
//!   input turned into padding; one passed from height to width or back (input, kernel, stride, dilation); a stride or a
//!   dilation (of more than one tap) higher; a row of input that no window reads more;
//! - fewer windows, a smaller kernel, stride or dilation, with output and remainder kept; fewer taps that reach as far;
//!   strides and dilations so high that there is one window; fewer groups with the channels of each or of all kept; pads
//!   gone, all at one end, or so that the first or the last window reaches the input with all taps; both of a pair alike;
//!   height and width exchanged, in part or whole; the plane as one row or column; channels, an axis or pads at their
//!   simplest.
//!
//! Its size depends on the problem: some tens of smaller problems, for most of it makes no sense or is no smaller.

mod fields;
mod moves;
#[cfg(test)]
mod tests;

use crate::problem::{Parameters, Problem, Size};
use fields::{fields, parameters};
use moves::{BOLD, Move, THOROUGH};
use std::collections::HashSet;

/// A descent under way. See the [module](self).
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::Problem;
/// use convdiff::problem::descent::Descent;
///
/// let start: Problem = "g2mb2ic6ih9oc4kh3sh2ph1b1".parse()?;
/// let mut descent = Descent::from(start);
/// while let Some(smaller) = descent.next(|_| true) {
///     if smaller.in_channels_per_group() > 2 && smaller.w().remainder() > 0 {
///         descent.accept(smaller);
///     }
/// }
/// assert_eq!(descent.best().to_string(), "mb1ic3ih1iw1oc1oh1ow1kh1kw1sh1sw2ph0pw0pr1");
/// # Ok::<(), convdiff::problem::DescriptorError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Descent {
    best: Problem,
    size: Size,
    /// Offered so far; the last one may not be judged yet.
    offered: HashSet<Parameters>,
    /// What the present move makes of the best, in reverse.
    queue: Vec<Problem>,
    moves: &'static [Move],
    next_move: usize,
    /// How many moves made nothing since the best was accepted.
    idle: usize,
}

/// Begins at a problem that shows what is looked for.
impl From<Problem> for Descent {
    fn from(start: Problem) -> Self {
        Self {
            best: start,
            size: start.size(),
            offered: HashSet::from([start.parameters()]),
            queue: Vec::new(),
            moves: BOLD,
            next_move: 0,
            idle: 0,
        }
    }
}

impl Descent {
    /// The smallest problem so far that shows it.
    pub fn best(&self) -> Problem {
        self.best
    }

    /// A problem `within` bounds, smaller than the best and not offered before. `None` at the end: then the best is
    /// minimal in its neighbourhood, as far as that is within.
    pub fn next(&mut self, within: impl Fn(&Problem) -> bool) -> Option<Problem> {
        loop {
            if let Some(problem) = self.queue.pop() {
                self.offered.insert(problem.parameters());
                return Some(problem);
            }
            if self.idle == self.moves.len() {
                if self.moves == THOROUGH {
                    return None;
                }
                self.change_to(THOROUGH);
            }
            let next = self.moves[self.next_move];
            self.next_move = (self.next_move + 1) % self.moves.len();
            self.idle += 1;
            self.queue = self.smaller([next], &within);
            self.queue.retain(|problem| !self.offered.contains(&problem.parameters()));
            self.queue.reverse();
        }
    }

    /// Says that a problem which was offered shows it.
    pub fn accept(&mut self, problem: Problem) {
        self.best = problem;
        self.size = problem.size();
        self.queue.clear();
        if self.moves == BOLD {
            // What led here may lead further.
            self.next_move = (self.next_move + BOLD.len() - 1) % BOLD.len();
            self.idle = 0;
        } else {
            self.change_to(BOLD);
        }
    }

    /// Takes `problem` for offered, by somebody who knows better what is near. Whether it is smaller than the best and new.
    pub fn offer(&mut self, problem: &Problem) -> bool {
        problem.size() < self.size && self.offered.insert(problem.parameters())
    }

    /// Problems `within` bounds in the neighbourhood of the best that are smaller: those that a proof has to run.
    pub fn neighbours(&self, within: impl Fn(&Problem) -> bool) -> Vec<Problem> {
        self.smaller(BOLD.iter().chain(THOROUGH).copied(), within)
    }

    /// Whether a problem was offered.
    pub fn was_offered(&self, problem: &Problem) -> bool {
        self.offered.contains(&problem.parameters())
    }

    fn change_to(&mut self, moves: &'static [Move]) {
        (self.moves, self.next_move, self.idle) = (moves, 0, 0);
    }

    fn smaller(&self, moves: impl IntoIterator<Item = Move>, within: impl Fn(&Problem) -> bool) -> Vec<Problem> {
        let from = fields(&self.best);
        let mut made = Vec::new();
        moves.into_iter().for_each(|one| one.expand(&from, &mut made));
        let mut seen = HashSet::new();
        made.iter()
            .filter_map(parameters)
            .filter(|parameters| seen.insert(*parameters))
            .filter_map(|parameters| Problem::new(parameters).ok())
            .filter(|problem| problem.size() < self.size && within(problem))
            .collect()
    }
}
