//! A backend against a reference, problem by problem.
#![no_main]

use convdiff::problem::artifact;
use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> libfuzzer_sys::Corpus { convdiff_fuzz::run(bytes) });

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    artifact::mutate(data, size, max_size, seed)
});

fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| { artifact::cross(one, other, out, seed) });
