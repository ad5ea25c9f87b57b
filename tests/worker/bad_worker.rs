//! A worker that is wrong in the way that its first argument names; the tests run it.
//!
//! Built as an example, so that `cargo test` builds it and `cargo install` doesn't.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "only tests run it")]

use convdiff::backend::worker::protocol::{
    HEADER, Header, Hello, PROBLEM_WORDS, Tag, VERSION, parse_problem, put_output, put_text,
};
use convdiff::backend::{Arithmetic, Session, UNWRITTEN, exact::ExactSession};
use convdiff::operands::Operands;
use convdiff::problem::{Condition, Problem};
use rustix::process::{Signal, getpid, getppid, kill_process};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::process::{abort, exit};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::park;

/// The largest input so far, or how many problems there were.
static LARGEST: AtomicU32 = AtomicU32::new(0);

fn main() {
    let how = std::env::args().nth(1).unwrap_or_default();
    if how == "tells-at-once" {
        tell();
    }
    before_handshake(&how);
    handshake(&how);
    // Until the host closes the pipe; `stays` doesn't notice.
    while let Some(problems) = batch() {
        let last = problems.len() - 1;
        for (at, (number, problem, operands)) in problems.into_iter().enumerate() {
            match how.as_str() {
                "remembers-weights" => say(&remembering(number, &problem, &operands)),
                "remembers-sizes" => {
                    let large = LARGEST.fetch_max(problem.input_len() as u32, Ordering::Relaxed);
                    say(&wrong_if(large > 200 && problem.padding.total() > 0, number, &problem, &operands));
                }
                "has-few-handles" if LARGEST.fetch_add(1, Ordering::Relaxed) >= 100 => {
                    let mut bytes = Vec::new();
                    put_text(Tag::Error, number, "conv2d_v1: out of handles", &mut bytes);
                    say(&bytes);
                }
                "negates-zeros" => say(&edited(number, &problem, &operands, |output| {
                    output.iter_mut().filter(|value| **value == 0.0).for_each(|value| *value = -0.0);
                })),
                "wrong-in-company" => say(&wrong_if(last > 0 && at == 1, number, &problem, &operands)),
                _ => answer(&how, number, &problem, &operands, at == last),
            }
        }
    }
    match how.as_str() {
        "stays" => hang(),
        "fails-at-the-end" => exit(1),
        _ => {}
    }
}

fn say(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    // The host may have hung up: that is its right.
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}

/// Tells a test, if it asked, which process this is.
fn tell() {
    if let Some(pipe) = std::env::var_os("PID_TO") {
        std::fs::write(pipe, std::process::id().to_string()).unwrap();
    }
}

fn hang() -> ! {
    tell();
    loop {
        park();
    }
}

fn before_handshake(how: &str) {
    match how {
        "silent" => hang(),
        "exits-at-once" => exit(0),
        "fails-at-once" => {
            eprintln!("ImportError: no module named engine");
            exit(3);
        }
        "aborts-at-once" => abort(),
        "chatty-before-handshake" => say(b"Loading engine, please wait...\n"),
        "garbage" => say(&[0xff; 64]),
        "half-a-handshake" => {
            say(&hello().to_bytes()[..HEADER + 5]);
            exit(0);
        }
        "half-a-handshake-then-silent" => {
            say(&hello().to_bytes()[..7]);
            hang();
        }
        "wrong-version" => say(&Header { tag: Tag::Hello, number: VERSION + 1, length: 0 }.to_bytes()),
        "giant-handshake" => say(&Header { tag: Tag::Hello, number: VERSION, length: u64::MAX }.to_bytes()),
        "answers-before-handshake" => say(&Header { tag: Tag::Output, number: 0, length: 0 }.to_bytes()),
        "handshake-without-engine" => greet(b"version: 1\n"),
        "handshake-not-text" => greet(&[0xc3, 0x28]),
        "handshake-without-keys" => greet(b"hello there\n"),
        "handshake-of-unknown-arithmetic" => greet(b"engine: e\nversion: 1\narithmetic: f8\n"),
        "handshake-of-f16-only" => greet(b"engine: e\nversion: 1\ndtypes: f16\n"),
        "closes-output" => {
            drop(hello());
            rustix::stdio::dup2_stdout(std::io::stderr()).unwrap();
            hang();
        }
        _ => {}
    }
}

