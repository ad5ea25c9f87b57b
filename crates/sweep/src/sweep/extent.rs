//! What a file's bytes are known by: how many they are, how many rows, and their checksum.

use super::error::SweepError;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// A CRC-32 (IEEE), as eight hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crc32(pub u32);

impl Serialize for Crc32 {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{:08x}", self.0))
    }
}

impl<'de> Deserialize<'de> for Crc32 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let number = u32::from_str_radix(&text, 16).map_err(|_| format!("{text:?} is no checksum"));
        number.map(Self).map_err(serde::de::Error::custom)
    }
}

/// The extent of a file, or of its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// Its length.
    pub bytes: u64,
    /// Rows of a table, the header not among them. None of anything else, and where convdiff 0.1.0 wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Its checksum. None where convdiff 0.1.0 wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc32: Option<Crc32>,
}

/// Adds up an [`Extent`] part by part.
#[derive(Clone, Debug, Default)]
pub struct Measure {
    bytes: u64,
    lines: u64,
    hasher: crc32fast::Hasher,
}

impl Measure {
    /// Adds some bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.lines += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.hasher.update(bytes);
    }

    /// What was added so far; a table's first line is its header, and only a table has rows.
    pub fn extent(&self, is_table: bool) -> Extent {
        let crc32 = Some(Crc32(self.hasher.clone().finalize()));
        Extent { bytes: self.bytes, rows: is_table.then(|| self.lines.saturating_sub(1)), crc32 }
    }

    /// Of the first `most` bytes of a file, as far as it has so many.
    ///
    /// # Errors
    /// The system's, with the file's name.
    pub fn of_file(path: &Path, most: u64) -> Result<Self, SweepError> {
        let file = File::open(path).map_err(SweepError::io("reading", path))?;
        let mut reader = BufReader::new(file.take(most));
        let mut measure = Self::default();
        let mut bytes = vec![0; 1 << 16];
        loop {
            match reader.read(&mut bytes).map_err(SweepError::io("reading", path))? {
                0 => return Ok(measure),
                count => measure.add(&bytes[..count]),
            }
        }
    }
}

impl Extent {
    /// Of a whole file's bytes.
    pub fn of(bytes: &[u8], is_table: bool) -> Self {
        let mut measure = Measure::default();
        measure.add(bytes);
        measure.extent(is_table)
    }

    /// Whether a name is a table's, with a header line.
    pub fn is_table(name: &str) -> bool {
        name.strip_suffix(super::journal::PARTIAL).unwrap_or(name).ends_with(".csv")
    }

    /// How `found` differs from what is known, in a sentence that ends about the file; none where it doesn't, as far as both know.
    pub fn differs(&self, found: &Self) -> Option<String> {
        let rows = |extent: &Self| extent.rows.map_or(String::new(), |rows| format!(" and {rows} rows"));
        let (bytes, crc32) =
            (self.bytes != found.bytes, self.crc32.zip(found.crc32).filter(|(known, found)| known != found));
        match crc32 {
            _ if bytes => Some(format!("it has {} bytes{} of {}{}", found.bytes, rows(found), self.bytes, rows(self))),
            Some((known, found)) => Some(format!("its checksum is {:08x} and was {:08x}", found.0, known.0)),
            None => None,
        }
    }

    /// Holds a file against what is known of it.
    ///
    /// # Errors
    /// [`SweepError::Altered`], or the system's, with the file's name.
    pub fn check(&self, path: &Path) -> Result<(), SweepError> {
        let altered = |reason| SweepError::Altered { path: path.to_owned(), reason };
        if !path.exists() {
            return Err(altered("it is gone".to_owned()));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let found = Measure::of_file(path, u64::MAX)?.extent(Self::is_table(&name));
        self.differs(&found).map_or(Ok(()), |reason| Err(altered(reason)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_flipped_bit_and_any_cut_are_noticed() {
        let text = b"index,verdict\n0,agrees\n1,differs\n";
        let whole = Extent::of(text, true);
        assert_eq!((whole.bytes, whole.rows), (33, Some(2)));
        assert_eq!(whole.differs(&whole), None);
        for bit in 0..8 * text.len() {
            let mut flipped = text.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(whole.differs(&Extent::of(&flipped, true)).is_some(), "bit {bit}");
        }
        for end in 0..text.len() {
            assert!(whole.differs(&Extent::of(&text[..end], true)).is_some(), "cut at {end}");
        }
        assert_eq!(
            whole.differs(&Extent::of(&text[..23], true)).unwrap(),
            "it has 23 bytes and 1 rows of 33 and 2 rows"
        );
    }

    #[test]
    fn parts_add_up_and_the_beginning_of_a_file_is_enough() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.csv");
        std::fs::write(&path, "head\n1\n2\n torn").unwrap();
        let mut parts = Measure::default();
        ["head\n", "1\n", "2\n"].iter().for_each(|part| parts.add(part.as_bytes()));
        assert_eq!(Measure::of_file(&path, 9).unwrap().extent(true), parts.extent(true));
        assert_eq!(parts.extent(true), Extent::of(b"head\n1\n2\n", true));
    }

    #[test]
    fn what_0_1_0_wrote_down_is_a_length() {
        let known = Extent { bytes: 3, ..Extent::default() };
        assert_eq!(known.differs(&Extent::of(b"abc", false)), None);
        assert!(known.differs(&Extent::of(b"ab", false)).is_some());
    }
}
