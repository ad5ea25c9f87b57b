//! Batches, and what answers them.

use super::{HEADER, Header, LONGEST_TEXT, ProtocolError, Tag};
use crate::operands::Case;
use crate::problem::{Parameters, Problem};

/// Words of 32 bits that state a problem in a batch.
pub const PROBLEM_WORDS: usize = Parameters::NUMBERS + 3;

/// Bytes that state a problem in a batch.
pub(in crate::backend::worker) const PROBLEM_BYTES: usize = 4 * PROBLEM_WORDS;

/// Bytes of a shape, in front of an output.
pub(in crate::backend::worker) const SHAPE_BYTES: usize = 4 * 4;

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
    let output = problem.output();
    let mut words = [0; PROBLEM_WORDS];
    let (parameters, rest) = words.split_at_mut(Parameters::NUMBERS);
    parameters.copy_from_slice(&problem.to_numbers());
    rest.copy_from_slice(&[output.h, output.w, number]);
    words
}

/// Reads the words that state a problem: the problem and its number.
///
/// # Errors
/// [`ProtocolError::Problem`] where they state none.
pub fn parse_problem(words: &[u8; PROBLEM_BYTES]) -> Result<(Problem, u32), ProtocolError> {
    let words = words.as_chunks::<4>().0;
    let mut numbers = [0; Parameters::NUMBERS];
    for (number, bytes) in numbers.iter_mut().zip(words) {
        *number = u32::from_le_bytes(*bytes);
    }
    let number = u32::from_le_bytes(words[PROBLEM_WORDS - 1]);
    let parameters = Parameters::from_numbers(numbers);
    let problem = Problem::new(parameters).map_err(|error| ProtocolError::Problem { number, error })?;
    Ok((problem, number))
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
pub(in crate::backend::worker) fn get_floats(bytes: &[u8], floats: &mut [f32]) {
    for (value, four) in floats.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *value = f32::from_le_bytes(*four);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operands::{Fill, Operands};
    use crate::problem::{Hw, Padding};
    use proptest::prelude::*;

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
        fn no_bytes_make_it_panic(table: [u8; PROBLEM_BYTES]) {
            let _ = parse_problem(&table);
        }
    }
}