fn hello() -> Hello {
    Hello {
        engine: "bad".to_owned(),
        version: "1".to_owned(),
        options: String::new(),
        arithmetic: Arithmetic::F32,
        supports: String::new(),
        max_batch: 64,
    }
}

fn greet(text: &[u8]) {
    say(&Header { tag: Tag::Hello, number: VERSION, length: text.len() as u64 }.to_bytes());
    say(text);
    hang();
}

fn handshake(how: &str) {
    let mut bytes = hello().to_bytes();
    if how == "greets-from-the-future" {
        bytes.extend(b"mood: good\ndtypes: f32, f8\n");
        let length = (bytes.len() - HEADER) as u64;
        bytes[8..HEADER].copy_from_slice(&length.to_le_bytes());
    }
    say(&bytes);
    if how == "dies-after-handshake" {
        exit(7);
    }
}

/// The next batch, or `None` at the end.
fn batch() -> Option<Vec<(u32, Problem, Operands)>> {
    let mut stdin = std::io::stdin().lock();
    let mut header = [0; HEADER];
    stdin.read_exact(&mut header).ok()?;
    let header = Header::parse(&header).unwrap();
    let mut problems = Vec::new();
    for _ in 0..header.number {
        let mut words = [0; 4 * PROBLEM_WORDS];
        stdin.read_exact(&mut words).unwrap();
        let (problem, number) = parse_problem(&words).unwrap();
        problems.push((number, problem, Operands::default()));
    }
    for (_, problem, operands) in &mut problems {
        operands.resize(problem);
        for floats in [&mut operands.input, &mut operands.weights, &mut operands.bias] {
            for value in floats {
                let mut bytes = [0; 4];
                stdin.read_exact(&mut bytes).unwrap();
                *value = f32::from_le_bytes(bytes);
            }
        }
    }
    Some(problems)
}

/// The answer of a worker that packs weights once for each shape, and uses them for every problem of that shape.
fn remembering(number: u32, problem: &Problem, operands: &Operands) -> Vec<u8> {
    static PACKED: Mutex<BTreeMap<[u32; 4], Vec<f32>>> = Mutex::new(BTreeMap::new());
    let shape = [problem.out_channels, problem.in_channels_per_group(), problem.kernel.h, problem.kernel.w];
    let mut packed = PACKED.lock().unwrap();
    let weights = packed.entry(shape).or_insert_with(|| operands.weights.clone()).clone();
    edited(number, problem, &Operands { weights, ..operands.clone() }, |_| ())
}

/// The answer of a worker that takes no problem of which `refused` holds, and of the others has the last element wrong where
/// the kernel is high and there is padding.
fn narrow(refused: &str, number: u32, problem: &Problem, operands: &Operands) -> Vec<u8> {
    if refused.parse::<Condition>().unwrap().holds(problem) {
        let mut bytes = Vec::new();
        put_text(Tag::Unsupported, number, refused, &mut bytes);
        return bytes;
    }
    wrong_if(problem.kernel.h > 2 && problem.padding.total() > 0, number, problem, operands)
}

/// An output whose last element is wrong, or not.
fn wrong_if(wrong: bool, number: u32, problem: &Problem, operands: &Operands) -> Vec<u8> {
    edited(number, problem, operands, |output| *output.last_mut().unwrap() += f32::from(u8::from(wrong)))
}

/// A right output that something is done to.
fn edited(number: u32, problem: &Problem, operands: &Operands, edit: impl FnOnce(&mut [f32])) -> Vec<u8> {
    let mut output = vec![UNWRITTEN; problem.output_len() as usize];
    ExactSession::default().run(operands.case(problem), &mut output).unwrap();
    edit(&mut output);
    let mut bytes = Vec::new();
    put_output(problem, number, &output, &mut bytes);
    bytes
}

