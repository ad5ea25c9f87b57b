//! From what a run saw to its findings: failing problems looked at again, told apart, and each bug explained.

use super::plan::{Plan, Points};
use super::sample::{Attributed, Failed};
use super::{Activity, Opened, RunError};
use crate::backend::Backend;
use crate::diagnose::{
    self, Allowance, Domain, Example, Explanation, Finding, Group, Looking, Mark, Others, Past, SymptomOracle,
    TAP_RUNS, cluster, findings,
};
use crate::judge::{Examiner, RegionShape, Symptom, Verdict};
use crate::problem::{Condition, Problem};
use crate::sweep::{Cluster, ClusterKey, SweepError, Tally};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The smallest failing problems of a finding that are looked at for the smallest that shows it.
const SMALLEST: usize = 32;

/// Failing problems that are run alone where some pass there.
const ALONE: usize = 24;

/// Failing problems, and as many passing ones, that are run before one that passes alone.
const COMPANY: usize = 96;

/// A run that is over, as its findings are made from it.
pub(super) struct Diagnosis<'a> {
    pub plan: &'a Plan,
    pub points: &'a Points,
    pub backends: &'a Opened,
    pub tally: &'a Tally,
    /// `failures.csv`.
    pub failures: &'a Path,
    /// A sample of it, by backend.
    pub failed: &'a BTreeMap<String, Failed>,
    /// What it is at.
    pub activity: &'a Activity,
}

