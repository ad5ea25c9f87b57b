//! One thread's part of a sweep: from a run of problems to their rows and their tally.
//!
//! Batch by batch: fill, run the reference over all of it, then each backend, judge, write rows. A backend in another
//! process computes one batch while this thread prepares the next and judges the one before:
//!
//! ```text
//! this thread   prepare 1, begin 1 │ prepare 2, begin 2 │ collect 1, judge 1, prepare 3, begin 3 │ collect 2, record 1, judge 2, prepare 4, …
//! the backend                      │ compute 1          …                    compute 2             …                      compute 3
//! ```
//!
//! The next batch waits in the pipe before the last one is done, so that the backend never waits for this thread as long
//! as this thread is faster. What differs is run a second time where the backend has nothing else to do; then the next batch
//! begins only after that. Rows come in the order of the points whatever the overlap, and the batches on their way are
//! never more than three.

use super::batch::Room;
use super::error::SweepError;
use super::pace::Pace;
use super::row::{RowBytes, Rows};
use super::stage::{Stage, UnderTest};
use super::tally::Tally;
use crate::backend::{Arithmetic, Backend, BackendError, Session};
use crate::judge::Settings;
use crate::problem::Problem;
use std::borrow::Cow;
use std::time::Instant;

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
    /// Whether a backend computes beside this thread, so that it is worth having several batches on their way.
    apart: bool,
    /// Takes problems.
    filling: Stage,
    /// Begun, and not collected.
    running: Option<Stage>,
    /// Judged, and not settled.
    judged: Option<Stage>,
    /// For their memory.
    spare: Vec<Stage>,
    rows: Rows,
    again: Vec<f32>,
    wrong: Vec<usize>,
    pace: Pace,
    /// When the last batch ended, or the chunk began.
    since: Instant,
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
        let backends = backends.into_iter().map(UnderTest::new).collect::<Result<Vec<_>, _>>()?;
        let names = backends.iter().map(|under_test| under_test.backend.name());
        Ok(Self {
            settings,
            reference_arithmetic: reference.arithmetic(),
            reference: reference.session()?,
            rows: Rows::new(full, names),
            apart: backends.iter().any(UnderTest::is_apart),
            backends,
            filling: Stage::default(),
            running: None,
            judged: None,
            spare: Vec::new(),
            again: Vec::new(),
            wrong: Vec::new(),
            pace: Pace::default(),
            since: Instant::now(),
        })
    }

    /// How many problems a batch has, by what was measured.
    pub(super) fn pace(&self) -> Pace {
        self.pace
    }

    /// Runs a chunk.
    ///
    /// # Errors
    /// [`SweepError::Lost`]; then the worker is of no further use.
    pub fn run(&mut self, points: &[Point]) -> Result<ChunkResult, SweepError> {
        Ok(self.run_while(points, &|| true)?.1)
    }

    /// Runs a chunk as long as `go_on` says so, which is asked between two batches. How many of its points were run, and what they
    /// came to.
    ///
    /// # Errors
    /// As [`Worker::run`].
    pub(super) fn run_while(
        &mut self,
        points: &[Point],
        go_on: &dyn Fn() -> bool,
    ) -> Result<(usize, ChunkResult), SweepError> {
        let room = if self.apart { Room::APART } else { Room::HERE };
        let mut tally = Tally::new(self.backends.len());
        let mut done = points.len();
        self.since = Instant::now();
        for (number, (index, point)) in points.iter().enumerate() {
            match point {
                Err(reason) => tally.exclude(reason.clone()),
                Ok(problem) => {
                    if !self.filling.batch.has_room_for(problem, room, self.pace.batch()) {
                        self.advance(&mut tally)?;
                        if !go_on() {
                            done = number;
                            break;
                        }
                    }
                    self.filling.batch.push(*index, *problem);
                }
            }
        }
        if done == points.len() {
            self.advance(&mut tally)?;
        }
        self.drain(&mut tally)?;
        Ok((done, ChunkResult { rows: self.rows.take(), tally }))
    }

    /// Sends the batch that was filled on its way, and those before it a step further.
    fn advance(&mut self, tally: &mut Tally) -> Result<(), SweepError> {
        let mut next = std::mem::take(&mut self.filling);
        next.prepare(self.settings, self.reference.as_mut(), &self.backends)?;
        let ahead = self.judged.as_ref().is_none_or(|judged| !judged.differs());
        if ahead {
            next.begin(&mut self.backends);
        }
        let collected = self.collect(tally)?;
        if !ahead {
            next.begin(&mut self.backends);
        }
        self.running = Some(next);
        if let Some(collected) = collected {
            self.judged = Some(self.judge(collected));
        }
        if !self.apart {
            self.drain(tally)?;
        }
        self.filling = self.spare.pop().unwrap_or_default();
        Ok(())
    }

    /// Ends what is on its way.
    fn drain(&mut self, tally: &mut Tally) -> Result<(), SweepError> {
        if let Some(collected) = self.collect(tally)? {
            let judged = self.judge(collected);
            self.end(judged, tally);
        }
        Ok(())
    }

    /// The batch that was running, and the end of the one before it.
    fn collect(&mut self, tally: &mut Tally) -> Result<Option<Stage>, SweepError> {
        let Some(mut running) = self.running.take() else { return Ok(None) };
        running.collect(&mut self.backends)?;
        if let Some(judged) = self.judged.take() {
            self.end(judged, tally);
        }
        Ok(Some(running))
    }

    fn judge(&mut self, mut stage: Stage) -> Stage {
        stage.judge(&self.backends, self.reference_arithmetic, self.settings.strict, &mut self.wrong);
        stage
    }

    fn end(&mut self, mut stage: Stage, tally: &mut Tally) {
        stage.settle(&mut self.backends, &mut self.again);
        stage.record(&self.backends, &mut self.rows, tally);
        // While batches overlap, this is from the end of one to the end of the next.
        self.pace.learn(stage.batch.slots().len(), self.since.elapsed());
        self.since = Instant::now();
        stage.batch.clear();
        self.spare.push(stage);
    }
}
