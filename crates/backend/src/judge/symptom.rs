//! The symptom: what the failing problems of one finding have in common.

use super::region::{Region, RegionShape};
use super::verdict::{Observation, Verdict};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A verdict, and where or with which words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Symptom {
    /// The verdict: one that [is a failure](Verdict::is_failure).
    pub verdict: Verdict,
    /// The shape of the region; of failures without an output, their message with each number as `#`: one bug says the
    /// same of all sizes.
    pub shape: String,
}

impl Symptom {
    /// The symptom of a failing observation; `None` where nothing failed.
    pub fn of(observation: &Observation) -> Option<Self> {
        let region = observation.difference.as_ref().map(|difference| difference.region);
        Self::new(observation.verdict, region, observation.message.as_deref())
    }

    /// The symptom of a verdict with a region, or else with a backend's words; `None` where it is no failure.
    pub fn new(verdict: Verdict, region: Option<Region>, message: Option<&str>) -> Option<Self> {
        let shape = match (region, message) {
            (Some(region), _) => region.shape().to_string(),
            // What a process last printed stands below the first line, and may be another thing each time.
            (None, Some(message)) => without_numbers(message.lines().next().unwrap_or_default()),
            (None, None) => String::new(),
        };
        verdict.is_failure().then_some(Self { verdict, shape })
    }

    /// As people read it. `words` are a failure's own as [`common_words`] has them, where there are any: they say more than the shape.
    pub fn told(&self, words: Option<&str>) -> String {
        match words {
            Some(words) => Self { shape: words.to_owned(), ..self.clone() }.to_string(),
            None => self.to_string(),
        }
    }

    /// Those of `shapes` that leave less open than its own.
    pub fn tighter(&self, shapes: impl Iterator<Item = RegionShape>) -> Vec<RegionShape> {
        let Ok(own) = self.shape.parse::<RegionShape>() else { return Vec::new() };
        shapes.filter(|shape| shape.freedom() < own.freedom()).collect()
    }

    /// Whether an observation shows this symptom: the same verdict, with the same words, or with a region that could have
    /// this shape at its size.
    pub fn shows_in(&self, observation: &Observation) -> bool {
        if observation.verdict != self.verdict {
            return false;
        }
        match (&observation.difference, self.shape.parse::<RegionShape>()) {
            (Some(difference), Ok(shape)) => difference.region.could_be(&shape),
            _ => Self::of(observation).is_some_and(|other| other.shape == self.shape),
        }
    }
}

/// `differs at [:, :, -1, -1]`, `crashes (killed by SIGSEGV)`.
impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verdict {
            Verdict::Differs | Verdict::Unstable => write!(f, "{} at {}", self.verdict, self.shape),
            _ => write!(f, "{} ({})", self.verdict, self.shape),
        }
    }
}

/// A text with each number as `#`, addresses in memory (`0x7f50f6e56a90`) included.
pub fn without_numbers(message: &str) -> String {
    parts(message).map(|part| if part.starts_with(|c: char| c.is_ascii_digit()) { "#" } else { part }).collect()
}

/// What two messages that are the same [without numbers](without_numbers) have in common: the numbers as well, where they are the same
/// (`conv2d_v1` keeps its own). Of two others, the first.
pub fn common_words(one: &str, other: &str) -> String {
    if without_numbers(one) != without_numbers(other) {
        return one.to_owned();
    }
    parts(one).zip(parts(other)).map(|(one, other)| if one == other { one } else { "#" }).collect()
}

/// A text in parts: numbers and addresses, `#` for what was one, and what stands between them.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let behind = match first {
            '#' => &rest[1..],
            _ if first.is_ascii_digit() => {
                behind_address(rest).unwrap_or_else(|| rest.trim_start_matches(|c: char| c.is_ascii_digit()))
            }
            _ => rest.trim_start_matches(|c: char| c != '#' && !c.is_ascii_digit()),
        };
        let part = &rest[..rest.len() - behind.len()];
        rest = behind;
        Some(part)
    })
}

/// What follows an address; `0x3` is a shape.
fn behind_address(text: &str) -> Option<&str> {
    let digits = text.strip_prefix("0x")?;
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    (digits.len() - rest.len() >= 6).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_last_printed_is_no_part_of_it() {
        let symptom = |message| Symptom::new(Verdict::Crashes, None, Some(message)).unwrap().to_string();
        assert_eq!(symptom("exited with status 1\n12:01 goodbye"), "crashes (exited with status #)");
    }

    #[test]
    fn numbers_are_taken_out_of_messages() {
        assert_eq!(without_numbers("index 27 out of range 0..9"), "index # out of range #..#");
        assert_eq!(without_numbers("<buffer at 0x7f50f6e56a90> of 10x3, 0x3"), "<buffer at #> of #x#, #x#");
    }

    #[test]
    fn numbers_that_all_messages_have_are_kept() {
        let said =
            ["conv2d_v1: layer 3 of 10, 5x5 at 0x7f50f6e56a90", "conv2d_v1: layer 4 of 10, 5x12 at 0x7f50f6e56a98"];
        let common = common_words(said[0], said[1]);
        assert_eq!(common, "conv2d_v1: layer # of 10, 5x# at #");
        assert_eq!(
            common_words(&common, "conv2d_v2: layer 3 of 10, 5x5 at 0x7f50f6e56a90"),
            "conv2d_v#: layer # of 10, 5x# at #"
        );
        assert_eq!(common_words("one", "other 1"), "one");
    }
}
