//! Examples to learn a finding's trigger from: problems of a run that failed, and problems of it that didn't.

use super::plan::Points;
use crate::backend::Backend;
use crate::judge::Verdict;
use crate::problem::space::Permutation;
use crate::problem::{Condition, Problem};
use crate::sweep::{Journal, SweepError};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// Failing problems that are kept, of each backend and verdict.
const FAILING: usize = 1500;

/// Passing problems that are drawn.
const PASSING: usize = 4000;

/// Points that are looked at for a passing problem.
const TRIES: u64 = 400_000;

/// What failed in a run, of one backend.
#[derive(Debug, Default)]
pub struct Failed {
    /// Those that failed or were refused of the points that passing problems are drawn from: memory doesn't grow with failures.
    drawn: HashSet<u64>,
    /// Some of each verdict, by their place in a seeded order: the same for any order of reading.
    kept: BTreeMap<Verdict, BTreeMap<u64, Problem>>,
}

/// Reads the tables of a run: what failed of `points`, by backend, and what `backends` refused.
///
/// # Errors
/// A file can't be read, or is not as convdiff writes it.
pub fn read(
    journal: &Journal,
    backends: &[&str],
    points: &Points,
    seed: u64,
) -> Result<BTreeMap<String, Failed>, SweepError> {
    let drawn: HashSet<u64> = draw(points, seed).map(|position| points.at(position, None).0).collect();
    let mut failed = read_failures(journal.failures(), &drawn, seed)?;
    let path = journal.refused();
    let damaged = |error: csv::Error| SweepError::Damaged { path: path.to_owned(), reason: error.to_string() };
    for row in csv::Reader::from_path(path).map_err(damaged)?.deserialize() {
        let (index, number): (u64, usize) = row.map_err(damaged)?;
        if drawn.contains(&index)
            && let Some(of_backend) = backends.get(number).and_then(|name| failed.get_mut(*name))
        {
            of_backend.drawn.insert(index);
        }
    }
    Ok(failed)
}

fn read_failures(path: &Path, drawn: &HashSet<u64>, seed: u64) -> Result<BTreeMap<String, Failed>, SweepError> {
    let order = Permutation::new(1 << 40, seed);
    let mut failed: BTreeMap<String, Failed> = BTreeMap::new();
    for_each(path, |failure| {
        if !failed.contains_key(failure.backend) {
            failed.insert(failure.backend.to_owned(), Failed::default());
        }
        let Some(of_backend) = failed.get_mut(failure.backend) else { return Ok(()) };
        if drawn.contains(&failure.index) {
            of_backend.drawn.insert(failure.index);
        }
        let place = order.image(failure.index & ((1 << 40) - 1));
        let kept = of_backend.kept.entry(failure.verdict).or_default();
        let full = kept.len() == FAILING;
        if !full || kept.last_key_value().is_some_and(|(last, _)| place < *last) {
            kept.insert(place, failure.problem()?);
            if full {
                kept.pop_last();
            }
        }
        Ok(())
    })?;
    Ok(failed)
}

/// The positions that passing problems are drawn from, in the order in which they are tried.
fn draw(points: &Points, seed: u64) -> impl Iterator<Item = u64> + use<> {
    let order = Permutation::new(points.len(), seed);
    (0..points.len().min(TRIES)).map(move |place| order.image(place))
}

/// The failures that a condition holds for.
pub struct Attributed {
    /// How many of which it is the first that holds.
    pub first: u64,
    /// How many of which one before it holds as well.
    pub shared: u64,
    /// The smallest of all these with their indices; before them, the smallest for which no other condition holds.
    pub smallest: Vec<(u64, Problem)>,
}

/// Divides the failures of a backend with a verdict among `conditions`, and names the smallest of each, at most `most`.
///
/// # Errors
/// As [`read_failures`].
pub fn attribute(
    path: &Path,
    (backend, verdict): (&str, Verdict),
    conditions: &[&Condition],
    most: usize,
) -> Result<Vec<Attributed>, SweepError> {
    let mut found = vec![(0, 0, BTreeMap::new()); conditions.len()];
    for_each(path, |failure| {
        if (failure.backend, failure.verdict) != (backend, verdict) {
            return Ok(());
        }
        let problem = failure.problem()?;
        let holding = found.iter_mut().zip(conditions).filter(|(_, condition)| condition.holds(&problem));
        let holding: Vec<_> = holding.map(|(of_condition, _)| of_condition).collect();
        let several = holding.len() > 1;
        for (place, (first, shared, smallest)) in holding.into_iter().enumerate() {
            *(if place == 0 { first } else { shared }) += 1;
            smallest.insert((several, problem.size(), failure.index), problem);
            if smallest.len() > most {
                smallest.pop_last();
            }
        }
        Ok(())
    })?;
    let attributed = found.into_iter().map(|(first, shared, smallest)| {
        let smallest = smallest.into_iter().map(|((.., index), problem)| (index, problem)).collect();
        Attributed { first, shared, smallest }
    });
    Ok(attributed.collect())
}

