//! What a person should know of a run whose table alone could be misread.

use super::count;
use crate::run::Manifest;
use crate::sweep::Tally;

/// Of so many problems a backend should take one at least, or what it agrees on says little.
const ENOUGH: u64 = 10;

/// A sentence each: a backend against itself, one that took hardly anything, failures that nothing was told apart by.
pub fn notes(manifest: &Manifest, tally: &Tally, findings: usize) -> Vec<String> {
    let mut notes = Vec::new();
    let Some((reference, under_test)) = manifest.backends.split_first() else { return notes };
    for (backend, counts) in under_test.iter().zip(&tally.counts) {
        let name = &backend.name;
        if backend == reference {
            notes.push(format!("{name} was held against itself: nothing can differ but what isn't the same twice"));
        }
        let (run, problems) = (counts.run(), tally.problems);
        if run * ENOUGH < problems {
            let (run, problems) = (count(run), count(problems));
            notes.push(format!("{name} took {run} of {problems} problems: what it does on the others nobody knows"));
        }
    }
    if findings > 1 && manifest.plan.explain_calls == 0 {
        notes.push(
            "with --explain-calls 0 failures are told apart by their regions alone: one bug may be several findings"
                .to_owned(),
        );
    }
    notes
}
