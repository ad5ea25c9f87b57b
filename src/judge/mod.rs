//! Judging: what one backend did on one problem.

mod region;

pub use region::{Cut, Region, RegionShape, RegionShapeError, Sides};
