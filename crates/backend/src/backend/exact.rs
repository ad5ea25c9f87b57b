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
    /// What each row of the kernel reads.
    rows: Vec<Reads>,
    /// What each column of the kernel reads.
    columns: Vec<Reads>,
    /// The sums of one row.
    sums: Vec<f64>,
}

/// What one row or column of the kernel reads along its axis of the input.
#[derive(Debug)]
struct Reads {
    /// The windows in which it reads an input element; in the others, a pad.
    windows: Range<usize>,
    /// Where the first of them reads, and each other a stride further on; 0 where there is none.
    first: usize,
}

impl Session for ExactSession {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let p = case.problem;
        let (h, w) = (p.h(), p.w());
        let (out_h, out_w) = (h.output() as usize, w.output() as usize);
        let (input_h, input_w) = (p.input.h as usize, p.input.w as usize);
        let (channels, kernel_h) = (p.in_channels_per_group() as usize, p.kernel.h as usize);
        let (stride_h, stride_w) = (h.stride as usize, w.stride as usize);
        for (reads, along) in [(&mut self.rows, &h), (&mut self.columns, &w)] {
            reads.clear();
            reads.extend((0..along.kernel).map(|tap| Reads::of(along, tap)));
        }

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
                for (kh, reads) in self.rows.iter().enumerate().filter(|(_, reads)| reads.windows.contains(&i)) {
                    let line = in_plane * input_h + reads.first + (i - reads.windows.start) * stride_h;
                    let line = &case.input[line * input_w..][..input_w];
                    let taps = &case.weights[(kernel_plane * kernel_h + kh) * self.columns.len()..];
                    for (reads, &weight) in self.columns.iter().zip(taps) {
                        add(line, weight, reads, stride_w, &mut self.sums);
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
    fn of(along: &Along, tap: u32) -> Self {
        let (stride, pad) = (u64::from(along.stride), u64::from(along.pad_begin));
        // Counted from the beginning of the pad, where window 0 is: the tap reads at `offset + window * stride`.
        let offset = u64::from(tap) * u64::from(along.dilation);
        let windows_before = |place: u64| place.saturating_sub(offset).div_ceil(stride).min(along.output());
        let (start, end) = (windows_before(pad), windows_before(pad + u64::from(along.input)));
        let first = if start < end { offset + start * stride - pad } else { 0 };
        Self { windows: start as usize..end as usize, first: first as usize }
    }
}

/// Adds one tap's terms to a row of sums. Plain loops: a fuzzer's build checks and counts each step of an iterator.
fn add(line: &[f32], weight: f32, reads: &Reads, stride: usize, sums: &mut [f64]) {
    let sums = &mut sums[reads.windows.clone()];
    let weight = f64::from(weight);
    let line = &line[reads.first..];
    if stride == 1 {
        for (sum, &x) in sums.iter_mut().zip(line) {
            *sum += f64::from(x) * weight;
        }
    } else {
        let mut at = 0;
        for sum in sums {
            *sum += f64::from(line[at]) * weight;
            at += stride;
        }
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
