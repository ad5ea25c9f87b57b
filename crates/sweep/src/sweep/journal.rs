//! How far a run has come: what makes it survive `kill -9`.
//!
//! The tables grow as `map.csv.partial` and `failures.csv.partial`, in index order, and beside them what a backend refused once
//! it was asked, which counts as neither failing nor passing. From time to time all are synced to disk,
//! and then a line is added to the journal: how many points are done, how long the tables are and their checksums, and the tally.
//! Each line begins with a checksum of the rest, so a torn one is noticed. To resume is to take the last whole line, hold the
//! tables against it, cut them to its lengths, and go on from its point.
//!
//! A line has the whole tally, so the file is written anew with its last lines before it is much longer than these.

use super::error::SweepError;
use super::extent::{Extent, Measure};
use super::folder::{FAILURES, JOURNAL, MAP, REFUSED, RunFolder, write_whole};
use super::format::{FORMAT, FormatVersion};
use super::row::{REFUSED_HEADER, RowBytes, header};
use super::tally::Tally;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A journal that is shorter is not written anew.
const SHORT: usize = 1 << 16;

/// Lines that are kept when it is: where a table is damaged behind an earlier one, it still holds up to there.
const KEPT: usize = 4;

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of the format; convdiff 0.1.0 wrote none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<FormatVersion>,
    /// Points of the sweep that are done: problems and excluded indices.
    pub points: u64,
    /// The tables so far, by their names when they are finished.
    #[serde(default)]
    pub tables: BTreeMap<String, Extent>,
    /// Seconds of work so far, over all sittings.
    pub seconds: f64,
    /// What was seen so far.
    pub tally: Tally,
    /// The lengths that convdiff 0.1.0 wrote down.
    #[serde(flatten, skip_serializing)]
    old: OldLengths,
}

/// How convdiff 0.1.0 wrote down how long tables are.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct OldLengths {
    map_bytes: Option<u64>,
    failures_bytes: Option<u64>,
    refused_bytes: Option<u64>,
}

impl Entry {
    /// What is known of a table.
    fn table(&self, name: &str) -> Extent {
        let OldLengths { map_bytes, failures_bytes, refused_bytes } = self.old;
        let old = [(MAP, map_bytes), (FAILURES, failures_bytes), (REFUSED, refused_bytes)];
        let old = old.into_iter().find(|(old, _)| *old == name).and_then(|(_, bytes)| bytes);
        let known = || Extent { bytes: old.unwrap_or(0), ..Extent::default() };
        self.tables.get(name).copied().unwrap_or_else(known)
    }
}

/// The tables of an unfinished run and their journal, open for appending.
pub struct Journal {
    map: Option<Table>,
    failures: Table,
    refused: Table,
    file: File,
    path: PathBuf,
    length: usize,
    /// The last lines.
    last: VecDeque<String>,
}

struct Table {
    /// Its name when it is finished.
    name: &'static str,
    file: File,
    path: PathBuf,
    measure: Measure,
}

/// What the name of a table ends with that isn't finished.
pub(super) const PARTIAL: &str = ".partial";

/// Where a table is as long as it isn't finished.
fn partial(name: &str) -> String {
    if name.ends_with(PARTIAL) { name.to_owned() } else { format!("{name}{PARTIAL}") }
}

impl Table {
    fn create(folder: &RunFolder, name: &'static str, header: &[u8]) -> Result<Self, SweepError> {
        let path = folder.join(&partial(name));
        let file = File::create(&path).map_err(SweepError::io("creating", &path))?;
        let mut table = Self { name, file, path, measure: Measure::default() };
        table.append(header)?;
        Ok(table)
    }

    /// Opens a table of which `known` holds of its beginning; nothing is changed.
    fn reopen(folder: &RunFolder, name: &'static str, known: &Extent) -> Result<Self, SweepError> {
        let path = folder.join(&partial(name));
        // A run may have been killed between giving its tables their names and saying that it is finished.
        if !path.exists() && folder.join(name).exists() {
            folder.rename(name, &partial(name))?;
        }
        if !path.exists() {
            return Err(SweepError::Altered { path, reason: "it is gone".to_owned() });
        }
        let measure = Measure::of_file(&path, known.bytes)?;
        if let Some(reason) = known.differs(&measure.extent(true)) {
            let reason = format!("by the journal, {reason}");
            return Err(SweepError::Altered { path, reason });
        }
        let file = OpenOptions::new().write(true).open(&path).map_err(SweepError::io("opening", &path))?;
        Ok(Self { name, file, path, measure })
    }

    /// Cuts off what stands behind the beginning that counts.
    fn cut(&mut self) -> Result<(), SweepError> {
        let bytes = self.extent().bytes;
        let cut = self.file.set_len(bytes).and_then(|()| self.file.seek(SeekFrom::End(0)));
        cut.map(drop).map_err(SweepError::io("cutting", &self.path))
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), SweepError> {
        self.file.write_all(bytes).map_err(SweepError::io("writing", &self.path))?;
        self.measure.add(bytes);
        Ok(())
    }

