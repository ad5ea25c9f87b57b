//! Pads that hold something else than zeros, as frameworks' other padding modes have it.

use super::element::{Element, Window, reached};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach};
use super::place::Place;
use super::prediction::Prediction;
use super::sides::Sides;
use crate::problem::Problem;
use std::fmt::Debug;
use std::hash::Hash;

/// What the pads hold.
pub trait Mode: Copy + Default + Debug + Ord + Hash + 'static {
    /// Its word in files.
    const WORD: &'static str;
    /// What a pad does, and what pads do.
    const SENTENCE: [&'static str; 2];

    /// The place along an axis of this size that is read for one beyond its edges.
    fn within(at: i64, size: i64) -> i64;
}

/// The nearest element of the input: ONNX' `edge`, PyTorch's `replicate`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge;

impl Mode for Edge {
    const WORD: &'static str = "pads-repeat-edge";
    const SENTENCE: [&'static str; 2] = ["repeats the input's edge", "repeat the input's edge"];

    fn within(at: i64, size: i64) -> i64 {
        at.clamp(0, size - 1)
    }
}

/// The input mirrored, its edge not repeated: `reflect`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reflect;

impl Mode for Reflect {
    const WORD: &'static str = "pads-mirror-input";
    const SENTENCE: [&'static str; 2] = ["mirrors the input", "mirror the input"];

    fn within(at: i64, size: i64) -> i64 {
        if at < 0 { -at } else { 2 * (size - 1) - at }
    }
}

/// The input's other side: `circular`, `wrap`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Circular;

impl Mode for Circular {
    const WORD: &'static str = "pads-wrap-input";
    const SENTENCE: [&'static str; 2] = ["goes on with the input's other side", "go on with the input's other side"];

    fn within(at: i64, size: i64) -> i64 {
        at.rem_euclid(size)
    }
}

/// Pads on these sides that hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PadsHold<M>(Sides, M);

impl<M: Mode> PadsHold<M> {
    fn along(at: i64, size: u32, [begin, end]: [bool; 2]) -> i64 {
        let size = i64::from(size);
        if (at < 0 && begin) || (at >= size && end) { M::within(at, size) } else { at }
    }
}

impl<M: Mode> Family for PadsHold<M> {
    const WORD: &'static str = M::WORD;
    const KINSHIP: Kinship = Kinship::Each;
    const EXAMPLE: &'static str = examples::PADDED;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        Sides::OF_AXES.map(|sides| Self(sides, M::default())).to_vec()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.parameters())
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        let Sides([top, left, bottom, right]) = self.0;
        Prediction::of(&window, move |tap| {
            let place = window.place(tap);
            let row = Self::along(place.row, problem.input.h, [top, bottom]);
            let column = Self::along(place.column, problem.input.w, [left, right]);
            window.read(tap, Place { row, column, ..place })
        })
    }

    fn sentence(self) -> String {
        let [one, several] = M::SENTENCE;
        format!("{} {} in place of zeros", self.0.pads(), self.0.which(one, several))
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, problem: &Problem) -> Hiding {
        Hiding::anywhere_if(self.0.meet(reached(problem)))
    }
}
