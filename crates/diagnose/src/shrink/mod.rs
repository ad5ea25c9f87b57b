//! Shrinking: from a failing problem to the smallest problem of the same finding.
//!
//! [`shrink`] goes down by a [`Descent`], whose docs say what is tried and what *proved minimal* means, and keeps to one
//! [`Symptom`], so that what comes out is the bug that went in. Then the operands shrink, on the problem that was found:
//! as many zeros as can be, and small numbers elsewhere, with the same elements wrong.
//!
//! # The same finding
//! The worst a shrinker can do is to return another bug; the next worst, to stop at what is not the smallest because that
//! looks otherwise. One start says little of what a bug looks like elsewhere, so it is first tried in other *guises*: its
//! pads turned into input, for pads hide taps; some windows, images and channels more; height and width exchanged. What
//! fails there in the same way gives the shapes of the finding: the fewest that account for all these regions
//! ([`Region::could_be`](crate::judge::Region::could_be)), and those that are plain to see at their sizes. Of a dimension in
//! which none of them had more than one index, nothing is known. What else happened there in the same planes happens to
//! the finding too: of a tile that is stored one row too high, the last row may be 0.
//!
//! A smaller problem shows the same finding if
//!
//! 1. the verdict is the same (`unstable`: in one of three examinations that one or `differs`; the region is that of all
//!    three together);
//! 2. the region could be one of the finding's shapes at that size; without an output, the message is the same but for its
//!    numbers;
//! 3. of what may have happened to its wrong elements (the [faults](crate::faults) that explain them), something also may have at the start; where either can't
//!    be told, this says nothing;
//! 4. no *grown* problem contradicts. A small output says little: everything is `[:, :, :, :]` where it has one element.
//!    So a problem with fewer than three images, channels, rows or columns that can tell is grown until it has three:
//!    windows, one stride each, with kernel, pads and remainders as they are; then images and channels as well. If some
//!    grown problem fails the same way but not by 2 and 3, and neither of these two does by both, it is another bug.
//!
//! # What it can't do
//! Two bugs of one backend with the same verdict, the same story and the same shape at every size are one finding, to the
//! sweep and here. A bug that neither a smaller problem nor its grown ones show in its own shape (masked at each of those
//! sizes) may be left for another; so may one that a guise of the start shows together with another. A start with a single
//! output element could be any bug that its guises show.

mod account;
mod operands;
mod same;
mod target;
#[cfg(test)]
mod tests;
mod variants;

use crate::judge::{Examiner, Observation, Symptom};
use crate::operands::Operands;
use crate::problem::descent::Descent;
use crate::problem::{Limits, Problem};
use same::Same;
use target::Target;
use thiserror::Error;

/// Runs of the backend that a shrink may take, unless something else is said. The planted defects take a tenth of it.
pub const DEFAULT_CALLS: u64 = 1000;

/// The smallest problem of a finding, and how it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Shrunk {
    /// The problem.
    pub problem: Problem,
    /// Its operands: no further value can be zero, or smaller, with the same elements wrong; unless the calls ran out.
    pub operands: Operands,
    /// What the backend does on them.
    pub observation: Observation,
    /// Runs of the backend, all included.
    pub calls: u64,
    /// Smaller problems in the neighbourhood that were run and don't show the finding.
    pub neighbours: u64,
    /// Whether these are all in the neighbourhood. If not, the calls ran out, and this is the best so far.
    pub proved: bool,
}

/// Why there is nothing to shrink.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ShrinkError {
    /// The problem doesn't show the finding, or not any more.
    #[error("{problem} does not show the finding: {expected} expected, but the backend {found}")]
    DidNotReproduce {
        /// The problem.
        problem: Problem,
        /// The finding.
        expected: String,
        /// What was seen.
        found: String,
    },
}

/// Shrinks `start`, which shows `symptom`, with at most some `calls` runs of the backend (a problem begun is finished).
/// Afterwards the examiner holds expected and actual output of the result.
///
/// A problem `start` that fails is a finding by itself: [`Symptom::of`] what the examiner sees of it.
///
/// # Errors
/// [`ShrinkError::DidNotReproduce`] where `start` doesn't show the symptom.
///
/// ```
/// # mod convdiff {
///     # pub use convdiff_backend::{backend, judge};
///     # pub use convdiff_diagnose::shrink;
///     # pub use convdiff_problem::problem;
/// # }
/// use convdiff::backend::{defect, exact::Exact};
/// use convdiff::judge::{Examiner, Settings, Symptom};
/// use convdiff::problem::Problem;
/// use convdiff::shrink::{DEFAULT_CALLS, shrink};
///
/// let planted = defect::find("coreml-2515")?;
/// let mut examiner = Examiner::new(&Exact, planted, Settings::default())?;
/// let start: Problem = "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1".parse()?;
/// let symptom = Symptom::of(&examiner.examine(&start)).expect("it differs at [:, :, -1, -1]");
/// let shrunk = shrink(&mut examiner, &start, &symptom, DEFAULT_CALLS)?;
/// assert_eq!(shrunk.problem.to_string(), "mb1ic2ih1iw1oc1oh1ow1kh1kw2sh1sw2ph0pw0pr2");
/// assert!(shrunk.proved);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn shrink(
    examiner: &mut Examiner<'_>,
    start: &Problem,
    symptom: &Symptom,
    calls: u64,
) -> Result<Shrunk, ShrinkError> {
    shrink_by(examiner, start, symptom, calls, false, &|_| true)
}

/// As [`shrink`], with an eye on which [faults](crate::faults) explain the wrong elements: what else happened to all of them is
/// another bug, though it sits in the same place. The result is the smallest of those `within` some bounds; what is run
/// to know it for the same bug may lie outside.
///
/// # Errors
/// As [`shrink`].
pub fn shrink_told(
    examiner: &mut Examiner<'_>,
    start: &Problem,
    symptom: &Symptom,
    calls: u64,
    within: &dyn Fn(&Problem) -> bool,
) -> Result<Shrunk, ShrinkError> {
    shrink_by(examiner, start, symptom, calls, true, within)
}

fn shrink_by(
    examiner: &mut Examiner<'_>,
    start: &Problem,
    symptom: &Symptom,
    calls: u64,
    is_told: bool,
    within: &dyn Fn(&Problem) -> bool,
) -> Result<Shrunk, ShrinkError> {
    let before = examiner.runs();
    let mut same = Same::new(examiner, Target::of(symptom), is_told, before.saturating_add(calls));
    if let Err(observation) = same.begin(start) {
        return Err(ShrinkError::DidNotReproduce {
            problem: *start,
            expected: symptom.to_string(),
            found: in_words(&observation),
        });
    }
    let within = |problem: &Problem| Limits::default().check(problem).is_ok() && within(problem);
    let mut descent = Descent::from(*start);
    let mut proved = true;
    loop {
        if same.is_spent() {
            proved = false;
            break;
        }
        match descent.next(within) {
            Some(smaller) if same.shows(&smaller) => descent.accept(smaller),
            Some(_) => {}
            None => break,
        }
    }
    let problem = descent.best();
    let neighbours = descent.neighbours(within).iter().filter(|neighbour| descent.was_offered(neighbour)).count();
    let (operands, observation) = operands::smallest(&mut same, &problem);
    let calls = examiner.runs() - before;
    Ok(Shrunk { problem, operands, observation, calls, neighbours: neighbours as u64, proved })
}

fn in_words(observation: &Observation) -> String {
    Symptom::of(observation).map_or_else(|| observation.verdict.to_string(), |symptom| symptom.to_string())
}
