//! The bytes between convdiff and a worker. `docs/worker-protocol.md` says the same to whoever writes a worker.
//!
//! Everything is a frame: a header of 16 bytes (four letters that say what follows, a u32, the payload's length as a
//! u64) and the payload; all numbers are little-endian. The letters are text, so that what an engine prints into the
//! stream is seen for what it is.

use crate::backend::Arithmetic;
use crate::operands::Case;
use crate::problem::{Hw, Padding, Parameters, Problem, ProblemError};
use std::fmt;
use thiserror::Error;

/// The version of the protocol that is spoken here.
pub const VERSION: u32 = 1;

/// Bytes of a frame's header.
pub const HEADER: usize = 16;

/// Words of 32 bits that state a problem in a batch.
pub const PROBLEM_WORDS: usize = 20;

/// Bytes that state a problem in a batch.
pub(super) const PROBLEM_BYTES: usize = 4 * PROBLEM_WORDS;

/// Bytes of a shape, in front of an output.
pub(super) const SHAPE_BYTES: usize = 4 * 4;

/// The longest text that an answer or a handshake may hold, in bytes.
pub const LONGEST_TEXT: usize = 1 << 16;

/// The most problems in one batch.
pub const LARGEST_BATCH: u32 = 1 << 16;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// The worker's first frame; the number is the protocol's version, the payload a [`Hello`].
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

/// Bytes that the protocol doesn't allow. Each is one clear line about one side's mistake.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// No frame begins like that: most often something was printed.
    #[error("\"{0}\" stands where a frame should begin; what an engine prints belongs on standard error")]
    NoFrame(String),
    /// A frame that doesn't belong here.
    #[error("a {found} frame came where {expected} was due")]
    Unexpected {
        /// What came.
        found: Tag,
        /// What was due.
        expected: &'static str,
    },
    /// A version that this convdiff doesn't speak.
    #[error("it speaks version {0} of the protocol, and this convdiff speaks version {VERSION}")]
    Version(u32),
    /// More than may be.
    #[error("{what} of {length} bytes was announced; {limit} is the most that fits here")]
    TooLong {
        /// Of what.
        what: &'static str,
        /// How long it claims to be.
        length: u64,
        /// How long it may be.
        limit: u64,
    },
    /// Text that isn't UTF-8.
    #[error("{0} is not UTF-8")]
    NotText(&'static str),
    /// A line of the handshake that isn't `key: value`.
    #[error("the handshake's line {0:?} is not `key: value`")]
    NoKey(String),
    /// A key that must be there.
    #[error("the handshake lacks {0:?}")]
    Missing(&'static str),
    /// A value that makes no sense.
    #[error("the handshake says {key}: {value:?}; it must be {rule}")]
    Value {
        /// The key.
        key: &'static str,
        /// What it says.
        value: String,
        /// What it may say.
        rule: &'static str,
    },
    /// An answer to another problem than the one whose turn it is.
    #[error("an answer has the number {offset:+} away from the one that is due; answers come in order, one each")]
    Order {
        /// Its number less the one that was due: unlike these, it is the same in every session.
        offset: i32,
    },
    /// A batch whose problems aren't any.
    #[error("problem {number} of the batch can't be: {error}")]
    Problem {
        /// Its number.
        number: u32,
        /// Why not.
        error: ProblemError,
    },
    /// A batch whose table and length say different things.
    #[error("the batch's payload is {found} bytes long and its problems need {expected}")]
    BatchLength {
        /// By the header.
        found: u64,
        /// By the table.
        expected: u64,
    },
    /// The stream ends inside a frame.
    #[error("the stream ends inside a frame")]
    Truncated,
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

/// What a worker says about itself before anything else: lines of `key: value`, unknown keys ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The engine's name.
    pub engine: String,
    /// The engine's version.
    pub version: String,
    /// The options that the engine runs with, as a person would write them; may be empty.
    pub options: String,
    /// How the engine adds.
    pub arithmetic: Arithmetic,
    /// What the engine takes, in words for people; may be empty.
    pub supports: String,
    /// The most problems that the worker wants in one batch.
    pub max_batch: u32,
}

/// The names of arithmetics in a handshake.
const ARITHMETICS: [(&str, Arithmetic); 5] = [
    ("exact", Arithmetic::Exact),
    ("f32", Arithmetic::F32),
    ("f32-transformed", Arithmetic::F32Transformed),
    ("f16", Arithmetic::F16),
    ("bf16", Arithmetic::Bf16),
];

impl Hello {
    /// Its frame.
    pub fn to_bytes(&self) -> Vec<u8> {
        let arithmetic = ARITHMETICS.iter().find(|(_, a)| *a == self.arithmetic).map_or("f32", |(name, _)| name);
        let mut text = String::new();
        for (key, value) in [
            ("engine", self.engine.as_str()),
            ("version", &self.version),
            ("options", &self.options),
            ("arithmetic", arithmetic),
            ("dtypes", "f32"),
            ("supports", &self.supports),
            ("max_batch", &self.max_batch.to_string()),
        ] {
            text.extend([key, ": ", &value.replace(['\n', '\r'], " "), "\n"]);
        }
        let header = Header { tag: Tag::Hello, number: VERSION, length: text.len() as u64 };
        [&header.to_bytes()[..], text.as_bytes()].concat()
    }

    /// Reads the payload.
    ///
    /// # Errors
    /// Which line or key is wrong.
    pub fn parse(payload: &[u8]) -> Result<Self, ProtocolError> {
        let text = std::str::from_utf8(payload).map_err(|_| ProtocolError::NotText("the handshake"))?;
        let mut lines = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (key, value) = line.split_once(':').ok_or_else(|| ProtocolError::NoKey(line.to_owned()))?;
            lines.push((key.trim(), value.trim()));
        }
        let get = |key: &str| lines.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
        let must = |key| get(key).filter(|value| !value.is_empty()).ok_or(ProtocolError::Missing(key));
        let refuse = |key, value: &str, rule| ProtocolError::Value { key, value: value.to_owned(), rule };

        let name = get("arithmetic").unwrap_or("f32");
        let (_, arithmetic) = *ARITHMETICS
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| refuse("arithmetic", name, "exact, f32, f32-transformed, f16 or bf16"))?;
        let dtypes = get("dtypes").unwrap_or("f32");
        if !dtypes.split([',', ' ']).any(|dtype| dtype == "f32") {
            return Err(refuse("dtypes", dtypes, "a list that holds f32: operands and outputs travel as f32"));
        }
        let batch = get("max_batch").unwrap_or("1024");
        let max_batch = batch
            .parse()
            .ok()
            .filter(|count| (1..=LARGEST_BATCH).contains(count))
            .ok_or_else(|| refuse("max_batch", batch, "a number from 1 to 65536"))?;
        Ok(Self {
            engine: must("engine")?.to_owned(),
            version: must("version")?.to_owned(),
            options: get("options").unwrap_or_default().to_owned(),
            arithmetic,
            supports: get("supports").unwrap_or_default().to_owned(),
            max_batch,
        })
    }
}

