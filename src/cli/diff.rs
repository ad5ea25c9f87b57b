//! `convdiff diff`.

use super::exit;
use super::salvage::{SalvageArgs, say};
use anyhow::Result;
use clap::Args;
use convdiff::report;
use convdiff::run::{Diff, Results};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Compares two runs, or two folders of runs: which findings and failures are new, gone, still there. Prints Markdown.
///
/// Exits with 2 where something is new in a backend that is no planted bug, and with 0 else.
#[derive(Debug, Args)]
pub struct DiffCommand {
    /// The folder of a run, or one with runs and recorded repros in it; an empty one, and all is new.
    before: PathBuf,
    /// The folder to compare with it.
    after: PathBuf,
    /// Let what is new in planted bugs count as well.
    #[arg(long)]
    count_planted: bool,
    #[command(flatten)]
    salvage: SalvageArgs,
}

impl DiffCommand {
    pub fn run(self) -> Result<ExitCode> {
        let mut reading = self.salvage.reading();
        let before = Results::read(&self.before, &mut reading)?;
        let diff = Diff::of(&before, &Results::read(&self.after, &mut reading)?);
        say(&mut reading)?;
        write!(std::io::stdout(), "{}", report::diff(&diff, &self.before, &self.after))?;
        Ok(if diff.is_worse(self.count_planted) { exit::FINDINGS.into() } else { ExitCode::SUCCESS })
    }
}
