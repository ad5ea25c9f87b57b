//! `convdiff backends`.

use anyhow::Result;
use convdiff::report;
use std::io::Write;
use std::process::ExitCode;

/// Lists the backends.
#[derive(Debug, clap::Args)]
pub struct BackendsCommand {}

impl BackendsCommand {
    pub fn run(self) -> Result<ExitCode> {
        write!(std::io::stdout(), "{}", report::backends())?;
        Ok(ExitCode::SUCCESS)
    }
}
