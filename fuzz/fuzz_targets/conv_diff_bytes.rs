//! As `conv_diff`, but libFuzzer mutates bytes, and problems are drawn from those. To measure what the mutator is worth:
//! see scripts/fuzz-figures.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| -> libfuzzer_sys::Corpus { convdiff_fuzz::run(bytes) });
