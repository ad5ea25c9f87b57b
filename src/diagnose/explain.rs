//! Explaining a finding: when it happens, and what happens then.

use super::taps::{self, ProbeError, Story};
use super::trigger::{self, Options, Oracle, Trigger};
use crate::backend::Session;
use crate::judge::{Examiner, Symptom, Verdict};
use crate::problem::{Limits, Problem};

/// Runs that the taps may take, unless something else is said.
pub const TAP_RUNS: u64 = 2000;

/// Wrong elements whose taps are asked for; more would say the same again.
const ELEMENTS: usize = 64;

/// When and how a finding happens.
#[derive(Debug)]
pub struct Explanation {
    /// When; `None` where none of the sample showed the symptom.
    pub trigger: Option<Trigger>,
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

/// Answers whether a problem shows one symptom, by running it.
pub struct SymptomOracle<'a, 'b> {
    examiner: &'a mut Examiner<'b>,
    symptom: &'a Symptom,
}

impl<'a, 'b> SymptomOracle<'a, 'b> {
    /// Asks `examiner` for `symptom`.
    pub fn new(examiner: &'a mut Examiner<'b>, symptom: &'a Symptom) -> Self {
        Self { examiner, symptom }
    }

    /// Whether `problem` shows the symptom; `None` if it can't be run, or fails in another way.
    pub fn ask(&mut self, problem: &Problem) -> Option<bool> {
        Limits::default().check(problem).ok()?;
        let observation = self.examiner.examine(problem);
        match observation.verdict {
            Verdict::Agrees | Verdict::Rounds => Some(false),
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
    options: &Options,
) -> Explanation {
    let trigger = trigger::explain(sample, &mut SymptomOracle::new(examiner, symptom), options);
    let observation = examiner.examine(smallest);
    let taps = observation.difference.is_some().then(|| {
        let wrong = &examiner.wrong()[..examiner.wrong().len().min(ELEMENTS)];
        let probe = taps::probe(session, smallest, wrong, TAP_RUNS)?;
        probe.verify(examiner.operands(), wrong, examiner.actual())?;
        Ok(Told {
            story: taps::story(smallest, wrong, &probe),
            picture: taps::picture(smallest, wrong[0], &probe.terms[0]),
            runs: probe.runs,
        })
    });
    Explanation { trigger, taps }
}
