//! Indices and problems.

use super::{small, space};
use crate::problem::space::{Axes, Excluded, Exclusions, Permutation, presets};
use crate::problem::{Hw, Padding, Parameters, Problem};
use std::collections::HashSet;

/// The parameters of all points, by nested loops, in the order that the docs promise.
fn by_loops(axes: &Axes, channels: &[[u32; 3]]) -> Vec<Parameters> {
    let mut points = Vec::new();
    let hw = |[h, w]: [u32; 2]| Hw { h, w };
    for &[batch] in axes.batch.values() {
        for &[in_channels, out_channels, groups] in channels {
            for &input in axes.input.values() {
                for &kernel in axes.kernel.values() {
                    for &dilation in axes.dilation.values() {
                        for &stride in axes.stride.values() {
                            for &[top, left, bottom, right] in axes.padding.values() {
                                for bias in [false, true] {
                                    points.push(Parameters {
                                        batch,
                                        in_channels,
                                        out_channels,
                                        groups,
                                        input: hw(input),
                                        kernel: hw(kernel),
                                        stride: hw(stride),
                                        dilation: hw(dilation),
                                        padding: Padding { top, left, bottom, right },
                                        bias,
                                    });
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    points
}

#[test]
fn an_index_is_a_place_in_nested_loops_and_back() {
    let space = small();
    // 1 in, 2 out: groups 1 (depthwise is 1 too). 1 in, 1 out: groups 1. And so on: 2, 2 is both `2` and `in`.
    let channels = [[1, 2, 1], [1, 1, 1], [2, 2, 1], [2, 2, 2], [4, 2, 1], [4, 2, 2], [4, 4, 1], [4, 4, 2], [4, 4, 4]];
    let points = by_loops(space.axes(), &channels);
    assert_eq!(space.len(), points.len() as u64);
    // (1,2,2), (1,1,2) and (4,2,4) don't divide.
    assert_eq!(space.indivisible(), 3 * u128::from(space.len()) / 9);

    let mut distinct = HashSet::new();
    let mut exclusions = Exclusions::default();
    for (index, parameters) in (0..).zip(points) {
        let problem = Problem::new(parameters);
        let expected = match problem {
            Err(_) => Err(Excluded::Kernel),
            Ok(problem) if problem.work() > 700 => Err(Excluded::Work),
            Ok(problem) if problem.elements() * 4 > 1500 => Err(Excluded::Memory),
            Ok(problem) => Ok(problem),
        };
        assert_eq!(space.problem(index), expected, "{parameters:?}");
        if let Ok(problem) = problem {
            assert_eq!(space.index_of(&problem), Some(index));
        }
        match expected {
            Ok(problem) => assert!(distinct.insert(problem)),
            Err(reason) => exclusions.count(reason),
        }
    }
    assert_eq!(distinct.len() as u64 + exclusions.total(), space.len());
    assert!(Excluded::ALL.into_iter().all(|reason| exclusions.of(reason) > 0), "{exclusions:?}");
}

#[test]
fn problems_that_the_axes_lack_have_no_index() {
    let space = space(
        "in_channels = '1,2'\nout_channels = 1\ninput = '3x4'\nkernel = 2\nstride = '1,2'\npadding = '0x1'\nbias = 'yes'",
    );
    let inside = space.problem(0).unwrap().parameters();
    assert_eq!(space.index_of(&Problem::new(inside).unwrap()), Some(0));
    for outside in [
        Parameters { batch: 2, ..inside },
        Parameters { in_channels: 3, ..inside },
        Parameters { out_channels: 2, ..inside },
        Parameters { input: Hw { h: 4, w: 3 }, ..inside },
        Parameters { kernel: Hw { h: 2, w: 1 }, ..inside },
        Parameters { stride: Hw { h: 2, w: 1 }, ..inside },
        Parameters { dilation: Hw::square(2), ..inside },
        Parameters { padding: Padding::uniform(1), ..inside },
        Parameters { bias: false, ..inside },
    ] {
        assert_eq!(space.index_of(&Problem::new(outside).unwrap()), None, "{outside:?}");
    }
}

#[test]
fn a_space_of_ten_to_the_twelve_is_a_formula() {
    let space = space(
        r#"
        batch = "1..=4"
        in_channels = "8..=64/8"
        out_channels = "8..=64/8"
        groups = "1,2,4"
        input = "1..=64x1..=64"
        kernel = "1..=7x1..=7"
        stride = "1..=3x1..=3"
        dilation = "1..=3x1..=3"
        padding = "0..=3:0..=3:0..=3:0..=3"
        bias = "both"
        max_work = "100M"
        "#,
    );
    assert!(space.len() > 1_000_000_000_000, "{}", space.len());
    let permutation = Permutation::new(space.len(), 1);
    let mut problems = 0;
    for index in (0..10_000).map(|i| permutation.image(i)).chain([0, space.len() - 1]) {
        assert_eq!(space.index(&space.digits(index)), index);
        if let Ok(problem) = space.problem(index) {
            problems += 1;
            assert_eq!(space.index_of(&problem), Some(index));
        }
    }
    assert!(problems > 5_000, "{problems}");
}

#[test]
fn a_point_beside_another_differs_along_one_axis() {
    let space = presets::find("coreml-2515").unwrap().space();
    let mut seen = HashSet::new();
    for (axis, step) in (0..20).flat_map(|axis| (0..70).map(move |step| (axis, step))) {
        let beside = space.beside(100_000, axis, step);
        assert!(beside < space.len());
        let differ = space.digits(beside).iter().zip(space.digits(100_000)).filter(|(a, b)| *a != b).count();
        assert_eq!(differ, 1, "axis {axis}, step {step}");
        seen.insert(beside);
    }
    let others: u64 = space.radices.iter().map(|radix| radix - 1).sum();
    assert_eq!(seen.len() as u64, others);
}
