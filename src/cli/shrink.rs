//! `convdiff shrink`.

use super::exit;
use super::target::{self, Target};
use anyhow::{Context, Result, bail};
use clap::Args;
use convdiff::backend::registry::{self, Isolation};
use convdiff::backend::worker;
use convdiff::diagnose::Repro;
use convdiff::judge::{Examiner, Settings, Symptom};
use convdiff::operands::{DEFAULT_SEED, Fill};
use convdiff::problem::Limits;
use convdiff::report::shrunk;
use convdiff::shrink::DEFAULT_CALLS;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Makes a failing case as small as it gets, and writes it as a repro.
///
/// Exits with 2 where it fails (as a failing case should), 4 where it doesn't.
#[derive(Debug, Args)]
pub struct ShrinkCommand {
    /// A failing problem: a descriptor, a repro file or a libFuzzer artifact.
    #[arg(value_name = "DESCRIPTOR|FILE")]
    what: String,
    /// The backend that fails [default: a repro's own].
    #[arg(short, long, value_name = "NAME")]
    backend: Option<String>,
    /// The backend that is believed.
    #[arg(long, value_name = "NAME", default_value = "exact")]
    reference: String,
    /// How operands are filled [default: integers; integers-f16 where a backend computes in half precision or bfloat16].
    #[arg(long, value_parser = super::sweep::fill)]
    fill: Option<Fill>,
    /// Seed of the operands.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Runs of the backend; when they are spent, the best so far is written, and said to be not proved.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_CALLS)]
    shrink_calls: u64,
    /// Run both backends in processes of their own, where a crash or a hang is what is shrunk.
    #[arg(long)]
    isolate: bool,
    /// Seconds that a backend in its own process has for one problem.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = super::sweep::seconds)]
    deadline: f64,
    /// The Python that runs engines which are Python packages [default: the one that `convdiff engines install` made].
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Where to write the repro [default: nowhere; the problem is printed].
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl ShrinkCommand {
    pub fn run(self) -> Result<ExitCode> {
        let (start, own) = match target::one(&self.what)? {
            Target::Problem(problem) => (problem, None),
            Target::Repro(repro) => (repro.problem, Some(repro.backend)),
        };
        Limits::default().check(&start).with_context(|| format!("{start}"))?;
        let Some(name) = self.backend.or(own) else {
            bail!("a descriptor has no backend of its own; say which fails, as in `--backend rten`");
        };
        let limits = worker::Limits { answer: Duration::from_secs_f64(self.deadline), ..worker::Limits::default() };
        let isolation =
            Isolation { program: super::own_file()?, all: self.isolate, limits, python: self.python.clone() };
        let backend = registry::open(&name, &isolation)?;
        let reference = registry::open(&self.reference, &isolation)?;
        let fill = self.fill.unwrap_or_else(|| Settings::fill_for([&*reference, &*backend]));
        let settings = Settings { fill, seed: self.seed, strict: false };
        let mut examiner = Examiner::new(&*reference, &*backend, settings)?;
        let observation = examiner.examine(&start);
        let Some(symptom) = Symptom::of(&observation) else {
            writeln!(std::io::stderr(), "{name} {} on {start}: there is nothing to shrink", observation.verdict)?;
            return Ok(exit::NOTHING_TESTED.into());
        };
        let mut repro = Repro::shrunk(&mut examiner, settings, &start, &symptom, self.shrink_calls, &|_| true)?;
        repro.look_for_passing(&mut examiner);
        if let Some(file) = &self.out {
            convdiff::sweep::folder::write_whole(file, repro.to_toml()?.as_bytes())?;
        }
        write!(std::io::stdout(), "{}", shrunk(&repro, &symptom))?;
        Ok(exit::FINDINGS.into())
    }
}
