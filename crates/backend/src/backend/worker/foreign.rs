//! Backends that are named by where they are: a command, a shared library.

use super::{Limits, Worker};
use crate::backend::BackendError;
use std::ffi::OsString;
use std::path::Path;

/// What begins the name of a backend that is a worker's command: `worker:python3 my_engine.py`.
pub const WORKER: &str = "worker:";

/// What begins the name of a backend that is a shared library: `plugin:./libmine.so`.
pub const PLUGIN: &str = "plugin:";

/// What begins the line on standard error in which a plugin's process says what it dies of.
pub(in crate::backend) const CAUSE: &str = "convdiff: ";

/// The backend that `name` says where to find, if it begins with [`WORKER`] or [`PLUGIN`].
///
/// `program` is a convdiff, which is what loads a plugin in another process.
///
/// # Errors
/// [`BackendError::Start`] where the command is none, doesn't start or doesn't greet.
pub fn foreign(name: &str, program: &Path, limits: Limits) -> Option<Result<Worker, BackendError>> {
    let command = if let Some(line) = name.strip_prefix(WORKER) {
        words(line)
    } else if name == PLUGIN {
        Err("no path is given; a plugin is named as in `plugin:./libmine.so`".to_owned())
    } else if name.starts_with(PLUGIN) {
        Ok([program.as_os_str(), "worker".as_ref(), "serve".as_ref(), name.as_ref()].map(OsString::from).to_vec())
    } else {
        return None;
    };
    let start = |reason| BackendError::Start { name: name.to_owned(), reason };
    let started = command.map_err(start).and_then(|command| Worker::external(name.to_owned(), command, limits));
    Some(started.map_err(said_once))
}

/// Where the process is a convdiff that could not start the backend either, its reason alone.
fn said_once(error: BackendError) -> BackendError {
    let BackendError::Start { name, reason } = error else { return error };
    let other = format!("error: {}", BackendError::Start { name: name.clone(), reason: String::new() });
    let said = reason.lines().find_map(|line| line.strip_prefix(&other)).map(str::to_owned);
    BackendError::Start { name, reason: said.unwrap_or(reason) }
}

/// Splits a command line as a shell does; no shell is started, so that the worker is our own child and can be killed.
fn words(line: &str) -> Result<Vec<OsString>, String> {
    let words = shell_words::split(line).map_err(|_| "the command has an opening quote without its end".to_owned())?;
    if words.is_empty() {
        Err("the command is empty".to_owned())
    } else {
        Ok(words.into_iter().map(OsString::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_split_as_a_shell_splits_them() {
        for (line, expected) in [
            ("python3 w.py", &["python3", "w.py"][..]),
            ("  a\t b ", &["a", "b"]),
            ("'/My Engine/run' \"it's\"", &["/My Engine/run", "it's"]),
            (r#"a\ b "c\"d" 'e\f' "g\h""#, &["a b", "c\"d", r"e\f", r"g\h"]),
            ("a '' \"\"", &["a", "", ""]),
            ("--x='y z'", &["--x=y z"]),
        ] {
            assert_eq!(words(line).unwrap(), expected, "{line}");
        }
        for line in ["", "   ", "a 'b", "a \"b"] {
            assert!(words(line).is_err(), "{line}");
        }
    }

    #[test]
    fn names_that_lead_nowhere_are_errors() {
        let foreign = |name| foreign(name, Path::new("/no/such/convdiff"), Limits::default());
        for name in ["worker:", "worker:'a", "worker:/no/such/worker", "plugin:/no/such.so"] {
            assert!(matches!(foreign(name), Some(Err(BackendError::Start { .. }))), "{name}");
        }
        assert!(foreign("direct").is_none());
    }
}
