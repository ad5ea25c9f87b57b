//! `direct`: a fast convolution in safe Rust.
//!
//! The padded input of one group is laid out so that neighbouring windows read neighbouring elements, whatever the
//! stride ([`split`]); a window is then one flat list of offsets, and a register tile sums many windows of several
//! output channels at once ([`tile`]). Vector width is chosen when it runs.

mod split;
mod tile;

use super::{Backend, BackendError, Failure, Kind, Session, Unsupported};
use crate::operands::Case;
use crate::problem::Problem;
use fearless_simd::{Level, Simd, dispatch};
use split::Split;

/// The backend `direct`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Direct;

impl Backend for Direct {
    fn name(&self) -> &str {
        "direct"
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn kind(&self) -> Kind {
        Kind::BuiltIn
    }

    fn supports(&self, _: &Problem) -> Result<(), Unsupported> {
        Ok(())
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(DirectSession { level: Level::new(), buffers: Buffers::default() }))
    }
}

struct DirectSession {
    level: Level,
    buffers: Buffers,
}

impl Session for DirectSession {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let buffers = &mut self.buffers;
        dispatch!(self.level, simd => convolve(simd, buffers, case, output));
        Ok(())
    }
}

/// What is kept from one problem to the next, for its memory.
#[derive(Default)]
struct Buffers {
    h: Split,
    w: Split,
    /// `C/G` planes of `h.slots × w.slots × h.len × w.len`, and slack.
    scratch: Vec<f32>,
    /// Offset into `scratch` of what each tap of window (0, 0) reads.
    taps: Vec<usize>,
    /// Sums of a run of windows, a row an output channel.
    sums: Vec<f32>,
}

#[inline(always)]
fn convolve<S: Simd>(simd: S, buffers: &mut Buffers, case: Case<'_>, output: &mut [f32]) {
    let p = case.problem;
    buffers.plan(p);
    let input_len = case.input.len() / (p.batch as usize * p.groups as usize);
    let weights_len = p.out_channels_per_group() as usize * buffers.taps.len();
    let out = p.output();
    let output_len = p.out_channels_per_group() as usize * out.h as usize * out.w as usize;

    let inputs = case.input.chunks_exact(input_len);
    for (index, (input, output)) in inputs.zip(output.chunks_exact_mut(output_len)).enumerate() {
        let group = index % p.groups as usize;
        buffers.scatter(p, input);
        let weights = &case.weights[group * weights_len..][..weights_len];
        let bias = case.bias.get(group * p.out_channels_per_group() as usize..).unwrap_or_default();
        buffers.windows(simd, (out.h as usize, out.w as usize), weights, bias, output);
    }
}

impl Buffers {
    /// Lays out the scratch for `p`, all zeros, and lists the taps.
    #[inline(always)]
    fn plan(&mut self, p: &Problem) {
        self.h.plan(&p.h());
        self.w.plan(&p.w());
        let slot = self.h.len * self.w.len;
        let plane = self.h.slots.len() * self.w.slots.len() * slot;
        let channels = p.in_channels_per_group() as usize;
        self.scratch.clear();
        self.scratch.resize(channels * plane + tile::SLACK, 0.0);
        self.taps.clear();
        for channel in 0..channels {
            for &(slot_h, shift_h) in &self.h.taps {
                let row = channel * plane + slot_h * self.w.slots.len() * slot + shift_h * self.w.len;
                self.taps.extend(self.w.taps.iter().map(|&(slot_w, shift_w)| row + slot_w * slot + shift_w));
            }
        }
    }

    /// Writes one group of one image to its places in the scratch. Pads are zero already.
    #[inline(always)]
    fn scatter(&mut self, p: &Problem, input: &[f32]) {
        let (height, width) = (p.input.h as usize, p.input.w as usize);
        let (stride_h, stride_w) = (p.stride.h as usize, p.stride.w as usize);
        let slot = self.h.len * self.w.len;
        let mut slots = self.scratch.chunks_exact_mut(slot);
        for channel in input.chunks_exact(height * width) {
            for h in &self.h.slots {
                for (w, slot) in self.w.slots.iter().zip(&mut slots) {
                    for (step, row) in h.real.clone().enumerate() {
                        let from = &channel[(h.first + step * stride_h) * width..][..width][w.first..];
                        let to = &mut slot[row * self.w.len..][..self.w.len][w.real.clone()];
                        if stride_w == 1 {
                            to.copy_from_slice(&from[..to.len()]);
                        } else {
                            to.iter_mut().zip(from.iter().step_by(stride_w)).for_each(|(to, &from)| *to = from);
                        }
                    }
                }
            }
        }
    }

    /// Computes all windows of one group of one image.
    #[inline(always)]
    fn windows<S: Simd>(
        &mut self,
        simd: S,
        (out_h, out_w): (usize, usize),
        weights: &[f32],
        bias: &[f32],
        output: &mut [f32],
    ) {
        // Rows of windows lie `w.len` apart, so that all of them make one run with a few idle windows at the ends of
        // rows; if most would be idle, each row is a run.
        let pitch = self.w.len;
        let (runs, rows) = if pitch <= 2 * out_w { (1, out_h) } else { (out_h, 1) };
        let len = (rows - 1) * pitch + out_w;
        let taps = self.taps.len();
        let row = len + tile::SLACK;
        self.sums.resize(4 * row, 0.0);

        let outputs = output.chunks_mut(4 * out_h * out_w).zip(weights.chunks(4 * taps));
        for (block, (output, weights)) in outputs.enumerate() {
            let bias = |o: usize| bias.get(4 * block + o).copied().unwrap_or(0.0);
            let w = |o: usize| &weights[o * taps..];
            for run in 0..runs {
                let scratch = &self.scratch[run * pitch..];
                let sums = (self.sums.as_mut_slice(), row, len);
                let taps = self.taps.as_slice();
                match weights.len() / taps.len() {
                    1 => tile::channels(simd, scratch, taps, [w(0)], [bias(0)], sums),
                    2 => tile::channels(simd, scratch, taps, [w(0), w(1)], [bias(0), bias(1)], sums),
                    3 => {
                        let bias = [bias(0), bias(1), bias(2)];
                        tile::channels(simd, scratch, taps, [w(0), w(1), w(2)], bias, sums);
                    }
                    _ => {
                        let bias = [bias(0), bias(1), bias(2), bias(3)];
                        tile::channels(simd, scratch, taps, [w(0), w(1), w(2), w(3)], bias, sums);
                    }
                }
                for (sums, output) in self.sums.chunks_exact(row).zip(output.chunks_exact_mut(out_h * out_w)) {
                    let output = &mut output[run * out_w..][..rows * out_w];
                    if pitch == out_w {
                        output.copy_from_slice(&sums[..len]);
                    } else {
                        for (sums, output) in sums.chunks(pitch).zip(output.chunks_exact_mut(out_w)) {
                            output.copy_from_slice(&sums[..out_w]);
                        }
                    }
                }
            }
        }
    }
}
