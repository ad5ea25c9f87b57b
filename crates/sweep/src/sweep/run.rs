//! The parallel run: points in, tables and a tally out.
//!
//! Threads take points from a [`Queue`] and run them, and the calling thread puts the results back in order and writes them. So
//! many chunks may be under way and no more; memory doesn't grow with the number of points, and the tables are the same
//! for any number of threads.
//!
//! Everything is counted in time: a chunk is what a thread runs in about a second, what is written is committed each
//! second, and whether to stop is asked between two batches. So at most about two seconds of work are at risk, unless a single
//! problem takes longer.

use super::chunk::{ChunkResult, Point, Worker};
use super::error::SweepError;
use super::journal::Journal;
use super::pace;
use super::queue::{Chunk, Queue};
use super::tally::Tally;
use crate::backend::Backend;
use crate::judge::Settings;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Chunks under way, for each thread.
const CHUNKS_PER_THREAD: usize = 4;
/// How often what was written is made to last.
const COMMIT_EVERY: Duration = Duration::from_secs(1);

/// What is run, and how.
pub struct Sweep<'a> {
    /// The backend that is believed.
    pub reference: &'a dyn Backend,
    /// The backends under test, in the order of the map's rows.
    pub backends: &'a [Arc<dyn Backend>],
    /// Fill and judge.
    pub settings: Settings,
    /// Whether agreeing problems have rows.
    pub full: bool,
    /// Threads that run problems.
    pub threads: usize,
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Points that are done: problems and excluded indices.
    pub points: u64,
    /// Seconds of work so far, over all sittings.
    pub seconds: f64,
    /// What was seen so far.
    pub tally: Tally,
    /// Whether all points are done; else the run was stopped.
    pub finished: bool,
}

impl Sweep<'_> {
    /// Runs `points` (those behind `progress`, where the run goes on) until they end, `stop` is set, or writing fails.
    /// `watch` sees each chunk.
    ///
    /// All that was done is committed when it returns, an error of a chunk or of the points included; after an error of
    /// the disk, all that was committed before.
    ///
    /// # Errors
    /// A backend can't be started, the list of problems can't be read, a table can't be written.
    pub fn run(
        &self,
        points: impl Iterator<Item = Result<Point, SweepError>> + Send,
        journal: &mut Journal,
        mut progress: Progress,
        stop: &AtomicBool,
        watch: &mut dyn FnMut(&Progress),
    ) -> Result<Progress, SweepError> {
        let began = (Instant::now(), progress.seconds);
        let queue = Queue::new(points, self.threads * CHUNKS_PER_THREAD);
        let (results, done) = mpsc::channel();
        // An engine that divides its work by rayon does so among these threads, and waits for no others.
        let pool = self.pool()?;
        let written = std::thread::scope(|scope| {
            let (queue, pool) = (&queue, &pool);
            let working = scope.spawn(move || pool.broadcast(|_| self.work(queue, stop, &results)));
            let written = write(&done, queue, journal, &mut progress, began, watch);
            queue.close();
            working.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            written
        });
        progress.finished = written.is_ok() && queue.is_done();
        written.map(|()| progress)
    }

    /// What one thread does: takes points and runs them until there are none, or `stop` is set.
    fn work<I: Iterator<Item = Result<Point, SweepError>>>(
        &self,
        queue: &Queue<I>,
        stop: &AtomicBool,
        results: &mpsc::Sender<Done>,
    ) {
        let _guard = ClosesOnPanic(queue);
        let stopped = || stop.load(Ordering::Relaxed);
        let run = || -> Result<(), SweepError> {
            let mut worker = self.worker()?;
            loop {
                if stopped() {
                    queue.close();
                }
                let Some(Chunk { first, mut points }) = queue.take(worker.pace().chunk())? else { return Ok(()) };
                let until = Instant::now() + pace::CHUNK;
                let (count, result) = worker.run_while(&points, &|| !stopped() && Instant::now() < until)?;
                let rest = points.split_off(count);
                if !rest.is_empty() {
                    queue.give_back(Chunk { first: first + count as u64, points: rest });
                }
                // The receiver is gone only once writing has failed, and then nobody wants the result.
                drop(results.send(Ok(Part { first, count: count as u64, result })));
            }
        };
        if let Err(error) = run() {
            queue.close();
            drop(results.send(Err(error)));
        }
    }

    fn pool(&self) -> Result<rayon::ThreadPool, SweepError> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build();
        pool.map_err(|error| SweepError::Threads(std::io::Error::other(error)))
    }

    fn worker(&self) -> Result<Worker<'_>, SweepError> {
        let backends = self.backends.iter().map(|backend| &**backend);
        Ok(Worker::new(self.reference, backends, self.settings, self.full)?)
    }
}

