//! What the words on a command line name: problems, by themselves or in files.

use anyhow::{Context, Result, bail};
use convdiff::diagnose::{Repro, sequence};
use convdiff::problem::list::Problems;
use convdiff::problem::{Problem, artifact};
use convdiff::run::Reading;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A problem, or one with its operands and the backend that failed.
pub enum Target {
    Problem(Problem),
    Repro(Box<Repro>),
}

/// Says of a repro that fails only after other problems what those are: a problem by itself is no start for anything then.
pub fn say_what_comes_before(own: Option<&Repro>) -> Result<()> {
    if let Some(repro) = own.filter(|repro| !repro.before.is_empty()) {
        let sequence = sequence(&repro.before, &repro.problem);
        writeln!(std::io::stderr(), "it fails after {sequence}: `convdiff replay` with the repro does that")?;
    }
    Ok(())
}

/// What to say where a problem stands alone, and of a file what it was taken for.
pub fn no_backend(what: &str, problem: &Problem) -> String {
    let taken = match Path::new(what).is_file() {
        true => format!("{what} was taken for a descriptor or a libFuzzer artifact of {problem}, and has"),
        false => "a descriptor has".to_owned(),
    };
    format!("{taken} no backend of its own; say which fails, as in `--backend rten`")
}

/// The only target that a word names.
pub fn one(what: &str, reading: &mut Reading) -> Result<Target> {
    let mut targets = Vec::new();
    find(what, &mut targets, reading)?;
    match targets.pop() {
        Some(target) if targets.is_empty() => Ok(target),
        Some(_) => bail!("{what} has {} problems; name one of them", targets.len() + 1),
        None => bail!("{what} has no problem in it"),
    }
}

/// All targets that a word names.
pub fn find(what: &str, targets: &mut Vec<Target>, reading: &mut Reading) -> Result<()> {
    let path = Path::new(what);
    if path.is_dir() {
        return find_in(path, targets, reading);
    }
    if path.is_file() {
        return read(path, targets, reading);
    }
    if let Some(fields) = what.strip_prefix("onednn_verbose,") {
        targets.push(Target::Problem(verbose(fields).with_context(|| format!("{what:?}"))?));
        return Ok(());
    }
    // What a person pastes from a script: options and descriptors.
    if what.trim().contains(char::is_whitespace) {
        let line = what.trim().trim_start_matches("./").trim_start_matches("benchdnn");
        for problem in Problems::new(line.as_bytes()) {
            targets.push(Target::Problem(problem.with_context(|| format!("{what:?}"))?));
        }
        return Ok(());
    }
    match what.parse() {
        Ok(problem) => targets.push(Target::Problem(problem)),
        // A descriptor has numbers; a name that has none was meant to be a file's.
        Err(_) if what.contains(['/', '.']) || (!what.is_empty() && !what.contains(|c: char| c.is_ascii_digit())) => {
            let error = std::io::Error::new(std::io::ErrorKind::NotFound, "no such file or folder, and no descriptor");
            return Err(anyhow::Error::new(error).context(what.to_owned()));
        }
        Err(error) => bail!("{what:?} is no file, no folder and no descriptor: {error}"),
    }
    Ok(())
}

/// The problem of a line that oneDNN prints with ONEDNN_VERBOSE, behind its first word.
fn verbose(fields: &str) -> Result<Problem> {
    let fields: Vec<&str> = fields.split(',').collect();
    if !fields.contains(&"convolution") {
        bail!("it is no line of a convolution");
    }
    if !fields.iter().any(|field| field.starts_with("forward")) {
        bail!("it is not forward: convdiff doesn't test gradients");
    }
    let types =
        fields.iter().flat_map(|field| field.split(' ')).filter(|part| part.contains("::") || part.contains("_f32"));
    if let Some(other) =
        types.clone().find(|part| !part.contains("_f32") && !part.contains("undef") && !part.contains(":f32"))
    {
        bail!("{other} is not f32, which is all that convdiff tests");
    }
    let bias = types.into_iter().any(|part| part.starts_with("bia") && !part.contains("undef"));
    let problem = fields.iter().rev().find_map(|field| field.parse::<Problem>().ok());
    let problem = problem.with_context(|| "there is no descriptor in it".to_owned())?;
    Ok(Problem::new(convdiff::problem::Parameters { bias, ..problem.parameters() })?)
}

/// Repros and lists in a folder and below, by name.
fn find_in(folder: &Path, targets: &mut Vec<Target>, reading: &mut Reading) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_repro = name.starts_with("repro") && name.ends_with(".toml");
        // A run keeps the list that it ran as problems.txt: that is its input, not its result.
        let is_list = name.ends_with(".txt") && name != convdiff::run::PROBLEMS;
        if path.is_dir() {
            find_in(&path, targets, reading)?;
        } else if is_repro || is_list {
            read(&path, targets, reading)?;
        }
    }
    Ok(())
}

/// Repros are TOML; `.txt`, and what else a person could have written, is a list; the rest is a fuzzer's bytes.
fn read(path: &Path, targets: &mut Vec<Target>, reading: &mut Reading) -> Result<()> {
    let shown = path.display();
    let extension = path.extension().unwrap_or_default();
    let bytes = std::fs::read(path).with_context(|| format!("reading {shown}"))?;
    if extension != "txt" && bytes.trim_ascii().is_empty() {
        bail!("{shown} is empty: a repro, a descriptor or a fuzzer's artifact was expected");
    }
    if extension == "toml" {
        targets.push(Target::Repro(Box::new(reading.repro(path)?)));
        return Ok(());
    }
    if extension != "txt" && !artifact::is_text(&bytes) {
        targets.push(Target::Problem(artifact::read(&bytes)));
        return Ok(());
    }
    for problem in Problems::new(&*bytes) {
        targets.push(Target::Problem(problem.with_context(|| format!("{shown}"))?));
    }
    Ok(())
}
