use super::*;
use crate::backend::{defect, registry};
use crate::judge::{Examiner, Settings};
use crate::problem::Problem;
use std::fmt::Write;

/// What is said of a planted defect on a problem.
fn told(name: &str, descriptor: &str) -> String {
    let problem: Problem = descriptor.parse().unwrap();
    let backend = registry::find(name).unwrap();
    let exact = registry::find("exact").unwrap();
    let mut examiner = Examiner::new(&*exact, &*backend, Settings::default()).unwrap();
    let observation = examiner.examine(&problem);
    assert!(observation.verdict.is_failure(), "{name} passes on {problem}");
    let wrong = examiner.wrong().to_vec();
    let mut session = backend.session().unwrap();
    match probe(session.as_mut(), &problem, &wrong, 100_000) {
        Err(error) => error.to_string(),
        Ok(found) => {
            found.verify(examiner.operands(), &wrong, examiner.actual()).unwrap();
            story(&problem, &wrong, &found, None).sentence()
        }
    }
}

#[test]
fn what_planted_defects_do_is_told() {
    let mut text = String::new();
    for (name, descriptor) in [
        ("coreml-2515", "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1"),
        ("channel-tail", "mb1ic6ih4iw4oc1oh3ow3kh2kw2ph0pw0"),
        ("output-channel-tail", "mb1ic1ih3iw3oc11oh2ow2kh2kw2ph0pw0"),
        ("pixel-tail", "mb1ic1ih4iw4oc1oh3ow3kh2kw2ph0pw0"),
        ("leftover-column", "mb1ic2ih4iw6oc1oh3ow2kh2kw3sh1sw2ph0pw0"),
        ("leftover-corner", "mb1ic2ih6iw6oc1oh2ow2kh3kw3sh2sw2ph0pw0"),
        ("pads-swapped", "mb1ic1ih4iw4oc1oh4ow4kh2kw2ph1pw0pr1pb0"),
        ("group-offset-lost", "g2mb1ic4ih3iw3oc4oh2ow2kh2kw2ph0pw0"),
        ("dilation-dropped-when-strided", "mb1ic1ih5iw7oc1oh4ow2kh2kw3sh1sw2dh0dw1ph0pw0"),
        ("bias-lost-in-groups", "g2mb1ic2ih2iw2oc2oh2ow2kh1kw1ph0pw0b1"),
        ("batch-stride", "mb2ic1ih3iw3oc1oh2ow2kh2kw2ph0pw0"),
        ("unwritten-rows", "g2mb1ic2ih5iw4oc2oh3ow4kh2kw1dh1ph0pw0"),
    ] {
        let name = format!("{}{name}", defect::PREFIX);
        writeln!(text, "{name}: {}", told(&name, descriptor)).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_right_backend_reads_what_it_should() {
    let problem: Problem = "g2mb2ic4ih4iw5oc4oh3ow3kh2kw3sh2sw2ph1pw1dh1b1".parse().unwrap();
    let backend = registry::find("direct").unwrap();
    let mut session = backend.session().unwrap();
    let all: Vec<usize> = (0..problem.output_len() as usize).collect();
    let found = probe(session.as_mut(), &problem, &all, 100_000).unwrap();
    for (&index, terms) in all.iter().zip(&found.terms) {
        assert_eq!(
            *terms,
            super::story::terms(&problem, super::reading::Reading::Right, super::story::element(&problem, index))
        );
    }
}

#[test]
fn the_budget_is_kept() {
    let problem: Problem = "mb1ic2ih5oc2kh3".parse().unwrap();
    let backend = registry::find("direct").unwrap();
    let error = probe(backend.session().unwrap().as_mut(), &problem, &[0], 10).unwrap_err();
    insta::assert_snapshot!(error);
}
