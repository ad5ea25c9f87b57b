//! Diagnosis: what the failures of a map have in common.

mod evidence;
mod explain;
mod finding;
mod repro;
pub mod taps;
pub mod trigger;

pub use evidence::{Evidence, Neighbours, Other, Outcome, REPEATS, Repeats, neighbours};
pub use explain::{Explanation, SymptomOracle, TAP_RUNS, Told, explain};
pub use finding::{Finding, findings};
pub use repro::{Outputs, Proof, Repro, ReproError, Tensors};
