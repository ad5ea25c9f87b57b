//! Explaining a finding: when it happens, and what happens then.

use super::notice::would_show;
use super::taps::{self, Kind, ProbeError, Story};
use super::trigger::{self, Options, Oracle, Trigger};
use super::{Domain, Mark, could_show};
use crate::backend::{BackendError, Session};
use crate::judge::{Difference, Examiner, Observation, RegionShape, Symptom, Verdict};
use crate::problem::{Condition, Problem};
use std::collections::BTreeSet;

/// Runs that the taps may take, unless something else is said.
pub const TAP_RUNS: u64 = 2000;

/// Wrong elements whose taps are asked for; more would say the same again.
const ELEMENTS: usize = 64;

/// Failing problems that are looked at for the kind of reading that explains them.
const LOOKS: usize = 40;

/// Failing problems whose taps are asked for, besides those of the smallest.
const TELLING: usize = 3;

/// How often an oracle waits for a deadline before it asks no more: a problem that hangs takes seconds.
const WAITS: u32 = 12;

/// When and how a finding happens.
#[derive(Debug)]
pub struct Explanation {
    /// When; `None` where none of the sample showed the symptom.
    pub trigger: Option<Trigger>,
    /// Passing problems of the sample that were set aside, for [nothing could show](could_show) there.
    pub aside: usize,
    /// Runs of the backend that it took.
    pub runs: u64,
    /// How; `None` where nothing fails any more.
    pub taps: Option<Result<Told, ProbeError>>,
}

impl Explanation {
    /// What the wrong elements sum, in a sentence, or why that can't be told.
    pub fn taps_in_words(&self) -> Option<String> {
        self.taps.as_ref().map(|told| match told {
            Ok(told) => told.story.sentence(),
            Err(error @ (ProbeError::NoOutput { .. } | ProbeError::Results(_))) => error.to_string(),
            Err(error) => format!("not told by taps: {error}"),
        })
    }
}

/// What the taps of a problem tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where it was seen.
    pub problem: Problem,
    /// In words.
    pub story: Story,
    /// The taps of the first wrong element, drawn.
    pub picture: String,
    /// Runs that it took, other problems included.
    pub runs: u64,
}

/// What may be run to explain a finding.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// Which problems.
    pub domain: Domain,
    /// Problems that the learner may ask for.
    pub questions: usize,
    /// Runs of the backend that these may take: a problem that differs is run twice.
    pub runs: u64,
    /// Runs of the backend to find out what wrong elements sum.
    pub tap_runs: u64,
    /// Seed of what is drawn.
    pub seed: u64,
    /// Shapes of the backend's other findings that leave less open: where shape alone tells findings apart, a failure that could be one of
    /// these may be theirs.
    pub tighter: Vec<RegionShape>,
}

/// Says which problems are known to pass of which a condition holds.
pub type Passed<'a> = dyn Fn(&Condition) -> Vec<Problem> + 'a;

/// What is known to pass, and how many problems are known to fail; none where only the sample is known.
pub type Known<'a> = Option<(&'a Passed<'a>, u64)>;

/// Answers whether a problem shows one symptom, by running it.
pub struct SymptomOracle<'a, 'b> {
    examiner: &'a mut Examiner<'b>,
    symptom: &'a Symptom,
    mark: &'a Mark,
    domain: &'a Domain,
    kind: Option<Kind>,
    known: Known<'a>,
    tighter: &'a [RegionShape],
    /// What the examiner's count of runs must not reach.
    until: u64,
    /// How many more times it may wait for a deadline.
    waits: u32,
}

impl<'a, 'b> SymptomOracle<'a, 'b> {
    /// Asks `examiner` for `symptom`, as `mark` tells it from others, in at most some `runs` runs, on problems of `domain`.
    pub fn new(
        examiner: &'a mut Examiner<'b>,
        (symptom, mark): (&'a Symptom, &'a Mark),
        domain: &'a Domain,
        runs: u64,
    ) -> Self {
        let until = examiner.runs().saturating_add(runs);
        Self { examiner, symptom, mark, domain, kind: None, known: None, tighter: &[], until, waits: WAITS }
    }

