//! `convdiff shrink`.

use super::exit;
use super::how::HowArgs;
use super::output::Output;
use super::salvage::{SalvageArgs, say};
use super::target::{self, Target};
use anyhow::{Context, Result, bail};
use clap::Args;
use convdiff::diagnose::Repro;
use convdiff::judge::{Examiner, Symptom};
use convdiff::problem::Limits;
use convdiff::report::shrunk;
use convdiff::run::repro_text;
use convdiff::shrink::DEFAULT_CALLS;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

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
    /// Runs of the backend; when they are spent, the best so far is written, and said to be not proved.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_CALLS)]
    shrink_calls: u64,
    #[command(flatten)]
    how: HowArgs,
    #[command(flatten)]
    salvage: SalvageArgs,
    /// Where to write the repro [default: nowhere; the problem is printed].
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace that file if it is there.
    #[arg(long, requires = "out")]
    force: bool,
}

impl ShrinkCommand {
    pub fn run(self) -> Result<ExitCode> {
        let output = Output::begin(self.out.as_deref(), self.force)?;
        let mut reading = self.salvage.reading();
        let target = target::one(&self.what, &mut reading)?;
        say(&mut reading)?;
        let (start, own) = match &target {
            Target::Problem(problem) => (*problem, None),
            Target::Repro(repro) => (repro.problem, Some(&**repro)),
        };
        Limits::default().check(&start).with_context(|| format!("{start}"))?;
        let Some(name) = self.backend.as_ref().or(own.map(|repro| &repro.backend)) else {
            bail!("{}", target::no_backend(&self.what, &start));
        };
        let (backend, reference) = (self.how.backend(name, own)?, self.how.reference(own)?);
        let settings = self.how.settings(own, [&*reference, &*backend]);
        let mut examiner = Examiner::new(&*reference, &*backend, settings)?;
        let observation = examiner.examine(&start);
        let Some(symptom) = Symptom::of(&observation) else {
            writeln!(std::io::stderr(), "{name} {} on {start}: there is nothing to shrink", observation.verdict)?;
            target::say_what_comes_before(own)?;
            return Ok(exit::NOTHING_TESTED.into());
        };
        let mut repro = Repro::shrunk(&mut examiner, settings, &start, &symptom, self.shrink_calls, &|_| true)?;
        repro.look_for_passing(&mut examiner);
        let isolation = self.how.isolation(own)?;
        repro.ran(isolation.all, isolation.limits.answer);
        if let Some(output) = output {
            output.write(&repro_text(&repro)?)?;
        }
        write!(std::io::stdout(), "{}", shrunk(&repro, &symptom))?;
        Ok(exit::FINDINGS.into())
    }
}
