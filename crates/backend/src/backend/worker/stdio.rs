//! Standard input and output, kept for the protocol alone.

use std::fs::File;
use std::io;

/// Takes this process's standard input and output away from everybody else, and returns them.
///
/// From then on what is printed goes to standard error, whoever prints it, `printf` of a C library included; what
/// reads standard input finds it empty. Programs that are started from here inherit neither.
///
/// # Errors
/// The system's.
pub fn take_stdio() -> io::Result<(File, File)> {
    let input = rustix::io::fcntl_dupfd_cloexec(io::stdin(), 3)?;
    let output = rustix::io::fcntl_dupfd_cloexec(io::stdout(), 3)?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok((input.into(), output.into()))
}
