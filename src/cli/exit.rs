//! Exit codes, and which error means which.

use convdiff::problem::list::{ListError, ListErrorKind};
use convdiff::run::{MapError, ReadError, RunError};
use convdiff::sweep::SweepError;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// What `--help` says of them.
pub const HELP: &str = "\
Exit codes:
  0    nothing differs (findings in planted defects alone don't count)
  1    usage: a flag, a file or a descriptor is wrong
  2    findings
  4    nothing was tested
  70   a fault of convdiff itself
  74   a file could not be read or written
  75   the run's folder is locked by another convdiff
  130  stopped by Ctrl-C; a sweep can be resumed";

/// Something differs.
pub const FINDINGS: u8 = 2;
/// Nothing was tested.
pub const NOTHING_TESTED: u8 = 4;
/// Stopped by Ctrl-C.
pub const STOPPED: u8 = 130;
/// A flag, a file or a descriptor is wrong.
pub const USAGE: u8 = 1;
const INTERNAL: u8 = 70;
const IO: u8 = 74;
const LOCKED: u8 = 75;

/// Prints an error, and says which exit code it means.
pub fn explain(error: &anyhow::Error) -> ExitCode {
    // Whoever reads our output has seen enough (`convdiff spaces | head`): no error.
    if matches!(error.downcast_ref::<std::io::Error>(), Some(e) if e.kind() == ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    // What fails without a word of what was done is the output's: everything else names a file.
    let output =
        if error.chain().count() == 1 && error.is::<std::io::Error>() { "writing to standard output: " } else { "" };
    let _ = writeln!(std::io::stderr(), "error: {output}{error:#}");
    ExitCode::from(code(error))
}

fn code(error: &anyhow::Error) -> u8 {
    let of_run = || match error.downcast_ref::<RunError>() {
        Some(RunError::Sweep(sweep) | RunError::Map(MapError::Sweep(sweep))) => Some(sweep),
        _ => None,
    };
    let of_map = || match error.downcast_ref::<MapError>() {
        Some(MapError::Sweep(sweep)) => Some(sweep),
        _ => None,
    };
    let of_file = || match error.downcast_ref::<ReadError>() {
        Some(ReadError::Sweep(sweep)) => Some(sweep),
        _ => None,
    };
    let sweep = error.downcast_ref::<SweepError>().or_else(of_run).or_else(of_map).or_else(of_file);
    match sweep {
        Some(SweepError::Locked(_)) => return LOCKED,
        Some(SweepError::Io { .. } | SweepError::NoRun(_)) => return IO,
        Some(SweepError::Format { .. } | SweepError::Threads(_)) => return INTERNAL,
        Some(_) | None => {}
    }
    let of_list = error.downcast_ref::<ListError>().is_some_and(|error| matches!(error.kind, ListErrorKind::Read(_)));
    match of_list || error.chain().any(|cause| cause.is::<std::io::Error>()) {
        true => IO,
        false => USAGE,
    }
}
