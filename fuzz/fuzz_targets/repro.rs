//! Any text is a repro file or an error; and what is read is written so that it reads the same.
#![no_main]

use convdiff::diagnose::Repro;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(repro) = Repro::parse(text) else { return };
    let written = repro.to_toml().expect("what was read can be written");
    // As text, for NaN isn't equal to itself.
    assert_eq!(Repro::parse(&written).and_then(|again| again.to_toml()).ok(), Some(written));
    let case = repro.case();
    assert_eq!(case.weights.len() as u64, repro.problem.weights_len());
});
