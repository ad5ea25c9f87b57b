//! Problems for property tests.

use super::{AXES, Digits, Space, presets};
use crate::problem::Problem;
use crate::problem::descent::Descent;
use proptest::arbitrary::Arbitrary;
use proptest::prelude::Rng;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::sync::Arc;

/// A proptest strategy for the problems of a space.
///
/// Every point is drawn as often; an excluded one is repaired as in [`Space::draw`]. What fails shrinks to the smallest
/// problem of the space near it ([`ProblemTree`]).
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::space::{presets, strategy};
/// use proptest::{prop_assert, test_runner::TestRunner};
///
/// let small = strategy(presets::find("coreml-2515").unwrap().space());
/// TestRunner::default().run(&small, |problem| {
///     prop_assert!(problem.output().h <= problem.input.h + 4);
///     Ok(())
/// }).unwrap();
/// ```
pub fn strategy(space: Space) -> SpaceStrategy {
    SpaceStrategy { space: Arc::new(space) }
}

impl Space {
    /// The problems of the space that differ from `problem` along one axis; of an axis with many values, those with the first
    /// and the nearest ones.
    fn neighbours(&self, problem: &Problem) -> Vec<Problem> {
        const VALUES: u64 = 32;
        let Some(index) = self.index_of(problem) else { return Vec::new() };
        let digits = self.digits(index);
        let mut neighbours = Vec::new();
        for axis in 0..AXES {
            let own = u64::from(digits[axis]);
            for other in 0..self.radices[axis] {
                if other != own && (other < VALUES || other.abs_diff(own) <= VALUES) {
                    let mut changed = digits;
                    changed[axis] = other as u32;
                    neighbours.extend(self.at(&changed).ok());
                }
            }
        }
        neighbours
    }
}

/// What [`strategy`] returns.
#[derive(Clone, Debug)]
pub struct SpaceStrategy {
    space: Arc<Space>,
}

impl Strategy for SpaceStrategy {
    type Tree = ProblemTree;
    type Value = Problem;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let rng = runner.rng();
        let digits = self.space.radices.map(|radix| (rng.next_u64() % radix) as u32);
        let start = self.space.repair(digits).ok_or("the space has next to no problems")?;
        ProblemTree::new(self.space.clone(), start).ok_or_else(|| "the space has next to no problems".into())
    }
}

/// Any problem: those of the preset `broad`.
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::Problem;
/// use proptest::prelude::*;
///
/// proptest! {
///     # #[allow(unused)]
///     fn windows_start_inside_the_padded_input(problem: Problem) {
///         let h = problem.h();
///         prop_assert!(h.window_start(h.output() - 1) < i64::from(h.input + h.pad_end));
///     }
/// }
/// # windows_start_inside_the_padded_input();
/// ```
impl Arbitrary for Problem {
    type Parameters = ();
    type Strategy = SpaceStrategy;

    fn arbitrary_with((): ()) -> SpaceStrategy {
        SpaceStrategy { space: presets::default_space().clone() }
    }
}

/// A problem that proptest shrinks to the smallest one near it, within the space: by a [`Descent`], as the shrinker of
/// backends does. See there for what is tried, and in which order problems count as smaller. Where no move of it leads
/// further, for an axis lists its values or ties several parameters together, the other values of each axis are tried.
///
/// After each test proptest says whether it failed ([`simplify`](ValueTree::simplify)) or passed
/// ([`complicate`](ValueTree::complicate)). Either way the next guess follows, until none is left.
#[derive(Clone, Debug)]
pub struct ProblemTree {
    space: Arc<Space>,
    descent: Descent,
    guess: Option<Problem>,
    /// A best problem, and those beside it that are left.
    beside: Option<(Problem, Vec<Problem>)>,
}

impl ProblemTree {
    fn new(space: Arc<Space>, digits: Digits) -> Option<Self> {
        let problem = space.at(&digits).ok()?;
        Some(Self { space, descent: Descent::from(problem), guess: None, beside: None })
    }

    fn guess(&mut self) -> bool {
        let space = &self.space;
        self.guess = self.descent.next(|problem| space.contains(problem)).or_else(|| self.next_beside());
        self.guess.is_some()
    }

    fn next_beside(&mut self) -> Option<Problem> {
        let best = self.descent.best();
        if self.beside.as_ref().is_none_or(|(of, _)| *of != best) {
            self.beside = Some((best, self.space.neighbours(&best)));
        }
        let (_, left) = self.beside.as_mut()?;
        while let Some(problem) = left.pop() {
            if self.descent.offer(&problem) {
                return Some(problem);
            }
        }
        None
    }
}

impl ValueTree for ProblemTree {
    type Value = Problem;

    fn current(&self) -> Problem {
        self.guess.unwrap_or_else(|| self.descent.best())
    }

    fn simplify(&mut self) -> bool {
        if let Some(failed) = self.guess.take() {
            self.descent.accept(failed);
        }
        self.guess()
    }

    /// Where the last guess passed, `current` is the next one; once none is left, the smallest that failed.
    fn complicate(&mut self) -> bool {
        self.guess.take().is_some() && self.guess()
    }
}
