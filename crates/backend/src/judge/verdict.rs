//! What one backend did on one problem.

use super::compare::Difference;
use crate::backend::Failure;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The verdict on one backend and one problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The same numbers as the reference.
    Agrees,
    /// Other numbers, inside the proven bound of the backend's arithmetic: no bug.
    Rounds,
    /// Other numbers, outside the bound.
    Differs,
    /// Two runs on the same operands gave different numbers, at least one of them wrong.
    Unstable,
    /// It said that it can't.
    Unsupported,
    /// It should have and didn't: an error instead of an output.
    Errors,
    /// It panicked or its process died.
    Crashes,
    /// No answer within the deadline.
    Hangs,
}

impl Verdict {
    /// All verdicts, in the order in which tables show them.
    pub const ALL: [Verdict; 8] = [
        Verdict::Agrees,
        Verdict::Rounds,
        Verdict::Differs,
        Verdict::Unstable,
        Verdict::Unsupported,
        Verdict::Errors,
        Verdict::Crashes,
        Verdict::Hangs,
    ];

    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Agrees => "agrees",
            Verdict::Rounds => "rounds",
            Verdict::Differs => "differs",
            Verdict::Unstable => "unstable",
            Verdict::Unsupported => "unsupported",
            Verdict::Errors => "errors",
            Verdict::Crashes => "crashes",
            Verdict::Hangs => "hangs",
        }
    }

    /// Whether somebody should look at it: anything but `agrees`, `rounds` and `unsupported`.
    pub fn is_failure(self) -> bool {
        !matches!(self, Verdict::Agrees | Verdict::Rounds | Verdict::Unsupported)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A word that is no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no verdict; verdicts are agrees, rounds, differs, unstable, unsupported, errors, crashes, hangs")]
pub struct UnknownVerdict(pub String);

impl FromStr for Verdict {
    type Err = UnknownVerdict;

    fn from_str(word: &str) -> Result<Self, UnknownVerdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.name() == word).ok_or_else(|| UnknownVerdict(word.to_owned()))
    }
}

/// A verdict with what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The verdict.
    pub verdict: Verdict,
    /// Which elements are off and by how much; for `differs`, `unstable` and `rounds`.
    pub difference: Option<Difference>,
    /// The backend's own words; for `unsupported`, `errors`, `crashes` and `hangs`.
    pub message: Option<Cow<'static, str>>,
}

impl Observation {
    /// The verdict `agrees`.
    pub const AGREES: Self = Self { verdict: Verdict::Agrees, difference: None, message: None };

    /// What the backend said first: what a process last printed stands below, and may be another thing each time.
    pub fn first_line(&self) -> &str {
        self.message.as_deref().and_then(|message| message.lines().next()).unwrap_or_default()
    }

    /// The verdict on a run without an output.
    pub fn of_failure(failure: Failure) -> Self {
        let (verdict, message) = match failure {
            Failure::Unsupported(reason) => (Verdict::Unsupported, reason),
            Failure::Error(message) => (Verdict::Errors, message.into()),
            Failure::Crash(message) => (Verdict::Crashes, message.into()),
            Failure::Hang(deadline) => (Verdict::Hangs, format!("no answer within {deadline:?}").into()),
            // A sweep stops at it; who examines a single problem reads the reason.
            Failure::Lost(reason) => (Verdict::Errors, reason.into()),
        };
        Self { verdict, difference: None, message: Some(message) }
    }
}
