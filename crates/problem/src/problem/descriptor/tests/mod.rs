//! What descriptors mean, and that they come back.

use crate::problem::{Hw, LARGEST, Padding, Parameters, Problem};
use proptest::prelude::*;

mod errors;
mod lines;

fn meaning(p: &Problem) -> String {
    let Padding { top, left, bottom, right } = p.padding;
    let pair = |Hw { h, w }: Hw| format!("{h}x{w}");
    format!(
        "N{} C{} O{} G{} {} k{} s{} d{} t{top} l{left} b{bottom} r{right} > {}",
        p.batch,
        p.in_channels,
        p.out_channels,
        p.groups,
        pair(p.input),
        pair(p.kernel),
        pair(p.stride),
        pair(p.dilation),
        pair(p.output()),
    )
}

#[test]
fn our_own_keys() {
    for (line, expected) in [
        // The report that this began with: a right column that no window reads.
        ("mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1", "N1 C2 O2 G1 5x5 k3x2 s2x2 d1x1 t1 l1 b1 r1 > 3x3"),
        ("mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1", "N1 C2 O2 G1 5x5 k3x2 s2x2 d1x1 t1 l1 b1 r1 > 3x3"),
        // Copied with the rest of h.
        ("ic1ih5oc1kh3pb2", "N2 C1 O1 G1 5x5 k3x3 s1x1 d1x1 t0 l0 b2 r2 > 5x5"),
        // Alone it puts w in use.
        ("ic1iw5oc1kw3pr2", "N2 C1 O1 G1 1x5 k1x3 s1x1 d1x1 t0 l0 b0 r2 > 1x5"),
        ("ic1ih5iw5oc1kh3kw3pb1pr0", "N2 C1 O1 G1 5x5 k3x3 s1x1 d1x1 t0 l0 b1 r0 > 4x3"),
        // The begin pad is derived from the output as ever, and then the far pad must agree.
        ("ic1ih5oh5oc1kh3pb1", "N2 C1 O1 G1 5x5 k3x3 s1x1 d1x1 t1 l1 b1 r1 > 5x5"),
    ] {
        assert_eq!(meaning(&line.parse().unwrap()), expected, "{line}");
    }
    let bias = |line: &str| line.parse::<Problem>().unwrap().bias;
    assert!(bias("ic1ih1oc1kh1b1") && !bias("ic1ih1oc1kh1b0") && !bias("ic1ih1oc1kh1b1_b0"));
}

#[test]
fn canonical_forms() {
    for (line, canonical) in [
        ("ic1ih1oc1kh1", "mb2ic1ih1iw1oc1oh1ow1kh1kw1ph0pw0"),
        ("g1_mb1_ic2ih5_oc2_kh3kw2iw5_sh2sw2_ph1pw1_n\"#2515\"", "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1"),
        ("mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1", "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1"),
        ("b1g2mb3ic4ih9iw8oc6kh3kw2sh1sw2ph2pw1dh1dw0pr1pb4", "g2mb3ic4ih9iw8oc6oh11ow5kh3kw2sh1sw2ph2pw1dh1dw0b1"),
    ] {
        let problem: Problem = line.parse().unwrap();
        assert_eq!(problem.to_string(), canonical, "{line}");
        assert_eq!(format!("{problem:?}"), canonical);
        assert_eq!(format!("{problem:>60}"), format!("{canonical:>60}"));
    }
}

/// Every problem of a small space: each pad, stride and dilation for itself, so that every remainder occurs.
#[test]
fn every_small_problem_comes_back() {
    let axes = small_axes();
    let channels = [(1, 1, 1), (2, 4, 2), (3, 3, 3)];
    let mut text = String::new();
    let mut seen = 0_usize;
    let mut ours = 0_usize;
    // All axes along h against every eleventh along w, shifted: pairs of all kinds without squaring the number.
    for (index, h) in axes.iter().enumerate() {
        for w in axes.iter().skip(index % 11).step_by(11) {
            let (in_channels, out_channels, groups) = channels[seen % 3];
            let problem = Problem::new(Parameters {
                batch: 1 + seen as u32 % 2,
                in_channels,
                out_channels,
                groups,
                bias: seen.is_multiple_of(5),
                ..along(h, w)
            })
            .unwrap();
            text.clear();
            use std::fmt::Write;
            write!(text, "{problem}").unwrap();
            assert_eq!(text.parse(), Ok(problem), "{text}");
            seen += 1;
            ours += usize::from(text.replace("mb", "").contains('b') || text.contains("pr"));
        }
    }
    assert!(seen > 50_000 && ours > 10_000 && seen - ours > 10_000, "{seen} problems, {ours} with keys of our own");
}

