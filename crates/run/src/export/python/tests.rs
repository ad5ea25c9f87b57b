//! Scripts as texts; `tests/exported_scripts.rs` runs them.

use super::super::tests::{CORNER, host, repro};
use super::super::{Format, Subject};
use super::{ENGINES, MOST_LINES, script};
use crate::operands::Fill;

#[test]
fn the_report_that_this_began_with() {
    let (repro, host) = (repro("coreml-2515", CORNER, Fill::IntegersF16), host());
    let subject = Subject::of(&repro, None, &host);
    for engine in &ENGINES {
        insta::assert_snapshot!(engine.name, script(&subject, engine));
    }
    // Nothing fails on any of the three, so the first of them it is.
    assert_eq!(Format::find("python").unwrap().export(&subject).unwrap(), script(&subject, &ENGINES[0]));
}

#[test]
fn a_backend_that_is_an_engine_decides() {
    let (mut repro, host) = (repro("coreml-2515", CORNER, Fill::IntegersF16), host());
    repro.backend = "torch".into();
    repro.planted = false;
    let text = Format::find("python").unwrap().export(&Subject::of(&repro, None, &host)).unwrap();
    assert!(text.starts_with("\"\"\"conv2d in torch: "), "{text}");
    assert!(text.contains("Seen in torch 0.1.0: differs at [:, :, -1, -1]."), "{text}");
}

#[test]
fn every_script_is_under_40_lines() {
    for descriptor in [
        CORNER,
        "mb1ic1ih1oc1kh1",
        "g2mb3ic4ih9iw8oc6kh3kw2ph2pw1dh1dw2b1",
        "mb1ic1ih5iw5oc1kh3kw3ph0pw0pb1pr2",
        "g8mb2ic8ih12oc8kh5ph2b1",
        "mb2ic16ih16oc8kh3ph1b1",
    ] {
        for fill in [Fill::Integers, Fill::IntegersF16, Fill::Normal, Fill::Extreme] {
            let (repro, host) = (repro("coreml-2515", descriptor, fill), host());
            for engine in &ENGINES {
                let script = script(&Subject::of(&repro, None, &host), engine);
                let lines = script.lines().count();
                assert!(lines <= MOST_LINES, "{lines} lines for {descriptor} on {}:\n{script}", engine.name);
                assert!(script.lines().nth(1).unwrap().starts_with("Planted: "), "{script}");
            }
        }
    }
}
