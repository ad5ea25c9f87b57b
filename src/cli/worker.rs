//! `convdiff worker`: one of our own backends as a worker, and a look at somebody else's.

use super::exit;
use anyhow::Context;
use clap::{Args, Subcommand};
use convdiff::backend::plugin::Plugin;
use convdiff::backend::registry;
use convdiff::backend::worker::check::Mark;
use convdiff::backend::worker::{self, Limits};
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// Serves a backend to another process, or checks a worker.
#[derive(Debug, Args)]
pub struct WorkerCommand {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Answers batches on standard input and output with a backend of this convdiff.
    Serve {
        /// The backend's name, or `plugin:` and a library's path.
        backend: String,
    },
    /// Says line by line what is right and what is wrong about a worker (see docs/worker-protocol.md).
    Check {
        /// Seconds that it has for one problem.
        #[arg(long, value_name = "SECONDS", default_value_t = 10)]
        deadline: u64,
        /// The command that starts it.
        #[arg(last = true, required = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
}

impl WorkerCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Task::Serve { backend } => serve(&backend),
            Task::Check { deadline, command } => check(command, Duration::from_secs(deadline)),
        }
    }
}

fn serve(name: &str) -> anyhow::Result<ExitCode> {
    let (input, output) = worker::take_stdio().context("standard input and output can't be taken over")?;
    match name.strip_prefix(worker::PLUGIN) {
        Some(path) => worker::serve(&Plugin::load(Path::new(path))?, input, output)?,
        None => worker::serve(registry::find(name)?.as_ref(), input, output)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn check(command: Vec<OsString>, deadline: Duration) -> anyhow::Result<ExitCode> {
    let limits = Limits { answer: deadline, ..Limits::default() };
    let (mut right, mut wrong) = (0, 0);
    let mut printed = Ok(());
    worker::check::check(command, limits, &mut |line| {
        match line.mark {
            Mark::Right => right += 1,
            Mark::Wrong => wrong += 1,
            Mark::Unsupported => {}
        }
        if printed.is_ok() {
            printed = writeln!(std::io::stdout(), "{line}");
        }
    });
    printed?;
    writeln!(std::io::stdout(), "{right} right, {wrong} wrong")?;
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { exit::FINDINGS.into() })
}
