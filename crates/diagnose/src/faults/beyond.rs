//! What is read beyond the input's edges, where there should be zeros; and edges taken for pads.

use super::element::{Element, Window, reached};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach};
use super::place::{Place, memory};
use super::prediction::Prediction;
use super::sides::Sides;
use crate::problem::Problem;

/// Rows or columns of pads are read from memory as if the tensor went on there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PadsFromMemory(Sides);

/// The term of memory where `place` lies beyond no other sides than these: a corner lies beyond two, and is read only if both are.
fn from_memory(problem: &Problem, place: Place, sides: Sides) -> Option<usize> {
    let (rows, columns) = (i64::from(problem.input.h), i64::from(problem.input.w));
    let beyond = [place.row < 0, place.column < 0, place.row >= rows, place.column >= columns];
    let is_of_them = beyond.iter().zip(sides.0).all(|(beyond, side)| side || !beyond);
    if is_of_them { memory(problem, place) } else { None }
}

impl Family for PadsFromMemory {
    const WORD: &'static str = "pads-from-memory";
    const KINSHIP: Kinship = Kinship::Each;
    const EXAMPLE: &'static str = examples::PADDED;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        Sides::all().into_iter().map(Self).collect()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.parameters())
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        Prediction::of(&window, move |tap| window.with(tap, from_memory(problem, window.place(tap), self.0)))
    }

    fn sentence(self) -> String {
        let (pads, are) = (self.0.pads(), self.0.are());
        format!("{pads} {are} not zero: what lies there in memory is read, such as the next row's values")
    }

    fn reach(self) -> Reach {
        Reach::Planes
    }

    fn hides(self, problem: &Problem) -> Hiding {
        Hiding::anywhere_if(self.0.meet(reached(problem)))
    }
}

/// The first row or column of pads on these sides is read from memory, and what lies further out is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeFromMemory(Sides);

impl Family for EdgeFromMemory {
    const WORD: &'static str = "edge-from-memory";
    const KINSHIP: Kinship = Kinship::Each;
    const EXAMPLE: &'static str = examples::PADDED;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        Sides::OF_BOUNDS.map(Self).to_vec()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.parameters())
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        let far = |at: i64, size: u32| at < -1 || at > i64::from(size);
        Prediction::of(&window, move |tap| {
            let place = window.place(tap);
            let is_far = far(place.row, problem.input.h) || far(place.column, problem.input.w);
            window.with(tap, if is_far { None } else { from_memory(problem, place, self.0) })
        })
    }

    fn sentence(self) -> String {
        let (names, edge) = (self.0.names(), self.0.which("edge", "edges"));
        format!(
            "beyond the input's {names} {edge} one element more is read from memory in place of a zero, as by a bound that is off by one"
        )
    }

    fn reach(self) -> Reach {
        Reach::Planes
    }

    fn hides(self, problem: &Problem) -> Hiding {
        Hiding::anywhere_if(self.0.meet(reached(problem)))
    }
}

/// The first or last row or column of the input on these sides is taken for padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeAsPad(Sides);

impl Family for EdgeAsPad {
    const WORD: &'static str = "edge-as-pad";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::PADDED;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        Sides::OF_BOUNDS.map(Self).to_vec()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.parameters())
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        let (rows, columns) = (i64::from(problem.input.h), i64::from(problem.input.w));
        Prediction::of(&window, move |tap| {
            let place = window.place(tap);
            let edges = [place.row == 0, place.column == 0, place.row == rows - 1, place.column == columns - 1];
            let is_pad = edges.into_iter().zip(self.0.0).any(|(edge, side)| edge && side);
            if is_pad { None } else { window.read(tap, place) }
        })
    }

    fn sentence(self) -> String {
        let lines = self.0.lines(["first row", "first column", "last row", "last column"]);
        format!("the input's {lines} {} taken for padding", self.0.are())
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::Anywhere
    }
}
