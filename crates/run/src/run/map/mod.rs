//! Reading a map back, of this machine or another: examples to learn a trigger from, by backend.

use super::Reading;
use crate::judge::{Region, Verdict, common_words};
use crate::problem::{Condition, Feature, Parameters, Problem};
use crate::sweep::SweepError;
use rapidhash::v3::rapidhash_v3;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Failing problems that are kept of each kind of failure.
const FAILING: usize = 2_000;
/// Passing problems that are kept of each backend.
const PASSING: usize = 20_000;
/// Kinds of failure that are kept apart.
const KINDS: usize = 64;
/// The parameters that a map without descriptors must have columns for.
const NEEDED: [&str; 6] = ["in_channels", "out_channels", "input_h", "input_w", "kernel_h", "kernel_w"];
/// What a backend is called where the map has no column for it.
const UNNAMED: &str = "the backend";

/// A map that can't be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MapError {
    /// The file can't be opened.
    #[error("reading {path}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It is not as its run wrote it, or a newer convdiff wrote it.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// The columns don't say what is needed.
    #[error("{path}: {reason}", path = path.display())]
    Columns {
        /// The file.
        path: PathBuf,
        /// What is missing, and what would do.
        reason: String,
    },
    /// A line makes no sense.
    #[error("{path}, line {line}: {reason}", path = path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
}

/// What a map says of one backend: a bounded sample of it, and how many there were.
#[derive(Debug, Default)]
pub struct Mapped {
    /// Failing problems, by verdict and by what the failure looks like, without numbers.
    pub failing: BTreeMap<(Verdict, String), Kept>,
    /// Passing problems.
    pub passing: Kept,
    /// Rows `unsupported`: nobody knows whether such a problem would pass.
    pub unsupported: u64,
}

/// A bounded sample of problems: those with the least hashes, so that it doesn't depend on the order of rows.
#[derive(Debug, Default)]
pub struct Kept {
    /// How many there were.
    pub rows: u64,
    /// What their messages have in common, where they have no region.
    pub said: Option<String>,
    /// With the region's text.
    problems: BTreeMap<u64, (Problem, Box<str>)>,
}

impl Kept {
    fn add(&mut self, problem: Problem, region: &str, most: usize, seed: u64) {
        self.rows += 1;
        let hash = rapidhash_v3(format!("{seed} {problem}").as_bytes());
        let full = self.problems.len() >= most;
        if !full || self.problems.last_key_value().is_some_and(|(last, _)| hash < *last) {
            self.problems.insert(hash, (problem, region.into()));
            if self.problems.len() > most {
                self.problems.pop_last();
            }
        }
    }

    /// Those that were kept, in an order that has nothing to do with what they are.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems.values().map(|(problem, _)| problem)
    }

    /// The same with their regions, as far as the map says.
    pub fn regions(&self) -> impl Iterator<Item = (Problem, Option<Region>)> {
        self.problems.values().map(|(problem, region)| (*problem, Region::read(region, problem)))
    }
}

/// Where the columns are that matter.
struct Columns {
    descriptor: Option<usize>,
    parameters: Vec<(Feature, usize)>,
    backend: Option<usize>,
    verdict: usize,
    region: Option<usize>,
    message: Option<usize>,
    format: Option<usize>,
}

/// Reads a map: `map.csv`, `failures.csv`, or a table made elsewhere; of its rows those for whose problems `condition` holds.
///
/// It needs a column `verdict`, and `descriptor` or the parameters one by one (those left out are at their default);
/// `backend`, `region` and `message` are used where they are there, all others are ignored, and the order doesn't matter. Memory is
/// bounded, whatever the length.
///
/// # Errors
/// The file can't be read, a column is missing, or a line makes no sense; it is not as its run wrote it, or too new.
pub fn read_map(
    path: &Path,
    condition: Option<&Condition>,
    seed: u64,
    reading: &mut Reading,
) -> Result<BTreeMap<String, Mapped>, MapError> {
    reading.check(path)?;
    let mut backends: BTreeMap<String, Mapped> = BTreeMap::new();
    for_each(path, condition, reading, |row| {
        if !backends.contains_key(row.backend) {
            backends.insert(row.backend.to_owned(), Mapped::default());
        }
        let Some(mapped) = backends.get_mut(row.backend) else { return };
        if row.verdict == Verdict::Unsupported {
            mapped.unsupported += 1;
        } else if row.verdict.is_failure() {
            let looks = row.looks();
            let known = mapped.failing.len() < KINDS || mapped.failing.contains_key(&(row.verdict, looks.clone()));
            let looks = if known { looks } else { String::new() };
            let kept = mapped.failing.entry((row.verdict, looks)).or_default();
            kept.add(row.problem, row.region, FAILING, seed);
            if known && row.region.is_empty() {
                let said = kept.said.take();
                kept.said = Some(said.map_or(row.message.to_owned(), |said| common_words(&said, row.message)));
            }
        } else {
            mapped.passing.add(row.problem, "", PASSING, seed);
        }
    })?;
    Ok(backends)
}

/// Counts the rows of a backend and verdict by the first of `triggers` that holds.
///
/// # Errors
/// As [`read_map`].
pub fn count_by(
    path: &Path,
    condition: Option<&Condition>,
    (backend, verdict): (&str, Verdict),
    triggers: &[&Condition],
    reading: &mut Reading,
) -> Result<Vec<u64>, MapError> {
    let mut counts = vec![0; triggers.len()];
    for_each(path, condition, reading, |row| {
        if (row.backend, row.verdict) == (backend, verdict)
            && let Some(first) = triggers.iter().position(|trigger| trigger.holds(&row.problem))
        {
            counts[first] += 1;
        }
    })?;
    Ok(counts)
}

