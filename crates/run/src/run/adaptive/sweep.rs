//! The search on backends: a map of what was chosen, in index order.

use super::{Chosen, search};
use crate::problem::space::Space;
use crate::problem::{Condition, Problem};
use crate::sweep::{ChunkResult, Journal, OneByOne, Point, Progress, Sweep, SweepError};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What may be chosen.
pub struct Choice<'a> {
    /// Of this space.
    pub space: &'a Space,
    /// Only problems of which this holds.
    pub condition: Option<&'a Condition>,
    /// At most so many.
    pub budget: u64,
    /// Another seed chooses others.
    pub seed: u64,
}

/// Why a search ended before its budget.
enum Ended {
    Stopped,
    Failed(SweepError),
}

impl Choice<'_> {
    /// Searches and sweeps at once. Rows stay in memory until the choice is complete, and are written in index order;
    /// so a run that was stopped has written nothing, and begins again. `before` is where a resumed run is.
    ///
    /// # Errors
    /// A backend can't be started, or a table can't be written.
    pub fn run(
        &self,
        sweep: &Sweep<'_>,
        journal: &mut Journal,
        before: &Progress,
        stop: &AtomicBool,
        watch: &mut dyn FnMut(&Progress),
    ) -> Result<(Progress, Chosen), SweepError> {
        let began = Instant::now();
        let mut progress = before.clone();
        let empty = crate::sweep::Tally::new(sweep.backends.len());
        (progress.points, progress.tally) = (0, empty.clone());
        let runner = OneByOne::new(sweep)?;
        let mut results: BTreeMap<u64, ChunkResult> = BTreeMap::new();
        let found = search(self.space, self.condition, self.budget, self.seed, |round: &[(u64, Problem)]| {
            if stop.load(Ordering::Relaxed) {
                return Err(Ended::Stopped);
            }
            let points: Vec<Point> = round.iter().map(|(index, problem)| (*index, Ok(*problem))).collect();
            let done = runner.run(&points).map_err(Ended::Failed)?;
            let fails = done.iter().map(|result| !result.tally.clusters.is_empty()).collect();
            for ((index, _), result) in points.iter().zip(done) {
                progress.points += 1;
                progress.tally.merge(&result.tally);
                results.insert(*index, result);
            }
            progress.seconds = before.seconds + began.elapsed().as_secs_f64();
            watch(&progress);
            Ok(fails)
        });
        let chosen = match found {
            Ok(chosen) => chosen,
            Err(Ended::Failed(error)) => return Err(error),
            Err(Ended::Stopped) => {
                let nothing = Chosen { indices: Vec::new(), coverage: super::Coverage::default() };
                return Ok((Progress { finished: false, ..progress }, nothing));
            }
        };
        // A run that was killed after its rows were committed has them already.
        if before.points == 0 {
            for result in results.values() {
                journal.append(&result.rows)?;
            }
            journal.commit(progress.points, progress.seconds, &progress.tally)?;
        }
        Ok((Progress { finished: true, ..progress }, chosen))
    }
}
