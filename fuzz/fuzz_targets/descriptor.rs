//! Any text is a descriptor, or an error that points into it; and what is read is written so that it reads the same.
#![no_main]

use convdiff::problem::Problem;
use convdiff::problem::list::Problems;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<Problem>() {
        Ok(problem) => assert_eq!(problem.to_string().parse(), Ok(problem)),
        Err(error) => assert!(text.is_char_boundary(error.offset), "{error}"),
    }
    for problem in Problems::new(text.as_bytes()).flatten() {
        assert_eq!(problem.to_string().parse(), Ok(problem));
    }
});
