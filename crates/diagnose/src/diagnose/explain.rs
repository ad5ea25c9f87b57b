//! Explaining a finding: when it happens, and what happens then.

use super::oracle::{Known, Others, SymptomOracle, kinds};
use super::taps::{self, ProbeError, Story};
use super::trigger::{self, Options, Trigger};
use super::values::Values;
use super::{Domain, Mark, could_show};
use crate::backend::{BackendError, Session};
use crate::faults::{self, FaultId};
use crate::judge::{Examiner, Symptom, Verdict};
use crate::problem::Problem;
use std::collections::{BTreeSet, HashSet};

/// Runs that the taps may take, unless something else is said.
pub const TAP_RUNS: u64 = 2000;

/// Wrong elements whose taps are asked for; more would say the same again.
const ELEMENTS: usize = 64;

/// Failing problems that are looked at for the fault that explains them.
const LOOKS: usize = 40;

/// Failing problems whose taps are asked for, besides those of the smallest.
const TELLING: usize = 3;

/// When and how a finding happens.
#[derive(Debug)]
pub struct Explanation {
    /// When; `None` where none of the sample showed the symptom.
    pub trigger: Option<Trigger>,
    /// Where that is approximate: whether the operands' values decide. None where that was not tried.
    pub values: Option<Values>,
    /// Passing problems of the sample that were set aside, for [nothing could show](could_show) there.
    pub aside: usize,
    /// Runs of the backend that it took.
    pub runs: u64,
    /// How; `None` where nothing fails any more.
    pub taps: Option<Result<Told, ProbeError>>,
}

impl Explanation {
    /// What a reader must know of a trigger that is approximate.
    pub fn caveat(&self) -> Option<String> {
        self.trigger.as_ref().filter(|trigger| trigger.is_approximate)?;
        let mut text = "no exact condition was found: the one that is told is short, and has exceptions".to_owned();
        if let Some(Values { tried, changed }) = self.values.filter(Values::decide) {
            text += &format!(
                "; what decides is the values of the operands and how large sums become: {changed} of {tried} problems against \
                 the condition fail with some values and pass with others"
            );
        }
        Some(text)
    }