/// Answers rightly, but wrongly on problems of three images.
fn answer(how: &str, number: u32, problem: &Problem, operands: &Operands, is_last: bool) {
    let mut output = vec![UNWRITTEN; problem.output_len() as usize];
    ExactSession::default().run(operands.case(problem), &mut output).unwrap();
    let mut right = Vec::new();
    put_output(problem, number, &output, &mut right);
    let header = |tag, number, length| Header { tag, number, length }.to_bytes();
    // Numbers count on over a session, so a problem that is run again gets another one.
    match how {
        "killed-now-and-then" if number % 5 == 4 => {
            kill_process(getpid(), Signal::KILL).unwrap();
        }
        "answers-nothing" => hang(),
        "leaks" => std::mem::forget(vec![1u8; 1 << 16]),
        "aborts-now-and-then" if number % 5 == 4 => abort(),
        "counts" => {
            static SERVED: AtomicU32 = AtomicU32::new(0);
            let mut text = Vec::new();
            put_text(Tag::Error, number, &SERVED.fetch_add(1, Ordering::Relaxed).to_string(), &mut text);
            return say(&text);
        }
        _ => {}
    }
    if let Some((problems, signal)) = how.strip_prefix("slow, and after ").and_then(|rest| rest.split_once(' ')) {
        std::thread::sleep(std::time::Duration::from_millis(20));
        if LARGEST.fetch_add(1, Ordering::Relaxed) + 1 == problems.parse::<u32>().unwrap() {
            let signal = if signal == "interrupts" { Signal::INT } else { Signal::KILL };
            kill_process(getppid().unwrap(), signal).unwrap();
        }
    }
    if let Some(refused) = how.strip_prefix("refuses ") {
        return say(&narrow(refused, number, problem, operands));
    }
    if problem.batch != 3 {
        return say(&right);
    }
    let mut wrong = right.clone();
    match how {
        "dies-at-3" => {
            eprintln!("about to die");
            abort();
        }
        "exits-0-at-3" => exit(0),
        "hangs-at-3" => hang(),
        "truncates-3" => {
            say(&right[..right.len() / 2]);
            exit(1);
        }
        "prints-at-3" => say(b"WARNING: falling back to the slow path\n"),
        "half-then-stuck-3" => {
            say(&right[..right.len() / 2]);
            hang();
        }
        "unasked-3" => wrong[4..8].copy_from_slice(&(number + 100_000).to_le_bytes()),
        "two-gigabytes-3" => wrong[8..HEADER].copy_from_slice(&(1u64 << 31).to_le_bytes()),
        // More than a pipe holds.
        "shouts-3" => (0..1 << 16).for_each(|_| eprintln!("WARNING: a very long line about nothing at all, again")),
        "shouts-forever-3" => loop {
            eprintln!("WARNING: again");
        },
        "leaves-a-child-3" => {
            // It has this process's pipes, so that neither ends.
            std::process::Command::new("sleep").arg("1000").spawn().unwrap();
            exit(0);
        }
        "giant-3" => wrong[8..HEADER].copy_from_slice(&(1u64 << 60).to_le_bytes()),
        "long-3" => {
            wrong[8..HEADER].copy_from_slice(&(right.len() as u64 - 12).to_le_bytes());
            wrong.extend([0; 4]);
        }
        "short-3" => wrong = [&header(Tag::Output, number, 4)[..], &[0; 4]].concat(),
        "nan-shape-3" => {
            for extent in wrong[HEADER..HEADER + 16].chunks_exact_mut(4) {
                extent.copy_from_slice(&f32::NAN.to_le_bytes());
            }
        }
        "transposed-3" => wrong[HEADER..HEADER + 16].rotate_left(4),
        "wrong-number-3" => wrong[4..8].copy_from_slice(&(number + 1).to_le_bytes()),
        "asks-back-3" => wrong = header(Tag::Batch, 1, 0).to_vec(),
        "giant-text-3" => wrong = header(Tag::Error, number, 1 << 40).to_vec(),
        "no-reason-3" => wrong = header(Tag::Unsupported, number, 0).to_vec(),
        "unsupported-3" => {
            wrong.clear();
            put_text(Tag::Unsupported, number, "three images", &mut wrong);
        }
        "error-3" => {
            wrong.clear();
            put_text(Tag::Error, number, "status 9: no kernel found", &mut wrong);
        }
        "answers-3-twice" => wrong.extend(&right),
        "skips-3" if !is_last => wrong.clear(),
        "skips-3" => hang(),
        "slow-3" => std::thread::sleep(std::time::Duration::from_millis(50)),
        _ => {}
    }
    say(&wrong);
}
