//! `convdiff explain`.

use super::exit;
use super::how::HowArgs;
use super::output::Output;
use super::salvage::{SalvageArgs, say};
use super::target::{self, Target};
use anyhow::{Context, Result, bail};
use clap::Args;
use convdiff::diagnose::Repro;
use convdiff::operands::DEFAULT_SEED;
use convdiff::problem::{Condition, Limits, Problem};
use convdiff::report::explained;
use convdiff::run::{Explained, Explaining, ExplanationsFile, Reading, explain_map, explain_problem, explain_run};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
    /// Only problems of which this holds, as in `kernel_h != kernel_w and groups > 1`: of a run or a map its rows, and those that
    /// are run on demand.
    #[arg(long = "where", value_name = "EXPR")]
    condition: Option<Condition>,
    #[command(flatten)]
    how: HowArgs,
    #[command(flatten)]
    salvage: SalvageArgs,
    /// Also write the explanations to a file, as TOML.
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace that file if it is there.
    #[arg(long, requires = "out")]
    force: bool,
}

impl ExplainCommand {
    pub fn run(self) -> Result<ExitCode> {
        let path = Path::new(&self.what);
        let seed = self.how.seed.unwrap_or(DEFAULT_SEED);
        let how = Explaining { calls: self.calls, seed, condition: self.condition.clone() };
        if path.extension().is_some_and(|extension| extension == "partial") {
            let run = path.parent().filter(|run| !run.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let (what, run) = (&self.what, run.display());
            bail!("{what} is a table of a run that is not over; `convdiff sweep --resume {run}` goes on with it");
        }
        let output = Output::begin(self.out.as_deref(), self.force)?;
        let mut reading = self.salvage.reading();
        let mut found = if path.is_dir() {
            self.no_single_problem("a run")?;
            explain_run(path, &self.how.isolation(None)?, &how, &mut reading)?
        } else if path.extension().is_some_and(|extension| extension == "csv") {
            self.no_single_problem("a map")?;
            explain_map(path, &how, &mut reading)?
        } else {
            return self.problem(how, &mut reading, output);
        };
        say(&mut reading)?;
        if let Some(name) = &self.backend {
            let failing: Vec<String> = found.iter().map(|found| found.backend.clone()).collect();
            found.retain(|found| found.backend == *name);
            if found.is_empty() && !failing.is_empty() {
                bail!("{name} doesn't fail in {}; these do: {}", self.what, failing.join(", "));
            }
        }
        self.conclude(&found, output)
    }

    fn no_single_problem(&self, what: &str) -> Result<()> {
        if self.how.fill.is_some() || self.how.reference.is_some() || self.how.strict {
            bail!(
                "{} is {what}, and has its own operands and reference: leave --fill, --reference and --strict out",
                self.what
            );
        }
        Ok(())
    }

    fn problem(&self, mut how: Explaining, reading: &mut Reading, output: Option<Output>) -> Result<ExitCode> {
        let target = target::one(&self.what, reading)?;
        say(reading)?;
        let (problem, own) = match &target {
            Target::Problem(problem) => (*problem, None),
            Target::Repro(repro) => (repro.problem, Some(&**repro)),
        };
        Limits::default().check(&problem).with_context(|| format!("{problem}"))?;
        if let Some(condition) = self.condition.as_ref().filter(|condition| !condition.holds(&problem)) {
            bail!("--where {condition} doesn't hold for {problem} itself: leave it out, or start at another problem");
        }
        let Some(name) = self.backend.as_ref().or(own.map(|repro| &repro.backend)) else {
            bail!("{}", target::no_backend(&self.what, &problem));
        };
        let (backend, reference) = (self.how.backend(name, own)?, self.how.reference(own)?);
        let settings = self.how.settings(own, [&*reference, &*backend]);
        how.seed = settings.seed;
        match explain_problem(&problem, &reference, &backend, settings, &how)? {
            Some(found) => self.conclude(&[found], output),
            None => self.nothing(&problem, name, own),
        }
    }

    fn nothing(&self, problem: &Problem, name: &str, own: Option<&Repro>) -> Result<ExitCode> {
        writeln!(std::io::stderr(), "{name} doesn't fail on {problem}: there is nothing to explain")?;
        target::say_what_comes_before(own)?;
        Ok(exit::NOTHING_TESTED.into())
    }

    fn conclude(&self, found: &[Explained], output: Option<Output>) -> Result<ExitCode> {
        if found.is_empty() {
            writeln!(std::io::stderr(), "nothing fails in {}: there is nothing to explain", self.what)?;
            return Ok(exit::NOTHING_TESTED.into());
        }
        let mut out = std::io::stdout().lock();
        for (number, found) in found.iter().enumerate() {
            write!(out, "{}", explained(number + 1, found))?;
        }
        if let Some(output) = output {
            output.write(&ExplanationsFile::of(found).to_toml()?)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
