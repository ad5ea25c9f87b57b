//! When and how it happens, and where it begins to pass: what a repro carries of its finding's explanation.

use super::super::Subject;
use crate::diagnose::{Pairs, Passing, Why};
use std::fmt::Write;

/// The explanation, as far as the repro has one.
pub(super) fn section(subject: &Subject<'_>) -> String {
    let Some(repro) = subject.repro else { return String::new() };
    let mut text = String::new();
    if let Some(why) = &repro.why {
        text += &explained(why, !repro.output.wrong.is_empty());
    }
    if let Some(passes) = &repro.passes {
        text += &passing(passes);
    }
    text
}

fn explained(why: &Why, has_output: bool) -> String {
    let mut text = String::from("## When, and what happens\n\n");
    if let (Some(when), Some(condition)) = (&why.when, &why.condition) {
        let when = if when == "always" { "Always".to_owned() } else { format!("When {when}") };
        let _ = writeln!(text, "- {when}: `{condition}`.");
    }
    if let Some(caveat) = &why.caveat {
        let _ = writeln!(text, "- But {caveat}.");
    }
    if let (Some([foretold, failing]), Some([quiet, passing])) = (why.failing, why.passing) {
        let _ = writeln!(
            text,
            "- That foretells {foretold} of {failing} failing and {quiet} of {passing} passing problems from which it was not learnt."
        );
    }
    // Without an output it is what the summary says already, seen at another problem.
    if let Some(what) = why.what.as_ref().filter(|_| has_output) {
        let _ = writeln!(text, "- In the wrong elements: {what}.");
    }
    if let (Some(problem), Some(picture)) = (&why.seen_at, &why.picture) {
        let _ = write!(
            text,
            "\nAsked with impulses on `{problem}`: `o` is read and should be, `-` should be and isn't, `+` is and shouldn't be, `2` is more than once.\n\n```\n{picture}```\n"
        );
    }
    text + "\n"
}

fn passing(pairs: &Pairs) -> String {
    let problems = pairs.problems;
    let Some(minimal) = &pairs.minimal else {
        return format!("It fails at all {problems} problems that differ in one parameter and were run.\n\n");
    };
    let mut text = format!(
        "## Where it passes\n\nThe nearest passing problem is `{minimal}`, of {problems} that differ in one parameter. Operands filled anew.\n\n| parameter | here | passes below at | passes above at |\n|---|---:|---:|---:|\n"
    );
    let value = |value: &Option<u32>| value.map_or("–".to_owned(), |value| value.to_string());
    for Passing { name, value: here, below, above, .. } in &pairs.parameters {
        let _ = writeln!(text, "| {name} | {here} | {} | {} |", value(below), value(above));
    }
    if !pairs.never.is_empty() {
        let _ = writeln!(text, "\nIt fails whatever {} is, alone.", pairs.never.join(", "));
    }
    text + "\n"
}
