//! Explaining what failed: the findings of a run again with a larger allowance, a map alone, or one failing problem.

use super::dated::DATED;
use super::failures::{Failures, by_map_alone, of_finding, sample};
use super::map::{Mapped, count_by, read_map};
use super::{FindingEntry, Manifest, Reading, RunError};
use crate::backend::registry::{self, Isolation};
use crate::backend::{Backend, BackendError, Kind};
use crate::diagnose::{
    self, Allowance, Domain, Example, Explanation, Mark, Others, Pairs, Past, SymptomOracle, TAP_RUNS, around, cluster,
};
use crate::judge::{Examiner, Settings, Symptom, Verdict};
use crate::problem::condition::Node;
use crate::problem::{Condition, Limits, Problem};
use crate::sweep::SweepError;
use crate::sweep::folder::{FAILURES, FINDINGS, MANIFEST, MAP};
use std::path::Path;
use std::sync::Arc;

/// Deadlines that are waited for where a backend doesn't return.
const WAITS: u64 = 12;

/// How to explain.
#[derive(Clone, Debug)]
pub struct Explaining {
    /// Runs of the backend that one finding may take.
    pub calls: u64,
    /// Seed of what is drawn.
    pub seed: u64,
    /// Only problems of which this holds: of a run or a map its rows, and those that are run on demand.
    pub condition: Option<Condition>,
}

/// A finding's symptom and mark, and what others look like.
type Asked = (Symptom, Mark, Others);

impl Explaining {
    /// Its condition and another.
    fn within(&self, other: Option<&Condition>) -> Option<Condition> {
        match (&self.condition, other) {
            (Some(one), Some(other)) => Some(Condition(Node::All(vec![one.0.clone(), other.0.clone()]))),
            (one, other) => one.as_ref().or(other).cloned(),
        }
    }
}

/// What an explanation rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grounds {
    /// The map, and problems that were run on demand.
    Run {
        /// Runs of the backend that it took.
        runs: u64,
        /// Runs that were allowed.
        allowed: u64,
    },
    /// The map alone: nothing was run.
    Map,
}

/// A finding, explained.
#[derive(Debug)]
pub struct Explained {
    /// The backend that fails.
    pub backend: String,
    /// Whether it is a planted bug.
    pub planted: bool,
    /// What happens. Of a map alone the shape is that of most failures.
    pub symptom: Symptom,
    /// What the messages of failures without an output have in common.
    pub said: Option<String>,
    /// Where the failures are not the problems' own: what the run found out about that.
    pub past: Option<Past>,
    /// Failing problems of the run or the map; none for a problem by itself.
    pub problems: Option<u64>,
    /// The smallest problem of it that is known, of those that were asked about.
    pub smallest: Problem,
    /// What holds of all problems that were asked about.
    pub asked: Option<Condition>,
    /// When and how it happens.
    pub explanation: Explanation,
    /// How little has to change for it to pass.
    pub pairs: Option<Pairs>,
    /// What it rests on.
    pub grounds: Grounds,
    /// Why nothing was run, where something could have been expected to be.
    pub remark: Option<String>,
}

impl Explained {
    pub(super) fn condition(&self) -> Option<&Condition> {
        self.explanation.trigger.as_ref().map(|trigger| &trigger.condition)
    }
}

/// The parts of an allowance.
struct Shares {
    labels: u64,
    taps: u64,
    /// Problems, each of which takes two runs at most.
    pairs: u64,
}

impl Shares {
    fn of(calls: u64) -> Self {
        let (labels, taps, pairs) = (calls * 3 / 10, (calls / 5).min(TAP_RUNS), calls / 10);
        Self { labels, taps, pairs }
    }
}

