//! Sums of elements under a reading, held against what came out.

use super::probe::Term;
use super::reading::{Element, Reading, Tap, Through, Window, taps};
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

/// What an element sums under readings, without a bias; what these have in common is reckoned once.
pub struct Sums<'c> {
    case: Case<'c>,
    window: Window<'c>,
    /// The products of the taps that read an input element.
    products: Vec<(Tap, f64)>,
    right: f64,
    beyond: [bool; 4],
}

impl<'c> Sums<'c> {
    /// Of a row-major index into the output.
    pub fn of(case: Case<'c>, index: usize) -> Self {
        let window = Window::of(case.problem, element(case.problem, index));
        let mut products = Vec::new();
        let mut right = 0.0;
        window.visit(|tap, term| {
            let product = product(case, term);
            right += product;
            products.push((tap, product));
        });
        Self { case, window, products, right, beyond: window.beyond() }
    }

    pub fn element(&self) -> Element {
        self.window.element
    }

    /// The sum under the right reading.
    pub fn right(&self) -> f64 {
        self.right
    }

    /// The sum under a reading.
    pub fn under(&self, reading: Reading) -> f64 {
        let (case, problem) = (self.case, self.case.problem);
        if let Some(sides) = reading.sides()
            && sides.into_iter().zip(self.beyond).all(|(side, beyond)| !(side && beyond))
        {
            // It is about pads that this element doesn't read.
            return self.right;
        }
        let mut sum = 0.0;
        match reading.through(&self.window) {
            Through::Nothing => {}
            Through::Window(window) if window.reads == self.window.reads => return self.right,
            Through::Window(window) => window.visit(|_, term| sum += product(case, term)),
            Through::Taps => match reading {
                Reading::Without(part) => {
                    for &(tap, product) in &self.products {
                        if !part.has(problem, tap) {
                            sum += product;
                        }
                    }
                }
                Reading::Twice(_) => {
                    for &(tap, product) in &self.products {
                        sum += reading.times(problem, tap) as f64 * product;
                    }
                }
                _ => {
                    for tap in taps(problem) {
                        if let Some(term) = reading.term(&Through::Taps, &self.window, tap) {
                            sum += product(case, term);
                        }
                    }
                }
            },
        }
        sum
    }
}

fn product(case: Case<'_>, Term { input, weight }: Term) -> f64 {
    f64::from(case.input[input]) * f64::from(case.weights[weight])
}

/// What an element sums under a reading, without a bias.
pub fn sum(case: Case<'_>, reading: Reading, index: usize) -> f64 {
    Sums::of(case, index).under(reading)
}
