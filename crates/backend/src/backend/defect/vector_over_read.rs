//! A depthwise path that loads vectors past the tensor's end. The values are right, but now and then the load hits a page
//! that isn't there, and the process dies.
//!
//! Visible only where it dies.

use super::{Arithmetic, Defect, Effect};
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:vector-over-read",
    description: "right values, but the process dies (abort) when N·C·H·W mod 16 = 1",
    predicate,
    predicate_words: "G = C and sw = 2 and W odd",
    visible: |p| predicate(p) && dies(p),
    region: None,
    shapes: &[],
    story: &[],
    isolated_only: true,
    arithmetic: Arithmetic::F32,
    effect: Effect::Edits(|case, _| {
        if dies(case.problem) {
            std::process::abort();
        }
    }),
};

fn predicate(p: &Problem) -> bool {
    p.groups == p.in_channels && p.stride.w == 2 && !p.input.w.is_multiple_of(2)
}

fn dies(p: &Problem) -> bool {
    p.input_len() % 16 == 1
}
