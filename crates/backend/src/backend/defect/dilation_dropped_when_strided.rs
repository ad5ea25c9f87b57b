//! A strided path that forgets the dilation along w.
//!
//! The first kernel column stays where it is. Hidden where there is no other, or none that reads any input at either
//! distance.

use super::reach::{reads_along, reads_some, windows};
use super::{Arithmetic, Defect, Effect};
use crate::problem::{Along, Problem};

pub(super) const DEFECT: Defect = Defect {
    name: "defect:dilation-dropped-when-strided",
    description: "taps are read at distance 1 along w",
    predicate,
    predicate_words: "dw > 1 and sw > 1",
    visible,
    region: Some("[:, :, :, :]"),
    shapes: &["[:, :, :, :]"],
    story: &["the dilation along w is ignored"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads {
        touched: |_| true,
        reads: |tap| {
            let dropped = i64::from(tap.kw) * i64::from(tap.y.problem.dilation.w - 1);
            tap.at(tap.row, tap.column - dropped)
        },
    },
};

fn predicate(p: &Problem) -> bool {
    p.dilation.w > 1 && p.stride.w > 1
}

fn visible(p: &Problem) -> bool {
    let w = p.w();
    // A dense kernel would have more windows; the output has those of the dilated one.
    let reads_beyond_first_tap = |dilation| reads_some(&Along { dilation, ..w }, windows(&w), 1..w.kernel.into());
    predicate(p) && reads_along(&p.h()) && [w.dilation, 1].into_iter().any(reads_beyond_first_tap)
}
