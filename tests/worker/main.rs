//! Backends in other processes: right ones, and every way of being wrong that has been thought of.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod check;
mod sweep;

use convdiff::backend::worker::{Limits, Worker};
use convdiff::backend::{Backend, BackendError, Failure, UNWRITTEN, exact::Exact, registry};
use convdiff::operands::{Case, Fill, Operands};
use convdiff::problem::{Hw, Parameters, Problem};
use insta::assert_snapshot;
use std::ffi::OsString;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

/// An example's binary, which stands beside the tests' own folder.
fn example(name: &str) -> OsString {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    let path: PathBuf = path.join("examples").join(name);
    assert!(path.exists(), "{} is not built; `cargo build --examples` builds it", path.display());
    path.into()
}

fn command(example_name: &str, argument: &str) -> Vec<OsString> {
    vec![example(example_name), argument.into()]
}

/// Short deadlines only where a test waits for one to pass.
fn limits(how: &str) -> Limits {
    let defaults = Limits::default();
    match how {
        _ if how.contains("silent") => Limits { start: Duration::from_millis(300), ..defaults },
        "hangs-at-3" | "skips-3" | "stays" | "half-then-stuck-3" | "shouts-forever-3" | "leaves-a-child-3" => {
            Limits { answer: Duration::from_secs(1), ..defaults }
        }
        _ => defaults,
    }
}

fn bad(how: &str) -> Worker {
    Worker::external(format!("worker:{how}"), command("bad_worker", how), limits(how)).unwrap()
}

/// Problems of 1 to 5 images; what is wrong is wrong with 3.
fn problems() -> Vec<(Problem, Operands)> {
    let problem = |batch| {
        let parameters = Parameters {
            batch,
            out_channels: 2,
            input: Hw { h: 4, w: 3 },
            kernel: Hw::square(2),
            bias: true,
            ..Default::default()
        };
        let problem = Problem::new(parameters).unwrap();
        let mut operands = Operands::default();
        operands.fill(&problem, Fill::Integers, 1);
        (problem, operands)
    };
    (1..=5).map(problem).collect()
}

fn outputs(problems: &[(Problem, Operands)]) -> Vec<Vec<f32>> {
    problems.iter().map(|(problem, _)| vec![UNWRITTEN; problem.output_len() as usize]).collect()
}

/// Runs all in one batch; what is answered must be right. One line a problem.
fn run(worker: &dyn Backend) -> Vec<Result<(), Failure>> {
    let problems = problems();
    let cases: Vec<Case<'_>> = problems.iter().map(|(problem, operands)| operands.case(problem)).collect();
    let mut actual = outputs(&problems);
    let mut results = Vec::new();
    let mut slices: Vec<&mut [f32]> = actual.iter_mut().map(Vec::as_mut_slice).collect();
    worker.session().unwrap().run_batch(&cases, &mut slices, &mut results);
    assert_answers_are_right(&cases, &actual, &results);
    results
}

