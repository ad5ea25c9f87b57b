//! Places in the input.

use crate::problem::Problem;

/// Where a tap reads: image, input channel over all groups, row and column, the latter two counted from the first real
/// element and possibly inside a pad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub image: i64,
    pub channel: i64,
    pub row: i64,
    pub column: i64,
}

/// The row-major index of a place, if it is an input element.
pub fn index(problem: &Problem, place: Place) -> Option<usize> {
    let real = |at: i64, size: u32| (0..i64::from(size)).contains(&at);
    let inside = real(place.image, problem.batch)
        && real(place.channel, problem.in_channels)
        && real(place.row, problem.input.h)
        && real(place.column, problem.input.w);
    inside.then(|| linear(problem, place) as usize)
}

/// The row-major index of a place, counted on where it lies outside its plane.
pub fn linear(problem: &Problem, place: Place) -> i64 {
    let size = |value: u32| i64::from(value);
    ((place.image * size(problem.in_channels) + place.channel) * size(problem.input.h) + place.row)
        * size(problem.input.w)
        + place.column
}

/// The same as an input element, if it is one.
pub fn in_tensor(problem: &Problem, linear: i64) -> Option<usize> {
    (0..problem.input_len() as i64).contains(&linear).then_some(linear as usize)
}

/// A place computed without asking whether it is inside its plane.
pub fn memory(problem: &Problem, place: Place) -> Option<usize> {
    in_tensor(problem, linear(problem, place))
}

/// A place computed with rows that are `longer` than they are by so many elements; in planes where they should be, or throughout.
pub fn in_pitch(problem: &Problem, place: Place, longer: i64, planes: bool) -> Option<usize> {
    let rows = i64::from(problem.input.h);
    let before = if planes {
        place.row
    } else {
        (place.image * i64::from(problem.in_channels) + place.channel) * rows + place.row
    };
    in_tensor(problem, linear(problem, place) + before * longer)
}
