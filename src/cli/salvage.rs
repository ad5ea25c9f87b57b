//! What is done with files of a run that aren't as it wrote them.

use anyhow::Result;
use clap::Args;
use convdiff::run::Reading;
use std::io::Write;

/// The flag that all commands have which read a run.
#[derive(Debug, Args)]
pub struct SalvageArgs {
    /// Go on with what holds of a run's files that were changed or damaged since, and say what doesn't.
    #[arg(long)]
    salvage: bool,
}

impl SalvageArgs {
    /// How files are read.
    pub fn reading(&self) -> Reading {
        Reading::salvaging(self.salvage)
    }
}

/// Says what a person should know of what was read.
pub fn say(reading: &mut Reading) -> Result<()> {
    for note in reading.take_notes() {
        writeln!(std::io::stderr(), "{note}")?;
    }
    Ok(())
}
