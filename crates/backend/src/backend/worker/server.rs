//! The worker's side: any backend of ours behind the protocol.

use super::protocol::{
    self, HEADER, Header, Hello, LARGEST_BATCH, PROBLEM_BYTES, ProtocolError, Tag, get_floats, put_output, put_text,
};
use crate::backend::{Backend, BackendError, Failure, Session, UNWRITTEN, run_caught};
use crate::operands::Operands;
use crate::problem::Problem;
use std::io::{self, BufReader, Read, Write};
use std::time::{Duration, Instant};
use thiserror::Error;

/// Answers wait until they are this many bytes.
const FLUSH_BYTES: usize = 1 << 16;

/// Answers wait at most this long while more are computed: what waits when a process dies is lost.
const FLUSH_AFTER: Duration = Duration::from_millis(20);

/// Why a worker stopped.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The backend can't be started.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// What came is no batch.
    #[error("what came on standard input is no batch of convdiff")]
    Protocol(#[from] ProtocolError),
    /// The stream broke.
    #[error("the stream broke")]
    Io(#[from] io::Error),
}

/// Answers batches from `input` on `output` until `input` ends.
///
/// # Errors
/// [`ServeError`]; what a problem comes to is an answer, never an error.
pub fn serve(backend: &dyn Backend, input: impl Read, mut output: impl Write) -> Result<(), ServeError> {
    let mut session = backend.session()?;
    let hello = Hello {
        engine: backend.name().to_owned(),
        version: backend.version(),
        options: String::new(),
        arithmetic: backend.arithmetic(),
        supports: String::new(),
        max_batch: LARGEST_BATCH,
    };
    output.write_all(&hello.to_bytes())?;
    output.flush()?;

    let mut input = BufReader::with_capacity(FLUSH_BYTES, input);
    let mut batch = Batch::default();
    let mut answers = Answers { output, bytes: Vec::new(), flushed: Instant::now() };
    while batch.read(&mut input)? {
        answers.flushed = Instant::now();
        for at in 0..batch.problems.len() {
            let number = batch.problems[at].1;
            batch.load(at);
            let problem = &batch.problems[at].0;
            answer(backend, session.as_mut(), problem, &batch.operands, &mut batch.output, number, &mut answers.bytes);
            answers.flush_when_due()?;
        }
        answers.flush()?;
    }
    Ok(())
}

/// Computes one problem and appends the answer.
fn answer(
    backend: &dyn Backend,
    session: &mut dyn Session,
    problem: &Problem,
    operands: &Operands,
    output: &mut Vec<f32>,
    number: u32,
    bytes: &mut Vec<u8>,
) {
    if let Err(reason) = backend.supports(problem) {
        return put_text(Tag::Unsupported, number, &reason.0, bytes);
    }
    output.clear();
    output.resize(problem.output_len() as usize, UNWRITTEN);
    match run_caught(session, operands.case(problem), output) {
        Ok(()) => put_output(problem, number, output, bytes),
        Err(Failure::Unsupported(reason)) => put_text(Tag::Unsupported, number, &reason, bytes),
        Err(Failure::Error(message)) => put_text(Tag::Error, number, &message, bytes),
        Err(Failure::Crash(message)) => put_text(Tag::Crash, number, &message, bytes),
        Err(other) => put_text(Tag::Error, number, &other.to_string(), bytes),
    }
}

struct Answers<W> {
    output: W,
    bytes: Vec<u8>,
    flushed: Instant,
}

impl<W: Write> Answers<W> {
    fn flush_when_due(&mut self) -> io::Result<()> {
        if self.bytes.len() >= FLUSH_BYTES || self.flushed.elapsed() >= FLUSH_AFTER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.write_all(&self.bytes)?;
        self.output.flush()?;
        self.bytes.clear();
        self.flushed = Instant::now();
        Ok(())
    }
}

/// One batch, and the buffers for one problem of it.
#[derive(Default)]
struct Batch {
    problems: Vec<(Problem, u32)>,
    bytes: Vec<u8>,
    /// Where the operands of the next problem begin in `bytes`.
    next: usize,
    operands: Operands,
    output: Vec<f32>,
}

impl Batch {
    /// Reads the next batch; `false` where the stream ends instead.
    fn read(&mut self, input: &mut impl Read) -> Result<bool, ServeError> {
        let mut header = [0; HEADER];
        let Some(first) = first_byte(input)? else { return Ok(false) };
        header[0] = first;
        exact(input, &mut header[1..])?;
        let header = Header::parse(&header)?;
        if header.tag != Tag::Batch {
            return Err(ProtocolError::Unexpected { found: header.tag, expected: "a batch" }.into());
        }
        let count = u64::from(header.number);
        if count > u64::from(LARGEST_BATCH) {
            let limit = u64::from(LARGEST_BATCH) * PROBLEM_BYTES as u64;
            return Err(ProtocolError::TooLong { what: "a table", length: count * PROBLEM_BYTES as u64, limit }.into());
        }
        self.bytes.clear();
        self.bytes.resize(count as usize * PROBLEM_BYTES, 0);
        exact(input, &mut self.bytes)?;
        let table = self.bytes.as_chunks::<PROBLEM_BYTES>().0;
        self.problems = table.iter().map(protocol::parse_problem).collect::<Result<_, _>>()?;

        // Compared before anything of that size is allocated.
        let operands: u64 = self.problems.iter().map(|(p, _)| operand_bytes(p)).fold(0, u64::saturating_add);
        let expected = operands.saturating_add(self.bytes.len() as u64);
        if header.length != expected {
            return Err(ProtocolError::BatchLength { found: header.length, expected }.into());
        }
        self.bytes.clear();
        self.next = 0;
        if input.by_ref().take(operands).read_to_end(&mut self.bytes)? as u64 != operands {
            return Err(ProtocolError::Truncated.into());
        }
        Ok(true)
    }

    /// Brings the operands of problem `at` into their buffers. Problems are loaded in order.
    fn load(&mut self, at: usize) {
        self.operands.resize(&self.problems[at].0);
        for floats in [&mut self.operands.input, &mut self.operands.weights, &mut self.operands.bias] {
            get_floats(&self.bytes[self.next..], floats);
            self.next += 4 * floats.len();
        }
    }
}

fn operand_bytes(problem: &Problem) -> u64 {
    [problem.input_len(), problem.weights_len(), problem.bias_len()]
        .into_iter()
        .fold(0u64, u64::saturating_add)
        .saturating_mul(4)
}

/// The first byte of a frame, or `None` where the stream ends in front of one.
fn first_byte(input: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = [0];
    loop {
        match input.read(&mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(byte[0])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn exact(input: &mut impl Read, bytes: &mut [u8]) -> Result<(), ServeError> {
    input.read_exact(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => ProtocolError::Truncated.into(),
        _ => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::exact::{Exact, ExactSession};
    use crate::operands::Fill;
    use crate::problem::{Hw, Parameters};

    fn served(input: &[u8]) -> (Result<(), ServeError>, Vec<u8>) {
        let mut output = Vec::new();
        let result = serve(&Exact, input, &mut output);
        (result, output)
    }

    fn batch_of_two() -> (Vec<u8>, [(Problem, Operands); 2]) {
        let cases = [3, 4].map(|size| {
            let parameters =
                Parameters { input: Hw::square(size), kernel: Hw::square(2), bias: true, ..Default::default() };
            let problem = Problem::new(parameters).unwrap();
            let mut operands = Operands::default();
            operands.fill(&problem, Fill::Integers, 1);
            (problem, operands)
        });
        let mut bytes = Vec::new();
        protocol::put_batch(&[cases[0].1.case(&cases[0].0), cases[1].1.case(&cases[1].0)], 7, &mut bytes);
        (bytes, cases)
    }

    #[test]
    fn answers_come_in_order_and_are_the_backend_s() {
        let (bytes, cases) = batch_of_two();
        let (result, output) = served(&bytes);
        result.unwrap();

        let mut expected = served(&[]).1;
        for (number, (problem, operands)) in (7..).zip(&cases) {
            let mut values = vec![UNWRITTEN; problem.output_len() as usize];
            ExactSession::default().run(operands.case(problem), &mut values).unwrap();
            put_output(problem, number, &values, &mut expected);
        }
        assert_eq!(output, expected);
    }

    #[test]
    fn a_batch_cut_anywhere_is_refused() {
        let (bytes, _) = batch_of_two();
        for end in 1..bytes.len() {
            let (result, _) = served(&bytes[..end]);
            assert!(matches!(result, Err(ServeError::Protocol(ProtocolError::Truncated))), "cut at {end}: {result:?}");
        }
    }

    #[test]
    fn a_batch_whose_lengths_contradict_each_other_is_refused() {
        let (bytes, _) = batch_of_two();
        // The header, then what decides the operands' sizes: batch, channels, groups, input, kernel.
        let tables = [HEADER, HEADER + PROBLEM_BYTES].map(|start| start..start + 4 * 8);
        for at in (0..HEADER).chain(tables.into_iter().flatten()) {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x80;
            assert!(matches!(served(&bytes).0, Err(ServeError::Protocol(_))), "byte {at}");
        }
    }
}
