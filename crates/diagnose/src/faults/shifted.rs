//! Windows that stand aside.

use super::element::{Element, Window};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach};
use super::place::{Place, memory};
use super::prediction::Prediction;
use super::words::{far, right, signed};
use crate::problem::Problem;
use std::cmp::Reverse;

/// Rows and columns by which a window may stand aside.
const MOST_ASIDE: i64 = 4;

/// The window stands so many rows lower and columns further right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shifted {
    rows: i64,
    columns: i64,
}

/// The nearer first, and of those the ones further down and right.
impl Ord for Shifted {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |shift: &Self| (shift.rows.abs() + shift.columns.abs(), Reverse((shift.rows, shift.columns)));
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Shifted {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Family for Shifted {
    const WORD: &'static str = "window-shifted";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::DILATED;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        let aside = || -MOST_ASIDE..=MOST_ASIDE;
        let shifts = aside().flat_map(|rows| aside().map(move |columns| Self { rows, columns }));
        let mut shifts: Vec<Self> = shifts.filter(|shift| (shift.rows, shift.columns) != (0, 0)).collect();
        shifts.sort_unstable();
        shifts
    }

    fn parameters(self) -> Option<String> {
        let of = |axis: &str, by: i64| (by != 0).then(|| format!("{axis}: {}", signed(by)));
        let both: Vec<String> = [of("h", self.rows), of("w", self.columns)].into_iter().flatten().collect();
        Some(both.join(", "))
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        Prediction::of(&window, move |tap| {
            let place = window.place(tap);
            window.read(tap, Place { row: place.row + self.rows, column: place.column + self.columns, ..place })
        })
    }

    fn sentence(self) -> String {
        let down = |rows: i64| format!("{} too far {}", far(rows, "row", "rows"), if rows > 0 { "down" } else { "up" });
        match (self.rows, self.columns) {
            (rows, 0) => format!("the window is read {}", down(rows)),
            (0, columns) => format!("the window is read {}", right(columns)),
            (rows, columns) => format!("the window is read {} and {}", down(rows), right(columns)),
        }
    }

    fn reach(self) -> Reach {
        Reach::Pixels
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::Anywhere
    }
}

/// The window stands so many columns further right, and past the row's end it reads on in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShiftedOn(Nearer);

/// A distance: the nearer first, and of those the one further on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Nearer(pub i64);

impl Ord for Nearer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.abs(), Reverse(self.0)).cmp(&(other.0.abs(), Reverse(other.0)))
    }
}

impl PartialOrd for Nearer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Family for ShiftedOn {
    const WORD: &'static str = "window-shifted-on";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::UNLIKE;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        [1, -1, 2, -2].map(|by| Self(Nearer(by))).to_vec()
    }

    fn parameters(self) -> Option<String> {
        Some(format!("w: {}", signed(self.0.0)))
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        Prediction::of(&window, move |tap| {
            let place = window.place(tap);
            let moved = Place { column: place.column + self.0.0, ..place };
            let is_real = (0..i64::from(problem.input.h)).contains(&place.row) && moved.column >= 0;
            window.with(tap, is_real.then(|| memory(problem, moved)).flatten())
        })
    }

    fn sentence(self) -> String {
        format!(
            "the window is read {}, and past the end of a row it reads on in memory: the next row's first values",
            right(self.0.0)
        )
    }

    fn reach(self) -> Reach {
        Reach::Pixels
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::Anywhere
    }
}
