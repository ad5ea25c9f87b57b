//! Strides in the wrong order, where the output's size does not give it away.
//!
//! The first window starts in the same place, so y[:, :, 0, 0] is right. Hidden where there is no other window, or none
//! that reads any input with either stride.

use super::reach::{reads_along, reads_some, taps, windows};
use super::{Arithmetic, Defect, Effect};
use crate::problem::{Along, Problem};

pub(super) const DEFECT: Defect = Defect {
    name: "defect:strides-swapped",
    description: "the strides of h and w are exchanged",
    predicate,
    predicate_words: "sh ≠ sw and KH ≠ KW and OH and OW stay the same when sh and sw are exchanged",
    visible: |p| {
        predicate(p) && (reads_beyond_first(&p.h(), &p.w()) || reads_beyond_first(&swapped(p).0, &swapped(p).1))
    },
    region: None,
    shapes: &["[:, :, flat k:]"],
    story: &["stride_h and stride_w are exchanged"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads {
        touched: |_| true,
        reads: |tap| {
            let stride = tap.y.problem.stride;
            let longer = i64::from(stride.w) - i64::from(stride.h);
            tap.at(tap.row + i64::from(tap.y.i) * longer, tap.column - i64::from(tap.y.j) * longer)
        },
    },
};

fn predicate(p: &Problem) -> bool {
    let (h, w) = swapped(p);
    p.stride.h != p.stride.w && p.kernel.h != p.kernel.w && h.output() == p.h().output() && w.output() == p.w().output()
}

fn swapped(p: &Problem) -> (Along, Along) {
    (Along { stride: p.stride.w, ..p.h() }, Along { stride: p.stride.h, ..p.w() })
}

/// Whether a window other than the first one of the plane reads some input.
fn reads_beyond_first(h: &Along, w: &Along) -> bool {
    let beyond = |along: &Along| reads_some(along, 1..windows(along).end, taps(along));
    (beyond(h) && reads_along(w)) || (reads_along(h) && beyond(w))
}
