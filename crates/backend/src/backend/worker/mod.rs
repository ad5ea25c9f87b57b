//! A backend in another process.
//!
//! Foreign code may crash, hang or scribble; here that is a verdict on one problem. A [`Worker`] is a backend whose
//! sessions each own a process that speaks the [`protocol`] on its standard input and output: `convdiff worker serve`
//! for our own backends (see [`Worker::isolating`]), or any command (see [`Worker::external`]).

pub mod check;
mod foreign;
mod process;
pub mod protocol;
mod server;
mod session;
mod spawn;
mod stdio;

pub(in crate::backend) use foreign::CAUSE;
pub use foreign::{PLUGIN, WORKER, foreign};
pub use server::{ServeError, serve};
pub use stdio::take_stdio;

use super::{Arithmetic, Backend, BackendError, Kind, Session, Unsupported};
use crate::problem::Problem;
use process::{Process, Trouble};
use protocol::{Header, Hello, LONGEST_TEXT, ProtocolError, Tag, VERSION};
use session::WorkerSession;
use std::ffi::OsString;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a worker may take, and how much it may eat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From its start to its handshake.
    pub start: Duration,
    /// From one answer to the next: the deadline of one problem.
    pub answer: Duration,
    /// Resident memory, in bytes; a worker above that is replaced between two batches, for engines that leak.
    pub memory: u64,
}

impl Default for Limits {
    /// A minute, ten seconds, 4 GiB.
    fn default() -> Self {
        Self { start: Duration::from_secs(60), answer: Duration::from_secs(10), memory: 4 << 30 }
    }
}

/// A backend whose sessions are processes.
pub struct Worker {
    name: String,
    command: Vec<OsString>,
    limits: Limits,
    hello: Hello,
    /// The backend of ours that runs there, if it is one: it knows by itself what it supports.
    isolated: Option<Arc<dyn Backend>>,
    /// Processes that nobody uses now: starting one can cost seconds.
    idle: Mutex<Vec<Process>>,
    counts: Counts,
}

/// What all sessions of a worker have seen.
#[derive(Debug, Default)]
struct Counts {
    /// Problems answered, whatever the answer.
    answered: AtomicU64,
    /// Problems that alone ended a process, made it hang or talk nonsense.
    in_vain: AtomicU64,
    /// Those of them that hung.
    hung: AtomicU64,
    /// The slowest answer so far in microseconds: of the first of a process, which may get ready for it, and of others.
    slowest: [AtomicU64; 2],
    /// Processes that somebody else killed.
    killed: AtomicU64,
    /// Ends that no problem alone repeats.
    unrepeated: AtomicU64,
}

impl Worker {
    /// `backend` in processes of its own, under its own name. `command` must lead to [`serve`] with that backend.
    ///
    /// # Errors
    /// [`BackendError::Start`] where the command doesn't start or its handshake is wrong.
    pub fn isolating(backend: Arc<dyn Backend>, command: Vec<OsString>, limits: Limits) -> Result<Self, BackendError> {
        Self::start(backend.name().to_owned(), command, limits, Some(backend))
    }

    /// The worker that `command` starts, under `name`.
    ///
    /// # Errors
    /// [`BackendError::Start`] where the command doesn't start or its handshake is wrong.
    pub fn external(name: String, command: Vec<OsString>, limits: Limits) -> Result<Self, BackendError> {
        Self::start(name, command, limits, None)
    }

    fn start(
        name: String,
        command: Vec<OsString>,
        limits: Limits,
        isolated: Option<Arc<dyn Backend>>,
    ) -> Result<Self, BackendError> {
        match start_process(&command, limits.start) {
            Ok((process, hello)) => Ok(Self {
                name,
                command,
                limits,
                hello,
                isolated,
                idle: Mutex::new(vec![process]),
                counts: Counts::default(),
            }),
            Err(reason) => Err(BackendError::Start { name, reason }),
        }
    }

    /// What the worker said about itself.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Process>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backend for Worker {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> String {
        match &self.isolated {
            Some(backend) => backend.version(),
            None => {
                let Hello { engine, version, options, .. } = &self.hello;
                [engine, version, options].map(String::as_str).join(" ").trim_end().to_owned()
            }
        }
    }

    fn kind(&self) -> Kind {
        self.isolated.as_ref().map_or(Kind::Engine, |backend| backend.kind())
    }

    fn arithmetic(&self) -> Arithmetic {
        self.isolated.as_ref().map_or(self.hello.arithmetic, |backend| backend.arithmetic())
    }

    /// A foreign worker says it when it is asked to run the problem.
    fn supports(&self, problem: &Problem) -> Result<(), Unsupported> {
        self.isolated.as_ref().map_or(Ok(()), |backend| backend.supports(problem))
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(WorkerSession::new(self, false)))
    }

    fn fresh_session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(WorkerSession::new(self, true)))
    }

    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        for (count, remark) in [
            (&self.counts.killed, "worker processes were killed from outside and replaced"),
            (&self.counts.unrepeated, "times a worker process ended or hung in a way that no problem alone repeats"),
        ] {
            match count.load(Ordering::Relaxed) {
                0 => {}
                count => remarks.push(format!("{}: {count} {remark}", self.name)),
            }
        }
        remarks
    }
}

/// Starts a process and hears its handshake.
///
/// # Errors
/// What went wrong, as a sentence.
fn start_process(command: &[OsString], limit: Duration) -> Result<(Process, Hello), String> {
    let (program, arguments) = command.split_first().ok_or("the command is empty")?;
    let mut starting = Command::new(program);
    starting.args(arguments);
    let mut process =
        Process::start(starting).map_err(|error| format!("{} can't be run: {error}", program.display()))?;
    match hear_hello(&mut process, Instant::now() + limit) {
        Ok(hello) => Ok((process, hello)),
        Err(Trouble::Hang) => {
            let last_words = process.last_words();
            let separator = if last_words.is_empty() { "" } else { "\n" };
            Err(format!("no handshake within {limit:?}{separator}{last_words}"))
        }
        Err(Trouble::Died(death)) => Err(format!("it ended before its handshake: {death}")),
        Err(Trouble::Broken(error)) => Err(format!("its handshake is wrong: {error}")),
    }
}

fn hear_hello(process: &mut Process, deadline: Instant) -> Result<Hello, Trouble> {
    let header = process.header(deadline)?;
    let length = hello_length(header)?;
    Ok(Hello::parse(process.payload(length, deadline)?)?)
}

fn hello_length(header: Header) -> Result<usize, ProtocolError> {
    match header {
        Header { tag: Tag::Hello, number: VERSION, .. } => header.length_within("a handshake", LONGEST_TEXT as u64),
        Header { tag: Tag::Hello, number, .. } => Err(ProtocolError::Version(number)),
        Header { tag, .. } => Err(ProtocolError::Unexpected { found: tag, expected: "the handshake" }),
    }
}
