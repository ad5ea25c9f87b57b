//! Failures as a map has them: told apart, and explained by the map alone.

use super::explain::{Explained, Explaining, Grounds};
use super::map::{Mapped, count_by, read_map};
use super::{FindingEntry, MapError, Reading};
use crate::diagnose::trigger::{self, Options, Silent};
use crate::diagnose::{self, Example, Explanation, Group, cluster_by_region};
use crate::judge::{Symptom, Verdict};
use crate::problem::{Condition, Problem};
use std::collections::BTreeSet;
use std::path::Path;

/// The failures of a map that belong to a finding, as far as a map can say.
pub(super) fn of_finding(entry: &FindingEntry, mapped: &Mapped) -> Failures {
    let verdict = entry.finding.symptom.verdict;
    let mut failures = Failures::of(mapped, verdict);
    // The map's regions have sizes and a finding's shape hasn't; but the trigger that was learnt says which it is.
    if let Some(trigger) = &entry.trigger {
        let belongs: Vec<Problem> = failures.problems.iter().filter(|p| trigger.condition.holds(p)).copied().collect();
        if !belongs.is_empty() {
            failures.problems = belongs;
        }
    }
    failures.symptom = entry.finding.symptom.clone();
    failures.said = entry.finding.said.clone();
    failures.count = entry.finding.problems;
    failures
}

/// Explains what a map says of each backend, and runs nothing. Failures of one verdict are told apart by region, or by the
/// backend's words, and by when they happen.
///
/// # Errors
/// [`MapError`].
pub fn explain_map(path: &Path, how: &Explaining, reading: &mut Reading) -> Result<Vec<Explained>, MapError> {
    let mut explained = Vec::new();
    for (backend, mapped) in read_map(path, how.condition.as_ref(), how.seed, reading)? {
        let verdicts: BTreeSet<Verdict> = mapped.failing.keys().map(|(verdict, _)| *verdict).collect();
        for verdict in verdicts {
            let apart = Failures::apart(&mapped, verdict, how.seed);
            let mut found: Vec<Explained> =
                apart.iter().filter_map(|failures| by_map_alone(&backend, failures, &mapped, how)).collect();
            // What was kept of the map tells bugs apart, but not how many rows each has.
            let triggers: Vec<&Condition> = found.iter().filter_map(|found| found.condition()).collect();
            if found.len() > 1 && triggers.len() == found.len() {
                let counts = count_by(path, how.condition.as_ref(), (&backend, verdict), &triggers, reading)?;
                found.iter_mut().zip(counts).for_each(|(found, count)| found.problems = Some(count));
            }
            explained.extend(found);
        }
    }
    Ok(explained)
}

/// Failures of one verdict in a map.
pub(super) struct Failures {
    pub symptom: Symptom,
    pub said: Option<String>,
    pub count: u64,
    pub problems: Vec<Problem>,
}

impl Failures {
    /// The failures of a verdict, bug by bug.
    fn apart(mapped: &Mapped, verdict: Verdict, seed: u64) -> Vec<Self> {
        let of_verdict = || mapped.failing.iter().filter(|((other, _), _)| *other == verdict);
        let regions = of_verdict().flat_map(|(_, kept)| kept.regions());
        let examples: Vec<Example> = regions.map(|(problem, region)| Example::in_map(problem, region)).collect();
        let whole = Self::of(mapped, verdict);
        if examples.iter().all(|example| example.region.is_none()) {
            let by_words = of_verdict().map(|((_, looks), kept)| Self {
                symptom: Symptom { verdict, shape: looks.clone() },
                said: kept.said.clone(),
                count: kept.rows,
                problems: kept.problems().copied().collect(),
            });
            return by_words.collect();
        }
        let passing: Vec<Problem> = mapped.passing.problems().copied().collect();
        let groups = cluster_by_region(verdict, &examples, &passing, seed);
        let alone = groups.len() == 1;
        let of_group = |group: &Group| {
            let shape = group.shape.map_or(whole.symptom.shape.clone(), |shape| shape.to_string());
            let problems: Vec<Problem> = group.members.iter().map(|&member| examples[member].problem).collect();
            let count = if alone { whole.count } else { problems.len() as u64 };
            Self { symptom: Symptom { verdict, shape }, said: None, count, problems }
        };
        groups.iter().map(of_group).collect()
    }

    fn of(mapped: &Mapped, verdict: Verdict) -> Self {
        let of_verdict = || mapped.failing.iter().filter(|((other, _), _)| *other == verdict);
        let most = of_verdict().max_by_key(|((_, looks), kept)| (kept.rows, std::cmp::Reverse(looks)));
        let said = most.and_then(|(_, kept)| kept.said.clone());
        let shape = most.map(|((_, looks), _)| looks.clone()).unwrap_or_default();
        Self {
            said,
            symptom: Symptom { verdict, shape },
            count: of_verdict().map(|(_, kept)| kept.rows).sum(),
            problems: of_verdict().flat_map(|(_, kept)| kept.problems().copied()).collect(),
        }
    }
}

pub(super) fn by_map_alone(backend: &str, failures: &Failures, mapped: &Mapped, how: &Explaining) -> Option<Explained> {
    let sample = sample(&failures.problems, mapped);
    let telling = diagnose::telling(&sample, &failures.symptom, None);
    let aside = sample.len() - telling.len();
    let trigger = trigger::explain(&telling, &mut Silent, &Options { budget: 0, seed: how.seed });
    let smallest = failures.problems.iter().min_by_key(|problem| problem.size())?;
    Some(Explained {
        backend: backend.to_owned(),
        planted: backend.starts_with(crate::backend::defect::PREFIX),
        symptom: failures.symptom.clone(),
        said: failures.said.clone(),
        past: None,
        problems: Some(failures.count),
        smallest: *smallest,
        asked: how.condition.clone(),
        explanation: Explanation { trigger, values: None, aside, runs: 0, taps: None },
        pairs: None,
        grounds: Grounds::Map,
        remark: None,
    })
}

/// Failing problems and the map's passing ones; what did both at different times failed.
pub(super) fn sample(failing: &[Problem], mapped: &Mapped) -> Vec<(Problem, bool)> {
    let failed: std::collections::HashSet<&Problem> = failing.iter().collect();
    let passing = mapped.passing.problems().filter(|problem| !failed.contains(problem));
    failing.iter().map(|problem| (*problem, true)).chain(passing.map(|problem| (*problem, false))).collect()
}
