//! Planted defects, judged.

use convdiff::backend::{Backend, defect, exact::Exact};
use convdiff::judge::{Examiner, Settings, Verdict};
use convdiff::operands::Fill;
use convdiff::problem::{Hw, Padding, Parameters, Problem};
use std::collections::BTreeMap;

/// Verdicts on every problem of a small space, counted.
fn verdicts(defect: &dyn Backend, fill: Fill) -> BTreeMap<String, usize> {
    let mut examiner =
        Examiner::new(&Exact, defect, Settings { fill, ..Settings::default() }).expect("both are built in");
    let mut counts = BTreeMap::new();
    for problem in problems() {
        *counts.entry(format!("{:?}", examiner.examine(&problem).verdict)).or_default() += 1;
    }
    counts
}

/// 192 problems, among them depthwise, dilated, strided and lopsided ones.
fn problems() -> Vec<Problem> {
    let mut problems = Vec::new();
    for groups in [1, 2] {
        for kernel in [Hw { h: 1, w: 1 }, Hw { h: 3, w: 2 }, Hw { h: 2, w: 3 }] {
            for stride in [1, 2] {
                for dilation in [1, 2] {
                    for padding in [Padding::uniform(1), Padding { right: 2, ..Padding::default() }] {
                        for (width, bias) in [(5, false), (6, false), (5, true), (6, true)] {
                            problems.extend(Problem::new(Parameters {
                                batch: 2,
                                in_channels: 2,
                                out_channels: 4,
                                groups,
                                input: Hw { h: 5, w: width },
                                kernel,
                                stride: Hw::square(stride),
                                dilation: Hw::square(dilation),
                                padding,
                                bias,
                            }));
                        }
                    }
                }
            }
        }
    }
    problems
}

#[test]
fn half_accumulation_rounds_and_never_differs() {
    let half = defect::find("half-accumulation").unwrap();
    insta::assert_compact_debug_snapshot!(verdicts(half, Fill::Integers), @r#"{"Agrees": 13, "Rounds": 179}"#);
    insta::assert_compact_debug_snapshot!(verdicts(half, Fill::IntegersF16), @r#"{"Agrees": 192}"#);
    insta::assert_compact_debug_snapshot!(verdicts(half, Fill::Normal), @r#"{"Rounds": 192}"#);
}

#[test]
fn unwritten_rows_are_unstable() {
    let unwritten = defect::find("unwritten-rows").unwrap();
    let mut examiner = Examiner::new(&Exact, unwritten, Settings::default()).unwrap();
    for problem in problems() {
        let expected = if (unwritten.visible)(&problem) { Verdict::Unstable } else { Verdict::Agrees };
        assert_eq!(examiner.examine(&problem).verdict, expected, "{problem:?}");
    }
}

#[test]
fn the_others_differ_where_they_show() {
    let steady = |defect: &&defect::Defect| {
        !defect.isolated_only && !["defect:unwritten-rows", "defect:half-accumulation"].contains(&defect.name)
    };
    for defect in defect::all().iter().filter(steady) {
        let mut examiner = Examiner::new(&Exact, defect, Settings::default()).unwrap();
        for problem in problems() {
            let expected = if (defect.visible)(&problem) { Verdict::Differs } else { Verdict::Agrees };
            assert_eq!(examiner.examine(&problem).verdict, expected, "{} {problem:?}", defect.name);
        }
    }
}

#[test]
fn the_region_of_a_corner_or_a_column_is_named() {
    for name in ["coreml-2515", "leftover-corner", "leftover-column", "leftover-column-masked"] {
        let defect = defect::find(name).unwrap();
        let mut examiner = Examiner::new(&Exact, defect, Settings::default()).unwrap();
        // A dimension of size 1 is called `:`, and neither batch nor channels are 1 here.
        let wide = |problem: &Problem| problem.output().h.min(problem.output().w) > 1;
        let mut named = 0;
        for problem in problems().into_iter().filter(|problem| wide(problem) && (defect.visible)(problem)) {
            let region = examiner.examine(&problem).difference.unwrap().region.to_string();
            assert_eq!(Some(region.as_str()), defect.region, "{name} {problem:?}");
            named += 1;
        }
        assert!(named > 0, "{name}");
    }
}
