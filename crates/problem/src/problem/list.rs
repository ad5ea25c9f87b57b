//! Lists of problems: files of descriptors, one's own or benchdnn's batch files.
//!
//! A list is words between blanks. A word that begins with `#` opens a comment to the end of its line; every other word
//! is a descriptor or, beginning with `-`, one of benchdnn's options. Those that say what is computed are honoured or refused, for
//! whoever reads "agrees" takes it for what was asked: `--mb=N` sets the batch of all that follows until `--mb=0`, `--dir=FWD_B` gives
//! it a bias, until `--reset`; other directions, types other than f32, attributes, other operators and files are refused,
//! and so is an option of which nothing is known. Those that say how benchdnn runs it (layouts, implementations,
//! modes) are skipped. A `\` that stands alone joins two lines of a benchdnn command and means nothing here.

use super::{Problem, ProblemError, descriptor::DescriptorErrorKind};
use std::io::{self, BufRead};
use thiserror::Error;

/// The problems of a list, read as they are asked for: an iterator with one line in memory.
///
/// After an error in a word the iterator goes on behind it; after an error in reading it ends.
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::list::Problems;
///
/// let file = "# two of ours\nmb1ic2ih5oc2kh3 mb1ic2ih6oc2kh3\n--reset --dt=f32 g4ic4iw9oc4kw3pw1n\"dw\"\n";
/// let problems: Vec<_> = Problems::new(file.as_bytes()).collect::<Result<_, _>>()?;
/// assert_eq!(problems.len(), 3);
/// # Ok::<(), convdiff::problem::list::ListError>(())
/// ```
#[derive(Debug)]
pub struct Problems<R> {
    reader: R,
    /// The current line, and how far it is read.
    text: String,
    at: usize,
    line: u64,
    /// What `--mb` last said, if it wasn't 0.
    batch: Option<u32>,
    /// Whether `--dir` last asked for one.
    bias: bool,
    ended: bool,
}

/// Options of benchdnn that say how a problem is run and measured, not what is computed.
const HOW: [&str; 32] = [
    "--conv",
    "--alg",
    "--stag",
    "--wtag",
    "--dtag",
    "--stag_dw",
    "--strides",
    "--skip-impl",
    "--impl",
    "--match",
    "--engine",
    "--mode",
    "--mode-modifier",
    "--canonical",
    "--allow-enum-tags-only",
    "--verbose",
    "-v",
    "--perf-template",
    "--fix-times-per-prb",
    "--max-ms-per-prb",
    "--num-streams",
    "--repeats-per-prb",
    "--fast-ref",
    "--ctx-init",
    "--ctx-exe",
    "--mem-check",
    "--memory-kind",
    "--cold-cache",
    "--stream-kind",
    "--start",
    "--summary",
    "--inplace",
];

fn not_tested(option: &str, what: &'static str) -> ListErrorKind {
    ListErrorKind::NotTested { option: option.to_owned(), what }
}

/// Why a list can't be read, and where.
#[derive(Debug, Error)]
#[error("line {line}, byte {byte}{}: {kind}", within(word))]
pub struct ListError {
    /// The line, counted from 1.
    pub line: u64,
    /// Where in the line, in bytes from its beginning.
    pub byte: usize,
    /// The word at fault.
    pub word: String,
    /// Why.
    pub kind: ListErrorKind,
}

/// Why a list can't be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ListErrorKind {
    /// The reader failed, or what it read is no UTF-8.
    #[error("{0}")]
    Read(io::Error),
    /// A word is no descriptor.
    #[error("{0}")]
    Descriptor(DescriptorErrorKind),
    /// `--mb` makes a problem impossible.
    #[error("with the batch of --mb: {0}")]
    Batch(ProblemError),
    /// `--batch=FILE`, which would read another file.
    #[error("--batch reads another file; list that one itself, or paste it here")]
    BatchFile,
    /// `--deconv`, under which the same descriptors mean other problems.
    #[error("--deconv: these descriptors would mean transposed convolutions, which convdiff doesn't test")]
    Deconvolution,
    /// An option that asks for something else than a convolution of f32, forward.
    #[error("{option} asks for {what}, which convdiff doesn't test")]
    NotTested {
        /// The option.
        option: String,
        /// What it asks for.
        what: &'static str,
    },
    /// An option of which nothing is known: what it asks for might not be what is tested.
    #[error("{option} is no option that is known here; leave it out if it doesn't change what is computed")]
    UnknownOption {
        /// The option.
        option: String,
    },
    /// `--mb` with anything but one number.
    #[error("--mb takes one number here, 0 for the descriptors' own")]
    BatchOption,
}

