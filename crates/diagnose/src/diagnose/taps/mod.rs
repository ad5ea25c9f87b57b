//! Taps: what a wrong output element really sums.
//!
//! Convolution is linear in the input and in the weights. So a backend can be asked, tap by tap: with one input element 1
//! and the others 0, an output element is the sum of the weights that this input element meets there. The weights hold
//! powers of four, and the sum is read as a number in base four: which weights, and how often. [`probe`](probe()) asks for
//! every input element; [`Story`] compares what was found with what should be, and says it in a sentence.

mod picture;
mod probe;
mod story;
#[cfg(test)]
mod tests;

pub use picture::picture;
pub use probe::{Probe, ProbeError, probe, runs_needed};
pub use story::{Story, story};
