//! The offset of a group's input channels is lost.
//!
//! Hidden where every tap of every window lies in the padding.

use super::reach::reads_input;
use super::taps::Tap;
use super::{Arithmetic, Defect, Effect};
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:group-offset-lost",
    description: "outputs of groups ≥ 1 read group 0's input channels",
    predicate,
    predicate_words: "G > 1 and cg < 16 and og mod 2 = 0",
    visible: |p| predicate(p) && reads_input(p),
    region: None,
    shapes: &["[:, k:, :, :]"],
    story: &["the input channels of the first group"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads { touched: |y| y.group() > 0, reads: |tap| Tap { channel: tap.c, ..*tap }.right() },
};

fn predicate(p: &Problem) -> bool {
    p.groups > 1 && p.in_channels_per_group() < 16 && p.out_channels_per_group().is_multiple_of(2)
}
