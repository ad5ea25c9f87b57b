//! Whether a problem shows the same finding.

use super::target::Target;
use crate::judge::{Examiner, Observation, Region, Symptom, Verdict};
use crate::operands::{Case, Operands};
use crate::problem::{Hw, Limits, Parameters, Problem};

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

/// What grown problems say of a problem.
enum Grown {
    /// One shows the finding, or none fails.
    Agree,
    /// One shows another.
    Contradicts(Box<Observation>),
}

impl<'e, 'b> Same<'e, 'b> {
    pub fn new(examiner: &'e mut Examiner<'b>, target: Target, last_run: u64) -> Self {
        Self { examiner, target, last_run }
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
        if let Grown::Contradicts(grown) = self.ask_grown(start) {
            let could_be_grown = Symptom::of(&grown).is_some_and(|symptom| symptom.shows_in(&observation));
            self.target.learn(&grown, could_be_grown);
        }
        Ok(())
    }

    /// Whether `problem` shows the finding.
    pub fn shows(&mut self, problem: &Problem) -> bool {
        let observation = self.examine(problem);
        self.target.could_be(&observation) && matches!(self.ask_grown(problem), Grown::Agree)
    }

    fn ask_grown(&mut self, problem: &Problem) -> Grown {
        let mut answer = Grown::Agree;
        for larger in grown(problem) {
            let observation = self.examine(&larger);
            if observation.difference.is_none() || observation.verdict != self.target.verdict() {
                continue;
            }
            if self.target.could_be(&observation) {
                return Grown::Agree;
            }
            if matches!(answer, Grown::Agree) {
                answer = Grown::Contradicts(Box::new(observation));
            }
        }
        answer
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

/// `problem` with every output dimension of a telling size; with the plane alone so; with its height or width alone.
/// None where all sizes tell already.
fn grown(problem: &Problem) -> Vec<Problem> {
    let p = problem.parameters();
    let output = problem.output();
    let more = |size: u32, stride: u32| TELLING.saturating_sub(size) * stride;
    let (more_h, more_w) = (more(output.h, p.stride.h), more(output.w, p.stride.w));
    let input = |h: u32, w: u32| Hw { h: p.input.h.saturating_add(h), w: p.input.w.saturating_add(w) };
    // The groups stay, so channels come in steps of their number.
    let out_channels = p.out_channels + more(p.out_channels, 1).next_multiple_of(p.groups);
    let planes = Parameters { batch: p.batch.max(TELLING), out_channels, ..p };
    let candidates = [
        Parameters { input: input(more_h, more_w), ..planes },
        Parameters { input: input(more_h, more_w), ..p },
        Parameters { input: input(0, more_w), ..p },
        Parameters { input: input(more_h, 0), ..p },
    ];
    let mut grown = Vec::new();
    for problem in candidates.into_iter().filter(|larger| *larger != p).filter_map(|larger| Problem::new(larger).ok()) {
        if Limits::default().check(&problem).is_ok() && !grown.contains(&problem) {
            grown.push(problem);
        }
    }
    grown
}
