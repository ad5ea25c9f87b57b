//! Each defect differs from `exact`, bit for bit, just where it says; exhaustively over a small space.

use super::spaces::{Axis, PLAIN, Space, VARIED};
use super::*;
use std::collections::BTreeSet;

/// A sum over wrong reads may come out right by chance. Of this many fills, one tells.
const SEEDS: std::ops::Range<u64> = 0..6;

/// What was found over a space.
#[derive(Debug, Default, PartialEq)]
struct Extent {
    problems: usize,
    /// Where the predicate holds.
    holds: usize,
    /// Where the output is wrong.
    visible: usize,
}

/// Runs a defect over a space and holds it to all that it says of itself.
fn extent(name: &str, space: Space) -> Extent {
    let defect = find(name).unwrap();
    let mut extent = Extent::default();
    let mut filled = defect.region.is_none();
    for problem in space.problems() {
        let (holds, visible) = ((defect.predicate)(&problem), (defect.visible)(&problem));
        extent.problems += 1;
        extent.holds += usize::from(holds);
        extent.visible += usize::from(visible);
        assert!(holds || !visible, "visible without the predicate: {problem:?}");

        let wrong = if visible {
            SEEDS.map(|seed| wrong(defect, &problem, seed)).find(|wrong| !wrong.is_empty())
        } else {
            Some(wrong(defect, &problem, 0)).filter(|wrong| !wrong.is_empty())
        };
        assert_eq!(wrong.is_some(), visible, "{problem:?}: {wrong:?}");
        if let (Some(wrong), Some(region)) = (wrong, defect.region) {
            let region = members(region, &problem);
            assert!(wrong.is_subset(&region), "{problem:?}: {wrong:?}");
            filled |= wrong == region;
        }
    }
    assert!(filled, "the region is too large: no problem fills it");
    extent
}

/// The indices of the elements that differ from `exact`.
fn wrong(defect: &Defect, problem: &Problem, seed: u64) -> BTreeSet<usize> {
    let [right, wrong] = [&Exact as &dyn Backend, defect].map(|backend| output_from_seed(backend, problem, seed));
    (0..right.len()).filter(|&index| right[index].to_bits() != wrong[index].to_bits()).collect()
}

/// The indices of the elements in `slice`, whose parts are `:`, `1:` or `-1`.
fn members(slice: &str, problem: &Problem) -> BTreeSet<usize> {
    let parts: Vec<_> = slice.trim_matches(['[', ']']).split(", ").collect();
    let mut members = BTreeSet::new();
    taps::for_each_element(problem, |index, y| {
        let place = [(y.n, problem.batch), (y.o, problem.out_channels), (y.i, y.size.h), (y.j, y.size.w)];
        let inside = place.iter().zip(&parts).all(|(&(at, size), &part)| match part {
            ":" => true,
            "1:" => at > 0,
            "-1" => at + 1 == size,
            _ => panic!("no such part: {part}"),
        });
        if inside {
            members.insert(index);
        }
    });
    members
}

/// Where an effect is never hidden by the padding.
fn never_hidden(extent: Extent) {
    assert_eq!(extent.visible, extent.holds);
    assert!(0 < extent.holds && extent.holds < extent.problems, "{extent:?}");
}

/// Where the padding hides an effect in some problems.
fn sometimes_hidden(extent: Extent) {
    assert!(0 < extent.visible && extent.visible < extent.holds && extent.holds < extent.problems, "{extent:?}");
}

const TIGHT: Axis = Axis { input: &[1, 4], kernel: &[1, 3], stride: &[3], dilation: &[1], pads: &[[0, 0], [1, 2]] };

#[test]
fn coreml_2515() {
    let axis = Axis { dilation: &[1], pads: &[[0, 0], [0, 1], [1, 0], [1, 1], [1, 3]], ..VARIED };
    sometimes_hidden(extent(
        "coreml-2515",
        Space { batch: &[1], channels: &[[1, 1, 1], [2, 1, 1]], h: axis, w: axis, bias: &[false] },
    ));
    sometimes_hidden(extent(
        "coreml-2515",
        Space { channels: &[[2, 2, 1], [2, 2, 2], [4, 2, 2]], h: axis, w: TIGHT, ..Space::FEW },
    ));
}