/// Explains the findings of the run in `path`, one by one. A finding whose backend can't be had here is explained by the map alone.
///
/// # Errors
/// There is no run, it isn't over, or its files are damaged or not as it wrote them.
pub fn explain_run(
    path: &Path,
    isolation: &Isolation,
    how: &Explaining,
    reading: &mut Reading,
) -> Result<Vec<Explained>, RunError> {
    if !path.join(MANIFEST).exists() {
        return Err(SweepError::NoRun(path.to_owned()).into());
    }
    let manifest = reading.manifest(path)?;
    if !path.join(FINDINGS).exists() {
        return Err(RunError::Unfinished(path.to_owned()));
    }
    let findings = reading.findings(path)?.findings;
    let map = if path.join(MAP).exists() { path.join(MAP) } else { path.join(FAILURES) };
    let mut backends = if findings.is_empty() {
        Default::default()
    } else {
        read_map(&map, how.condition.as_ref(), how.seed, reading)?
    };
    let mut explained = Vec::new();
    for entry in &findings {
        let Some(mapped) = backends.get_mut(&entry.backend) else { continue };
        let mut failures = of_finding(entry, mapped);
        if failures.problems.is_empty() {
            continue;
        }
        if how.condition.is_some() {
            let triggers: Vec<&Condition> = entry.trigger.iter().map(|trigger| &trigger.condition).collect();
            let of = (entry.backend.as_str(), entry.finding.symptom.verdict);
            failures.count = count_by(&map, how.condition.as_ref(), of, &triggers, reading)?.iter().sum();
        }
        explained.extend(match Sides::open(&manifest, entry, isolation) {
            Ok(_) if entry.finding.past.is_some() => Some(of_past(entry, how)),
            Ok(sides) => {
                let said = entry.finding.said.clone();
                let found = sides.explain((entry, others(entry, &findings)), (&failures, mapped), &manifest, how)?;
                let remark = entry.dated.then(|| DATED.to_owned());
                Some(Explained { said, remark, ..found })
            }
            Err(error) => {
                let remark = Some(format!("{} can't be run here, so nothing was: {error}", entry.backend));
                let alone = by_map_alone(&entry.backend, &failures, mapped, how);
                alone.map(|alone| Explained { remark, ..alone })
            }
        });
    }
    Ok(explained)
}

/// What is known of a finding whose failures aren't the problems' own: there is no condition to learn.
fn of_past(entry: &FindingEntry, how: &Explaining) -> Explained {
    Explained {
        backend: entry.backend.clone(),
        planted: entry.planted,
        symptom: entry.finding.symptom.clone(),
        said: entry.finding.said.clone(),
        past: entry.finding.past.clone(),
        problems: Some(entry.finding.problems),
        smallest: entry.problem,
        asked: how.condition.clone(),
        explanation: Explanation { trigger: None, values: None, aside: 0, runs: 0, taps: None },
        pairs: None,
        grounds: Grounds::Map,
        remark: None,
    }
}

/// What the other findings of the same backend and verdict look like.
fn others(entry: &FindingEntry, findings: &[FindingEntry]) -> Others {
    let of = |entry: &FindingEntry| (entry.backend.clone(), entry.finding.symptom.verdict);
    let alike = || findings.iter().filter(|other| of(other) == of(entry));
    let triggers = alike().filter(|other| *other != entry).filter_map(|other| other.trigger.as_ref());
    Others {
        shapes: entry.finding.symptom.tighter(alike().filter_map(|other| other.finding.symptom.shape.parse().ok())),
        conditions: triggers.map(|trigger| trigger.condition.clone()).collect(),
    }
}

/// Both sides of a disagreement, opened again.
struct Sides {
    reference: Arc<dyn Backend>,
    backend: Arc<dyn Backend>,
}

impl Sides {
    fn open(manifest: &Manifest, entry: &FindingEntry, isolation: &Isolation) -> Result<Self, BackendError> {
        let plan = &manifest.plan;
        let mut limits = isolation.limits;
        if limits.answer == crate::backend::worker::Limits::default().answer {
            limits.answer = std::time::Duration::from_secs_f64(plan.deadline);
        }
        let under_test = Isolation { all: plan.isolate || isolation.all, limits, ..isolation.clone() };
        // A worker's name is its own; the plan holds what it was called by.
        let number = manifest.backends.iter().skip(1).position(|backend| backend.name == entry.backend);
        let called = number.and_then(|number| plan.backends.get(number)).unwrap_or(&entry.backend);
        Ok(Self {
            reference: registry::open(&plan.reference, isolation)?,
            backend: registry::open(called, &under_test)?,
        })
    }

