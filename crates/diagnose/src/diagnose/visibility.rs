//! Whether a problem could show a finding at all: by what its fault predicts there, never by a guess.

use crate::faults::element::Window;
use crate::faults::{Element, FaultId, Hiding};
use crate::judge::{Cut, RegionShape, Symptom};
use crate::problem::Problem;

/// Windows along one axis that are asked whether the fault changes them; of more, some that are spread over it.
const MOST_WINDOWS: u32 = 32;

/// Whether `problem` says something of when a finding happens by not showing it.
///
/// A problem is set aside only where the fault, if it were there, would give the right values where the finding is known to be wrong: where
/// the taps that it leaves out lie in the padding, say. Not each of these is: where the fault is another than the right computation for the
/// problem's parameters alone (the group that is read is the first one, of several), a problem in which it is none hasn't got it, and that
/// is a part of when it happens.
///
/// Where the fault isn't known, it is taken for one that sums nothing: what that doesn't change no other could either. Failures without an
/// output can always be noticed.
pub fn could_show(symptom: &Symptom, fault: Option<FaultId>, problem: &Problem) -> bool {
    let Some(elements) = elements(symptom, fault, problem) else { return true };
    let reads_input = || elements.iter().any(|element| Window::of(problem, *element).reads());
    let Some(fault) = fault else { return reads_input() };
    match fault.hides(problem) {
        Hiding::Nowhere => true,
        Hiding::OutsideInput => reads_input() || fault.would_change(problem, &elements),
        Hiding::Anywhere => fault.would_change(problem, &elements),
    }
}

/// Whether the fault would give other values than the right ones for certain; where it isn't known, whether it [could](could_show).
pub fn would_show(symptom: &Symptom, fault: Option<FaultId>, problem: &Problem) -> bool {
    let Some(known) = fault else { return could_show(symptom, fault, problem) };
    let Some(elements) = elements(symptom, fault, problem) else { return true };
    known.hides(problem) == Hiding::Nowhere || known.would_change(problem, &elements)
}

/// Elements that are wrong for certain where the finding shows: of the ends and middles that its region speaks of. None where there is no
/// region.
fn elements(symptom: &Symptom, fault: Option<FaultId>, problem: &Problem) -> Option<Vec<Element>> {
    let [images, channels, rows, columns] = match symptom.shape.parse().ok()? {
        RegionShape::Slice(cuts) => cuts,
        // Of the last pixels only the very last is wrong for certain; which of its row's can't be seen, nobody knows but the fault.
        RegionShape::Flat([n, o]) => [n, o, Cut::Last, if fault.is_some() { Cut::Last } else { Cut::All }],
        RegionShape::Border([n, o], _) => [n, o, Cut::All, Cut::All],
        RegionShape::Scattered => [Cut::All; 4],
    };
    let output = problem.output();
    let mut elements = Vec::new();
    for image in certain(images, problem.batch, 2) {
        for channel in certain(channels, problem.out_channels, 2) {
            for row in certain(rows, output.h, MOST_WINDOWS) {
                for column in certain(columns, output.w, MOST_WINDOWS) {
                    elements.push(Element { image, channel, row, column });
                }
            }
        }
    }
    Some(elements)
}

