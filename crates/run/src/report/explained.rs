//! An explanation in text: when it happens, what happens, and how little has to change for it not to happen.

use super::table::{count, table};
use crate::diagnose::trigger::{Alternative, Counts, Trigger};
use crate::diagnose::{Pairs, Passing, Past};
use crate::run::{Explained, Grounds};
use std::fmt::Write;

/// What is said where there is no trigger.
pub(super) const NO_TRIGGER: &str =
    "not told: none of the problems that were tried shows it again, or none that could be foretold";

/// What is said of one finding, from `number` on a page.
pub fn explained(number: usize, explained: &Explained) -> String {
    let planted = if explained.planted { " (planted)" } else { "" };
    let mut text =
        format!("{number:>3}. {}{planted} {}", explained.backend, explained.symptom.told(explained.said.as_deref()));
    // Writing to a String can't fail.
    if let Some(problems) = explained.problems {
        let s = if problems == 1 { "" } else { "s" };
        let _ = write!(text, " on {} problem{s}", count(problems));
    }
    text.push('\n');
    let mut line = |name: &str, what: &str| {
        for (number, what) in what.lines().enumerate() {
            let name = if number == 0 { name } else { "" };
            let _ = writeln!(text, "     {name:<11}{what}");
        }
    };
    if let Some(remark) = &explained.remark {
        line("note", remark);
    }
    let alone = explained.grounds == Grounds::Map;
    match &explained.explanation.trigger {
        _ if explained.past.is_some() => line("when", &explained.past.as_ref().map(Past::told).unwrap_or_default()),
        Some(trigger) => trigger_lines(trigger, explained.explanation.caveat(), alone, &mut line),
        None => line("when", NO_TRIGGER),
    }
    if explained.explanation.aside > 0 {
        let aside = count(explained.explanation.aside as u64);
        line(
            "set aside",
            &format!("{aside} passing problems whose windows there lie wholly in the padding: nothing could show"),
        );
    }
    if let Some(taps) = explained.explanation.taps_in_words() {
        line("what", &taps);
    }
    if let Some(Ok(told)) = &explained.explanation.taps {
        line("", &format!("seen at {}, where {}", told.problem, told.picture));
    }
    line("smallest", &format!("{}\n{}", explained.smallest, explained.smallest.in_words()));
    if let Some(condition) = &explained.asked {
        line("", &format!("of the problems where {condition}"));
    }
    if let Some(pairs) = &explained.pairs {
        line("passes", &passes(pairs));
    }
    line(
        "calls",
        &match explained.grounds {
            Grounds::Run { runs, allowed } => format!("{} backend calls, of {} allowed", count(runs), count(allowed)),
            Grounds::Map if explained.past.is_some() => "none: the run looked at that".to_owned(),
            Grounds::Map => "none: learnt from the map alone".to_owned(),
        },
    );
    text
}

fn trigger_lines(trigger: &Trigger, caveat: Option<String>, alone: bool, line: &mut impl FnMut(&str, &str)) {
    line("when", &format!("{}\n{}", trigger.condition.in_words(), trigger.condition));
    if let Some(caveat) = caveat {
        line("but", &caveat);
    }
    line("foretells", &foretells(&trigger.held_out));
    for (problem, fails) in &trigger.exceptions {
        line("against it", &format!("{} {problem}", if *fails { "fails" } else { "passes" }));
    }
    for Alternative { condition, problem, askable } in &trigger.alternatives {
        let tells = match (askable, alone) {
            (_, true) => "it isn't in the map".to_owned(),
            (false, false) => "it can't be run here".to_owned(),
            (true, false) => "it was not asked for".to_owned(),
        };
        line("or", &format!("{condition}\n{problem} would tell; {tells}"));
    }
    if !trigger.irrelevant.is_empty() {
        let varied = trigger.irrelevant.iter().map(|irrelevant| {
            let values = irrelevant.values;
            format!("{} ({values} values, {} tries)", irrelevant.parameter.name(), count(irrelevant.tries as u64))
        });
        line("no matter", &varied.collect::<Vec<_>>().join(", "));
    }
}

/// How a trigger did on problems that it was not learnt from.
fn foretells(counts: &Counts) -> String {
    let Counts { foretold, false_alarms, missed, quiet } = *counts;
    let ratio = |share: Option<f64>| share.map_or("unknown".to_owned(), |share| format!("{share:.3}"));
    let [of_failing, of_passing] = [foretold + missed, quiet + false_alarms];
    if of_failing + of_passing == 0 {
        return "nothing: there was no problem that it was not learnt from".to_owned();
    }
    let [foretold, failing, quiet, passing] = [foretold, of_failing, quiet, of_passing].map(|n| count(n as u64));
    format!(
        "{foretold} of {failing} failing and {quiet} of {passing} passing problems that it was not learnt from: precision {}, recall {}",
        ratio(counts.precision()),
        ratio(counts.recall())
    )
}

/// The minimal pair, and where each parameter begins to pass.
pub(crate) fn passes(pairs: &Pairs) -> String {
    let problems = count(pairs.problems);
    let Some(minimal) = &pairs.minimal else {
        return format!("nowhere near: it fails at all {problems} problems that differ in one parameter and were run");
    };
    let mut rows = vec![["parameter", "here", "passes below", "passes above", "tried"].map(str::to_owned).to_vec()];
    let value = |value: &Option<u32>| value.map_or("-".to_owned(), |value| value.to_string());
    for Passing { name, value: here, below, above, tried } in &pairs.parameters {
        rows.push(vec![
            name.clone(),
            here.to_string(),
            value(below),
            value(above),
            format!("{}..={}", tried[0], tried[1]),
        ]);
    }
    let mut text = format!("{minimal}, the nearest of {problems} that differ in one parameter\n{}", table(&rows));
    if !pairs.never.is_empty() {
        let _ = write!(text, "it fails whatever {} is, alone", pairs.never.join(", "));
    }
    text
}

/// The same in a line: `mb1ic1…; also at kernel_w 1 or 3, stride_w 1`.
pub(crate) fn passes_in_short(pairs: &Pairs) -> Option<String> {
    let minimal = pairs.minimal.as_ref()?;
    let at = pairs.parameters.iter().map(|Passing { name, below, above, .. }| {
        let values: Vec<String> = below.iter().chain(above).map(u32::to_string).collect();
        format!("{name} {}", values.join(" or "))
    });
    Some(format!("{minimal}; with one parameter changed, at {}", at.collect::<Vec<_>>().join(", ")))
}
