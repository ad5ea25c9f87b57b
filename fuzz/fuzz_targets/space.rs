//! Any text is a space file or an error; and an index means the same problem both ways.
#![no_main]

use convdiff::problem::space::{Axes, Space};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(axes) = Axes::from_toml(text) else { return };
    assert_eq!(Axes::from_toml(&axes.to_toml()).as_ref(), Ok(&axes));
    let Ok(space) = Space::new(axes) else { return };
    for index in [0, space.len() / 3, space.len() / 2, space.len() - 1] {
        if let Ok(problem) = space.problem(index) {
            assert_eq!(space.index_of(&problem), Some(index), "{problem}");
        }
    }
});
