//! Two runs, or two folders of runs, side by side: what fails now and didn't, what failed and doesn't, what still does.
//!
//! A night's sample is another one than the last's, so findings can't be told by their problems alone. A finding is
//! *still* there where the same backend shows the same symptom, or fails on the same smallest problem. It is *gone* only
//! where that problem was run again and passed; else nobody looked, and that is said.

use super::reading::{ReadError, Reading};
use super::{Entry, FindingsFile};
use crate::diagnose::Repro;
use crate::judge::{Symptom, Verdict};
use crate::problem::Problem;
use crate::sweep::SweepError;
use crate::sweep::folder::{FINDINGS, MANIFEST, MAP};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

/// A finding of a run, or one that a fuzz target recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The backend that fails.
    pub backend: String,
    /// Its version then.
    pub version: String,
    /// Whether it is a planted bug.
    pub planted: bool,
    /// What happens.
    pub symptom: Symptom,
    /// What the messages of failures without an output have in common.
    pub said: Option<String>,
    /// The repro's problem.
    pub problem: Problem,
    /// Failing problems that belong to it; none where it was recorded alone.
    pub problems: Option<u64>,
    /// When it happens, in words, where that was learnt.
    pub trigger: Option<String>,
    /// The repro's file.
    pub repro: PathBuf,
}

/// All that stands in a folder and below: of one run, or of a night of them.
#[derive(Debug, Default)]
pub struct Results {
    /// Its findings, by file.
    pub findings: Vec<Found>,
    /// The backends under test, by name.
    pub backends: BTreeMap<String, Entry>,
    /// By backend, whether it failed on a problem; of problems that it ran and that have a row in a full map.
    ran: BTreeMap<String, HashMap<Problem, bool>>,
}

/// What differs between two [`Results`].
#[derive(Debug, Default)]
pub struct Diff {
    /// Whether there was nothing to compare with.
    pub first: bool,
    /// Findings that weren't there.
    pub new: Vec<Found>,
    /// Findings whose problem was run again, and passed.
    pub gone: Vec<Found>,
    /// Findings that are there still, as they are now.
    pub still: Vec<Found>,
    /// Findings that weren't seen, but whose problem wasn't run either.
    pub unseen: Vec<Found>,
    /// By backend, problems that both ran.
    pub problems: BTreeMap<String, Both>,
    /// Backends with another version now: as they were, and as they are.
    pub versions: Vec<[Entry; 2]>,
}

/// Problems that one backend ran both times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// Whether the backend is a planted bug.
    pub planted: bool,
    /// That pass both times.
    pub pass: u64,
    /// That fail now and passed, the smallest first.
    pub new: Vec<Problem>,
    /// That failed and pass now, the smallest first.
    pub gone: Vec<Problem>,
    /// That fail both times.
    pub still: u64,
}

/// The columns of a map that matter here.
#[derive(Deserialize)]
struct Row {
    descriptor: Problem,
    backend: String,
    verdict: Verdict,
    format: Option<String>,
}

impl Found {
    /// Whether both are taken for one: the same backend shows the same symptom, or fails on the same smallest problem.
    fn is(&self, other: &Self) -> bool {
        self.backend == other.backend && (self.symptom == other.symptom || self.problem == other.problem)
    }
}

impl Results {
    /// Reads a folder and all below it: runs that are over, and repros that stand by themselves.
    ///
    /// # Errors
    /// A folder can't be read, a file in it is damaged or not as its run wrote it, or a run is not over.
    pub fn read(folder: &Path, reading: &mut Reading) -> Result<Self, ReadError> {
        let mut results = Self::default();
        results.add(folder, reading)?;
        results.merge();
        Ok(results)
    }

    /// Leaves one of the findings that several of a night's runs have: that of most problems.
    fn merge(&mut self) {
        self.findings.sort_by_key(|found| std::cmp::Reverse(found.problems));
        let mut merged: Vec<Found> = Vec::new();
        for found in self.findings.drain(..) {
            if !merged.iter().any(|other| other.is(&found)) {
                merged.push(found);
            }
        }
        merged.sort_by(|one, other| one.repro.cmp(&other.repro));
        self.findings = merged;
    }

