//! What one replayed problem looks like.

use super::plane::{number, picture};
use crate::backend::{Backend, Kind};
use crate::diagnose::Repro;
use crate::judge::{Examiner, Observation, Symptom, Verdict};
use crate::problem::Problem;
use std::fmt::Write;

/// A backend's name as people see it: a planted bug is always said to be one.
pub fn label(backend: &dyn Backend) -> String {
    let planted = if backend.kind() == Kind::Planted { " (planted)" } else { "" };
    format!("{}{planted}", backend.name())
}

/// Verdict, region and picture of what `examiner` saw last: `observation` on `problem`.
pub fn replayed(problem: &Problem, examiner: &Examiner<'_>, observation: &Observation) -> String {
    let backend = label(examiner.backend());
    let verdict = observation.verdict;
    let mut text = String::new();
    // Writing to a String can't fail.
    match (&observation.difference, &observation.message) {
        (Some(difference), message) => {
            let _ = writeln!(
                text,
                "{backend} {} {} at {}: {} of {} elements, by up to {}",
                verb(verdict),
                examiner.reference().name(),
                difference.region,
                difference.wrong,
                difference.elements,
                error(difference.largest_error, difference.largest_ulp, difference.largest_in_bounds),
            );
            if let Some(message) = message {
                let _ = writeln!(text, "  {message}");
            }
            if verdict.is_failure() {
                text += &picture(problem, examiner.expected(), examiner.actual(), examiner.wrong());
            }
        }
        (None, Some(message)) => {
            let _ = writeln!(text, "{backend} {verdict}: {}", message.replace('\n', "\n  "));
        }
        (None, None) => {
            let _ = writeln!(text, "{backend} {verdict}");
        }
    }
    text
}

fn verb(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Rounds => "rounds away from",
        Verdict::Unstable => "is unstable, and differs from",
        _ => "differs from",
    }
}

fn error(largest: f64, ulps: u32, in_bounds: f64) -> String {
    if !largest.is_finite() {
        format!("{largest}: values are not finite, and nothing is certified of their sums")
    } else if in_bounds.is_finite() {
        format!("{} ({ulps} ulp, {in_bounds:.2} times the bound)", number(largest as f32))
    } else {
        format!("{}, where every sum is exact", number(largest as f32))
    }
}

/// A shrunk repro: what it shows, how small it is, and its numbers.
pub fn shrunk(repro: &Repro, symptom: &Symptom) -> String {
    let planted = if repro.planted { " (planted)" } else { "" };
    let numbers =
        |values: &[f32]| values.iter().map(|value| number(*value).replace(' ', "-")).collect::<Vec<_>>().join(" ");
    let said = repro
        .message
        .as_ref()
        .map_or(symptom.to_string(), |message| format!("{}: {}", repro.verdict, message.replace('\n', "\n  ")));
    let mut text = format!("{}\n{}\n{}{planted} {said}\n", repro.problem, repro.words, repro.backend);
    let proof = repro.shrunk.as_ref().map(super::summary::proved);
    let operands = &repro.operands;
    for (name, value) in [
        ("", proof.unwrap_or_default()),
        ("passes   ", repro.passes.as_ref().and_then(super::explained::passes_in_short).unwrap_or_default()),
        ("input    ", numbers(&operands.input)),
        ("weights  ", numbers(&operands.weights)),
        ("bias     ", numbers(&operands.bias)),
        ("expected ", numbers(&repro.output.expected)),
        ("actual   ", numbers(&repro.output.actual)),
    ] {
        if !value.is_empty() {
            text += &format!("{name}{value}\n");
        }
    }
    text
}
