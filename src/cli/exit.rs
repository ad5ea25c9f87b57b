//! Exit codes, and which error means which.

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
    let _ = writeln!(std::io::stderr(), "error: {error:#}");
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
        Some(SweepError::Io { .. }) => return IO,
        Some(SweepError::Format { .. } | SweepError::Threads(_)) => return INTERNAL,
        Some(_) | None => {}
    }
    let map = error.downcast_ref::<MapError>().or(match error.downcast_ref::<RunError>() {
        Some(RunError::Map(map)) => Some(map),
        _ => None,
    });
    let io = match map {
        Some(MapError::Io { source, .. }) => Some(source),
        _ => error.downcast_ref::<std::io::Error>(),
    };
    match io {
        // A name that leads nowhere is the caller's to mend.
        Some(io) if io.kind() != ErrorKind::NotFound => IO,
        _ => USAGE,
    }
}
