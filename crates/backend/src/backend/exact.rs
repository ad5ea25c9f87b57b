//! The reference: sums in f64, the same to the last bit as those of a scalar loop that is obviously right, [`element`].

use super::{Arithmetic, Backend, BackendError, Failure, Kind, Session};
use crate::operands::Case;
use crate::problem::Along;
use std::ops::Range;

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

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(ExactSession::default()))
    }
}

/// A session of [`Exact`]: the sums of [`element`], a row of the output side by side.
///
/// Each element's terms are added in the order in which [`element`] adds them, so the two are the same to the last bit. What a
/// row saves is asking at every tap of every element whether it reads the input or a pad.
#[derive(Debug, Default)]
pub struct ExactSession {
    /// What each column of the kernel reads.
    reads: Vec<Reads>,
    /// The sums of one row.
    sums: Vec<f64>,
}

/// What one column of the kernel reads of a row of the input.
#[derive(Debug)]
struct Reads {
    /// The windows in which it reads an input element; in the others, a pad.
    windows: Range<usize>,
    /// Where the first of them reads.
    first: usize,
}

impl Session for ExactSession {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let p = case.problem;
        let (h, w) = (p.h(), p.w());
        let (out_h, out_w) = (h.output() as usize, w.output() as usize);
        let (input_h, input_w) = (p.input.h as usize, p.input.w as usize);
        let (channels, kernel_h) = (p.in_channels_per_group() as usize, p.kernel.h as usize);
        self.reads.clear();
        self.reads.extend((0..u64::from(p.kernel.w)).map(|tap| Reads::of(&w, tap)));

        for (index, row) in output.chunks_exact_mut(out_w).enumerate() {
            let i = index % out_h;
            let o = index / out_h % p.out_channels as usize;
            let n = index / out_h / p.out_channels as usize;
            let group = o / p.out_channels_per_group() as usize;
            self.sums.clear();
            self.sums.resize(out_w, 0.0);
            for c in 0..channels {
                let in_plane = n * p.in_channels as usize + group * channels + c;
                let kernel_plane = o * channels + c;
                for kh in 0..kernel_h {
                    let Some(line) = h.position(i as u64, kh as u64) else { continue };
                    let line = &case.input[(in_plane * input_h + line) * input_w..][..input_w];
                    let taps = &case.weights[(kernel_plane * kernel_h + kh) * self.reads.len()..];
                    for (reads, &weight) in self.reads.iter().zip(taps) {
                        add(line, weight, reads, w.stride as usize, &mut self.sums);
                    }
                }
            }
            let bias = case.bias.get(o).map_or(0.0, |&b| f64::from(b));
            for (y, sum) in row.iter_mut().zip(&self.sums) {
                *y = (sum + bias) as f32;
            }
        }
        Ok(())
    }
}

impl Reads {
    fn of(along: &Along, tap: u64) -> Self {
        let reads = |window: &usize| along.position(*window as u64, tap).is_some();
        let windows = 0..along.output() as usize;
        let start = windows.clone().find(reads).unwrap_or(windows.end);
        let end = windows.end - windows.rev().take_while(|window| *window >= start && !reads(window)).count();
        Self { windows: start..end, first: along.position(start as u64, tap).unwrap_or(0) }
    }
}

/// Adds one tap's terms to a row of sums.
fn add(line: &[f32], weight: f32, reads: &Reads, stride: usize, sums: &mut [f64]) {
    let sums = &mut sums[reads.windows.clone()];
    let term = |x: &f32| f64::from(*x) * f64::from(weight);
    let line = &line[reads.first..];
    if stride == 1 {
        sums.iter_mut().zip(line).for_each(|(sum, x)| *sum += term(x));
    } else {
        sums.iter_mut().zip(line.iter().step_by(stride)).for_each(|(sum, x)| *sum += term(x));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operands::{Fill, Operands};
    use crate::problem::space::presets::PRESETS;

    #[test]
    fn a_row_side_by_side_is_its_elements_one_by_one() {
        let (mut session, mut operands, mut output) = (ExactSession::default(), Operands::default(), Vec::new());
        for space in PRESETS.iter().map(|preset| preset.space()) {
            let problems = (0..space.len()).step_by(space.len() as usize / 300 + 1);
            for problem in problems.filter_map(|index| space.problem(index).ok()).filter(|p| p.work() < 100_000) {
                for (_, fill) in Fill::NAMES {
                    operands.fill(&problem, fill, 1);
                    let case = operands.case(&problem);
                    output.clear();
                    output.resize(problem.output_len() as usize, f32::NAN);
                    session.run(case, &mut output).unwrap();
                    for (index, y) in output.iter().enumerate() {
                        let expected = element(case, index) as f32;
                        let same = y.to_bits() == expected.to_bits() || (y.is_nan() && expected.is_nan());
                        assert!(same, "{problem} {}: {y} is not {expected} at {index}", fill.name());
                    }
                }
            }
        }
    }
}
