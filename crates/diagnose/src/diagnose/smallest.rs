//! Shrinking with an eye on what the wrong elements sum.

use super::oracle::shows;
use super::{Mark, could_show};
use crate::faults::{FaultId, explaining};
use crate::judge::{Examiner, Symptom};
use crate::problem::bounds::Bounds;
use crate::problem::{Condition, Problem};
use crate::shrink::{ShrinkError, Shrunk, shrink_told};

/// [Shrinks](crate::shrink) `start`, which shows `symptom`, with at most some `calls` runs of the backend, and keeps to the
/// faults that explain its wrong elements.
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
    shrink_told(examiner, start, symptom, calls, within)
}

/// Foretold problems that are worth a run, of each kind: the more have passed, the less is the trigger right.
const FORETOLD: usize = 200;

/// Combinations of parameters that are looked at to foretell.
const MOST: u64 = 20_000_000;

/// The smallest problem below `known` that a finding's trigger, `condition`, says shows it, and that does when it is run: of all that
/// have no parameter larger than `known` has, but for one more. It is the smallest there is, if the trigger is right; no walk
/// downhill gets there where it takes several parameters together. `None` if none of those that are run does, and once the
/// examiner has done `until` runs.
pub fn foretold(
    examiner: &mut Examiner<'_>,
    known: &Problem,
    (symptom, mark): (&Symptom, &Mark),
    condition: &Condition,
    within: impl Fn(&Problem) -> bool + Sync,
    until: u64,
) -> Option<Problem> {
    let mut best: Option<Problem> = None;
    for candidates in candidates(examiner, known, symptom, condition, within) {
        let smaller = |problem: &Problem| best.is_none_or(|best| problem.size() < best.size());
        let found = candidates.into_iter().take(FORETOLD).filter(smaller).find(|problem| {
            examiner.runs() < until && {
                let observation = examiner.examine(problem);
                shows(examiner, (symptom, mark), problem, &observation)
            }
        });
        best = found.or(best);
    }
    best
}

/// What is foretold, the smallest first: where the likeliest of what may have happened at `known` could be noticed, and where only
/// something else of it could.
/// Those with the most work are left out where there are too many combinations to look at.
fn candidates(
    examiner: &mut Examiner<'_>,
    known: &Problem,
    symptom: &Symptom,
    condition: &Condition,
    within: impl Fn(&Problem) -> bool + Sync,
) -> [Vec<Problem>; 2] {
    examiner.examine(known);
    let kinds = explaining(examiner.operands().case(known), examiner.wrong(), examiner.actual());
    // The lower one is the likelier.
    let kinds: Vec<Option<FaultId>> = if kinds.is_empty() { vec![None] } else { kinds.into_iter().map(Some).collect() };
    let could = |kind: &Option<FaultId>, problem: &Problem| could_show(symptom, *kind, problem);
    let which = |problem: &Problem| within(problem) && kinds.iter().any(|kind| could(kind, problem));
    let all = Bounds::around(known).least_work(known, MOST, condition, which);
    let (likely, others) = all.into_iter().partition(|problem| could(&kinds[0], problem));
    [likely, others]
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
        let backend = convdiff_engines::registry::find("defect:random-10").unwrap();
        let condition: Condition =
            "2 <= groups <= 8 and pad_left mod 2 != 0 and pad_right == 0 and one_axis(output >= 5)".parse().unwrap();
        let mut examiner = Examiner::new(&Exact, &*backend, Settings::default()).unwrap();
        let symptom = Symptom::of(&examiner.examine(&known)).unwrap();
        let asked = (&symptom, &Mark::Shape);
        let found = foretold(&mut examiner, &known, asked, &condition, |_| true, u64::MAX).unwrap();
        // No window reaches the input there, but for the bug.
        assert_eq!(found.to_string(), "g2mb1ic2ih1iw1oc2oh5ow1kh1kw1sh1sw2ph4pw1");
        // Where nothing may be run, nothing is known.
        let until = examiner.runs();
        assert_eq!(foretold(&mut examiner, &known, asked, &condition, |_| true, until), None);
        let narrow = |problem: &Problem| problem.padding.left == 3;
        assert_eq!(foretold(&mut examiner, &known, asked, &condition, narrow, u64::MAX), None);
    }

    #[test]
    fn candidates_that_show_nothing_do_not_hide_the_one_that_does() {
        // The last channel of later images is missing; a single window of a single row lies in the padding.
        let known: Problem = "mb2ic1ih1iw9oc1oh2ow1kh1kw1sh2sw9ph2pw0".parse().unwrap();
        let backend = convdiff_engines::registry::find("defect:random-108").unwrap();
        let condition =
            "batch > 1 and in_channels_per_group == 1 and out_channels_per_group == 1 and input_w == 9 and pad_top > 1";
        let mut examiner = Examiner::new(&Exact, &*backend, Settings::default()).unwrap();
        let symptom = Symptom::of(&examiner.examine(&known)).unwrap();
        let asked = (&symptom, &Mark::Shape);
        let found = foretold(&mut examiner, &known, asked, &condition.parse().unwrap(), |_| true, u64::MAX).unwrap();
        assert_eq!(found.to_string(), "mb2ic1ih1iw9oc1oh1ow1kh2kw1sh1sw9ph2pw0dh1dw0");
    }
}
