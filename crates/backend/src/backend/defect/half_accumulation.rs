//! Sums in half precision: *not* a defect, but what many engines do by design. It stands here because it must be judged
//! `rounds`, never `differs`.
//!
//! Operands, products, every partial sum in tap order, and the sum with the bias are each rounded to f16. Whether that
//! shows depends on the operands, not on the problem, and nowhere is it wrong: it is visible on no problem.

use super::taps::{for_each_element, for_each_term};
use super::{Arithmetic, Defect, Effect};
use crate::operands::Case;
use half::f16;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:half-accumulation",
    description: "products and sums are rounded to f16: not a defect, but rounding to be told from one",
    predicate: |_| true,
    predicate_words: "always",
    visible: |_| false,
    region: None,
    shapes: &[],
    story: &[],
    isolated_only: false,
    arithmetic: Arithmetic::F16,
    effect: Effect::Edits(sum_in_half),
};

fn sum_in_half(case: Case<'_>, output: &mut [f32]) {
    for_each_element(case.problem, |index, y| {
        let mut sum = f16::ZERO;
        for_each_term(case, y, |tap| tap.right(), |x, w| sum += f16::from_f32(x) * f16::from_f32(w));
        if let Some(&bias) = case.bias.get(y.o as usize) {
            sum += f16::from_f32(bias);
        }
        output[index] = sum.to_f32();
    });
}
