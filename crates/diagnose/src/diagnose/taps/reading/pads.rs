//! Pads that hold something else than zeros, as frameworks' other padding modes have it.

use super::Place;
use crate::problem::Problem;

/// What the pads hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The nearest element of the input: ONNX' `edge`, PyTorch's `replicate`.
    Edge,
    /// The input mirrored, its edge not repeated: `reflect`.
    Reflect,
    /// The input's other side: `circular`, `wrap`.
    Circular,
}

/// The sides that may hold it: one, both of an axis, all. Fewer are the simpler story.
pub const SIDES: [[bool; 4]; 7] = [
    [true, false, false, false],
    [false, true, false, false],
    [false, false, true, false],
    [false, false, false, true],
    [true, false, true, false],
    [false, true, false, true],
    [true, true, true, true],
];

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Mode::Edge, Mode::Reflect, Mode::Circular];

    /// The place that is read for `place`, where it lies beyond one of `sides`.
    pub fn place(self, problem: &Problem, place: Place, [top, left, bottom, right]: [bool; 4]) -> Place {
        Place {
            row: self.along(place.row, problem.input.h, [top, bottom]),
            column: self.along(place.column, problem.input.w, [left, right]),
            ..place
        }
    }

    fn along(self, at: i64, size: u32, [begin, end]: [bool; 2]) -> i64 {
        let last = i64::from(size) - 1;
        if !((at < 0 && begin) || (at > last && end)) {
            return at;
        }
        match self {
            Mode::Edge => at.clamp(0, last),
            Mode::Reflect if at < 0 => -at,
            Mode::Reflect => 2 * last - at,
            Mode::Circular => at.rem_euclid(i64::from(size)),
        }
    }

    /// What happens.
    pub fn sentence(self, sides: [bool; 4]) -> String {
        let what = match (self, is_one(sides)) {
            (Mode::Edge, true) => "repeats the input's edge",
            (Mode::Edge, false) => "repeat the input's edge",
            (Mode::Reflect, true) => "mirrors the input",
            (Mode::Reflect, false) => "mirror the input",
            (Mode::Circular, true) => "goes on with the input's other side",
            (Mode::Circular, false) => "go on with the input's other side",
        };
        format!("{} {what} in place of zeros", pads(sides))
    }
}

/// The pads of these sides in words, as the subject of a sentence.
pub fn pads(sides: [bool; 4]) -> String {
    match sides {
        [true, true, true, true] => "the pads of all four sides".to_owned(),
        _ => format!("the {} {}", names(sides), if is_one(sides) { "pad" } else { "pads" }),
    }
}

/// Sides in words.
pub fn names(sides: [bool; 4]) -> String {
    let names =
        ["top", "left", "bottom", "right"].into_iter().zip(sides).filter_map(|(name, side)| side.then_some(name));
    let names: Vec<&str> = names.collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Whether it is one side.
pub fn is_one(sides: [bool; 4]) -> bool {
    sides.into_iter().filter(|&side| side).count() == 1
}