    /// Tells also where the bug can't show because of what it is known to do.
    pub fn that_does(self, kind: Option<Kind>) -> Self {
        Self { kind, ..self }
    }

    /// Leaves to other findings what could be theirs.
    pub fn that_yields_to(self, tighter: &'a [RegionShape]) -> Self {
        Self { tighter, ..self }
    }

    /// Knows what has passed already, and how many problems have failed.
    pub fn that_knows(self, known: Known<'a>) -> Self {
        Self { known, ..self }
    }

    /// Whether `problem` shows the symptom; `None` where nobody knows: it may not be run, the runs are spent, the
    /// backend or the reference doesn't take it, it fails in another way, or [nothing could show](could_show) there.
    pub fn ask(&mut self, problem: &Problem) -> Option<bool> {
        if !self.domain.allows(problem) || self.examiner.runs() >= self.until || self.waits == 0 {
            return None;
        }
        let observation = self.examiner.examine(problem);
        self.waits -= u32::from(observation.verdict == Verdict::Hangs);
        match observation.verdict {
            Verdict::Rounds if self.examiner.is_blurred(problem) => None,
            Verdict::Agrees | Verdict::Rounds => could_show(self.symptom, self.kind, problem).then_some(false),
            Verdict::Unsupported => None,
            _ if self.is_of_others(&observation) => None,
            _ => shows(self.examiner, (self.symptom, self.mark), problem, &observation).then_some(true),
        }
    }

    fn is_of_others(&self, observation: &Observation) -> bool {
        let could_be = |difference: &Difference| self.tighter.iter().any(|shape| difference.region.could_be(shape));
        *self.mark == Mark::Shape && observation.difference.as_ref().is_some_and(could_be)
    }
}

impl Oracle for SymptomOracle<'_, '_> {
    fn fail(&mut self, problems: &[Problem]) -> Vec<Option<bool>> {
        problems.iter().map(|problem| self.ask(problem)).collect()
    }

    fn against(&mut self, condition: &Condition) -> Vec<(Problem, bool)> {
        let Some((passed, failures)) = self.known else { return Vec::new() };
        let telling =
            |problem: &Problem| would_show(self.symptom, self.kind, problem) && !self.examiner.is_blurred(problem);
        let passed = passed(condition).into_iter().filter(telling);
        let telling: Vec<Problem> = passed.take(MOST_AGAINST).collect();
        // Few of many are right by accident, and no part of any rule.
        if telling.len() as u64 * ACCIDENTS < failures {
            return Vec::new();
        }
        telling.into_iter().map(|problem| (problem, false)).collect()
    }
}

/// Of so many failing problems one may pass by accident, its wrong sums being the right ones.
const ACCIDENTS: u64 = 400;

/// Problems that contradict a trigger and are learnt from at a time.
const MOST_AGAINST: usize = 200;

/// Whether `observation`, the examiner's last, shows a symptom as `mark` tells it from others.
pub fn shows(
    examiner: &Examiner<'_>,
    (symptom, mark): (&Symptom, &Mark),
    problem: &Problem,
    observation: &Observation,
) -> bool {
    match mark {
        Mark::Shape => symptom.shows_in(observation),
        Mark::Verdict => observation.verdict == symptom.verdict,
        Mark::Story(kind) => {
            let case = examiner.operands().case(problem);
            observation.verdict == symptom.verdict
                && taps::glance(case, examiner.wrong(), examiner.actual()).contains(kind)
        }
    }
}

