//! Values for operands, from a seed and the problem alone.
//!
//! The generator is counter-based (rapidrand: the output is a hash of a counter), and its counter starts at a hash of
//! seed, problem and tensor, so that any problem's operands can be made at any time, in any order, on any thread.
//!
//! # Why these integers
//! Three things are asked of them. Every tap must matter, so no value is zero. A tap that is read from one place
//! further (in the row, the column, the channel, the image, or just the next element in memory) must matter too, so
//! neighbours in all these directions differ: element `i` is drawn from the residue class `i mod m`, where `m` divides
//! none of the tensor's strides. And every order of summation must be exact, so magnitudes stay so small that
//! `Σ|x·w| + |b|` is below the limit of the output type. Within that they are as various as can be, lest two wrong taps
//! cancel out: over a sample of the space of apple/coremltools#2515, of the windows read one column, row or element
//! aside one in 8,000 sums to the same with [`Fill::Integers`], one in 450 with [`Fill::IntegersF16`].
//!
//! # Not handled
//! Few values make few residue classes. Half precision leaves so few beyond some 40 taps that a stride which all of
//! 2, 3, 4, … divide (840 at 127 taps, 60 at 227) has neighbours that may be equal, those of the outermost dimension
//! first. [`sensitivity`](super::sensitivity) finds out.

use crate::problem::{Parameters, Problem};
use rapidhash::v3::rapidhash_v3;
use rapidrand::rapidrng;
use serde::{Deserialize, Serialize};

/// The seed of a run that names none.
pub const DEFAULT_SEED: u64 = 2515;

/// The largest magnitude of an integer fill: more adds no power to notice, and hurts the reader.
const LARGEST_MAGNITUDE: u16 = 63;

/// How many integers are made at once.
const LANES: usize = 16;

/// How operands are filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fill {
    /// Small integers, exact in f32: `Σ|x·w| + |b| < 2^24` up to some 400,000 taps.
    #[default]
    Integers,
    /// Small integers, exact in f16: `Σ|x·w| + |b| < 2^11` up to some 200 taps.
    IntegersF16,
    /// Real values, uniform in (-1, 1).
    Uniform,
    /// Real values, standard normal but for tails that end at ±6.
    Normal,
    /// Input from the edges of f32: subnormal, huge, ±inf, NaN among ordinary values. Weights and bias stay small.
    Extreme,
}

impl Fill {
    /// The names that flags and files use.
    pub const NAMES: [(&'static str, Fill); 5] = [
        ("integers", Fill::Integers),
        ("integers-f16", Fill::IntegersF16),
        ("uniform", Fill::Uniform),
        ("normal", Fill::Normal),
        ("extreme", Fill::Extreme),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Fill::Integers => "integers",
            Fill::IntegersF16 => "integers-f16",
            Fill::Uniform => "uniform",
            Fill::Normal => "normal",
            Fill::Extreme => "extreme",
        }
    }

    /// The largest magnitude of its integers for `problem`, where it fills with integers.
    ///
    /// With `T` taps, `T·r·r + r` is below the limit, so every sum of every order is exact; where even the smallest
    /// useful range doesn't fit, the range stays and the certificate says that sums may round.
    fn magnitude(self, problem: &Problem) -> Option<u16> {
        let limit: u64 = match self {
            Fill::Integers => 1 << 24,
            Fill::IntegersF16 => 1 << 11,
            Fill::Uniform | Fill::Normal | Fill::Extreme => return None,
        };
        let taps = problem.taps();
        let fits = |r: u16| {
            let r = u64::from(r);
            taps.saturating_mul(r * r).saturating_add(r) < limit
        };
        Some((2..=LARGEST_MAGNITUDE).rev().find(|&r| fits(r)).unwrap_or(2))
    }

    /// An upper bound of `Σ|x·w| + |b|` over all output elements where all operands are integers, by construction.
    pub fn integer_bound(self, problem: &Problem) -> Option<u64> {
        let r = u64::from(self.magnitude(problem)?);
        Some(problem.taps().saturating_mul(r * r).saturating_add(r))
    }
}

/// Fills operands for `problem` from `seed`. The slices have the lengths that the problem says.
pub fn fill(problem: &Problem, how: Fill, seed: u64, input: &mut [f32], weights: &mut [f32], bias: &mut [f32]) {
    let (input_state, weights_state, bias_state) = counters(problem, seed);
    let [h, w] = [problem.input.h, problem.input.w].map(u64::from);
    let [kernel_h, kernel_w] = [problem.kernel.h, problem.kernel.w].map(u64::from);
    let batch_stride = u64::from(problem.in_channels) * h * w;
    let out_channel_stride = u64::from(problem.in_channels_per_group()) * kernel_h * kernel_w;
    let input_strides = [batch_stride, h * w, w, 1];
    let weights_strides = [out_channel_stride, kernel_h * kernel_w, kernel_w, 1];
    match (how, how.magnitude(problem)) {
        (_, Some(largest)) => {
            integers(input_state, largest, &input_strides, input);
            integers(weights_state, largest, &weights_strides, weights);
            integers(bias_state, largest, &[1], bias);
        }
        (Fill::Normal, _) => {
            draw(input_state, normal, input);
            draw(weights_state, normal, weights);
            draw(bias_state, normal, bias);
        }
        _ => {
            if how == Fill::Extreme {
                draw(input_state, extreme, input)
            } else {
                draw(input_state, uniform, input)
            };
            draw(weights_state, uniform, weights);
            draw(bias_state, uniform, bias);
        }
    }
}

