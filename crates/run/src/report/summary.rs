//! What a sweep says at its end.

use super::table::{count, table};
use crate::backend::Backend;
use crate::diagnose::trigger::Trigger;
use crate::diagnose::{Explanation, Proof};
use crate::judge::Verdict;
use crate::problem::Problem;
use crate::run::Reported;
use crate::sweep::Tally;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// What there is to say of a sweep.
pub struct Summary<'a> {
    /// What was seen.
    pub tally: &'a Tally,
    /// The backends under test, in the sweep's order.
    pub backends: &'a [Arc<dyn Backend>],
    /// The findings.
    pub findings: &'a [Reported],
    /// The run's folder.
    pub path: &'a Path,
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
    for (number, reported) in summary.findings.iter().enumerate() {
        let Reported { finding, file, repro, explanation } = reported;
        let backend = super::label(&*summary.backends[finding.backend]);
        let s = if finding.problems == 1 { "" } else { "s" };
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "{:>3}. {backend} {} on {} problem{s}{}",
            number + 1,
            finding.told(),
            count(finding.problems),
            match finding.shared {
                0 => String::new(),
                shared => format!(", and on {} that are counted for another finding", count(shared)),
            }
        );
        if let Some(past) = &finding.past {
            for (number, line) in past.told().lines().enumerate() {
                let _ = writeln!(text, "     {:<10}{line}", if number == 0 { "when" } else { "" });
            }
        }
        if let Some(explanation) = explanation {
            explained(&mut text, explanation, &repro.problem);
        }
        // Below the first line of the message stands what a process that died last said.
        for (number, line) in repro.message.iter().flat_map(|message| message.lines().skip(1)).enumerate() {
            let _ = writeln!(text, "     {:<10}{line}", if number == 0 { "said" } else { "" });
        }
        let passes = repro.passes.as_ref().and_then(super::explained::passes_in_short);
        let _ = writeln!(
            text,
            "     smallest  {}\n               {}{}{}{}\n     replay    convdiff replay {}",
            repro.problem,
            repro.words,
            repro.shrunk.map_or_else(String::new, |proof| format!("\n               {}", proved(&proof))),
            repro
                .message
                .as_ref()
                .filter(|_| repro.gone && finding.past.is_none())
                .map(|why| format!("\n               {why}"))
                .unwrap_or_default(),
            passes.map(|passes| format!("\n     passes    {passes}")).unwrap_or_default(),
            shell_words::quote(&summary.path.join(file).to_string_lossy()),
        );
    }
    text
}

/// What a repro's problem is known to be.
pub(crate) fn proved(proof: &Proof) -> String {
    let Proof { proved, smaller_neighbours, runs, apart } = proof;
    if *proved {
        let neighbours = if *apart { "smaller neighbours outside other findings" } else { "smaller neighbours" };
        format!("proved minimal: all {smaller_neighbours} {neighbours} were run and don't show it; {runs} runs")
    } else {
        format!("not proved minimal: the runs were spent, after {runs}")
    }
}

/// When it happens and what happens then.
fn explained(text: &mut String, explanation: &Explanation, smallest: &Problem) {
    match &explanation.trigger {
        Some(trigger) => {
            let condition = &trigger.condition;
            let _ = writeln!(text, "     when      {}\n               {condition}", condition.in_words());
            if let Some(caveat) = explanation.caveat() {
                let _ = writeln!(text, "     but       {caveat}");
            }
            let _ = writeln!(text, "               {}", checked(trigger, explanation.aside));
        }
        None => {
            let _ = writeln!(text, "     when      {}", super::explained::NO_TRIGGER);
        }
    }
    if let Some(taps) = explanation.taps_in_words() {
        let _ = writeln!(text, "     what      {taps}");
    }
    // Numbers in it are those of the problem that told most.
    let of = match &explanation.taps {
        Some(Ok(told)) if told.problem != *smallest => format!("of {}, ", told.problem),
        _ => String::new(),
    };
    let _ = writeln!(text, "               told {of}in {} backend calls", count(explanation.runs));
}

/// How far a trigger can be trusted.
fn checked(trigger: &Trigger, aside: usize) -> String {
    let counts = &trigger.held_out;
    let failing = counts.foretold + counts.missed;
    let passing = counts.quiet + counts.false_alarms;
    let mut text = format!(
        "foretells {} of {} failing and {} of {} passing problems that it was not learnt from",
        count(counts.foretold as u64),
        count(failing as u64),
        count(counts.quiet as u64),
        count(passing as u64)
    );
    if aside > 0 {
        let _ = write!(text, "; {} in which it could not show are set aside", count(aside as u64));
    }
    if let Some((problem, fails)) = trigger.exceptions.first() {
        let verb = if *fails { "fails" } else { "passes" };
        let _ = write!(text, "; against it {verb} {problem}");
    }
    text
}