/// A row of `failures.csv`.
struct Failure<'r> {
    index: u64,
    descriptor: &'r str,
    backend: &'r str,
    verdict: Verdict,
}

impl Failure<'_> {
    fn problem(&self) -> Result<Problem, String> {
        self.descriptor.parse().map_err(|error| format!("{:?}: {error}", self.descriptor))
    }
}

fn for_each(path: &Path, mut take: impl FnMut(&Failure<'_>) -> Result<(), String>) -> Result<(), SweepError> {
    let damaged = |reason: String| SweepError::Damaged { path: path.to_owned(), reason };
    let mut reader = csv::Reader::from_path(path).map_err(|error| damaged(error.to_string()))?;
    let headers = reader.headers().map_err(|error| damaged(error.to_string()))?;
    let column = |name: &str| {
        headers.iter().position(|header| header == name).ok_or_else(|| damaged(format!("there is no column {name:?}")))
    };
    let (index, descriptor, backend, verdict) =
        (column("index")?, column("descriptor")?, column("backend")?, column("verdict")?);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| damaged(error.to_string()))? {
        let line = record.position().map_or(0, csv::Position::line);
        let at = |what: String| damaged(format!("line {line}: {what}"));
        let Some(verdict) = record[verdict].parse().ok().filter(|verdict: &Verdict| verdict.is_failure()) else {
            continue;
        };
        let index = record[index].parse().map_err(|_| at(format!("{:?} is no index", &record[index])))?;
        let failure = Failure { index, descriptor: &record[descriptor], backend: &record[backend], verdict };
        take(&failure).map_err(at)?;
    }
    Ok(())
}

impl Failed {
    /// Some problems that failed with that verdict, in an order that has nothing to do with their indices.
    pub fn failing(&self, verdict: Verdict) -> impl Iterator<Item = &Problem> {
        self.kept.get(&verdict).into_iter().flat_map(BTreeMap::values)
    }

    /// Problems of the run that `backend` passed, drawn by `seed`.
    pub fn passing(
        &self,
        points: &Points,
        condition: Option<&Condition>,
        backend: &dyn Backend,
        seed: u64,
    ) -> Vec<Problem> {
        self.passed(points, condition, backend, seed).take(PASSING).collect()
    }

    /// Those of all that could be drawn of which `foretold` holds, at most as many.
    pub fn passing_where(
        &self,
        points: &Points,
        (condition, foretold): (Option<&Condition>, &Condition),
        backend: &dyn Backend,
        seed: u64,
    ) -> Vec<Problem> {
        let passed = self.passed(points, condition, backend, seed);
        passed.filter(|problem| foretold.holds(problem)).take(PASSING).collect()
    }

    fn passed(
        &self,
        points: &Points,
        condition: Option<&Condition>,
        backend: &dyn Backend,
        seed: u64,
    ) -> impl Iterator<Item = Problem> {
        draw(points, seed).filter_map(move |position| {
            let (index, point) = points.at(position, condition);
            point.ok().filter(|problem| !self.drawn.contains(&index) && backend.supports(problem).is_ok())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{BackendError, Kind, Session, Unsupported};

    /// A compiled-in backend that says in advance what it doesn't take.
    struct OneImage;

    impl Backend for OneImage {
        fn name(&self) -> &str {
            "one-image"
        }

        fn version(&self) -> String {
            "1".to_owned()
        }

        fn kind(&self) -> Kind {
            Kind::Engine
        }

        fn supports(&self, problem: &Problem) -> Result<(), Unsupported> {
            if problem.batch == 1 { Ok(()) } else { Err(Unsupported("more than one image".into())) }
        }

        fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
            unreachable!("nothing is run")
        }
    }

    #[test]
    fn what_is_not_taken_failed_or_was_refused_does_not_pass() {
        let problems: Vec<Problem> = ["mb1ic1ih3oc1kh1", "mb2ic1ih3oc1kh1", "mb1ic2ih3oc1kh1", "mb1ic3ih3oc1kh1"]
            .map(|p| p.parse().unwrap())
            .into();
        let points = Points::List(problems.clone().into());
        let failed = Failed { drawn: HashSet::from([2]), ..Failed::default() };
        let mut passing = failed.passing(&points, None, &OneImage, 1);
        passing.sort_by_key(|problem| problem.in_channels);
        assert_eq!(passing, [problems[0], problems[3]]);
    }
}
