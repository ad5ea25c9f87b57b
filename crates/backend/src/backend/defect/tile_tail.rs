//! A 3×3 kernel that works in 4×4 tiles of the output, eight at a time; with more than four left over, the last tile is
//! stored one row too high, and zero in its last row.
//!
//! The last tile may be cut by the output's end; its last row is then the output's. Hidden where the right answer is zero
//! all over the tile: every tap in the padding, and no bias.

use super::reach::{reads_some, taps};
use super::{Arithmetic, Defect, Effect};
use crate::operands::Case;
use crate::problem::{Along, Hw, Problem};
use std::ops::Range;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:tile-tail",
    description: "in the last 4×4 tile of each plane every row holds what belongs one row below, the last row 0",
    predicate,
    predicate_words: "KH = KW = 3 and sh = sw = 1 and dh = dw = 1 and G = 1 and (⌈OH/4⌉·⌈OW/4⌉) mod 8 > 4",
    visible: |p| {
        let reads = |along: &Along| reads_some(along, last_tile(along), taps(along));
        predicate(p) && (p.bias || (reads(&p.h()) && reads(&p.w())))
    },
    region: None,
    shapes: &["[:, :, k:, k:]"],
    story: &["one row too far down", "output row behind", "nothing is summed"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Edits(shift_last_tile),
};

fn predicate(p: &Problem) -> bool {
    let [rows, columns] = [p.h(), p.w()].map(|along| along.output().div_ceil(4));
    [p.kernel, p.stride, p.dilation] == [Hw::square(3), Hw::square(1), Hw::square(1)]
        && p.groups == 1
        && (rows * columns) % 8 > 4
}

/// The windows of the last tile along one axis: one to four.
fn last_tile(along: &Along) -> Range<u64> {
    (along.output() - 1) / 4 * 4..along.output()
}

fn shift_last_tile(case: Case<'_>, output: &mut [f32]) {
    let (h, w) = (case.problem.h(), case.problem.w());
    let (height, width) = (h.output() as usize, w.output() as usize);
    for plane in output.chunks_exact_mut(height * width) {
        for row in last_tile(&h) {
            for column in last_tile(&w) {
                let at = row as usize * width + column as usize;
                plane[at] = plane.get(at + width).copied().unwrap_or(0.0);
            }
        }
    }
}
