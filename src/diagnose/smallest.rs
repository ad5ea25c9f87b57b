//! Shrinking with an eye on what the wrong elements sum.

use super::could_show;
use super::taps::glance;
use crate::judge::{Examiner, Symptom};
use crate::operands::Case;
use crate::problem::bounds::Bounds;
use crate::problem::{Condition, Problem};
use crate::shrink::{ShrinkError, Shrunk, shrink_told};
use std::collections::BTreeSet;

/// [Shrinks](crate::shrink) `start`, which shows `symptom`, with at most some `calls` runs of the backend, and keeps to the
/// kinds of reading that explain its wrong elements.
///
/// # Errors
/// `start` doesn't show the symptom.
pub fn smallest(
    examiner: &mut Examiner<'_>,
    start: &Problem,
    symptom: &Symptom,
    calls: u64,
) -> Result<Shrunk, ShrinkError> {
    smallest_within(examiner, start, symptom, calls, &|_| true)
}

/// As [`smallest`], of the problems `within` some bounds.
///
/// # Errors
/// `start` doesn't show the symptom.
pub fn smallest_within(
    examiner: &mut Examiner<'_>,
    start: &Problem,
    symptom: &Symptom,
    calls: u64,
    within: &dyn Fn(&Problem) -> bool,
) -> Result<Shrunk, ShrinkError> {
    shrink_told(examiner, start, symptom, calls, tell, within)
}

/// Foretold problems that are worth a run: the more have passed, the less is the trigger right.
pub const FORETOLD: usize = 200;

/// Combinations of parameters that are looked at to foretell.
const MOST: u64 = 20_000_000;

/// Problems smaller than `known` that a finding's trigger, `condition`, says show it, the smallest first: of all that have no
/// parameter larger than `known` has, but for one more. The first that is run and does show it is the smallest there
/// is, if the trigger is right; no walk downhill gets there where it takes several parameters together. Only `known` is run.
///
/// Left out are those where the bug could not be noticed, by whatever may have happened at `known`. None at all where there
/// are too many combinations to look at.
pub fn foretold(
    examiner: &mut Examiner<'_>,
    known: &Problem,
    symptom: &Symptom,
    condition: &Condition,
    within: impl Fn(&Problem) -> bool + Sync,
) -> Vec<Problem> {
    examiner.examine(known);
    let kinds = glance(examiner.operands().case(known), examiner.wrong(), examiner.actual());
    let could_show = |problem: &Problem| {
        kinds.iter().any(|kind| could_show(symptom, Some(*kind), problem))
            || (kinds.is_empty() && could_show(symptom, None, problem))
    };
    let shows = |problem: &Problem| condition.holds(problem) && within(problem) && could_show(problem);
    Bounds::around(known).smaller(known, MOST, shows).unwrap_or_default()
}

fn tell(case: Case<'_>, wrong: &[usize], actual: &[f32]) -> Vec<BTreeSet<u32>> {
    wrong.iter().map(|&index| glance(case, &[index], actual).into_iter().map(u32::from).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::exact::Exact;
    use crate::judge::Settings;

    #[test]
    fn what_takes_several_parameters_together_is_foretold() {
        // Height and width are exchanged, but for the left pad, which has to stay odd.
        let known: Problem = "g2mb1ic2ih1iw2oc2oh1ow5kh1kw1ph0pw3".parse().unwrap();
        let backend = crate::backend::registry::find("defect:random-10").unwrap();
        let condition: Condition =
            "2 <= groups <= 8 and pad_left mod 2 != 0 and pad_right == 0 and one_axis(output >= 5)".parse().unwrap();
        let mut examiner = Examiner::new(&Exact, &*backend, Settings::default()).unwrap();
        let symptom = Symptom::of(&examiner.examine(&known)).unwrap();
        let foretold = foretold(&mut examiner, &known, &symptom, &condition, |_| true);
        assert!(foretold.is_sorted_by_key(Problem::size) && foretold.iter().all(|problem| condition.holds(problem)));
        // No window reaches the input there, but for the bug.
        assert_eq!(foretold[0].to_string(), "g2mb1ic2ih1iw1oc2oh5ow1kh1kw1sh1sw2ph4pw1");
        assert!(symptom.shows_in(&examiner.examine(&foretold[0])));
    }
}
