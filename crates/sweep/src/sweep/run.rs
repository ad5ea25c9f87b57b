//! The parallel run: points in, tables and a tally out.
//!
//! A feeder cuts the points into chunks, threads of a pool run them, and the calling thread puts the results back in order
//! and writes them. So many chunks may be under way and no more; memory doesn't grow with the number of points, and the
//! tables are the same for any number of threads.

use super::chunk::{ChunkResult, Point, Worker};
use super::error::SweepError;
use super::journal::Journal;
use super::tally::Tally;
use crate::backend::Backend;
use crate::judge::Settings;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// Most problems of a chunk.
const CHUNK_PROBLEMS: usize = 512;
/// Most points of a chunk, excluded ones included.
const CHUNK_POINTS: usize = 4096;
/// Most multiply-adds of a chunk, but for a single problem: a stop waits for the chunks under way.
const CHUNK_WORK: u64 = 1 << 28;
/// Chunks under way, for each thread.
const CHUNKS_PER_THREAD: usize = 4;
/// How much work may be lost to `kill -9`.
const COMMIT_EVERY: Duration = Duration::from_secs(2);

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
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build()?;
        let idle: Mutex<Vec<Worker<'_>>> = Mutex::new(Vec::new());
        let began = (Instant::now(), progress.seconds);
        let (permits, permitted) = mpsc::sync_channel::<()>(self.threads * CHUNKS_PER_THREAD);
        let (results, done) = mpsc::channel();
        let quit = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let feeder = scope.spawn(|| {
                let results = results;
                pool.in_place_scope(|tasks| {
                    for (number, chunk) in chunks(points).enumerate() {
                        let stopped = stop.load(Ordering::Relaxed) || quit.load(Ordering::Relaxed);
                        if stopped || permits.send(()).is_err() {
                            return false;
                        }
                        let (results, idle) = (results.clone(), &idle);
                        match chunk {
                            // The receiver is gone only once writing has failed, and then nobody wants the result.
                            Err(error) => {
                                drop(results.send((number, Err(error))));
                                return false;
                            }
                            Ok(points) => tasks.spawn(move |_| {
                                let result = self.run_chunk(idle, &points).map(|result| (points.len() as u64, result));
                                drop(results.send((number, result)));
                            }),
                        }
                    }
                    true
                })
            });
            let written = write(&done, &permitted, journal, &mut progress, began, watch);
            if written.is_err() {
                quit.store(true, Ordering::Relaxed);
                // A feeder that waits for a permit must wake up.
                drop((done, permitted));
            }
            progress.finished = feeder.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            written
        })?;
        Ok(progress)
    }

    fn run_chunk<'a>(&'a self, idle: &Mutex<Vec<Worker<'a>>>, points: &[Point]) -> Result<ChunkResult, SweepError> {
        // One lock a chunk. A worker that is lost to a panic is simply missing from the list.
        let worker = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let backends = || self.backends.iter().map(|backend| &**backend);
        let mut worker = match worker {
            Some(worker) => worker,
            None => Worker::new(self.reference, backends(), self.settings, self.full)?,
        };
        let result = worker.run(points)?;
        idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        Ok(result)
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
        let pool = rayon::ThreadPoolBuilder::new().num_threads(sweep.threads).build()?;
        Ok(Self { sweep, pool, idle: Mutex::default() })
    }

    /// Runs points in parallel: a chunk for each, in their order.
    ///
    /// # Errors
    /// A backend can't be started, or is lost.
    pub fn run(&self, points: &[Point]) -> Result<Vec<ChunkResult>, SweepError> {
        let one = |point: &Point| self.sweep.run_chunk(&self.idle, std::slice::from_ref(point));
        self.pool.install(|| points.par_iter().map(one).collect())
    }
}

type Done = (usize, Result<(u64, ChunkResult), SweepError>);

/// Writes results in order until the feeder and all tasks are gone. Commits what was done, also before an error that
/// came in the place of a result.
fn write(
    done: &mpsc::Receiver<Done>,
    permitted: &mpsc::Receiver<()>,
    journal: &mut Journal,
    progress: &mut Progress,
    (began, before): (Instant, f64),
    watch: &mut dyn FnMut(&Progress),
) -> Result<(), SweepError> {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    let mut committed = Instant::now();
    let mut failed = None;
    'receive: for (number, result) in done {
        waiting.insert(number, result);
        while let Some(result) = waiting.remove(&next) {
            next += 1;
            // Each chunk took one, so there is one to take.
            let _ = permitted.recv();
            match result {
                Err(error) => {
                    failed = Some(error);
                    break 'receive;
                }
                Ok((points, ChunkResult { rows, tally })) => {
                    journal.append(&rows)?;
                    progress.points += points;
                    progress.tally.merge(&tally);
                    progress.seconds = before + began.elapsed().as_secs_f64();
                    watch(progress);
                }
            }
            if committed.elapsed() >= COMMIT_EVERY {
                journal.commit(progress.points, progress.seconds, &progress.tally)?;
                committed = Instant::now();
            }
        }
    }
    journal.commit(progress.points, progress.seconds, &progress.tally)?;
    failed.map_or(Ok(()), Err)
}

/// Cuts points into chunks. What stands before an error is a chunk of its own.
fn chunks(
    points: impl Iterator<Item = Result<Point, SweepError>>,
) -> impl Iterator<Item = Result<Vec<Point>, SweepError>> {
    let mut points = points.peekable();
    std::iter::from_fn(move || {
        let mut chunk = Vec::with_capacity(CHUNK_PROBLEMS);
        let (mut problems, mut work) = (0, 0u64);
        while problems < CHUNK_PROBLEMS && work < CHUNK_WORK && chunk.len() < CHUNK_POINTS {
            let point = if chunk.is_empty() { points.next() } else { points.next_if(Result::is_ok) };
            match point {
                None => break,
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(point)) => {
                    if let Ok(problem) = &point.1 {
                        problems += 1;
                        work = work.saturating_add(problem.work());
                    }
                    chunk.push(point);
                }
            }
        }
        (!chunk.is_empty()).then_some(Ok(chunk))
    })
}