impl Diagnosis<'_> {
    /// The findings, by backend, the most frequent first.
    pub(super) fn findings(&self) -> Result<Vec<(Finding, Option<Explanation>)>, RunError> {
        let by_shape = findings(self.tally);
        let kinds: BTreeSet<(usize, Verdict)> =
            by_shape.iter().map(|finding| (finding.backend, finding.symptom.verdict)).collect();
        let mut found = Vec::new();
        for (backend, verdict) in kinds {
            let of_kind = |finding: &&Finding| (finding.backend, finding.symptom.verdict) == (backend, verdict);
            let by_shape: Vec<Finding> = by_shape.iter().filter(of_kind).cloned().collect();
            let name = self.backends.under_test[backend].name();
            found.extend(match self.failed.get(name).filter(|_| self.plan.explain_calls > 0) {
                Some(failed) => self.told_apart(&*self.backends.under_test[backend], verdict, by_shape, failed)?,
                None => by_shape.into_iter().map(|finding| (finding, None)).collect(),
            });
        }
        self.take_into_unstable(&mut found)?;
        join_past(&mut found);
        found.sort_by_key(|(finding, _)| (finding.backend, std::cmp::Reverse(finding.problems), finding.index));
        Ok(found)
    }

    /// The findings of one backend and verdict; `by_shape` is what regions and messages alone say.
    fn told_apart(
        &self,
        backend: &dyn Backend,
        verdict: Verdict,
        mut by_shape: Vec<Finding>,
        failed: &Failed,
    ) -> Result<Vec<(Finding, Option<Explanation>)>, RunError> {
        self.activity.now_at(format!("telling apart what {verdict}, {}", backend.name()));
        let mut examiner = Examiner::new(&*self.backends.reference, backend, self.plan.settings())?;
        let passing = failed.passing(self.points, self.plan.condition.as_ref(), backend, self.plan.seed);
        let looking = Looking { reference: &*self.backends.reference, backend, settings: self.plan.settings() };
        if !matches!(verdict, Verdict::Differs | Verdict::Unstable) {
            // Without an output there is nothing to look at but the words.
            if let [only] = &mut by_shape[..] {
                only.mark = Mark::Verdict;
            }
            let explained = by_shape.into_iter().map(|finding| {
                let failing = self.failing(&mut examiner, &finding, failed);
                // Crashes and hangs are verdicts on what was run alone already.
                if verdict == Verdict::Errors {
                    let mut looked = vec![finding.smallest];
                    looked.extend(failing.iter().filter(|problem| **problem != finding.smallest));
                    let past = looking.look(&looked, &self.company(backend, verdict))?;
                    if let Some(past) = past.filter(Past::is_all) {
                        return Ok((Finding { past: Some(past), ..finding }, None));
                    }
                }
                let explanation = self.explain(&mut examiner, &finding, Others::default(), &failing, &passing)?;
                Ok((finding, Some(explanation)))
            });
            return explained.collect();
        }
        let Some(backend_number) = by_shape.first().map(|finding| finding.backend) else { return Ok(Vec::new()) };
        let clusters = self.clusters(backend_number, verdict);
        let mut looked: Vec<Problem> = by_shape.iter().take(2).map(|finding| finding.smallest).collect();
        let more = failed.failing(verdict).filter(|problem| !looked.contains(problem)).copied().collect::<Vec<_>>();
        looked.extend(more);
        let looked = looking.look(&looked, &self.company(backend, verdict))?;
        let (past, chance): (Option<Past>, Option<Past>) = looked.map_or((None, None), |past| match past.is_known() {
            true => (Some(past), None),
            false => (None, Some(past)),
        });
        if let Some(past) = past.as_ref().filter(|past| past.is_all()) {
            return Ok(of_past(by_shape, 0, past).into_iter().collect());
        }
        let smallest = clusters.iter().map(|(_, cluster)| &cluster.smallest);
        let mut examples = examples(&mut examiner, verdict, smallest.chain(failed.failing(verdict)));
        if past.is_some() {
            // There are failures of both sorts, and these alone say something of the problems.
            examples.truncate(ALONE);
            examples = own(examples, &looking)?;
        }
        let groups = cluster(verdict, &examples, &passing, self.plan.seed);
        let mut found: Vec<(Finding, Explanation)> = Vec::new();
        let shapes: Vec<RegionShape> = groups.iter().filter_map(|group| group.shape).collect();
        for group in groups {
            let mut members: Vec<Problem> = group.members.iter().map(|&member| examples[member].problem).collect();
            let mut elsewhere = sure(found.iter().map(|(_, explanation)| explanation));
            if foretold(&elsewhere, &members) {
                continue;
            }
            if group.mark == Mark::Shape {
                elsewhere.extend(group.elsewhere.iter().cloned());
                members.retain(|problem| !elsewhere.iter().any(|condition| condition.holds(problem)));
            }
            let Some(finding) = self.finding(&clusters, &group, &members) else { continue };
            let shapes = finding.symptom.tighter(shapes.iter().copied());
            let others = Others { shapes, conditions: elsewhere };
            let explanation = self.explain(&mut examiner, &finding, others, &members, &passing)?;
            found.push((finding, explanation));
        }
        if let [(only, _)] = &mut found[..]
            && past.is_none()
        {
            self.take_all(&clusters, only);
        } else {
            self.attribute(&mut examiner, &mut found)?;
        }
        let mut found: Vec<_> = found
            .into_iter()
            .map(|(finding, explained)| match &chance {
                // Where nothing foretells it, that some of it passes is all that is known.
                Some(chance) if explained.trigger.is_none() => {
                    (Finding { past: Some(chance.clone()), ..finding }, None)
                }
                _ => (finding, Some(explained)),
            })
            .collect();
        if let Some(past) = &past {
            let told = found.iter().map(|(finding, _)| finding.problems).sum();
            found.extend(of_past(by_shape, told, past));
            return Ok(found);
        }
        // A backend that fails no more when it is run again leaves no examples.
        if found.is_empty() {
            found = by_shape.into_iter().map(|finding| (finding, None)).collect();
        }
        Ok(found)
    }

    /// What is not the same each time may be the same twice: counts differing problems that the trigger of an unstable finding
    /// foretells for that one, where nothing else explains them.
    fn take_into_unstable(&self, found: &mut Vec<(Finding, Option<Explanation>)>) -> Result<(), RunError> {
        let unstable = |(finding, _): &(Finding, _)| finding.symptom.verdict == Verdict::Unstable;
        let (mut unstable, others): (Vec<_>, Vec<_>) = std::mem::take(found).into_iter().partition(unstable);
        for (finding, explained) in others {
            let told = |explained: &Explanation| explained.taps.as_ref().is_some_and(Result::is_ok);
            let into = unstable
                .iter_mut()
                .find(|(into, _)| into.backend == finding.backend)
                .filter(|_| finding.past.is_none())
                .filter(|_| finding.symptom.verdict == Verdict::Differs && !explained.as_ref().is_some_and(told));
            if let Some((into, Some(explanation))) = into {
                let backend = &*self.backends.under_test[finding.backend];
                let mut examiner = Examiner::new(&*self.backends.reference, backend, self.plan.settings())?;
                let members =
                    self.failed.get(backend.name()).map(|failed| self.failing(&mut examiner, &finding, failed));
                if members.is_some_and(|members| foretold(&sure([&*explanation]), &members)) {
                    into.problems += finding.problems;
                    continue;
                }
            }
            found.push((finding, explained));
        }
        found.extend(unstable);
        Ok(())
    }

    /// Problems of the run, failing and passing, of which some may have to come before one for it to fail.
    pub(super) fn company(&self, backend: &dyn Backend, verdict: Verdict) -> Vec<Problem> {
        let Some(failed) = self.failed.get(backend.name()) else { return Vec::new() };
        let passing = failed.passing(self.points, self.plan.condition.as_ref(), backend, self.plan.seed);
        let both = failed.failing(verdict).take(COMPANY).chain(passing.iter().take(COMPANY));
        both.copied().collect()
    }

    fn clusters(&self, backend: usize, verdict: Verdict) -> Vec<(&ClusterKey, &Cluster)> {
        let of_kind = |(key, _): &(&ClusterKey, &Cluster)| (key.backend, key.symptom.verdict) == (backend, verdict);
        self.tally.clusters.iter().filter(of_kind).collect()
    }

    /// The finding of a group, with what its examples alone say.
    fn finding(&self, clusters: &[(&ClusterKey, &Cluster)], group: &Group, members: &[Problem]) -> Option<Finding> {
        let (key, _) = clusters.first()?;
        let shape = group.shape.map(|shape| shape.to_string()).unwrap_or_default();
        Some(Finding {
            backend: key.backend,
            symptom: Symptom { verdict: key.symptom.verdict, shape },
            said: None,
            past: None,
            mark: group.mark.clone(),
            problems: members.len() as u64,
            shared: 0,
            smallest: *members.iter().min_by_key(|problem| problem.size())?,
            index: 0,
        })
    }

    /// Gives the only finding of a backend and verdict all that the run saw of them.
    fn take_all(&self, clusters: &[(&ClusterKey, &Cluster)], only: &mut Finding) {
        only.mark = Mark::Verdict;
        only.problems = clusters.iter().map(|(_, cluster)| cluster.problems).sum();
        let smallest = clusters.iter().min_by_key(|(_, cluster)| (cluster.smallest.size(), cluster.index));
        if let Some((_, cluster)) = smallest {
            (only.smallest, only.index) = (cluster.smallest, cluster.index);
        }
    }

    /// Counts the failures of the run that each finding's trigger holds for, none twice, and looks for the smallest of them that
    /// shows it.
    fn attribute(&self, examiner: &mut Examiner<'_>, found: &mut [(Finding, Explanation)]) -> Result<(), SweepError> {
        let Some(verdict) = found.first().map(|(finding, _)| finding.symptom.verdict) else { return Ok(()) };
        let (mut findings, mut triggers) = (Vec::new(), Vec::new());
        for (finding, explanation) in found {
            if let Some(trigger) = &explanation.trigger {
                findings.push(finding);
                triggers.push(&trigger.condition);
            }
        }
        let backend = examiner.backend().name().to_owned();
        let attributed = super::sample::attribute(self.failures, (&backend, verdict), &triggers, SMALLEST)?;
        for (finding, Attributed { first, shared, smallest }) in findings.into_iter().zip(attributed) {
            (finding.problems, finding.shared) = (first, shared);
            for (index, problem) in smallest {
                let observation = examiner.examine(&problem);
                if diagnose::shows(examiner, (&finding.symptom, &finding.mark), &problem, &observation) {
                    (finding.smallest, finding.index) = (problem, index);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Failing problems of the sample that are of this finding.
    fn failing(&self, examiner: &mut Examiner<'_>, finding: &Finding, failed: &Failed) -> Vec<Problem> {
        let verdict = finding.symptom.verdict;
        if finding.mark == Mark::Verdict {
            return failed.failing(verdict).copied().collect();
        }
        let domain = self.domain();
        let mut oracle = SymptomOracle::new(examiner, (&finding.symptom, &finding.mark), &domain, u64::MAX);
        failed.failing(verdict).filter(|problem| oracle.ask(problem) == Some(true)).copied().collect()
    }

    fn domain(&self) -> Domain {
        Domain::new(self.plan.space.as_ref(), self.plan.condition.as_ref())
    }

    fn explain(
        &self,
        examiner: &mut Examiner<'_>,
        finding: &Finding,
        others: Others,
        failing: &[Problem],
        passing: &[Problem],
    ) -> Result<Explanation, RunError> {
        self.activity.now_at(format!("explaining {}, {}", finding.symptom, examiner.backend().name()));
        let label = |problems: &[Problem], fails| problems.iter().map(move |problem| (*problem, fails)).collect();
        let mut sample: Vec<(Problem, bool)> = label(failing, true);
        sample.extend::<Vec<_>>(label(passing, false));
        let allowance = Allowance {
            domain: self.domain(),
            questions: self.plan.explain_calls,
            runs: u64::MAX,
            tap_runs: TAP_RUNS,
            seed: self.plan.seed,
            others,
        };
        let mut session = examiner.backend().session()?;
        let asked = (&finding.symptom, &finding.mark);
        let backend = examiner.backend();
        let clusters = self.clusters(finding.backend, finding.symptom.verdict);
        let failures: u64 = clusters.iter().map(|(_, cluster)| cluster.problems).sum();
        let passed = |condition: &Condition| {
            let Some(failed) = self.failed.get(backend.name()) else { return Vec::new() };
            let within = (self.plan.condition.as_ref(), condition);
            failed.passing_where(self.points, within, backend, self.plan.seed)
        };
        let known = (&sample[..], Some((&passed as &diagnose::Passed<'_>, failures)));
        Ok(diagnose::explain(examiner, session.as_mut(), asked, known, &finding.smallest, &allowance))
    }
}

/// The finding of failures that aren't the problems' own: all of `by_shape` but `told` problems, which others explain.
fn of_past(by_shape: Vec<Finding>, told: u64, past: &Past) -> Option<(Finding, Option<Explanation>)> {
    let all: u64 = by_shape.iter().map(|finding| finding.problems).sum();
    let problems = all.saturating_sub(told);
    let most = by_shape.into_iter().next().filter(|_| problems > 0)?;
    Some((Finding { problems, past: Some(past.clone()), ..most }, None))
}

/// Takes findings of one backend that have an output and depend on the past for one: the same is wrong twice, or is wrong once.
fn join_past(found: &mut Vec<(Finding, Option<Explanation>)>) {
    let mut joined: Vec<(Finding, Option<Explanation>)> = Vec::new();
    for (finding, explanation) in std::mem::take(found) {
        let of_past = |finding: &Finding| finding.past.is_some() && finding.said.is_none();
        let alike = |(other, _): &&mut (Finding, _)| of_past(other) && other.backend == finding.backend;
        match joined.iter_mut().find(alike).filter(|_| of_past(&finding)) {
            Some((other, _)) => {
                let problems = other.problems + finding.problems;
                let known = |finding: &Finding| finding.past.as_ref().is_some_and(|past| !past.before.is_empty());
                if !known(other) && known(&finding) {
                    *other = finding;
                }
                other.problems = problems;
            }
            None => joined.push((finding, explanation)),
        }
    }
    *found = joined;
}

/// Those examples that fail as the first that a session computes.
fn own(examples: Vec<Example>, looking: &Looking<'_>) -> Result<Vec<Example>, RunError> {
    let mut own = Vec::new();
    for example in examples {
        if !looking.passes_alone(&example.problem)? {
            own.push(example);
        }
    }
    Ok(own)
}

/// When findings happen that are explained, as far as that doesn't foretell everything.
fn sure<'e>(by: impl IntoIterator<Item = &'e Explanation>) -> Vec<Condition> {
    let triggers = by.into_iter().filter_map(|explanation| explanation.trigger.as_ref());
    let sure = triggers.filter(|trigger| trigger.held_out.precision().is_some_and(|precision| precision >= 0.95));
    sure.map(|trigger| trigger.condition.clone()).collect()
}

/// Whether nearly all of `failing` are foretold by what explains others.
fn foretold(sure: &[Condition], failing: &[Problem]) -> bool {
    let count = failing.iter().filter(|problem| sure.iter().any(|condition| condition.holds(problem))).count();
    count * 100 >= failing.len() * 98
}

/// Failing problems run again, each once, as far as they fail again with that verdict.
fn examples<'p>(
    examiner: &mut Examiner<'_>,
    verdict: Verdict,
    problems: impl Iterator<Item = &'p Problem>,
) -> Vec<Example> {
    let mut seen = BTreeSet::new();
    let fresh = problems.filter(|problem| seen.insert(problem.parameters()));
    let fails = fresh.filter_map(|problem| {
        let observation = examiner.examine(problem);
        (observation.verdict == verdict).then(|| Example::of(problem, examiner, &observation))
    });
    fails.collect()
}
