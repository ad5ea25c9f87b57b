//! `findings.toml` as other versions wrote it.
//!
//! Faults are called by words there. convdiff 0.1.0 counted them at first, and with each family that was put among the others a number
//! came to mean another fault; so a number says nothing, and is never guessed at.

use crate::faults::{FaultId, UnknownFault};
use std::borrow::Cow;
use toml::{Table, Value};

/// What is said of a finding whose fault is a number.
pub(super) const DATED: &str = "the run's findings.toml is older than the words that faults are called by: the number in it says nothing of what \
     happens here, so that was found out anew, from where it is wrong";

/// The text of a file of findings with words alone, and the numbers of the findings that had numbers for faults, counted from 0: of those only
/// the shape is kept.
///
/// # Errors
/// It names a fault that this version doesn't know; which, and what to do.
pub(super) fn words_alone(text: &str) -> Result<(Cow<'_, str>, Vec<usize>), String> {
    // What is no TOML is for the reader to say, who says where.
    let Ok(mut table) = text.parse::<Table>() else { return Ok((text.into(), Vec::new())) };
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
            Err(Unread::Unknown(error)) => return Err(format!("finding {}: {error}", number + 1)),
        }
    }
    // The text as it was, where it can be: then errors say where.
    let text = if dated.is_empty() { text.into() } else { table.to_string().into() };
    Ok((text, dated))
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