fn within(word: &str) -> String {
    if word.is_empty() { String::new() } else { format!(", in {word:?}") }
}

impl<R: BufRead> Problems<R> {
    /// Reads from `reader`.
    pub fn new(reader: R) -> Self {
        Self { reader, text: String::new(), at: 0, line: 0, batch: None, bias: false, ended: false }
    }

    /// The next word and where it begins, over as many lines as it takes.
    fn next_word(&mut self) -> Result<Option<(usize, String)>, ListError> {
        loop {
            let rest = &self.text[self.at..];
            let begin = self.at + rest.len() - rest.trim_start().len();
            let word = self.text[begin..].split_whitespace().next().filter(|word| !word.starts_with('#'));
            if let Some(word) = word {
                self.at = begin + word.len();
                return Ok(Some((begin, word.to_owned())));
            }
            self.text.clear();
            self.at = 0;
            self.line += 1;
            match self.reader.read_line(&mut self.text) {
                Ok(0) => return Ok(None),
                Ok(_) => {}
                Err(error) => {
                    self.text.clear();
                    return Err(self.error(0, String::new(), ListErrorKind::Read(error)));
                }
            }
        }
    }

    fn error(&self, byte: usize, word: String, kind: ListErrorKind) -> ListError {
        ListError { line: self.line, byte, word, kind }
    }

    fn option(&mut self, word: &str) -> Result<(), ListErrorKind> {
        match word.split_once('=').unwrap_or((word, "")) {
            ("--batch", _) => return Err(ListErrorKind::BatchFile),
            ("--deconv", _) => return Err(ListErrorKind::Deconvolution),
            ("--mb", number) => {
                let number: u32 = number.parse().map_err(|_| ListErrorKind::BatchOption)?;
                self.batch = Some(number).filter(|number| *number > 0);
            }
            ("--reset", _) => (self.batch, self.bias) = (None, false),
            ("--dir", "FWD_B") => self.bias = true,
            ("--dir", "FWD_D" | "FWD_I" | "") => self.bias = false,
            ("--dir", _) => return Err(not_tested(word, "another direction than forward, or several")),
            ("--dt" | "--cfg" | "--sdt" | "--wdt" | "--ddt" | "--bia-dt", types) => {
                if types.split(':').any(|of| !matches!(of, "f32" | "")) {
                    return Err(not_tested(word, "types other than f32"));
                }
            }
            ("--attr-scratchpad" | "--attr-deterministic", _) | ("--attr-fpmath", "strict" | "") => {}
            (name, _) if name.starts_with("--attr") => {
                return Err(not_tested(word, "something done to operands or results"));
            }
            (name, _) if HOW.contains(&name) => {}
            _ => return Err(ListErrorKind::UnknownOption { option: word.to_owned() }),
        }
        Ok(())
    }

    fn as_options_say(&self, problem: Problem) -> Result<Problem, ProblemError> {
        let own = problem.parameters();
        Problem::new(super::Parameters { batch: self.batch.unwrap_or(own.batch), bias: own.bias || self.bias, ..own })
    }
}

