//! One file a subcommand: parsing and printing, no logic. stdout is data, stderr is talk.

mod backends;
mod corpus;
mod diff;
mod engines;
mod evaluate;
mod exit;
mod explain;
mod export;
mod how;
mod output;
mod progress;
mod replay;
mod salvage;
mod shrink;
mod space;
mod spaces;
mod sweep;
mod target;
mod worker;

use anyhow::{Context, Result};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Finds where two implementations of 2-D convolution disagree.
#[derive(Debug, Parser)]
#[command(name = "convdiff", version, about, after_help = exit::HELP, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs backends over a space of problems and writes the map of where they disagree.
    Sweep(Box<sweep::SweepCommand>),
    /// Runs one problem, a list of them, a repro or a whole run again, and shows what differs.
    Replay(replay::ReplayCommand),
    /// Says when something fails, and what happens then.
    Explain(explain::ExplainCommand),
    /// Writes a failing case as an issue's text, or as a script that shows it on an engine.
    Export(export::ExportCommand),
    /// Makes a failing case as small as it gets.
    Shrink(shrink::ShrinkCommand),
    /// Compares two runs, or two nights of them.
    Diff(diff::DiffCommand),
    /// Adds problems to the fuzzer's seeds, or lists those.
    Corpus(corpus::CorpusCommand),
    /// Runs the whole chain over planted defects, and says how much of it came out right.
    Evaluate(evaluate::EvaluateCommand),
    /// Lists the preset spaces, or shows one as TOML.
    Spaces(spaces::SpacesCommand),
    /// Lists the backends.
    Backends(backends::BackendsCommand),
    /// Lists engines that are Python packages, installs them, or prints the module that workers in Python import.
    Engines(engines::EnginesCommand),
    /// Serves a backend to another process, or checks a worker.
    Worker(worker::WorkerCommand),
}

/// This program's own file: it starts itself again to serve a backend in another process.
fn own_file() -> Result<PathBuf> {
    std::env::current_exe().context("finding this program's own file, which serves isolated backends")
}

/// What was typed. A line of benchdnn's in one argument is no flag of ours though it begins with a `-`: a blank before it says so.
fn arguments() -> impl Iterator<Item = OsString> {
    const LINES: [&str; 5] = ["--conv", "--reset", "--dir", "--dt", "--mb"];
    std::env::args_os().map(|argument| match argument.to_str() {
        Some(line) if line.contains(' ') && LINES.iter().any(|begin| line.starts_with(begin)) => {
            format!(" {line}").into()
        }
        _ => argument,
    })
}

/// The flags of a subcommand that were typed; those that were not have their defaults.
struct Given(BTreeSet<String>);

impl Given {
    fn of(matches: &ArgMatches) -> Self {
        let Some((_, flags)) = matches.subcommand() else { return Self(BTreeSet::new()) };
        let typed = |id: &&clap::Id| flags.value_source(id.as_str()) == Some(ValueSource::CommandLine);
        Self(flags.ids().filter(typed).map(clap::Id::to_string).collect())
    }

    /// Whether the flag of that field was typed.
    fn has(&self, field: &str) -> bool {
        self.0.contains(field)
    }
}

/// Which of the arguments are no text, where that is what clap says.
fn not_utf8(error: &clap::Error) -> Option<String> {
    let mut arguments = std::env::args_os().enumerate().skip(1);
    let (number, argument) = arguments.find(|(_, argument)| argument.to_str().is_none())?;
    let sentence = || format!("argument {number}, {:?}, is not UTF-8", argument.to_string_lossy());
    (error.kind() == ErrorKind::InvalidUtf8).then(sentence)
}

/// Runs the program; what it returns is the exit code.
pub fn main() -> ExitCode {
    let parsed = Cli::command()
        .try_get_matches_from(arguments())
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            if let Some(sentence) = not_utf8(&error) {
                let _ = writeln!(std::io::stderr(), "error: {sentence}");
                return exit::USAGE.into();
            }
            // Help and version are printed to stdout, usage errors to stderr; a closed pipe is nobody's problem.
            let _ = error.print();
            return if error.use_stderr() { exit::USAGE.into() } else { ExitCode::SUCCESS };
        }
    };
    let result = match cli.command {
        Command::Sweep(command) => command.run(&Given::of(&matches)),
        Command::Replay(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Shrink(command) => command.run(),
        Command::Diff(command) => command.run(),
        Command::Corpus(command) => command.run(),
        Command::Evaluate(command) => command.run(),
        Command::Spaces(command) => command.run(),
        Command::Backends(command) => command.run(),
        Command::Engines(command) => command.run(),
        Command::Worker(command) => command.run(),
    };
    result.unwrap_or_else(|error| exit::explain(&error))
}
