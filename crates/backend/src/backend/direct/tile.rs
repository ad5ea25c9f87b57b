//! The register tile: a few output channels by a few vectors of windows, summed without touching memory.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x8};

/// Windows in one vector.
const LANES: usize = 8;

/// Windows past the end of a run that [`run`] may compute: read from the scratch, written to the sums.
pub const SLACK: usize = 4 * LANES;

/// Where sums go: window `i` of output channel `o` to `values[o * row + i]`.
pub struct Sums<'a> {
    /// The rows, one an output channel.
    pub values: &'a mut [f32],
    /// Elements from one row to the next.
    pub row: usize,
}

/// Computes a run of `len` neighbouring windows for `O` output channels.
///
/// Window `i` reads `scratch[taps[t] + i]` for tap `t`, and its sum starts from `bias`.
#[inline(always)]
pub fn run<S: Simd, const O: usize>(
    simd: S,
    scratch: &[f32],
    taps: &[usize],
    weights: &[[f32; O]],
    bias: [f32; O],
    sums: &mut Sums<'_>,
    len: usize,
) {
    let mut at = 0;
    while at < len {
        // With few output channels a tile needs more vectors, lest its additions wait for one another.
        at += match len - at {
            left if left > 2 * LANES && O <= 2 => tile::<S, O, 4>(simd, at, scratch, taps, weights, bias, sums),
            left if left > LANES => tile::<S, O, 2>(simd, at, scratch, taps, weights, bias, sums),
            _ => tile::<S, O, 1>(simd, at, scratch, taps, weights, bias, sums),
        };
    }
}

/// `O` output channels by `V` vectors, from window `at` on. Returns the number of windows.
///
/// The vectors stay in registers as long as `O * V` is at most 12, of the 16 that AVX2 has, and the loops are plain
/// ones: a closure that isn't inlined runs without the wide instructions.
#[inline(always)]
fn tile<S: Simd, const O: usize, const V: usize>(
    simd: S,
    at: usize,
    scratch: &[f32],
    taps: &[usize],
    weights: &[[f32; O]],
    bias: [f32; O],
    sums: &mut Sums<'_>,
) -> usize {
    let scratch = &scratch[at..];
    let mut sum = [[f32x8::splat(simd, 0.0); V]; O];
    for o in 0..O {
        sum[o] = [f32x8::splat(simd, bias[o]); V];
    }
    for (&tap, weights) in taps.iter().zip(weights) {
        let windows = &scratch[tap..tap + V * LANES];
        let mut x = [f32x8::splat(simd, 0.0); V];
        for v in 0..V {
            x[v] = f32x8::from_slice(simd, &windows[v * LANES..][..LANES]);
        }
        for o in 0..O {
            let w = f32x8::splat(simd, weights[o]);
            for v in 0..V {
                sum[o][v] = x[v].mul_add(w, sum[o][v]);
            }
        }
    }
    for (o, sum) in sum.iter().enumerate() {
        for (v, sum) in sum.iter().enumerate() {
            sum.store_slice(&mut sums.values[o * sums.row + at + v * LANES..][..LANES]);
        }
    }
    V * LANES
}