    fn explain(
        &self,
        (entry, others): (&FindingEntry, Others),
        (failures, mapped): (&Failures, &Mapped),
        manifest: &Manifest,
        how: &Explaining,
    ) -> Result<Explained, RunError> {
        let plan = &manifest.plan;
        let mut examiner = Examiner::new(&*self.reference, &*self.backend, plan.settings())?;
        let symptom = entry.finding.symptom.clone();
        let domain = Domain::new(plan.space.as_ref(), how.within(plan.condition.as_ref()).as_ref());
        let shares = Shares::of(how.calls);
        // The map knows that these fail, but not that it is this finding.
        let mark = entry.finding.mark.clone();
        let oracle = SymptomOracle::new(&mut examiner, (&symptom, &mark), &domain, shares.labels);
        let mut oracle = oracle.that_yields_to(&others);
        let shows = |problem: &&Problem| oracle.ask(problem) == Some(true);
        let failing: Vec<Problem> = failures.problems.iter().filter(shows).copied().collect();
        let sample = sample(&failing, mapped);
        let known = how.condition.as_ref().is_none_or(|condition| condition.holds(&entry.problem));
        let least = failing.iter().min_by_key(|problem| problem.size()).filter(|_| !known);
        let smallest = *least.unwrap_or(&entry.problem);
        self.conclude(&mut examiner, (symptom, mark, others), Some(failures.count), smallest, &sample, domain, how)
    }

    /// Explains a sample, and looks around the smallest problem.
    #[allow(clippy::too_many_arguments)]
    fn conclude(
        &self,
        examiner: &mut Examiner<'_>,
        (symptom, mark, others): Asked,
        problems: Option<u64>,
        smallest: Problem,
        sample: &[(Problem, bool)],
        domain: Domain,
        how: &Explaining,
    ) -> Result<Explained, RunError> {
        let shares = Shares::of(how.calls);
        let runs = how.calls.saturating_sub(shares.taps + 2 * shares.pairs + examiner.runs());
        let questions = usize::try_from(runs).unwrap_or(usize::MAX);
        let allowance = Allowance { domain, questions, runs, tap_runs: shares.taps, seed: how.seed, others };
        let mut session = self.backend.session()?;
        let asked = (&symptom, &mark);
        let explanation = diagnose::explain(examiner, session.as_mut(), asked, (sample, None), &smallest, &allowance);
        let taps = match &explanation.taps {
            Some(Ok(told)) => told.runs,
            _ => 0,
        };
        // An examination takes two runs at most.
        let last = how.calls.saturating_sub(taps + 2 * shares.pairs + 2);
        let smaller = explanation.trigger.as_ref().and_then(|trigger| {
            let allows = |problem: &Problem| allowance.domain.allows(problem);
            diagnose::foretold(examiner, &smallest, asked, &trigger.condition, allows, last)
        });
        let smallest = smaller.unwrap_or(smallest);
        let most = shares.pairs.min(diagnose::most_pairs(symptom.verdict));
        // Around what fails no more there is nothing to tell apart.
        let condition = explanation.trigger.as_ref().map(|trigger| &trigger.condition);
        let pairs = (condition.is_some() || examiner.examine(&smallest).verdict.is_failure())
            .then(|| diagnose::pairs(&smallest, most, condition, |problem| examiner.examine(problem).verdict));
        Ok(Explained {
            asked: how.condition.clone(),
            backend: self.backend.name().to_owned(),
            planted: self.backend.kind() == Kind::Planted,
            symptom,
            said: None,
            past: None,
            problems,
            smallest,
            explanation,
            pairs,
            grounds: Grounds::Run { runs: examiner.runs() + taps, allowed: how.calls },
            remark: None,
        })
    }
}