#[test]
fn channel_tail() {
    let channels = &[[3, 1, 1], [4, 2, 1], [5, 1, 1], [6, 3, 1], [8, 1, 1], [10, 2, 2], [11, 1, 1]];
    sometimes_hidden(extent("channel-tail", Space { channels, h: VARIED, w: TIGHT, bias: &[true], ..Space::FEW }));
}

#[test]
fn output_channel_tail() {
    let channels = &[[1, 7, 1], [1, 8, 1], [1, 9, 1], [2, 13, 1], [1, 16, 1], [2, 18, 2], [2, 24, 2], [2, 20, 2]];
    sometimes_hidden(extent("output-channel-tail", Space { channels, h: TIGHT, w: TIGHT, ..Space::FEW }));
}

#[test]
fn pixel_tail() {
    let axis = Axis { input: &[1, 3, 5], kernel: &[1, 2], dilation: &[1, 2], ..TIGHT };
    sometimes_hidden(extent("pixel-tail", Space { h: Axis { stride: &[1], ..axis }, w: axis, ..Space::FEW }));
}

#[test]
fn leftover_column() {
    sometimes_hidden(extent("leftover-column", Space { h: TIGHT, w: VARIED, ..Space::FEW }));
}

#[test]
fn leftover_column_masked() {
    let w = Axis { input: &[4, 17, 18, 19, 20, 21, 22], kernel: &[2, 3], stride: &[2], ..VARIED };
    sometimes_hidden(extent("leftover-column-masked", Space { w, batch: &[1], ..Space::FEW }));
}

#[test]
fn leftover_corner() {
    sometimes_hidden(extent(
        "leftover-corner",
        Space { h: Axis { kernel: &[1, 2], ..VARIED }, w: VARIED, batch: &[1], channels: &[[2, 1, 1]], bias: &[false] },
    ));
    sometimes_hidden(extent(
        "leftover-corner",
        Space { h: TIGHT, w: TIGHT, channels: &[[1, 1, 1], [2, 2, 2]], ..Space::FEW },
    ));
}

#[test]
fn end_pad_is_begin_pad() {
    let axis = Axis { input: &[1, 3], ..VARIED };
    let few = Axis { kernel: &[1, 2], stride: &[1, 2], dilation: &[1], ..axis };
    let space = Space { batch: &[1], channels: &[[1, 1, 1]], bias: &[false], ..Space::FEW };
    sometimes_hidden(extent("end-pad-is-begin-pad", Space { h: axis, w: few, ..space }));
    sometimes_hidden(extent("end-pad-is-begin-pad", Space { h: few, w: axis, ..space }));
    sometimes_hidden(extent("end-pad-is-begin-pad", Space { channels: &[[2, 2, 2]], w: few, ..Space::FEW }));
}

#[test]
fn pads_swapped() {
    let few = Axis { kernel: &[1, 3], stride: &[2], dilation: &[1], ..VARIED };
    let space = Space { batch: &[1], channels: &[[1, 2, 1]], bias: &[false], ..Space::FEW };
    sometimes_hidden(extent("pads-swapped", Space { h: VARIED, w: few, ..space }));
    sometimes_hidden(extent("pads-swapped", Space { h: few, w: VARIED, ..space }));
}

#[test]
fn group_offset_lost() {
    let channels = &[[2, 2, 1], [2, 2, 2], [4, 4, 2], [3, 6, 3], [2, 6, 2], [30, 4, 2], [32, 4, 2], [4, 8, 4]];
    sometimes_hidden(extent("group-offset-lost", Space { channels, h: TIGHT, w: TIGHT, ..Space::FEW }));
}

#[test]
fn strides_swapped() {
    let axis =
        Axis { input: &[1, 3, 5], kernel: &[1, 2, 3], dilation: &[1], pads: &[[0, 0], [1, 1], [0, 3]], ..VARIED };
    let space = Space { batch: &[1], channels: &[[1, 1, 1], [2, 2, 2]], h: axis, w: axis, bias: &[false] };
    sometimes_hidden(extent("strides-swapped", space));
}

#[test]
fn dilation_dropped_when_strided() {
    let w = Axis { dilation: &[1, 2, 3], ..VARIED };
    sometimes_hidden(extent("dilation-dropped-when-strided", Space { h: PLAIN, w, batch: &[1], ..Space::FEW }));
}

