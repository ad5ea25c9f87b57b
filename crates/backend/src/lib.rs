//! What computes a problem, and how that is judged: one of the crates behind [convdiff](https://docs.rs/convdiff).
#![deny(missing_docs)]

use convdiff_problem::{operands, problem};

pub mod backend;
pub mod judge;
