//! The bytes between convdiff and a worker. `docs/worker-protocol.md` says the same to whoever writes a worker.
//!
//! Everything is a frame: a header of 16 bytes (four letters that say what follows, a u32, the payload's length as a
//! u64) and the payload; all numbers are little-endian. The letters are text, so that what an engine prints into the
//! stream is seen for what it is.

mod batch;
mod frame;
mod hello;

pub(super) use batch::{PROBLEM_BYTES, SHAPE_BYTES, get_floats};
pub use batch::{PROBLEM_WORDS, output_shape, parse_problem, problem_words, put_batch, put_output, put_text};
pub use frame::{HEADER, Header, Tag};
pub use hello::Hello;

use crate::problem::ProblemError;
use thiserror::Error;

/// The version of the protocol that is spoken here.
pub const VERSION: u32 = 1;

/// The longest text that an answer or a handshake may hold, in bytes.
pub const LONGEST_TEXT: usize = 1 << 16;

/// The most problems in one batch.
pub const LARGEST_BATCH: u32 = 1 << 16;

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
