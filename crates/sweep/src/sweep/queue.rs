//! The points that are still to be run, as several threads take them.
//!
//! A thread takes as many points as it can run in about a second. What it doesn't come to, it gives back, and that is taken first:
//! so the rows that come next are never long in coming, and what is finished behind them doesn't wait for long.

use super::chunk::Point;
use super::error::SweepError;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Most points of a chunk, excluded ones included.
const POINTS: usize = 4096;

/// Points in a row, by the number of the first.
pub struct Chunk {
    /// How many come before it.
    pub first: u64,
    /// The points.
    pub points: Vec<Point>,
}

/// Points for several threads.
pub struct Queue<I: Iterator> {
    state: Mutex<State<I>>,
    /// Somebody may find something to do now, or that there is nothing left.
    changed: Condvar,
    /// Chunks that may be taken and not written.
    most: usize,
}

struct State<I: Iterator> {
    source: Peekable<I>,
    /// What was given back.
    returned: BTreeMap<u64, Vec<Point>>,
    next: u64,
    /// Chunks that were taken and not written: memory doesn't grow with the number of points.
    out: usize,
    closed: bool,
    /// Whether something was left undone.
    cut: bool,
}

impl<I: Iterator<Item = Result<Point, SweepError>>> Queue<I> {
    /// All of `source`, of which the first is numbered 0. At most `most` chunks are taken and not written at any time.
    pub fn new(source: I, most: usize) -> Self {
        let source = source.peekable();
        let state = State { source, returned: BTreeMap::new(), next: 0, out: 0, closed: false, cut: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), most }
    }

    fn state(&self) -> MutexGuard<'_, State<I>> {
        // A thread that panics ends the sweep; until it has, the numbers are as they were.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next points, with at most `problems` problems; none where there are no more, or it is closed.
    ///
    /// # Errors
    /// The source's.
    pub fn take(&self, problems: usize) -> Result<Option<Chunk>, SweepError> {
        let mut state = self.state();
        loop {
            if state.closed {
                state.cut |= !state.returned.is_empty() || state.source.peek().is_some();
                return Ok(None);
            }
            if let Some((first, mut points)) = state.returned.pop_first() {
                let rest = points.split_off(end(points.iter().map(Some), problems));
                if !rest.is_empty() {
                    state.returned.insert(first + points.len() as u64, rest);
                    state.out += 1;
                    self.changed.notify_all();
                }
                return Ok(Some(Chunk { first, points }));
            }
            if state.source.peek().is_none() {
                return Ok(None);
            }
            if state.out < self.most {
                return state.next_chunk(problems);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Gives back what was taken and not run.
    pub fn give_back(&self, chunk: Chunk) {
        let mut state = self.state();
        state.out += 1;
        state.returned.insert(chunk.first, chunk.points);
        self.changed.notify_all();
    }

    /// Says that what somebody has run is written.
    pub fn written(&self) {
        self.state().out -= 1;
        self.changed.notify_all();
    }

    /// Lets nobody take anything any more.
    pub fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }

    /// Whether everything was taken, and nothing left undone.
    pub fn is_done(&self) -> bool {
        let mut state = self.state();
        !state.cut && state.returned.is_empty() && state.source.peek().is_none()
    }
}

impl<I: Iterator<Item = Result<Point, SweepError>>> State<I> {
    /// What stands before an error is a chunk of its own.
    fn next_chunk(&mut self, problems: usize) -> Result<Option<Chunk>, SweepError> {
        let (first, mut points, mut counted) = (self.next, Vec::new(), 0);
        while counted < problems && points.len() < POINTS {
            let Some(point) = self.source.next_if(Result::is_ok) else { break };
            let point = point?;
            counted += usize::from(point.1.is_ok());
            points.push(point);
        }
        if points.is_empty()
            && let Some(Err(error)) = self.source.next()
        {
            self.cut = true;
            return Err(error);
        }
        self.next += points.len() as u64;
        self.out += 1;
        Ok(Some(Chunk { first, points }))
    }
}

/// How many of `points` have `problems` problems among them.
fn end<'p>(points: impl Iterator<Item = Option<&'p Point>>, problems: usize) -> usize {
    let mut counted = 0;
    points
        .flatten()
        .take_while(|point| {
            let room = counted < problems;
            counted += usize::from(point.1.is_ok());
            room
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    /// Points of which every third is a problem.
    fn points(count: u64) -> impl Iterator<Item = Result<Point, SweepError>> {
        let point = |index| match index % 3 {
            0 => Ok("mb1ic1ih3oc1kh1".parse().unwrap()),
            _ => Err(Cow::from("no problem")),
        };
        (0..count).map(move |index| Ok((index, point(index))))
    }

    fn indices(chunk: &Chunk) -> Vec<u64> {
        assert_eq!(chunk.first, chunk.points[0].0);
        chunk.points.iter().map(|(index, _)| *index).collect()
    }

    #[test]
    fn what_is_given_back_comes_first_and_nothing_is_lost() {
        for problems in 1..6 {
            let queue = Queue::new(points(40), 64);
            let mut run = Vec::new();
            let mut turn = 0;
            while let Some(mut chunk) = queue.take(problems).unwrap() {
                turn += 1;
                let least = run.iter().filter(|index: &&u64| **index < chunk.first).count() as u64;
                assert_eq!(least, chunk.first, "something before {} is still to be run", chunk.first);
                // Every other one is run to its half only.
                let done = if turn % 2 == 0 { chunk.points.len().div_ceil(2) } else { chunk.points.len() };
                let rest = chunk.points.split_off(done);
                run.extend(indices(&chunk));
                if !rest.is_empty() {
                    queue.give_back(Chunk { first: chunk.first + done as u64, points: rest });
                }
                queue.written();
            }
            assert_eq!(run, (0..40).collect::<Vec<_>>());
            assert!(queue.is_done());
        }
    }

    #[test]
    fn a_closed_one_gives_nothing_and_says_whether_that_matters() {
        let queue = Queue::new(points(7), 8);
        assert_eq!(indices(&queue.take(2).unwrap().unwrap()), [0, 1, 2, 3]);
        queue.close();
        assert!(queue.take(2).unwrap().is_none());
        assert!(!queue.is_done());
        let queue = Queue::new(points(2), 8);
        assert_eq!(indices(&queue.take(2).unwrap().unwrap()), [0, 1]);
        queue.close();
        assert!(queue.take(2).unwrap().is_none());
        assert!(queue.is_done());
    }

    #[test]
    fn what_stands_before_an_error_is_run() {
        let source = points(2).chain([Err(SweepError::Source("broken".to_owned()))]).chain(points(1));
        let queue = Queue::new(source, 8);
        assert_eq!(indices(&queue.take(9).unwrap().unwrap()), [0, 1]);
        assert!(matches!(queue.take(9), Err(SweepError::Source(_))));
        assert!(!queue.is_done());
    }
}
