//! What a sweep says at its end.

use super::table::{count, table};
use crate::backend::{Backend, Kind};
use crate::diagnose::Finding;
use crate::judge::Verdict;
use crate::sweep::Tally;
use std::fmt::Write;
use std::sync::Arc;

/// What there is to say of a sweep.
pub struct Summary<'a> {
    /// What was seen.
    pub tally: &'a Tally,
    /// The backends under test, in the sweep's order.
    pub backends: &'a [Arc<dyn Backend>],
    /// The findings, each with the command that replays it.
    pub findings: &'a [(Finding, String)],
}

/// Verdicts that have a column only where one was given.
const RARE: [Verdict; 3] = [Verdict::Unstable, Verdict::Crashes, Verdict::Hangs];

/// The table of verdicts, and the findings.
pub fn summary(summary: &Summary<'_>) -> String {
    let mut text = verdicts(summary);
    let excluded: u64 = summary.tally.excluded.values().sum();
    // Writing to a String can't fail.
    if excluded > 0 {
        let _ = writeln!(text, "\n{} points of the space are no problem:", count(excluded));
        for (reason, number) in &summary.tally.excluded {
            let _ = writeln!(text, "  {:>12}  {reason}", count(*number));
        }
    }
    for (backend, reasons) in summary.backends.iter().zip(&summary.tally.unsupported) {
        if !reasons.is_empty() {
            let _ = writeln!(text, "\n{} does not support:", backend.name());
            for (reason, number) in reasons {
                let _ = writeln!(text, "  {:>12}  {reason}", count(*number));
            }
        }
    }
    text += &findings(summary);
    text
}

fn verdicts(summary: &Summary<'_>) -> String {
    let given = |verdict: &Verdict| summary.tally.counts.iter().any(|counts| counts.of(*verdict) > 0);
    let columns: Vec<Verdict> =
        Verdict::ALL.into_iter().filter(|verdict| !RARE.contains(verdict) || given(verdict)).collect();
    let mut head = vec!["backend".to_owned(), "kind".to_owned(), "run".to_owned()];
    head.extend(columns.iter().map(|verdict| verdict.name().to_owned()));
    let rows = summary.backends.iter().zip(&summary.tally.counts).map(|(backend, counts)| {
        let mut row = vec![backend.name().to_owned(), super::backends::kind(backend.kind()).to_owned()];
        row.push(count(counts.run()));
        row.extend(columns.iter().map(|verdict| count(counts.of(*verdict))));
        row
    });
    table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

fn findings(summary: &Summary<'_>) -> String {
    if summary.findings.is_empty() {
        return "\nNo findings.\n".to_owned();
    }
    let mut text = String::from("\nFindings\n");
    for (number, (finding, replay)) in summary.findings.iter().enumerate() {
        let backend = &summary.backends[finding.backend];
        let planted = if backend.kind() == Kind::Planted { " (planted)" } else { "" };
        let s = if finding.problems == 1 { "" } else { "s" };
        let _ = writeln!(
            text,
            "{:>3}. {}{planted} {} on {} problem{s}\n     smallest  {}\n               {}\n     replay    {replay}",
            number + 1,
            backend.name(),
            finding.symptom,
            count(finding.problems),
            finding.smallest,
            finding.smallest.in_words(),
        );
    }
    text
}
