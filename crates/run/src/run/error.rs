//! What can go wrong with a run, apart from what it finds.

use super::map::MapError;
use super::plan::PlanError;
use crate::backend::BackendError;
use crate::diagnose::ReproError;
use crate::sweep::SweepError;
use std::path::PathBuf;
use thiserror::Error;

/// A run that could not be begun, or had to stop.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// The sweep's.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// A backend can't be had.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The plan makes no points.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A repro could not be written.
    #[error(transparent)]
    Repro(#[from] ReproError),
    /// A map can't be used.
    #[error(transparent)]
    Map(#[from] MapError),
    /// A run can only be resumed as it was begun.
    #[error(
        "{what} was {begun} when {path} was begun, and is {now} now; resume it as it was (`convdiff sweep --resume {path}` takes everything from its manifest), or begin a new one",
        path = path.display()
    )]
    Changed {
        /// The run.
        path: PathBuf,
        /// What changed.
        what: String,
        /// What it was.
        begun: String,
        /// What it is.
        now: String,
    },
    /// A run that isn't over has no findings yet.
    #[error("{path} isn't over and has no findings yet; go on with `convdiff sweep --resume {path}`", path = .0.display())]
    Unfinished(PathBuf),
    /// A run that is over can't be resumed.
    #[error("{path} is complete; there is nothing to resume", path = .0.display())]
    Complete(PathBuf),
}
