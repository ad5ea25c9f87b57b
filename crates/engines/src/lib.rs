//! Backends, as the crate `convdiff` shows them: all of the crate `convdiff-backend`, with engine crates, and all by name.
//!
//! Apart from the rest of [convdiff](https://docs.rs/convdiff), which needn't wait for an engine to be compiled.
#![deny(missing_docs)]

#[cfg(any(feature = "rten", feature = "tract", feature = "candle", feature = "burn", feature = "ort"))]
use convdiff_problem::{operands, problem};

#[cfg(feature = "burn")]
pub mod burn;
#[cfg(feature = "candle")]
pub mod candle;
#[cfg(feature = "ort")]
pub mod ort;
pub mod registry;
#[cfg(feature = "rten")]
pub mod rten;
#[cfg(any(feature = "rten", feature = "tract", feature = "candle", feature = "burn", feature = "ort"))]
mod shapes;
#[cfg(feature = "tract")]
pub mod tract;

pub use convdiff_backend::backend::*;
