//! A batch on its way: prepared, begun, collected, judged, settled, recorded.
//!
//! The steps are apart so that those of one batch can be done while a backend in another process computes the next.

use super::batch::{Batch, Slot};
use super::error::SweepError;
use super::row::Rows;
use super::tally::{Cluster, ClusterKey, Tally};
use crate::backend::caught::run_caught;
use crate::backend::{Arithmetic, Backend, BackendError, Failure, Session};
use crate::judge::{Observation, Settings, Symptom, Verdict, compare, reset, same_bits, settle};
use std::borrow::Cow;

/// A backend under test on one thread.
pub struct UnderTest<'a> {
    pub backend: &'a dyn Backend,
    session: Box<dyn Session + 'a>,
}

impl<'a> UnderTest<'a> {
    /// Opens a session.
    ///
    /// # Errors
    /// The backend can't be started.
    pub fn new(backend: &'a dyn Backend) -> Result<Self, BackendError> {
        Ok(Self { backend, session: backend.session()? })
    }

    /// Whether it computes beside this thread what was begun.
    pub fn is_apart(&self) -> bool {
        self.session.is_apart()
    }
}

/// A batch, and what each backend did on it. Everything is reused from batch to batch; an agreeing problem costs no
/// allocation.
#[derive(Default)]
pub struct Stage {
    /// The problems.
    pub batch: Batch,
    /// One a backend.
    runs: Vec<Run>,
}

/// What one backend did on a batch.
#[derive(Default)]
struct Run {
    /// Laid out as the expected outputs are.
    actual: Vec<f32>,
    /// Problems of the batch that the backend supports.
    taken: Vec<usize>,
    /// One for each of them.
    results: Vec<Result<(), Failure>>,
    /// One a problem of the batch; `None` is the verdict `agrees`. Boxed: most are `None`, and an observation is large.
    observations: Vec<Option<Box<Observation>>>,
    /// Problems that differ, to be run a second time.
    differing: Vec<usize>,
}

