//! Backends: what computes a convolution.
//!
//! A [`Backend`] says what it is and what it supports; a [`Session`] of it, one a thread, does the work and keeps the
//! buffers. Adding a backend is a file here and a line in the registry, in the crate `convdiff-engines`.

pub mod caught;
pub mod defect;
pub mod direct;
#[cfg(unix)]
pub mod engine;
pub mod exact;
pub mod im2col;
#[cfg(unix)]
pub mod plugin;
#[cfg(unix)]
pub mod worker;

pub use caught::run_caught;

use crate::operands::Case;
use crate::problem::Problem;
use std::borrow::Cow;
use std::time::Duration;
use thiserror::Error;

/// What sort of thing a backend is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Written here, right: `exact`, `direct`, `im2col`.
    BuiltIn,
    /// A third-party engine.
    Engine,
    /// A planted bug: demonstration and test, never a real engine.
    Planted,
}

/// How an engine adds: decides the bound of a right answer (see [`crate::judge`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Arithmetic {
    /// Sums in f64, rounded to f32 once: the reference `exact`.
    Exact,
    /// Products and sums in f32 (or wider), in any order, fused or not.
    #[default]
    F32,
    /// Winograd or FFT in f32: sums of transformed values, exact on no operands.
    F32Transformed,
    /// Products and sums rounded to f16.
    F16,
    /// Operands rounded to bf16, sums in f32.
    Bf16,
}

/// Why a backend doesn't take a problem, in words that complete "… is unsupported: ".
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Unsupported(pub Cow<'static, str>);

/// What a run came to, if not to an output.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Failure {
    /// Only running it showed that the backend can't.
    #[error("unsupported: {0}")]
    Unsupported(Cow<'static, str>),
    /// The backend took the problem and returned an error.
    #[error("error: {0}")]
    Error(String),
    /// The backend panicked, or its process died. Below the first line stands what it last said, which may vary.
    #[error("crash: {0}")]
    Crash(String),
    /// No answer within the deadline.
    #[error("no answer within {0:?}")]
    Hang(Duration),
    /// The backend is gone for good, which says nothing about the problem: no verdict, and no use to go on.
    #[error("{0}")]
    Lost(String),
}

/// A backend that can't be had here, or can't be started.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BackendError {
    /// No backend has that name.
    #[error("no backend is called {name:?}{}; `convdiff backends` lists them", suggestion(.nearest))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
    /// Known, but not compiled in.
    #[error("backend {name:?} is not compiled in; build convdiff with `--features {feature}`")]
    NotCompiledIn {
        /// Its name.
        name: String,
        /// The cargo feature that brings it.
        feature: &'static str,
    },
    /// An engine whose environment is not there.
    #[error(
        "engine {name:?} is not installed; `convdiff engines install {install}` does that, and `--python PATH` runs it with a Python of your own"
    )]
    NotInstalled {
        /// The backend's name.
        name: String,
        /// What to install.
        install: String,
    },
    /// Several engines whose environments are not there.
    #[error(
        "engines {} are not installed; `convdiff engines install {}` does that, and `--python PATH` runs them with a Python of your own",
        names.join(", "), install.join(" ")
    )]
    SeveralNotInstalled {
        /// The backends' names.
        names: Vec<String>,
        /// What to install.
        install: Vec<String>,
    },
    /// An engine's name with a version or options that can't be.
    #[error("backend {name:?}: {reason}")]
    EngineName {
        /// The name that was asked for.
        name: String,
        /// What is wrong with it, and what there is.
        reason: String,
    },
    /// It is there, but could not be started.
    #[error("backend {name:?} could not be started: {reason}")]
    Start {
        /// Its name.
        name: String,
        /// What went wrong and what to do.
        reason: String,
    },
}

fn suggestion(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean {name:?}?")).unwrap_or_default()
}

/// An implementation of convolution.
pub trait Backend: Send + Sync {
    /// Its name in the registry and in every output.
    fn name(&self) -> &str;

    /// Version of what computes.
    fn version(&self) -> String;

    /// What sort of thing it is.
    fn kind(&self) -> Kind;

    /// How it adds.
    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::F32
    }

    /// Whether it may take its process down or never return, so that it has to run in a child process, never in this one.
    fn must_isolate(&self) -> bool {
        false
    }

    /// Whether it takes `problem`; if not, why not. It takes every problem unless it says otherwise.
    ///
    /// # Errors
    /// The reason. That is a count in the map, not a failure.
    fn supports(&self, _problem: &Problem) -> Result<(), Unsupported> {
        Ok(())
    }

    /// A session for one thread.
    ///
    /// # Errors
    /// [`BackendError::Start`] where the engine can't be loaded.
    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError>;

    /// A session in which nothing was computed yet; of a backend in another process, a new process.
    ///
    /// # Errors
    /// As [`Backend::session`].
    fn fresh_session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        self.session()
    }

    /// What happened so far that a person should know and that no verdict says, a sentence each.
    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A backend at work on one thread, with its buffers.
pub trait Session: Send {
    /// Computes one problem.
    ///
    /// `output` is `N×O×OH×OW`, row-major, and holds [`UNWRITTEN`] everywhere: every element must be written.
    ///
    /// # Errors
    /// What it came to instead. May panic: callers run foreign sessions through [`run_caught`].
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure>;

    /// Computes several problems, one after the other; never panics where `run` does.
    ///
    /// `outputs` belong to `cases` one by one; `results` is cleared and gets one result a case, in order. Backends in
    /// another process override this: there, a message per batch is cheap and one per problem is not.
    fn run_batch(&mut self, cases: &[Case<'_>], outputs: &mut [&mut [f32]], results: &mut Vec<Result<(), Failure>>) {
        results.clear();
        results.extend(cases.iter().zip(outputs).map(|(&case, output)| run_caught(self, case, output)));
    }

    /// Whether it computes beside this thread what it has begun with: it is in another process.
    fn is_apart(&self) -> bool {
        false
    }

    /// Begins with several problems where [`Session::is_apart`], and doesn't wait for them: [`Session::run_batch`] with the same
    /// problems does. What was begun must be asked for in that order, and all of it before anything else.
    fn begin(&mut self, _cases: &[Case<'_>]) {}
}

/// What an output holds before a backend runs: a NaN with a payload that no computation makes.
pub const UNWRITTEN: f32 = f32::from_bits(0x7fc0_dead);
