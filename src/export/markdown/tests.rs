//! Issues as people see them.

use super::super::tests::{CORNER, edited_repro, evidence, host, repro};
use super::super::{Format, Subject, engine};
use crate::diagnose::Repro;
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
