//! Problems that show a finding in another size, to tell which finding it is.

use crate::problem::{Along, Hw, Limits, Padding, Parameters, Problem};

/// The size from which on an output dimension tells first, last and others apart.
const TELLING: u32 = 3;

/// `problem` with a plane of a telling size, and with images and channels so as well: these two speak for what they
/// show. With its height or width alone it can only speak against. None where all sizes tell already.
pub fn grown(problem: &Problem) -> Vec<(Problem, bool)> {
    let p = problem.parameters();
    let more = |size: u32, step: u32| TELLING.saturating_sub(size) * step;
    // Windows wholly in the pads tell nothing, so they don't count.
    let telling = |along: Along| {
        let windows = (0..along.output()).filter(|window| along.reads_input(*window)).take(TELLING as usize);
        more(windows.count() as u32, along.stride)
    };
    let (more_h, more_w) = (telling(problem.h()), telling(problem.w()));
    // The groups stay, so channels come in steps of their number.
    let out_channels = p.out_channels + more(p.out_channels, 1).next_multiple_of(p.groups);
    let planes = Parameters { batch: p.batch.max(TELLING), out_channels, ..p };
    let candidates = [
        (wider(&p, more_h, more_w), true),
        (wider(&planes, more_h, more_w), true),
        (wider(&p, 0, more_w), false),
        (wider(&p, more_h, 0), false),
    ];
    let mut grown: Vec<(Problem, bool)> = Vec::new();
    for (larger, telling) in candidates {
        let Some(larger) = made(larger, problem) else { continue };
        if grown.iter().all(|(known, _)| *known != larger) {
            grown.push((larger, telling));
        }
    }
    grown
}

/// `problem` with the pads of one or both axes turned into input, so that they hide nothing; the output keeps its size.
pub fn unpadded(problem: &Problem) -> impl Iterator<Item = Problem> {
    let p = problem.parameters();
    let Padding { top, left, bottom, right } = p.padding;
    let rows =
        Parameters { padding: Padding { top: 0, bottom: 0, ..p.padding }, ..wider(&p, top.saturating_add(bottom), 0) };
    let columns = |p: &Parameters| Parameters {
        padding: Padding { left: 0, right: 0, ..p.padding },
        ..wider(p, 0, left.saturating_add(right))
    };
    [columns(&rows), rows, columns(&p)].into_iter().filter_map(|unpadded| made(unpadded, problem))
}

/// `problem` with some windows more, also with some that reach neither end.
pub fn larger(problem: &Problem) -> Vec<Problem> {
    let p = problem.parameters();
    let (h, w) = (problem.h(), problem.w());
    let roomy = |along: Along| {
        let room = along.effective_kernel() + 2 * u64::from(along.stride);
        (room.saturating_sub(along.input.into()) as u32).next_multiple_of(along.stride)
    };
    let candidates =
        [wider(&p, 0, w.stride), wider(&p, h.stride, 0), wider(&p, h.stride, w.stride), wider(&p, roomy(h), roomy(w))];
    let mut larger: Vec<Problem> = grown(problem).into_iter().map(|(grown, _)| grown).collect();
    for candidate in candidates.into_iter().filter_map(|candidate| made(candidate, problem)) {
        if !larger.contains(&candidate) {
            larger.push(candidate);
        }
    }
    larger
}

/// `problem` with height and width exchanged.
pub fn transposed(problem: &Problem) -> Option<Problem> {
    let p = problem.parameters();
    let exchanged = |pair: Hw| Hw { h: pair.w, w: pair.h };
    let Padding { top, left, bottom, right } = p.padding;
    let transposed = Parameters {
        input: exchanged(p.input),
        kernel: exchanged(p.kernel),
        stride: exchanged(p.stride),
        dilation: exchanged(p.dilation),
        padding: Padding { top: left, left: top, bottom: right, right: bottom },
        ..p
    };
    made(transposed, problem)
}

/// Whether an output is large enough for its region's shape to be the only one.
pub fn is_telling(problem: &Problem) -> bool {
    let output = problem.output();
    output.h.min(output.w) >= TELLING
}

/// A problem other than `problem`, within the limits.
fn made(parameters: Parameters, problem: &Problem) -> Option<Problem> {
    let made = Problem::new(parameters).ok()?;
    (made != *problem && Limits::default().check(&made).is_ok()).then_some(made)
}

fn wider(p: &Parameters, h: u32, w: u32) -> Parameters {
    Parameters { input: Hw { h: p.input.h.saturating_add(h), w: p.input.w.saturating_add(w) }, ..*p }
}
