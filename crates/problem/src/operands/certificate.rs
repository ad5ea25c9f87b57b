//! What can be said of actual operands: that sums of them are exact, and that they notice a wrong tap.
//!
//! Both are measured, not believed: operands may come from a file. The [fill](super::fill()) gives both by
//! construction, and tests prove that on whole small spaces.

use super::Case;
use thiserror::Error;

/// Integers up to this magnitude are exact in f32, and so is every sum of integers that stays below it: 2^24.
pub const EXACT_IN_F32: f64 = (1 << 24) as f64;

/// The same for f16: 2^11.
pub const EXACT_IN_F16: f64 = (1 << 11) as f64;

/// How large any partial sum of any output element can become, whatever the order of its terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exactness {
    /// Whether all operands are integers, and so finite.
    pub integers: bool,
    /// `taps · max|x| · max|w| + max|b|`, which no `Σ|x·w| + |b|` exceeds; infinite where an operand isn't finite.
    pub bound: f64,
}

impl Exactness {
    /// Looks at each operand once.
    pub fn of(case: Case<'_>) -> Self {
        let tensors = [case.input, case.weights, case.bias];
        let integers = tensors.iter().all(|values| values.iter().all(|value| value.fract() == 0.0));
        let [x, w, b] = tensors.map(largest);
        // In this order, because infinity times zero is no bound.
        let bound =
            if [x, w, b].contains(&f64::INFINITY) { f64::INFINITY } else { case.problem.taps() as f64 * x * w + b };
        Self { integers, bound }
    }

    /// Whether every sum in every order is exact in a type whose integers are exact below `limit`:
    /// [`EXACT_IN_F32`] or [`EXACT_IN_F16`].
    pub fn exact_in(&self, limit: f64) -> bool {
        self.integers && self.bound < limit
    }
}

/// The largest magnitude; infinite where a value isn't finite.
fn largest(values: &[f32]) -> f64 {
    let larger = |largest: f32, value: &f32| if value.is_finite() { largest.max(value.abs()) } else { f32::INFINITY };
    f64::from(values.iter().fold(0.0, larger))
}

/// Operands that let a wrong tap go unnoticed.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Insensitive {
    /// A value whose product stays what it is when it is dropped (0) or doubled (0, infinite, NaN).
    #[error("{tensor}[{index}] is {value}: a tap of it that is dropped or doubled may go unnoticed")]
    Value {
        /// `input`, `weights` or `bias`.
        tensor: &'static str,
        /// Row-major.
        index: usize,
        /// What it is.
        value: f32,
    },
    /// Neighbours of which one can be read for the other.
    #[error(
        "{tensor}[{index}] and {tensor}[{neighbour}], one {apart} apart, are both {value}: a tap that reads one for the other goes unnoticed"
    )]
    Equal {
        /// `input`, `weights` or `bias`.
        tensor: &'static str,
        /// Row-major.
        index: usize,
        /// Row-major, larger than `index`.
        neighbour: usize,
        /// `element`, `row`, `channel`, `image` or `output channel`.
        apart: &'static str,
        /// What both are.
        value: f32,
    },
}

/// Certifies that every tap of every output element matters: dropped, doubled, or with its input or its weight read
/// from one element, row, channel or image (output channel) aside, it changes the exact sum. So does the bias.
///
/// A tap is a product, so for that it is enough that all values are finite and not zero and that neighbours differ;
/// what is read from outside the tensor, or from a pad, is zero and differs too. This is stricter than need be where
/// some values are never read.
///
/// # Errors
/// The first value, or the first two neighbours, by which a wrong tap can hide.
pub fn sensitivity(case: Case<'_>) -> Result<(), Insensitive> {
    let p = case.problem;
    let (w, h, c) = (p.input.w as usize, p.input.h as usize, p.in_channels as usize);
    tensor("input", case.input, &[("element", 1), ("row", w), ("channel", w * h), ("image", w * h * c)])?;
    let (w, h, c) = (p.kernel.w as usize, p.kernel.h as usize, p.in_channels_per_group() as usize);
    tensor("weights", case.weights, &[("element", 1), ("row", w), ("channel", w * h), ("output channel", w * h * c)])?;
    tensor("bias", case.bias, &[("element", 1)])
}

fn tensor(tensor: &'static str, values: &[f32], strides: &[(&'static str, usize)]) -> Result<(), Insensitive> {
    if let Some(index) = values.iter().position(|value| *value == 0.0 || !value.is_finite()) {
        return Err(Insensitive::Value { tensor, index, value: values[index] });
    }
    for &(apart, stride) in strides {
        let neighbours = values.iter().zip(values.iter().skip(stride));
        if let Some(index) = neighbours.into_iter().position(|(value, neighbour)| value == neighbour) {
            let (neighbour, value) = (index + stride, values[index]);
            return Err(Insensitive::Equal { tensor, index, neighbour, apart, value });
        }
    }
    Ok(())
}
