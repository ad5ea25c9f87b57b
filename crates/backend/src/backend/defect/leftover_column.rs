//! Columns left over behind the last window upset the last output column: its loop ends one kernel column early.
//!
//! Hidden where that kernel column lies in the padding.

use super::reach::{last_tap, last_window, reads_along, reads_some};
use super::{Arithmetic, Defect, Effect};
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:leftover-column",
    description: "the last output column lacks the taps of the last kernel column",
    predicate,
    predicate_words: "remW > 0",
    visible,
    region: Some("[:, :, :, -1]"),
    shapes: &["[:, :, :, -1]"],
    story: &["the taps of the last kernel column are missing"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads {
        touched: |y| y.in_last_column(),
        reads: |tap| if tap.in_last_kernel_column() { None } else { tap.right() },
    },
};

fn predicate(p: &Problem) -> bool {
    p.w().remainder() > 0
}

fn visible(p: &Problem) -> bool {
    let w = p.w();
    predicate(p) && reads_along(&p.h()) && reads_some(&w, last_window(&w), last_tap(&w))
}
