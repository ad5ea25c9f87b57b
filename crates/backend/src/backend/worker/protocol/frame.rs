//! Frames: the four letters that say what follows, and the header.

use super::ProtocolError;
use std::fmt;

/// Bytes of a frame's header.
pub const HEADER: usize = 16;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// The worker's first frame; the number is the protocol's version, the payload a [`Hello`](super::Hello).
    Hello,
    /// Problems to compute; the number says how many.
    Batch,
    /// An output: its shape, four u32, and its elements. The number of this and of each frame below is the problem's.
    Output,
    /// The worker doesn't take the problem; the payload says why.
    Unsupported,
    /// The engine returned an error; the payload is its message.
    Error,
    /// The engine crashed, and the worker caught it (a panic, an exception that should not be).
    Crash,
}

impl Tag {
    const ALL: [Tag; 6] = [Tag::Hello, Tag::Batch, Tag::Output, Tag::Unsupported, Tag::Error, Tag::Crash];

    fn letters(self) -> &'static [u8; 4] {
        match self {
            Tag::Hello => b"HELO",
            Tag::Batch => b"BTCH",
            Tag::Output => b"DONE",
            Tag::Unsupported => b"CANT",
            Tag::Error => b"FAIL",
            Tag::Crash => b"DIED",
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(self.letters()).unwrap_or_default())
    }
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What it is.
    pub tag: Tag,
    /// A version, a count or a problem's number; see [`Tag`].
    pub number: u32,
    /// Bytes of the payload.
    pub length: u64,
}

impl Header {
    /// Its bytes.
    pub fn to_bytes(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..4].copy_from_slice(self.tag.letters());
        bytes[4..8].copy_from_slice(&self.number.to_le_bytes());
        bytes[8..].copy_from_slice(&self.length.to_le_bytes());
        bytes
    }

    /// Reads it.
    ///
    /// # Errors
    /// [`ProtocolError::NoFrame`] for letters that no frame has.
    pub fn parse(bytes: &[u8; HEADER]) -> Result<Self, ProtocolError> {
        let [t0, t1, t2, t3, n0, n1, n2, n3, length @ ..] = *bytes;
        let tag = Tag::ALL
            .into_iter()
            .find(|tag| *tag.letters() == [t0, t1, t2, t3])
            .ok_or_else(|| ProtocolError::NoFrame(bytes.escape_ascii().to_string()))?;
        Ok(Self { tag, number: u32::from_le_bytes([n0, n1, n2, n3]), length: u64::from_le_bytes(length) })
    }

    /// The length, where it is at most `limit`.
    ///
    /// # Errors
    /// [`ProtocolError::TooLong`].
    pub fn length_within(&self, what: &'static str, limit: u64) -> Result<usize, ProtocolError> {
        let too_long = ProtocolError::TooLong { what, length: self.length, limit };
        if self.length > limit { Err(too_long) } else { usize::try_from(self.length).map_err(|_| too_long) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn headers_of_every_tag_come_back_as_they_went() {
        for tag in Tag::ALL {
            let header = Header { tag, number: u32::MAX, length: u64::MAX - 1 };
            assert_eq!(Header::parse(&header.to_bytes()), Ok(header));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(header: [u8; HEADER]) {
            let _ = Header::parse(&header).map(|header| header.length_within("a text", 10));
        }
    }
}
