//! What the targets `conv_diff` and `conv_diff_bytes` share. See `convdiff::fuzz` for the variables that they are told by.

use convdiff::fuzz::{Options, Outcome, Target};
use libfuzzer_sys::Corpus;
use std::cell::RefCell;
use std::error::Error;
use std::sync::LazyLock;

static OPTIONS: LazyLock<Options> =
    LazyLock::new(|| Options::read(|name| std::env::var(name).ok()).unwrap_or_else(|error| stop(&error)));

thread_local! {
    static TARGET: RefCell<Target<'static>> = {
        work_alone();
        RefCell::new(Target::new(&OPTIONS).unwrap_or_else(|error| stop(&error)))
    };
}

/// Makes this thread the only one that engines divide their work among: a fuzzed problem is done before another thread has
/// woken up, and an input shall do the same each time.
fn work_alone() {
    // An error says that there are threads already, which costs time and no more.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
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
