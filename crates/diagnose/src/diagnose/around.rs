//! A sample around one failing problem, where there is no map to take one from.

use crate::problem::mutate::{cross, mutate};
use crate::problem::{Feature, Hw, Limits, Padding, Parameters, Problem};
use std::collections::HashSet;

/// Problems drawn for each one that is wanted, before what is left counts as out of reach.
const DRAWS: u64 = 20;

/// Asks for problems near and far from `start`, which fails, until `wanted` answers are there, and labels them
/// with whether they fail the same way.
///
/// Near ones are one or two changes away from a failing one, far ones half a dozen; two failing ones are crossed; and
/// some have part of their parameters at their simplest, which random changes rarely meet all at once. So about half
/// of what comes back fails, unless failures are rare. The same arguments give the same sample.
pub fn around(
    start: &Problem,
    ask: &mut dyn FnMut(&Problem) -> Option<bool>,
    limits: &Limits,
    wanted: usize,
    seed: u64,
) -> Vec<(Problem, bool)> {
    if ask(start) != Some(true) {
        return Vec::new();
    }
    let mut sample = vec![(*start, true)];
    let mut failing = vec![*start];
    let mut seen = HashSet::from([*start]);
    let mut state = seed;
    let mut drawn = || rapidrand::rapidrng(&mut state);
    let largest = largest(start);
    for _ in 0..(wanted as u64).saturating_mul(DRAWS) {
        if sample.len() >= wanted {
            break;
        }
        let base = failing[drawn() as usize % failing.len()];
        let problem = match drawn() % 10 {
            8.. => simpler(&base, drawn()),
            0..=3 => mutate(&base, limits, drawn()),
            4 => mutate(&mutate(&base, limits, drawn()), limits, drawn()),
            5 => cross(&base, &failing[drawn() as usize % failing.len()], limits, drawn()),
            _ => (0..6).fold(base, |problem, _| mutate(&problem, limits, drawn())),
        };
        let near = largest.iter().all(|(parameter, most)| parameter.value(&problem) <= *most);
        if !near || !seen.insert(problem) {
            continue;
        }
        if let Some(fails) = ask(&problem) {
            sample.push((problem, fails));
            if fails {
                failing.push(problem);
            }
        }
    }
    sample
}

/// The largest value of each parameter: few and small values tell as much as many and large ones, and sooner.
fn largest(start: &Problem) -> Vec<(Feature, i64)> {
    let usual = |parameter: &Feature| match parameter.axis() {
        Some((quantity, _)) => match quantity.name() {
            "input" => 10,
            "kernel" => 5,
            "stride" => 4,
            _ => 3,
        },
        None if parameter.name() == "batch" => 3,
        None => 18,
    };
    let most = |parameter: Feature| (parameter, usual(&parameter).max(parameter.value(start) + 2));
    Feature::parameters().map(most).collect()
}

/// The problem with some kinds of parameters at their simplest, chosen by the bits of `which`; itself where that makes none.
fn simpler(problem: &Problem, which: u64) -> Problem {
    let mut p = problem.parameters();
    let simplest = Parameters::default();
    let changes: [&dyn Fn(&mut Parameters); 9] = [
        &|p| p.padding = Padding::default(),
        &|p| p.padding = Padding { bottom: p.padding.top, right: p.padding.left, ..p.padding },
        &|p| p.stride = simplest.stride,
        &|p| p.stride = Hw::square(p.stride.h),
        &|p| p.dilation = simplest.dilation,
        &|p| p.kernel = Hw::square(p.kernel.h),
        &|p| p.groups = 1,
        &|p| (p.batch, p.bias) = (1, false),
        &|p| p.input = Hw::square(p.input.h),
    ];
    // A third of them each time.
    let chosen = changes.iter().enumerate().filter(|(number, _)| (which >> (4 * number)) & 15 < 5);
    chosen.for_each(|(_, change)| change(&mut p));
    Problem::new(p).unwrap_or(*problem)
}
