//! The taps of some of a kernel's rows, columns and places.

use super::element::Tap;
use super::examples;
use super::family::Kinship;
use super::parts::Part;
use crate::problem::Problem;

/// Rows and columns that are asked after one by one.
const MOST_INSIDE: usize = 7;

/// Rows and columns from which on taps may be missing.
const MOST_BEGUN: usize = 4;

fn size(problem: &Problem, most: usize) -> [usize; 2] {
    [problem.kernel.h, problem.kernel.w].map(|size| (size as usize).min(most))
}

fn corners([rows, columns]: [usize; 2]) -> impl Iterator<Item = (usize, usize)> {
    (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)))
}

fn subject(row: &str, column: &str) -> String {
    format!("the taps [:, {row}, {column}] of channels, kernel rows and kernel columns are")
}

/// Those of one kernel row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row(usize);

impl Part for Row {
    const MISSING: &'static str = "kernel-row-missing";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::PLACES;

    fn instances(problem: &Problem) -> Vec<Self> {
        (0..size(problem, MOST_INSIDE)[0]).map(Self).collect()
    }

    fn named() -> Vec<Self> {
        (0..MOST_INSIDE).map(Self).collect()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.to_string())
    }

    fn has(self, _: &Problem, tap: Tap) -> bool {
        tap.row == self.0
    }

    fn subject(self) -> String {
        format!("the taps of kernel row {} are", self.0)
    }
}

/// Those of one kernel column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column(usize);

impl Part for Column {
    const MISSING: &'static str = "kernel-column-missing";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::PLACES;

    fn instances(problem: &Problem) -> Vec<Self> {
        (0..size(problem, MOST_INSIDE)[1]).map(Self).collect()
    }

    fn named() -> Vec<Self> {
        (0..MOST_INSIDE).map(Self).collect()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.to_string())
    }

    fn has(self, _: &Problem, tap: Tap) -> bool {
        tap.column == self.0
    }

    fn subject(self) -> String {
        format!("the taps of kernel column {} are", self.0)
    }
}

/// Those of one place of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfPlace(usize, usize);

impl Part for OfPlace {
    const MISSING: &'static str = "kernel-place-missing";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::PLACES;

    fn instances(problem: &Problem) -> Vec<Self> {
        corners(size(problem, MOST_INSIDE)).map(|(row, column)| Self(row, column)).collect()
    }

    fn named() -> Vec<Self> {
        corners([MOST_INSIDE; 2]).map(|(row, column)| Self(row, column)).collect()
    }

    fn parameters(self) -> Option<String> {
        Some(format!("{}, {}", self.0, self.1))
    }

    fn has(self, _: &Problem, tap: Tap) -> bool {
        (tap.row, tap.column) == (self.0, self.1)
    }

    fn subject(self) -> String {
        subject(&self.0.to_string(), &self.1.to_string())
    }
}

/// Those of kernel rows and columns that are both from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct From(usize, usize);

impl Part for From {
    const MISSING: &'static str = "kernel-corner-missing";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::PLACES;

    fn instances(problem: &Problem) -> Vec<Self> {
        let corners = corners(size(problem, MOST_BEGUN)).filter(|corner| *corner != (0, 0));
        corners.map(|(row, column)| Self(row, column)).collect()
    }

    fn named() -> Vec<Self> {
        let corners = corners([MOST_BEGUN; 2]).filter(|corner| *corner != (0, 0));
        corners.map(|(row, column)| Self(row, column)).collect()
    }

    fn parameters(self) -> Option<String> {
        Some(format!("{}, {}", self.0, self.1))
    }

    fn has(self, _: &Problem, tap: Tap) -> bool {
        tap.row >= self.0 && tap.column >= self.1
    }

    fn subject(self) -> String {
        let from = |begin: usize| if begin == 0 { ":".to_owned() } else { format!("{begin}:") };
        subject(&from(self.0), &from(self.1))
    }
}
