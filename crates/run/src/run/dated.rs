//! `findings.toml` as other versions wrote it.
//!
//! Faults are called by words there. convdiff 0.1.0 counted them at first, and with each family that was put among the others a number
//! came to mean another fault; so a number says nothing, and is never guessed at.

use super::findings::FindingsFile;
use crate::faults::{FaultId, UnknownFault};
use crate::sweep::SweepError;
use std::path::Path;
use toml::{Table, Value};

/// What is said of a finding whose fault is a number.
pub(super) const DATED: &str = "the run's findings.toml is older than the words that faults are called by: the number in it says nothing of what \
     happens here, so that was found out anew, from where it is wrong";

/// Reads the text of `path`. Of findings that have numbers for faults only the shape is kept, and they are marked as dated.
///
/// # Errors
/// It is damaged, or names a fault that this version doesn't know.
pub(super) fn read(path: &Path, text: &str) -> Result<FindingsFile, SweepError> {
    let damaged = |error: toml::de::Error| SweepError::Damaged { path: path.to_owned(), reason: error.to_string() };
    let mut table: Table = text.parse().map_err(damaged)?;
    let mut dated = Vec::new();
    let findings = table.get_mut("finding").and_then(Value::as_array_mut).into_iter().flatten();
    for (number, finding) in findings.enumerate() {
        let Some(mark) = finding.get_mut("mark") else { continue };
        match faults(mark) {
            Ok(()) => {}
            Err(Unread::Number) => {
                *mark = Value::String("shape".to_owned());
                dated.push(number);
            }
            Err(Unread::Unknown(error)) => {
                let reason = format!("finding {}: {error}", number + 1);
                return Err(SweepError::Unread { path: path.to_owned(), reason });
            }
        }
    }
    // From the text, where it is as it was: then errors say where.
    let read: Result<FindingsFile, _> = if dated.is_empty() { toml::from_str(text) } else { table.try_into() };
    let mut file = read.map_err(damaged)?;
    for (number, entry) in file.findings.iter_mut().enumerate() {
        entry.dated = dated.contains(&number);
    }
    Ok(file)
}

/// Why a mark can't be read.
enum Unread {
    Number,
    Unknown(UnknownFault),
}

/// Whether all faults that a mark names are known.
fn faults(mark: &Value) -> Result<(), Unread> {
    let Some(story) = mark.get("story") else { return Ok(()) };
    let rivals = story.get("rivals").and_then(Value::as_array).into_iter().flatten();
    for named in story.get("kind").into_iter().chain(rivals) {
        match named {
            Value::Integer(_) => return Err(Unread::Number),
            Value::String(text) => drop(text.parse::<FaultId>().map_err(Unread::Unknown)?),
            // That is for the reader to say.
            Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {}
        }
    }
    Ok(())
}
