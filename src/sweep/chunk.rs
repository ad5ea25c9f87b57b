//! One thread's part of a sweep: from a run of problems to their rows and their tally.
//!
//! Batch by batch: fill, run the reference over all of it, then each backend, judge, write rows. Everything here is reused
//! from batch to batch; an agreeing problem costs no allocation.

use super::batch::{Batch, Slot};
use super::error::SweepError;
use super::row::{RowBytes, Rows};
use super::tally::{Cluster, ClusterKey, Tally};
use crate::backend::caught::run_caught;
use crate::backend::{Arithmetic, Backend, BackendError, Failure, Session};
use crate::judge::{Observation, Settings, Symptom, Verdict, compare, reset, same_bits, settle};
use crate::problem::Problem;
use std::borrow::Cow;

/// A point of the sweep: an index, and the problem there or why there is none.
pub type Point = (u64, Result<Problem, Cow<'static, str>>);

/// What a chunk of points came to.
pub struct ChunkResult {
    /// Its rows.
    pub rows: RowBytes,
    /// Its tally.
    pub tally: Tally,
}

/// Sessions and buffers of one thread.
pub struct Worker<'a> {
    settings: Settings,
    reference_arithmetic: Arithmetic,
    reference: Box<dyn Session + 'a>,
    backends: Vec<UnderTest<'a>>,
    batch: Batch,
    rows: Rows,
    again: Vec<f32>,
    wrong: Vec<usize>,
}

/// A backend under test on one thread, with what it did on the present batch.
struct UnderTest<'a> {
    backend: &'a dyn Backend,
    session: Box<dyn Session + 'a>,
    /// Laid out as the expected outputs are.
    actual: Vec<f32>,
    /// Problems of the batch that it supports.
    taken: Vec<usize>,
    /// One for each of them.
    results: Vec<Result<(), Failure>>,
    /// One a problem of the batch; `None` is the verdict `agrees`. Boxed: most are `None`, and an observation is large.
    observations: Vec<Option<Box<Observation>>>,
}

impl<'a> Worker<'a> {
    /// Opens a session of each backend. `full` asks for rows of agreeing problems too.
    ///
    /// # Errors
    /// The first backend that can't be started.
    pub fn new(
        reference: &'a dyn Backend,
        backends: impl IntoIterator<Item = &'a dyn Backend>,
        settings: Settings,
        full: bool,
    ) -> Result<Self, BackendError> {
        let under_test = |backend: &'a dyn Backend| {
            Ok(UnderTest {
                backend,
                session: backend.session()?,
                actual: Vec::new(),
                taken: Vec::new(),
                results: Vec::new(),
                observations: Vec::new(),
            })
        };
        let backends = backends.into_iter().map(under_test).collect::<Result<Vec<_>, _>>()?;
        let names = backends.iter().map(|under_test| under_test.backend.name());
        Ok(Self {
            settings,
            reference_arithmetic: reference.arithmetic(),
            reference: reference.session()?,
            rows: Rows::new(full, names),
            backends,
            batch: Batch::default(),
            again: Vec::new(),
            wrong: Vec::new(),
        })
    }

    /// Runs a chunk.
    ///
    /// # Errors
    /// [`SweepError::Lost`].
    pub fn run(&mut self, points: &[Point]) -> Result<ChunkResult, SweepError> {
        let mut tally = Tally::new(self.backends.len());
        for (index, point) in points {
            match point {
                Err(reason) => tally.exclude(reason.clone()),
                Ok(problem) => {
                    if !self.batch.has_room_for(problem) {
                        self.run_batch(&mut tally)?;
                    }
                    self.batch.push(*index, *problem);
                }
            }
        }
        self.run_batch(&mut tally)?;
        Ok(ChunkResult { rows: self.rows.take(), tally })
    }

    fn run_batch(&mut self, tally: &mut Tally) -> Result<(), SweepError> {
        self.batch.fill(self.settings);
        self.batch.run_reference(self.reference.as_mut());
        stop_if_lost(self.batch.results())?;
        for under_test in &mut self.backends {
            under_test.run(&self.batch);
            stop_if_lost(&under_test.results)?;
            let arithmetics = [under_test.backend.arithmetic(), self.reference_arithmetic];
            under_test.judge(&self.batch, arithmetics, self.settings.strict, &mut self.again, &mut self.wrong);
        }
        tally.problems += self.batch.slots().len() as u64;
        self.record(tally);
        self.batch.clear();
        Ok(())
    }

    /// Writes rows and counts verdicts, problem by problem.
    fn record(&mut self, tally: &mut Tally) {
        for (number, slot) in self.batch.slots().iter().enumerate() {
            let agree = self.backends.iter().all(|under_test| under_test.observations[number].is_none());
            if self.rows.full() || !agree {
                self.rows.begin(slot.index, &slot.problem);
            }
            for (backend, under_test) in self.backends.iter().enumerate() {
                let observation = under_test.observations[number].as_deref();
                let verdict = observation.map_or(Verdict::Agrees, |observation| observation.verdict);
                tally.count(backend, verdict);
                if let Some(observation) = observation {
                    note(tally, backend, observation, slot);
                }
                if self.rows.full() || observation.is_some() {
                    self.rows.row(backend, under_test.backend.name(), observation);
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
        let one = Cluster { problems: 1, smallest: slot.problem, index: slot.index, region };
        tally.fail(ClusterKey { backend, symptom, ambiguity }, one);
    }
}

impl UnderTest<'_> {
    /// Runs what the backend supports, of what the reference could compute.
    fn run(&mut self, batch: &Batch) {
        self.taken.clear();
        self.observations.clear();
        for (number, slot) in batch.slots().iter().enumerate() {
            let unsupported = match (&batch.results()[number], self.backend.supports(&slot.problem)) {
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
        batch.run(self.session.as_mut(), &self.taken, &mut self.actual, &mut self.results);
    }

    /// Judges what was run; what differs is run a second time.
    fn judge(
        &mut self,
        batch: &Batch,
        arithmetics: [Arithmetic; 2],
        strict: bool,
        again: &mut Vec<f32>,
        wrong: &mut Vec<usize>,
    ) {
        for (&number, result) in self.taken.iter().zip(self.results.drain(..)) {
            let slot = &batch.slots()[number];
            let actual = &self.actual[slot.output.clone()];
            let observation = match result {
                Err(failure) => Observation::of_failure(failure),
                Ok(()) => {
                    let expected = batch.expected(slot);
                    if same_bits(expected, actual) {
                        continue;
                    }
                    let case = batch.case(slot);
                    let first = compare(case, arithmetics, strict, expected, actual, wrong);
                    if first.verdict == Verdict::Differs {
                        reset(again, &slot.problem);
                        let second = run_caught(self.session.as_mut(), case, again);
                        settle(first, second, actual, again)
                    } else {
                        first
                    }
                }
            };
            if observation.verdict != Verdict::Agrees {
                self.observations[number] = Some(Box::new(observation));
            }
        }
    }
}
