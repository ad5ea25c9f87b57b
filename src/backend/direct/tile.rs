//! The register tile: a few output channels by a few vectors of windows, summed without touching memory.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x8};

/// Windows in one vector.
const LANES: usize = 8;

/// Windows that [`channels`] may read and write past the end of a run.
pub const SLACK: usize = 4 * LANES;

/// Computes a run of `len` neighbouring windows for `O` output channels.
///
/// Window `i` of the run reads `scratch[taps[t] + i]` for tap `t`. Sums start from `bias` and go, window by window,
/// to `sums`, a row of `row` elements an output channel.
///
/// Products and sums are rounded one by one, not fused, so that the result on real values is the same on every
/// machine, whatever its vector width.
#[inline(always)]
pub fn channels<S: Simd, const O: usize>(
    simd: S,
    scratch: &[f32],
    taps: &[usize],
    weights: [&[f32]; O],
    bias: [f32; O],
    (sums, row, len): (&mut [f32], usize, usize),
) {
    let mut done = 0;
    while done < len {
        let (scratch, sums) = (&scratch[done..], &mut sums[done..]);
        // Few output channels need more vectors each, lest the adders wait for one another.
        done += match len - done {
            left if left > 2 * LANES && O <= 2 => tile::<S, O, 4>(simd, scratch, taps, weights, bias, sums, row),
            left if left > LANES => tile::<S, O, 2>(simd, scratch, taps, weights, bias, sums, row),
            _ => tile::<S, O, 1>(simd, scratch, taps, weights, bias, sums, row),
        };
    }
}

/// `O` output channels by `V` vectors. Returns the number of windows.
#[inline(always)]
fn tile<S: Simd, const O: usize, const V: usize>(
    simd: S,
    scratch: &[f32],
    taps: &[usize],
    weights: [&[f32]; O],
    bias: [f32; O],
    sums: &mut [f32],
    row: usize,
) -> usize {
    let mut sum: [[f32x8<S>; V]; O] = bias.map(|b| [f32x8::splat(simd, b); V]);
    let weights = weights.map(|w| &w[..taps.len()]);
    for (t, &tap) in taps.iter().enumerate() {
        let x = &scratch[tap..][..V * LANES];
        for v in 0..V {
            let x = f32x8::from_slice(simd, &x[v * LANES..][..LANES]);
            for o in 0..O {
                sum[o][v] = x * weights[o][t] + sum[o][v];
            }
        }
    }
    for o in 0..O {
        for v in 0..V {
            sum[o][v].store_slice(&mut sums[o * row + v * LANES..][..LANES]);
        }
    }
    V * LANES
}
