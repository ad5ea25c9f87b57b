//! The folder of a run: what is in it, who may write to it, and how a file gets there whole.

use super::error::SweepError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Name of the file that says what a run is.
pub const MANIFEST: &str = "manifest.toml";
/// Name of the table with a row a problem and backend.
pub const MAP: &str = "map.csv";
/// Name of the table of the failing ones.
pub const FAILURES: &str = "failures.csv";
/// Name of the file with the findings.
pub const FINDINGS: &str = "findings.toml";
/// Name of the table of an unfinished run's problems that a backend took and then refused.
pub const REFUSED: &str = "refused.csv.partial";
/// Name of the file that an unfinished run goes on from.
pub const JOURNAL: &str = "journal.jsonl";
const LOCK: &str = ".lock";
/// What the names of files begin with that are being written.
const TEMPORARY: &str = ".tmp";

/// A folder that this process alone writes to, as long as the value lives.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    lock: File,
}

/// The lock is the open file's, and a child that another thread has just forked has that file as well until it runs its own
/// program: closing ours alone would leave the folder locked for as long.
impl Drop for RunFolder {
    fn drop(&mut self) {
        // Where it fails, closing the file still unlocks it, a little later.
        let _ = self.lock.unlock();
    }
}

impl RunFolder {
    /// Makes the folder of a new run, or takes an empty one.
    ///
    /// # Errors
    /// The folder can't be made, holds a run or anything else, or is locked.
    pub fn create(path: &Path) -> Result<Self, SweepError> {
        // Before anything is made in it.
        refuse_taken(path)?;
        fs::create_dir_all(path).map_err(SweepError::io("making the folder", path))?;
        let folder = Self::lock(path)?;
        refuse_taken(path)?;
        Ok(folder)
    }

    /// Makes the folder of a new run, or, where something is there already, the first of `path-2`, `path-3` … where nothing is.
    /// Of several processes that do so at once each gets its own.
    ///
    /// # Errors
    /// The folder can't be made.
    pub fn create_numbered(path: &Path) -> Result<Self, SweepError> {
        let making = |error| SweepError::io("making the folder", path)(error);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(making)?;
        let mut number = 1u64;
        loop {
            let mut name = path.as_os_str().to_owned();
            if number > 1 {
                name.push(format!("-{number}"));
            }
            match fs::create_dir(&name) {
                Ok(()) => return Self::create(Path::new(&name)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(SweepError::io("making the folder", path)(error)),
            }
        }
    }

    /// Opens the folder of a run that was begun.
    ///
    /// # Errors
    /// There is no run in it, or it is locked.
    pub fn open(path: &Path) -> Result<Self, SweepError> {
        if !path.join(MANIFEST).exists() {
            return Err(SweepError::NoRun(path.to_owned()));
        }
        Self::lock(path)
    }

    fn lock(path: &Path) -> Result<Self, SweepError> {
        let file = path.join(LOCK);
        let lock =
            OpenOptions::new().create(true).append(true).open(&file).map_err(SweepError::io("opening", &file))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), lock }),
            Err(TryLockError::WouldBlock) => Err(SweepError::Locked(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(SweepError::io("locking", &file)(source)),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a small file so that a reader sees the whole of it or nothing.
    ///
    /// # Errors
    /// The system's, with the file's name.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), SweepError> {
        write_whole(&self.join(name), bytes)
    }

    /// Gives a finished file its name, for good.
    ///
    /// # Errors
    /// The system's, with the file's name.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), SweepError> {
        let to = self.join(to);
        fs::rename(self.join(from), &to).map_err(SweepError::io("renaming to", &to))?;
        sync_folder(&self.path)
    }

    /// Removes a file that is no longer needed.
    ///
    /// # Errors
    /// The system's, with the file's name.
    pub fn remove(&self, name: &str) -> Result<(), SweepError> {
        let path = self.join(name);
        fs::remove_file(&path).map_err(SweepError::io("removing", &path))
    }
}

/// Refuses a folder that holds a run, or anything that is not what a run leaves that has just begun: it is somebody's.
fn refuse_taken(path: &Path) -> Result<(), SweepError> {
    // What can't be read can't be made either, and that is said then.
    let Ok(entries) = fs::read_dir(path) else { return Ok(()) };
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
    let mut names: Vec<String> = names.filter(|name| name != LOCK && !name.starts_with(TEMPORARY)).collect();
    names.sort();
    match names.into_iter().next() {
        None => Ok(()),
        Some(_) if path.join(MANIFEST).exists() => Err(SweepError::Occupied(path.to_owned())),
        Some(holds) => Err(SweepError::NotOurs { path: path.to_owned(), holds }),
    }
}

