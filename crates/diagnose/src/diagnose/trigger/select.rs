//! Which examples a table begins with: few enough to be quick, chosen so that they tell much.

use std::collections::HashSet;

use rapidhash::v3::rapidhash_v3;

use crate::problem::{Feature, Problem};

/// Failing problems in a first table.
const FAILING: usize = 1_200;

/// Passing problems that differ from a failing one in one parameter.
const NEAR: usize = 1_600;

/// Passing problems from anywhere.
const ANYWHERE: usize = 1_000;

/// Failing problems spread over all, passing ones that are next to them, and passing ones spread over all.
pub(super) fn working_set(examples: &[&(Problem, bool)], seed: u64) -> Vec<Problem> {
    let labelled =
        |wanted: bool| examples.iter().filter(move |(_, fails)| *fails == wanted).map(|(problem, _)| *problem);
    let failing = spread(labelled(true).collect(), FAILING, seed);
    let passing: Vec<Problem> = labelled(false).collect();
    let parameters: Vec<Feature> = Feature::parameters().collect();
    let around: HashSet<u64> = failing.iter().flat_map(|problem| all_but_one(problem, &parameters)).collect();
    let near: Vec<Problem> = passing
        .iter()
        .filter(|problem| all_but_one(problem, &parameters).any(|hash| around.contains(&hash)))
        .copied()
        .collect();
    let mut chosen = failing;
    chosen.extend(spread(near, NEAR, seed));
    chosen.extend(spread(passing, ANYWHERE, seed ^ 1));
    let mut seen = HashSet::new();
    chosen.retain(|problem| seen.insert(*problem));
    chosen
}

/// For each parameter a hash of all the others: two problems share one if they differ in that parameter at most.
fn all_but_one(problem: &Problem, parameters: &[Feature]) -> impl Iterator<Item = u64> {
    let hash = |(place, parameter): (usize, &Feature)| {
        let value = parameter.value(problem) as u64;
        rapidhash_v3(&(value << 8 | place as u64).to_le_bytes())
    };
    let parts: Vec<u64> = parameters.iter().enumerate().map(hash).collect();
    let all = parts.iter().fold(0, |sum: u64, part| sum.wrapping_add(*part));
    parts.into_iter().enumerate().map(move |(place, part)| all.wrapping_sub(part) ^ (place as u64) << 56)
}

/// At most so many, drawn by the hash of a problem: a regular step through a grid would meet only some of its values.
pub(super) fn spread(problems: Vec<Problem>, most: usize, seed: u64) -> Vec<Problem> {
    if problems.len() <= most {
        return problems;
    }
    let mut drawn: Vec<_> =
        problems.into_iter().enumerate().map(|(place, problem)| (draw(place, seed), problem)).collect();
    drawn.select_nth_unstable_by_key(most, |(draw, _)| *draw);
    drawn.truncate(most);
    drawn.sort_by_key(|(draw, _)| *draw);
    drawn.into_iter().map(|(_, problem)| problem).collect()
}

/// A hash of a place in the sample, for choosing without order.
pub(super) fn draw(place: usize, seed: u64) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&(place as u64).to_le_bytes());
    bytes[8..].copy_from_slice(&seed.to_le_bytes());
    rapidhash_v3(&bytes)
}
