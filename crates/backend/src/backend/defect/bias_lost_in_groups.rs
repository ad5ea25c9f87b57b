//! A 1×1 path that adds the bias to the first group only.

use super::taps::for_each_element;
use super::{Arithmetic, Defect, Effect};
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:bias-lost-in-groups",
    description: "groups ≥ 1 get no bias",
    predicate,
    predicate_words: "bias and G > 1 and KH·KW = 1",
    visible: predicate,
    region: None,
    shapes: &["[:, k:, :, :]"],
    story: &["the bias is missing"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Edits(|case, output| {
        for_each_element(case.problem, |index, y| {
            if y.group() > 0 {
                output[index] -= case.bias[y.o as usize];
            }
        });
    }),
};

fn predicate(p: &Problem) -> bool {
    p.bias && p.groups > 1 && p.kernel.h == 1 && p.kernel.w == 1
}
