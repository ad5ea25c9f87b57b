//! `convdiff worker check`: what it says of a good worker, and of some that aren't.

use super::{command, limits};
use convdiff::backend::worker::Limits;
use convdiff::backend::worker::check::{Mark, check};
use insta::assert_snapshot;
use std::ffi::OsString;
use std::time::Duration;

fn report(command: Vec<OsString>, limits: Limits, shown: fn(Mark) -> bool) -> String {
    let mut report = String::new();
    check(command, limits, &mut |line| {
        if shown(line.mark) {
            report.push_str(&format!("{line}\n"));
        }
    });
    report
}

/// All that isn't right about a bad worker.
fn faults(how: &str) -> String {
    report(command("bad_worker", how), limits(how), |mark| mark != Mark::Right)
}

#[test]
fn a_good_worker_is_right_in_every_line() {
    let report = report(command("worker", "direct"), Limits::default(), |_| true);
    assert_snapshot!(report.replace(env!("CARGO_PKG_VERSION"), "VERSION"), @r#"
right  greets: direct VERSION, batches of at most 65536
right  one channel, nothing else: 4 right
right  rectangles: 4 right
right  channels: 6 right
right  batch: 3 right
right  bias: 3 right
right  stride: 5 right
right  dilation: 5 right
right  the same padding on all sides: 2 right
right  padding in h or in w: 3 right
right  padding that differs side by side: 5 right
right  padding beyond the kernel: 2 right
right  groups: 4 right
right  depthwise: 3 right
right  windows that don't reach the far edge: 3 right
right  everything at once: 3 right
right  each problem twice, with other operands: 110 right
right  1,000 problems in batches: 1000 right
right  a problem that is larger than a pipe: 1 right
right  takes a batch that comes in pieces
right  forgets what it has answered
right  ends when its input ends
"#);
}

#[test]
fn a_worker_without_a_greeting_is_one_line() {
    assert_snapshot!(faults("handshake-without-engine"), @r#"wrong  greets: its handshake is wrong: the handshake lacks "engine""#);
}

#[test]
fn the_parameter_that_is_wrong_is_named() {
    assert_snapshot!(faults("transposed-3"), @r#"
wrong  batch: 2 right, 1 wrong
       mb3ic2ih5iw5oc3oh4ow4kh2kw2ph0pw0: error: its output has shape [3, 4, 4, 3] instead of [3, 3, 4, 4]
wrong  each problem twice, with other operands: 108 right, 2 wrong
       mb3ic2ih5iw5oc3oh4ow4kh2kw2ph0pw0: error: its output has shape [3, 4, 4, 3] instead of [3, 3, 4, 4]
wrong  1,000 problems in batches: 982 right, 18 wrong
       mb3ic2ih5iw5oc3oh4ow4kh2kw2ph0pw0: error: its output has shape [3, 4, 4, 3] instead of [3, 3, 4, 4]
"#);
}

#[test]
fn a_worker_that_does_not_answer_is_not_asked_for_an_hour() {
    let limits = Limits { answer: Duration::from_millis(100), ..Limits::default() };
    let silent = report(command("bad_worker", "answers-nothing"), limits, |mark| mark != Mark::Right);
    assert_snapshot!(silent, @r#"
wrong  one channel, nothing else: 4 wrong
       mb1ic1ih5iw5oc1oh5ow5kh1kw1ph0pw0: no answer within 100ms
wrong  goes on: it isn't asked anything else, for it answered none of these. Answers must be flushed at the end of each batch
"#);
    assert_snapshot!(faults("hangs-at-3"), @r#"
wrong  batch: 2 right, 1 wrong
       mb3ic2ih5iw5oc3oh4ow4kh2kw2ph0pw0: no answer within 1s
wrong  goes on: it isn't asked anything else, for it left 1 without an answer
"#);
}

#[test]
fn what_is_unsupported_is_not_wrong() {
    assert_eq!(faults("unsupported-3"), "");
}

#[test]
fn what_is_kept_of_a_problem_and_used_for_the_next_is_seen() {
    let faults = faults("remembers-weights");
    assert!(faults.contains("wrong  each problem twice, with other operands: "), "{faults}");
}

#[test]
fn a_leak_is_seen() {
    // How much memory a page more or less takes is the allocator's business.
    let faults = faults("leaks");
    assert!(faults.starts_with("wrong  forgets what it has answered: its memory grows by "), "{faults}");
    assert_eq!(faults.lines().count(), 1);
}

#[test]
fn a_worker_must_end_with_its_input() {
    assert_snapshot!(faults("fails-at-the-end"), @r#"wrong  ends when its input ends: exited with status 1"#);
    assert_snapshot!(faults("stays"), @r#"wrong  ends when its input ends: nothing came within 1s"#);
}
