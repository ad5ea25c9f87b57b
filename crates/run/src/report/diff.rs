//! What is new between two runs, as Markdown: it reads as it is, and a job's page shows it.

use super::count;
use crate::run::{Both, Diff, Found};
use std::fmt::Write;
use std::path::Path;

/// Problems that are named of each kind.
const NAMED: usize = 5;

/// The whole page.
pub fn diff(diff: &Diff, before: &Path, after: &Path) -> String {
    let mut text = format!("# What is new in `{}`\n\n", after.display());
    let _ = match diff.first {
        true => write!(text, "There is nothing to compare with, so whatever fails is new: "),
        false => write!(text, "Compared with `{}`: ", before.display()),
    };
    let counts =
        [(&diff.new, "new"), (&diff.gone, "gone"), (&diff.still, "still there"), (&diff.unseen, "not looked for")];
    let counts: Vec<String> = counts.iter().map(|(list, word)| format!("{} {word}", list.len())).collect();
    // Writing to a String can't fail.
    let _ = writeln!(text, "findings: {}.", counts.join(", "));
    for [then, now] in &diff.versions {
        let _ = writeln!(text, "\n`{}` is {} now, and was {}.", now.name, now.version, then.version);
    }
    let sections = [
        ("New", "", &diff.new),
        ("Gone", "Their smallest problems were run again, and pass.", &diff.gone),
        ("Still there", "", &diff.still),
        ("Not looked for", "They weren't seen, and their smallest problems weren't run either.", &diff.unseen),
    ];
    for (title, about, list) in sections.into_iter().filter(|(_, _, list)| !list.is_empty()) {
        let _ = write!(text, "\n## {title}\n\n");
        if !about.is_empty() {
            let _ = write!(text, "{about}\n\n");
        }
        for found in list {
            finding(&mut text, found);
        }
    }
    if !diff.problems.is_empty() {
        problems(&mut text, diff);
    }
    text
}

fn finding(text: &mut String, found: &Found) {
    let Found { backend, version, planted, symptom, said, problem, problems, trigger, repro } = found;
    let symptom = symptom.told(said.as_deref());
    let planted = if *planted { "planted" } else { version };
    let on = problems.map_or(String::new(), |problems| format!(" on {} problems", count(problems)));
    let _ = writeln!(text, "- **{backend}** ({planted}): {symptom}{on}");
    if let Some(trigger) = trigger {
        let _ = writeln!(text, "  - when {trigger}");
    }
    let _ = writeln!(text, "  - smallest: `{problem}`, {}", problem.in_words());
    let _ = writeln!(text, "  - `convdiff replay {}`", shell_words::quote(&repro.to_string_lossy()));
}

fn problems(text: &mut String, diff: &Diff) {
    text.push_str("\n## Problems that were run both times\n\n");
    text.push_str("| backend | pass | fail anew | pass again | fail still |\n|---|---:|---:|---:|---:|\n");
    for (backend, Both { pass, new, gone, still, .. }) in &diff.problems {
        let [pass, new, gone, still] = [*pass, new.len() as u64, gone.len() as u64, *still].map(count);
        let _ = writeln!(text, "| {backend} | {pass} | {new} | {gone} | {still} |");
    }
    for (backend, both) in &diff.problems {
        for (list, what) in [(&both.new, "fails anew on"), (&both.gone, "passes again")] {
            if !list.is_empty() {
                let named: Vec<String> = list.iter().take(NAMED).map(|problem| format!("`{problem}`")).collect();
                let more = if list.len() > NAMED {
                    format!(", and {} more", count((list.len() - NAMED) as u64))
                } else {
                    String::new()
                };
                let _ = writeln!(text, "\n{backend} {what} {}{more}.", named.join(", "));
            }
        }
    }
}
