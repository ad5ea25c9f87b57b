//! Issues as people see them.

use super::super::tests::{CORNER, edited_repro, evidence, host, repro};
use super::super::{Format, Subject, engine};
use crate::diagnose::{Repro, Why};
use crate::judge::Verdict;
use crate::operands::Fill;

fn issue(repro: &Repro, script: Option<&str>) -> String {
    let (evidence, host) = (evidence(repro), host());
    let engine = script.map(|name| engine(name).unwrap());
    let subject = Subject { engine, ..Subject::of(repro, Some(&evidence), &host) };
    Format::find("markdown").unwrap().export(&subject).unwrap()
}

#[test]
fn the_report_that_this_began_with() {
    insta::assert_snapshot!(issue(&repro("coreml-2515", CORNER, Fill::IntegersF16), Some("torch")));
}

/// As a shrunk repro has them; with a bias and asymmetric pads.
#[test]
fn a_repro_with_operands_that_no_fill_makes() {
    let descriptor = "mb1ic1ih2iw3oc1kh1kw2ph0pw0pb0pr1b1";
    let repro = edited_repro("end-pad-is-begin-pad", descriptor, Fill::Integers, |operands| operands.input[0] = 1.0);
    insta::assert_snapshot!(issue(&repro, None));
}

#[test]
fn an_output_that_is_not_the_same_each_time() {
    let text = issue(&repro("unwritten-rows", "g2mb1ic2ih5iw5oc2kh2kw2dh1dw0", Fill::Integers), None);
    assert!(text.starts_with("# defect:unwritten-rows (planted): conv2d is wrong at "), "{text}");
    assert!(text.contains("20× unstable, with "), "{text}");
}

#[test]
fn a_large_output_is_listed() {
    let text = issue(&repro("leftover-column", "mb1ic1ih40iw40oc1kh2kw2sh1sw3ph0pw0", Fill::Integers), None);
    assert!(text.contains("| element | expected | actual |"), "{text}");
    assert!(text.contains("… and 15 more."), "{text}");
}

/// Of a worker whose name wants quotes, with the operands of the fill.
fn without_output(verdict: Verdict, message: &str) -> Repro {
    let mut repro = repro("coreml-2515", CORNER, Fill::Integers);
    (repro.backend, repro.planted) = ("worker:python3 mine.py".into(), false);
    (repro.verdict, repro.region, repro.message) = (verdict, None, Some(message.into()));
    (repro.output.actual, repro.output.wrong) = (vec![], vec![]);
    repro.why = Some(Why {
        caveat: None,
        when: Some("always".into()),
        condition: Some("true".parse().unwrap()),
        failing: Some([5, 5]),
        passing: Some([0, 0]),
        what: Some("there is no output: it crashes (exited with status 1)".into()),
        seen_at: None,
        picture: None,
    });
    repro
}

fn issue_of_a_worker(repro: &Repro) -> String {
    let host = host();
    let text = Format::find("markdown").unwrap().export(&Subject::of(repro, None, &host)).unwrap();
    // The table of dialects and the operands are those of the report that this began with.
    let (head, rest) = text.split_once("## Problem").unwrap();
    format!("{head}…\n\n{}", &rest[rest.find("## When").unwrap()..])
}

#[test]
fn a_crash_with_what_the_process_said_last() {
    let repro =
        without_output(Verdict::Crashes, "exited with status 1\nTraceback (most recent call last):\nMemoryError");
    insta::assert_snapshot!(issue_of_a_worker(&repro));
}

#[test]
fn what_failed_in_a_sweep_and_fails_no_more() {
    insta::assert_snapshot!(issue_of_a_worker(
        &without_output(Verdict::Errors, "").not_again(Verdict::Unstable, "passed 20 times since")
    ));
}
