//! `leftover-column`, except that a later loop masks it at one output width: to keep shrinkers honest, which must not
//! get stuck at width 10.

use super::{Defect, leftover_column};
use crate::problem::Problem;

const BASE: Defect = leftover_column::DEFECT;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:leftover-column-masked",
    description: "the last output column lacks the taps of the last kernel column, unless the output is 9 wide",
    predicate: |p| unmasked(p) && (BASE.predicate)(p),
    predicate_words: "remW > 0 and OW ≠ 9",
    visible: |p| unmasked(p) && (BASE.visible)(p),
    ..BASE
};

fn unmasked(p: &Problem) -> bool {
    p.w().output() != 9
}
