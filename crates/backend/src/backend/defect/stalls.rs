//! A large kernel with a large stride sends the engine into a loop without end.

use super::{Arithmetic, Defect, Effect};
use crate::problem::Problem;

pub(super) const DEFECT: Defect = Defect {
    name: "defect:stalls",
    description: "never returns",
    predicate,
    predicate_words: "KH·KW > 20 and sh > 4",
    visible: predicate,
    region: None,
    shapes: &[],
    story: &[],
    isolated_only: true,
    arithmetic: Arithmetic::F32,
    effect: Effect::Edits(|_, _| stall()),
};

fn predicate(p: &Problem) -> bool {
    u64::from(p.kernel.h) * u64::from(p.kernel.w) > 20 && p.stride.h > 4
}

/// Parked rather than spinning, so that waiting for the deadline costs nobody a core.
fn stall() -> ! {
    loop {
        std::thread::park();
    }
}