/// Writes a small file through a temporary one: a reader sees the whole of it or nothing, whatever happens to the machine.
///
/// # Errors
/// The system's, with the file's name.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), SweepError> {
    NewFile::begin(path)?.finish(bytes, true)
}

/// A file that is not there yet, or not yet replaced, and that can be written.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    /// None of a device or a pipe, which is written as it is.
    file: Option<tempfile::NamedTempFile>,
}

impl NewFile {
    /// Makes sure that a file can be written, before there is anything to write.
    ///
    /// # Errors
    /// The system's, with the file's name.
    pub fn begin(path: &Path) -> Result<Self, SweepError> {
        let mut new = Self { path: path.to_owned(), file: None };
        if path.is_dir() {
            return Err(new.failed(io::ErrorKind::IsADirectory.into()));
        }
        if path.is_file() || !path.exists() {
            let file = tempfile::Builder::new().prefix(TEMPORARY).permissions(readable()).tempfile_in(new.folder());
            // The library's error names the temporary file, of which nobody knows.
            new.file = Some(file.map_err(|error| new.failed(error.kind().into()))?);
        }
        Ok(new)
    }

    fn failed(&self, error: io::Error) -> SweepError {
        SweepError::io("writing", &self.path)(error)
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// Writes it; `replace` says whether what is there may go.
    ///
    /// # Errors
    /// The system's, with the file's name.
    pub fn finish(mut self, bytes: &[u8], replace: bool) -> Result<(), SweepError> {
        let Some(mut file) = self.file.take() else {
            return fs::write(&self.path, bytes).map_err(|error| self.failed(error));
        };
        let written = file.write_all(bytes).and_then(|()| file.as_file().sync_all());
        written.map_err(|error| self.failed(error))?;
        let kept = if replace { file.persist(&self.path) } else { file.persist_noclobber(&self.path) };
        kept.map_err(|error| self.failed(error.error))?;
        sync_folder(self.folder())
    }
}

/// What a temporary file is created with, less the process' mask: as any other file, not for its owner alone.
#[cfg(unix)]
fn readable() -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o666)
}

fn sync_folder(path: &Path) -> Result<(), SweepError> {
    // Windows can't open folders, and makes renames durable by itself.
    if cfg!(unix) {
        File::open(path).and_then(|folder| folder.sync_all()).map_err(SweepError::io("syncing", path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_where_something_else_is() {
        let parent = tempfile::tempdir().unwrap();
        let own = parent.path().join("own");
        fs::create_dir(&own).unwrap();
        drop(RunFolder::create(&own).unwrap());
        drop(RunFolder::create(&own).unwrap());
        for name in ["map.csv", "findings.toml", "notes", ".hidden", "problems.txt"] {
            fs::write(own.join(name), "mine").unwrap();
            let error = RunFolder::create(&own).unwrap_err().to_string();
            assert!(error.contains(&format!(" holds {name}, ")), "{error}");
            assert_eq!(fs::read(own.join(name)).unwrap(), b"mine");
            fs::remove_file(own.join(name)).unwrap();
        }
        fs::remove_file(own.join(LOCK)).unwrap();
        fs::write(own.join("mine"), "").unwrap();
        RunFolder::create(&own).unwrap_err();
        assert!(!own.join(LOCK).exists());
    }

    #[test]
    fn folders_are_numbered_and_nobody_gets_another_s() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("reports/name");
        let folders: Vec<RunFolder> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| RunFolder::create_numbered(&path).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let mut names: Vec<_> = folders.iter().map(|folder| folder.path().file_name().unwrap().to_owned()).collect();
        names.sort();
        assert_eq!(names, ["name", "name-2", "name-3", "name-4", "name-5", "name-6", "name-7", "name-8"]);
    }

    #[test]
    fn a_file_is_replaced_only_where_that_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let new = NewFile::begin(&path).unwrap();
        fs::write(&path, "somebody was quicker").unwrap();
        assert!(new.finish(b"new", false).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"somebody was quicker");
        NewFile::begin(&path).unwrap().finish(b"new", true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        let error = NewFile::begin(&folder.path().join("none/file")).unwrap_err();
        assert!(matches!(error, SweepError::Io { .. }));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_free_once_its_owner_is_done_whoever_has_inherited_the_file() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("run");
        let folder = RunFolder::create(&path).unwrap();
        let inherited = folder.lock.try_clone().unwrap();
        assert!(matches!(RunFolder::create(&path), Err(SweepError::Locked(_))));
        drop(folder);
        assert!(RunFolder::create(&path).is_ok());
        drop(inherited);
    }
}
