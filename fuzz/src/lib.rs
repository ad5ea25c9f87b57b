//! What the targets `conv_diff` and `conv_diff_bytes` share. See `convdiff::fuzz` for the variables that they are told by.

use convdiff::fuzz::{Options, Outcome, Target};
use libfuzzer_sys::Corpus;
use std::cell::RefCell;
use std::error::Error;
use std::sync::LazyLock;

static OPTIONS: LazyLock<Options> =
    LazyLock::new(|| Options::read(|name| std::env::var(name).ok()).unwrap_or_else(|error| stop(&error)));

thread_local! {
    static TARGET: RefCell<Target<'static>> =
        RefCell::new(Target::new(&OPTIONS).unwrap_or_else(|error| stop(&error)));
}

/// Runs one input; a failure that nobody records is a panic, so that libFuzzer saves the input.
pub fn run(bytes: &[u8]) -> Corpus {
    match TARGET.with_borrow_mut(|target| target.run(bytes)).unwrap_or_else(|error| stop(&error)) {
        Outcome::Rejected => return Corpus::Reject,
        Outcome::Passed => {}
        Outcome::Recorded(message) => eprint!("{message}"),
        Outcome::Failed(message) => panic!("{message}"),
    }
    Corpus::Keep
}

/// Ends the run without an artifact, for the input isn't to blame.
fn stop(error: &dyn Error) -> ! {
    eprint!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprint!(": {cause}");
        source = cause.source();
    }
    eprintln!();
    std::process::exit(1)
}
