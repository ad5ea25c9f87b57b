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

/// Whether two outputs are the same, bit for bit: the quick way to `agrees`, on which most end. So nothing stops at the first
/// difference, and the compiler takes several elements at once.
pub fn same_bits(expected: &[f32], actual: &[f32]) -> bool {
    expected.iter().zip(actual).fold(0, |different, (e, a)| different | (e.to_bits() ^ a.to_bits())) == 0
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
        region: Region::of(case.problem, wrong),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operands::Operands;
    use crate::problem::{Hw, Parameters, Problem};

    /// Judges one row of outputs of a 1×1 kernel of weight 1, whose input is what is expected.
    fn judge(expected: &[f32], actual: &[f32], strict: bool) -> Observation {
        let input = Hw { h: 1, w: expected.len() as u32 };
        let problem = Problem::new(Parameters { input, ..Parameters::default() }).unwrap();
        let operands = Operands { input: expected.to_vec(), weights: vec![1.0], bias: Vec::new() };
        let arithmetics = [Arithmetic::F32, Arithmetic::Exact];
        compare(operands.case(&problem), arithmetics, strict, expected, actual, &mut Vec::new())
    }

    #[test]
    fn zeros_and_nans_are_the_same_unless_strict() {
        let other_nan = f32::from_bits(0xffc0_0001);
        for (expected, actual) in [(0.0, -0.0), (f32::NAN, other_nan)] {
            assert_eq!(judge(&[expected], &[actual], false).verdict, Verdict::Agrees);
            assert_eq!(judge(&[expected], &[actual], true).verdict, Verdict::Differs);
        }
    }

    #[test]
    fn what_was_not_written_is_wrong_even_where_nan_is_right() {
        assert_eq!(judge(&[f32::NAN], &[UNWRITTEN], false).verdict, Verdict::Differs);
        assert_eq!(judge(&[1.5], &[UNWRITTEN], false).verdict, Verdict::Differs);
    }

    #[test]
    fn one_ulp_rounds_real_values_and_differs_on_integers() {
        let next = |v: f32| f32::from_bits(v.to_bits() + 1);
        assert_eq!(judge(&[0.1], &[next(0.1)], false).verdict, Verdict::Rounds);
        assert_eq!(judge(&[0.1], &[next(0.1)], true).verdict, Verdict::Differs);
        assert_eq!(judge(&[3.0], &[next(3.0)], false).verdict, Verdict::Differs);
        assert_eq!(judge(&[0.1], &[0.2], false).verdict, Verdict::Differs);
    }

    #[test]
    fn infinity_in_place_of_a_number_differs() {
        assert_eq!(judge(&[1.0], &[f32::INFINITY], false).verdict, Verdict::Differs);
        assert_eq!(judge(&[f32::INFINITY], &[f32::INFINITY], false).verdict, Verdict::Agrees);
        assert_eq!(judge(&[f32::INFINITY], &[f32::MAX], false).verdict, Verdict::Differs);
    }

    #[test]
    fn elements_inside_their_bound_are_no_part_of_the_region() {
        let actual = [f32::from_bits(0.1f32.to_bits() + 1), 0.2, 0.3, 7.0];
        let observation = judge(&[0.1, 0.2, 0.3, 0.4], &actual, false);
        let difference = observation.difference.unwrap();
        assert_eq!((observation.verdict, difference.wrong, difference.first), (Verdict::Differs, 1, [0, 0, 0, 3]));
        assert_eq!((difference.expected, difference.actual), (0.4, 7.0));
    }

    #[test]
    fn distances_in_ulp_cross_zero() {
        assert_eq!(ulps(0.0, -0.0), 0);
        assert_eq!(ulps(f32::from_bits(1), -f32::from_bits(2)), 3);
        assert_eq!(ulps(1.0, 1.0 + f32::EPSILON), 1);
        assert_eq!(ulps(f32::INFINITY, f32::NEG_INFINITY), 2 * 0x7f80_0000);
    }
}
