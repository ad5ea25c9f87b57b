//! Reading the files of runs: whole, held against what the run wrote down of them, and whichever convdiff wrote them.

use super::dated;
use super::format::{self, FormatError};
use super::{FindingsFile, Manifest};
use crate::diagnose::{Repro, ReproError};
use crate::sweep::folder::{FINDINGS, MANIFEST};
use crate::sweep::{Extent, FormatVersion, SweepError};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// How files are read, and what is to be said of them.
#[derive(Debug, Default)]
pub struct Reading {
    salvage: bool,
    notes: Vec<String>,
    /// The folder that was looked at last, and what its manifest says of its files.
    looked_at: Option<(PathBuf, BTreeMap<String, Extent>)>,
}

/// A file that can't be used as a repro.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It can't be read, or is not as its run wrote it.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// It is no repro.
    #[error("{path}: not a repro file, or not all of one: line {line}: {reason}", path = path.display())]
    Repro {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// Why not.
        reason: String,
    },
    /// Its parts don't fit each other.
    #[error("{path}", path = path.display())]
    Parts {
        /// The file.
        path: PathBuf,
        /// Which.
        source: Box<ReproError>,
    },
}

impl Reading {
    /// Files must be as they were written.
    pub fn strict() -> Self {
        Self::default()
    }

    /// What holds is used, and what doesn't is noted.
    pub fn salvaging(salvage: bool) -> Self {
        Self { salvage, ..Self::default() }
    }

    /// Whether what holds is used of a file that is not as it was written.
    pub fn salvages(&self) -> bool {
        self.salvage
    }

    /// What a person should know of what was read, a sentence each; they are said once.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    pub(crate) fn note(&mut self, sentence: String) {
        if !self.notes.contains(&sentence) {
            self.notes.push(sentence);
        }
    }

    /// Holds a file of a run against its manifest; of others nothing is known.
    ///
    /// # Errors
    /// [`SweepError::Altered`].
    pub fn check(&mut self, path: &Path) -> Result<(), SweepError> {
        let Some(known) = self.known(path) else { return Ok(()) };
        match known.check(path) {
            Err(error @ SweepError::Altered { .. }) if self.salvage => {
                self.note(format!("note: {error}"));
                Ok(())
            }
            result => result,
        }
    }

    /// What the manifest beside a file says of it.
    fn known(&mut self, path: &Path) -> Option<Extent> {
        let (folder, name) = (path.parent()?, path.file_name()?.to_string_lossy());
        if self.looked_at.as_ref().is_none_or(|(looked_at, _)| looked_at != folder) {
            // A manifest that is none, or is somebody else's, says nothing; whoever needs it says so.
            let manifest = folder.join(MANIFEST).exists().then(|| Self::strict().manifest(folder).ok()).flatten();
            self.looked_at = Some((folder.to_owned(), manifest.map(|manifest| manifest.files).unwrap_or_default()));
        }
        let (_, files) = self.looked_at.as_ref()?;
        files.get(&*name).copied()
    }

    /// The manifest of the run in `folder`.
    ///
    /// # Errors
    /// There is none, it is damaged, or too new.
    pub fn manifest(&mut self, folder: &Path) -> Result<Manifest, SweepError> {
        let path = folder.join(MANIFEST);
        let text = std::fs::read_to_string(&path).map_err(SweepError::io("reading", &path))?;
        self.toml(&path, &text)
    }

    /// The findings of the run in `folder`.
    ///
    /// # Errors
    /// There are none, they are damaged, too new, or name a fault that isn't known.
    pub fn findings(&mut self, folder: &Path) -> Result<FindingsFile, SweepError> {
        let path = folder.join(FINDINGS);
        self.check(&path)?;
        let text = std::fs::read_to_string(&path).map_err(SweepError::io("reading", &path))?;
        let (words, dated) = match dated::words_alone(&text) {
            Ok(read) => read,
            // That a file is too new says more than that it has a word which isn't known.
            Err(reason) => match self.toml::<FindingsFile>(&path, &text) {
                Err(newer @ SweepError::Newer { .. }) => return Err(newer),
                Ok(_) | Err(_) => return Err(SweepError::Unread { path, reason }),
            },
        };
        let mut file: FindingsFile = self.toml(&path, &words)?;
        for (number, entry) in file.findings.iter_mut().enumerate() {
            entry.dated = dated.contains(&number);
        }
        Ok(file)
    }

    fn toml<T: DeserializeOwned>(&mut self, path: &Path, text: &str) -> Result<T, SweepError> {
        self.parsed(path, text).map_err(|error| match error {
            FormatError::Newer { found } => SweepError::Newer { path: path.to_owned(), found },
            FormatError::Toml(_) | FormatError::Version(_) => {
                SweepError::Damaged { path: path.to_owned(), reason: error.to_string() }
            }
        })
    }

    fn parsed<T: DeserializeOwned>(&mut self, path: &Path, text: &str) -> Result<T, FormatError> {
        let (value, unknown) = format::read(text)?;
        if !unknown.is_empty() {
            let (path, unknown) = (path.display(), unknown.join(", "));
            self.note(format!(
                "note: {path} was written by a newer convdiff; what this one doesn't know was left out: {unknown}"
            ));
        }
        Ok(value)
    }

    /// A repro.
    ///
    /// # Errors
    /// It can't be read, is none, is not as its run wrote it, or too new.
    pub fn repro(&mut self, path: &Path) -> Result<Repro, ReadError> {
        self.check(path)?;
        let bytes = std::fs::read(path).map_err(SweepError::io("reading", path))?;
        let at = |line, reason| ReadError::Repro { path: path.to_owned(), line, reason };
        let text = String::from_utf8(bytes).map_err(|_| at(1, "it is not UTF-8".to_owned()))?;
        let repro: Repro = self.parsed(path, &text).map_err(|error| match error {
            FormatError::Newer { found } => SweepError::Newer { path: path.to_owned(), found }.into(),
            FormatError::Version(reason) => at(1, reason),
            FormatError::Toml(error) => {
                let line = 1 + error.span().map_or(0, |span| text[..span.start].matches('\n').count());
                at(line, error.message().to_owned())
            }
        })?;
        // Reading it once more holds its parts against each other.
        let parts = |error| ReadError::Parts { path: path.to_owned(), source: Box::new(error) };
        Repro::parse(&repro.to_toml().map_err(parts)?).map_err(parts)
    }

    /// Notes that a map has columns which this convdiff doesn't know, and refuses one of another format.
    ///
    /// # Errors
    /// [`SweepError::Newer`].
    pub(super) fn map_version(path: &Path, version: &str) -> Result<(), SweepError> {
        match version.parse::<FormatVersion>() {
            Ok(found) if found.is_too_new() => Err(SweepError::Newer { path: path.to_owned(), found }),
            // A table that was made elsewhere may have a column of that name.
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// The text of a repro's file.
///
/// # Errors
/// The serializer's; none is known.
pub fn repro_text(repro: &Repro) -> Result<String, ReproError> {
    Ok(format::with_version(&repro.to_toml()?))
}
