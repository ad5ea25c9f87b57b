//! What is right and what is wrong about a worker, line by line.

mod problems;

use super::process::{Process, Trouble};
use super::session::{Answer, read_answer};
use super::{Limits, Worker, hear_hello, protocol, start_process};
use crate::backend::exact::ExactSession;
use crate::backend::{Arithmetic, Backend, BackendError, Failure, Session, UNWRITTEN};
use crate::operands::{Case, DEFAULT_SEED, Fill, Operands};
use crate::problem::Problem;
use problems::{features, large, middling};
use std::ffi::OsString;
use std::fmt;
use std::process::Command;
use std::time::{Duration, Instant};

/// Problems after which memory should have settled, and problems after which it is looked at again.
const SETTLE: u32 = 300;
const LOOK: u32 = 1300;

/// Memory may grow by so many bytes a problem between the two; a worker that forgets one tensor of 64 KiB is above it.
const GROWTH: u64 = 16 << 10;

/// What a line of the report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// As it should be.
    Right,
    /// Not as it should be.
    Wrong,
    /// The worker says that it can't: nothing wrong with that.
    Unsupported,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub mark: Mark,
    /// About what, and how.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.mark {
            Mark::Right => "right",
            Mark::Wrong => "wrong",
            Mark::Unsupported => "can't",
        };
        write!(f, "{mark}  {}", self.text.replace('\n', "\n       "))
    }
}

/// Checks the worker that `command` starts; each line is given to `report` as soon as it is known.
pub fn check(command: Vec<OsString>, limits: Limits, report: &mut dyn FnMut(Line)) {
    let worker = match Worker::external("the worker".to_owned(), command.clone(), limits) {
        Ok(worker) => worker,
        Err(BackendError::Start { reason, .. }) => {
            return report(Line { mark: Mark::Wrong, text: format!("greets: {reason}") });
        }
        Err(error) => return report(Line { mark: Mark::Wrong, text: format!("greets: {error}") }),
    };
    let hello = worker.hello();
    let arithmetic = hello.arithmetic;
    report(Line {
        mark: Mark::Right,
        text: format!("greets: {}, batches of at most {}", worker.version(), hello.max_batch),
    });
    let Ok(mut session) = worker.session() else { return };
    let mut hung = 0;
    for feature in features() {
        let tally = Tally::of(session.as_mut(), &feature.problems, arithmetic);
        report(tally.line(feature.name));
        hung += tally.hung;
        if tally.hung == feature.problems.len() {
            let text = "goes on: it isn't asked anything else, for it answered none of these. \
                        Answers must be flushed at the end of each batch";
            return report(Line { mark: Mark::Wrong, text: text.to_owned() });
        }
    }
    if hung > 0 {
        // A thousand problems with a few such among them take an hour.
        let text = format!("goes on: it isn't asked anything else, for it left {hung} without an answer");
        return report(Line { mark: Mark::Wrong, text });
    }
    let all: Vec<Problem> = features().into_iter().flat_map(|feature| feature.problems).collect();
    let twice: Vec<Problem> = all.iter().flat_map(|problem| [*problem; 2]).collect();
    report(Tally::of(session.as_mut(), &twice, arithmetic).line("each problem twice, with other operands"));
    let repeated: Vec<Problem> = all.iter().cycle().take(1000).copied().collect();
    report(Tally::of(session.as_mut(), &repeated, arithmetic).line("1,000 problems in batches"));
    report(Tally::of(session.as_mut(), &large(), arithmetic).line("a problem that is larger than a pipe"));
    drop(session);
    drop(worker);
    for (name, look) in [
        ("takes a batch that comes in pieces", in_pieces as fn(&[OsString], Limits) -> Result<String, String>),
        ("forgets what it has answered", forgets),
        ("ends when its input ends", goodbye),
    ] {
        report(match look(&command, limits) {
            Ok(how) => Line { mark: Mark::Right, text: format!("{name}{how}") },
            Err(reason) => Line { mark: Mark::Wrong, text: format!("{name}: {reason}") },
        });
    }
}

