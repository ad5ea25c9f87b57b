//! A dilated depthwise path that never writes the last rows. What was in memory differs from call to call, so the
//! backend is not even wrong in the same way twice.

use super::{Arithmetic, Defect, Effect};
use crate::operands::Case;
use crate::problem::Problem;
use rapidrand::rapidrng;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const DEFECT: Defect = Defect {
    name: "defect:unwritten-rows",
    description: "the last dh − 1 output rows keep what was in memory: different values on each call",
    predicate,
    predicate_words: "dh > 1 and G = C and C > 1",
    visible: predicate,
    region: None,
    shapes: &["[:, :, k:, :]", "[:, :, -1, :]"],
    story: &["not deterministic"],
    isolated_only: false,
    arithmetic: Arithmetic::F32,
    effect: Effect::Edits(leave_rows),
};

fn predicate(p: &Problem) -> bool {
    p.dilation.h > 1 && p.groups == p.in_channels && p.in_channels > 1
}

fn leave_rows(case: Case<'_>, output: &mut [f32]) {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let mut state = CALLS.fetch_add(1, Ordering::Relaxed);
    // The generator steps its counter itself; one draw sets neighbouring calls apart.
    state = rapidrng(&mut state);
    let (height, width) = (case.problem.h().output() as usize, case.problem.w().output() as usize);
    let unwritten = height.min(case.problem.dilation.h as usize - 1);
    for plane in output.chunks_exact_mut(height * width) {
        plane[(height - unwritten) * width..].fill_with(|| {
            // Never an integer, so that no call is right by chance on integer operands.
            (rapidrng(&mut state) >> 41) as f32 + 0.5
        });
    }
}
