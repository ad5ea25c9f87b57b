//! Whether a problem could show a finding at all.

use crate::faults::{Element, FaultId, Hiding};
use crate::judge::{Cut, RegionShape, Symptom};
use crate::problem::{Along, Problem};

/// Whether some element of `symptom`'s region could be wrong: it has a window that reaches the input, or sums something else
/// under the fault that the bug is known to be. Of a bug that leaves out taps or doubles them, some of those must not
/// lie in the padding.
///
/// Where nothing could be wrong, a wrong read is a zero in place of a zero: that such a problem passes says nothing about when the
/// bug happens. Failures without a region can always be noticed.
pub fn could_show(symptom: &Symptom, kind: Option<FaultId>, problem: &Problem) -> bool {
    let (h, w) = (problem.h(), problem.w());
    let Some([_, _, rows, columns]) = cuts(symptom, kind) else { return true };
    let reaches_input = || along(&h, rows) && along(&w, columns);
    let Some(known) = kind else { return reaches_input() };
    match known.hides(problem) {
        Hiding::Nowhere => true,
        Hiding::OutsideInput => reaches_input() || would_show(symptom, kind, problem),
        Hiding::Anywhere => would_show(symptom, kind, problem),
    }
}

/// The cuts that the region has; none where it has no region.
fn cuts(symptom: &Symptom, kind: Option<FaultId>) -> Option<[Cut; 4]> {
    Some(match symptom.shape.parse().ok()? {
        RegionShape::Slice(cuts) => cuts,
        // Of the last pixels only the very last is wrong for certain.
        RegionShape::Flat([n, o]) => [n, o, Cut::Last, if kind.is_some() { Cut::Last } else { Cut::All }],
        RegionShape::Border([n, o], _) => [n, o, Cut::All, Cut::All],
        RegionShape::Scattered => [Cut::All; 4],
    })
}

/// Whether what the bug is known to do would change an element of `symptom`'s region for certain; where it isn't known, whether it
/// [could](could_show).
pub fn would_show(symptom: &Symptom, kind: Option<FaultId>, problem: &Problem) -> bool {
    let (h, w) = (problem.h(), problem.w());
    let Some([images, channels, rows, columns]) = cuts(symptom, kind) else { return true };
    let Some(kind) = kind else { return could_show(symptom, kind, problem) };
    if kind.hides(problem) == Hiding::Nowhere {
        return true;
    }
    let ends = |size: u32, cut: Cut| match cut {
        Cut::Last | Cut::Tail => vec![u64::from(size) - 1],
        Cut::First | Cut::Head => vec![0],
        _ if size == 1 => vec![0],
        _ => vec![0, u64::from(size) - 1],
    };
    let (images, channels) = (ends(problem.batch, images), ends(problem.out_channels, channels));
    let (rows, columns) = (windows(&h, rows), windows(&w, columns));
    let planes = images.iter().flat_map(|n| channels.iter().map(move |o| n * u64::from(problem.out_channels) + o));
    let elements = planes.flat_map(|plane| {
        let columns = &columns;
        let rows = rows.iter().map(move |row| plane * h.output() + row);
        rows.flat_map(move |row| columns.iter().map(move |column| (row * w.output() + column) as usize))
    });
    let elements: Vec<Element> = elements.map(|index| Element::at(problem, index)).collect();
    kind.would_change(problem, &elements)
}

/// Windows that a cut has for certain: some of them, where it has many.
fn windows(along: &Along, cut: Cut) -> Vec<u64> {
    let last = along.output() - 1;
    match cut {
        Cut::Last | Cut::Tail => vec![last],
        Cut::First | Cut::Head => vec![0],
        Cut::Even => (0..=last).step_by(2).collect(),
        Cut::Odd => (1..=last).step_by(2).collect(),
        _ => (0..=last).step_by((last / MOST_WINDOWS + 1) as usize).chain([last]).collect(),
    }
}

/// Windows along one axis that are looked at.
const MOST_WINDOWS: u64 = 6;

/// Whether one of the windows that a cut has for certain, whatever its `k`, reaches the input.
fn along(along: &Along, cut: Cut) -> bool {
    let last = along.output() - 1;
    match cut {
        Cut::Last | Cut::Tail => reaches_input(along, last),
        Cut::First | Cut::Head => reaches_input(along, 0),
        // Windows in the middle reach the input if any does.
        _ => (0..=last).any(|window| reaches_input(along, window)),
    }
}

fn reaches_input(along: &Along, window: u64) -> bool {
    let (start, dilation) = (along.window_start(window), i64::from(along.dilation));
    // The first tap that isn't in the begin pad.
    let before = if start < 0 { (-start + dilation - 1) / dilation } else { 0 };
    before < i64::from(along.kernel) && start + before * dilation < i64::from(along.input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Verdict;

    #[test]
    fn windows_in_the_padding_show_nothing() {
        let shows = |shape: &str, descriptor: &str| {
            let symptom = Symptom { verdict: Verdict::Differs, shape: shape.to_owned() };
            could_show(&symptom, None, &descriptor.parse().unwrap())
        };
        // The last row of windows lies below the input, all others don't.
        let below = "mb1ic1ih3iw3oc1kh1kw1ph0pw0pb1pr0";
        assert!(!shows("[:, :, -1, -1]", below) && !shows("[:, :, k:, :]", below) && !shows("[:, :, flat k:]", below));
        assert!(shows("[:, :, :, -1]", below) && shows("[:, :, 0, :]", below) && shows("scattered", below));
        // The taps stand astride a single row.
        assert!(!shows("[:, :, :, :]", "mb1ic1ih1iw1oc1kh2kw1dh1dw0ph1pw0"));
        assert!(shows("[:, :, :, :]", "mb1ic1ih2iw1oc1kh2kw1dh1dw0ph1pw0"));
        assert!(shows("signal: # (SIGABRT)", below));
    }

    #[test]
    fn what_a_bug_does_decides_where_it_can_be_seen() {
        let kind = |id: &str| id.parse::<FaultId>().unwrap();
        let shows = |kind: FaultId, shape: &str, descriptor: &str| {
            let symptom = Symptom { verdict: Verdict::Differs, shape: shape.to_owned() };
            could_show(&symptom, Some(kind), &descriptor.parse().unwrap())
        };
        // A missing tap that lies in the pad.
        let last_column = kind("taps-missing(last-column)");
        assert!(shows(last_column, "[:, :, :, -1]", "mb1ic1ih3iw3oc1kh2kw2ph0pw0"));
        assert!(!shows(last_column, "[:, :, :, -1]", "mb1ic1ih3iw3oc1kh2kw2ph0pw0pr1"));
        // Memory that is read in the pad, where no window of the region reaches the input.
        let memory = kind("pads-from-memory");
        assert!(shows(memory, "[:, :, :, -1]", "mb1ic1ih3iw3oc1kh2kw1ph0pw0pr1"));
        // In a row below the input: if it is the bottom pad that holds memory this would be seen.
        let (border, below) = ("[:, :, border bottom right]", "mb1ic2ih1iw6oc1oh1ow3kh2kw3sh3sw3ph1pw0dh1dw0");
        assert!(shows(memory, border, below) && shows(memory, "[:, :, -1, :]", below));
        assert!(shows(memory, border, "mb1ic2ih1iw6oc1oh1ow3kh2kw3sh3sw3ph1pw0"));
    }
}
