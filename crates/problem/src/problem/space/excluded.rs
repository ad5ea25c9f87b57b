//! Why a point of a space is no problem, and how often.

use std::fmt::{Display, Formatter};
use std::ops::AddAssign;

/// Why a point of a space is no problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Excluded {
    /// The kernel spans more than the padded input: the output would be empty.
    Kernel,
    /// More multiply-adds than `max_work`.
    Work,
    /// Operands and output take more than `max_memory`.
    Memory,
}

impl Excluded {
    /// All reasons.
    pub const ALL: [Excluded; 3] = [Excluded::Kernel, Excluded::Work, Excluded::Memory];
}

impl Excluded {
    /// The reason in words.
    pub fn reason(self) -> &'static str {
        match self {
            Excluded::Kernel => "the kernel doesn't fit the padded input",
            Excluded::Work => "more multiply-adds than max_work",
            Excluded::Memory => "operands and output larger than max_memory",
        }
    }
}

impl Display for Excluded {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        f.write_str(self.reason())
    }
}

/// How many points were excluded, by reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Exclusions([u64; Excluded::ALL.len()]);

impl Exclusions {
    /// Counts one point.
    pub fn count(&mut self, reason: Excluded) {
        self.0[reason as usize] += 1;
    }

    /// How many for this reason.
    pub fn of(&self, reason: Excluded) -> u64 {
        self.0[reason as usize]
    }

    /// How many for any reason.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

impl AddAssign for Exclusions {
    fn add_assign(&mut self, other: Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }
}
