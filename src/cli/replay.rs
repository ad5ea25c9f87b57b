//! `convdiff replay`.

use super::exit;
use super::target::{self, Target};
use anyhow::{Context, Result};
use clap::Args;
use convdiff::backend::registry::{self, Isolation};
use convdiff::backend::{Backend, Kind, worker};
use convdiff::diagnose::Repro;
use convdiff::judge::{Examiner, Observation, Settings, Verdict};
use convdiff::operands::{DEFAULT_SEED, Fill};
use convdiff::problem::Limits;
use convdiff::report::replayed;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Runs problems again and shows what differs: which elements, expected and actual.
///
/// Exits with 2 if anything fails, planted defects included.
#[derive(Debug, Args)]
pub struct ReplayCommand {
    /// A descriptor, a repro file, a list of descriptors, a libFuzzer artifact, or a folder of repros and lists (a run,
    /// or corpus/regressions).
    #[arg(value_name = "DESCRIPTOR|FILE|FOLDER", required = true)]
    what: Vec<String>,
    /// Backends [default: a repro's own; of a descriptor every one that is compiled in].
    #[arg(short, long = "backend", value_name = "NAME", value_delimiter = ',')]
    backends: Vec<String>,
    /// The backend that is believed.
    #[arg(long, value_name = "NAME", default_value = "exact")]
    reference: String,
    /// How operands are filled [default: integers; integers-f16 where a backend computes in half precision or bfloat16]; a repro has
    /// its own.
    #[arg(long, value_parser = super::sweep::fill)]
    fill: Option<Fill>,
    /// Seed of the operands.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Compare bits.
    #[arg(long)]
    strict: bool,
    /// Run every backend in a process of its own.
    #[arg(long)]
    isolate: bool,
    /// Seconds that a backend in its own process has for one problem.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = super::sweep::seconds)]
    deadline: f64,
    /// The Python that runs engines which are Python packages [default: the one that `convdiff engines install` made].
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
}

impl ReplayCommand {
    pub fn run(self) -> Result<ExitCode> {
        let mut targets = Vec::new();
        for what in &self.what {
            target::find(what, &mut targets)?;
        }
        if targets.is_empty() {
            writeln!(std::io::stderr(), "nothing to replay in {}", self.what.join(" "))?;
            return Ok(exit::NOTHING_TESTED.into());
        }
        let mut failures = 0;
        for target in &targets {
            failures += self.replay(target)?;
        }
        Ok(if failures > 0 { exit::FINDINGS.into() } else { ExitCode::SUCCESS })
    }

    /// Replays one target on each backend; how many fail.
    fn replay(&self, target: &Target) -> Result<usize> {
        let (problem, own) = match target {
            Target::Problem(problem) => (problem, None),
            Target::Repro(repro) => (&repro.problem, Some(repro.backend.as_str())),
        };
        Limits::default().check(problem).with_context(|| format!("{problem}"))?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{problem}\n{}", problem.in_words())?;
        let mut failures = 0;
        for backend in self.backends(own)? {
            let reference = registry::open(&self.reference, &Isolation { all: false, ..self.isolation()? })?;
            let fill = self.fill.unwrap_or_else(|| Settings::fill_for([&*reference, &*backend]));
            let settings = Settings { fill, seed: self.seed, strict: self.strict };
            let mut examiner = Examiner::new(&*reference, &*backend, settings)?;
            let observation = match target {
                Target::Problem(problem) => examiner.examine(problem),
                Target::Repro(repro) => examiner.examine_case(repro.case()),
            };
            write!(out, "{}", replayed(problem, &examiner, &observation))?;
            if let Target::Repro(repro) = target {
                writeln!(out, "{}", against(repro, &observation))?;
            }
            failures += usize::from(observation.verdict.is_failure());
        }
        writeln!(out)?;
        Ok(failures)
    }

    fn backends(&self, own: Option<&str>) -> Result<Vec<Arc<dyn Backend>>> {
        let isolation = self.isolation()?;
        let open = |name: &str| Ok(registry::open(name, &isolation)?);
        match own {
            _ if !self.backends.is_empty() => self.backends.iter().map(|name| open(name)).collect(),
            Some(own) => Ok(vec![open(own)?]),
            None => {
                let real = |backend: &Arc<dyn Backend>| backend.kind() != Kind::Planted;
                registry::default_under_test().iter().filter(|backend| real(backend)).map(|b| open(b.name())).collect()
            }
        }
    }

    fn isolation(&self) -> Result<Isolation> {
        let limits = worker::Limits { answer: Duration::from_secs_f64(self.deadline), ..worker::Limits::default() };
        Ok(Isolation { program: super::own_file()?, all: self.isolate, limits, python: self.python.clone() })
    }
}

/// Whether a repro shows what it showed when it was written.
fn against(repro: &Repro, observation: &Observation) -> String {
    let region = observation.difference.as_ref().map(|difference| difference.region.to_string());
    if (observation.verdict, &region) == (repro.verdict, &repro.region) {
        return "as in the repro file".to_owned();
    }
    let was = |verdict: Verdict, region: &Option<String>| match region {
        Some(region) => format!("{verdict} at {region}"),
        None => verdict.to_string(),
    };
    format!(
        "not as in the repro file: {} there, {} now",
        was(repro.verdict, &repro.region),
        was(observation.verdict, &region)
    )
}
