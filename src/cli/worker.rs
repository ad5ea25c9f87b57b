//! `convdiff worker`: one of our own backends as a worker, and a look at somebody else's.

use anyhow::Context;
use clap::{Args, Subcommand};
use convdiff::backend::{registry, worker};
use std::process::ExitCode;

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
        /// The backend's name.
        backend: String,
    },
}

impl WorkerCommand {
    /// Runs it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Task::Serve { backend } => serve(&backend),
        }
    }
}

fn serve(name: &str) -> anyhow::Result<ExitCode> {
    let (input, output) = worker::take_stdio().context("standard input and output can't be taken over")?;
    let backend = registry::find(name)?;
    worker::serve(backend.as_ref(), input, output)?;
    Ok(ExitCode::SUCCESS)
}
