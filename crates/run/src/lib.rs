//! Whole runs, and what people read of them: one of the crates behind [convdiff](https://docs.rs/convdiff).
#![deny(missing_docs)]

use convdiff_backend::judge;
use convdiff_diagnose::{diagnose, faults};
use convdiff_engines as backend;
use convdiff_problem::{operands, problem};
use convdiff_sweep::sweep;

pub mod evaluate;
pub mod export;
pub mod fuzz;
pub mod report;
pub mod run;
