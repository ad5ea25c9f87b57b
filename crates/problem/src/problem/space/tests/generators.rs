//! Problems for property tests and fuzzers.

use super::{small, space};
use crate::problem::Problem;
use crate::problem::space::{presets, strategy};
use arbitrary::Unstructured;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestError, TestRunner};

#[test]
fn any_bytes_are_a_problem() {
    let small = small();
    let mut runner = TestRunner::deterministic();
    let bytes = proptest::collection::vec(any::<u8>(), 0..24);
    runner
        .run(&bytes, |bytes| {
            let problem = small.draw(&mut Unstructured::new(&bytes)).unwrap();
            let index = small.index_of(&problem).unwrap();
            prop_assert_eq!(small.problem(index), Ok(problem));
            let problem = <Problem as arbitrary::Arbitrary>::arbitrary(&mut Unstructured::new(&bytes)).unwrap();
            prop_assert!(presets::default_space().index_of(&problem).is_some());
            Ok(())
        })
        .unwrap();
    assert_eq!(small.draw(&mut Unstructured::new(&[])).unwrap(), small.problem(0).unwrap());
    assert_eq!(<Problem as arbitrary::Arbitrary>::size_hint(0).1, Some(9));
}

#[test]
fn every_point_can_be_repaired() {
    let small = small();
    for index in 0..small.len() {
        let repaired = small.repair(small.digits(index)).unwrap();
        assert!(small.at(&repaired).is_ok());
        if small.problem(index).is_ok() {
            assert_eq!(small.index(&repaired), index);
        }
    }
    // Lists that descend: the only kernel that fits comes last.
    let backwards = space("in_channels = 1\nout_channels = 1\ninput = 2\nkernel = '9,5,2'");
    assert_eq!(backwards.repair(backwards.digits(0)), Some(backwards.digits(2)));
    let none = space("in_channels = 1\nout_channels = 1\ninput = 2\nkernel = 9");
    assert_eq!(none.repair(none.digits(0)), None);
    assert!(none.draw(&mut Unstructured::new(&[])).is_err());
}

/// Each failing problem that is drawn shrinks to the smallest failing one of the space, which is found by looking at all.
fn shrinks_to_the_smallest(space: crate::problem::space::Space, fails: fn(&Problem) -> bool) -> Problem {
    let failing = (0..space.len()).filter_map(|index| space.problem(index).ok()).filter(fails);
    let smallest = failing.min_by_key(Problem::size).unwrap();
    let strategy = strategy(space);
    for seed in 0..20 {
        let config = Config { failure_persistence: None, cases: 4000, ..Config::default() };
        let rng = proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &[seed; 32]);
        let result = TestRunner::new_with_rng(config, rng).run(&strategy, |problem| {
            prop_assert!(!fails(&problem));
            Ok(())
        });
        let Err(TestError::Fail(_, problem)) = result else { panic!("{result:?}") };
        assert_eq!(problem, smallest, "seed {seed}");
    }
    smallest
}

#[test]
fn the_strategy_shrinks_to_the_smallest_problem_that_fails() {
    let space = space(
        "in_channels = '1..=4'\nout_channels = '1..=4'\ngroups = '1,2'\ninput = '3..=8x3..=8'\nkernel = '1..=3x1..=3'\nstride = '1..=3x1..=3'\npadding = '0..=1:0..=1:0..=1:0..=1'",
    );
    shrinks_to_the_smallest(space, |p| p.w().remainder() > 0 && p.in_channels > 2 && p.padding.top > 0);
}

/// Square inputs and kernels, all pads alike, as many output channels as input channels; and lists, also descending, with
/// gaps that no step crosses.
#[test]
fn the_strategy_shrinks_within_tied_axes_and_lists() {
    let tied = space(
        "in_channels = '2,5,33,64'\nout_channels = 'in,70'\ninput = '4..=9'\nkernel = '1..=3'\npadding = '0..=2'",
    );
    let found = shrinks_to_the_smallest(tied, |p| p.in_channels > 5 && p.padding.left > 0 && p.kernel.h > 1);
    insta::assert_snapshot!("tied", found.to_string());
    let lists = space(
        "batch = '3,1'\nin_channels = '64,33,8,3'\nout_channels = '48,2'\ngroups = '1,depthwise'\ninput = '40,21,7x30,9'\nkernel = '5,3x1,4'\nstride = '4,1'\npadding = '2,1:0:0:2,3'\nbias = 'both'",
    );
    let found = shrinks_to_the_smallest(lists, |p| p.in_channels > 8 && p.input.h > 7 && p.padding.right > 2);
    insta::assert_snapshot!("lists", found.to_string());
}

#[test]
fn a_passing_guess_is_followed_by_the_next_one() {
    let mut runner = TestRunner::deterministic();
    let mut tree = strategy(small()).new_tree(&mut runner).unwrap();
    assert!(!tree.complicate());
    let start = tree.current();
    assert!(tree.simplify());
    let mut guesses = vec![tree.current()];
    while tree.complicate() {
        guesses.push(tree.current());
    }
    assert!(guesses.iter().all(|guess| guess.size() < start.size()));
    assert_eq!(tree.current(), start);
    assert!(!tree.complicate());
}
