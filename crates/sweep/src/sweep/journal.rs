//! How far a run has come: what makes it survive `kill -9`.
//!
//! The tables grow as `map.csv.partial` and `failures.csv.partial`, in index order, and beside them what a backend refused once
//! it was asked, which counts as neither failing nor passing. From time to time all are synced to disk,
//! and then a line is added to the journal: how many points are done, how long the tables are, and the tally. Each line begins
//! with a checksum of the rest, so a torn one is noticed. To resume is to take the last whole line, cut the tables to
//! its lengths, and go on from its point.

use super::error::SweepError;
use super::folder::{FAILURES, JOURNAL, MAP, REFUSED, RunFolder};
use super::row::{REFUSED_HEADER, RowBytes, header};
use super::tally::Tally;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Points of the sweep that are done: problems and excluded indices.
    pub points: u64,
    /// Length of `map.csv` so far, in bytes.
    pub map_bytes: u64,
    /// Length of `failures.csv` so far, in bytes.
    pub failures_bytes: u64,
    /// Length of the table of refusals so far, in bytes.
    pub refused_bytes: u64,
    /// Seconds of work so far, over all sittings.
    pub seconds: f64,
    /// What was seen so far.
    pub tally: Tally,
}

/// The tables of an unfinished run and their journal, open for appending.
pub struct Journal {
    map: Option<Table>,
    failures: Table,
    refused: Table,
    file: File,
    path: PathBuf,
}

struct Table {
    file: File,
    path: PathBuf,
    bytes: u64,
}

const PARTIAL: &str = ".partial";

fn partial(name: &str) -> String {
    format!("{name}{PARTIAL}")
}

impl Table {
    fn create(folder: &RunFolder, name: &str, header: &[u8]) -> Result<Self, SweepError> {
        let path = folder.join(name);
        let file = File::create(&path).map_err(SweepError::io("creating", &path))?;
        let mut table = Self { file, path, bytes: 0 };
        table.append(header)?;
        Ok(table)
    }

    fn reopen(folder: &RunFolder, name: &str, bytes: u64) -> Result<Self, SweepError> {
        let path = folder.join(name);
        // A run may have been killed between giving its tables their names and saying that it is finished.
        if let Some(whole) = name.strip_suffix(PARTIAL)
            && !path.exists()
            && folder.join(whole).exists()
        {
            folder.rename(whole, name)?;
        }
        let io = || SweepError::io("opening", &path);
        let mut file = OpenOptions::new().write(true).open(&path).map_err(io())?;
        let length = file.metadata().map_err(io())?.len();
        if length < bytes {
            let reason = format!("it has {length} bytes, but the journal counts {bytes}");
            return Err(SweepError::Damaged { path, reason });
        }
        file.set_len(bytes).map_err(io())?;
        file.seek(SeekFrom::End(0)).map_err(io())?;
        Ok(Self { file, path, bytes })
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), SweepError> {
        self.file.write_all(bytes).map_err(SweepError::io("writing", &self.path))?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn sync(&self) -> Result<(), SweepError> {
        self.file.sync_data().map_err(SweepError::io("syncing", &self.path))
    }
}

impl Journal {
    /// Begins the tables of a new run; `full` asks for `map.csv`.
    ///
    /// # Errors
    /// The system's.
    pub fn create(folder: &RunFolder, full: bool) -> Result<Self, SweepError> {
        let path = folder.join(JOURNAL);
        let map = if full { Some(Table::create(folder, &partial(MAP), &header())?) } else { None };
        let failures = Table::create(folder, &partial(FAILURES), &header())?;
        let refused = Table::create(folder, REFUSED, REFUSED_HEADER)?;
        let file = File::create(&path).map_err(SweepError::io("creating", &path))?;
        Ok(Self { map, failures, refused, file, path })
    }

    /// Takes an unfinished run up where it was last committed; `None` where it never was, and so begins anew.
    ///
    /// # Errors
    /// A table is shorter than the journal says; the system's.
    pub fn resume(folder: &RunFolder, full: bool) -> Result<Option<(Self, Entry)>, SweepError> {
        let path = folder.join(JOURNAL);
        let Some(entry) = last_entry(&path)? else { return Ok(None) };
        let map = if full { Some(Table::reopen(folder, &partial(MAP), entry.map_bytes)?) } else { None };
        let failures = Table::reopen(folder, &partial(FAILURES), entry.failures_bytes)?;
        let refused = Table::reopen(folder, REFUSED, entry.refused_bytes)?;
        let file = OpenOptions::new().append(true).open(&path).map_err(SweepError::io("opening", &path))?;
        let mut journal = Self { map, failures, refused, file, path };
        // Where the last line is torn, the next one must not be glued to it.
        journal.line(b"\n")?;
        Ok(Some((journal, entry)))
    }

    /// Appends rows. A reader may see them; they count only once committed.
    ///
    /// # Errors
    /// The system's.
    pub fn append(&mut self, rows: &RowBytes) -> Result<(), SweepError> {
        if let Some(map) = &mut self.map {
            map.append(&rows.map)?;
        }
        self.failures.append(&rows.failures)?;
        self.refused.append(&rows.refused)
    }

    /// Makes all that was appended count.
    ///
    /// # Errors
    /// The system's.
    pub fn commit(&mut self, points: u64, seconds: f64, tally: &Tally) -> Result<(), SweepError> {
        if let Some(map) = &self.map {
            map.sync()?;
        }
        self.failures.sync()?;
        self.refused.sync()?;
        let entry = Entry {
            points,
            map_bytes: self.map.as_ref().map_or(0, |map| map.bytes),
            failures_bytes: self.failures.bytes,
            refused_bytes: self.refused.bytes,
            seconds,
            tally: tally.clone(),
        };
        let json = serde_json::to_string(&entry)
            .map_err(|e| SweepError::Format { what: "the journal", reason: e.to_string() })?;
        self.line(format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes())).as_bytes())?;
        self.file.sync_data().map_err(SweepError::io("syncing", &self.path))
    }

    fn line(&mut self, line: &[u8]) -> Result<(), SweepError> {
        self.file.write_all(line).map_err(SweepError::io("writing", &self.path))
    }

    /// Where the failures are, as long as the run isn't over.
    pub fn failures(&self) -> &Path {
        &self.failures.path
    }

    /// Where the refusals are.
    pub fn refused(&self) -> &Path {
        &self.refused.path
    }

    /// Gives the tables of a finished run their names. The journal and the refusals stay.
    ///
    /// # Errors
    /// The system's.
    pub fn close(self, folder: &RunFolder) -> Result<(), SweepError> {
        for (table, name) in [(self.map.as_ref(), MAP), (Some(&self.failures), FAILURES)] {
            if let Some(table) = table {
                table.sync()?;
                folder.rename(&partial(name), name)?;
            }
        }
        Ok(())
    }
}

/// The last whole line.
fn last_entry(path: &Path) -> Result<Option<Entry>, SweepError> {
    let mut text = Vec::new();
    match File::open(path).and_then(|mut file| file.read_to_end(&mut text)) {
        Ok(_) => {}
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(SweepError::io("reading", path)(e)),
    }
    let text = String::from_utf8_lossy(&text);
    Ok(text.lines().rev().find_map(parse))
}

fn parse(line: &str) -> Option<Entry> {
    let (crc, json) = line.split_once(' ')?;
    let whole = u32::from_str_radix(crc, 16).ok()? == crc32fast::hash(json.as_bytes());
    whole.then(|| serde_json::from_str(json).ok())?
}
