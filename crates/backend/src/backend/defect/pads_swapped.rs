//! Begin and end pads in the wrong order: the whole plane shifts by t − b rows and l − r columns.
//!
//! Hidden where neither the right windows nor the shifted ones read any input.

use super::reach::reads_input;
use super::{Arithmetic, Defect, Effect};
use crate::problem::{Padding, Parameters, Problem};

pub(super) const DEFECT: Defect = Defect {
    name: "defect:pads-swapped",
    description: "begin and end pads are exchanged on both axes, and the whole plane shifts",
    predicate,
    predicate_words: "t ≠ b or l ≠ r",
    visible: |p| predicate(p) && (reads_input(p) || swapped(p).is_some_and(|swapped| reads_input(&swapped))),
    region: Some("[:, :, :, :]"),
    shapes: &["[:, :, :, :]"],
    story: &["begin and end pad"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads {
        touched: |_| true,
        reads: |tap| {
            let Padding { top, left, bottom, right } = tap.y.problem.padding;
            let row = tap.row + i64::from(top) - i64::from(bottom);
            let column = tap.column + i64::from(left) - i64::from(right);
            tap.at(row, column)
        },
    },
};

fn predicate(p: &Problem) -> bool {
    p.padding.top != p.padding.bottom || p.padding.left != p.padding.right
}

fn swapped(p: &Problem) -> Option<Problem> {
    let Padding { top, left, bottom, right } = p.padding;
    let padding = Padding { top: bottom, left: right, bottom: top, right: left };
    Problem::new(Parameters { padding, ..p.parameters() }).ok()
}
