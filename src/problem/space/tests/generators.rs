//! Problems for property tests and fuzzers.

use super::{small, space};
use crate::problem::space::{presets, strategy};
use crate::problem::{Hw, Padding, Parameters, Problem};
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
fn the_strategy_shrinks_to_the_first_value_that_fails() {
    let strategy = strategy(presets::find("coreml-2515").unwrap().space());
    for seed in 0..10 {
        let mut runner = TestRunner::new_with_rng(
            Config { failure_persistence: None, cases: 2000, ..Config::default() },
            proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &[seed; 32]),
        );
        let result = runner.run(&strategy, |problem| {
            prop_assert!(problem.stride.h < 2 || problem.input.h < 5 || problem.padding.top < 1);
            Ok(())
        });
        let Err(TestError::Fail(_, problem)) = result else { panic!("{result:?}") };
        let expected = Parameters {
            input: Hw { h: 5, w: 3 },
            stride: Hw::square(2),
            padding: Padding::uniform(1),
            ..Parameters::default()
        };
        assert_eq!(problem.parameters(), expected, "seed {seed}");
    }
}

#[test]
fn a_passing_guess_is_taken_back() {
    let mut runner = TestRunner::deterministic();
    let mut tree = strategy(small()).new_tree(&mut runner).unwrap();
    assert!(!tree.complicate());
    let before = tree.current();
    assert!(tree.simplify());
    assert_ne!(tree.current(), before);
    assert!(tree.complicate());
    assert_eq!(tree.current(), before);
}
