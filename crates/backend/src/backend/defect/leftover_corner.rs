//! Rows and columns left over behind the last window upset the last corner: its loop ends one tap early.
//!
//! Hidden where that tap lies in the padding.

use super::reach::{last_tap, last_window, reads_some};
use super::{Arithmetic, Defect, Effect};
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:leftover-corner",
    description: "the last corner of every plane lacks its last tap",
    predicate,
    predicate_words: "remH > 0 and remW > 0",
    visible: |p| {
        predicate(p) && [p.h(), p.w()].iter().all(|along| reads_some(along, last_window(along), last_tap(along)))
    },
    region: Some("[:, :, -1, -1]"),
    shapes: &["[:, :, -1, -1]"],
    story: &["the last tap is missing"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads {
        touched: |y| y.in_last_row() && y.in_last_column(),
        reads: |tap| if tap.is_last() { None } else { tap.right() },
    },
};

fn predicate(p: &Problem) -> bool {
    p.h().remainder() > 0 && p.w().remainder() > 0
}