    fn extent(&self) -> Extent {
        self.measure.extent(true)
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
        let map = if full { Some(Table::create(folder, MAP, &header())?) } else { None };
        let failures = Table::create(folder, FAILURES, &header())?;
        let refused = Table::create(folder, REFUSED, REFUSED_HEADER)?;
        let file = File::create(&path).map_err(SweepError::io("creating", &path))?;
        Ok(Self { map, failures, refused, file, path, length: 0, last: VecDeque::new() })
    }

    /// Takes an unfinished run up where it was last committed; `None` where it never was, and so begins anew.
    ///
    /// Where `salvage` is given, a line of the journal or a table that isn't as it was written is no error: the last line counts up
    /// to which all tables hold, and what doesn't is said there.
    ///
    /// # Errors
    /// [`SweepError::Altered`], or [`SweepError::Newer`]; the system's.
    pub fn resume(
        folder: &RunFolder,
        full: bool,
        mut salvage: Option<&mut Vec<String>>,
    ) -> Result<Option<(Self, Entry)>, SweepError> {
        let path = folder.join(JOURNAL);
        let mut text = Vec::new();
        match File::open(&path).and_then(|mut file| file.read_to_end(&mut text)) {
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(SweepError::io("reading", &path)(e)),
        }
        let text = String::from_utf8_lossy(&text);
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        while let Some(line) = lines.pop() {
            // A line that has no end was being written when the run was killed.
            if line.trim().is_empty() || !line.ends_with('\n') {
                continue;
            }
            let resumed =
                read(&path, lines.len() + 1, line).and_then(|entry| Ok((Self::reopen(folder, full, &entry)?, entry)));
            match (resumed, salvage.as_deref_mut()) {
                (Ok((mut journal, entry)), _) => {
                    lines.push(line);
                    journal.last = lines.iter().rev().take(KEPT).rev().map(|line| (*line).to_owned()).collect();
                    journal.rewrite()?;
                    return Ok(Some((journal, entry)));
                }
                (Err(error @ SweepError::Altered { .. }), Some(notes)) => notes.push(error.to_string()),
                (Err(error), _) => return Err(error),
            }
        }
        Ok(None)
    }

    fn reopen(folder: &RunFolder, full: bool, entry: &Entry) -> Result<Self, SweepError> {
        let open = |name| Table::reopen(folder, name, &entry.table(name));
        let map = if full { Some(open(MAP)?) } else { None };
        let (failures, refused) = (open(FAILURES)?, open(REFUSED)?);
        let path = folder.join(JOURNAL);
        let file = OpenOptions::new().append(true).open(&path).map_err(SweepError::io("opening", &path))?;
        let mut journal = Self { map, failures, refused, file, path, length: 0, last: VecDeque::new() };
        // Only once all of them hold.
        journal.map.iter_mut().chain([&mut journal.failures, &mut journal.refused]).try_for_each(Table::cut)?;
        Ok(journal)
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        self.map.iter().chain([&self.failures, &self.refused])
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
        self.tables().try_for_each(Table::sync)?;
        let tables = self.tables().map(|table| (table.name.to_owned(), table.extent())).collect();
        let (format, tally, old) = (Some(FORMAT), tally.clone(), OldLengths::default());
        let entry = Entry { format, points, tables, seconds, tally, old };
        let json = serde_json::to_string(&entry)
            .map_err(|e| SweepError::Format { what: "the journal", reason: e.to_string() })?;
        let line = format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()));
        let most = SHORT.max(2 * KEPT * line.len());
        self.last.push_back(line);
        if self.last.len() > KEPT {
            self.last.pop_front();
        }
        let line = self.last.back().map_or("", String::as_str);
        if self.length + line.len() > most {
            return self.rewrite();
        }
        self.file.write_all(line.as_bytes()).map_err(SweepError::io("writing", &self.path))?;
        self.length += line.len();
        self.file.sync_data().map_err(SweepError::io("syncing", &self.path))
    }

    /// Writes the last lines alone.
    fn rewrite(&mut self) -> Result<(), SweepError> {
        let text: String = self.last.iter().map(String::as_str).collect();
        write_whole(&self.path, text.as_bytes())?;
        self.length = text.len();
        self.file = OpenOptions::new().append(true).open(&self.path).map_err(SweepError::io("opening", &self.path))?;
        Ok(())
    }

    /// Where the failures are, as long as the run isn't over.
    pub fn failures(&self) -> &Path {
        &self.failures.path
    }

    /// Where the refusals are.
    pub fn refused(&self) -> &Path {
        &self.refused.path
    }

    /// Gives the tables of a finished run their names, and says what they are known by. The journal and the refusals stay.
    ///
    /// # Errors
    /// The system's.
    pub fn close(&mut self, folder: &RunFolder) -> Result<BTreeMap<String, Extent>, SweepError> {
        let mut closed = BTreeMap::new();
        for table in self.map.iter_mut().chain([&mut self.failures]) {
            table.sync()?;
            folder.rename(&partial(table.name), table.name)?;
            table.path = folder.join(table.name);
            closed.insert(table.name.to_owned(), table.extent());
        }
        Ok(closed)
    }
}

