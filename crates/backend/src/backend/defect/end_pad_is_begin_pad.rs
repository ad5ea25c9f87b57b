//! An engine that knows one pad an axis, and takes the end pad for as large as the begin pad.
//!
//! It knows rows H to H + t − 1 and columns W to W + l − 1 as padding. What windows read further out, in the extra end
//! pad, comes from memory: behind a row lies the next row, behind a plane the next plane; behind the tensor it reads 0.
//!
//! Hidden where no window gets as far as the extra pad, or none that does finds anything there.

use super::reach::{positions, taps, windows};
use super::{Arithmetic, Defect, Effect};
use crate::problem::{Along, Problem};

pub(super) const DEFECT: Defect = Defect {
    name: "defect:end-pad-is-begin-pad",
    description: "windows that need the extra end pad read what lies behind the row instead of 0",
    predicate,
    predicate_words: "b > t or r > l",
    visible,
    region: None,
    shapes: &["[:, :, border bottom right]"],
    story: &["pad is not zero", "pads are not zero"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads {
        touched: |_| true,
        reads: |tap| {
            let (h, w) = (tap.y.problem.h(), tap.y.problem.w());
            let padding = is_known_pad(&h, tap.row) || is_known_pad(&w, tap.column);
            if padding { None } else { tap.memory(tap.row, tap.column) }
        },
    },
};

fn is_known_pad(along: &Along, position: i64) -> bool {
    position < 0 || (position >= i64::from(along.input) && !is_extra(along, position))
}

fn is_extra(along: &Along, position: i64) -> bool {
    position >= i64::from(along.input) + i64::from(along.pad_begin)
}

fn predicate(p: &Problem) -> bool {
    p.padding.bottom > p.padding.top || p.padding.right > p.padding.left
}

fn visible(p: &Problem) -> bool {
    let (h, w) = (p.h(), p.w());
    let first =
        |along: &Along| positions(along, windows(along), taps(along)).filter(|&at| !is_known_pad(along, at)).min();
    let first_extra =
        |along: &Along| positions(along, windows(along), taps(along)).filter(|&at| is_extra(along, at)).min();
    // Of all reads out of bounds, one of these two is nearest to the front of the tensor.
    let nearest = [first_extra(&h).zip(first(&w)), first(&h).zip(first_extra(&w))];
    let finds = |(row, column): (i64, i64)| row * i64::from(w.input) + column < p.input_len() as i64;
    predicate(p) && nearest.into_iter().flatten().any(finds)
}
