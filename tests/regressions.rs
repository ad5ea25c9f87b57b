//! `corpus/regressions`: problems grouped by the bug that they guard against.
#![allow(clippy::unwrap_used)]

use convdiff::backend::{defect, registry};
use convdiff::judge::{Examiner, Settings};
use convdiff::problem::Problem;
use convdiff::problem::list::Problems;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// One file.
struct Guard {
    path: PathBuf,
    text: String,
    problems: Vec<Problem>,
}

impl Guard {
    /// The planted defect that is this bug, if the file's head names one: every one of its problems must show it.
    fn planted(&self) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix("# planted: "))
    }
}

fn guards() -> Vec<Guard> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/regressions");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let problems = Problems::new(text.as_bytes()).collect::<Result<_, _>>();
            let problems = problems.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            Guard { path, text, problems }
        })
        .collect()
}

#[test]
fn every_backend_agrees_with_exact_on_every_problem() {
    let exact = registry::find("exact").unwrap();
    let compiled_in = registry::all().iter().filter(|entry| entry.name != "exact" && entry.compiled_in());
    let mut failures = Vec::new();
    for entry in compiled_in {
        let backend = entry.backend().unwrap();
        let mut examiner = Examiner::new(&*exact, &*backend, Settings::default()).unwrap();
        for guard in guards() {
            for problem in &guard.problems {
                let verdict = examiner.examine(problem).verdict;
                if verdict.is_failure() {
                    failures.push(format!("{} {verdict} on {problem} of {}", entry.name, guard.path.display()));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// A regression that wouldn't notice its bug guards nothing.
#[test]
fn where_the_bug_is_planted_every_problem_shows_it() {
    let mut blind = Vec::new();
    for guard in guards() {
        let Some(name) = guard.planted() else { continue };
        let defect = defect::find(name).unwrap();
        let missed = guard.problems.iter().filter(|problem| !(defect.visible)(problem));
        blind.extend(missed.map(|problem| format!("{problem} of {name}")));
    }
    assert!(blind.is_empty(), "{blind:#?}");
}

#[test]
fn every_planted_bug_has_its_guard() {
    let guarded: BTreeSet<String> =
        guards().iter().filter_map(|guard| Some(format!("defect:{}", guard.planted()?))).collect();
    let planted = defect::all().iter().map(|defect| defect.name.to_owned());
    // It rounds, and is no bug.
    assert_eq!(guarded, planted.filter(|name| name != "defect:half-accumulation").collect());
}

#[test]
fn every_file_says_what_it_guards_and_has_problems() {
    for guard in guards() {
        let told = guard.text.lines().take_while(|line| line.starts_with("# ")).count();
        assert!(told > 0 && guard.problems.len() > 2, "{}", guard.path.display());
    }
}
