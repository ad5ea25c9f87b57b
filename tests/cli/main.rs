//! The program as people run it.
#![allow(clippy::unwrap_used)]

mod adaptive;
mod bad_input;
mod damage;
mod engines;
mod explain;
mod look;
mod replay;
mod resume;
mod sweep;

use assert_cmd::Command;
use std::path::Path;

/// convdiff, in a folder of its own.
fn convdiff(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("convdiff").unwrap();
    command.current_dir(folder);
    // Whatever is installed on this machine, here nothing is.
    command.env("CONVDIFF_CACHE", folder.join("cache"));
    command
}

/// What a call printed to stdout, whatever its exit code.
fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// Exit code and stderr of a call.
fn failed(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// A space of some hundred problems in which #2515's planted defect shows.
const SMALL: [&str; 10] =
    ["--channels", "2", "--kernel", "1..=3x1..=3", "--input", "4..=5x5", "--stride", "2", "--padding", "0..=1"];
