//! Random choices, as a function of a seed.

use rapidrand::rapidrng;

/// Where choices come from. A copy chooses the same again.
#[derive(Clone, Copy)]
pub(super) struct Choice(u64);

impl Choice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        rapidrng(&mut self.0)
    }

    /// A number below `count`, which must not be 0. Biased by less than one in 2^32: a multiplication for a division.
    pub fn below(&mut self, count: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(count)) >> 32) as u32
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    /// One of `values`, which must not be empty.
    pub fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u32) as usize]
    }

    /// `value` one up or one down, but never below `least`.
    pub fn nudged(&mut self, value: u32, least: u32) -> u32 {
        if self.once_in(2) || value <= least { value.saturating_add(1) } else { value - 1 }
    }
}
