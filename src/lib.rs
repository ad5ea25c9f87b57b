//! Property-based differential fuzzing of 2-D convolution.
//!
//! Modules in reading order: [`problem`], [`operands`], [`backend`].
#![deny(missing_docs)]

pub mod backend;
pub mod diagnose;
pub mod export;
pub mod fuzz;
pub mod judge;
pub mod operands;
pub mod problem;
pub mod report;
pub mod run;
pub mod shrink;
pub mod sweep;
