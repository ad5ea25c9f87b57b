//! The map of verdicts over a space: one of the crates behind [convdiff](https://docs.rs/convdiff).
#![deny(missing_docs)]

use convdiff_backend::{backend, judge};
use convdiff_problem::{operands, problem};

pub mod sweep;