    fn add(&mut self, folder: &Path, reading: &mut Reading) -> Result<(), ReadError> {
        let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
        let mut paths: Vec<PathBuf> = entries.map_err(SweepError::io("reading", folder))?;
        paths.sort();
        let mut known = FindingsFile::default();
        if folder.join(MANIFEST).exists() {
            let manifest = reading.manifest(folder)?;
            if !manifest.complete {
                return Err(SweepError::Unfinished(folder.to_owned()).into());
            }
            self.backends.extend(manifest.backends.into_iter().skip(1).map(|entry| (entry.name.clone(), entry)));
            if folder.join(MAP).exists() {
                self.add_map(&folder.join(MAP), reading)?;
            }
            if folder.join(FINDINGS).exists() {
                known = reading.findings(folder)?;
            }
        }
        for path in paths {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() {
                self.add(&path, reading)?;
            } else if name.starts_with("repro-") && name.ends_with(".toml") {
                self.add_repro(path, known.findings.iter().find(|entry| entry.repro == name), reading)?;
            }
        }
        Ok(())
    }

    fn add_repro(
        &mut self,
        path: PathBuf,
        entry: Option<&super::FindingEntry>,
        reading: &mut Reading,
    ) -> Result<(), ReadError> {
        let damaged = |reason: String| SweepError::Damaged { path: path.clone(), reason };
        let repro = reading.repro(&path)?;
        let symptom = match entry {
            Some(entry) => entry.finding.symptom.clone(),
            None => repro.symptom().ok_or_else(|| damaged(format!("{} is no failure", repro.verdict)))?,
        };
        let Repro { backend: name, backend_version: version, planted, .. } = &repro;
        let entry_of = || Entry { name: name.clone(), version: version.clone(), planted: *planted };
        self.backends.entry(name.clone()).or_insert_with(entry_of);
        self.findings.push(Found {
            backend: repro.backend,
            version: repro.backend_version,
            planted: repro.planted,
            symptom,
            said: entry.and_then(|entry| entry.finding.said.clone()),
            problem: repro.problem,
            problems: entry.map(|entry| entry.finding.problems),
            trigger: entry.and_then(|entry| entry.trigger.as_ref()).map(|trigger| trigger.words.clone()),
            repro: path,
        });
        Ok(())
    }

    fn add_map(&mut self, path: &Path, reading: &mut Reading) -> Result<(), SweepError> {
        reading.check(path)?;
        let damaged = |error: csv::Error| SweepError::Damaged { path: path.to_owned(), reason: error.to_string() };
        let mut first = true;
        for row in csv::Reader::from_path(path).map_err(damaged)?.into_deserialize() {
            let Row { descriptor, backend, verdict, format } = match row {
                Err(error) if reading.salvages() => {
                    reading.note(format!("note: {}; what stands behind it was left out", damaged(error)));
                    return Ok(());
                }
                row => row.map_err(damaged)?,
            };
            if std::mem::take(&mut first) {
                Reading::map_version(path, format.as_deref().unwrap_or_default())?;
            }
            if verdict == Verdict::Unsupported {
                continue;
            }
            // A problem may stand in several of a night's runs: it fails if it failed in any.
            let failed = self.ran.entry(backend).or_default().entry(descriptor).or_default();
            *failed |= verdict.is_failure();
        }
        Ok(())
    }

    /// Whether `backend` failed on a problem, if it ran it.
    fn failed(&self, backend: &str, problem: &Problem) -> Option<bool> {
        self.ran.get(backend)?.get(problem).copied()
    }

    fn has(&self, found: &Found) -> bool {
        self.findings.iter().any(|other| other.is(found)) || self.failed(&found.backend, &found.problem) == Some(true)
    }
}

impl Diff {
    /// What is in `after` and not in `before`, and the other way round.
    pub fn of(before: &Results, after: &Results) -> Self {
        let mut diff = Self { first: before.backends.is_empty(), ..Self::default() };
        for found in &after.findings {
            let list = if before.has(found) { &mut diff.still } else { &mut diff.new };
            list.push(found.clone());
        }
        for found in before.findings.iter().filter(|found| !after.has(found)) {
            let passed = after.failed(&found.backend, &found.problem) == Some(false);
            let list = if passed { &mut diff.gone } else { &mut diff.unseen };
            list.push(found.clone());
        }
        for (backend, now) in &after.ran {
            let Some(then) = before.ran.get(backend) else { continue };
            let both = diff.problems.entry(backend.clone()).or_default();
            both.planted = after.backends.get(backend).is_some_and(|entry| entry.planted);
            for (problem, &fails) in now {
                match (then.get(problem), fails) {
                    (None, _) => {}
                    (Some(false), false) => both.pass += 1,
                    (Some(true), true) => both.still += 1,
                    (Some(false), true) => both.new.push(*problem),
                    (Some(true), false) => both.gone.push(*problem),
                }
            }
            for list in [&mut both.new, &mut both.gone] {
                list.sort_by_key(|problem| (problem.size(), problem.to_string()));
            }
        }
        for (name, now) in &after.backends {
            if let Some(then) = before.backends.get(name).filter(|then| then.version != now.version) {
                diff.versions.push([then.clone(), now.clone()]);
            }
        }
        diff
    }

