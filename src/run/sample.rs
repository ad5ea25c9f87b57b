//! Examples to learn a finding's trigger from: problems of a run that failed, and problems of it that didn't.

use super::plan::Points;
use crate::backend::Backend;
use crate::judge::Verdict;
use crate::problem::space::Permutation;
use crate::problem::{Condition, Problem};
use crate::sweep::SweepError;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// Failing problems that are kept, of each backend.
const FAILING: usize = 1500;

/// Passing problems that are drawn.
const PASSING: usize = 4000;

/// Points that are looked at for a passing problem.
const TRIES: u64 = 100_000;

/// What failed in a run, of one backend.
#[derive(Debug, Default)]
pub struct Failed {
    /// Indices of all failing problems.
    indices: HashSet<u64>,
    /// Some of them, by their place in a seeded order: the same for any order of reading.
    kept: BTreeMap<u64, Problem>,
}

/// Reads `failures.csv`: what failed, by backend.
///
/// # Errors
/// The file can't be read, or is not as convdiff writes it.
pub fn read_failures(path: &Path, seed: u64) -> Result<BTreeMap<String, Failed>, SweepError> {
    let damaged = |reason: String| SweepError::Damaged { path: path.to_owned(), reason };
    let mut reader = csv::Reader::from_path(path).map_err(|error| damaged(error.to_string()))?;
    let headers = reader.headers().map_err(|error| damaged(error.to_string()))?;
    let column = |name: &str| {
        headers.iter().position(|header| header == name).ok_or_else(|| damaged(format!("there is no column {name:?}")))
    };
    let (index, descriptor, backend, verdict) =
        (column("index")?, column("descriptor")?, column("backend")?, column("verdict")?);
    let order = Permutation::new(1 << 40, seed);
    let mut failed: BTreeMap<String, Failed> = BTreeMap::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| damaged(error.to_string()))? {
        let line = record.position().map_or(0, csv::Position::line);
        let at = |what: String| damaged(format!("line {line}: {what}"));
        if !record[verdict].parse().is_ok_and(Verdict::is_failure) {
            continue;
        }
        let number: u64 = record[index].parse().map_err(|_| at(format!("{:?} is no index", &record[index])))?;
        if !failed.contains_key(&record[backend]) {
            failed.insert(record[backend].to_owned(), Failed::default());
        }
        let Some(of_backend) = failed.get_mut(&record[backend]) else { continue };
        of_backend.indices.insert(number);
        let place = order.image(number & ((1 << 40) - 1));
        let full = of_backend.kept.len() == FAILING;
        if !full || of_backend.kept.last_key_value().is_some_and(|(last, _)| place < *last) {
            let problem =
                record[descriptor].parse().map_err(|error| at(format!("{:?}: {error}", &record[descriptor])))?;
            of_backend.kept.insert(place, problem);
            if full {
                of_backend.kept.pop_last();
            }
        }
    }
    Ok(failed)
}

impl Failed {
    /// Some problems that failed, in an order that has nothing to do with their indices.
    pub fn failing(&self) -> impl Iterator<Item = &Problem> {
        self.kept.values()
    }

    /// Problems of the run that `backend` passed, drawn by `seed`.
    pub fn passing(
        &self,
        points: &Points,
        condition: Option<&Condition>,
        backend: &dyn Backend,
        seed: u64,
    ) -> Vec<Problem> {
        let order = Permutation::new(points.len(), seed);
        (0..points.len().min(TRIES))
            .filter_map(|place| {
                let (index, point) = points.at(order.image(place), condition);
                point.ok().filter(|problem| !self.indices.contains(&index) && backend.supports(problem).is_ok())
            })
            .take(PASSING)
            .collect()
    }
}
