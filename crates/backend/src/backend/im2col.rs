//! `im2col`: windows unrolled into a matrix, then one matrix product a group, by ndarray.

use super::{Backend, BackendError, Failure, Kind, Session};
use crate::operands::Case;
use crate::problem::{Along, Problem};
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeError};

/// The version of ndarray that multiplies.
const NDARRAY: &str = "0.17.2";

/// The backend `im2col`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Im2col;

impl Backend for Im2col {
    fn name(&self) -> &str {
        "im2col"
    }

    fn version(&self) -> String {
        format!("{} (ndarray {NDARRAY})", env!("CARGO_PKG_VERSION"))
    }

    fn kind(&self) -> Kind {
        Kind::BuiltIn
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(Im2colSession::default()))
    }
}

#[derive(Default)]
struct Im2colSession {
    /// `(C/G·KH·KW) × (OH·OW)`, row-major: one row a tap, one column a window.
    columns: Vec<f32>,
}

impl Session for Im2colSession {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let p = case.problem;
        let taps = p.taps() as usize;
        let out = p.output();
        let windows = out.h as usize * out.w as usize;
        let channels = p.out_channels_per_group() as usize;
        let input_len = case.input.len() / (p.batch as usize * p.groups as usize);
        self.columns.resize(taps * windows, 0.0);

        let inputs = case.input.chunks_exact(input_len);
        for (index, (input, output)) in inputs.zip(output.chunks_exact_mut(channels * windows)).enumerate() {
            let group = index % p.groups as usize;
            let bias = case.bias.get(group * channels..).unwrap_or_default();
            for (o, plane) in output.chunks_exact_mut(windows).enumerate() {
                plane.fill(bias.get(o).copied().unwrap_or(0.0));
            }
            unroll(p, input, &mut self.columns);
            let weights = &case.weights[group * channels * taps..][..channels * taps];
            add_product((channels, taps, windows), weights, &self.columns, output)
                .map_err(|error| Failure::Error(error.to_string()))?;
        }
        Ok(())
    }
}

/// `output += weights · columns`, of shapes `O×T`, `T×P` and `O×P`.
fn add_product(
    (o, t, p): (usize, usize, usize),
    weights: &[f32],
    columns: &[f32],
    output: &mut [f32],
) -> Result<(), ShapeError> {
    let weights = ArrayView2::from_shape((o, t), weights)?;
    let columns = ArrayView2::from_shape((t, p), columns)?;
    let mut output = ArrayViewMut2::from_shape((o, p), output)?;
    general_mat_mul(1.0, &weights, &columns, 1.0, &mut output);
    Ok(())
}

/// Writes the windows of one group of one image as columns.
fn unroll(p: &Problem, input: &[f32], columns: &mut [f32]) {
    let (h, w) = (p.h(), p.w());
    let (out_h, out_w) = (h.output() as usize, w.output() as usize);
    let width = p.input.w as usize;
    let mut rows = columns.chunks_exact_mut(out_h * out_w);
    for channel in input.chunks_exact(p.input.h as usize * width) {
        for tap_h in 0..p.kernel.h {
            for (tap_w, row) in (0..p.kernel.w).zip(&mut rows) {
                let (from, to) = real_windows(&w, tap_w);
                for (i, row) in row.chunks_exact_mut(out_w).enumerate() {
                    let Some(line) = h.position(i as u64, u64::from(tap_h)) else {
                        row.fill(0.0);
                        continue;
                    };
                    row[..from].fill(0.0);
                    row[to..].fill(0.0);
                    if from < to {
                        let first =
                            from * w.stride as usize + tap_w as usize * w.dilation as usize - w.pad_begin as usize;
                        let line = channel[line * width..][first..].iter().step_by(w.stride as usize);
                        row[from..to].iter_mut().zip(line).for_each(|(to, &from)| *to = from);
                    }
                }
            }
        }
    }
}

/// The windows `from..to` whose tap `tap` reads an input element; `from <= to`.
///
/// Both ends are clamped to the output: where the pad is wider than the output, no window reads any, and an unclamped
/// `from` points past the row.
fn real_windows(along: &Along, tap: u32) -> (usize, usize) {
    let tap = tap as usize * along.dilation as usize;
    let (stride, pad, output) = (along.stride as usize, along.pad_begin as usize, along.output() as usize);
    let from = pad.saturating_sub(tap).div_ceil(stride).min(output);
    let to = (pad + along.input as usize).saturating_sub(tap).div_ceil(stride).min(output);
    (from, to)
}
