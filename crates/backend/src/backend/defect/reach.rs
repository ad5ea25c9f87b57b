//! Where a defect can be seen: an effect on taps that all lie in the padding changes nothing.

use crate::problem::{Along, Problem};
use std::ops::Range;

/// Whether some tap of the problem reads a real input element. Not so for a 1×1 kernel whose windows all start inside
/// the padding, say.
pub fn reads_input(problem: &Problem) -> bool {
    reads_along(&problem.h()) && reads_along(&problem.w())
}

/// Whether some tap of some window along one axis reads a real position.
pub fn reads_along(along: &Along) -> bool {
    reads_some(along, windows(along), taps(along))
}

/// Whether one of these taps of one of these windows reads a real position.
pub fn reads_some(along: &Along, windows: Range<u64>, taps: Range<u64>) -> bool {
    positions(along, windows, taps).any(|position| is_real(along, position))
}

/// Whether a position is in the input, not in a pad.
pub fn is_real(along: &Along, position: i64) -> bool {
    (0..i64::from(along.input)).contains(&position)
}

/// The positions that these taps of these windows read, those in pads included.
pub fn positions(along: &Along, windows: Range<u64>, taps: Range<u64>) -> impl Iterator<Item = i64> {
    let along = *along;
    windows.flat_map(move |window| {
        taps.clone().map(move |tap| along.window_start(window) + (tap * u64::from(along.dilation)) as i64)
    })
}

/// All windows.
pub fn windows(along: &Along) -> Range<u64> {
    0..along.output()
}

/// The last window alone.
pub fn last_window(along: &Along) -> Range<u64> {
    along.output() - 1..along.output()
}

/// All taps.
pub fn taps(along: &Along) -> Range<u64> {
    0..u64::from(along.kernel)
}

/// The last tap alone.
pub fn last_tap(along: &Along) -> Range<u64> {
    u64::from(along.kernel) - 1..u64::from(along.kernel)
}
