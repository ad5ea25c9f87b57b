//! Commands that install, and what pip says where it can't.

use super::environment::InstallError;
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader};
use std::process::{Command, Stdio};

/// So many of the last lines of a failed command are shown.
const LAST_LINES: usize = 12;

/// So many of the newest versions are offered.
const OFFERED: usize = 10;

/// Runs `command` to its end; each line that it prints goes to `report`.
pub(super) fn run(mut command: Command, report: &mut dyn FnMut(&str)) -> Result<(), InstallError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let words: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    let shown = format!("{program} {}", words.join(" "));
    let no_python = |error| InstallError::NoPython { python: program.clone(), error };
    let (output, input) = io::pipe().map_err(no_python)?;
    let errors = input.try_clone().map_err(no_python)?;
    command.stdin(Stdio::null()).stdout(input).stderr(errors);
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
            last.push_back(line.to_owned());
            if last.len() > LAST_LINES {
                last.pop_front();
            }
        }
    }
    let status = child.wait().map_err(no_python)?;
    if status.success() {
        return Ok(());
    }
    let last: Vec<String> = last.into();
    let failed = || InstallError::Failed {
        command: shown,
        status: status.to_string(),
        last_lines: last.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n"),
    };
    Err(no_wheel(&last, || version(&program)).unwrap_or_else(failed))
}

/// What pip means by these lines, if it is that there is no wheel.
///
/// ```text
/// ERROR: Could not find a version that satisfies the requirement onnxruntime==1.2.3 (from versions: 1.15.0, 1.15.1)
/// ERROR: No matching distribution found for onnxruntime==1.2.3
/// ```
fn no_wheel(lines: &[String], python: impl FnOnce() -> String) -> Option<InstallError> {
    let wanted = lines.iter().find_map(|line| line.split_once("No matching distribution found for "))?.1;
    let (package, version) = wanted.trim().split_once("==")?;
    let others =
        lines.iter().find_map(|line| line.split_once("(from versions: ")?.1.split_once(')')).map_or("", |v| v.0);
    // Releases alone: numbers and dots.
    let is_release = |version: &&str| version.chars().all(|c| c.is_ascii_digit() || c == '.');
    let others =
        others.split(", ").filter(|version| !version.is_empty()).filter(is_release).map(str::to_owned).collect();
    Some(InstallError::NoWheel { package: package.to_owned(), version: version.to_owned(), python: python(), others })
}

/// What an interpreter says that it is: `Python 3.11.7`.
fn version(python: &str) -> String {
    let said = Command::new(python).arg("--version").stdin(Stdio::null()).output();
    let said = said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned()).unwrap_or_default();
    if said.is_empty() { python.to_owned() } else { said }
}

/// What there is instead, in words that complete a sentence.
pub(super) fn offer(others: &[String]) -> String {
    let (older, newest) = others.split_at(others.len().saturating_sub(OFFERED));
    match (older.len(), newest) {
        (_, []) => "it has none at all: name another interpreter with --python".to_owned(),
        (0, _) => format!("it has {}", newest.join(", ")),
        (older, _) => format!("it has {}, and {older} older ones", newest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(versions: &str) -> Option<String> {
        let lines = [
            "Looking in links: /wheels".to_owned(),
            format!(
                "ERROR: Could not find a version that satisfies the requirement engine==1.2.3 (from versions: {versions})"
            ),
            "ERROR: No matching distribution found for engine==1.2.3".to_owned(),
        ];
        no_wheel(&lines, || "Python 3.11.7".to_owned()).map(|error| error.to_string())
    }

    #[test]
    fn a_version_without_a_wheel_is_one_sentence() {
        let many = (0..13).map(|minor| format!("1.{minor}.0")).collect::<Vec<_>>().join(", ");
        insta::assert_snapshot!([said("2.0.0.dev1, 2.0.0"), said("none"), said(&many)].map(Option::unwrap).join("\n"), @r"
        the package index has no wheel of engine 1.2.3 for Python 3.11.7 on this system; it has 2.0.0
        the package index has no wheel of engine 1.2.3 for Python 3.11.7 on this system; it has none at all: name another interpreter with --python
        the package index has no wheel of engine 1.2.3 for Python 3.11.7 on this system; it has 1.3.0, 1.4.0, 1.5.0, 1.6.0, 1.7.0, 1.8.0, 1.9.0, 1.10.0, 1.11.0, 1.12.0, and 3 older ones
        ");
        assert_eq!(no_wheel(&["ERROR: out of disk".to_owned()], String::new).map(|error| error.to_string()), None);
    }
}
