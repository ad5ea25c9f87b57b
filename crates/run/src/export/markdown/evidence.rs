//! What was seen around the repro, and with what.

use super::super::Subject;
use crate::diagnose::{Evidence, Neighbours, Other, Outcome, Repeats};
use crate::judge::Verdict;
use std::fmt::Write;

/// Neighbours, determinism, second engines.
pub(super) fn section(subject: &Subject<'_>) -> String {
    let Some(Evidence { repeats, neighbours, others }) = subject.evidence else { return String::new() };
    format!("{}## Again, and elsewhere\n\n- {}\n{}\n", nearby(neighbours), again(repeats), elsewhere(others))
}

fn nearby(neighbours: &[Neighbours]) -> String {
    if neighbours.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "## Neighbours\n\nOne parameter changed to the nearest values that make a problem, the others as they are; operands filled anew.\n\n| parameter | here | one down | | one up | |\n|---|---:|---:|---|---:|---|\n",
    );
    let side = |side: &Option<(u32, Outcome)>| match side {
        Some((value, outcome)) => format!("{value} | {outcome}"),
        None => "– | ".to_owned(),
    };
    for Neighbours { parameter, value, down, up } in neighbours {
        let _ = writeln!(text, "| {} | {value} | {} | {} |", parameter.name(), side(down), side(up));
    }
    text + "\n"
}

fn again(repeats: &Repeats) -> String {
    let Repeats { runs, verdicts, outputs, as_recorded } = repeats;
    if as_recorded == runs {
        return format!("Run {runs} times on the same operands: the same each time.");
    }
    let verdicts: Vec<String> = verdicts.iter().map(|(verdict, count)| format!("{count}× {verdict}")).collect();
    let s = if *outputs == 1 { "" } else { "s" };
    format!(
        "Run {runs} times on the same operands: {}, with {outputs} different output{s}; {as_recorded} of them as above.",
        verdicts.join(", ")
    )
}

fn elsewhere(others: &[Other]) -> String {
    let names = |agrees: bool| -> Vec<String> {
        let with_verdict = |other: &Other| match agrees {
            true => format!("`{}` {}", other.name, other.version),
            false => format!("`{}` {} {}", other.name, other.version, other.outcome),
        };
        // Engines first: convdiff's own could share a mistake with its reference.
        let (engines, own): (Vec<&Other>, Vec<&Other>) = others.iter().partition(|other| other.engine);
        let all = engines.into_iter().chain(own);
        all.filter(|other| (other.outcome.verdict == Verdict::Agrees) == agrees).map(with_verdict).collect()
    };
    let mut text = String::new();
    if !names(true).is_empty() {
        let _ = writeln!(text, "- With the expectation agree, on the same operands: {}.", names(true).join(", "));
    }
    if !names(false).is_empty() {
        let _ = writeln!(text, "- Others, on the same operands: {}.", names(false).join(", "));
    }
    text
}

/// Versions and the machine.
pub(super) fn versions(subject: &Subject<'_>) -> String {
    let mut text = format!("## Versions\n\n- convdiff {}\n", env!("CARGO_PKG_VERSION"));
    if let Some(repro) = subject.repro {
        let planted = if repro.planted { " (planted)" } else { "" };
        let _ =
            writeln!(text, "- {} {}{planted}, held against {}", repro.backend, repro.backend_version, repro.reference);
    }
    let host = subject.host;
    let cpu = host.cpu.as_ref().map(|cpu| format!(", {cpu}")).unwrap_or_default();
    let features = if host.features.is_empty() { String::new() } else { format!(" ({})", host.features.join(" ")) };
    let _ = writeln!(text, "- {} {}{cpu}{features}, {} cores", host.os, host.arch, host.cores);
    text
}
