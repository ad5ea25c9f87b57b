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

#[test]
fn the_strategy_shrinks_to_the_smallest_problem_that_fails() {
    let space = space(
        "in_channels = '1..=4'\nout_channels = '1..=4'\ngroups = '1,2'\ninput = '3..=8x3..=8'\nkernel = '1..=3x1..=3'\nstride = '1..=3x1..=3'\npadding = '0..=1:0..=1:0..=1:0..=1'",
    );
    let fails = |problem: &Problem| problem.w().remainder() > 0 && problem.in_channels > 2 && problem.padding.top > 0;
    let failing = (0..space.len()).filter_map(|index| space.problem(index).ok()).filter(fails);
    let smallest = failing.min_by_key(Problem::size).unwrap();
    let strategy = strategy(space);
    for seed in 0..20 {
        let config = Config { failure_persistence: None, cases: 2000, ..Config::default() };
        let rng = proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &[seed; 32]);
        let result = TestRunner::new_with_rng(config, rng).run(&strategy, |problem| {
            prop_assert!(!fails(&problem));
            Ok(())
        });
        let Err(TestError::Fail(_, problem)) = result else { panic!("{result:?}") };
        assert_eq!(problem, smallest, "seed {seed}");
    }
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
