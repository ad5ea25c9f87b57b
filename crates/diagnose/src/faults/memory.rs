//! Input elements that are looked for elsewhere in memory.

use super::element::{Element, Window};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach};
use super::place::{in_pitch, in_tensor, index, linear};
use super::prediction::Prediction;
use super::shifted::Nearer;
use super::words::{far, signed};
use crate::problem::Problem;

/// What distances in memory are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Unit {
    Element,
    Row,
    Plane,
}

/// Each real element is read so many units further in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Memory {
    unit: Unit,
    by: Nearer,
}

impl Family for Memory {
    const WORD: &'static str = "memory-offset";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::UNLIKE;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        let elements = [1, -1, 2, -2].map(|by| (Unit::Element, by)).into_iter();
        let further = [Unit::Row, Unit::Plane].into_iter().flat_map(|unit| [1, -1].map(|by| (unit, by)));
        elements.chain(further).map(|(unit, by)| Self { unit, by: Nearer(by) }).collect()
    }

    fn parameters(self) -> Option<String> {
        let unit = match self.unit {
            Unit::Element => "elements",
            Unit::Row => "rows",
            Unit::Plane => "planes",
        };
        Some(format!("{unit}: {}", signed(self.by.0)))
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        let row = i64::from(problem.input.w);
        let unit = match self.unit {
            Unit::Element => 1,
            Unit::Row => row,
            Unit::Plane => row * i64::from(problem.input.h),
        };
        Prediction::of(&window, move |tap| {
            let place = window.place(tap);
            index(problem, place)?;
            window.with(tap, in_tensor(problem, linear(problem, place) + self.by.0 * unit))
        })
    }

    fn sentence(self) -> String {
        let (one, many) = match self.unit {
            Unit::Element => ("element", "elements"),
            Unit::Row => ("row's length", "rows' lengths"),
            Unit::Plane => ("plane's length", "planes' lengths"),
        };
        let side = if self.by.0 > 0 { "late" } else { "early" };
        format!("each input element is read {} too {side} in memory", far(self.by.0, one, many))
    }

    fn reach(self) -> Reach {
        Reach::Planes
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}

/// Rows are taken to be so many elements longer in memory than they are, within planes that are where they should be or
/// throughout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pitch {
    /// How many elements a row is thought to have besides its own.
    longer: i64,
    /// Whether planes begin where they should.
    planes: bool,
}

/// The nearer first, and of those the ones within planes.
impl Ord for Pitch {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (Nearer(self.longer), !self.planes).cmp(&(Nearer(other.longer), !other.planes))
    }
}

impl PartialOrd for Pitch {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Elements to a multiple of which rows may be thought to be rounded up.
const ROUNDED_TO: [i64; 3] = [4, 8, 16];

impl Family for Pitch {
    const WORD: &'static str = "row-pitch";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::UNLIKE;

    /// Rows rounded up to whole vectors, with their pads, of the other size, or one off.
    fn instances(problem: &Problem) -> Vec<Self> {
        let (rows, columns) = (i64::from(problem.input.h), i64::from(problem.input.w));
        let rounded = ROUNDED_TO.map(|to| (columns + to - 1) / to * to - columns);
        let padded = i64::from(problem.padding.left) + i64::from(problem.padding.right);
        let longer = rounded.into_iter().chain([padded, rows - columns, 1, -1]);
        let longer = longer.filter(|&longer| longer != 0 && columns + longer > 0);
        let mut all: Vec<Self> =
            longer.flat_map(|longer| [true, false].map(|planes| Self { longer, planes })).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn named() -> Vec<Self> {
        Vec::new()
    }

    /// How long rows are thought to be depends on how long they are.
    fn parameters(self) -> Option<String> {
        None
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        Prediction::of(&window, move |tap| {
            let place = window.place(tap);
            index(problem, place)?;
            window.with(tap, in_pitch(problem, place, self.longer, self.planes))
        })
    }

    fn sentence(self) -> String {
        let than = if self.longer > 0 { "longer" } else { "shorter" };
        let within = if self.planes { ", within planes that begin where they should" } else { "" };
        let far = far(self.longer, "element", "elements");
        format!("input rows are taken to be {far} {than} in memory than they are{within}")
    }

    fn reach(self) -> Reach {
        Reach::Planes
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}

/// From where places are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Scope {
    Plane,
    Image,
    Tensor,
}

impl Scope {
    const ALL: [Self; 3] = [Self::Plane, Self::Image, Self::Tensor];

    /// How many elements it has.
    fn elements(self, problem: &Problem) -> u64 {
        let tensor = problem.input_len();
        let image = tensor / u64::from(problem.batch);
        match self {
            Self::Plane => image / u64::from(problem.in_channels),
            Self::Image => image,
            Self::Tensor => tensor,
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Plane => ("plane", "a plane"),
            Self::Image => ("image", "an image"),
            Self::Tensor => ("tensor", "the tensor"),
        }
    }
}

/// Places in memory counted in so few bits, within planes, images or throughout, that they begin again from zero: the more bits, the fewer
/// elements should have been right and are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wrapped {
    bits: std::cmp::Reverse<u32>,
    scope: Scope,
}

/// Bits of types that places in memory may be counted in.
const BITS: [u32; 4] = [16, 15, 8, 7];

impl Family for Wrapped {
    const WORD: &'static str = "index-wrapped";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::LARGE;

    fn instances(problem: &Problem) -> Vec<Self> {
        let wraps = |wrapped: &Self| wrapped.scope.elements(problem) > 1 << wrapped.bits.0;
        Self::named().into_iter().filter(wraps).collect()
    }

    fn named() -> Vec<Self> {
        let bits = BITS.into_iter();
        bits.flat_map(|bits| Scope::ALL.map(|scope| Self { bits: std::cmp::Reverse(bits), scope })).collect()
    }

    fn parameters(self) -> Option<String> {
        Some(format!("bits: {}, {}", self.bits.0, self.scope.words().0))
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        let elements = self.scope.elements(problem);
        Prediction::of(&window, move |tap| {
            let at = index(problem, window.place(tap))? as u64;
            let within = at % elements;
            window.with(tap, Some((at - within + within % (1 << self.bits.0)) as usize))
        })
    }

    fn sentence(self) -> String {
        let (bits, of) = (self.bits.0, self.scope.words().1);
        let last = (1u64 << bits) - 1;
        format!(
            "the places of input elements in {of} are counted in {bits} bits: behind {last} they begin again from 0"
        )
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::Anywhere
    }
}
