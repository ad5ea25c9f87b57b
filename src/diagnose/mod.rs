//! Diagnosis: what the failures of a map have in common.

mod evidence;
mod finding;
mod repro;
pub mod taps;
pub mod trigger;

pub use evidence::{Evidence, Neighbours, Other, Outcome, REPEATS, Repeats, neighbours};
pub use finding::{Finding, findings};
pub use repro::{Outputs, Repro, ReproError, Tensors};
