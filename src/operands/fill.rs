//! Values for operands, from a seed and the problem alone.
//!
//! The generator is counter-based (rapidrand: the output is a hash of a counter), and its counter starts at a hash of
//! seed, problem and tensor, so that any problem's operands can be made at any time, in any order, on any thread.
//!
//! # Why these integers
//! Three things are asked of them. Every tap must matter, so no value is zero. A tap that is read from one place
//! further (in the row, the column, the channel, the image, or just the next element in memory) must matter too, so
//! neighbours in all these directions differ: element `i` is drawn from the residue class `i mod m`, with `m` a
//! prime that divides none of the tensor's strides. And every order of summation must be exact, so magnitudes stay so
//! small that `Σ|x·w| + |b|` is below the limit of the output type. Within that they are as various as can be,
//! lest two wrong taps cancel out.

use crate::problem::Problem;
use rapidhash::v3::rapidhash_v3;
use rapidrand::rapidrng;
use serde::{Deserialize, Serialize};

/// The seed of a run that names none.
pub const DEFAULT_SEED: u64 = 2515;

/// The largest magnitude of an integer fill: more adds no power to notice, and hurts the reader.
const LARGEST_MAGNITUDE: u64 = 63;

/// How operands are filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fill {
    /// Small integers, exact in f32: `Σ|x·w| + |b| < 2^24` up to some 400,000 taps.
    #[default]
    Integers,
    /// Small integers, exact in f16: `Σ|x·w| + |b| < 2^11` up to some 200 taps.
    IntegersF16,
    /// Real values, uniform in [-1, 1).
    Uniform,
    /// Real values, standard normal.
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
    fn magnitude(self, problem: &Problem) -> Option<u64> {
        let limit: u64 = match self {
            Fill::Integers => 1 << 24,
            Fill::IntegersF16 => 1 << 11,
            Fill::Uniform | Fill::Normal | Fill::Extreme => return None,
        };
        let taps = problem.taps();
        let fits = |r: u64| taps.saturating_mul(r * r).saturating_add(r) < limit;
        let mut largest = (limit / taps).isqrt().clamp(2, LARGEST_MAGNITUDE);
        while largest > 2 && !fits(largest) {
            largest -= 1;
        }
        Some(largest)
    }

    /// An upper bound of `Σ|x·w| + |b|` over all output elements where all operands are integers, by construction.
    pub fn integer_bound(self, problem: &Problem) -> Option<u64> {
        let r = self.magnitude(problem)?;
        Some(problem.taps().saturating_mul(r * r).saturating_add(r))
    }
}

/// Fills operands for `problem` from `seed`. The slices have the lengths that the problem says.
pub fn fill(problem: &Problem, how: Fill, seed: u64, input: &mut [f32], weights: &mut [f32], bias: &mut [f32]) {
    let (input_state, weights_state, bias_state) = counters(problem, seed);
    let [h, w] = [problem.input.h, problem.input.w].map(u64::from);
    let [kernel_h, kernel_w] = [problem.kernel.h, problem.kernel.w].map(u64::from);
    match how.magnitude(problem) {
        Some(largest) => {
            let batch_stride = u64::from(problem.in_channels) * h * w;
            let out_channel_stride = u64::from(problem.in_channels_per_group()) * kernel_h * kernel_w;
            integers(input_state, largest, batch_stride, input);
            integers(weights_state, largest, out_channel_stride, weights);
            integers(bias_state, largest, 1, bias);
        }
        None => {
            let draw: fn(&mut u64) -> f32 = if how == Fill::Normal { normal } else { uniform };
            let draw_input: fn(&mut u64) -> f32 = if how == Fill::Extreme { extreme } else { draw };
            for (mut state, values, draw) in
                [(input_state, input, draw_input), (weights_state, weights, draw), (bias_state, bias, draw)]
            {
                values.fill_with(|| draw(&mut state));
            }
        }
    }
}

/// Where the counters of input, weights and bias begin.
fn counters(problem: &Problem, seed: u64) -> (u64, u64, u64) {
    let p = problem;
    let words = [
        seed as u32,
        (seed >> 32) as u32,
        p.batch,
        p.in_channels,
        p.out_channels,
        p.groups,
        p.input.h,
        p.input.w,
        p.kernel.h,
        p.kernel.w,
        p.stride.h,
        p.stride.w,
        p.dilation.h,
        p.dilation.w,
        p.padding.top,
        p.padding.left,
        p.padding.bottom,
        p.padding.right,
        u32::from(p.bias),
    ];
    let mut bytes = [0; 19 * 4];
    for (slot, word) in bytes.chunks_exact_mut(4).zip(words) {
        slot.copy_from_slice(&word.to_le_bytes());
    }
    let mut state = rapidhash_v3(&bytes);
    (rapidrng(&mut state), rapidrng(&mut state), rapidrng(&mut state))
}

/// Integers of magnitude up to `largest`, none zero, in which elements one apart, or one row, channel or image apart
/// (the strides all divide `outer_stride`), differ.
fn integers(mut state: u64, largest: u64, outer_stride: u64, values: &mut [f32]) {
    let classes = classes(largest, outer_stride);
    // 2·largest values in all, split into residue classes of `choices` values each.
    let choices = 2 * largest / classes;
    let mut class = 0;
    for eight in values.chunks_mut(8) {
        let random = rapidrng(&mut state).to_le_bytes();
        for (value, byte) in eight.iter_mut().zip(random) {
            let index = class + classes * ((u64::from(byte) * choices) >> 8);
            let signed = index as i64 - largest as i64;
            *value = (if signed >= 0 { signed + 1 } else { signed }) as f32;
            class = if class + 1 == classes { 0 } else { class + 1 };
        }
    }
}

/// The smallest odd prime that doesn't divide `outer_stride`, as far as `largest` leaves values for that many classes.
fn classes(largest: u64, outer_stride: u64) -> u64 {
    const PRIMES: [u64; 12] = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41];
    let fits = |&prime: &u64| prime <= 2 * largest;
    PRIMES.into_iter().take_while(fits).find(|prime| !outer_stride.is_multiple_of(*prime)).unwrap_or(1)
}

/// Uniform in [-1, 1), with 24 random bits.
fn uniform(state: &mut u64) -> f32 {
    ((rapidrng(state) >> 40) as f32) * (1.0 / (1 << 23) as f32) - 1.0
}

/// Standard normal, by Box and Muller (1958).
fn normal(state: &mut u64) -> f32 {
    let unit = |bits: u64| ((bits >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64);
    let (radius, angle) = (unit(rapidrng(state)), unit(rapidrng(state)));
    ((-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()) as f32
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
