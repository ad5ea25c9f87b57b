//! The first of the crates behind [convdiff](https://docs.rs/convdiff): problems and their operands.
#![deny(missing_docs)]

pub mod operands;
pub mod problem;
