//! Random defects: backends `defect:random-SEED`, a predicate drawn from the language of conditions and an effect drawn
//! from a language of effects. They are for evaluating what finds and explains defects on many that nobody has chosen.
//!
//! The seed is all there is to one: `convdiff sweep --backend defect:random-17` runs the same defect anywhere. Many a
//! predicate holds nowhere in a space, or only where the effect can't be seen; [`Pool`] tells.

mod effect;
mod predicate;
#[cfg(test)]
mod tests;

use super::super::{Arithmetic, Backend, BackendError, Kind, Session, Unsupported};
use super::{BASE, Planted};
use crate::backend::Failure;
use crate::operands::Case;
use crate::problem::space::{Axes, Permutation, Space, SpaceError};
use crate::problem::{Condition, Problem};
use effect::{Change, Part};
use rapidrand::rapidrng;

/// What the name of every random defect begins with.
pub const PREFIX: &str = "defect:random-";

/// A defect that a seed has drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomDefect {
    name: String,
    /// Where it goes wrong.
    pub condition: Condition,
    part: Part,
    change: Change,
}

/// The random defect of that name; `None` if it names none.
pub fn named(name: &str) -> Option<RandomDefect> {
    name.strip_prefix(PREFIX)?.parse().ok().map(RandomDefect::new)
}

/// The random defects from `seed` on.
pub fn from(seed: u64) -> impl Iterator<Item = RandomDefect> {
    (seed..).map(RandomDefect::new)
}

/// A seeded choice.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        (rapidrng(&mut self.0) % bound.max(1) as u64) as usize
    }

    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }
}

impl RandomDefect {
    /// The defect of this seed.
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        // Neighbouring seeds must draw apart.
        let mut draw = Draw(rapidrng(&mut state));
        let condition = predicate::draw(&mut draw);
        let (part, change) = (Part::draw(&mut draw), Change::draw(&mut draw));
        Self { name: format!("{PREFIX}{seed}"), condition, part, change }
    }

    /// What goes wrong, in a few words.
    pub fn description(&self) -> String {
        format!("{:?} in {:?}", self.change, self.part)
    }
}

impl Planted for RandomDefect {
    fn holds(&self, problem: &Problem) -> bool {
        self.condition.holds(problem)
    }

    fn shows(&self, problem: &Problem) -> bool {
        self.holds(problem) && effect::shows(problem, self.part, self.change)
    }

    fn could_show(&self, problem: &Problem) -> bool {
        effect::could_show(problem, self.part, self.change)
    }

    fn spoils(&self, problem: &Problem) -> Option<Vec<usize>> {
        Some(effect::spoils(problem, self.part, self.change))
    }

    fn predicate(&self) -> String {
        format!("{} ({})", self.condition, self.description())
    }

    fn shapes(&self) -> &[&'static str] {
        effect::shapes(self.part, self.change)
    }

    fn story(&self) -> &[&'static str] {
        self.change.story()
    }
}

impl Backend for RandomDefect {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn kind(&self) -> Kind {
        Kind::Planted
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::F32
    }

    fn supports(&self, problem: &Problem) -> Result<(), Unsupported> {
        BASE.supports(problem)
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(RandomSession { defect: self, base: BASE.session()? }))
    }
}

struct RandomSession<'a> {
    defect: &'a RandomDefect,
    base: Box<dyn Session + 'a>,
}

impl Session for RandomSession<'_> {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        self.base.run(case, output)?;
        if self.defect.condition.holds(case.problem) {
            effect::apply(case, output, self.defect.part, self.defect.change);
        }
        Ok(())
    }
}

/// Points of a space that tell whether a random defect shows anywhere.
pub const POOL: u64 = 1_000_000;

/// A defect that shows on fewer of [`POOL`] points than this is too rare to be sought: one in 10^5.
const LEAST: usize = 10;

/// One that shows on more than this share is too plain.
const MOST_SHARE: usize = 2;

/// Problems of a space, to choose random defects by.
pub struct Pool(Vec<Problem>);

impl Pool {
    /// Draws the problems.
    ///
    /// # Errors
    /// The axes make no space.
    pub fn new(axes: &Axes) -> Result<Self, SpaceError> {
        let space = Space::new(axes.clone())?;
        let order = Permutation::new(space.len(), 1);
        let points = (0..space.len()).filter_map(|place| space.problem(order.image(place)).ok());
        Ok(Self(points.take(POOL as usize).collect()))
    }

    /// Whether `defect` shows on one problem in 10^5 at least, and on half of them at most.
    pub fn shows(&self, defect: &RandomDefect) -> bool {
        use rayon::prelude::*;
        let holding: Vec<&Problem> = self.0.par_iter().filter(|problem| defect.condition.holds(problem)).collect();
        (LEAST..=self.0.len() / MOST_SHARE).contains(&holding.len())
            && holding.into_iter().filter(|problem| defect.shows(problem)).take(LEAST).count() == LEAST
    }
}
