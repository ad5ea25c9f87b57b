//! Diagnosis: what the failures of a map have in common.

mod around;
mod cluster;
mod domain;
mod evidence;
mod explain;
mod finding;
mod oracle;
mod pairs;
mod past;
mod repro;
mod smallest;
pub mod taps;
pub mod trigger;
mod twice;
mod values;
mod visibility;

pub use around::around;
pub use cluster::{Example, Group, Mark, cluster, cluster_by_region};
pub use domain::Domain;
pub use evidence::{Evidence, Neighbours, Other, Outcome, REPEATS, Repeats, neighbours};
pub use explain::{Allowance, Explanation, TAP_RUNS, Told, explain, telling};
pub use finding::{Finding, findings};
pub use oracle::{Known, Others, Passed, SymptomOracle, shows};
pub use pairs::{Pairs, Passing, most_pairs, pairs};
pub use past::{Before, Looking, Past, sequence};
pub use repro::{Outputs, Proof, Repro, ReproError, Tensors, Why};
pub use smallest::{foretold, smallest, smallest_within};
pub use values::Values;
pub use visibility::could_show;