/// Indices of a dimension that a cut has for certain: some of them, the first and the last included, where it may have more than `most`.
fn certain(cut: Cut, size: u32, most: u32) -> Vec<usize> {
    let last = size as usize - 1;
    let every = |first: usize, step: usize| (first..=last).step_by(step).collect::<Vec<_>>();
    match cut {
        Cut::Last | Cut::Tail => vec![last],
        Cut::First | Cut::Head => vec![0],
        Cut::Even if size <= most => every(0, 2),
        Cut::Odd if size <= most => every(1, 2),
        Cut::All | Cut::Index | Cut::Inner | Cut::Every | Cut::Even | Cut::Odd => {
            let mut some = every(0, (size as usize - 1).div_ceil(most as usize - 1).max(1));
            some.extend((some.last() != Some(&last)).then_some(last));
            some
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Fault;
    use crate::judge::Verdict;

    fn shows(fault: Option<&str>, shape: &str, descriptor: &str) -> bool {
        let symptom = Symptom { verdict: Verdict::Differs, shape: shape.to_owned() };
        could_show(&symptom, fault.map(|id| id.parse().unwrap()), &descriptor.parse().unwrap())
    }

    #[test]
    fn an_unknown_fault_shows_where_a_window_reads_the_input() {
        let shows = |shape: &str, descriptor: &str| shows(None, shape, descriptor);
        // The taps stand astride a single row.
        assert!(!shows("[:, :, :, :]", "mb1ic1ih1iw1oc1kh2kw1dh1dw0ph1pw0"));
        assert!(shows("[:, :, :, :]", "mb1ic1ih2iw1oc1kh2kw1dh1dw0ph1pw0"));
        // The last row of windows lies below the input, all others don't.
        let below = "mb1ic1ih3iw3oc1kh1kw1ph0pw0pb1pr0";
        assert!(!shows("[:, :, -1, -1]", below) && !shows("[:, :, k:, :]", below) && !shows("[:, :, flat k:]", below));
        assert!(shows("[:, :, :, -1]", below) && shows("[:, :, 0, :]", below) && shows("scattered", below));
        // That is a matter of outputs.
        assert!(shows("signal: # (SIGABRT)", "mb1ic1ih1iw1oc1kh2kw1dh1dw0ph1pw0"));
    }

    #[test]
    fn what_a_fault_predicts_decides_where_it_can_be_seen() {
        let shows = |fault: &str, descriptor: &str| shows(Some(fault), "[:, :, :, -1]", descriptor);
        // Missing taps that lie in the pad.
        let last_column = "taps-missing(last-column)";
        assert!(shows(last_column, "mb1ic1ih3iw3oc1kh2kw2ph0pw0"));
        assert!(!shows(last_column, "mb1ic1ih3iw1oc1kh2kw2ph0pw0pr1"));
        // What would be seen elsewhere isn't, where the finding is known to be.
        assert!(!shows(last_column, "mb1ic1ih3iw3oc1kh2kw2ph0pw0pr1"));
        // Of channels that are missing, be it but one, that one lies in the pad.
        assert!(!shows("last-channels-missing", "mb1ic3ih1iw1oc1kh2kw1dh1dw0ph1pw0"));
        // Memory that is read in the pad, where no window reads the input.
        assert!(shows("pads-from-memory", "mb1ic2ih1iw1oc1kh2kw1dh1dw0ph1pw0"));
        // The first group in place of itself is nothing that could be hidden.
        assert!(shows("first-group-read", "mb1ic2ih3iw3oc2kh2kw2ph0pw0"));
    }

    #[test]
    fn a_fault_that_is_set_aside_predicts_the_right_output() {
        let descriptors =
            ["mb1ic1ih1iw1oc1kh1kw7ph0pw3", "mb1ic11ih1iw1oc1kh2kw3ph0pw0pb1pr2", "mb1ic1ih1iw3oc1kh1kw1sh2sw1ph0pw0"];
        let symptom = Symptom { verdict: Verdict::Differs, shape: "[:, :, :, :]".to_owned() };
        for problem in descriptors.map(|descriptor| descriptor.parse::<Problem>().unwrap()) {
            let changes = |fault: &Fault| {
                let changes = |element: &Element| fault.predict(&problem, *element).changes(&problem, *element);
                let all = (0..problem.output_len() as usize).map(|index| Element::at(&problem, index));
                all.collect::<Vec<_>>().iter().any(changes)
            };
            for id in FaultId::all().into_iter().filter(|id| !could_show(&symptom, Some(*id), &problem)) {
                let faults = id.faults(&problem);
                assert!(faults.is_empty() || !faults.iter().all(changes), "{id} {problem}");
            }
        }
    }
}