/// What came of some problems.
#[derive(Default)]
struct Tally {
    right: usize,
    unsupported: usize,
    /// Differs, where the worker's arithmetic allows for that.
    rounded: usize,
    first_reason: Option<String>,
    /// Without an answer within the deadline.
    hung: usize,
    wrong: usize,
    first_wrong: Option<String>,
}

impl Tally {
    fn of(session: &mut dyn Session, problems: &[Problem], arithmetic: Arithmetic) -> Self {
        // A problem that comes again has other operands: what was kept of the last time must not be used.
        let operands: Vec<Operands> = problems.iter().zip(0..).map(|(problem, n)| filled_by(problem, n)).collect();
        let cases: Vec<Case<'_>> = problems.iter().zip(&operands).map(|(p, operands)| operands.case(p)).collect();
        let mut outputs: Vec<Vec<f32>> = problems.iter().map(unwritten).collect();
        let mut results = Vec::new();
        let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        session.run_batch(&cases, &mut slices, &mut results);

        let mut tally = Self::default();
        for ((&case, output), result) in cases.iter().zip(&outputs).zip(results) {
            tally.add(case, output, result, arithmetic);
        }
        tally
    }

    fn add(&mut self, case: Case<'_>, output: &[f32], result: Answer, arithmetic: Arithmetic) {
        let problem = case.problem;
        let mut expected = unwritten(problem);
        let difference = match result {
            Err(Failure::Unsupported(reason)) => {
                self.unsupported += 1;
                self.first_reason.get_or_insert_with(|| format!("{problem}: {reason}"));
                return;
            }
            Err(failure) => {
                self.hung += usize::from(matches!(failure, Failure::Hang(_)));
                Some(failure.to_string())
            }
            Ok(()) => {
                // `exact` returns no error.
                let _ = ExactSession::default().run(case, &mut expected);
                difference(problem, &expected, output)
            }
        };
        let may_round = matches!(arithmetic, Arithmetic::F32Transformed | Arithmetic::F16 | Arithmetic::Bf16);
        match difference {
            None => self.right += 1,
            Some(_) if may_round && result_is_near(&expected, output) => self.rounded += 1,
            Some(difference) => {
                self.wrong += 1;
                self.first_wrong.get_or_insert_with(|| format!("{problem}: {difference}"));
            }
        }
    }

    fn line(&self, name: &str) -> Line {
        let counts = [
            (self.right, "right"),
            (self.rounded, "rounded"),
            (self.unsupported, "unsupported"),
            (self.wrong, "wrong"),
        ];
        let counts: Vec<String> =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        let mut text = format!("{name}: {}", counts.join(", "));
        for first in [&self.first_wrong, &self.first_reason].into_iter().flatten() {
            text.extend(["\n", first]);
        }
        let mark = match (self.wrong, self.right + self.rounded) {
            (0, 0) => Mark::Unsupported,
            (0, _) => Mark::Right,
            _ => Mark::Wrong,
        };
        Line { mark, text }
    }
}

fn filled(problem: &Problem) -> Operands {
    filled_by(problem, 0)
}

fn filled_by(problem: &Problem, number: u64) -> Operands {
    let mut operands = Operands::default();
    operands.fill(problem, Fill::IntegersF16, DEFAULT_SEED + number);
    operands
}

fn unwritten(problem: &Problem) -> Vec<f32> {
    vec![UNWRITTEN; problem.output_len() as usize]
}

/// The first element that differs.
fn difference(problem: &Problem, expected: &[f32], actual: &[f32]) -> Option<String> {
    let at = expected.iter().zip(actual).position(|(expected, actual)| expected != actual)?;
    let [_, channels, h, w] = protocol::output_shape(problem).map(|extent| extent as usize);
    let (image, channel, row, column) = (at / (channels * h * w), at / (h * w) % channels, at / w % h, at % w);
    Some(format!("[{image}, {channel}, {row}, {column}] is {} instead of {}", actual[at], expected[at]))
}