/// Explains `symptom`: learns its trigger from `sample` and from problems run on demand, and asks for the taps of
/// `smallest`. `passed` tells what else is known to pass, and how many problems failed. `session` is another session of the examiner's backend.
pub fn explain(
    examiner: &mut Examiner<'_>,
    session: &mut dyn Session,
    (symptom, mark): (&Symptom, &Mark),
    (sample, passed): (&[(Problem, bool)], Known<'_>),
    smallest: &Problem,
    allowance: &Allowance,
) -> Explanation {
    let before = examiner.runs();
    let looked = look(examiner, sample);
    let kind = match mark {
        Mark::Story(kind) => Some(*kind),
        _ => taps::most_frequent(looked.iter().map(|(_, kinds)| kinds)),
    };
    let mut telling = telling(sample, symptom, kind);
    telling.retain(|(problem, fails)| *fails || !examiner.is_blurred(problem));
    let aside = sample.len() - telling.len();
    let oracle = SymptomOracle::new(examiner, (symptom, mark), &allowance.domain, allowance.runs);
    let options = Options { budget: allowance.questions, seed: allowance.seed };
    let trigger = trigger::explain(
        &telling,
        &mut oracle.that_does(kind).that_knows(passed).that_yields_to(&allowance.tighter),
        &options,
    );
    // A predicate of which every prediction was wrong says nothing.
    let trigger = trigger.filter(|trigger| trigger.held_out.precision() != Some(0.0));
    let taps = told(examiner, session, (smallest, kind), looked, allowance.tap_runs);
    let tap_runs = taps.as_ref().and_then(|told| told.as_ref().ok()).map_or(0, |told| told.runs);
    Explanation { trigger, aside, runs: examiner.runs() - before + tap_runs, taps }
}

/// What the taps tell: at the failing problems that can tell most, and else at the smallest, where one tap may look like
/// another. A story of one part is taken before one of several.
fn told(
    examiner: &mut Examiner<'_>,
    session: &mut dyn Session,
    (smallest, kind): (&Problem, Option<Kind>),
    looked: Vec<(Problem, BTreeSet<Kind>)>,
    allowed: u64,
) -> Option<Result<Told, ProbeError>> {
    let share = allowed / (TELLING as u64 + 1);
    let mut looked: Vec<(Problem, BTreeSet<Kind>)> =
        looked.into_iter().filter(|(problem, _)| taps::runs_needed(problem)[1] <= share).collect();
    // What happens is clearest where hardly anything else would look like it.
    looked.sort_by_key(|(_, kinds)| (kind.is_none_or(|kind| !kinds.contains(&kind)), kinds.len()));
    let mut telling: Vec<&Problem> = looked.iter().map(|(problem, _)| problem).collect();
    telling.truncate(TELLING);
    telling.push(smallest);
    let (mut best, mut runs): (Option<Result<Told, ProbeError>>, u64) = (None, 0);
    for problem in telling {
        let Some(next) = told_at(examiner, session, (problem, kind), allowed.saturating_sub(runs)) else { continue };
        runs += next.as_ref().map_or(0, |told| told.runs);
        let parts = |told: &Result<Told, ProbeError>| told.as_ref().map_or(usize::MAX, |told| told.story.parts.len());
        if best.as_ref().is_none_or(|best| parts(&next) < parts(best)) {
            best = Some(next);
        }
        if best.as_ref().is_some_and(|best| parts(best) == 1) {
            break;
        }
    }
    best.map(|best| best.map(|told| Told { runs, ..told }))
}

/// In how many ways the taps of a problem can be told apart.
fn tells(p: &Problem) -> usize {
    let (output, pads) = (p.output(), p.padding);
    let larger = [
        (p.kernel.h, 1),
        (p.kernel.w, 1),
        (p.in_channels_per_group(), 1),
        (p.out_channels_per_group(), 1),
        (p.input.h, 2),
        (p.input.w, 2),
        (output.h, 1),
        (output.w, 1),
        (p.batch, 1),
        (p.groups, 1),
        (pads.top.max(pads.bottom).max(pads.left).max(pads.right), 0),
    ];
    let unequal = [
        p.bias,
        pads.top != pads.bottom,
        pads.left != pads.right,
        p.stride.h != p.stride.w,
        p.kernel.h != p.kernel.w,
        p.dilation.h > 1,
        p.dilation.w > 1,
    ];
    let larger = larger.iter().filter(|(value, than)| value > than).count();
    larger + unequal.iter().filter(|yes| **yes).count()
}

/// The taps of one problem; `None` if it doesn't fail.
fn told_at(
    examiner: &mut Examiner<'_>,
    session: &mut dyn Session,
    (problem, kind): (&Problem, Option<Kind>),
    allowed: u64,
) -> Option<Result<Told, ProbeError>> {
    let observation = examiner.examine(problem);
    if !observation.verdict.is_failure() {
        return None;
    }
    let Some(difference) = &observation.difference else {
        let message = observation.message.unwrap_or_default();
        let (verdict, said) = (observation.verdict, message.lines().next().unwrap_or_default().to_owned());
        return Some(Err(ProbeError::NoOutput { verdict, said }));
    };
    let elements = difference.wrong;
    let mut wrong = examiner.wrong()[..elements.min(ELEMENTS)].to_vec();
    if taps::runs_needed(problem)[0] > allowed {
        // Too many weights to ask for all: the elements of one output channel speak for the others.
        let plane = (problem.h().output() * problem.w().output()) as usize;
        let channel = |index: usize| index / plane % problem.out_channels as usize;
        let first = channel(wrong[0]);
        wrong.retain(|&index| channel(index) == first);
    }
    let wrong = &wrong[..];
    let mut ask = || {
        let probe = taps::probe(session, problem, wrong, allowed)?;
        probe.verify(examiner.operands(), wrong, examiner.actual())?;
        Ok(Told {
            problem: *problem,
            story: taps::story(problem, wrong, &probe, kind),
            picture: taps::picture(problem, wrong[0], &probe.terms[0]),
            runs: probe.runs,
        })
    };
    let mut told = ask();
    if observation.verdict == Verdict::Unstable && !matches!(told, Err(ProbeError::Unwritten)) {
        // What comes out the same twice is so by chance.
        told = Err(ProbeError::Unstable);
    }
    if let Err(ProbeError::NotLinear { .. } | ProbeError::DoesNotAddUp { .. } | ProbeError::TooManyRuns { .. }) = told {
        let kinds = taps::glance(examiner.operands().case(problem), examiner.wrong(), examiner.actual());
        let (case, wrong, actual) = (examiner.operands().case(problem), examiner.wrong(), examiner.actual());
        if let Some(said) = kinds.into_iter().find_map(|kind| kind.of_results(case, wrong, actual)) {
            return Some(Err(ProbeError::Results(said)));
        }
    }
    Some(told)
}

/// The problems of a sample that say something about when `symptom` happens.
pub fn telling(sample: &[(Problem, bool)], symptom: &Symptom, kind: Option<Kind>) -> Vec<(Problem, bool)> {
    sample.iter().filter(|(problem, fails)| *fails || could_show(symptom, kind, problem)).copied().collect()
}

/// The failing problems in which readings can be told apart best, with the kinds of reading that explain them; no kinds where
/// outputs aren't there or aren't the same each time. Nothing more is looked at once one hangs.
fn look(examiner: &mut Examiner<'_>, sample: &[(Problem, bool)]) -> Vec<(Problem, BTreeSet<Kind>)> {
    let mut failing: Vec<&Problem> = sample.iter().filter(|(_, fails)| *fails).map(|(problem, _)| problem).collect();
    failing.sort_by_key(|problem| (std::cmp::Reverse(tells(problem)), problem.size()));
    let mut looked = Vec::new();
    for problem in failing.into_iter().take(LOOKS) {
        let observation = examiner.examine(problem);
        let kinds = match observation.verdict {
            Verdict::Hangs => break,
            Verdict::Differs => taps::glance(examiner.operands().case(problem), examiner.wrong(), examiner.actual()),
            _ => BTreeSet::new(),
        };
        looked.push((*problem, kinds));
    }
    looked
}

impl Explanation {
    /// Asks for the taps again at `problem`, the smallest there is by now, where those that failed in a sweep would have taken too many
    /// runs.
    pub fn ask_again(
        &mut self,
        examiner: &mut Examiner<'_>,
        mark: &Mark,
        problem: &Problem,
        tap_runs: u64,
    ) -> Result<(), BackendError> {
        let Some(Err(ProbeError::TooManyRuns { .. })) = self.taps else { return Ok(()) };
        let kind = match mark {
            Mark::Story(kind) => Some(*kind),
            _ => None,
        };
        let mut session = examiner.backend().session()?;
        if let Some(Ok(told)) = told_at(examiner, session.as_mut(), (problem, kind), tap_runs) {
            self.runs += told.runs;
            self.taps = Some(Ok(told));
        }
        Ok(())
    }
}
