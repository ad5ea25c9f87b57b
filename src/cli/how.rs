//! How something is run again: the flags that replay, shrink, explain and export have in common.

use anyhow::Result;
use clap::Args;
use convdiff::backend::registry::{self, Isolation};
use convdiff::backend::{Backend, worker};
use convdiff::diagnose::Repro;
use convdiff::judge::Settings;
use convdiff::operands::{DEFAULT_SEED, Fill};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A repro says how it was run; what a flag says goes before it.
#[derive(Debug, Args)]
pub struct HowArgs {
    /// The backend that is believed [default: a repro's own, else exact].
    #[arg(long, value_name = "NAME")]
    pub reference: Option<String>,
    /// How operands are filled [default: a repro's own, else integers, or integers-f16 where a backend computes in half precision or
    /// bfloat16].
    #[arg(long, value_parser = super::sweep::fill)]
    pub fill: Option<Fill>,
    /// Seed of the operands, and of what is drawn [default: a repro's own].
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Compare bits: -0 is not +0, and NaNs have payloads [default: as a repro was compared].
    #[arg(long)]
    pub strict: bool,
    /// Run every backend under test in a process of its own [default: as a repro's was].
    #[arg(long)]
    pub isolate: bool,
    /// Seconds that a backend in its own process has for one problem [default: what a repro's or a run's had, else 10].
    #[arg(long, value_name = "SECONDS", value_parser = super::sweep::seconds, allow_negative_numbers = true)]
    pub deadline: Option<f64>,
    /// The Python that runs engines which are Python packages [default: the one that `convdiff engines install` made].
    #[arg(long, value_name = "PATH")]
    pub python: Option<PathBuf>,
}

impl HowArgs {
    /// The backend that is believed.
    pub fn reference(&self, own: Option<&Repro>) -> Result<Arc<dyn Backend>> {
        let name = self.reference.as_deref().or(own.map(|repro| repro.reference.as_str())).unwrap_or("exact");
        Ok(registry::open(name, &Isolation { all: false, ..self.isolation(own)? })?)
    }

    /// A backend under test.
    pub fn backend(&self, name: &str, own: Option<&Repro>) -> Result<Arc<dyn Backend>> {
        Ok(registry::open(name, &self.isolation(own)?)?)
    }

    /// Fill and judge.
    pub fn settings(&self, own: Option<&Repro>, sides: [&dyn Backend; 2]) -> Settings {
        let fitting = || Settings { fill: Settings::fill_for(sides), seed: DEFAULT_SEED, strict: false };
        let settings = own.map_or_else(fitting, Repro::settings);
        Settings {
            fill: self.fill.unwrap_or(settings.fill),
            seed: self.seed.unwrap_or(settings.seed),
            strict: self.strict || settings.strict,
        }
    }

    /// How backends in other processes are run.
    pub fn isolation(&self, own: Option<&Repro>) -> Result<Isolation> {
        let mut limits = worker::Limits::default();
        if let Some(deadline) = self.deadline.or(own.and_then(|repro| repro.deadline)) {
            limits.answer = Duration::from_secs_f64(deadline);
        }
        let all = self.isolate || own.is_some_and(|repro| repro.isolated);
        Ok(Isolation { program: super::own_file()?, all, limits, python: self.python.clone() })
    }
}