impl Stage {
    /// Fills operands, computes what is expected, and decides what each backend is to run.
    ///
    /// # Errors
    /// [`SweepError::Lost`]: the reference.
    pub fn prepare(
        &mut self,
        settings: Settings,
        reference: &mut dyn Session,
        backends: &[UnderTest<'_>],
    ) -> Result<(), SweepError> {
        self.batch.fill(settings);
        self.batch.run_reference(reference);
        stop_if_lost(self.batch.results())?;
        self.runs.resize_with(backends.len(), Run::default);
        for (run, under_test) in self.runs.iter_mut().zip(backends) {
            run.choose(&self.batch, under_test.backend);
        }
        Ok(())
    }

    /// Lets those backends begin that compute beside this thread.
    pub fn begin(&self, backends: &mut [UnderTest<'_>]) {
        for (run, under_test) in self.runs.iter().zip(backends) {
            self.batch.begin(under_test.session.as_mut(), &run.taken);
        }
    }

    /// Runs the backends, or waits for what they were begun with.
    ///
    /// # Errors
    /// [`SweepError::Lost`]: a backend.
    pub fn collect(&mut self, backends: &mut [UnderTest<'_>]) -> Result<(), SweepError> {
        for (run, under_test) in self.runs.iter_mut().zip(backends) {
            self.batch.run(under_test.session.as_mut(), &run.taken, &mut run.actual, &mut run.results);
            stop_if_lost(&run.results)?;
        }
        Ok(())
    }

    /// Judges what was collected. No backend is asked anything.
    pub fn judge(&mut self, backends: &[UnderTest<'_>], reference: Arithmetic, strict: bool, wrong: &mut Vec<usize>) {
        for (run, under_test) in self.runs.iter_mut().zip(backends) {
            run.judge(&self.batch, [under_test.backend.arithmetic(), reference], strict, wrong);
        }
    }

    /// Whether something is to be run a second time.
    pub fn differs(&self) -> bool {
        self.runs.iter().any(|run| !run.differing.is_empty())
    }

    /// Runs a second time what differs.
    pub fn settle(&mut self, backends: &mut [UnderTest<'_>], again: &mut Vec<f32>) {
        for (run, under_test) in self.runs.iter_mut().zip(backends) {
            run.settle(&self.batch, under_test.session.as_mut(), again);
        }
    }

    /// Writes rows and counts verdicts, problem by problem.
    pub fn record(&self, backends: &[UnderTest<'_>], rows: &mut Rows, tally: &mut Tally) {
        tally.problems += self.batch.slots().len() as u64;
        for (number, slot) in self.batch.slots().iter().enumerate() {
            let agree = self.runs.iter().all(|run| run.observations[number].is_none());
            if rows.full() || !agree {
                rows.begin(slot.index, &slot.problem);
            }
            for (backend, (run, under_test)) in self.runs.iter().zip(backends).enumerate() {
                let observation = run.observations[number].as_deref();
                let verdict = observation.map_or(Verdict::Agrees, |observation| observation.verdict);
                tally.count(backend, verdict);
                if let Some(observation) = observation {
                    note(tally, backend, observation, slot);
                }
                if verdict == Verdict::Unsupported && under_test.backend.supports(&slot.problem).is_ok() {
                    rows.refused(backend, slot.index);
                }
                if rows.full() || observation.is_some() {
                    rows.row(backend, under_test.backend.name(), observation);
                }
            }
        }
    }
}

/// No verdict can be made of a backend that is gone, so none is.
fn stop_if_lost(results: &[Result<(), Failure>]) -> Result<(), SweepError> {
    let lost = results.iter().find_map(|result| match result {
        Err(Failure::Lost(reason)) => Some(SweepError::Lost(reason.clone())),
        _ => None,
    });
    lost.map_or(Ok(()), Err)
}

/// Counts what isn't agreement: reasons of `unsupported`, clusters of failures.
fn note(tally: &mut Tally, backend: usize, observation: &Observation, slot: &Slot) {
    if observation.verdict == Verdict::Unsupported {
        let reason = observation.message.clone().unwrap_or_default();
        *tally.unsupported[backend].entry(reason).or_default() += 1;
    } else if let Some(symptom) = Symptom::of(observation) {
        let region = observation.difference.as_ref().map(|difference| difference.region);
        let ambiguity = region.map_or(0, |region| region.ambiguity());
        let said = region.is_none().then(|| observation.first_line().to_owned());
        let one = Cluster { problems: 1, smallest: slot.problem, index: slot.index, region, said };
        tally.fail(ClusterKey { backend, symptom, ambiguity }, one);
    }
}

impl Run {
    /// Takes what the backend supports, of what the reference could compute.
    fn choose(&mut self, batch: &Batch, backend: &dyn Backend) {
        self.taken.clear();
        self.observations.clear();
        for (number, slot) in batch.slots().iter().enumerate() {
            let unsupported = match (&batch.results()[number], backend.supports(&slot.problem)) {
                (Ok(()), Ok(())) => None,
                (_, Err(reason)) => Some(reason.0),
                (Err(failure), Ok(())) => Some(Cow::from(format!("the reference has no answer: {failure}"))),
            };
            if unsupported.is_none() {
                self.taken.push(number);
            }
            let observation = |reason| Box::new(Observation::of_failure(Failure::Unsupported(reason)));
            self.observations.push(unsupported.map(observation));
        }
    }

    fn judge(&mut self, batch: &Batch, arithmetics: [Arithmetic; 2], strict: bool, wrong: &mut Vec<usize>) {
        self.differing.clear();
        for (&number, result) in self.taken.iter().zip(self.results.drain(..)) {
            let slot = &batch.slots()[number];
            let observation = match result {
                Err(failure) => Observation::of_failure(failure),
                Ok(()) => {
                    let (expected, actual) = (batch.expected(slot), &self.actual[slot.output.clone()]);
                    if same_bits(expected, actual) {
                        continue;
                    }
                    compare(batch.case(slot), arithmetics, strict, expected, actual, wrong)
                }
            };
            match observation.verdict {
                Verdict::Agrees => continue,
                Verdict::Differs => self.differing.push(number),
                _ => {}
            }
            self.observations[number] = Some(Box::new(observation));
        }
    }

    fn settle(&mut self, batch: &Batch, session: &mut dyn Session, again: &mut Vec<f32>) {
        for &number in &self.differing {
            let slot = &batch.slots()[number];
            let Some(observation) = &mut self.observations[number] else { continue };
            reset(again, &slot.problem);
            let second = run_caught(session, batch.case(slot), again);
            let first = std::mem::replace(&mut **observation, Observation::AGREES);
            **observation = settle(first, second, &self.actual[slot.output.clone()], again);
        }
    }
}
