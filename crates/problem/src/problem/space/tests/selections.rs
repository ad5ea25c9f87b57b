//! Ranges and samples.

use super::{small, space};
use crate::problem::space::{Selection, parse_range, presets};
use std::collections::HashSet;

#[test]
fn a_sample_has_what_was_asked_for_and_repeats_nothing() {
    let space = small();
    let all: HashSet<u64> = (0..space.len()).filter(|index| space.problem(*index).is_ok()).collect();
    for problems in [1, 2, 100, all.len() as u64 - 1, all.len() as u64, u64::MAX] {
        let positions = Selection::Sample { problems, seed: 3 }.positions(&space).unwrap();
        let indices: Vec<_> = (0..positions.len()).map(|position| positions.index(position)).collect();
        let found: HashSet<_> = indices.iter().copied().filter(|index| all.contains(index)).collect();
        assert_eq!(indices.iter().collect::<HashSet<_>>().len(), indices.len());
        assert_eq!(found.len() as u64, problems.min(all.len() as u64));
        if problems <= all.len() as u64 {
            assert!(all.contains(indices.last().unwrap()), "a point more than needed");
        }
    }
}

#[test]
fn samples_of_several_chunks_end_where_one_walk_would() {
    let space = presets::find("coreml-2515").unwrap().space();
    for problems in [16_384, 100_000, 221_892] {
        let positions = Selection::Sample { problems, seed: 9 }.positions(&space).unwrap();
        let is_problem = |position: &u64| space.problem(positions.index(*position)).is_ok();
        assert_eq!((0..positions.len()).filter(is_problem).count() as u64, problems);
        assert!(is_problem(&(positions.len() - 1)));
    }
}

#[test]
fn the_search_for_problems_that_hardly_exist_ends() {
    // Only the batch of 1 is within the limit, a point in a million.
    let space =
        space("batch = '1..=1000000'\nin_channels = 1\nout_channels = 1\ninput = '1..=9'\nkernel = 1\nmax_work = 1");
    let positions = Selection::Sample { problems: 10, seed: 1 }.positions(&space).unwrap();
    assert_eq!(positions.len(), 1 << 20);
}

#[test]
fn ranges_are_checked() {
    let space = small();
    let range = |text: &str| parse_range(text).and_then(|range| Selection::Range(range).positions(&space));
    let positions = range("10..12").unwrap();
    assert_eq!((positions.len(), positions.index(0), positions.index(1)), (2, 10, 11));
    let errors = ["5..5", "6..5", "..5", "1..=5", "a..b", "0..99999"].map(|text| range(text).unwrap_err().to_string());
    let sample = Selection::Sample { problems: 0, seed: 1 }.positions(&space).unwrap_err().to_string();
    insta::assert_snapshot!(errors.into_iter().chain([sample]).collect::<Vec<_>>().join("\n"), @r#"
        `5..5` is not a range of indices; expected `first..end`, the end not included, with first before end
        `6..5` is not a range of indices; expected `first..end`, the end not included, with first before end
        `..5` is not a range of indices; expected `first..end`, the end not included, with first before end
        `1..=5` is not a range of indices; expected `first..end`, the end not included, with first before end
        `a..b` is not a range of indices; expected `first..end`, the end not included, with first before end
        the range ends at index 99999, but the space has 17280 points
        a sample needs at least 1 problem
    "#);
}