/// Appends a batch frame: the table of problems, numbered from `first`, then every problem's operands in turn.
pub fn put_batch(cases: &[Case<'_>], first: u32, bytes: &mut Vec<u8>) {
    let floats: usize = cases.iter().map(operand_floats).sum();
    let length = cases.len() * PROBLEM_BYTES + 4 * floats;
    bytes.reserve(HEADER + length);
    let header = Header { tag: Tag::Batch, number: cases.len() as u32, length: length as u64 };
    bytes.extend_from_slice(&header.to_bytes());
    for (index, case) in (0u32..).zip(cases) {
        for word in problem_words(case.problem, first.wrapping_add(index)) {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
    }
    for case in cases {
        for floats in [case.input, case.weights, case.bias] {
            put_floats(floats, bytes);
        }
    }
}

fn operand_floats(case: &Case<'_>) -> usize {
    case.input.len() + case.weights.len() + case.bias.len()
}

/// The words that state a problem: its parameters, the output's size for convenience, its number.
pub fn problem_words(problem: &Problem, number: u32) -> [u32; PROBLEM_WORDS] {
    let p = problem;
    let output = p.output();
    [
        p.batch,
        p.in_channels,
        p.out_channels,
        p.groups,
        p.input.h,
        p.input.w,
        p.kernel.h,
        p.kernel.w,
        p.stride.h,
        p.stride.w,
        p.dilation.h,
        p.dilation.w,
        p.padding.top,
        p.padding.left,
        p.padding.bottom,
        p.padding.right,
        u32::from(p.bias),
        output.h,
        output.w,
        number,
    ]
}

/// Reads the words that state a problem: the problem and its number.
///
/// # Errors
/// [`ProtocolError::Problem`] where they state none.
pub fn parse_problem(words: &[u8; PROBLEM_BYTES]) -> Result<(Problem, u32), ProtocolError> {
    let mut w = [0; PROBLEM_WORDS];
    for (word, bytes) in w.iter_mut().zip(words.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let parameters = Parameters {
        batch: w[0],
        in_channels: w[1],
        out_channels: w[2],
        groups: w[3],
        input: Hw { h: w[4], w: w[5] },
        kernel: Hw { h: w[6], w: w[7] },
        stride: Hw { h: w[8], w: w[9] },
        dilation: Hw { h: w[10], w: w[11] },
        padding: Padding { top: w[12], left: w[13], bottom: w[14], right: w[15] },
        bias: w[16] != 0,
    };
    let problem = Problem::new(parameters).map_err(|error| ProtocolError::Problem { number: w[19], error })?;
    Ok((problem, w[19]))
}

/// Appends an answer that is an output.
pub fn put_output(problem: &Problem, number: u32, output: &[f32], bytes: &mut Vec<u8>) {
    let length = SHAPE_BYTES + 4 * output.len();
    bytes.reserve(HEADER + length);
    bytes.extend_from_slice(&Header { tag: Tag::Output, number, length: length as u64 }.to_bytes());
    for extent in output_shape(problem) {
        bytes.extend_from_slice(&extent.to_le_bytes());
    }
    put_floats(output, bytes);
}

/// `[N, O, OH, OW]`.
pub fn output_shape(problem: &Problem) -> [u32; 4] {
    let output = problem.output();
    [problem.batch, problem.out_channels, output.h, output.w]
}

/// Appends an answer that is a text, cut at [`LONGEST_TEXT`].
pub fn put_text(tag: Tag, number: u32, text: &str, bytes: &mut Vec<u8>) {
    let text = &text[..text.floor_char_boundary(LONGEST_TEXT)];
    bytes.extend_from_slice(&Header { tag, number, length: text.len() as u64 }.to_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn put_floats(floats: &[f32], bytes: &mut Vec<u8>) {
    let start = bytes.len();
    bytes.resize(start + 4 * floats.len(), 0);
    for (four, value) in bytes[start..].as_chunks_mut::<4>().0.iter_mut().zip(floats) {
        *four = value.to_le_bytes();
    }
}

/// Reads as many floats as `floats` holds.
pub(super) fn get_floats(bytes: &[u8], floats: &mut [f32]) {
    for (value, four) in floats.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *value = f32::from_le_bytes(*four);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operands::{Fill, Operands};
    use proptest::prelude::*;

    fn hello() -> Hello {
        Hello {
            engine: "an engine: really".to_owned(),
            version: "1.2".to_owned(),
            options: String::new(),
            arithmetic: Arithmetic::F32,
            supports: "batch 1".to_owned(),
            max_batch: 7,
        }
    }

    #[test]
    fn handshakes_come_back_as_they_went() {
        for (_, arithmetic) in ARITHMETICS {
            let hello = Hello { arithmetic, ..hello() };
            let bytes = hello.to_bytes();
            let (header, payload) = bytes.split_first_chunk().unwrap();
            let length = payload.len() as u64;
            assert_eq!(Header::parse(header), Ok(Header { tag: Tag::Hello, number: VERSION, length }));
            assert_eq!(Hello::parse(payload), Ok(hello));
        }
    }

    #[test]
    fn a_line_break_in_a_value_does_not_make_a_line() {
        let hello = Hello { version: "1\nengine: other".to_owned(), ..hello() };
        let read = Hello::parse(&hello.to_bytes()[HEADER..]).unwrap();
        assert_eq!((read.engine, read.version), (hello.engine, "1 engine: other".to_owned()));
    }

    #[test]
    fn headers_of_every_tag_come_back_as_they_went() {
        for tag in Tag::ALL {
            let header = Header { tag, number: u32::MAX, length: u64::MAX - 1 };
            assert_eq!(Header::parse(&header.to_bytes()), Ok(header));
        }
    }

    #[test]
    fn texts_are_cut_between_characters() {
        let mut bytes = Vec::new();
        put_text(Tag::Error, 1, &"é".repeat(LONGEST_TEXT), &mut bytes);
        assert_eq!(bytes.len(), HEADER + LONGEST_TEXT);
        assert!(std::str::from_utf8(&bytes[HEADER..]).is_ok());
    }

    #[test]
    fn every_parameter_has_a_word_of_its_own() {
        let problem = Problem::new(Parameters {
            batch: 2,
            in_channels: 6,
            out_channels: 9,
            groups: 3,
            input: Hw { h: 21, w: 22 },
            kernel: Hw { h: 4, w: 5 },
            stride: Hw { h: 7, w: 8 },
            dilation: Hw { h: 1, w: 2 },
            padding: Padding { top: 10, left: 11, bottom: 12, right: 13 },
            bias: true,
        })
        .unwrap();
        let words = problem_words(&problem, 99);
        assert_eq!(words, [2, 6, 9, 3, 21, 22, 4, 5, 7, 8, 1, 2, 10, 11, 12, 13, 1, 6, 5, 99]);

        let mut operands = Operands::default();
        operands.fill(&problem, Fill::Integers, 1);
        let mut bytes = Vec::new();
        put_batch(&[operands.case(&problem)], 99, &mut bytes);
        let (table, floats) = bytes[HEADER..].split_first_chunk().unwrap();
        assert_eq!(parse_problem(table), Ok((problem, 99)));
        let mut read = vec![0.0; floats.len() / 4];
        get_floats(floats, &mut read);
        assert_eq!(read, [operands.input, operands.weights, operands.bias].concat());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(header: [u8; HEADER], table: [u8; PROBLEM_BYTES], text: Vec<u8>) {
            let _ = Header::parse(&header).map(|header| header.length_within("a text", 10));
            let _ = parse_problem(&table);
            let _ = Hello::parse(&text);
        }

        #[test]
        fn no_handshake_text_makes_it_panic(text in "((engine|version|max_batch|dtypes|arithmetic)?:? ?[a-z0-9:]{0,6}\n?){0,8}") {
            let _ = Hello::parse(text.as_bytes());
        }
    }
}
