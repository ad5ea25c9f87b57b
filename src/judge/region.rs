//! Where in the output the wrong elements sit.

use std::fmt;

/// The set of wrong output elements, named as a slice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(String);

impl Region {
    /// Names the set `wrong` of row-major indices, ascending and not empty, in an output of `shape` N×O×OH×OW.
    pub fn of(_shape: [usize; 4], wrong: &[usize]) -> Self {
        Self(format!("scattered {}", wrong.len()))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
