//! Versions of what is written.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The version of the formats of all files: one number for all, so that nobody has to look up which goes with which.
///
/// A newer minor version has more in it, which an older program leaves out; a newer major version is another format. Files that
/// say none were written by convdiff 0.1.0, and are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FormatVersion {
    /// Another one is another format.
    pub major: u32,
    /// A larger one has more in it.
    pub minor: u32,
}

/// What this program writes.
pub const FORMAT: FormatVersion = FormatVersion { major: 1, minor: 0 };

impl FormatVersion {
    /// Whether this program can't read it.
    pub fn is_too_new(self) -> bool {
        self.major > FORMAT.major
    }

    /// Whether there may be more in it than this program knows.
    pub fn has_more(self) -> bool {
        self > FORMAT
    }
}

impl fmt::Display for FormatVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for FormatVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
        let (major, minor) = numbers.ok_or_else(|| format!("{text:?} is no version of a format; one is {FORMAT}"))?;
        Ok(Self { major, minor })
    }
}

impl Serialize for FormatVersion {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FormatVersion {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_they_are_written_and_compared_as_numbers() {
        for text in ["1.0", "1.10", "2.0", "0.9"] {
            assert_eq!(text.parse::<FormatVersion>().unwrap().to_string(), text);
        }
        for text in ["", "1", "1.", "1.x", "one", "-1.0", "1.0.0"] {
            assert!(text.parse::<FormatVersion>().is_err(), "{text}");
        }
        let [new, newer, newest] = ["1.0", "1.10", "2.0"].map(|text| text.parse::<FormatVersion>().unwrap());
        assert_eq!([new, newer, newest].map(FormatVersion::has_more), [false, true, true]);
        assert_eq!([new, newer, newest].map(FormatVersion::is_too_new), [false, false, true]);
    }
}
