//! `convdiff explain`.

use super::exit;
use super::target::{self, Target};
use anyhow::{Context, Result, bail};
use clap::Args;
use convdiff::backend::registry::{self, Isolation};
use convdiff::backend::worker;
use convdiff::judge::Settings;
use convdiff::operands::{DEFAULT_SEED, Fill};
use convdiff::problem::{Condition, Limits, Problem};
use convdiff::report::explained;
use convdiff::run::{Explained, Explaining, ExplanationsFile, explain_map, explain_problem, explain_run};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Says when something fails, what the wrong elements sum, and how little has to change for it to pass.
///
/// A run's findings are explained again, with more calls than the sweep took. A map alone, also one that was made
/// elsewhere, is learnt from without running anything. Around a single failing problem the backend is explored.
/// Nothing is written unless --out says where. The same input gives the same explanation.
#[derive(Debug, Args)]
pub struct ExplainCommand {
    /// The folder of a run, a map (.csv), or one failing problem: a repro, a descriptor or a libFuzzer artifact.
    #[arg(value_name = "RUN|MAP|REPRO|DESCRIPTOR|FILE")]
    what: String,
    /// The backend that fails [default: a repro's own]; of a run or a map, only what fails there.
    #[arg(short, long, value_name = "NAME")]
    backend: Option<String>,
    /// Backend calls that one finding may take: to learn and check when it happens, for taps and for neighbours.
    #[arg(long, value_name = "N", default_value_t = 5000, value_parser = clap::value_parser!(u64).range(50..))]
    calls: u64,
    /// The backend that is believed, of a single problem [default: a repro's own, else exact].
    #[arg(long, value_name = "NAME")]
    reference: Option<String>,
    /// How operands are filled, of a single problem [default: a repro's own, else integers, or integers-f16 where a backend computes in
    /// half precision or bfloat16].
    #[arg(long, value_parser = super::sweep::fill)]
    fill: Option<Fill>,
    /// Seed of what is drawn, and of the operands of a single problem [default: a repro's own].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Only problems of which this holds, as in `kernel_h != kernel_w and groups > 1`: of a run or a map its rows, and those that
    /// are run on demand.
    #[arg(long = "where", value_name = "EXPR")]
    condition: Option<Condition>,
    /// Run every backend in a process of its own.
    #[arg(long)]
    isolate: bool,
    /// Seconds that a backend in its own process has for one problem [default: 10; of a run, its own].
    #[arg(long, value_name = "SECONDS", value_parser = super::sweep::seconds)]
    deadline: Option<f64>,
    /// The Python that runs engines which are Python packages [default: the one that `convdiff engines install` made].
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Also write the explanations to a file, as TOML.
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl ExplainCommand {
    pub fn run(self) -> Result<ExitCode> {
        let path = Path::new(&self.what);
        let seed = self.seed.unwrap_or(DEFAULT_SEED);
        let how = Explaining { calls: self.calls, seed, condition: self.condition.clone() };
        let mut found = if path.is_dir() {
            self.no_single_problem("a run")?;
            explain_run(path, &self.isolation()?, &how)?
        } else if path.extension().is_some_and(|extension| extension == "csv") {
            self.no_single_problem("a map")?;
            explain_map(path, &how)?
        } else {
            return self.problem(how);
        };
        if let Some(name) = &self.backend {
            let failing: Vec<String> = found.iter().map(|found| found.backend.clone()).collect();
            found.retain(|found| found.backend == *name);
            if found.is_empty() && !failing.is_empty() {
                bail!("{name} doesn't fail in {}; these do: {}", self.what, failing.join(", "));
            }
        }
        self.conclude(&found)
    }

    fn no_single_problem(&self, what: &str) -> Result<()> {
        if self.fill.is_some() || self.reference.is_some() {
            bail!("{} is {what}, and has its own operands and reference: leave --fill and --reference out", self.what);
        }
        Ok(())
    }

    fn problem(&self, mut how: Explaining) -> Result<ExitCode> {
        let target = target::one(&self.what)?;
        let (problem, own) = match &target {
            Target::Problem(problem) => (*problem, None),
            Target::Repro(repro) => (repro.problem, Some(repro)),
        };
        Limits::default().check(&problem).with_context(|| format!("{problem}"))?;
        if let Some(condition) = self.condition.as_ref().filter(|condition| !condition.holds(&problem)) {
            bail!("--where {condition} doesn't hold for {problem} itself: leave it out, or start at another problem");
        }
        let Some(name) = self.backend.as_ref().or(own.map(|repro| &repro.backend)) else {
            bail!("a descriptor has no backend of its own; say which fails, as in `--backend rten`");
        };
        let reference = self.reference.as_deref().or(own.map(|repro| repro.reference.as_str())).unwrap_or("exact");
        let isolation = self.isolation()?;
        let (backend, reference) = (registry::open(name, &isolation)?, registry::open(reference, &isolation)?);
        let fitting = || Settings { fill: Settings::fill_for([&*reference, &*backend]), seed: how.seed, strict: false };
        let settings = own.map_or_else(fitting, |repro| repro.settings());
        let settings =
            Settings { fill: self.fill.unwrap_or(settings.fill), seed: self.seed.unwrap_or(settings.seed), ..settings };
        how.seed = settings.seed;
        match explain_problem(&problem, &reference, &backend, settings, &how)? {
            Some(found) => self.conclude(&[found]),
            None => self.nothing(&problem, name),
        }
    }

    fn nothing(&self, problem: &Problem, name: &str) -> Result<ExitCode> {
        writeln!(std::io::stderr(), "{name} doesn't fail on {problem}: there is nothing to explain")?;
        Ok(exit::NOTHING_TESTED.into())
    }

    fn conclude(&self, found: &[Explained]) -> Result<ExitCode> {
        if found.is_empty() {
            writeln!(std::io::stderr(), "nothing fails in {}: there is nothing to explain", self.what)?;
            return Ok(exit::NOTHING_TESTED.into());
        }
        let mut out = std::io::stdout().lock();
        for (number, found) in found.iter().enumerate() {
            write!(out, "{}", explained(number + 1, found))?;
        }
        if let Some(file) = &self.out {
            let text = ExplanationsFile::of(found).to_toml()?;
            convdiff::sweep::folder::write_whole(file, text.as_bytes())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn isolation(&self) -> Result<Isolation> {
        let mut limits = worker::Limits::default();
        if let Some(deadline) = self.deadline {
            limits.answer = Duration::from_secs_f64(deadline);
        }
        Ok(Isolation { program: super::own_file()?, all: self.isolate, limits, python: self.python.clone() })
    }
}