/// Explains one failing problem by exploring around it: it is shrunk, and problems near and far from it are run. `None` if it
/// doesn't fail.
///
/// # Errors
/// A backend can't be started.
pub fn explain_problem(
    start: &Problem,
    reference: &Arc<dyn Backend>,
    backend: &Arc<dyn Backend>,
    settings: Settings,
    how: &Explaining,
) -> Result<Option<Explained>, RunError> {
    let sides = Sides { reference: Arc::clone(reference), backend: Arc::clone(backend) };
    let mut examiner = Examiner::new(&*sides.reference, &*sides.backend, settings)?;
    let observation = examiner.examine(start);
    let Some(own) = Symptom::of(&observation) else { return Ok(None) };
    let shares = Shares::of(how.calls);
    // A few times as large as what failed: a run more of a large problem tells no more than one of a small.
    let limits = Limits {
        work: start.work().saturating_mul(2).max(1 << 15),
        memory: start.elements().saturating_mul(16).max(1 << 18),
    };
    let domain = Domain::within(limits, how.condition.as_ref());
    let explored = explore(&mut examiner, start, &own, (&limits, &domain), shares.labels, how.seed);
    let Explored { symptom, mark, sample } = explored;
    // Each further step of a shrink costs a deadline where nothing comes back.
    let calls = if own.verdict == Verdict::Hangs { WAITS } else { shares.labels / 3 };
    let holds = |problem: &Problem| how.condition.as_ref().is_none_or(|condition| condition.holds(problem));
    let shrunk = diagnose::smallest_within(&mut examiner, start, &own, calls, &holds)
        .ok()
        .map(|shrunk| shrunk.problem)
        .filter(|problem| {
            let observation = examiner.examine(problem);
            diagnose::shows(&examiner, (&symptom, &mark), problem, &observation)
        });
    let smallest = shrunk.unwrap_or(*start);
    let said = observation.difference.is_none().then(|| observation.first_line().to_owned());
    let asked = (symptom, mark, Others::default());
    let found = sides.conclude(&mut examiner, asked, None, smallest, &sample, domain, how)?;
    Ok(Some(Explained { said, ..found }))
}

/// What was seen around a failing problem.
struct Explored {
    symptom: Symptom,
    mark: Mark,
    sample: Vec<(Problem, bool)>,
}

/// Runs problems around `start`, which shows `own`, and keeps those failures that are the same bug.
fn explore(
    examiner: &mut Examiner<'_>,
    start: &Problem,
    own: &Symptom,
    (limits, domain): (&Limits, &Domain),
    wanted: u64,
    seed: u64,
) -> Explored {
    let until = examiner.runs() + 2 * wanted;
    let has_output = matches!(own.verdict, Verdict::Differs | Verdict::Unstable);
    let (mut examples, mut waits) = (Vec::new(), WAITS);
    let mut ask = |problem: &Problem| {
        if !domain.allows(problem) || examiner.runs() >= until || waits == 0 {
            return None;
        }
        let observation = examiner.examine(problem);
        waits -= u64::from(observation.verdict == Verdict::Hangs);
        match observation.verdict {
            Verdict::Agrees | Verdict::Rounds => Some(false),
            verdict if has_output && verdict == own.verdict => {
                examples.push(Example::of(problem, examiner, &observation));
                Some(true)
            }
            _ => own.shows_in(&observation).then_some(true),
        }
    };
    let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
    let sample = around(start, &mut ask, limits, wanted, seed);
    let passing: Vec<Problem> = sample.iter().filter(|(_, fails)| !fails).map(|(problem, _)| *problem).collect();
    let groups = if has_output { cluster(own.verdict, &examples, &passing, seed) } else { Vec::new() };
    // The start is the first example.
    let Some(group) = groups.iter().find(|group| group.members.contains(&0)).or(groups.first()) else {
        return Explored { symptom: own.clone(), mark: Mark::Shape, sample };
    };
    let shape = group.shape.map_or(own.shape.clone(), |shape| shape.to_string());
    let members = group.members.iter().map(|&member| (examples[member].problem, true));
    let sample = members.chain(passing.into_iter().map(|problem| (problem, false))).collect();
    Explored { symptom: Symptom { verdict: own.verdict, shape }, mark: group.mark.clone(), sample }
}
