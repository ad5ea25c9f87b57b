//! Where engines are installed: one virtual environment for each engine and version, in a cache outside any repository.
//!
//! | in the cache | holds |
//! |---|---|
//! | `engines/NAME-VERSION/` | the environment |
//! | `engines/NAME-VERSION/installed.txt` | what was installed, written last: without it the environment doesn't count |
//! | `engines/NAME-VERSION.lock` | held while it is made |
//! | `workers-…/` | the scripts of one version of this program |

use super::scripts::SCRIPTS;
use super::{Engine, Spec};
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use thiserror::Error;

/// The variable that names the cache.
const VARIABLE: &str = "CONVDIFF_CACHE";

/// What a finished environment has.
const INSTALLED: &str = "installed.txt";

/// So many of the last lines of a failed command are shown.
const LAST_LINES: usize = 12;

/// Why an engine could not be installed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InstallError {
    /// No folder for it.
    #[error("there is no folder to install engines in: set CONVDIFF_CACHE, XDG_CACHE_HOME or HOME")]
    NoCache,
    /// A file or folder.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The interpreter can't be started.
    #[error(
        "{python} can't be run ({error}); engines need Python 3.9 or newer: put python3 on the PATH, or name one with --python"
    )]
    NoPython {
        /// Which interpreter.
        python: String,
        /// Why.
        error: io::Error,
    },
    /// A command failed.
    #[error("`{command}` failed ({status}); its last lines:\n{last_lines}")]
    Failed {
        /// The command.
        command: String,
        /// How it ended.
        status: String,
        /// What it said last.
        last_lines: String,
    },
}

/// An environment that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installed {
    /// It was made just now.
    Now,
    /// It was there.
    Before,
}

/// The folder of environments and scripts.
#[derive(Clone, Debug)]
pub struct Cache(PathBuf);

impl Cache {
    /// `$CONVDIFF_CACHE`, or else `convdiff` in `$XDG_CACHE_HOME` or `~/.cache`.
    ///
    /// # Errors
    /// [`InstallError::NoCache`].
    pub fn find() -> Result<Self, InstallError> {
        let folder = |variable: &str| std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        folder(VARIABLE)
            .or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("convdiff")))
            .or_else(|| folder("HOME").map(|home| home.join(".cache/convdiff")))
            // The scripts' interpreters run elsewhere.
            .and_then(|folder| std::path::absolute(folder).ok())
            .map(Self)
            .ok_or(InstallError::NoCache)
    }

    fn environment(&self, spec: &Spec) -> PathBuf {
        self.0.join("engines").join(environment_name(spec))
    }

    /// The interpreter of the environment that `spec` names, if it is wholly there.
    pub fn python(&self, spec: &Spec) -> Option<PathBuf> {
        let environment = self.environment(spec);
        let installed = fs::read_to_string(environment.join(INSTALLED)).ok()?;
        let python = environment.join("bin/python");
        // The interpreter is a link to one that may have been removed since.
        (installed == requirements(spec) && python.exists()).then_some(python)
    }

    /// The script of `engine`, which is written where it isn't there or isn't as it should be.
    ///
    /// # Errors
    /// [`InstallError::Io`].
    pub fn script(&self, engine: &Engine) -> Result<PathBuf, InstallError> {
        let hash = SCRIPTS.iter().fold(0, |hash, (_, text)| crc32fast::hash(format!("{hash}{text}").as_bytes()));
        let folder = self.0.join(format!("workers-{}-{hash:08x}", env!("CARGO_PKG_VERSION")));
        fs::create_dir_all(&folder).map_err(io_error(&folder))?;
        for (name, text) in SCRIPTS {
            let path = folder.join(name);
            if fs::read(&path).ok().as_deref() != Some(text.as_bytes()) {
                write_whole(&path, text)?;
            }
        }
        Ok(folder.join(engine.script))
    }
}

/// Makes the environment that `spec` names, with the interpreter `python`; lines of pip's go to `report`. Options don't matter.
///
/// An environment that was left half made is made anew. Another process that installs the same is waited for.
///
/// # Errors
/// [`InstallError`]; then nothing counts as installed.
pub fn install(spec: &Spec, python: &OsStr, report: &mut dyn FnMut(&str)) -> Result<Installed, InstallError> {
    let cache = Cache::find()?;
    let environment = cache.environment(spec);
    let folder = cache.0.join("engines");
    fs::create_dir_all(&folder).map_err(io_error(&folder))?;
    let lock = folder.join(format!("{}.lock", environment_name(spec)));
    let _lock = hold(&lock, report)?;
    if cache.python(spec).is_some() {
        return Ok(Installed::Before);
    }
    if environment.exists() {
        fs::remove_dir_all(&environment).map_err(io_error(&environment))?;
    }

    let mut venv = Command::new(python);
    venv.args(["-m", "venv"]).arg(&environment);
    run(venv, report)?;
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar=off"]);
    // A package without a wheel for this Python would be compiled, for hours or in vain.
    pip.arg("--only-binary=:all:").args(spec.engine.requirements(spec.version.as_deref()));
    run(pip, report)?;
    write_whole(&environment.join(INSTALLED), &requirements(spec))?;
    Ok(Installed::Now)
}

fn environment_name(spec: &Spec) -> String {
    format!("{}-{}", spec.engine.name, spec.version.as_deref().unwrap_or(spec.engine.version))
}

fn requirements(spec: &Spec) -> String {
    spec.engine.requirements(spec.version.as_deref()).iter().map(|requirement| format!("{requirement}\n")).collect()
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> InstallError {
    move |error| InstallError::Io { path: path.to_owned(), error }
}

fn hold(path: &Path, report: &mut dyn FnMut(&str)) -> Result<File, InstallError> {
    let lock = File::create(path).map_err(io_error(path))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            report("another convdiff installs it now; waiting for that");
            lock.lock().map_err(io_error(path))?;
        }
        Err(TryLockError::Error(error)) => return Err(io_error(path)(error)),
    }
    Ok(lock)
}

/// Whole or not at all.
fn write_whole(path: &Path, text: &str) -> Result<(), InstallError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    };
    write().map(drop).map_err(io_error(path))
}

/// Runs `command` to its end; each line that it prints goes to `report`.
fn run(mut command: Command, report: &mut dyn FnMut(&str)) -> Result<(), InstallError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let words: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    let shown = format!("{program} {}", words.join(" "));
    let no_python = |error| InstallError::NoPython { python: program.clone(), error };
    let (output, input) = io::pipe().map_err(no_python)?;
    let errors = input.try_clone().map_err(no_python)?;
    command.stdin(std::process::Stdio::null()).stdout(input).stderr(errors);
    let mut child = command.spawn().map_err(no_python)?;
    // The command holds our ends of the pipe, which would never end.
    drop(command);

    let mut last = VecDeque::new();
    for line in BufReader::new(output).split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        if !line.is_empty() {
            report(line);
            last.push_back(format!("  {line}"));
            if last.len() > LAST_LINES {
                last.pop_front();
            }
        }
    }
    let status = child.wait().map_err(no_python)?;
    if status.success() {
        return Ok(());
    }
    let last_lines = last.into_iter().collect::<Vec<_>>().join("\n");
    Err(InstallError::Failed { command: shown, status: status.to_string(), last_lines })
}
