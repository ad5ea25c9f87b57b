//! A loop over output channels in blocks of eight that never writes the rest. What was in memory is zero.
//!
//! Counted over all groups: with O a multiple of 8 there is no rest, whatever og is, and the effect is hidden. So it is
//! where the right answer is zero: every tap in the padding, and no bias.

use super::reach::reads_input;
use super::{Arithmetic, Defect, Effect};
use crate::operands::Case;
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:output-channel-tail",
    description: "output channels from O − (O mod 8) on are never written and stay zero",
    predicate,
    predicate_words: "og mod 8 ≠ 0 and og > 8",
    visible: |p| predicate(p) && !p.out_channels.is_multiple_of(8) && (p.bias || reads_input(p)),
    region: None,
    shapes: &["[:, k:, :, :]"],
    story: &["nothing is summed"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Edits(zero_the_tail),
};

fn predicate(p: &Problem) -> bool {
    let channels = p.out_channels_per_group();
    !channels.is_multiple_of(8) && channels > 8
}

fn zero_the_tail(case: Case<'_>, output: &mut [f32]) {
    let channels = case.problem.out_channels as usize;
    let plane = output.len() / (case.problem.batch as usize * channels);
    for image in output.chunks_exact_mut(channels * plane) {
        image[(channels - channels % 8) * plane..].fill(0.0);
    }
}
