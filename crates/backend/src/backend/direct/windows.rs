//! All windows of one group of one image, block by block of output channels.

use super::split::Split;
use super::tile::{self, SLACK, Sums};
use fearless_simd::Simd;

/// Output channels that a register tile holds.
const BLOCK: usize = 6;

/// How the windows of an output plane lie in the scratch.
///
/// Rows of windows are `pitch` apart there, so that all of them make one run, with a few idle windows at the ends of
/// rows. If most would be idle, each row is a run.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    out_h: usize,
    out_w: usize,
    pitch: usize,
    runs: usize,
    rows_per_run: usize,
}

impl Layout {
    /// Of output planes `out_h × out_w` whose width was cut up by `w`.
    pub fn new(out_h: usize, out_w: usize, w: &Split) -> Self {
        let one_run = w.len <= 2 * out_w;
        let (runs, rows_per_run) = if one_run { (1, out_h) } else { (out_h, 1) };
        Self { out_h, out_w, pitch: w.len, runs, rows_per_run }
    }

    /// Windows of a run, idle ones between rows included.
    fn len(&self) -> usize {
        (self.rows_per_run - 1) * self.pitch + self.out_w
    }
}

/// Buffers of one block.
#[derive(Default)]
pub struct Block {
    /// Its weights, tap by tap.
    weights: Vec<f32>,
    /// The sums of one run, a row an output channel.
    sums: Vec<f32>,
}

impl Block {
    /// Computes all output channels of a group: `weights` is `O/G × taps`, `output` is `O/G × OH × OW`.
    #[inline(always)]
    pub fn convolve<S: Simd>(
        &mut self,
        simd: S,
        layout: Layout,
        (scratch, taps): (&[f32], &[usize]),
        weights: &[f32],
        bias: &[f32],
        output: &mut [f32],
    ) {
        let plane = layout.out_h * layout.out_w;
        let needed = BLOCK * (layout.len() + SLACK);
        if self.sums.len() < needed {
            self.sums.resize(needed, 0.0);
        }
        let blocks = weights.chunks(BLOCK * taps.len()).zip(output.chunks_mut(BLOCK * plane));
        for (index, (weights, output)) in blocks.enumerate() {
            let bias = bias.get(index * BLOCK..).unwrap_or_default();
            match output.len() {
                n if n == plane => self.channels::<S, 1>(simd, layout, (scratch, taps), weights, bias, output),
                n if n == 2 * plane => self.channels::<S, 2>(simd, layout, (scratch, taps), weights, bias, output),
                n if n == 3 * plane => self.channels::<S, 3>(simd, layout, (scratch, taps), weights, bias, output),
                n if n == 4 * plane => self.channels::<S, 4>(simd, layout, (scratch, taps), weights, bias, output),
                n if n == 5 * plane => self.channels::<S, 5>(simd, layout, (scratch, taps), weights, bias, output),
                _ => self.channels::<S, BLOCK>(simd, layout, (scratch, taps), weights, bias, output),
            }
        }
    }

    /// Computes `O` output channels.
    #[inline(always)]
    fn channels<S: Simd, const O: usize>(
        &mut self,
        simd: S,
        layout: Layout,
        (scratch, taps): (&[f32], &[usize]),
        weights: &[f32],
        bias: &[f32],
        output: &mut [f32],
    ) {
        self.weights.clear();
        for tap in 0..taps.len() {
            for o in 0..O {
                self.weights.push(weights[o * taps.len() + tap]);
            }
        }
        let (weights, _) = self.weights.as_chunks::<O>();
        let mut start = [0.0; O];
        start.iter_mut().zip(bias).for_each(|(start, &bias)| *start = bias);

        let Layout { out_w, pitch, rows_per_run, .. } = layout;
        let len = layout.len();
        let row = len + SLACK;
        for run in 0..layout.runs {
            let mut sums = Sums { values: &mut self.sums, row };
            tile::run(simd, &scratch[run * pitch..], taps, weights, start, &mut sums, len);
            for o in 0..O {
                let sums = &self.sums[o * row..][..len];
                let output = &mut output[o * layout.out_h * out_w + run * out_w..][..rows_per_run * out_w];
                if pitch == out_w {
                    output.copy_from_slice(sums);
                } else {
                    for i in 0..rows_per_run {
                        output[i * out_w..][..out_w].copy_from_slice(&sums[i * pitch..][..out_w]);
                    }
                }
            }
        }
    }
}
