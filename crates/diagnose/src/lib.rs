//! How failures are made small and explained: one of the crates behind [convdiff](https://docs.rs/convdiff).
#![deny(missing_docs)]

use convdiff_backend::{backend, judge};
use convdiff_problem::{operands, problem};
use convdiff_sweep::sweep;

pub mod diagnose;
pub mod faults;
pub mod shrink;
