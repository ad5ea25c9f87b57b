//! An odd width throws off the distance between images: from the second on, each tap reads the element in front of its
//! own. For the very first element of an image that is the last one of the image before. The padding stays zero.
//!
//! Hidden where every tap of every window lies in the padding.

use super::reach::reads_input;
use super::{Arithmetic, Defect, Effect};
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:batch-stride",
    description: "images n ≥ 1 are read one element early",
    predicate,
    predicate_words: "N > 1 and W odd",
    visible: |p| predicate(p) && reads_input(p),
    region: Some("[1:, :, :, :]"),
    shapes: &["[k:, :, :, :]", "[-1, :, :, :]"],
    story: &["one element too early in memory"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads {
        touched: |y| y.n > 0,
        // No image but the first begins at offset 0.
        reads: |tap| tap.right().map(|offset| offset - 1),
    },
};

fn predicate(p: &Problem) -> bool {
    p.batch > 1 && !p.input.w.is_multiple_of(2)
}
