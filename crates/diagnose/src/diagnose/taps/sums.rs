//! Sums of elements under a reading, held against what came out.

use super::probe::Term;
use super::reading::{Reading, taps};
use super::story::element;
use crate::backend::Arithmetic;
use crate::operands::Case;
use half::{bf16, f16};

/// How far transforms are off, in units of the sum of magnitudes: some hundred roundings of 2^-24.
pub const TRANSFORM_ERROR: f64 = 1e-4;

/// Whether a value is one that results are clipped to: 0, ReLU6's 6, or the ends of an integer type.
pub fn is_limit(value: f32) -> bool {
    let size = f64::from(value.abs());
    let is_power = |value: f64| value >= 128.0 && value.log2().fract() == 0.0;
    size == 0.0 || value == 6.0 || is_power(size) || is_power(size + 1.0)
}

/// Whether a value has a format's few digits.
pub fn is_of(format: Arithmetic, value: f32) -> bool {
    match format {
        Arithmetic::F16 => f16::from_f32(value).to_f32() == value,
        _ => bf16::from_f32(value).to_f32() == value,
    }
}

/// By what all sums are multiplied, and whether their biases are too: of sums, biases and what came out.
pub fn factor(results: impl Iterator<Item = (f64, f64, f32)> + Clone) -> Option<(f64, bool)> {
    let by = |biased: bool| {
        let own = move |sum: f64, bias: f64| if biased { (sum + bias, 0.0) } else { (sum, bias) };
        let mut told = results.clone().filter(move |(sum, bias, _)| own(*sum, *bias).0 != 0.0);
        let (sum, bias, actual) = told.next()?;
        let (sum, besides) = own(sum, bias);
        let factor = (f64::from(actual) - besides) / sum;
        let is_other = factor.is_finite() && factor != 0.0 && (factor - 1.0).abs() > TRANSFORM_ERROR;
        let all = results.clone().all(|(sum, bias, actual)| {
            let (sum, besides) = own(sum, bias);
            close(sum * factor + besides, actual)
        });
        (is_other && all).then_some((factor, biased))
    };
    by(true).or_else(|| by(false))
}

/// Whether a result is the predicted one, but for f32's rounding.
pub fn close(predicted: f64, actual: f32) -> bool {
    let actual = f64::from(actual);
    (predicted - actual).abs() <= 1e-5 * predicted.abs().max(actual.abs()).min(1e3)
}

/// What an element sums under a reading, without a bias.
pub fn sum(case: Case<'_>, reading: Reading, index: usize) -> f64 {
    let element = element(case.problem, index);
    let product = |tap| {
        let Term { input, weight } = reading.term(case.problem, element, tap)?;
        let times = reading.times(case.problem, tap) as f64;
        Some(times * f64::from(case.input[input]) * f64::from(case.weights[weight]))
    };
    taps(case.problem).filter_map(product).sum()
}
