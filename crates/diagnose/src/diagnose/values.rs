//! Whether the operands' values decide, and not the parameters alone: the same problems again with other values.

use crate::judge::{Examiner, Verdict};
use crate::operands::Operands;
use crate::problem::{Condition, Problem};

/// Problems against the trigger that are filled anew, of the failing and of the passing ones each.
const PROBLEMS: usize = 12;

/// Other fills of each.
const FILLS: u64 = 4;

/// Fewer problems than this prove nothing.
const FEWEST: usize = 4;

/// Problems of one finding, filled with other values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// How many.
    pub tried: usize,
    /// How many of them fail with some values and pass with others.
    pub changed: usize,
}

impl Values {
    /// Whether it is the values that decide, for half of what the parameters don't explain.
    pub fn decide(&self) -> bool {
        self.tried >= FEWEST && 2 * self.changed >= self.tried
    }

    /// Fills problems of `sample` anew that are against `condition`, until the examiner has made `until` runs. Failing is having
    /// `verdict`.
    pub(super) fn of(
        examiner: &mut Examiner<'_>,
        verdict: Verdict,
        condition: &Condition,
        sample: &[(Problem, bool)],
        until: u64,
    ) -> Self {
        let against = |failing: bool| {
            let of_them =
                sample.iter().filter(move |(problem, fails)| *fails == failing && condition.holds(problem) != failing);
            of_them.take(PROBLEMS)
        };
        let settings = examiner.settings();
        let (mut values, mut operands) = (Self::default(), Operands::default());
        for (problem, fails) in against(true).chain(against(false)) {
            // An examination takes two runs at most.
            if examiner.runs() + 2 * FILLS > until {
                break;
            }
            values.tried += 1;
            let changed = (1..=FILLS).any(|other| {
                operands.fill(problem, settings.fill, settings.seed.wrapping_add(other));
                (examiner.examine_case(operands.case(problem)).verdict == verdict) != *fails
            });
            values.changed += usize::from(changed);
        }
        values
    }
}
