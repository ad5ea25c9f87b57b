//! Fields of CSV into memory that is reused.
//!
//! `csv::Writer` can't hand back the bytes of half a row, and the rows of one problem share their first half: so this calls
//! the encoder below it, `csv_core`.

use csv_core::{WriteResult, Writer};
use std::fmt::{Display, Write};
use std::sync::LazyLock;

/// The encoder's bytes for a delimiter and a number of 0 to 255, with how many they are: most fields of a map are that.
static SMALL: LazyLock<[([u8; 4], u8); 256]> = LazyLock::new(|| {
    std::array::from_fn(|number| {
        let mut line = Line::default();
        line.field(b"");
        let start = line.bytes.len();
        line.field(number.to_string().as_bytes());
        let mut field = [0; 4];
        let encoded = &line.bytes[start..];
        field[..encoded.len()].copy_from_slice(encoded);
        (field, encoded.len() as u8)
    })
});

/// A row, or a part of one.
#[derive(Default)]
pub(super) struct Line {
    writer: Writer,
    /// What was written.
    pub(super) bytes: Vec<u8>,
    /// How many fields that is.
    pub(super) fields: usize,
}

impl Line {
    pub(super) fn clear(&mut self) {
        self.writer = Writer::new();
        self.bytes.clear();
        self.fields = 0;
    }

    pub(super) fn field(&mut self, field: &[u8]) {
        if self.fields > 0 {
            self.encode(0, |writer, output| writer.delimiter(output));
        }
        // Quotes around it, each quote in it doubled: there is always room.
        self.encode(2 * field.len(), |writer, output| {
            let (result, _, written) = writer.field(field, output);
            (result, written)
        });
        self.fields += 1;
    }

    pub(super) fn integer(&mut self, value: impl itoa::Integer) {
        self.field(itoa::Buffer::new().format(value).as_bytes());
    }

    /// Several, not at the beginning of a line.
    pub(super) fn integers<const N: usize>(&mut self, values: [i64; N]) {
        debug_assert!(self.fields > 0);
        let small = &*SMALL;
        let mut bytes = [0; 128];
        let mut end = 0;
        for value in values {
            match (usize::try_from(value).ok().and_then(|value| small.get(value)), bytes.get_mut(end..end + 4)) {
                (Some((field, len)), Some(room)) => {
                    room.copy_from_slice(field);
                    end += usize::from(*len);
                    self.fields += 1;
                }
                _ => {
                    self.bytes.extend_from_slice(&bytes[..end]);
                    end = 0;
                    self.integer(value);
                }
            }
        }
        self.bytes.extend_from_slice(&bytes[..end]);
    }

    /// `text` is room to write in.
    pub(super) fn display(&mut self, value: &dyn Display, text: &mut String) {
        text.clear();
        // Writing to a String can't fail.
        let _ = write!(text, "{value}");
        self.field(text.as_bytes());
    }

    /// Empty fields until there are `fields`.
    pub(super) fn empty_to(&mut self, fields: usize) {
        while self.fields < fields {
            self.field(b"");
        }
    }

    /// The rest of a line of `fields`, and its end.
    pub(super) fn end(&mut self, fields: usize) {
        self.empty_to(fields);
        self.encode(0, |writer, output| writer.terminator(output));
    }

    /// Gives `write` room for `most` bytes, and quotes and a delimiter beside them.
    fn encode(&mut self, most: usize, write: impl FnOnce(&mut Writer, &mut [u8]) -> (WriteResult, usize)) {
        let start = self.bytes.len();
        self.bytes.resize(start + most + 4, 0);
        let (result, written) = write(&mut self.writer, &mut self.bytes[start..]);
        debug_assert_eq!(result, WriteResult::InputEmpty);
        self.bytes.truncate(start + written);
    }
}
