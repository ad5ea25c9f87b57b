//! The reference: a scalar loop that is obviously right.

use super::{Arithmetic, Backend, BackendError, Failure, Kind, Session, Unsupported};
use crate::operands::Case;
use crate::problem::Problem;

/// The backend `exact`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Exact;

impl Backend for Exact {
    fn name(&self) -> &str {
        "exact"
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn kind(&self) -> Kind {
        Kind::BuiltIn
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Exact
    }

    fn supports(&self, _: &Problem) -> Result<(), Unsupported> {
        Ok(())
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(Exact))
    }
}

impl Session for Exact {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        for (index, y) in output.iter_mut().enumerate() {
            *y = element(case, index) as f32;
        }
        Ok(())
    }
}

/// Output element `index`, row-major, summed in f64.
///
/// A product of two f32 is exact in f64, and so is every sum of integers below 2^53; rounding to f32 is the only step
/// that can lose anything on integer operands.
pub fn element(case: Case<'_>, index: usize) -> f64 {
    let mut sum = 0.0;
    for_each_term(case, index, |x, w| sum += f64::from(x) * f64::from(w));
    sum + bias(case, index)
}

/// `Σ|x·w| + |b|` of output element `index`: what every rounding bound is in proportion to.
pub fn magnitude(case: Case<'_>, index: usize) -> f64 {
    let mut sum = 0.0;
    for_each_term(case, index, |x, w| sum += (f64::from(x) * f64::from(w)).abs());
    sum + bias(case, index).abs()
}

/// [`magnitude`] over the finite terms alone.
pub fn finite_magnitude(case: Case<'_>, index: usize) -> f64 {
    let mut sum = 0.0;
    for_each_term(case, index, |x, w| {
        let term = (f64::from(x) * f64::from(w)).abs();
        if term.is_finite() {
            sum += term;
        }
    });
    sum + bias(case, index).abs()
}

fn bias(case: Case<'_>, index: usize) -> f64 {
    let output = case.problem.output();
    let plane = output.h as usize * output.w as usize;
    let channel = index / plane % case.problem.out_channels as usize;
    case.bias.get(channel).map_or(0.0, |&b| f64::from(b))
}

/// Calls `term(x, w)` for every tap of output element `index` that reads a real input element.
fn for_each_term(case: Case<'_>, index: usize, mut term: impl FnMut(f32, f32)) {
    let p = case.problem;
    let (h, w) = (p.h(), p.w());
    let (out_h, out_w) = (h.output() as usize, w.output() as usize);
    let j = index % out_w;
    let i = index / out_w % out_h;
    let o = index / (out_w * out_h) % p.out_channels as usize;
    let n = index / (out_w * out_h * p.out_channels as usize);

    let channels = p.in_channels_per_group() as usize;
    let group = o / p.out_channels_per_group() as usize;
    let (kernel_h, kernel_w) = (p.kernel.h as usize, p.kernel.w as usize);
    let (input_h, input_w) = (p.input.h as usize, p.input.w as usize);
    for c in 0..channels {
        let in_plane = n * p.in_channels as usize + group * channels + c;
        let kernel_plane = o * channels + c;
        for kh in 0..kernel_h {
            let Some(row) = h.position(i as u64, kh as u64) else { continue };
            for kw in 0..kernel_w {
                let Some(column) = w.position(j as u64, kw as u64) else { continue };
                term(
                    case.input[(in_plane * input_h + row) * input_w + column],
                    case.weights[(kernel_plane * kernel_h + kh) * kernel_w + kw],
                );
            }
        }
    }
}