/// Input, kernel, stride, dilation, begin pad, end pad.
type Axis = [u32; 6];

fn small_axes() -> Vec<Axis> {
    let mut axes = Vec::new();
    for input in 1..=4 {
        for (kernel, dilation) in [(1, 1), (1, 3), (2, 1), (2, 2), (3, 1), (3, 2)] {
            for stride in 1..=3 {
                for (begin, end) in (0..3).flat_map(|begin| (0..4).map(move |end| (begin, end))) {
                    if dilation * (kernel - 1) < input + begin + end {
                        axes.push([input, kernel, stride, dilation, begin, end]);
                    }
                }
            }
        }
    }
    axes
}

fn along(h: &Axis, w: &Axis) -> Parameters {
    let pair = |field: usize| Hw { h: h[field], w: w[field] };
    Parameters {
        input: pair(0),
        kernel: pair(1),
        stride: pair(2),
        dilation: pair(3),
        padding: Padding { top: h[4], left: w[4], bottom: h[5], right: w[5] },
        ..Parameters::default()
    }
}

/// One axis of a problem that fits, small or up to the limit, for the arithmetic has to hold there too.
fn axis() -> impl Strategy<Value = Axis> {
    let size = || prop_oneof![3 => 1..9_u32, 1 => 1..40_u32, 1 => 1..=LARGEST];
    (size(), size(), size(), size(), any::<u32>(), any::<u32>()).prop_filter_map(
        "spans too much",
        |(kernel, dilation, stride, total, begin, end)| {
            let effective = u64::from(dilation) * u64::from(kernel - 1) + 1;
            let total = u32::try_from(effective).ok()?.checked_add(total - 1).filter(|total| *total <= LARGEST)?;
            let begin = begin % total;
            let end = end % (total - begin);
            Some([total - begin - end, kernel, stride, dilation, begin, end])
        },
    )
}

proptest! {
    #[test]
    fn every_problem_comes_back(h in axis(), w in axis(), batch in 1..=LARGEST, groups in 1..9_u32, c in 1..9_u32, bias: bool) {
        let channels = Parameters { batch, groups, in_channels: groups * c, out_channels: groups, bias, ..along(&h, &w) };
        let problem = Problem::new(channels).unwrap();
        prop_assert_eq!(problem.to_string().parse(), Ok(problem));
    }

    #[test]
    fn whatever_is_typed_gives_a_problem_or_an_error_inside_the_text(text in "([a-z]{0,3}[0-9]{0,11}_?){0,12}|\\PC*") {
        if let Err(error) = text.parse::<Problem>() {
            prop_assert!(error.offset <= text.len() && text.is_char_boundary(error.offset));
        }
    }

    #[test]
    fn items_of_a_descriptor_in_any_order(h in axis(), w in axis(), seed in proptest::collection::vec(any::<u32>(), 24)) {
        let problem = Problem::new(along(&h, &w)).unwrap();
        let text = problem.to_string();
        let begins_item = |at: usize| at == 0 || text.as_bytes()[at - 1].is_ascii_digit() && text.as_bytes()[at].is_ascii_alphabetic();
        let begins: Vec<usize> = (0..text.len()).filter(|at| begins_item(*at)).chain([text.len()]).collect();
        let mut items: Vec<_> = begins.windows(2).zip(&seed).map(|(at, key)| (key, &text[at[0]..at[1]])).collect();
        items.sort();
        let shuffled = items.iter().map(|(_, item)| *item).collect::<Vec<_>>().join("_");
        prop_assert_eq!(shuffled.parse(), Ok(problem));
    }
}

#[test]
fn serde_is_the_descriptor() {
    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct File {
        problem: Problem,
    }
    let file = File { problem: "mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1".parse().unwrap() };
    let text = toml::to_string(&file).unwrap();
    assert_eq!(text, "problem = \"mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1\"\n");
    assert_eq!(toml::from_str::<File>(&text).unwrap(), file);
    let error = |text| toml::from_str::<File>(text).unwrap_err().message().to_owned();
    insta::assert_snapshot!(error("problem = \"mb1ic2\""), @"byte 6: oc is missing");
    insta::assert_snapshot!(error("problem = 3"), @r#"invalid type: integer `3`, expected a problem's descriptor, such as "mb1ic2ih5oc2kh3ph1""#);
}
