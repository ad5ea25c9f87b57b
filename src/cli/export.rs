//! `convdiff export`.

use super::how::HowArgs;
use super::output::Output;
use super::salvage::{SalvageArgs, say};
use super::target::{self, Target};
use anyhow::{Context, Result, bail};
use clap::Args;
use convdiff::backend::registry;
use convdiff::diagnose::{Evidence, Repro};
use convdiff::export::{ENGINES, Engine, FORMATS, Format, Subject};
use convdiff::judge::{Examiner, Settings};
use convdiff::operands::{Case, Fill};
use convdiff::problem::{Limits, Problem};
use convdiff::run::Host;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Writes a failing case as an issue's text or as a script of under 40 lines.
///
/// A repro's backend is run again, on the repro and on its neighbours, where this build has it. A descriptor is run on
/// --backend; without one, the right output alone is exported.
#[derive(Debug, Args)]
pub struct ExportCommand {
    /// A repro file, a descriptor or a libFuzzer artifact.
    #[arg(value_name = "REPRO|DESCRIPTOR|FILE")]
    what: String,
    /// What to write.
    #[arg(short, long, value_name = "NAME", default_value = "markdown", value_parser = format_named, long_help = formats())]
    format: &'static Format,
    /// Engine of the script [default: the backend, if it is one of these; else onnxruntime, and no script in an issue].
    #[arg(long, value_name = "NAME", value_parser = engine_named)]
    engine: Option<&'static Engine>,
    /// File to write [default: stdout].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace that file if it is there.
    #[arg(long, requires = "output")]
    force: bool,
    /// The backend under test, of a descriptor.
    #[arg(short, long, value_name = "NAME")]
    backend: Option<String>,
    #[command(flatten)]
    how: HowArgs,
    #[command(flatten)]
    salvage: SalvageArgs,
}

impl ExportCommand {
    pub fn run(self) -> Result<ExitCode> {
        let output = Output::begin(self.output.as_deref(), self.force)?;
        let mut reading = self.salvage.reading();
        let target = target::one(&self.what, &mut reading)?;
        say(&mut reading)?;
        let text = match target {
            Target::Problem(problem) => self.problem(&problem)?,
            Target::Repro(repro) => self.own(&repro)?,
        };
        match output {
            Some(output) => output.write(&text)?,
            None => write!(std::io::stdout(), "{text}")?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn own(&self, repro: &Repro) -> Result<String> {
        let HowArgs { reference, fill, seed, strict, .. } = &self.how;
        if self.backend.is_some() || reference.is_some() || fill.is_some() || seed.is_some() || *strict {
            bail!("{} is a repro and has its own backend, reference, fill and seed: leave those flags out", self.what);
        }
        self.repro(repro)
    }

    fn problem(&self, problem: &Problem) -> Result<String> {
        Limits::default().check(problem).with_context(|| format!("{problem}"))?;
        let reference = self.how.reference(None)?;
        let half = self.engine.is_some_and(|engine| engine.name == "coremltools");
        let fitting = |settings: Settings| match self.how.fill {
            None if half => Settings { fill: Fill::IntegersF16, ..settings },
            _ => settings,
        };
        let Some(backend) = &self.backend else {
            let settings = fitting(self.how.settings(None, [&*reference, &*reference]));
            // Held against itself, the reference leaves operands and expectation behind.
            let mut examiner = Examiner::new(&*reference, &*reference, settings)?;
            examiner.examine(problem);
            let case = examiner.operands().case(problem);
            return self.expectation(case, examiner.expected(), reference.name(), settings);
        };
        let backend = self.how.backend(backend, None)?;
        let settings = fitting(self.how.settings(None, [&*reference, &*backend]));
        let mut examiner = Examiner::new(&*reference, &*backend, settings)?;
        let observation = examiner.examine(problem);
        let mut repro = Repro::of(problem, examiner.operands(), settings, &examiner, &observation);
        let isolation = self.how.isolation(None)?;
        repro.ran(isolation.all, isolation.limits.answer);
        self.repro(&repro)
    }

    fn expectation(&self, case: Case<'_>, expected: &[f32], reference: &str, settings: Settings) -> Result<String> {
        let (host, engine) = (Host::here(), self.engine);
        let subject = Subject { case, expected, reference, settings, repro: None, evidence: None, host: &host, engine };
        Ok(self.format.export(&subject)?)
    }

    fn repro(&self, repro: &Repro) -> Result<String> {
        let evidence = if self.format.shows_evidence { self.evidence(repro)? } else { None };
        let host = Host::here();
        let subject = Subject { engine: self.engine, ..Subject::of(repro, evidence.as_ref(), &host) };
        Ok(self.format.export(&subject)?)
    }

    /// Runs what is around a repro, or says why that can't be done here: what the repro holds can be exported anyway.
    fn evidence(&self, repro: &Repro) -> Result<Option<Evidence>> {
        let own = Some(repro);
        let sides = || -> Result<_> { Ok((self.how.reference(own)?, self.how.backend(&repro.backend, own)?)) };
        let (reference, backend) = match sides() {
            Ok(sides) => sides,
            Err(error) => {
                writeln!(std::io::stderr(), "not run again, and no neighbours: {error:#}")?;
                return Ok(None);
            }
        };
        let mut examiner = Examiner::new(&*reference, &*backend, repro.settings())?;
        Ok(Some(Evidence::gather(repro, &mut examiner, &registry::default_under_test())))
    }
}

fn format_named(name: &str) -> Result<&'static Format, String> {
    Format::find(name).ok_or_else(|| format!("formats are {}", FORMATS.map(|format| format.name).join(", ")))
}

fn engine_named(name: &str) -> Result<&'static Engine, String> {
    let known = || format!("engines are {}", ENGINES.map(|engine| engine.name).join(", "));
    convdiff::export::engine(name).ok_or_else(known)
}

fn formats() -> String {
    let lines = FORMATS.map(|format| format!("\n- {}: {}", format.name, format.about));
    format!("What to write:{}", lines.concat())
}
