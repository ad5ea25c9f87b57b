//! Problems for property tests.

use super::{AXES, Digits, Space, presets};
use crate::problem::Problem;
use proptest::arbitrary::Arbitrary;
use proptest::prelude::Rng;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::sync::Arc;

/// A proptest strategy for the problems of a space.
///
/// Every point is drawn as often; an excluded one is repaired as in [`Space::draw`]. Values shrink towards the first of
/// each axis, so an axis should begin with what is simplest.
///
/// ```
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

/// A problem that proptest shrinks: each axis in turn, by halving the distance to its first value.
#[derive(Clone, Debug)]
pub struct ProblemTree {
    space: Arc<Space>,
    current: (Digits, Problem),
    /// The last one that failed, while `current` is a guess.
    failed: Option<(Digits, Problem)>,
    axis: usize,
    /// Places on `axis` below this one were tried.
    lowest: u32,
}

impl ProblemTree {
    fn new(space: Arc<Space>, digits: Digits) -> Option<Self> {
        let problem = space.at(&digits).ok()?;
        Some(Self { space, current: (digits, problem), failed: None, axis: 0, lowest: 0 })
    }
}

impl ValueTree for ProblemTree {
    type Value = Problem;

    fn current(&self) -> Problem {
        self.current.1
    }

    fn simplify(&mut self) -> bool {
        while self.axis < AXES {
            let (digits, _) = self.current;
            let place = digits[self.axis];
            if self.lowest >= place {
                self.axis += 1;
                self.lowest = 0;
                continue;
            }
            let mut guess = digits;
            guess[self.axis] = self.lowest + (place - self.lowest) / 2;
            match self.space.at(&guess) {
                Ok(problem) => {
                    self.failed = Some(std::mem::replace(&mut self.current, (guess, problem)));
                    return true;
                }
                // An excluded point says nothing about those above it.
                Err(_) => self.lowest = guess[self.axis] + 1,
            }
        }
        false
    }

    fn complicate(&mut self) -> bool {
        match self.failed.take() {
            Some(failed) => {
                self.lowest = self.current.0[self.axis] + 1;
                self.current = failed;
                true
            }
            None => false,
        }
    }
}
