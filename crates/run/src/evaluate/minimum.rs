//! Whether a repro is as small as can be, by looking at all smaller problems.

use crate::backend::BackendError;
use crate::backend::defect::Planted;
use crate::backend::exact::Exact;
use crate::judge::{Examiner, Settings, Symptom};
use crate::problem::Problem;
use crate::problem::bounds::Bounds;

/// Combinations that are looked at; with more there is no answer.
const MOST: u64 = 400_000_000;

/// Whether a repro is the smallest problem of its bounding space: every parameter from its least value up to the repro's
/// and one more, both axes alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Minimal {
    /// It is.
    Yes,
    /// This one is smaller and shows the finding.
    No(Problem),
    /// The bounding space is too large to be walked.
    Unknown,
}

/// Looks for a smaller problem that `planted` shows `symptom` on.
///
/// # Errors
/// The backend can't be started.
pub fn check(
    planted: &dyn Planted,
    repro: &Problem,
    symptom: &Symptom,
    settings: Settings,
) -> Result<Minimal, BackendError> {
    let shows = |problem: &Problem| planted.holds(problem) && planted.shows(problem);
    let Some(candidates) = Bounds::around(repro).smaller(repro, MOST, shows) else {
        return Ok(Minimal::Unknown);
    };
    if planted.must_isolate() {
        return Ok(candidates.first().map_or(Minimal::Yes, |problem| Minimal::No(*problem)));
    }
    let mut examiner = Examiner::new(&Exact, planted, settings)?;
    let shown = candidates.into_iter().find(|problem| symptom.shows_in(&examiner.examine(problem)));
    Ok(shown.map_or(Minimal::Yes, Minimal::No))
}
