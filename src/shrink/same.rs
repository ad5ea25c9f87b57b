//! Whether a problem shows the same finding.

use super::target::Target;
use crate::judge::{Examiner, Observation, Region, Symptom, Verdict};
use crate::operands::{Case, Operands};
use crate::problem::{Along, Hw, Limits, Parameters, Problem};

/// How often an unstable backend is examined on one problem.
const EXAMINATIONS: u32 = 3;

/// The size from which on an output dimension tells first, last and others apart.
const TELLING: u32 = 3;

/// An examiner that knows what it is looking for.
pub struct Same<'e, 'b> {
    examiner: &'e mut Examiner<'b>,
    target: Target,
    /// The backend's count of runs at which to stop.
    last_run: u64,
}

impl<'e, 'b> Same<'e, 'b> {
    pub fn new(examiner: &'e mut Examiner<'b>, target: Target, last_run: u64) -> Self {
        Self { examiner, target, last_run }
    }

    /// What is looked for.
    #[cfg(test)]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Whether there are no runs left.
    pub fn is_spent(&self) -> bool {
        self.examiner.runs() >= self.last_run
    }

    /// Checks the problem that everything begins at. What its grown problems show belongs to the finding: where they
    /// contradict, the start's own region was too small to name it.
    ///
    /// # Errors
    /// It doesn't show the symptom; this is what it shows.
    pub fn begin(&mut self, start: &Problem) -> Result<(), Box<Observation>> {
        let observation = self.examine(start);
        if !self.target.could_be(&observation) {
            return Err(Box::new(observation));
        }
        if let Some(grown) = self.contradiction(start) {
            let could_be_grown = Symptom::of(&grown).is_some_and(|symptom| symptom.shows_in(&observation));
            self.target.learn(&grown, could_be_grown);
        }
        Ok(())
    }

    /// Whether `problem` shows the finding.
    pub fn shows(&mut self, problem: &Problem) -> bool {
        let observation = self.examine(problem);
        self.target.could_be(&observation) && self.contradiction(problem).is_none()
    }

    /// What a grown problem shows that can't be the finding, unless another one speaks for it.
    fn contradiction(&mut self, problem: &Problem) -> Option<Observation> {
        let mut contradiction = None;
        for (larger, telling) in grown(problem) {
            let observation = self.examine(&larger);
            if observation.difference.is_none() || observation.verdict != self.target.verdict() {
                continue;
            }
            if self.target.could_be(&observation) {
                return if telling { None } else { contradiction };
            }
            contradiction.get_or_insert(observation);
        }
        contradiction
    }

    /// One examination; of an unstable backend some, taken together.
    fn examine(&mut self, problem: &Problem) -> Observation {
        let mut observation = self.examiner.examine(problem);
        if self.target.verdict() != Verdict::Unstable {
            return observation;
        }
        let mut wrong = self.examiner.wrong().to_vec();
        for _ in 1..EXAMINATIONS {
            let again = self.examiner.examine(problem);
            if again.verdict.is_failure() {
                wrong.extend(self.examiner.wrong());
                observation = again;
            }
        }
        wrong.sort_unstable();
        wrong.dedup();
        if let Some(difference) = observation.difference.as_mut() {
            difference.region = Region::of(problem, &wrong);
            observation.verdict = Verdict::Unstable;
        }
        observation
    }

    /// Examines given operands; of an unstable backend some times, until they fail.
    pub fn examine_case(&mut self, case: Case<'_>) -> Observation {
        let mut observation = self.examiner.examine_case(case);
        if self.target.verdict() == Verdict::Unstable {
            for _ in 1..EXAMINATIONS {
                if observation.verdict.is_failure() {
                    break;
                }
                observation = self.examiner.examine_case(case);
            }
        }
        observation
    }

    /// The operands that the examiner fills for `problem`.
    pub fn operands(&mut self, problem: &Problem) -> Operands {
        self.examiner.examine(problem);
        self.examiner.operands().clone()
    }

    /// The elements that were wrong last.
    pub fn wrong(&self) -> &[usize] {
        self.examiner.wrong()
    }
}

/// `problem` with a plane of a telling size, and with images and channels so as well: these two speak for what they
/// show. With its height or width alone it can only speak against. None where all sizes tell already.
fn grown(problem: &Problem) -> Vec<(Problem, bool)> {
    let p = problem.parameters();
    let more = |size: u32, step: u32| TELLING.saturating_sub(size) * step;
    // Windows wholly in the pads tell nothing, so they don't count.
    let telling = |along: Along| {
        let windows = (0..along.output()).filter(|window| along.reads_input(*window)).take(TELLING as usize);
        more(windows.count() as u32, along.stride)
    };
    let (more_h, more_w) = (telling(problem.h()), telling(problem.w()));
    let input = |h: u32, w: u32| Hw { h: p.input.h.saturating_add(h), w: p.input.w.saturating_add(w) };
    // The groups stay, so channels come in steps of their number.
    let out_channels = p.out_channels + more(p.out_channels, 1).next_multiple_of(p.groups);
    let planes = Parameters { batch: p.batch.max(TELLING), out_channels, ..p };
    let candidates = [
        (Parameters { input: input(more_h, more_w), ..p }, true),
        (Parameters { input: input(more_h, more_w), ..planes }, true),
        (Parameters { input: input(0, more_w), ..p }, false),
        (Parameters { input: input(more_h, 0), ..p }, false),
    ];
    let mut grown: Vec<(Problem, bool)> = Vec::new();
    for (larger, telling) in candidates.into_iter().filter(|(larger, _)| *larger != p) {
        let Ok(larger) = Problem::new(larger) else { continue };
        if Limits::default().check(&larger).is_ok() && grown.iter().all(|(known, _)| *known != larger) {
            grown.push((larger, telling));
        }
    }
    grown
}
