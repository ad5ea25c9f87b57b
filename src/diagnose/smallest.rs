//! Shrinking with an eye on what the wrong elements sum.

use super::taps::glance;
use crate::judge::{Examiner, Symptom};
use crate::operands::Case;
use crate::problem::Problem;
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
    shrink_told(examiner, start, symptom, calls, tell)
}

fn tell(case: Case<'_>, wrong: &[usize], actual: &[f32]) -> Vec<BTreeSet<u32>> {
    wrong.iter().map(|&index| glance(case, &[index], actual).into_iter().map(u32::from).collect()).collect()
}
