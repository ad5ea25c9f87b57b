//! A repro that was run again, held against its file.

use crate::diagnose::Repro;
use crate::judge::{Examiner, Observation, Verdict, position};
use crate::problem::Problem;

/// Whether what `examiner` saw last, `observation`, is what a repro's file holds: verdict, region, words, expected and actual values;
/// and if not, which of them differs.
pub fn against(repro: &Repro, examiner: &Examiner<'_>, observation: &Observation) -> String {
    let region = observation.difference.as_ref().map(|difference| difference.region.to_string());
    let mut differences = Vec::new();
    if (observation.verdict, &region) != (repro.verdict, &repro.region) {
        let was = |verdict: Verdict, region: &Option<String>| match region {
            Some(region) => format!("{verdict} at {region}"),
            None => verdict.to_string(),
        };
        let (there, now) = (was(repro.verdict, &repro.region), was(observation.verdict, &region));
        differences.push(format!("{there} there, {now} now"));
    } else {
        // Below the first line stands what a process last said, which two runs need not have in common.
        let first = |words: Option<&str>| words.and_then(|words| words.lines().next()).unwrap_or_default().to_owned();
        let (there, now) = (first(repro.message.as_deref()), first(observation.message.as_deref()));
        if there != now {
            differences.push(format!("its words were {there:?} there, and are {now:?} now"));
        }
        // What isn't the same twice isn't the same now either.
        if observation.difference.is_some() && repro.verdict != Verdict::Unstable {
            differences.extend(values("actual", &repro.problem, &repro.output.actual, examiner.actual()));
        }
    }
    differences.extend(values("expected", &repro.problem, &repro.output.expected, examiner.expected()));
    match differences.is_empty() {
        true => "as in the repro file".to_owned(),
        false => format!("not as in the repro file: {}", differences.join("; ")),
    }
}

/// How values differ, in a sentence; not at all where both are NaN, whose payloads a file doesn't hold.
fn values(which: &str, problem: &Problem, there: &[f32], now: &[f32]) -> Option<String> {
    if there.len() != now.len() {
        return Some(format!("{} {which} values there, {} now", there.len(), now.len()));
    }
    let same = |(there, now): (&f32, &f32)| there.to_bits() == now.to_bits() || (there.is_nan() && now.is_nan());
    let differ: Vec<usize> = (0..now.len()).filter(|&at| !same((&there[at], &now[at]))).collect();
    let first = *differ.first()?;
    let output = problem.output();
    let shape = [problem.batch as usize, problem.out_channels as usize, output.h as usize, output.w as usize];
    let (of, place) = (now.len(), position(shape, first));
    Some(format!(
        "{} of {of} {which} values differ, the first at {place:?}: {} there, {} now",
        differ.len(),
        there[first],
        now[first]
    ))
}
