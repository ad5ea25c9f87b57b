//! `convdiff replay`.

use super::exit;
use super::how::HowArgs;
use super::salvage::{SalvageArgs, say};
use super::target::{self, Target};
use anyhow::{Context, Result};
use clap::Args;
use convdiff::backend::{Backend, Kind, registry};
use convdiff::diagnose::{Looking, Repro, sequence};
use convdiff::judge::Examiner;
use convdiff::problem::Limits;
use convdiff::report::{against, replayed};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

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
    #[command(flatten)]
    how: HowArgs,
    #[command(flatten)]
    salvage: SalvageArgs,
}

impl ReplayCommand {
    pub fn run(self) -> Result<ExitCode> {
        let mut reading = self.salvage.reading();
        let mut targets = Vec::new();
        for what in &self.what {
            target::find(what, &mut targets, &mut reading)?;
        }
        say(&mut reading)?;
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
            Target::Repro(repro) => (&repro.problem, Some(&**repro)),
        };
        Limits::default().check(problem).with_context(|| format!("{problem}"))?;
        // A name that is wrong is said before anything is printed.
        let backends = self.backends(own)?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{problem}\n{}", problem.in_words())?;
        let mut failures = 0;
        for backend in backends {
            let reference = self.how.reference(own)?;
            let settings = self.how.settings(own, [&*reference, &*backend]);
            let before = own.map_or(&[][..], |repro| &repro.before);
            let mut examiner = if before.is_empty() {
                Examiner::new(&*reference, &*backend, settings)?
            } else {
                writeln!(out, "after {}:", sequence(before, problem))?;
                Looking { reference: &*reference, backend: &*backend, settings }.after(before)?
            };
            let observation = match target {
                Target::Problem(problem) => examiner.examine(problem),
                Target::Repro(repro) => examiner.examine_case(repro.case()),
            };
            write!(out, "{}", replayed(problem, &examiner, &observation))?;
            if let Target::Repro(repro) = target {
                writeln!(out, "{}", against(repro, &examiner, &observation))?;
            }
            failures += usize::from(observation.verdict.is_failure());
        }
        writeln!(out)?;
        Ok(failures)
    }

    fn backends(&self, own: Option<&Repro>) -> Result<Vec<Arc<dyn Backend>>> {
        let open = |name: &str| self.how.backend(name, own);
        match own {
            _ if !self.backends.is_empty() => self.backends.iter().map(|name| open(name)).collect(),
            Some(own) => Ok(vec![open(&own.backend)?]),
            None => {
                let real = |backend: &Arc<dyn Backend>| backend.kind() != Kind::Planted;
                registry::default_under_test().iter().filter(|backend| real(backend)).map(|b| open(b.name())).collect()
            }
        }
    }
}
