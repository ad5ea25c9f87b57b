//! `convdiff corpus`.

use super::exit;
use super::target::{self, Target};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use convdiff::problem::{Problem, artifact};
use convdiff::run::Reading;
use convdiff::sweep::folder::write_whole;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// The folder of seeds that `cargo fuzz run conv_diff corpus/conv_diff` begins with.
const FOLDER: &str = "corpus/conv_diff";

/// Adds problems to the fuzzer's seeds, or lists those.
///
/// A seed is a file that holds a descriptor and is called by it.
#[derive(Debug, Args)]
pub struct CorpusCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes a seed of each problem, and prints the names of the files that are new.
    Add {
        /// A descriptor, a repro file, a list of descriptors, a libFuzzer artifact, or a folder of repros and lists.
        #[arg(value_name = "DESCRIPTOR|FILE|FOLDER", required = true)]
        what: Vec<String>,
        /// The folder of seeds.
        #[arg(long, value_name = "FOLDER", default_value = FOLDER)]
        folder: PathBuf,
    },
    /// Prints the problem of each seed as a descriptor, the smallest first, be the seed text or a fuzzer's bytes.
    List {
        /// The folder of seeds.
        #[arg(value_name = "FOLDER", default_value = FOLDER)]
        folder: PathBuf,
    },
}

impl CorpusCommand {
    pub fn run(self) -> Result<ExitCode> {
        match self.action {
            Action::Add { what, folder } => add(&what, folder),
            Action::List { folder } => list(folder),
        }
    }
}

fn add(what: &[String], folder: PathBuf) -> Result<ExitCode> {
    let mut targets = Vec::new();
    for what in what {
        target::find(what, &mut targets, &mut Reading::strict())?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    for target in targets {
        let problem = match target {
            Target::Problem(problem) => problem,
            Target::Repro(repro) => repro.problem,
        };
        artifact::LIMITS.check(&problem).with_context(|| format!("{problem}: fuzz targets skip it"))?;
        let path = folder.join(problem.to_string());
        if !path.exists() {
            write_whole(&path, format!("{problem}\n").as_bytes())?;
            writeln!(std::io::stdout(), "{}", path.display())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(folder: PathBuf) -> Result<ExitCode> {
    let reading = || format!("reading {}", folder.display());
    let mut seeds = Vec::new();
    for entry in fs::read_dir(&folder).with_context(reading)? {
        let path = entry.with_context(reading)?.path();
        if path.is_file() {
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            seeds.push(artifact::read(&bytes));
        }
    }
    if seeds.is_empty() {
        writeln!(std::io::stderr(), "no seeds in {}", folder.display())?;
        return Ok(exit::NOTHING_TESTED.into());
    }
    seeds.sort_by_key(Problem::size);
    seeds.dedup();
    let mut out = std::io::stdout().lock();
    for problem in seeds {
        writeln!(out, "{problem}")?;
    }
    Ok(ExitCode::SUCCESS)
}