impl<R: BufRead> Iterator for Problems<R> {
    type Item = Result<Problem, ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let (begin, word) = match self.next_word() {
                Ok(Some(word)) => word,
                Ok(None) => break,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            };
            if word.starts_with('-') {
                if let Err(kind) = self.option(&word) {
                    return Some(Err(self.error(begin, word, kind)));
                }
                continue;
            }
            if word == "\\" {
                continue;
            }
            return Some(match word.parse::<Problem>() {
                Ok(problem) => {
                    self.as_options_say(problem).map_err(|error| self.error(begin, word, ListErrorKind::Batch(error)))
                }
                Err(error) => Err(self.error(begin + error.offset, word, ListErrorKind::Descriptor(error.kind))),
            });
        }
        self.ended = true;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let problems = Problems::new(text.as_bytes());
        problems.map(|problem| problem.map_or_else(|error| error.to_string(), |problem| problem.to_string())).collect()
    }

    #[test]
    fn a_batch_file_of_benchdnn() {
        let text = "\
# DS2 (stride_h != stride_w)
--reset --dt=f32 --skip-impl=ref,x64:gemm
--dir=FWD_B  mb2_ic32oc32_ih41oh16kh10sh2ph0_iw79ow75kw5sw1pw0n\"ds2\" \\
    mb3_ic32oc32_iw79ow75kw5sw1pw0_ih41oh16kh10sh2ph0n\"ds2#swap\"

--reset --mb=2 --dir=FWD_D\r
mb7_g1_ic16ih4iw8_oc16oh4ow8_kh2kw1sh2sw1ph0pw0   # the batch is 2\r
--reset mb7_ic4oc4_ih13oh13kh3ph1_n\"gemm_acc\"";
        assert_eq!(
            read(text),
            [
                "mb2ic32ih41iw79oc32oh16ow75kh10kw5sh2sw1ph0pw0b1",
                "mb3ic32ih41iw79oc32oh16ow75kh10kw5sh2sw1ph0pw0b1",
                "mb2ic16ih4iw8oc16oh4ow8kh2kw1sh2sw1ph0pw0",
                "mb7ic4ih13iw13oc4oh13ow13kh3kw3ph1pw1",
            ]
        );
    }

    #[test]
    fn errors_name_line_and_byte_and_reading_goes_on() {
        let text = "mb1ic1ih3oc1kh1\n\n  --dt=f32 mb1ic1xh3oc1kh1 mb1ic1ih4oc1kh1\n--batch=shapes_1d\n--mb=1,2\n--deconv\n--mb=2147483648 ic1iw2oc1kw1";
        insta::assert_snapshot!(read(text).join("\n"), @r#"
        mb1ic1ih3iw3oc1oh3ow3kh1kw1ph0pw0
        line 3, byte 17, in "mb1ic1xh3oc1kh1": unknown key "xh"; did you mean "ih"?
        mb1ic1ih4iw4oc1oh4ow4kh1kw1ph0pw0
        line 4, byte 0, in "--batch=shapes_1d": --batch reads another file; list that one itself, or paste it here
        line 5, byte 0, in "--mb=1,2": --mb takes one number here, 0 for the descriptors' own
        line 6, byte 0, in "--deconv": --deconv: these descriptors would mean transposed convolutions, which convdiff doesn't test
        line 7, byte 16, in "ic1iw2oc1kw1": with the batch of --mb: batch is 2147483648; it must be at most 2147483647
        "#);
    }

    #[test]
    fn what_options_ask_for_is_honoured_or_refused() {
        let with = |option: &str| read(&format!("{option} mb1ic1ih3oc1kh1")).remove(0);
        let plain = "mb1ic1ih3iw3oc1oh3ow3kh1kw1ph0pw0";
        for option in
            ["--dt=f32", "--dt=f32:f32:f32", "--dir=FWD_I", "--dir=FWD_D", "--stag=axb", "--attr-scratchpad=user"]
        {
            assert_eq!(with(option), plain, "{option}");
        }
        assert_eq!(with("--dir=FWD_B"), "mb1ic1ih3iw3oc1oh3ow3kh1kw1ph0pw0b1");
        assert_eq!(with("--dir=FWD_B --reset"), plain);
        let refused = [
            "--dir=BWD_D",
            "--dir=FWD_B,BWD_W",
            "--dt=s8:s8:s8",
            "--cfg=u8s8u8",
            "--attr-post-ops=relu",
            "--matmul",
            "--mod=x",
        ];
        insta::assert_snapshot!(refused.map(with).join("\n"));
    }

    #[test]
    fn what_is_no_text_ends_the_list() {
        let mut problems = Problems::new(&b"mb1ic1ih3oc1kh1\n\xff\xfe\nmb1ic1ih3oc1kh1\n"[..]);
        assert!(problems.next().unwrap().is_ok());
        insta::assert_snapshot!(problems.next().unwrap().unwrap_err(), @"line 2, byte 0: stream did not contain valid UTF-8");
        assert!(problems.next().is_none());
    }

    #[test]
    fn nothing_is_an_empty_list() {
        for text in ["", "\n\n", "# only a comment", "   "] {
            assert!(read(text).is_empty(), "{text:?}");
        }
    }
}