    /// Whether a backend fails anew: shows a finding that wasn't there, or fails on a problem that it passed. Planted
    /// bugs count where that is asked for.
    pub fn is_worse(&self, count_planted: bool) -> bool {
        self.new.iter().any(|found| count_planted || !found.planted)
            || self.problems.values().any(|both| (count_planted || !both.planted) && !both.new.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "mb1ic1ih3iw3oc1oh3ow3kh1kw1ph0pw0";
    const LARGE: &str = "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1";

    fn found(backend: &str, shape: &str, problem: &str) -> Found {
        Found {
            backend: backend.to_owned(),
            version: "1".to_owned(),
            planted: backend.starts_with("defect:"),
            symptom: Symptom { verdict: Verdict::Differs, shape: shape.to_owned() },
            said: None,
            problem: problem.parse().unwrap(),
            problems: None,
            trigger: None,
            repro: PathBuf::from("repro-1.toml"),
        }
    }

    fn results(findings: &[Found], ran: &[(&str, &str, bool)]) -> Results {
        let mut results = Results { findings: findings.to_vec(), ..Results::default() };
        for &(backend, problem, failed) in ran {
            let planted = backend.starts_with("defect:");
            let entry = Entry { name: backend.to_owned(), version: "1".to_owned(), planted };
            results.backends.insert(backend.to_owned(), entry);
            results.ran.entry(backend.to_owned()).or_default().insert(problem.parse().unwrap(), failed);
        }
        results
    }

    #[test]
    fn a_finding_is_still_there_by_its_symptom_or_by_its_problem_or_where_that_fails() {
        let before = results(&[found("e", "[:, :, -1, -1]", SMALL)], &[("e", LARGE, true)]);
        for after in [
            found("e", "[:, :, -1, -1]", "mb1ic1ih9iw9oc1kh1kw1"),
            found("e", "[:, :, :, :]", SMALL),
            found("e", "[:, :, :, :]", LARGE),
        ] {
            let diff = Diff::of(&before, &results(std::slice::from_ref(&after), &[]));
            assert_eq!((diff.new, diff.still), (vec![], vec![after]));
        }
        for after in [found("e", "[:, :, :, :]", "mb1ic1ih9iw9oc1kh1kw1"), found("f", "[:, :, -1, -1]", SMALL)] {
            let diff = Diff::of(&before, &results(std::slice::from_ref(&after), &[]));
            assert!(diff.is_worse(false));
            assert_eq!((diff.new, diff.still), (vec![after], vec![]));
        }
    }

    #[test]
    fn a_finding_is_gone_only_where_its_problem_was_run_again() {
        let was = found("e", "[:, :, -1, -1]", SMALL);
        let before = results(std::slice::from_ref(&was), &[]);
        let diff = Diff::of(&before, &results(&[], &[("e", SMALL, false)]));
        assert_eq!((diff.gone.as_slice(), diff.unseen.len()), (&[was.clone()][..], 0));
        for ran in [&[("e", LARGE, false)][..], &[("f", SMALL, false)], &[]] {
            let diff = Diff::of(&before, &results(&[], ran));
            assert_eq!((diff.gone.len(), diff.unseen.as_slice()), (0, &[was.clone()][..]));
            assert!(!diff.is_worse(true));
        }
        // It fails still, as part of another finding.
        let diff = Diff::of(&before, &results(&[], &[("e", SMALL, true)]));
        assert_eq!((diff.gone.len(), diff.unseen.len()), (0, 0));
    }

    #[test]
    fn problems_are_compared_where_both_ran_them() {
        let before = results(&[], &[("e", SMALL, false), ("e", LARGE, true), ("g", SMALL, false)]);
        let after = results(&[], &[("e", SMALL, true), ("e", LARGE, false), ("f", SMALL, true)]);
        let diff = Diff::of(&before, &after);
        let both = Both { new: vec![SMALL.parse().unwrap()], gone: vec![LARGE.parse().unwrap()], ..Both::default() };
        assert_eq!(diff.problems, BTreeMap::from([("e".to_owned(), both)]));
        assert!(diff.is_worse(false));
    }

    #[test]
    fn planted_bugs_make_nothing_worse_unless_they_shall() {
        let after = results(&[found("defect:x", "[:, :, -1, -1]", SMALL)], &[("defect:x", SMALL, true)]);
        for before in [results(&[], &[]), results(&[], &[("defect:x", SMALL, false)])] {
            let diff = Diff::of(&before, &after);
            assert_eq!((diff.is_worse(false), diff.is_worse(true)), (false, true));
        }
    }
}
