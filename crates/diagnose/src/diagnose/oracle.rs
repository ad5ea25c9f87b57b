//! Asking a backend whether a problem shows a finding.

use super::trigger::Oracle;
use super::visibility::would_show;
use super::{Domain, Mark, could_show};
use crate::faults::{FaultId, explaining};
use crate::judge::{Difference, Examiner, Observation, RegionShape, Symptom, Verdict};
use crate::operands::Operands;
use crate::problem::{Condition, Problem};
use std::collections::BTreeSet;

/// How often an oracle waits for a deadline before it asks no more: a problem that hangs takes seconds.
const WAITS: u32 = 12;

/// What the backend's other findings look like: where shape alone tells findings apart, a failure that could be one of theirs says nothing
/// of when this one happens.
#[derive(Clone, Debug, Default)]
pub struct Others {
    /// Their shapes that leave less open.
    pub shapes: Vec<RegionShape>,
    /// When they happen.
    pub conditions: Vec<Condition>,
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
    kind: Option<FaultId>,
    known: Known<'a>,
    others: Option<&'a Others>,
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
        Self { examiner, symptom, mark, domain, kind: None, known: None, others: None, until, waits: WAITS }
    }

    /// Tells also where the bug can't show because of what it is known to do.
    pub fn that_does(self, kind: Option<FaultId>) -> Self {
        Self { kind, ..self }
    }

    /// Leaves to other findings what could be theirs.
    pub fn that_yields_to(self, others: &'a Others) -> Self {
        Self { others: Some(others), ..self }
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
            Verdict::Agrees | Verdict::Rounds => {
                let would_round = |kind: FaultId| self.examiner.expected().iter().any(|value| kind.would_round(*value));
                let shows = could_show(self.symptom, self.kind, problem) || self.kind.is_some_and(would_round);
                shows.then_some(false)
            }
            Verdict::Unsupported => None,
            _ if self.may_be_of_others(problem, &observation) => None,
            _ => shows(self.examiner, (self.symptom, self.mark), problem, &observation).then_some(true),
        }
    }

    /// Whether a problem that passes does so with other operands as well.
    fn passes_again(&mut self, problem: &Problem) -> bool {
        let settings = self.examiner.settings();
        let mut operands = Operands::default();
        (1..=AGAIN).all(|other| {
            self.examiner.runs() < self.until && {
                operands.fill(problem, settings.fill, settings.seed.wrapping_add(other));
                let verdict = self.examiner.examine_case(operands.case(problem)).verdict;
                matches!(verdict, Verdict::Agrees | Verdict::Rounds)
            }
        })
    }

    /// Whether a failure looks like one of another finding as well: then it says nothing of when this one happens.
    fn may_be_of_others(&self, problem: &Problem, observation: &Observation) -> bool {
        let could_be = |others: &Others| {
            let of_shape =
                |difference: &Difference| others.shapes.iter().any(|shape| difference.region.could_be(shape));
            observation.difference.as_ref().is_some_and(of_shape)
                || others.conditions.iter().any(|condition| condition.holds(problem))
        };
        match self.mark {
            Mark::Shape => self.others.is_some_and(could_be),
            Mark::Verdict => false,
            Mark::Story { rivals, .. } => {
                !rivals.is_empty()
                    && observation.difference.is_some()
                    && !rivals.is_disjoint(&kinds(self.examiner, problem))
            }
        }
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
        let mut telling: Vec<Problem> = passed.take(MOST_AGAINST).collect();
        // Few of many may be right by accident, and no part of any rule: then they are wrong with other values.
        if telling.len() as u64 * ACCIDENTS < failures {
            telling.retain(|problem| self.passes_again(problem));
        }
        telling.into_iter().map(|problem| (problem, false)).collect()
    }
}

/// Of so many failing problems one may pass by accident, its wrong sums being the right ones.
const ACCIDENTS: u64 = 400;

/// Other operands that such a problem has to pass.
const AGAIN: u64 = 2;

/// Problems that contradict a trigger and are learnt from at a time.
const MOST_AGAINST: usize = 200;

/// The faults that explain what was wrong in `problem`, the examiner's last.
pub(super) fn kinds(examiner: &Examiner<'_>, problem: &Problem) -> BTreeSet<FaultId> {
    explaining(examiner.operands().case(problem), examiner.wrong(), examiner.actual())
}

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
        Mark::Story { kind, .. } => observation.verdict == symptom.verdict && kinds(examiner, problem).contains(kind),
    }
}