/// A row of a map.
struct Row<'r> {
    problem: Problem,
    backend: &'r str,
    verdict: Verdict,
    region: &'r str,
    message: &'r str,
}

/// Reads row by row; where `reading` salvages, up to the first that makes no sense.
fn for_each(
    path: &Path,
    condition: Option<&Condition>,
    reading: &mut Reading,
    take: impl FnMut(&Row<'_>),
) -> Result<(), MapError> {
    match for_each_row(path, condition, take) {
        Err(error @ MapError::Line { .. }) if reading.salvages() => {
            reading.note(format!("note: {error}; what stands behind it was left out"));
            Ok(())
        }
        result => result,
    }
}

fn for_each_row(path: &Path, condition: Option<&Condition>, mut take: impl FnMut(&Row<'_>)) -> Result<(), MapError> {
    let file = std::fs::File::open(path).map_err(|source| MapError::Io { path: path.to_owned(), source })?;
    let mut first = true;
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(std::io::BufReader::new(file));
    let headers = reader.headers().map_err(|error| torn(path, &error))?.clone();
    let columns = Columns::of(&headers).map_err(|reason| MapError::Columns { path: path.to_owned(), reason })?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| torn(path, &error))? {
        let line = record.position().map_or(0, csv::Position::line);
        let at = |reason| MapError::Line { path: path.to_owned(), line, reason };
        if std::mem::take(&mut first) {
            Reading::map_version(path, columns.format.map_or("", |column| &record[column]))?;
        }
        let verdict: Verdict = record[columns.verdict].trim().parse().map_err(|e| at(format!("{e}")))?;
        let problem = columns.problem(&record).map_err(at)?;
        if condition.is_some_and(|condition| !condition.holds(&problem)) {
            continue;
        }
        let text = |column: Option<usize>| column.map_or("", |column| record[column].trim());
        let backend = columns.backend.map_or(UNNAMED, |column| record[column].trim());
        take(&Row { problem, backend, verdict, region: text(columns.region), message: text(columns.message) });
    }
    Ok(())
}

/// The csv library's error, with its line.
fn torn(path: &Path, error: &csv::Error) -> MapError {
    let line = error.position().map_or(1, csv::Position::line);
    let reason = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where the header has {expected_len}; is the file cut off, or is a comma not quoted?")
        }
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".to_owned(),
        _ => error.to_string(),
    };
    MapError::Line { path: path.to_owned(), line, reason }
}

impl Columns {
    fn of(headers: &csv::StringRecord) -> Result<Self, String> {
        let plain = |header: &str| header.trim_start_matches('\u{feff}').trim().to_owned();
        let column = |name: &str| headers.iter().position(|header| plain(header) == name);
        let parameters: Vec<(Feature, usize)> =
            Feature::parameters().filter_map(|parameter| Some((parameter, column(parameter.name())?))).collect();
        if let [only] = &headers.iter().collect::<Vec<_>>()[..]
            && let Some(other) = [';', '\t', '|'].into_iter().find(|other| only.contains(*other))
        {
            return Err(format!("its columns seem to be separated by {other:?}; a map's are by commas"));
        }
        if headers.iter().all(str::is_empty) {
            return Err("the file is empty".to_owned());
        }
        let verdict = column("verdict").ok_or_else(|| {
            "there is no column `verdict`; a map has one, and `descriptor` or a column for each parameter".to_owned()
        })?;
        let descriptor = column("descriptor");
        let missing: Vec<&str> = NEEDED.into_iter().filter(|name| column(name).is_none()).collect();
        if descriptor.is_none() && !missing.is_empty() {
            return Err(format!("there is no column `descriptor`, and none for {} either", missing.join(", ")));
        }
        let (backend, region, message) = (column("backend"), column("region"), column("message"));
        Ok(Self { descriptor, parameters, backend, verdict, region, message, format: column("format") })
    }

    fn problem(&self, record: &csv::StringRecord) -> Result<Problem, String> {
        if let Some(column) = self.descriptor {
            let text = record[column].trim();
            return text.parse().map_err(|error| format!("{text:?} is no descriptor: {error}"));
        }
        let mut parameters = Parameters::default();
        for (parameter, column) in &self.parameters {
            let text = record[*column].trim();
            let value = text.parse().map_err(|_| format!("{text:?} is no {}", parameter.name()))?;
            parameter.set(&mut parameters, value);
        }
        Problem::new(parameters).map_err(|error| error.to_string())
    }
}

impl Row<'_> {
    /// The region's shape, or the message with each number as `#`.
    fn looks(&self) -> String {
        if self.region.is_empty() { crate::judge::without_numbers(self.message) } else { shape(self.region) }
    }
}

/// A region as the map has it without its sizes, as far as its text alone tells: `[:, :, -3:, -1]` is `[:, :, k:, -1]`.
fn shape(region: &str) -> String {
    let cut = |part: &str| match part {
        ":" | "0" | "-1" | "::2" | "1::2" => part.to_owned(),
        _ if part.starts_with("flat ") => "flat k:".to_owned(),
        _ if part.starts_with("border ") => {
            let sides = part.split(' ').filter(|word| !word.chars().all(|c| c.is_ascii_digit()));
            sides.collect::<Vec<_>>().join(" ")
        }
        _ if part.matches(':').count() == 2 => "k::k".to_owned(),
        _ if part.starts_with(':') => ":k".to_owned(),
        _ if part.ends_with(':') => "k:".to_owned(),
        _ if part.contains(':') => "k:k".to_owned(),
        _ => "k".to_owned(),
    };
    match region.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(parts) => format!("[{}]", parts.split(", ").map(cut).collect::<Vec<_>>().join(", ")),
        None => region.to_owned(),
    }
}

#[cfg(test)]
mod tests;
