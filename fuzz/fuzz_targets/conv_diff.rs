//! A backend against a reference, problem by problem. See `convdiff::fuzz` for the variables that it is told by.
#![no_main]

use convdiff::fuzz::{Options, Outcome, Target};
use convdiff::problem::artifact;
use libfuzzer_sys::{Corpus, fuzz_crossover, fuzz_mutator, fuzz_target};
use std::cell::RefCell;
use std::sync::LazyLock;

static OPTIONS: LazyLock<Options> =
    LazyLock::new(|| Options::read(|name| std::env::var(name).ok()).unwrap_or_else(|error| stop(&error)));

thread_local! {
    static TARGET: RefCell<Target<'static>> =
        RefCell::new(Target::new(&OPTIONS).unwrap_or_else(|error| stop(&error)));
}

/// Ends the run without an artifact: the input isn't to blame.
fn stop(error: &dyn std::error::Error) -> ! {
    eprintln!("error: {error}{}", error.source().map(|source| format!(": {source}")).unwrap_or_default());
    std::process::exit(1)
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match TARGET.with_borrow_mut(|target| target.run(bytes)).unwrap_or_else(|error| stop(&error)) {
        Outcome::Rejected => return Corpus::Reject,
        Outcome::Passed => {}
        Outcome::Recorded(message) => eprint!("{message}"),
        Outcome::Failed(message) => panic!("{message}"),
    }
    Corpus::Keep
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    artifact::mutate(data, size, max_size, seed)
});

fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| { artifact::cross(one, other, out, seed) });