/// Points run one by one, for whoever needs verdicts to go on.
pub struct OneByOne<'a> {
    sweep: &'a Sweep<'a>,
    pool: rayon::ThreadPool,
    idle: Mutex<Vec<Worker<'a>>>,
}

impl<'a> OneByOne<'a> {
    /// With the threads and backends of `sweep`.
    ///
    /// # Errors
    /// Threads can't be started.
    pub fn new(sweep: &'a Sweep<'a>) -> Result<Self, SweepError> {
        Ok(Self { sweep, pool: sweep.pool()?, idle: Mutex::default() })
    }

    /// Runs points in parallel: a chunk for each, in their order.
    ///
    /// # Errors
    /// A backend can't be started, or is lost.
    pub fn run(&self, points: &[Point]) -> Result<Vec<ChunkResult>, SweepError> {
        self.pool.install(|| points.par_iter().map(|point| self.run_one(point)).collect())
    }

    fn run_one(&self, point: &Point) -> Result<ChunkResult, SweepError> {
        // A worker that is lost to a panic is simply missing from the list.
        let worker = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = worker.map_or_else(|| self.sweep.worker(), Ok)?;
        let result = worker.run(std::slice::from_ref(point))?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        Ok(result)
    }
}

/// Others would wait for ever for room behind what a thread that panicked had taken.
struct ClosesOnPanic<'q, I: Iterator<Item = Result<Point, SweepError>>>(&'q Queue<I>);

impl<I: Iterator<Item = Result<Point, SweepError>>> Drop for ClosesOnPanic<'_, I> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.close();
        }
    }
}

/// Points in a row that were run.
struct Part {
    /// The number of the first.
    first: u64,
    /// How many.
    count: u64,
    /// What they came to.
    result: ChunkResult,
}

type Done = Result<Part, SweepError>;

/// Writes results in order until all threads are gone. Commits what was done, also before an error that came in the place of a
/// result.
fn write<I: Iterator<Item = Result<Point, SweepError>>>(
    done: &mpsc::Receiver<Done>,
    queue: &Queue<I>,
    journal: &mut Journal,
    progress: &mut Progress,
    (began, before): (Instant, f64),
    watch: &mut dyn FnMut(&Progress),
) -> Result<(), SweepError> {
    let mut waiting: BTreeMap<u64, Part> = BTreeMap::new();
    let mut next = 0;
    let (mut committed, mut lasting) = (Instant::now(), progress.points);
    let mut failed = None;
    loop {
        match done.recv_timeout(COMMIT_EVERY.saturating_sub(committed.elapsed())) {
            Ok(Ok(part)) => drop(waiting.insert(part.first, part)),
            // What others have under way is still written.
            Ok(Err(error)) => failed = failed.or(Some(error)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        while let Some(Part { count, result: ChunkResult { rows, tally }, .. }) = waiting.remove(&next) {
            next += count;
            journal.append(&rows)?;
            queue.written();
            progress.points += count;
            progress.tally.merge(&tally);
            progress.seconds = before + began.elapsed().as_secs_f64();
            watch(progress);
        }
        if committed.elapsed() >= COMMIT_EVERY {
            if progress.points > lasting {
                journal.commit(progress.points, progress.seconds, &progress.tally)?;
                lasting = progress.points;
            }
            committed = Instant::now();
        }
    }
    journal.commit(progress.points, progress.seconds, &progress.tally)?;
    failed.map_or(Ok(()), Err)
}
