//! One problem, one backend, one verdict: the step that sweep, replay, shrink and fuzz target have in common.

use super::compare::{compare, same_bits};
use super::verdict::{Observation, Verdict};
use crate::backend::caught::run_caught;
use crate::backend::{Arithmetic, Backend, BackendError, Failure, Session, UNWRITTEN};
use crate::operands::{Case, DEFAULT_SEED, Fill, Operands};
use crate::problem::Problem;

/// How problems are filled and outputs are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How operands are filled.
    pub fill: Fill,
    /// The seed of the fill.
    pub seed: u64,
    /// Compare bits instead of numbers.
    pub strict: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { fill: Fill::Integers, seed: DEFAULT_SEED, strict: false }
    }
}

impl Settings {
    /// The fill whose sums are exact in what all of `backends` compute in, as far as there is one: [`Fill::IntegersF16`] where one of
    /// them rounds to half precision or bfloat16.
    pub fn fill_for<'b>(backends: impl IntoIterator<Item = &'b dyn Backend>) -> Fill {
        let rounds = backends.into_iter().any(|backend| whole_below(backend.arithmetic()).is_some());
        if rounds { Fill::IntegersF16 } else { Fill::Integers }
    }
}

/// Below which magnitude an arithmetic of few digits has every integer: half precision has 11 binary digits, bfloat16 has 8.
fn whole_below(arithmetic: Arithmetic) -> Option<u64> {
    match arithmetic {
        Arithmetic::F16 => Some(1 << 11),
        Arithmetic::Bf16 => Some(1 << 8),
        Arithmetic::Exact | Arithmetic::F32 | Arithmetic::F32Transformed => None,
    }
}

/// A backend held against a reference, one problem at a time, with buffers that are reused.
pub struct Examiner<'a> {
    backend: &'a dyn Backend,
    believed: &'a dyn Backend,
    arithmetics: [Arithmetic; 2],
    reference: Box<dyn Session + 'a>,
    session: Box<dyn Session + 'a>,
    settings: Settings,
    operands: Operands,
    expected: Vec<f32>,
    actual: Vec<f32>,
    again: Vec<f32>,
    wrong: Vec<usize>,
    runs: u64,
}

impl<'a> Examiner<'a> {
    /// Opens a session of each.
    ///
    /// # Errors
    /// Where one of the two can't be started.
    pub fn new(reference: &'a dyn Backend, backend: &'a dyn Backend, settings: Settings) -> Result<Self, BackendError> {
        Ok(Self::with(reference, backend, reference.session()?, backend.session()?, settings))
    }

    /// Opens sessions of which that of `backend` has [computed nothing](Backend::fresh_session) yet.
    ///
    /// # Errors
    /// Where one of the two can't be started.
    pub fn fresh(
        reference: &'a dyn Backend,
        backend: &'a dyn Backend,
        settings: Settings,
    ) -> Result<Self, BackendError> {
        Ok(Self::with(reference, backend, reference.session()?, backend.fresh_session()?, settings))
    }

    fn with(
        believed: &'a dyn Backend,
        backend: &'a dyn Backend,
        reference: Box<dyn Session + 'a>,
        session: Box<dyn Session + 'a>,
        settings: Settings,
    ) -> Self {
        Self {
            backend,
            believed,
            arithmetics: [backend.arithmetic(), believed.arithmetic()],
            reference,
            session,
            settings,
            operands: Operands::default(),
            expected: Vec::new(),
            actual: Vec::new(),
            again: Vec::new(),
            wrong: Vec::new(),
            runs: 0,
        }
    }

    /// Lets the backend compute something, whatever comes of it.
    pub fn run_only(&mut self, case: Case<'_>) {
        if self.backend.supports(case.problem).is_ok() {
            reset(&mut self.actual, case.problem);
            self.runs += 1;
            let _ = run_caught(self.session.as_mut(), case, &mut self.actual);
        }
    }

    /// Fills operands for `problem` and examines it.
    pub fn examine(&mut self, problem: &Problem) -> Observation {
        let mut operands = std::mem::take(&mut self.operands);
        operands.fill(problem, self.settings.fill, self.settings.seed);
        let observation = self.examine_case(operands.case(problem));
        self.operands = operands;
        observation
    }

    /// Examines given operands.
    pub fn examine_case(&mut self, case: Case<'_>) -> Observation {
        self.wrong.clear();
        if let Err(reason) = self.backend.supports(case.problem) {
            return Observation::of_failure(Failure::Unsupported(reason.0));
        }
        reset(&mut self.expected, case.problem);
        reset(&mut self.actual, case.problem);
        if let Err(failure) = run_caught(self.reference.as_mut(), case, &mut self.expected) {
            return Observation::of_failure(Failure::Unsupported(format!("the reference: {failure}").into()));
        }
        self.runs += 1;
        if let Err(failure) = run_caught(self.session.as_mut(), case, &mut self.actual) {
            return Observation::of_failure(failure);
        }
        let observation =
            compare(case, self.arithmetics, self.settings.strict, &self.expected, &self.actual, &mut self.wrong);
        if observation.verdict != Verdict::Differs {
            return observation;
        }
        reset(&mut self.again, case.problem);
        self.runs += 1;
        let second = run_caught(self.session.as_mut(), case, &mut self.again);
        settle(observation, second, &self.actual, &self.again)
    }

    /// How it fills and judges.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Whether what is wrong by a tap could pass for rounding: with integers that add up to more than half precision or bfloat16 has
    /// digits for, where one of the two computes in that.
    pub fn is_blurred(&self, problem: &Problem) -> bool {
        let bound = self.settings.fill.integer_bound(problem);
        let limit = self.arithmetics.iter().filter_map(|arithmetic| whole_below(*arithmetic)).min();
        bound.zip(limit).is_some_and(|(bound, limit)| bound >= limit)
    }

    /// The backend under test.
    pub fn backend(&self) -> &'a dyn Backend {
        self.backend
    }

    /// The backend that is believed.
    pub fn reference(&self) -> &'a dyn Backend {
        self.believed
    }

    /// What the reference computed last, row-major.
    pub fn expected(&self) -> &[f32] {
        &self.expected
    }

    /// What the backend computed last, row-major.
    pub fn actual(&self) -> &[f32] {
        &self.actual
    }

    /// Row-major indices of the elements that were off last, ascending.
    pub fn wrong(&self) -> &[usize] {
        &self.wrong
    }

    /// The operands that [`Examiner::examine`] filled last.
    pub fn operands(&self) -> &Operands {
        &self.operands
    }

    /// Runs of the backend so far.
    pub fn runs(&self) -> u64 {
        self.runs
    }
}

/// Gives an output buffer the length of `problem`'s output, all [`UNWRITTEN`].
pub fn reset(output: &mut Vec<f32>, problem: &Problem) {
    output.clear();
    output.resize(problem.output_len() as usize, UNWRITTEN);
}

/// The verdict on a problem that differed, once it has been run a second time: `unstable` unless the second output is
/// the first, bit for bit.
pub fn settle(first: Observation, second: Result<(), Failure>, actual: &[f32], again: &[f32]) -> Observation {
    match second {
        Ok(()) if same_bits(actual, again) => first,
        Ok(()) => Observation { verdict: Verdict::Unstable, ..first },
        Err(failure) => {
            let message = Some(format!("the second run failed: {failure}").into());
            Observation { verdict: Verdict::Unstable, message, ..first }
        }
    }
}
