//! Files that commands write where they are told to.

use anyhow::{Result, bail};
use convdiff::sweep::folder::NewFile;
use std::path::Path;

/// A file that was tried before there was anything to write.
#[derive(Debug)]
pub struct Output {
    file: NewFile,
    force: bool,
}

impl Output {
    /// Makes sure that the file can be written; one that is there is replaced by `force` alone.
    pub fn begin(path: Option<&Path>, force: bool) -> Result<Option<Self>> {
        let Some(path) = path else { return Ok(None) };
        if path.is_file() && !force {
            bail!("{} is there already; --force replaces it", path.display());
        }
        Ok(Some(Self { file: NewFile::begin(path)?, force }))
    }

    /// Writes it.
    pub fn write(self, text: &str) -> Result<()> {
        Ok(self.file.finish(text.as_bytes(), self.force)?)
    }
}
