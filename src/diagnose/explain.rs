//! Explaining a finding: when it happens, and what happens then.

use super::taps::{self, ProbeError, Story};
use super::trigger::{self, Options, Oracle, Trigger};
use super::{Domain, could_show};
use crate::backend::Session;
use crate::judge::{Examiner, Symptom, Verdict};
use crate::problem::Problem;

/// Runs that the taps may take, unless something else is said.
pub const TAP_RUNS: u64 = 2000;

/// Wrong elements whose taps are asked for; more would say the same again.
const ELEMENTS: usize = 64;

/// How often an oracle waits for a deadline before it asks no more: a problem that hangs takes seconds.
const WAITS: u32 = 12;

/// When and how a finding happens.
#[derive(Debug)]
pub struct Explanation {
    /// When; `None` where none of the sample showed the symptom.
    pub trigger: Option<Trigger>,
    /// Passing problems of the sample that were set aside, for [nothing could show](could_show) there.
    pub aside: usize,
    /// How, at the smallest problem; `None` where there is no output to ask about.
    pub taps: Option<Result<Told, ProbeError>>,
}

impl Explanation {
    /// What the wrong elements sum, in a sentence, or why that can't be told; `None` where there is no output.
    pub fn taps_in_words(&self) -> Option<String> {
        self.taps.as_ref().map(|told| match told {
            Ok(told) => told.story.sentence(),
            Err(error) => format!("not told by taps: {error}"),
        })
    }
}

/// What the taps of the smallest problem tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// In words.
    pub story: Story,
    /// The taps of the first wrong element, drawn.
    pub picture: String,
    /// Runs that it took.
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
}

/// Answers whether a problem shows one symptom, by running it.
pub struct SymptomOracle<'a, 'b> {
    examiner: &'a mut Examiner<'b>,
    symptom: &'a Symptom,
    domain: &'a Domain,
    /// What the examiner's count of runs must not reach.
    until: u64,
    /// How many more times it may wait for a deadline.
    waits: u32,
}

impl<'a, 'b> SymptomOracle<'a, 'b> {
    /// Asks `examiner` for `symptom`, in at most some `runs` runs, on problems of `domain`.
    pub fn new(examiner: &'a mut Examiner<'b>, symptom: &'a Symptom, domain: &'a Domain, runs: u64) -> Self {
        let until = examiner.runs().saturating_add(runs);
        Self { examiner, symptom, domain, until, waits: WAITS }
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
            Verdict::Agrees | Verdict::Rounds => could_show(self.symptom, problem).then_some(false),
            Verdict::Unsupported => None,
            _ => self.symptom.shows_in(&observation).then_some(true),
        }
    }
}

impl Oracle for SymptomOracle<'_, '_> {
    fn fail(&mut self, problems: &[Problem]) -> Vec<Option<bool>> {
        problems.iter().map(|problem| self.ask(problem)).collect()
    }
}

/// Explains `symptom`: learns its trigger from `sample` and from problems run on demand, and asks for the taps of
/// `smallest`. `session` is another session of the examiner's backend.
pub fn explain(
    examiner: &mut Examiner<'_>,
    session: &mut dyn Session,
    symptom: &Symptom,
    sample: &[(Problem, bool)],
    smallest: &Problem,
    allowance: &Allowance,
) -> Explanation {
    let telling = telling(sample, symptom);
    let aside = sample.len() - telling.len();
    let mut oracle = SymptomOracle::new(examiner, symptom, &allowance.domain, allowance.runs);
    let trigger =
        trigger::explain(&telling, &mut oracle, &Options { budget: allowance.questions, seed: allowance.seed });
    let observation = examiner.examine(smallest);
    let taps = observation.difference.is_some().then(|| {
        let wrong = &examiner.wrong()[..examiner.wrong().len().min(ELEMENTS)];
        let probe = taps::probe(session, smallest, wrong, allowance.tap_runs)?;
        probe.verify(examiner.operands(), wrong, examiner.actual())?;
        Ok(Told {
            story: taps::story(smallest, wrong, &probe),
            picture: taps::picture(smallest, wrong[0], &probe.terms[0]),
            runs: probe.runs,
        })
    });
    Explanation { trigger, aside, taps }
}

/// The problems of a sample that say something about when `symptom` happens.
pub fn telling(sample: &[(Problem, bool)], symptom: &Symptom) -> Vec<(Problem, bool)> {
    sample.iter().filter(|(problem, fails)| *fails || could_show(symptom, problem)).copied().collect()
}
