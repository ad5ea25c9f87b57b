//! What the presets hold.

use crate::problem::space::{Axes, Excluded, Exclusions, Selection, presets};
use crate::problem::{Hw, Padding, Parameters, Problem};

#[test]
fn presets_are_spaces() {
    let lines: Vec<_> = presets::PRESETS
        .iter()
        .map(|preset| {
            let space = preset.space();
            assert_eq!(Axes::from_toml(&space.axes().to_toml()).unwrap(), *space.axes(), "{}", preset.name);
            let sample = Selection::Sample { problems: 2_000, seed: 1 }.positions(&space).unwrap();
            let problems: Vec<_> = (0..sample.len()).filter_map(|p| space.problem(sample.index(p)).ok()).collect();
            let work = problems.iter().map(Problem::work).sum::<u64>() / problems.len() as u64;
            let percent = problems.len() as u64 * 100 / sample.len();
            format!("{}: {} points, {percent} % problems, mean work {work}", preset.name, space.len())
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
        coreml-2515: 228096 points, 97 % problems, mean work 565
        broad: 7235373600 points, 56 % problems, mean work 62213
        depthwise: 3369600 points, 86 % problems, mean work 6846
        pointwise: 2810880 points, 100 % problems, mean work 11612
        dilated: 68290560 points, 74 % problems, mean work 1474
        one-dimensional: 59999940 points, 53 % problems, mean work 1909
        large: 360 points, 90 % problems, mean work 23927983
    "#);
}

#[test]
fn coreml_2515_is_counted() {
    let space = presets::find("coreml-2515").unwrap().space();
    let mut exclusions = Exclusions::default();
    let mut problems = 0;
    for index in 0..space.len() {
        match space.problem(index) {
            Ok(_) => problems += 1,
            Err(reason) => exclusions.count(reason),
        }
    }
    // Channels and groups: 22 of 64 divide. Kernel 4 doesn't fit input 3 without padding: 23² + 24² + 24² pairs of sizes.
    assert_eq!(problems, 22 * (23 * 23 + 24 * 24 + 24 * 24) * 3 * 2);
    assert_eq!(exclusions.of(Excluded::Kernel), space.len() - problems);
    assert_eq!(space.indivisible(), u128::from(space.len()) * 42 / 22);

    let reported = Problem::new(Parameters {
        in_channels: 2,
        out_channels: 2,
        input: Hw::square(5),
        kernel: Hw { h: 3, w: 2 },
        stride: Hw::square(2),
        padding: Padding::uniform(1),
        ..Parameters::default()
    });
    assert!(space.index_of(&reported.unwrap()).is_some());
}

/// Conditions that exclude each other.
const NEVER: [[&str; 2]; 7] = [
    ["channel tail", "vector of channels"],
    ["depthwise", "vector of channels"],
    ["1x1", "3x3"],
    ["1x1", "kh != kw"],
    ["1x1", "span > input"],
    ["3x3", "kh != kw"],
    ["symmetric", "end pad > begin pad"],
];

/// What known bugs turned on: a sample must meet each often, and any two together.
#[test]
fn the_broad_space_meets_edge_cases() {
    type Condition = (&'static str, fn(&Problem) -> bool);
    let conditions: [Condition; 16] = [
        ("batch > 1", |p| p.batch > 1),
        ("groups > 1", |p| p.groups > 1),
        ("depthwise", |p| p.groups > 1 && p.groups == p.in_channels),
        ("channel tail", |p| !p.in_channels_per_group().is_multiple_of(8)),
        ("vector of channels", |p| p.in_channels_per_group().is_multiple_of(8)),
        ("1x1", |p| p.kernel == Hw::square(1)),
        ("3x3", |p| p.kernel == Hw::square(3)),
        ("kh != kw", |p| p.kernel.h != p.kernel.w),
        ("stride > kernel", |p| p.stride.h > p.kernel.h),
        ("stride and dilation", |p| p.stride.w > 1 && p.dilation.w > 1),
        ("remainder", |p| p.w().remainder() > 0),
        ("end pad > begin pad", |p| p.padding.right > p.padding.left),
        ("pad >= span", |p| u64::from(p.padding.top) >= p.h().effective_kernel()),
        ("span > input", |p| p.h().effective_kernel() > u64::from(p.input.h)),
        ("symmetric", |p| p.padding == Padding::uniform(p.padding.top)),
        ("bias", |p| p.bias),
    ];
    let space = presets::find("broad").unwrap().space();
    assert!(space.len() > 1_000_000_000);
    let sample = Selection::Sample { problems: 20_000, seed: 2515 }.positions(&space).unwrap();
    let problems: Vec<_> = (0..sample.len()).filter_map(|p| space.problem(sample.index(p)).ok()).collect();
    let lines: Vec<_> = conditions
        .iter()
        .map(|(name, condition)| {
            let count = problems.iter().filter(|problem| condition(problem)).count();
            let percent = count as f64 * 100.0 / problems.len() as f64;
            format!("{name}: {percent:.1} %")
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
        batch > 1: 66.7 %
        groups > 1: 38.5 %
        depthwise: 10.8 %
        channel tail: 69.5 %
        vector of channels: 30.5 %
        1x1: 7.2 %
        3x3: 4.5 %
        kh != kw: 75.4 %
        stride > kernel: 35.9 %
        stride and dilation: 34.3 %
        remainder: 34.3 %
        end pad > begin pad: 31.6 %
        pad >= span: 25.8 %
        span > input: 14.1 %
        symmetric: 24.4 %
        bias: 50.3 %
    "#);
    for (first, a) in &conditions {
        for (second, b) in &conditions {
            let both = problems.iter().filter(|problem| a(problem) && b(problem)).count();
            let can = !NEVER.iter().any(|pair| pair.contains(first) && pair.contains(second) && first != second);
            assert_eq!(both >= 20, can, "{first} and {second}: {both}");
        }
    }
}