/// Where the counters of input, weights and bias begin.
fn counters(problem: &Problem, seed: u64) -> (u64, u64, u64) {
    let mut bytes = [0; 8 + 4 * Parameters::NUMBERS];
    let (seed_bytes, rest) = bytes.split_at_mut(8);
    seed_bytes.copy_from_slice(&seed.to_le_bytes());
    for (slot, number) in rest.chunks_exact_mut(4).zip(problem.to_numbers()) {
        slot.copy_from_slice(&number.to_le_bytes());
    }
    let mut state = rapidhash_v3(&bytes);
    (rapidrng(&mut state), rapidrng(&mut state), rapidrng(&mut state))
}

/// Integers of magnitude up to `largest`, none zero, in which elements one of `strides` apart differ. Each stride
/// divides the one before it.
///
/// Sixteen at a time in 16-bit lanes, which the compiler turns into vector instructions. Nothing here wraps; the operations that
/// would are for builds that check each one (a fuzzer's), where a check a lane is a branch a lane.
fn integers(mut state: u64, largest: u16, strides: &[u64], values: &mut [f32]) {
    let classes = classes(largest, strides, values.len());
    // 2·largest values in all, split into residue classes of `choices` values each.
    let choices = 2 * largest / classes;
    let mut next = 0;
    let mut class = [0; LANES];
    for lane in &mut class {
        *lane = next;
        next = if next + 1 == classes { 0 } else { next + 1 };
    }
    let advance = next;
    let mut block = || -> [f32; LANES] {
        let random = [rapidrng(&mut state), rapidrng(&mut state)].map(u64::to_le_bytes);
        std::array::from_fn(|lane| {
            let choice = u16::from(random[lane / 8][lane % 8]).wrapping_mul(choices) >> 8;
            let signed = (class[lane].wrapping_add(classes.wrapping_mul(choice)) as i16).wrapping_sub(largest as i16);
            let next = class[lane].wrapping_add(advance);
            class[lane] = next.wrapping_sub(if next >= classes { classes } else { 0 });
            f32::from(signed.wrapping_add(i16::from(signed >= 0)))
        })
    };
    let (blocks, rest) = values.as_chunks_mut::<LANES>();
    blocks.fill_with(&mut block);
    if !rest.is_empty() {
        rest.copy_from_slice(&block()[..rest.len()]);
    }
}

/// The smallest number of classes that separates neighbours: one that doesn't divide the largest stride at which a
/// tensor of `len` elements has neighbours, and so none of the smaller ones.
///
/// Where that takes more classes than there are values, it is one that separates all but the furthest neighbours.
fn classes(largest: u16, strides: &[u64], len: usize) -> u16 {
    strides
        .iter()
        .filter(|&&stride| stride < len as u64)
        .find_map(|stride| (2..=2 * largest).find(|&classes| !stride.is_multiple_of(u64::from(classes))))
        .unwrap_or(1)
}

fn draw(mut state: u64, one: impl Fn(&mut u64) -> f32, values: &mut [f32]) {
    values.fill_with(|| one(&mut state));
}

/// Uniform in (-1, 1): the odd multiples of 2^-23, so never zero.
fn uniform(state: &mut u64) -> f32 {
    let odd = (rapidrng(state) >> 40) as i32 | 1;
    (odd - (1 << 23)) as f32 * (1.0 / (1 << 23) as f32)
}

/// Nearly normal, mean 0 and variance 1: the sum of twelve uniform values, never zero.
///
/// That is the same to the last bit everywhere; logarithm and cosine are not, as each system brings its own.
fn normal(state: &mut u64) -> f32 {
    let mut sum = 0;
    for _ in 0..3 {
        let bits = rapidrng(state);
        sum += (0..64).step_by(16).map(|shift| (bits >> shift) as i32 & 0xffff).sum::<i32>();
    }
    // Twelve values of 0..=65535 have the mean 6·65535 and the variance 65536².
    (2 * (sum - 6 * 65535) + 1) as f32 * (1.0 / (2 << 16) as f32)
}

/// One value in eight is from an edge of f32, the rest are uniform.
fn extreme(state: &mut u64) -> f32 {
    let bits = rapidrng(state);
    match bits % 64 {
        0 => f32::INFINITY,
        1 => f32::NEG_INFINITY,
        2 => f32::NAN,
        3 => f32::MAX,
        4 => -f32::MAX,
        5 => f32::MIN_POSITIVE,
        6 => f32::from_bits(1 + (bits >> 32) as u32 % 0x007f_ffff),
        7 => -f32::from_bits(1),
        _ => uniform(state),
    }
}
