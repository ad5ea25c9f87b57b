//! How many problems make a batch: few where each takes long, for a process that computes a batch answers all of it late.
//!
//! Sizes follow what was measured, and never what is computed: any cut of the points into batches gives the same rows.

use super::batch::PROBLEMS;
use std::time::Duration;

/// What a batch may take.
const BATCH: Duration = Duration::from_millis(250);

/// What a chunk may take, over all its batches: so much waits for its rows to be written.
pub const CHUNK: Duration = Duration::from_secs(1);

/// Batches of a chunk.
const BATCHES: usize = 4;

/// The size of the next batch. It begins with a single problem, for nothing is known of what that takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    problems: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { problems: 1 }
    }
}

impl Pace {
    /// Most problems of the next batch.
    pub fn batch(self) -> usize {
        self.problems
    }

    /// Most problems of the next chunk.
    pub fn chunk(self) -> usize {
        self.problems * BATCHES
    }

    /// Learns that a batch of `problems` took so long.
    pub fn learn(&mut self, problems: usize, took: Duration) {
        let Some(each) = u32::try_from(problems).ok().filter(|problems| *problems > 0).map(|count| took / count) else {
            return;
        };
        let fit = BATCH.as_nanos() / each.as_nanos().max(1);
        let most = usize::try_from(fit).unwrap_or(PROBLEMS).clamp(1, PROBLEMS);
        // Never more than twice as many at a time: what comes next may be slower.
        self.problems = most.min(2 * self.problems);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_takes_no_longer_than_it_may_once_its_problems_were_measured() {
        for micros in [1, 100, 1_900, 2_000, 5_000, 50_000, 249_000, 250_000, 300_000, 20_000_000] {
            let each = Duration::from_micros(micros);
            let mut pace = Pace::default();
            for _ in 0..10 {
                assert!(pace.batch() == 1 || each * pace.batch() as u32 <= BATCH, "{pace:?} of {each:?}");
                pace.learn(pace.batch(), each * pace.batch() as u32);
            }
            let most = (BATCH.as_micros() / each.as_micros()).clamp(1, PROBLEMS as u128);
            assert_eq!(pace.batch() as u128, most, "{each:?}");
        }
    }

    #[test]
    fn one_that_hangs_makes_batches_small_for_a_while() {
        let mut pace = Pace { problems: PROBLEMS };
        pace.learn(PROBLEMS, Duration::from_secs(20));
        assert_eq!(pace.batch(), 1);
        for _ in 0..7 {
            pace.learn(pace.batch(), Duration::from_millis(1));
        }
        assert_eq!(pace.batch(), PROBLEMS);
        pace.learn(0, Duration::ZERO);
        assert_eq!(pace.batch(), PROBLEMS);
    }
}
