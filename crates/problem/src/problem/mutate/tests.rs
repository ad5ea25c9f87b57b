use super::*;
use crate::problem::{Condition, LARGEST};
use std::collections::BTreeSet;

const LIMITS: Limits = Limits { work: 2_000_000, memory: 16_000_000 };

fn problem(descriptor: &str) -> Problem {
    descriptor.parse().unwrap()
}

/// The problems of a walk: each is a mutation of the one before it.
fn walk(from: &str, steps: u64) -> Vec<Problem> {
    let mut current = problem(from);
    (0..steps)
        .map(|seed| {
            current = mutate(&current, &LIMITS, seed);
            current
        })
        .collect()
}

#[test]
fn a_mutation_is_another_problem_within_the_limits_and_the_same_every_time() {
    let mut current = problem("mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1");
    for seed in 0..20_000 {
        let next = mutate(&current, &LIMITS, seed);
        // A `Problem` was made by its constructor alone, or by `within`, which this would notice.
        assert_eq!(Problem::new(next.parameters()), Ok(next));
        assert_eq!(LIMITS.check(&next), Ok(()), "{next}");
        assert_ne!(next, current, "seed {seed}");
        assert_eq!(mutate(&current, &LIMITS, seed), next);
        current = next;
    }
}

#[test]
fn extreme_problems_mutate_without_overflow() {
    let largest = LARGEST;
    let pads = format!("mb1ic1ih1iw{largest}oc1kh1kw{largest}ph{largest}pb0sh{largest}dw0dh{}", largest - 1);
    let wide = format!("g{largest}mb{largest}ic{largest}oc{largest}ih{largest}iw{largest}kh{largest}kw{largest}");
    for descriptor in [&pads, &wide] {
        let extreme = problem(descriptor);
        let other = problem("mb1ic1ih1oc1kh1");
        for seed in 0..2000 {
            let mut current = extreme;
            for step in 0..4 {
                current = mutate(&current, &Limits::NONE, seed * 4 + step);
                assert_eq!(Problem::new(current.parameters()), Ok(current));
            }
            let crossed = cross(&extreme, &other, &Limits::NONE, seed);
            assert_eq!(Problem::new(crossed.parameters()), Ok(crossed));
            assert_eq!(LIMITS.check(&mutate(&extreme, &LIMITS, seed)), Ok(()));
        }
    }
}

#[test]
fn limits_that_refuse_everything_give_the_simplest_problem() {
    let nothing = Limits { work: 0, memory: 0 };
    let from = problem("mb2ic2ih5oc2kh3");
    let simplest = Problem::new(Parameters::default()).unwrap();
    assert_eq!(mutate(&from, &nothing, 1), simplest);
    assert_eq!(cross(&from, &from, &nothing, 1), simplest);
}

/// What the mutator is for: the values at which bugs sit come up often, from any beginning.
#[test]
fn boundaries_are_met_often() {
    let walked = walk("mb1ic1ih1iw1oc1kh1kw1", 20_000);
    for (condition, least) in [
        ("remainder_h == 0 and stride_h > 1", 1000),
        ("remainder_h == 1 and stride_h > 2", 300),
        ("remainder_w == stride_w - 1 and stride_w > 2", 300),
        ("kernel_h == input_h and kernel_h > 1", 300),
        ("effective_kernel_w > input_w", 1000),
        ("pad_left >= effective_kernel_w and kernel_w > 1", 300),
        ("output_w == 1 and remainder_w > 0", 300),
        ("stride_h > effective_kernel_h", 1000),
        ("in_channels_per_group > 4 and in_channels_per_group mod 4 == 1", 1000),
        ("7 <= out_channels_per_group <= 9", 1000),
        ("groups == in_channels and groups > 1", 1000),
        ("7 <= output_h <= 9 and 15 <= output_w <= 17", 20),
        ("pad_bottom > pad_top and dilation_h > 1", 300),
        ("batch == 3 and bias", 300),
    ] {
        let condition: Condition = condition.parse().unwrap();
        let met = walked.iter().filter(|problem| condition.holds(problem)).count();
        assert!(met >= least, "{condition}: {met} of {}", walked.len());
    }
}

/// Whatever a bug needs, a walk can get there: each parameter goes one up and one down without any other changing.
#[test]
fn every_parameter_goes_up_and_down_by_itself() {
    type Change = fn(&mut Parameters, i32);
    let changes: [(&str, Change); 15] = [
        ("input_h", |p, by| add(&mut p.input.h, by)),
        ("input_w", |p, by| add(&mut p.input.w, by)),
        ("kernel_h", |p, by| add(&mut p.kernel.h, by)),
        ("kernel_w", |p, by| add(&mut p.kernel.w, by)),
        ("stride_h", |p, by| add(&mut p.stride.h, by)),
        ("stride_w", |p, by| add(&mut p.stride.w, by)),
        ("dilation_h", |p, by| add(&mut p.dilation.h, by)),
        ("dilation_w", |p, by| add(&mut p.dilation.w, by)),
        ("pad_top", |p, by| add(&mut p.padding.top, by)),
        ("pad_left", |p, by| add(&mut p.padding.left, by)),
        ("pad_bottom", |p, by| add(&mut p.padding.bottom, by)),
        ("pad_right", |p, by| add(&mut p.padding.right, by)),
        ("in_channels", |p, by| add(&mut p.in_channels, 2 * by)),
        ("out_channels", |p, by| add(&mut p.out_channels, 2 * by)),
        ("batch", |p, by| add(&mut p.batch, by)),
    ];
    let from = problem("g2mb2ic4ih20iw21oc6kh3kw4sh2sw3ph2pw2dh1dw2pb3pr3");
    let met: BTreeSet<Parameters> = (0..20_000).map(|seed| mutate(&from, &LIMITS, seed).parameters()).collect();
    for (name, change) in changes {
        for by in [-1, 1] {
            let mut wanted = from.parameters();
            change(&mut wanted, by);
            assert!(met.contains(&wanted), "{name} {by:+}");
        }
    }
    assert!(met.contains(&Parameters { bias: true, ..from.parameters() }));
}

fn add(value: &mut u32, by: i32) {
    *value = value.checked_add_signed(by).unwrap();
}

#[test]
fn a_crossing_takes_whole_axes_or_fits() {
    let one = problem("g2mb1ic4ih9iw7oc6kh3kw2sh2sw3ph1pw2dh1dw0");
    let other = problem("mb3ic5ih16iw4oc8kh5kw4sh1sw1ph0pw0b1");
    let mut different = BTreeSet::new();
    for seed in 0..2000 {
        let crossed = cross(&one, &other, &LIMITS, seed);
        let from = |value: &dyn Fn(&Problem) -> u64| {
            assert!([value(&one), value(&other)].contains(&value(&crossed)), "{crossed}");
        };
        from(&|p| p.batch.into());
        from(&|p| u64::from(p.groups) << 40 | u64::from(p.in_channels) << 20 | u64::from(p.out_channels));
        from(&|p| u64::from(p.input.h) << 32 | u64::from(p.kernel.h));
        from(&|p| u64::from(p.input.w) << 32 | u64::from(p.kernel.w));
        from(&|p| p.stride.h.into());
        from(&|p| p.dilation.w.into());
        from(&|p| p.padding.left.into());
        different.insert(crossed.to_string());
    }
    // 2^5 of whole axes, two of which are the parents, and the finer ones.
    assert!(different.len() > 40, "{}", different.len());
}
