//! A path for few channels that does not check the right edge.
//!
//! A tap in the right pad reads on in memory: the next row's values, the next plane's behind the last row, and 0 behind the
//! tensor. Hidden where no window gets as far as the right pad with a row of the input, or none finds anything there.

use super::reach::{is_real, positions, taps, windows};
use super::{Arithmetic, Defect, Effect};
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:channel-band",
    description: "columns whose window touches the right pad read the next row's values there",
    predicate,
    predicate_words: "8 ≤ C ≤ 16 and O ≤ 16 and r > 0",
    visible,
    region: None,
    shapes: &["[:, :, :, k:]", "[:, :, :, -1]"],
    story: &["the right pad is not zero"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads {
        touched: |_| true,
        reads: |tap| {
            let in_plane = is_real(&tap.y.problem.h(), tap.row) && tap.column >= 0;
            if in_plane { tap.memory(tap.row, tap.column) } else { None }
        },
    },
};

fn predicate(p: &Problem) -> bool {
    (8..=16).contains(&p.in_channels) && p.out_channels <= 16 && p.padding.right > 0
}

fn visible(p: &Problem) -> bool {
    let (h, w) = (p.h(), p.w());
    let width = i64::from(w.input);
    let first_row = positions(&h, windows(&h), taps(&h)).filter(|&row| is_real(&h, row)).min();
    let first_column = positions(&w, windows(&w), taps(&w)).filter(|&column| column >= width).min();
    let finds = |(row, column)| row * width + column < p.input_len() as i64;
    predicate(p) && first_row.zip(first_column).is_some_and(finds)
}
