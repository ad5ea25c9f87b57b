//! Engines of the Python package index: workers that are shipped inside this program.
//!
//! An [`Engine`] is a script (`python/engines/`), a pinned package and some options that select another code path.
//! Backends of it are named `onnxruntime`, `onnxruntime?optimize=off`, `onnxruntime@1.20.1` or both together,
//! `onnxruntime@1.20.1?optimize=off&threads=2` ([`Spec`]). It runs with the interpreter of an environment that
//! [`install`] makes, or with the user's own.

mod catalogue;
mod environment;
mod pip;
mod scripts;
mod spec;
mod trial;

pub use catalogue::all;
pub use environment::{Cache, InstallError, Installed, install};
pub use scripts::MODULE;
pub use spec::{Spec, nearest};

use super::BackendError;
use super::worker::{Limits, Worker};
use std::ffi::OsString;
use std::path::Path;

/// An engine that a Python package brings.
#[derive(Debug)]
pub struct Engine {
    /// Its name in the registry.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// What it can't state, or states by other means; for people.
    pub limits: &'static str,
    /// The package that its version is of.
    pub package: &'static str,
    /// The version that was tried here.
    pub version: &'static str,
    /// What else its script imports, pinned.
    pub needs: &'static [&'static str],
    /// What can be chosen in the backend's name.
    pub options: &'static [Choice],
    /// The only system that it runs on, as [`std::env::consts::OS`] says it, if there is one.
    pub system: Option<&'static str>,
    /// The script's file name.
    script: &'static str,
}

/// One option of an engine.
#[derive(Debug)]
pub struct Choice {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub values: Values,
}

/// The values of an option; the first one named is what an engine runs with if nothing is said.
#[derive(Debug)]
pub enum Values {
    /// One of these, each with its meaning.
    Named(&'static [(&'static str, &'static str)]),
    /// A number from 1 on; 1 if nothing is said.
    Count(&'static str),
}

impl Engine {
    /// The system that it runs on, if that isn't this one.
    pub fn other_system(&self) -> Option<&'static str> {
        self.system.filter(|system| *system != std::env::consts::OS)
    }

    /// The packages to install, as pip wants them. Another `version` than the tried one finds its own companions.
    pub fn requirements(&self, version: Option<&str>) -> Vec<String> {
        let version = version.unwrap_or(self.version);
        let pinned = version == self.version;
        let needs = self.needs.iter().map(|need| if pinned { *need } else { need.split("==").next().unwrap_or(need) });
        std::iter::once(format!("{}=={version}", self.package)).chain(needs.map(str::to_owned)).collect()
    }
}

/// The backend that `spec` names, in a process of the interpreter `python`, or else of the installed environment's.
///
/// # Errors
/// [`BackendError::NotInstalled`]; [`BackendError::Start`] where the script doesn't start, or has another version than `spec` asks for.
pub fn open(spec: &Spec, python: Option<&Path>, limits: Limits) -> Result<Worker, BackendError> {
    let start = |reason: String| BackendError::Start { name: spec.to_string(), reason };
    if let Some(system) = spec.engine.other_system() {
        return Err(start(format!("it runs on {system} only, and this is {}", std::env::consts::OS)));
    }
    let cache = Cache::find().map_err(|error| start(error.to_string()))?;
    let script = cache.script(spec.engine).map_err(|error| start(error.to_string()))?;
    let mut command: Vec<OsString> = match python {
        Some(python) => vec![python.into()],
        None => match cache.python(spec) {
            // Neither the caller's PYTHONPATH nor packages in the home folder belong to what was installed.
            Some(python) => vec![python.into(), "-E".into(), "-s".into()],
            None => {
                return Err(BackendError::NotInstalled { name: spec.to_string(), install: spec.without_options() });
            }
        },
    };
    command.push(script.into());
    command.extend(spec.options.iter().map(|(name, value)| format!("{name}={value}").into()));
    let worker = Worker::external(spec.to_string(), command, limits).map_err(|error| match (error, python) {
        (BackendError::Start { reason, .. }, Some(python)) if reason.contains("No module named 'numpy'") => {
            let python = python.display();
            start(format!("{python} has no numpy; `{python} -m pip install numpy` brings it"))
        }
        (error, _) => error,
    })?;
    match &spec.version {
        Some(asked) if *asked != worker.hello().version => {
            let found = &worker.hello().version;
            Err(start(format!("version {asked} was asked for, and this Python has {found}")))
        }
        _ => Ok(worker),
    }
}

/// Whether the tried version of `engine` is installed.
pub fn installed(engine: &'static Engine) -> bool {
    let spec = Spec { engine, version: None, options: Vec::new() };
    Cache::find().is_ok_and(|cache| cache.python(&spec).is_some())
}