#[test]
fn tile_tail() {
    let axis = Axis {
        input: &[1, 4, 5, 8, 9, 13],
        kernel: &[3],
        stride: &[1],
        dilation: &[1],
        pads: &[[1, 1], [2, 0], [1, 9], [15, 1]],
    };
    sometimes_hidden(extent("tile-tail", Space { channels: &[[2, 2, 1], [2, 2, 2]], h: axis, w: axis, ..Space::FEW }));
    let nearly = Axis { input: &[9, 17], kernel: &[2, 3], stride: &[1, 2], dilation: &[1, 2], pads: &[[1, 1]] };
    never_hidden(extent(
        "tile-tail",
        Space { batch: &[1], channels: &[[1, 1, 1]], h: nearly, w: nearly, bias: &[false] },
    ));
}

#[test]
fn channel_band() {
    let channels = &[[7, 1, 1], [8, 2, 1], [8, 16, 8], [16, 16, 8], [16, 17, 1], [17, 1, 1]];
    let space = Space { batch: &[1], channels, bias: &[false], ..Space::FEW };
    sometimes_hidden(extent("channel-band", Space { h: TIGHT, w: Axis { dilation: &[2], ..VARIED }, ..space }));
    // A pad as wide as the tensor is long.
    let w = Axis { input: &[1], pads: &[[0, 1], [0, 9], [0, 20]], kernel: &[1], stride: &[8, 19], dilation: &[1] };
    sometimes_hidden(extent("channel-band", Space { h: TIGHT, w, ..space }));
}

#[test]
fn bias_lost_in_groups() {
    let channels = &[[2, 2, 1], [2, 2, 2], [3, 6, 3], [4, 2, 2]];
    never_hidden(extent("bias-lost-in-groups", Space { channels, h: TIGHT, w: TIGHT, ..Space::FEW }));
}

#[test]
fn batch_stride() {
    let space = Space { batch: &[1, 2, 3], channels: &[[1, 1, 1], [2, 2, 2]], h: TIGHT, w: VARIED, bias: &[false] };
    sometimes_hidden(extent("batch-stride", space));
}

#[test]
fn unwritten_rows() {
    let h = Axis { dilation: &[1, 2, 3, 5], ..VARIED };
    let channels = &[[1, 1, 1], [2, 2, 1], [2, 2, 2], [2, 4, 2], [4, 2, 2], [3, 3, 3]];
    never_hidden(extent("unwritten-rows", Space { channels, h, batch: &[1], ..Space::FEW }));
}

#[test]
fn half_accumulation_is_wrong_nowhere_that_f16_is_exact() {
    use crate::operands::Fill;
    let space = Space { channels: &[[1, 2, 1], [9, 2, 1], [4, 4, 2]], h: TIGHT, w: TIGHT, ..Space::FEW };
    let defect = find("half-accumulation").unwrap();
    let mut rounded = 0;
    for problem in space.problems() {
        assert!((defect.predicate)(&problem) && !(defect.visible)(&problem));
        let mut operands = Operands::default();
        operands.fill(&problem, Fill::IntegersF16, 0);
        assert_eq!(
            output_of(defect, operands.case(&problem)),
            output_of(&Exact, operands.case(&problem)),
            "{problem:?}"
        );
        rounded += usize::from(!wrong(defect, &problem, 0).is_empty());
    }
    assert!(rounded > 0);
}

/// Only where they neither die nor stall: the rest is a matter of isolation.
#[test]
fn those_that_must_be_isolated_are_right_elsewhere() {
    let channels = &[[1, 1, 1], [2, 2, 2], [2, 2, 1], [17, 17, 17]];
    let large = Axis { input: &[5, 7], kernel: &[3, 4, 5], stride: &[2, 4, 5], dilation: &[1], pads: &[[1, 0]] };
    let space = Space { batch: &[1, 3], channels, h: large, w: large, bias: &[false] };
    for defect in all().iter().filter(|defect| defect.isolated_only) {
        let (visible, rest): (Vec<_>, Vec<_>) = space.problems().into_iter().partition(defect.visible);
        assert!(visible.iter().all(defect.predicate));
        assert!(!visible.is_empty(), "{}", defect.name);
        for problem in rest {
            assert!(wrong(defect, &problem, 0).is_empty(), "{} {problem:?}", defect.name);
        }
    }
}