/// No element is off by more than a hundredth of the largest: a coarse look, since the judge's bounds are a sweep's.
fn result_is_near(expected: &[f32], actual: &[f32]) -> bool {
    let largest = expected.iter().fold(1f32, |largest, value| largest.max(value.abs()));
    expected.iter().zip(actual).all(|(expected, actual)| (expected - actual).abs() <= largest / 100.0)
}

fn in_pieces(command: &[OsString], limits: Limits) -> Result<String, String> {
    let (mut process, _) = start_process(command, limits.start)?;
    let feature = features().pop().map(|feature| feature.problems).unwrap_or_default();
    let operands: Vec<Operands> = feature.iter().map(filled).collect();
    let cases: Vec<Case<'_>> = feature.iter().zip(&operands).map(|(p, operands)| operands.case(p)).collect();
    let mut bytes = Vec::new();
    protocol::put_batch(&cases, 1 << 31, &mut bytes);
    let deadline = Instant::now() + limits.answer;
    for piece in bytes.chunks(bytes.len() / 40) {
        process.outbox().extend_from_slice(piece);
        process.flush(deadline).map_err(|trouble| said(trouble, limits.answer))?;
    }
    for (number, case) in (1 << 31..).zip(&cases) {
        let answer = read_answer(&mut process, case, number, &mut unwritten(case.problem), deadline);
        answer.map_err(|trouble| said(trouble, limits.answer))?.or_else(tolerate)?;
    }
    Ok(String::new())
}

fn forgets(command: &[OsString], limits: Limits) -> Result<String, String> {
    let (mut process, hello) = start_process(command, limits.start)?;
    let problems = middling();
    let operands: Vec<Operands> = problems.iter().map(filled).collect();
    let cases: Vec<Case<'_>> = problems.iter().zip(&operands).map(|(p, operands)| operands.case(p)).collect();
    let mut settled = None;
    let mut output = problems.first().map(unwritten).unwrap_or_default();
    for number in 0..LOOK {
        if number == SETTLE {
            settled = process.resident();
        }
        for case in &cases {
            protocol::put_batch(std::slice::from_ref(case), number, process.outbox());
            let deadline = Instant::now() + limits.answer;
            let answer = read_answer(&mut process, case, number, &mut output, deadline);
            answer.map_err(|trouble| said(trouble, limits.answer))?.or_else(tolerate)?;
        }
    }
    let (Some(before), Some(after)) = (settled, process.resident()) else {
        return Ok(format!(": can't be told here ({})", hello.engine));
    };
    let growth = after.saturating_sub(before) / u64::from(LOOK - SETTLE);
    if growth < GROWTH {
        return Ok(String::new());
    }
    Err(format!("its memory grows by {} KiB with each problem of 64 KiB; it leaks", growth >> 10))
}

fn goodbye(command: &[OsString], limits: Limits) -> Result<String, String> {
    let (program, arguments) = command.split_first().ok_or("the command is empty")?;
    let mut starting = Command::new(program);
    starting.args(arguments);
    let mut process = Process::start(starting).map_err(|error| error.to_string())?;
    hear_hello(&mut process, Instant::now() + limits.start).map_err(|trouble| said(trouble, limits.start))?;
    process.close();
    match process.header(Instant::now() + limits.answer) {
        Err(Trouble::Died(death)) if death.succeeded => Ok(String::new()),
        Err(Trouble::Died(death)) => Err(death.to_string()),
        Err(trouble) => Err(said(trouble, limits.answer)),
        Ok(header) => Err(format!("it sent a {} frame that nobody asked for", header.tag)),
    }
}

/// An engine that can't, or that errs, may still be a worker that behaves.
fn tolerate(failure: Failure) -> Result<(), String> {
    match failure {
        Failure::Unsupported(_) | Failure::Error(_) => Ok(()),
        other => Err(other.to_string()),
    }
}

fn said(trouble: Trouble, limit: Duration) -> String {
    match trouble {
        Trouble::Hang => format!("nothing came within {limit:?}"),
        Trouble::Died(death) => death.to_string(),
        Trouble::Broken(error) => error.to_string(),
    }
}
