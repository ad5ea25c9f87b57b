//! Whether a repro is as small as can be, by looking at all smaller problems.

use crate::backend::BackendError;
use crate::backend::defect::Planted;
use crate::backend::exact::Exact;
use crate::judge::{Examiner, Settings, Symptom};
use crate::problem::{Hw, Padding, Parameters, Problem};
use rayon::prelude::*;

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

/// Input, kernel, stride, dilation, begin and end pad; and windows times kernel.
type Along = (u64, [u32; 6]);

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
    let (planes, along) = (planes(repro), along(repro));
    let work = repro.work();
    let pairs = |plane: &Parameters| -> u64 {
        let left = work / plane_work(plane);
        let fits = |of: u64| along.partition_point(|(other, _)| *other <= left / of) as u64;
        along.iter().take_while(|(of, _)| *of <= left).map(|(of, _)| fits(*of)).sum()
    };
    if planes.iter().map(pairs).sum::<u64>() > MOST {
        return Ok(Minimal::Unknown);
    }
    let size = repro.size();
    let smaller = |plane: &Parameters, h: &Along| -> Vec<Problem> {
        let left = work / plane_work(plane) / h.0;
        let fitting = along.iter().take_while(|(of, _)| *of <= left);
        let problems = fitting.filter_map(|w| Problem::new(joined(plane, &h.1, &w.1)).ok());
        problems.filter(|problem| planted.holds(problem) && problem.size() < size && planted.shows(problem)).collect()
    };
    let mut candidates: Vec<Problem> = planes
        .par_iter()
        .flat_map_iter(|plane| along.iter().map(move |h| (plane, h)))
        .filter(|(plane, h)| plane_work(plane) * h.0 <= work)
        .flat_map_iter(|(plane, h)| smaller(plane, h))
        .collect();
    candidates.sort_by_key(Problem::size);
    if planted.must_isolate() {
        return Ok(candidates.first().map_or(Minimal::Yes, |problem| Minimal::No(*problem)));
    }
    let mut examiner = Examiner::new(&Exact, planted, settings)?;
    let shown = candidates.into_iter().find(|problem| symptom.shows_in(&examiner.examine(problem)));
    Ok(shown.map_or(Minimal::Yes, Minimal::No))
}

fn plane_work(plane: &Parameters) -> u64 {
    u64::from(plane.batch) * u64::from(plane.out_channels) * u64::from(plane.in_channels / plane.groups)
}

/// Batch, channels, groups and bias.
fn planes(repro: &Problem) -> Vec<Parameters> {
    let mut planes = Vec::new();
    for batch in 1..=repro.batch + 1 {
        for in_channels in 1..=repro.in_channels + 1 {
            for out_channels in 1..=repro.out_channels + 1 {
                let divides = |g: &u32| in_channels % g == 0 && out_channels % g == 0;
                for groups in (1..=(repro.groups + 1).min(in_channels)).filter(divides) {
                    let plane = Parameters { batch, in_channels, out_channels, groups, ..Parameters::default() };
                    planes.extend([false, true].map(|bias| Parameters { bias, ..plane }));
                }
            }
        }
    }
    planes
}

/// All that fits along one axis, least work first.
fn along(repro: &Problem) -> Vec<Along> {
    let most = |pair: Hw| pair.h.max(pair.w) + 1;
    let Padding { top, left, bottom, right } = repro.padding;
    let pad = top.max(left).max(bottom).max(right) + 1;
    let mut all = Vec::new();
    for input in 1..=most(repro.input) {
        for kernel in 1..=most(repro.kernel) {
            for stride in 1..=most(repro.stride) {
                for dilation in 1..=most(repro.dilation) {
                    for begin in 0..=pad {
                        for end in 0..=pad {
                            let along = [input, kernel, stride, dilation, begin, end];
                            let problem = Problem::new(joined(&Parameters::default(), &along, &[1, 1, 1, 1, 0, 0]));
                            all.extend(problem.ok().map(|problem| (problem.work(), along)));
                        }
                    }
                }
            }
        }
    }
    all.sort_unstable();
    all
}

fn joined(plane: &Parameters, h: &[u32; 6], w: &[u32; 6]) -> Parameters {
    let pair = |place: usize| Hw { h: h[place], w: w[place] };
    Parameters {
        input: pair(0),
        kernel: pair(1),
        stride: pair(2),
        dilation: pair(3),
        padding: Padding { top: h[4], left: w[4], bottom: h[5], right: w[5] },
        ..*plane
    }
}
