//! Judging: what one backend did on one problem.
//!
//! [`Verdict`] is the answer. [`bound`] says how far a right answer may be from the exact one, [`compare()`] finds the
//! elements that are further, [`Region`] names where they sit, and [`Examiner`] does all of it for one problem.

pub mod bound;
mod compare;
mod examine;
pub mod region;
mod symptom;
mod verdict;

pub use compare::{Difference, compare, position, same, same_bits};
pub use examine::{Examiner, Settings, reset, settle};
pub use region::{Cut, Noticing, Region, RegionShape, RegionShapeError, Sides, common, most_telling};
pub use symptom::{Symptom, common_words, without_numbers};
pub use verdict::{Observation, UnknownVerdict, Verdict};
