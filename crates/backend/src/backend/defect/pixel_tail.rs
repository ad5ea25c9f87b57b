//! A kernel that computes four pixels at a time, and a rest loop that ends one tap early.
//!
//! Hidden where the last tap of all those pixels lies in the padding.

use super::reach::{last_tap, reads_some};
use super::{Arithmetic, Defect, Effect};
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:pixel-tail",
    description: "the last (OH·OW) mod 4 pixels of each plane, in row-major order, lack the last tap",
    predicate,
    predicate_words: "(OH·OW) mod 4 ≠ 0 and OH·OW > 4",
    visible,
    region: None,
    shapes: &["[:, :, flat k:]"],
    story: &["the last tap is missing"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads {
        touched: |y| {
            let pixels = u64::from(y.size.h) * u64::from(y.size.w);
            u64::from(y.i) * u64::from(y.size.w) + u64::from(y.j) >= pixels - pixels % 4
        },
        reads: |tap| if tap.is_last() { None } else { tap.right() },
    },
};

fn pixels(p: &Problem) -> u64 {
    p.h().output() * p.w().output()
}

fn predicate(p: &Problem) -> bool {
    !pixels(p).is_multiple_of(4) && pixels(p) > 4
}

fn visible(p: &Problem) -> bool {
    let (h, w) = (p.h(), p.w());
    predicate(p)
        && (pixels(p) - pixels(p) % 4..pixels(p)).any(|pixel| {
            let (i, j) = (pixel / w.output(), pixel % w.output());
            reads_some(&h, i..i + 1, last_tap(&h)) && reads_some(&w, j..j + 1, last_tap(&w))
        })
}
