//! Where engines are installed: one virtual environment for each engine and version, in a cache outside any repository.
//!
//! | in the cache | holds |
//! |---|---|
//! | `engines/NAME-VERSION/` | the environment |
//! | `engines/NAME-VERSION/installed.txt` | what was installed, written last: without it the environment doesn't count |
//! | `engines/NAME-VERSION.lock` | held while it is made |
//! | `workers-…/` | the scripts of one version of this program |

use super::scripts::SCRIPTS;
use super::trial::trial;
use super::{Engine, Spec, pip};
use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use thiserror::Error;

/// The variable that names the cache.
const VARIABLE: &str = "CONVDIFF_CACHE";

/// What a finished environment has.
const INSTALLED: &str = "installed.txt";

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
    /// The index has no wheel of that version.
    #[error("the package index has no wheel of {package} {version} for {python} on this system; {}", pip::offer(.others))]
    NoWheel {
        /// The package.
        package: String,
        /// The version that was asked for.
        version: String,
        /// The interpreter's version.
        python: String,
        /// The versions that the index has, oldest first.
        others: Vec<String>,
    },
    /// It was installed, and can't compute.
    #[error("it was installed and can't compute: {0}")]
    Useless(String),
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

    // What was left half made counts for nothing, but takes room.
    make(spec, &environment, python, report).inspect_err(|_| drop(fs::remove_dir_all(&environment)))?;
    write_whole(&environment.join(INSTALLED), &requirements(spec))?;
    Ok(Installed::Now)
}

fn make(spec: &Spec, environment: &Path, python: &OsStr, report: &mut dyn FnMut(&str)) -> Result<(), InstallError> {
    let mut venv = Command::new(python);
    venv.args(["-m", "venv"]).arg(environment);
    pip::run(venv, report)?;
    let python = environment.join("bin/python");
    let install = |requirements: &[String]| {
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar=off"]);
        // A package without a wheel for this Python would be compiled, for hours or in vain.
        pip.arg("--only-binary=:all:").args(requirements);
        pip
    };
    pip::run(install(&spec.engine.requirements(spec.version.as_deref())), report)?;
    if spec.version.is_none() || spec.engine.other_system().is_some() {
        return Ok(());
    }
    // Packages of before numpy 2 don't say that they need an older one, and then can't be loaded, or crash.
    let Err(reason) = trial(spec, &python) else { return Ok(()) };
    report(&format!("it can't compute ({}); once more with an older numpy", first_line(&reason)));
    pip::run(install(&["numpy<2".to_owned()]), report)?;
    trial(spec, &python).map_err(InstallError::Useless)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
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
