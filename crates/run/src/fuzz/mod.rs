//! What fuzz targets run: one backend against a reference, fed with a fuzzer's bytes.
//!
//! The target itself, `fuzz/fuzz_targets/conv_diff.rs`, is glue over a [`Target`]; mutation is in
//! [`artifact`], and has nothing to do with backends.

mod records;

pub use records::{RecordError, Records};

use crate::backend::registry;
use crate::backend::{Backend, BackendError};
use crate::judge::{Examiner, Settings};
use crate::problem::{Condition, ConditionError, Problem, artifact};
use crate::report;
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;

/// What a fuzz target is told by environment variables, for libFuzzer keeps the arguments to itself.
#[derive(Clone)]
pub struct Options {
    /// `CONVDIFF_BACKEND`: the backend under test, `rten` if unset.
    pub backend: Arc<dyn Backend>,
    /// `CONVDIFF_REFERENCE`: the backend that is believed, `exact` if unset.
    pub reference: Arc<dyn Backend>,
    /// `CONVDIFF_WHERE`: only problems of which this [`Condition`] holds are run; all if unset. A known finding is
    /// passed by with the negation of its trigger.
    pub condition: Option<Condition>,
    /// `CONVDIFF_RECORD`: the folder in which findings are recorded, instead of stopping at the first one.
    pub record: Option<PathBuf>,
}

/// A fuzz target that can't start, or can't go on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FuzzError {
    /// A backend that isn't there.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// `CONVDIFF_WHERE` is no condition.
    #[error("CONVDIFF_WHERE: {0}")]
    Where(#[from] ConditionError),
    /// Findings can't be recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl Options {
    /// Reads the variables through `variable`, which gives a variable's value if it is set. An empty one is not.
    ///
    /// # Errors
    /// A backend is unknown or not compiled in, or the condition can't be read.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, FuzzError> {
        let given = |name: &str| variable(name).filter(|value| !value.is_empty());
        let backend = |name: &str, default: &str| registry::find(given(name).as_deref().unwrap_or(default));
        Ok(Self {
            backend: backend("CONVDIFF_BACKEND", "rten")?,
            reference: backend("CONVDIFF_REFERENCE", "exact")?,
            condition: given("CONVDIFF_WHERE").map(|text| text.parse()).transpose()?,
            record: given("CONVDIFF_RECORD").map(PathBuf::from),
        })
    }
}

/// One backend against a reference, one input at a time.
pub struct Target<'a> {
    examiner: Examiner<'a>,
    condition: Option<&'a Condition>,
    records: Option<Records>,
}

/// What came of one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was run: the problem is over [`artifact::LIMITS`], excluded by the condition, or the backend doesn't
    /// support it. Such an input has no place in a corpus.
    Rejected,
    /// It was run, and nothing failed; or what failed is recorded already.
    Passed,
    /// A finding that was recorded, in words.
    Recorded(String),
    /// A failure and nobody to record it, in words: verdict, region, elements, and the command that replays it. The
    /// message to panic with, so that libFuzzer saves the input.
    Failed(String),
}

impl<'a> Target<'a> {
    /// Opens a session of each of the two backends, and the folder for records if there shall be one.
    ///
    /// A backend that takes its process down does so with this one: libFuzzer saves the input then.
    ///
    /// # Errors
    /// A backend can't be started, or the folder can't be read.
    pub fn new(options: &'a Options) -> Result<Self, FuzzError> {
        let (reference, backend) = (&*options.reference, &*options.backend);
        let settings = Settings { fill: Settings::fill_for([reference, backend]), ..Settings::default() };
        let mut examiner = Examiner::new(reference, backend, settings)?;
        let records = options.record.as_deref().map(|folder| Records::open(folder, &mut examiner)).transpose()?;
        Ok(Self { examiner, condition: options.condition.as_ref(), records })
    }

    /// Runs the problem that `bytes` stand for: see [`artifact::read`].
    ///
    /// # Errors
    /// Only where a finding can't be recorded.
    pub fn run(&mut self, bytes: &[u8]) -> Result<Outcome, FuzzError> {
        let problem = artifact::read(bytes);
        let excluded = self.condition.is_some_and(|condition| !condition.holds(&problem));
        if excluded || artifact::LIMITS.check(&problem).is_err() {
            return Ok(Outcome::Rejected);
        }
        let observation = self.examiner.examine(&problem);
        if !observation.verdict.is_failure() {
            let rejected = observation.verdict == crate::judge::Verdict::Unsupported;
            return Ok(if rejected { Outcome::Rejected } else { Outcome::Passed });
        }
        let message = || describe(&problem, &self.examiner, &observation);
        match &mut self.records {
            None => Ok(Outcome::Failed(message())),
            Some(records) => {
                let recorded = records.add(&problem, &self.examiner, &observation)?;
                Ok(recorded.map_or(Outcome::Passed, |path| {
                    Outcome::Recorded(format!("{}recorded as {}\n", message(), path.display()))
                }))
            }
        }
    }
}

fn describe(problem: &Problem, examiner: &Examiner<'_>, observation: &crate::judge::Observation) -> String {
    let words = problem.in_words();
    let seen = report::replayed(problem, examiner, observation);
    let [backend, reference] =
        [examiner.backend().name(), examiner.reference().name()].map(|name| shell_words::quote(name));
    format!("{problem}\n{words}\n{seen}convdiff replay --backend {backend} --reference {reference} {problem}\n")
}

#[cfg(test)]
mod tests;
