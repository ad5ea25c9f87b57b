//! Comparing an output with the reference's.
//!
//! +0 equals -0 and every NaN equals every NaN: IEEE 754 leaves the sign of a zero sum to the order of summation and a
//! NaN's payload to the hardware. `strict` compares bits instead. An element that still holds
//! [`UNWRITTEN`] is wrong either way.

use super::bound::Bounds;
use super::region::Region;
use super::verdict::{Observation, Verdict};
use crate::backend::{Arithmetic, UNWRITTEN};
use crate::operands::Case;

/// The elements that are off, and by how much.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// How many elements are off.
    pub wrong: usize,
    /// How many elements there are.
    pub elements: usize,
    /// Where the wrong elements sit.
    pub region: Region,
    /// First wrong element in row-major order: image, channel, row, column.
    pub first: [usize; 4],
    /// What the reference has there.
    pub expected: f32,
    /// What the backend has there.
    pub actual: f32,
    /// Largest distance from the reference, NaN where one of the two is.
    pub largest_error: f64,
    /// The same in units in the last place: how many f32 lie between.
    pub largest_ulp: u32,
    /// The same in units of the element's bound; infinite where the bound is 0.
    pub largest_in_bounds: f64,
}

/// Whether two elements count as the same number.
pub fn same(expected: f32, actual: f32, strict: bool) -> bool {
    if strict || actual.to_bits() == UNWRITTEN.to_bits() {
        return expected.to_bits() == actual.to_bits();
    }
    expected == actual || (expected.is_nan() && actual.is_nan())
}

/// Whether two outputs are the same, bit for bit: the quick way to `agrees`.
pub fn same_bits(expected: &[f32], actual: &[f32]) -> bool {
    expected.iter().zip(actual).all(|(e, a)| e.to_bits() == a.to_bits())
}

/// Judges `actual` against `expected`; both are the case's output, row-major. `wrong` is a buffer that is
/// left holding the indices of the elements that are off, ascending.
pub fn compare(
    case: Case<'_>,
    [backend, reference]: [Arithmetic; 2],
    strict: bool,
    expected: &[f32],
    actual: &[f32],
    wrong: &mut Vec<usize>,
) -> Observation {
    wrong.clear();
    if same_bits(expected, actual) {
        return Observation::AGREES;
    }
    wrong.extend((0..expected.len()).filter(|&i| !same(expected[i], actual[i], strict)));
    if wrong.is_empty() {
        return Observation::AGREES;
    }
    let bounds = Bounds::of(case, backend, reference);
    let outside = |i: usize| strict || unwritten(actual[i]) || error(expected[i], actual[i]) > bounds.element(i);
    // Elements inside their bound are no part of what is wrong, where others are outside theirs.
    let verdict = if wrong.iter().any(|&i| outside(i)) {
        wrong.retain(|&i| outside(i));
        Verdict::Differs
    } else {
        Verdict::Rounds
    };
    let difference = measure(case, &bounds, expected, actual, wrong);
    Observation { verdict, difference: Some(difference), message: None }
}

fn unwritten(actual: f32) -> bool {
    actual.to_bits() == UNWRITTEN.to_bits()
}

/// Distance of two elements that are not the same number; infinite where only one of them is infinite or NaN.
fn error(expected: f32, actual: f32) -> f64 {
    let distance = (f64::from(actual) - f64::from(expected)).abs();
    if distance.is_nan() { f64::INFINITY } else { distance }
}

fn measure(case: Case<'_>, bounds: &Bounds<'_>, expected: &[f32], actual: &[f32], wrong: &[usize]) -> Difference {
    let p = case.problem;
    let output = p.output();
    let shape = [p.batch as usize, p.out_channels as usize, output.h as usize, output.w as usize];
    let mut difference = Difference {
        wrong: wrong.len(),
        elements: expected.len(),
        region: Region::of(shape, wrong),
        first: position(shape, wrong[0]),
        expected: expected[wrong[0]],
        actual: actual[wrong[0]],
        largest_error: 0.0,
        largest_ulp: 0,
        largest_in_bounds: 0.0,
    };
    for &i in wrong {
        let error = error(expected[i], actual[i]);
        let bound = bounds.element(i);
        let in_bounds = if bound == 0.0 { f64::INFINITY } else { error / bound };
        difference.largest_error = difference.largest_error.max(error);
        difference.largest_ulp = difference.largest_ulp.max(ulps(expected[i], actual[i]));
        // An infinite error inside an infinite bound (overflow on both sides) counts as 0 bounds.
        if !in_bounds.is_nan() {
            difference.largest_in_bounds = difference.largest_in_bounds.max(in_bounds);
        }
    }
    difference
}

/// Row-major index to image, channel, row, column.
pub fn position(shape: [usize; 4], index: usize) -> [usize; 4] {
    let [_, channels, rows, columns] = shape;
    [index / (channels * rows * columns), index / (rows * columns) % channels, index / columns % rows, index % columns]
}

/// How many f32 lie between two: distance on the number line of all f32, on which -0 and +0 are one place.
fn ulps(a: f32, b: f32) -> u32 {
    let place = |v: f32| {
        let magnitude = i64::from(v.to_bits() & 0x7fff_ffff);
        if v.is_sign_negative() { -magnitude } else { magnitude }
    };
    // The whole line is 2·0x7fffffff places long, which fits.
    (place(a) - place(b)).unsigned_abs() as u32
}
