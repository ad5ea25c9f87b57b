//! Whether a problem could show a finding at all.

use super::taps::Kind;
use crate::judge::{Cut, RegionShape, Symptom};
use crate::problem::{Along, Problem};

/// Whether some element of `symptom`'s region has a window that reaches the input; and where the bug is known to leave out
/// taps, one of them among those that do.
///
/// Where all of them lie wholly in the padding, a wrong read is a zero in place of a zero: that such a problem passes
/// says nothing about when the bug happens. Failures without a region can always be noticed.
pub fn could_show(symptom: &Symptom, kind: Option<Kind>, problem: &Problem) -> bool {
    let (h, w) = (problem.h(), problem.w());
    let shape = symptom.shape.parse();
    let [rows, columns] = match shape {
        Ok(RegionShape::Slice([_, _, rows, columns])) => [rows, columns],
        Ok(RegionShape::Flat(_)) => [Cut::Last, Cut::All],
        Ok(RegionShape::Border(..) | RegionShape::Scattered) => [Cut::All, Cut::All],
        Err(_) => return true,
    };
    if !along(&h, rows) || !along(&w, columns) {
        return false;
    }
    let Some(kind) = kind else { return true };
    // Of the last pixels only the very last is wrong for certain.
    let columns = if let Ok(RegionShape::Flat(_)) = shape { Cut::Last } else { columns };
    let (rows, columns) = (windows(&h, rows), windows(&w, columns));
    let index = |row: u64, column: u64| (row * w.output() + column) as usize;
    rows.iter().any(|&row| columns.iter().any(|&column| !kind.is_hidden(problem, index(row, column))))
}

/// Windows that a cut has for certain: some of them, where it has many.
fn windows(along: &Along, cut: Cut) -> Vec<u64> {
    let last = along.output() - 1;
    match cut {
        Cut::Last | Cut::Tail => vec![last],
        Cut::First | Cut::Head => vec![0],
        _ => (0..=last).step_by((last / MOST_WINDOWS + 1) as usize).chain([last]).collect(),
    }
}

/// Windows along one axis that are looked at.
const MOST_WINDOWS: u64 = 16;

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
}
