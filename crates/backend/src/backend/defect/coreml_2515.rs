//! After apple/coremltools#2515: one corner is wrong, and only for some combinations of channels, kernel, padding and
//! stride.
//!
//! The window of the last corner stands one column to the right. Its rows are checked against the padding, its columns
//! only on the left: past the row it reads on in memory, so column W is the next row's first value (the next plane's
//! behind the last row), and past the tensor it reads 0.
//!
//! Hidden where the whole window lies below the input, or right of it with nothing behind the tensor to read.

use super::reach::{is_real, last_window, positions, taps};
use super::{Arithmetic, Defect, Effect};
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:coreml-2515",
    description: "the last corner of every plane reads its window one column to the right",
    predicate,
    predicate_words: "cg > 1 and KH ≠ KW and max(sh, sw) > 1 and exactly one of remH, remW is 0 and t + l + b + r > 0",
    visible,
    region: Some("[:, :, -1, -1]"),
    shapes: &["[:, :, -1, -1]"],
    story: &["one column too far right"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads {
        touched: |y| y.in_last_row() && y.in_last_column(),
        reads: |tap| {
            let in_plane = is_real(&tap.y.problem.h(), tap.row) && tap.column >= -1;
            if in_plane { tap.memory(tap.row, tap.column + 1) } else { None }
        },
    },
};

fn predicate(p: &Problem) -> bool {
    p.in_channels_per_group() > 1
        && p.kernel.h != p.kernel.w
        && p.stride.h.max(p.stride.w) > 1
        && p.padding.total() > 0
        && (p.h().remainder() == 0) != (p.w().remainder() == 0)
}

fn visible(p: &Problem) -> bool {
    let (h, w) = (p.h(), p.w());
    let first_row = positions(&h, last_window(&h), taps(&h)).find(|&row| is_real(&h, row));
    let (width, input_len) = (i64::from(w.input), p.input_len() as i64);
    predicate(p)
        && first_row.is_some_and(|row| {
            // A column right of the input shows only if there is memory behind it; -1 and those inside always do.
            let shows = |column| column >= -1 && (column < width || row * width + column + 1 < input_len);
            positions(&w, last_window(&w), taps(&w)).any(shows)
        })
}