/// Reads a line of the journal in `path`.
fn read(path: &Path, number: usize, line: &str) -> Result<Entry, SweepError> {
    let altered =
        |reason: String| SweepError::Altered { path: path.to_owned(), reason: format!("line {number} {reason}") };
    let whole = line.trim_end().split_once(' ').filter(|(crc32, json)| {
        u32::from_str_radix(crc32, 16).is_ok_and(|crc32| crc32 == crc32fast::hash(json.as_bytes()))
    });
    let (_, json) = whole.ok_or_else(|| altered("is not what its checksum says".to_owned()))?;
    /// The version stands by itself, so that it is understood whatever else has changed.
    #[derive(Deserialize)]
    struct Versioned {
        format: Option<FormatVersion>,
    }
    let unreadable = |error: serde_json::Error| altered(format!("can't be read: {error}"));
    let Versioned { format } = serde_json::from_str(json).map_err(unreadable)?;
    if let Some(found) = format.filter(|found| found.is_too_new()) {
        return Err(SweepError::Newer { path: path.to_owned(), found });
    }
    serde_json::from_str(json).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A run's folder in which `commits` were made, of a row each.
    fn folder(parent: &Path, commits: u64) -> RunFolder {
        let folder = RunFolder::create(&parent.join("run")).unwrap();
        fs::write(folder.join("manifest.toml"), "").unwrap();
        let mut journal = Journal::create(&folder, true).unwrap();
        for point in 0..commits {
            let row = |table: &str| format!("{point},{table}\n").into_bytes();
            journal.append(&RowBytes { map: row("map"), failures: row("failures"), refused: row("refused") }).unwrap();
            let mut tally = Tally::new(1);
            // As large as a tally of many clusters.
            tally.exclude("x".repeat(10_000).into());
            journal.commit(point + 1, 0.0, &tally).unwrap();
        }
        folder
    }

    fn flip(path: &Path, at: usize) {
        let mut bytes = fs::read(path).unwrap();
        bytes[at] ^= 1;
        fs::write(path, bytes).unwrap();
    }

    #[test]
    fn a_journal_grows_no_longer_than_a_few_lines() {
        let parent = tempfile::tempdir().unwrap();
        let folder = folder(parent.path(), 100);
        assert!(fs::metadata(folder.join(JOURNAL)).unwrap().len() < 9 * 11_000);
        let (_, entry) = Journal::resume(&folder, true, None).unwrap().unwrap();
        assert_eq!(entry.points, 100);
    }

    #[test]
    fn a_table_that_was_changed_is_named_and_nothing_is_touched() {
        for name in ["map.csv.partial", "failures.csv.partial", "refused.csv.partial"] {
            let parent = tempfile::tempdir().unwrap();
            let folder = folder(parent.path(), 5);
            let path = folder.join(name);
            let end = fs::read(&path).unwrap().len();
            fs::write(&path, [fs::read(&path).unwrap(), b"not committed".to_vec()].concat()).unwrap();
            flip(&path, end - 2);
            let before = fs::read(&path).unwrap();
            let Err(SweepError::Altered { path: named, reason }) = Journal::resume(&folder, true, None) else {
                panic!("{name} is taken as it is")
            };
            assert_eq!(named, path);
            assert!(reason.starts_with("by the journal, its checksum is "), "{reason}");
            assert_eq!(fs::read(&path).unwrap(), before);
            // What stands before the last commit holds.
            let mut notes = Vec::new();
            let (_, entry) = Journal::resume(&folder, true, Some(&mut notes)).unwrap().unwrap();
            assert_eq!((entry.points, notes.len()), (4, 1), "{notes:?}");
        }
    }

    #[test]
    fn a_line_that_was_changed_is_damage_and_one_that_has_no_end_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let folder = folder(parent.path(), 3);
        let path = folder.join(JOURNAL);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 7]).unwrap();
        assert_eq!(Journal::resume(&folder, true, None).unwrap().unwrap().1.points, 2);
        fs::write(&path, &whole).unwrap();
        flip(&path, whole.len() - 9);
        let error = Journal::resume(&folder, true, None).err().unwrap().to_string();
        assert!(error.contains("line 3 is not what its checksum says; bring it back"), "{error}");
    }

    #[test]
    fn a_newer_journal_is_said_to_be_one() {
        let parent = tempfile::tempdir().unwrap();
        let folder = folder(parent.path(), 1);
        let json = "{\"format\":\"2.0\",\"pints\":3}";
        fs::write(folder.join(JOURNAL), format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()))).unwrap();
        let error = Journal::resume(&folder, true, None).err().unwrap().to_string();
        assert!(
            error.ends_with(
                "journal.jsonl has format 2.0, which a newer convdiff wrote; this one reads formats up to 1.x"
            )
        );
    }
}