    /// What the wrong elements sum, in a sentence, or why that can't be told.
    pub fn taps_in_words(&self) -> Option<String> {
        self.taps.as_ref().map(|told| match told {
            Ok(told) => told.story.sentence(),
            Err(error @ (ProbeError::NoOutput { .. } | ProbeError::Results(_))) => error.to_string(),
            Err(error @ (ProbeError::Unwritten | ProbeError::Unstable | ProbeError::Constant(_))) => error.to_string(),
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
    /// What else the backend does.
    pub others: Others,
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
        Mark::Story { kind, .. } => Some(*kind),
        _ => faults::most_frequent(looked.iter().map(|(_, kinds)| kinds)),
    };
    let mut telling = telling(sample, symptom, kind);
    let mut looks = BLURRED;
    if let Some(kind) = kind.filter(|kind| kind.rounds()) {
        // Whether rounding would show in a passing problem is a matter of its results.
        let known: HashSet<Problem> = telling.iter().map(|(problem, _)| *problem).collect();
        let aside = sample.iter().filter(|(problem, fails)| !fails && !known.contains(problem)).take(BLURRED);
        telling.extend(aside.filter(|(problem, _)| passes_unrounded(examiner, kind, problem)));
    }
    telling.retain(|(problem, fails)| *fails || !examiner.is_blurred(problem) || agrees(examiner, problem, &mut looks));
    let aside = sample.len() - telling.len();
    let oracle = SymptomOracle::new(examiner, (symptom, mark), &allowance.domain, allowance.runs);
    let options = Options { budget: allowance.questions, seed: allowance.seed };
    let trigger = trigger::explain(
        &telling,
        &mut oracle.that_does(kind).that_knows(passed).that_yields_to(&allowance.others),
        &options,
    );
    // A predicate of which every prediction was wrong says nothing.
    let trigger = trigger.filter(|trigger| trigger.held_out.precision() != Some(0.0));
    let approximate = trigger.as_ref().filter(|trigger| trigger.is_approximate && symptom.verdict == Verdict::Differs);
    let until = before.saturating_add(allowance.runs);
    let values = approximate
        .map(|trigger| Values::of(examiner, symptom.verdict, &trigger.condition, &telling, until))
        .filter(|values| values.tried > 0);
    let taps = told(examiner, session, (smallest, kind), looked, allowance.tap_runs);
    let tap_runs = taps.as_ref().and_then(|told| told.as_ref().ok()).map_or(0, |told| told.runs);
    Explanation { trigger, values, aside, runs: examiner.runs() - before + tap_runs, taps }
}

/// Whether a problem agrees although its results would change if they were rounded as `kind` does.
fn passes_unrounded(examiner: &mut Examiner<'_>, kind: FaultId, problem: &Problem) -> bool {
    examiner.examine(problem).verdict == Verdict::Agrees
        && examiner.expected().iter().any(|value| kind.would_round(*value))
}

/// Passing problems where rounding could hide a bug that are run again.
const BLURRED: usize = 500;

/// Whether a problem agrees bit for bit, as one with a bug would hardly; `false` once there were enough looks.
fn agrees(examiner: &mut Examiner<'_>, problem: &Problem, looks: &mut usize) -> bool {
    if *looks == 0 {
        return false;
    }
    *looks -= 1;
    examiner.examine(problem).verdict == Verdict::Agrees
}

/// What the taps tell: at the failing problems that can tell most, and else at the smallest, where one tap may look like
/// another. A story of one part is taken before one of several.
fn told(
    examiner: &mut Examiner<'_>,
    session: &mut dyn Session,
    (smallest, kind): (&Problem, Option<FaultId>),
    looked: Vec<(Problem, BTreeSet<FaultId>)>,
    allowed: u64,
) -> Option<Result<Told, ProbeError>> {
    let share = allowed / (TELLING as u64 + 1);
    let mut looked: Vec<(Problem, BTreeSet<FaultId>)> =
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
    (problem, kind): (&Problem, Option<FaultId>),
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
    if told.as_ref().is_err_and(ProbeError::may_be_told_elsewhere) {
        let (case, wrong, actual) = (examiner.operands().case(problem), examiner.wrong(), examiner.actual());
        // What fits a single problem may do so by accident: where most have another kind, it is that or nothing.
        let kinds = faults::explaining(case, wrong, actual).into_iter();
        let mut kinds = kinds.filter(|fits| kind.is_none_or(|kind| kind == *fits));
        if let Some(said) = kinds.find_map(|kind| faults::said_of_results(case, wrong, actual, kind)) {
            return Some(Err(ProbeError::Results(said)));
        }
        if let (Err(ProbeError::TooManyRuns { .. }), Some(said)) =
            (&told, kind.and_then(|kind| faults::guess(case, wrong, actual, kind)))
        {
            return Some(Err(ProbeError::Results(said)));
        }
    }
    Some(told)
}

/// The problems of a sample that say something about when `symptom` happens.
pub fn telling(sample: &[(Problem, bool)], symptom: &Symptom, kind: Option<FaultId>) -> Vec<(Problem, bool)> {
    sample.iter().filter(|(problem, fails)| *fails || could_show(symptom, kind, problem)).copied().collect()
}

/// The failing problems in which faults can be told apart best, with the faults that explain them; no kinds where
/// outputs aren't there or aren't the same each time. Nothing more is looked at once one hangs.
fn look(examiner: &mut Examiner<'_>, sample: &[(Problem, bool)]) -> Vec<(Problem, BTreeSet<FaultId>)> {
    let mut failing: Vec<&Problem> = sample.iter().filter(|(_, fails)| *fails).map(|(problem, _)| problem).collect();
    failing.sort_by_key(|problem| (std::cmp::Reverse(tells(problem)), problem.size()));
    let mut looked = Vec::new();
    for problem in failing.into_iter().take(LOOKS) {
        let observation = examiner.examine(problem);
        let kinds = match observation.verdict {
            Verdict::Hangs => break,
            Verdict::Differs => kinds(examiner, problem),
            _ => BTreeSet::new(),
        };
        looked.push((*problem, kinds));
    }
    looked
}

impl Explanation {
    /// Asks for the taps again at `problem`, the smallest there is by now, where those that failed in a sweep would have taken too many
    /// runs, or did not add up to what was wrong, as where two bugs show at once.
    pub fn ask_again(
        &mut self,
        examiner: &mut Examiner<'_>,
        mark: &Mark,
        problem: &Problem,
        tap_runs: u64,
    ) -> Result<(), BackendError> {
        let Some(Err(error)) = &self.taps else { return Ok(()) };
        if !error.may_be_told_elsewhere() {
            return Ok(());
        }
        let kind = match mark {
            Mark::Story { kind, .. } => Some(*kind),
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
