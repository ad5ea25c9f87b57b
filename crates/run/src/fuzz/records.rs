//! Findings that a fuzz target records in a folder, a repro each, and goes on.

use crate::diagnose::{Repro, ReproError};
use crate::judge::{Examiner, Observation, Symptom};
use crate::problem::{Problem, Size};
use crate::run::{ReadError, Reading, repro_text};
use crate::sweep::SweepError;
use crate::sweep::folder::write_whole;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The findings in a folder of `repro-<n>.toml`, each with the smallest problem that was seen to show it.
///
/// A failure belongs to the first finding whose [`Symptom`] it could show. So one bug may be recorded a few times, first
/// at a small output and then under its name; what is a finding is settled by a sweep.
#[derive(Debug)]
pub struct Records {
    folder: PathBuf,
    known: Vec<Known>,
    next: usize,
}

/// A finding that is recorded.
#[derive(Debug)]
struct Known {
    symptom: Symptom,
    size: Size,
    path: PathBuf,
}

/// Records that can't be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The folder.
    #[error("{}", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file in it is no repro.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A repro can't be formatted.
    #[error("formatting a repro")]
    Format(#[source] Box<ReproError>),
    /// A repro can't be written.
    #[error(transparent)]
    Write(#[from] SweepError),
}

impl Records {
    /// Opens a folder, which is made if it isn't there. The repros in it that are of the examiner's backend are run
    /// again: what still fails is known, what doesn't may be recorded anew.
    ///
    /// # Errors
    /// The folder can't be made or read, or a file `repro-<n>.toml` in it is none.
    pub fn open(folder: &Path, examiner: &mut Examiner<'_>) -> Result<Self, RecordError> {
        let of_folder = |source| RecordError::Folder { folder: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(of_folder)?;
        let mut records = Self { folder: folder.to_owned(), known: Vec::new(), next: 1 };
        for entry in fs::read_dir(folder).map_err(of_folder)? {
            let path = entry.map_err(of_folder)?.path();
            let Some(number) = number(&path) else { continue };
            records.next = records.next.max(number + 1);
            let repro = Reading::strict().repro(&path)?;
            if repro.backend != examiner.backend().name() {
                continue;
            }
            let symptom = Symptom::of(&examiner.examine_case(repro.case()));
            records.known.extend(symptom.map(|symptom| Known { symptom, size: repro.problem.size(), path }));
        }
        Ok(records)
    }

    /// Records what `examiner` saw last, unless it is known at a problem as small. The file's name, if it is a finding
    /// that wasn't known.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn add(
        &mut self,
        problem: &Problem,
        examiner: &Examiner<'_>,
        observation: &Observation,
    ) -> Result<Option<PathBuf>, RecordError> {
        let Some(symptom) = Symptom::of(observation) else { return Ok(None) };
        if let Some(known) = self.known.iter_mut().find(|known| known.symptom.shows_in(observation)) {
            if problem.size() < known.size {
                write(&known.path, problem, examiner, observation)?;
                known.size = problem.size();
            }
            return Ok(None);
        }
        let path = self.folder.join(format!("repro-{}.toml", self.next));
        write(&path, problem, examiner, observation)?;
        self.next += 1;
        self.known.push(Known { symptom, size: problem.size(), path: path.clone() });
        Ok(Some(path))
    }
}

fn write(
    path: &Path,
    problem: &Problem,
    examiner: &Examiner<'_>,
    observation: &Observation,
) -> Result<(), RecordError> {
    let repro = Repro::of(problem, examiner.operands(), examiner.settings(), examiner, observation);
    let text = repro_text(&repro).map_err(|error| RecordError::Format(Box::new(error)))?;
    Ok(write_whole(path, text.as_bytes())?)
}

/// The number in `repro-<n>.toml`.
fn number(path: &Path) -> Option<usize> {
    path.file_name()?.to_str()?.strip_prefix("repro-")?.strip_suffix(".toml")?.parse().ok()
}
