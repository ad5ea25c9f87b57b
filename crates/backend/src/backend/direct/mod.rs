//! `direct`: a fast convolution in safe Rust.
//!
//! The padded input of one group is laid out so that neighbouring windows read neighbouring elements, whatever the
//! stride (`split`); a window is then one flat list of offsets, and a register tile sums many windows of several
//! output channels at once (`tile`). Vector width is chosen when it runs.

mod split;
mod tile;
mod windows;

use super::{Backend, BackendError, Failure, Kind, Session};
use crate::operands::Case;
use crate::problem::Problem;
use fearless_simd::{Level, Simd, dispatch};
use split::Split;
use tile::SLACK;
use windows::{Block, Layout};

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
    block: Block,
}

/// Inlined, like all that it calls, into the copy of it that is compiled for the vector width at hand.
#[inline(always)]
fn convolve<S: Simd>(simd: S, buffers: &mut Buffers, case: Case<'_>, output: &mut [f32]) {
    let p = case.problem;
    let (out_h, out_w) = buffers.plan(p);
    let (groups, channels) = (p.groups as usize, p.out_channels_per_group() as usize);
    let layout = Layout::new(out_h, out_w, &buffers.w);
    let input_len = p.in_channels_per_group() as usize * p.input.h as usize * p.input.w as usize;
    let weights_len = channels * buffers.taps.len();
    let output_len = channels * out_h * out_w;

    for image in 0..p.batch as usize {
        for group in 0..groups {
            let index = image * groups + group;
            buffers.scatter(p, &case.input[index * input_len..][..input_len]);
            let weights = &case.weights[group * weights_len..][..weights_len];
            let bias = case.bias.get(group * channels..).unwrap_or_default();
            let output = &mut output[index * output_len..][..output_len];
            let Buffers { scratch, taps, block, .. } = buffers;
            block.convolve(simd, layout, (scratch, taps), weights, bias, output);
        }
    }
}

impl Buffers {
    /// Lays out the scratch for `p`, with zeros in all pads, and lists the taps. Returns the output's size.
    #[inline(always)]
    fn plan(&mut self, p: &Problem) -> (usize, usize) {
        let (h, w) = (p.h(), p.w());
        let (out_h, out_w) = (h.output() as usize, w.output() as usize);
        self.h.plan(&h, out_h);
        self.w.plan(&w, out_w);
        let slot = self.h.len * self.w.len;
        let slots_w = self.w.slots.len();
        let plane = self.h.slots.len() * slots_w * slot;
        let channels = p.in_channels_per_group() as usize;
        if self.h.has_pads() || self.w.has_pads() {
            self.scratch.clear();
        }
        self.scratch.resize(channels * plane + SLACK, 0.0);
        self.taps.clear();
        for channel in 0..channels {
            for &(slot_h, shift_h) in &self.h.taps {
                let row = channel * plane + slot_h * slots_w * slot + shift_h * self.w.len;
                self.taps.extend(self.w.taps.iter().map(|&(slot_w, shift_w)| row + slot_w * slot + shift_w));
            }
        }
        (out_h, out_w)
    }

    /// Writes one group of one image to its places in the scratch, between the pads.
    #[inline(always)]
    fn scatter(&mut self, p: &Problem, input: &[f32]) {
        let (height, width) = (p.input.h as usize, p.input.w as usize);
        let (stride_h, stride_w) = (p.stride.h as usize, p.stride.w as usize);
        let mut slot = 0;
        for channel in 0..p.in_channels_per_group() as usize {
            for h in &self.h.slots {
                for w in &self.w.slots {
                    let mut from = (channel * height + h.first) * width + w.first;
                    let mut to = slot + h.real.start * self.w.len + w.real.start;
                    for _ in h.real.clone() {
                        let row = &mut self.scratch[to..][..w.real.len()];
                        if stride_w == 1 {
                            row.copy_from_slice(&input[from..][..row.len()]);
                        } else {
                            row.iter_mut().enumerate().for_each(|(r, x)| *x = input[from + r * stride_w]);
                        }
                        from += stride_h * width;
                        to += self.w.len;
                    }
                    slot += self.h.len * self.w.len;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{UNWRITTEN, exact};
    use crate::operands::{DEFAULT_SEED, Fill, Operands};
    use crate::problem::{Hw, Padding, Parameters};

    /// The machine that runs the tests takes one vector width; the narrowest is right as well, for every number of
    /// output channels in a tile, for planes of one window and of many, in one run and in a run a row.
    #[test]
    fn the_narrowest_vectors_are_right() {
        let mut session = DirectSession { level: Level::baseline(), buffers: Buffers::default() };
        let mut operands = Operands::default();
        for out_channels in 1..14 {
            for (width, dilation, stride) in [(1, 1, 1), (9, 1, 1), (40, 1, 1), (40, 2, 3), (7, 5, 1), (40, 13, 1)] {
                let parameters = Parameters {
                    batch: 2,
                    in_channels: 3,
                    out_channels,
                    input: Hw { h: 5, w: width },
                    kernel: Hw::square(3),
                    stride: Hw { h: 1, w: stride },
                    dilation: Hw { h: 1, w: dilation },
                    padding: Padding { top: 1, left: dilation, bottom: 2, right: dilation },
                    bias: true,
                    ..Parameters::default()
                };
                let problem = Problem::new(parameters).unwrap();
                operands.fill(&problem, Fill::Integers, DEFAULT_SEED);
                let case = operands.case(&problem);
                let mut output = vec![UNWRITTEN; problem.output_len() as usize];
                session.run(case, &mut output).unwrap();
                for (index, &y) in output.iter().enumerate() {
                    assert_eq!(f64::from(y), exact::element(case, index), "{problem:?} element {index}");
                }
            }
        }
    }
}
