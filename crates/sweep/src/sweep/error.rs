//! What can go wrong with a sweep, apart from what it finds.

use super::format::FormatVersion;
use crate::backend::BackendError;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A sweep that could not be begun or had to stop.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SweepError {
    /// A file or folder could not be read or written.
    #[error("{action} {path}", path = path.display())]
    Io {
        /// What was tried: "writing", "opening" …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The folder holds a run already.
    #[error("{path} already holds a run; continue it with --resume, or choose another folder with --out", path = .0.display())]
    Occupied(PathBuf),
    /// The folder holds something that is not of a run.
    #[error("{path} holds {holds}, which is no run of convdiff; nothing was written; choose another folder with --out", path = path.display())]
    NotOurs {
        /// The folder.
        path: PathBuf,
        /// The first thing in it.
        holds: String,
    },
    /// Another process is writing into the folder.
    #[error("{path} is being written by another convdiff; wait for it, or choose another folder with --out", path = .0.display())]
    Locked(PathBuf),
    /// There is no run to resume or to read.
    #[error("{path} holds no run: it has no manifest.toml", path = .0.display())]
    NoRun(PathBuf),
    /// A file of a run is not as convdiff writes it.
    #[error("{path} is damaged: {reason}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of a run has other bytes than the run wrote.
    #[error(
        "{path} is not as the run wrote it: {reason}; bring it back from a copy, or go on with what holds by --salvage",
        path = path.display()
    )]
    Altered {
        /// The file.
        path: PathBuf,
        /// How it differs.
        reason: String,
    },
    /// A newer convdiff wrote a file.
    #[error("{path} has format {found}, which a newer convdiff wrote; this one reads formats up to {}.x", super::FORMAT.major, path = path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: FormatVersion,
    },
    /// A file of a run is another version's.
    #[error("{path} can't be read by this version: {reason}", path = path.display())]
    Unread {
        /// The file.
        path: PathBuf,
        /// What it has that this version doesn't know, and what to do.
        reason: String,
    },
    /// The list of descriptors can't be read.
    #[error("{0}")]
    Source(String),
    /// A run is not over, so what it found nobody knows yet.
    #[error("{}: this run is not over; `convdiff sweep --resume {}` goes on with it", .0.display(), .0.display())]
    Unfinished(PathBuf),
    /// A backend can't be had.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A backend's process is gone and can't be had again; what it would have said of the rest nobody knows.
    #[error("a backend was lost: {0}")]
    Lost(String),
    /// A file of a run could not be formatted.
    #[error("formatting {what}: {reason}")]
    Format {
        /// Which.
        what: &'static str,
        /// The serializer's reason.
        reason: String,
    },
    /// The threads could not be started.
    #[error("starting threads")]
    Threads(#[source] io::Error),
}

impl SweepError {
    /// What `action` came to at `path`: for `map_err`.
    pub fn io<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}
