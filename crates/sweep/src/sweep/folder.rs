//! The folder of a run: what is in it, who may write to it, and how a file gets there whole.

use super::error::SweepError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
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
    /// Makes the folder of a new run.
    ///
    /// # Errors
    /// The folder can't be made, holds a run, or is locked.
    pub fn create(path: &Path) -> Result<Self, SweepError> {
        fs::create_dir_all(path).map_err(SweepError::io("making the folder", path))?;
        let folder = Self::lock(path)?;
        if folder.join(MANIFEST).exists() {
            return Err(SweepError::Occupied(path.to_owned()));
        }
        Ok(folder)
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

/// Writes a small file through a temporary one: a reader sees the whole of it or nothing, whatever happens to the machine.
///
/// # Errors
/// The system's, with the file's name.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), SweepError> {
    let io = || SweepError::io("writing", path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().permissions(readable()).tempfile_in(folder).map_err(io())?;
    file.write_all(bytes).map_err(io())?;
    file.as_file().sync_all().map_err(io())?;
    file.persist(path).map_err(|e| io()(e.error))?;
    sync_folder(folder)
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