fn assert_answers_are_right(cases: &[Case<'_>], actual: &[Vec<f32>], results: &[Result<(), Failure>]) {
    let mut exact = Exact.session().unwrap();
    for ((&case, actual), result) in cases.iter().zip(actual).zip(results) {
        let mut expected = vec![UNWRITTEN; actual.len()];
        exact.run(case, &mut expected).unwrap();
        assert!(result.is_err() || *actual == expected, "{:?} was answered wrongly", case.problem);
    }
}

/// What the third problem comes to. The others must be answered.
fn third(how: &str) -> String {
    let worker = bad(how);
    let results = run(&worker);
    let others = [0, 1, 3, 4].map(|at: usize| results[at].clone());
    assert_eq!(others, [const { Ok(()) }; 4], "{how}");
    results[2].as_ref().map_or_else(ToString::to_string, |()| "answered".to_owned())
}

/// Why a worker can't be started.
fn start(how: &str) -> String {
    match Worker::external("worker:bad".to_owned(), command("bad_worker", how), limits(how)) {
        Err(BackendError::Start { reason, .. }) => reason,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("{how} was started"),
    }
}

fn lines(cases: &[&str], line: fn(&str) -> String) -> String {
    cases.iter().map(|case| format!("{case}: {}\n", line(case))).collect()
}

#[test]
fn a_backend_of_ours_is_the_same_in_its_own_process() {
    for name in ["exact", "direct", "im2col"] {
        let backend = registry::find(name).unwrap();
        let worker = Worker::isolating(backend.clone(), command("worker", name), Limits::default()).unwrap();
        assert_eq!(run(&worker), [const { Ok(()) }; 5], "{name}");
        assert_eq!((worker.name(), worker.kind(), worker.version()), (name, backend.kind(), backend.version()));
        assert_eq!(worker.remarks(), [""; 0]);
    }
}

#[test]
fn a_worker_that_never_greets_is_one_clear_line() {
    let cases = [
        "silent",
        "exits-at-once",
        "fails-at-once",
        "aborts-at-once",
        "chatty-before-handshake",
        "garbage",
        "half-a-handshake",
        "half-a-handshake-then-silent",
        "wrong-version",
        "giant-handshake",
        "answers-before-handshake",
        "handshake-without-engine",
        "handshake-not-text",
        "handshake-without-keys",
        "handshake-of-unknown-arithmetic",
        "handshake-of-f16-only",
        "closes-output",
    ];
    assert_snapshot!(lines(&cases, start), @r#"
silent: no handshake within 300ms
exits-at-once: it ended before its handshake: exited with status 0
fails-at-once: it ended before its handshake: exited with status 3
ImportError: no module named engine
aborts-at-once: it ended before its handshake: killed by SIGABRT
chatty-before-handshake: its handshake is wrong: "Loading engine, " stands where a frame should begin; what an engine prints belongs on standard error
garbage: its handshake is wrong: "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" stands where a frame should begin; what an engine prints belongs on standard error
half-a-handshake: it ended before its handshake: exited with status 0 inside a frame
half-a-handshake-then-silent: no handshake within 300ms
wrong-version: its handshake is wrong: it speaks version 2 of the protocol, and this convdiff speaks version 1
giant-handshake: its handshake is wrong: a handshake of 18446744073709551615 bytes was announced; 65536 is the most that fits here
answers-before-handshake: its handshake is wrong: a DONE frame came where the handshake was due
handshake-without-engine: its handshake is wrong: the handshake lacks "engine"
handshake-not-text: its handshake is wrong: the handshake is not UTF-8
handshake-without-keys: its handshake is wrong: the handshake's line "hello there" is not `key: value`
handshake-of-unknown-arithmetic: its handshake is wrong: the handshake says arithmetic: "f8"; it must be exact, f32, f32-transformed, f16 or bf16
handshake-of-f16-only: its handshake is wrong: the handshake says dtypes: "f16"; it must be a list that holds f32: operands and outputs travel as f32
closes-output: it ended before its handshake: closed its standard output and went on
"#);
}

#[test]
fn a_command_that_is_none_is_one_clear_line() {
    for command in [vec![], vec![OsString::from("/no/such/worker")]] {
        let error = Worker::external("worker:x".to_owned(), command, Limits::default()).err().unwrap();
        assert!(matches!(error, BackendError::Start { .. }), "{error}");
    }
}

#[test]
fn what_goes_wrong_on_one_problem_is_that_problem_s_and_nobody_else_s() {
    let cases = [
        "dies-at-3",
        "exits-0-at-3",
        "hangs-at-3",
        "truncates-3",
        "prints-at-3",
        "giant-3",
        "long-3",
        "short-3",
        "nan-shape-3",
        "transposed-3",
        "wrong-number-3",
        "asks-back-3",
        "giant-text-3",
        "no-reason-3",
        "unsupported-3",
        "error-3",
        "answers-3-twice",
        "skips-3",
        "slow-3",
        "half-then-stuck-3",
        "unasked-3",
        "two-gigabytes-3",
        "shouts-3",
        "shouts-forever-3",
        "leaves-a-child-3",
        "greets-from-the-future",
    ];
    assert_snapshot!(lines(&cases, third), @r#"
dies-at-3: crash: killed by SIGABRT
about to die
exits-0-at-3: crash: exited with status 0
hangs-at-3: no answer within 1s
truncates-3: crash: exited with status 1 inside a frame
prints-at-3: error: the answer is broken: "WARNING: falling" stands where a frame should begin; what an engine prints belongs on standard error
giant-3: error: the answer is broken: an output of 1152921504606846976 bytes was announced; 16777376 is the most that fits here
long-3: error: its output has 148 bytes of values instead of 144
short-3: error: its output has 4 bytes, too few for a shape
nan-shape-3: error: its output has shape [2143289344, 2143289344, 2143289344, 2143289344] instead of [3, 2, 3, 2]
transposed-3: error: its output has shape [2, 3, 2, 3] instead of [3, 2, 3, 2]
wrong-number-3: error: the answer is broken: an answer has the number +1 away from the one that is due; answers come in order, one each
asks-back-3: error: the answer is broken: a BTCH frame came where an answer was due
giant-text-3: error: the answer is broken: a text of 1099511627776 bytes was announced; 65536 is the most that fits here
no-reason-3: unsupported: no reason given
unsupported-3: unsupported: three images
error-3: error: status 9: no kernel found
answers-3-twice: answered
skips-3: no answer within 1s
slow-3: answered
half-then-stuck-3: no answer within 1s
unasked-3: error: the answer is broken: an answer has the number +100000 away from the one that is due; answers come in order, one each
two-gigabytes-3: error: the answer is broken: an output of 2147483648 bytes was announced; 16777376 is the most that fits here
shouts-3: answered
shouts-forever-3: no answer within 1s
leaves-a-child-3: crash: exited with status 0
greets-from-the-future: answered
"#);
}

#[test]
fn a_worker_that_answers_nothing_at_all_is_given_up() {
    let worker = bad("dies-after-handshake");
    let mut session = worker.session().unwrap();
    let problems = problems();
    let (problem, operands) = &problems[0];
    let failure = (0..100)
        .map(|_| session.run(operands.case(problem), &mut outputs(&problems)[0]).unwrap_err())
        .find(|failure| matches!(failure, Failure::Lost(_)));
    assert_snapshot!(failure.unwrap(), @r#"worker:dies-after-handshake answered none of the first 32 problems; the last: crash: exited with status 7"#);
}

/// Three batches of two parts each, every one begun before the one in front of it is asked for: what they come to.
fn run_ahead(worker: &dyn Backend) -> [Vec<Result<(), Failure>>; 3] {
    let problems = [(); 14].map(|()| problems()).concat();
    let cases: Vec<Case<'_>> = problems.iter().map(|(problem, operands)| operands.case(problem)).collect();
    let mut session = worker.session().unwrap();
    session.begin(&cases);
    [1, 2, 3].map(|batch| {
        if batch < 3 {
            session.begin(&cases);
        }
        let mut actual = outputs(&problems);
        let mut results = Vec::new();
        let mut slices: Vec<&mut [f32]> = actual.iter_mut().map(Vec::as_mut_slice).collect();
        session.run_batch(&cases, &mut slices, &mut results);
        assert_answers_are_right(&cases, &actual, &results);
        results
    })
}

#[test]
fn batches_that_are_begun_ahead_come_to_the_same() {
    for how in ["well", "dies-at-3", "prints-at-3", "error-3", "killed-now-and-then"] {
        let one_by_one = [(); 14].map(|()| run(&bad(how))).concat();
        for results in run_ahead(&bad(how)) {
            assert_eq!(results, one_by_one, "{how}");
        }
    }
}

#[test]
fn processes_that_somebody_kills_change_no_answer() {
    let worker = bad("killed-now-and-then");
    for _ in 0..10 {
        assert_eq!(run(&worker), [const { Ok(()) }; 5]);
    }
    let killed = worker.remarks();
    assert!(killed[0].ends_with("worker processes were killed from outside and replaced"), "{killed:?}");
}

#[test]
fn an_end_that_no_problem_alone_repeats_is_remarked() {
    let worker = bad("aborts-now-and-then");
    assert_eq!(run(&worker), [const { Ok(()) }; 5]);
    assert_snapshot!(worker.remarks().join("\n"), @r#"worker:aborts-now-and-then: 1 times a worker process ended or hung in a way that no problem alone repeats"#);
}

#[test]
fn a_process_that_has_grown_too_large_is_replaced() {
    let limits = Limits { memory: 1, ..Limits::default() };
    let worker = Worker::external("worker:counts".to_owned(), command("bad_worker", "counts"), limits).unwrap();
    let mut session = worker.session().unwrap();
    let (problem, operands) = &problems()[0];
    let mut output = [0.0; 12];
    let served: Vec<u32> = (0..1100)
        .map(|_| match session.run(operands.case(problem), &mut output) {
            Err(Failure::Error(served)) => served.parse().unwrap(),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected: Vec<u32> = (0..1024).chain(0..76).collect();
    assert_eq!(served, expected);
}

#[test]
fn a_session_leaves_its_process_to_the_next_one() {
    let worker = bad("counts");
    let (problem, operands) = &problems()[0];
    for served in ["0", "1", "2"] {
        let mut session = worker.session().unwrap();
        let result = session.run(operands.case(problem), &mut [0.0; 12]);
        assert_eq!(result, Err(Failure::Error(served.to_owned())));
    }
}

#[cfg(target_os = "linux")]
mod ends {
    //! No zombie and no orphan.

    use super::*;
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    use std::process::Stdio;

    /// A pipe, and the command of a worker that tells its process id there.
    fn telling(folder: &Path, how: &str) -> (PathBuf, Vec<OsString>) {
        let pipe = folder.join("pid");
        if !pipe.exists() {
            assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        }
        let mut telling: OsString = "PID_TO=".into();
        telling.push(&pipe);
        (pipe, vec!["env".into(), telling, example("bad_worker"), how.into()])
    }

    fn told(pipe: PathBuf) -> u32 {
        std::fs::read_to_string(pipe).unwrap().parse().unwrap()
    }

    #[test]
    fn a_dropped_worker_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, command) = telling(folder.path(), "tells-at-once");
        let pid = std::thread::spawn(|| told(pipe));
        let worker = Worker::external("worker:idle".to_owned(), command, Limits::default()).unwrap();
        let process = PathBuf::from(format!("/proc/{}", pid.join().unwrap()));
        assert!(process.exists());
        drop(worker);
        assert!(!process.exists());
    }

    #[test]
    fn a_worker_that_hangs_dies_with_a_convdiff_that_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, _) = telling(folder.path(), "hangs-at-3");
        let mut host = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "ends::host", "--quiet"])
            .env("FOLDER", folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let worker = Pid::from_raw(told(pipe) as i32).unwrap();
        let worker = pidfd_open(worker, PidfdFlags::empty()).unwrap();
        host.kill().unwrap();
        host.wait().unwrap();
        // The test's own time limit is the only one: it ends when the worker does.
        poll(&mut [PollFd::new(&worker, PollFlags::IN)], None).unwrap();
    }

    #[test]
    #[ignore = "the process that the test above kills"]
    fn host() {
        let folder = std::env::var_os("FOLDER").unwrap();
        let (_, command) = telling(Path::new(&folder), "hangs-at-3");
        let limits = Limits { answer: Duration::from_secs(600), ..Limits::default() };
        let worker = Worker::external("worker:hangs".to_owned(), command, limits).unwrap();
        run(&worker);
    }
}
