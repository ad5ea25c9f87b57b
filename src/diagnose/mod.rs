//! Diagnosis: what the failures of a map have in common.

mod finding;
mod repro;
pub mod taps;
pub mod trigger;

pub use finding::{Finding, findings};
pub use repro::{Outputs, Repro, ReproError, Tensors};
