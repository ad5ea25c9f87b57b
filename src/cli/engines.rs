//! `convdiff engines`.

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use convdiff::backend::engine::{self, Installed, MODULE, Spec};
use convdiff::backend::{BackendError, worker};
use convdiff::report;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// Lists engines that are Python packages, installs them, or prints the module that workers in Python import.
#[derive(Debug, Args)]
pub struct EnginesCommand {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Lists the engines with their options.
    List,
    /// Makes an environment for each engine in the cache ($CONVDIFF_CACHE, else convdiff in $XDG_CACHE_HOME or ~/.cache).
    Install {
        /// Engines, each with a version if not the one that was tried: `onnxruntime`, `onnxruntime@1.20.1`.
        #[arg(value_name = "NAME[@VERSION]", required = true)]
        names: Vec<String>,
        /// The Python to make environments with.
        #[arg(long, value_name = "PATH", default_value = "python3")]
        python: OsString,
    },
    /// Prints convdiff_worker.py, the module that a worker in Python imports.
    Module,
}

impl EnginesCommand {
    pub fn run(self) -> Result<ExitCode> {
        match self.task {
            Task::List => write!(std::io::stdout(), "{}", report::engines())?,
            Task::Module => write!(std::io::stdout(), "{MODULE}")?,
            Task::Install { names, python } => {
                // A name that is wrong is said before an hour of installing the others.
                let specs = names.iter().map(String::as_str).map(spec).collect::<Result<Vec<_>, _>>()?;
                for spec in &specs {
                    install(spec, &python)?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn spec(name: &str) -> Result<Spec, BackendError> {
    let unknown = || BackendError::Unknown { name: name.to_owned(), nearest: engine::nearest(name) };
    Spec::parse(name).ok_or_else(unknown)?
}

/// Installs, and starts it once: what installs doesn't always load.
fn install(spec: &Spec, python: &OsString) -> Result<()> {
    let name = spec.without_options();
    let mut report = |line: &str| {
        // Talk that nobody reads is no reason to stop.
        let _ = writeln!(std::io::stderr(), "{name}: {line}");
    };
    let installed = engine::install(spec, python, &mut report).with_context(|| format!("installing {name}"))?;
    let was = if installed == Installed::Before { "was installed before" } else { "is installed" };
    if let Some(system) = spec.engine.other_system() {
        writeln!(std::io::stdout(), "{name} {was}; it builds models here, and runs them on {system} only")?;
        return Ok(());
    }
    let worker = engine::open(spec, None, worker::Limits::default())?;
    writeln!(std::io::stdout(), "{name} {was}: {}", worker.hello().version)?;
    Ok(())
}
