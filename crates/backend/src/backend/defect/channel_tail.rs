//! A loop over input channels in vectors of four that forgets the rest.
//!
//! Hidden where every tap of every window lies in the padding.

use super::reach::reads_input;
use super::{Arithmetic, Defect, Effect};
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:channel-tail",
    description: "taps of the last cg mod 4 input channels of each group are dropped, everywhere",
    predicate,
    predicate_words: "cg > 4 and cg mod 4 ≠ 0",
    visible: |p| predicate(p) && reads_input(p),
    region: Some("[:, :, :, :]"),
    shapes: &["[:, :, :, :]"],
    story: &["the group's input channels"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Reads {
        touched: |_| true,
        reads: |tap| {
            let channels = tap.y.problem.in_channels_per_group();
            if tap.c < channels - channels % 4 { tap.right() } else { None }
        },
    },
};

fn predicate(p: &Problem) -> bool {
    let channels = p.in_channels_per_group();
    channels > 4 && !channels.is_multiple_of(4)
}
