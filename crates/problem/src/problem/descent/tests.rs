//! That descents keep their word: smaller, once each, and every neighbour.

use super::Descent;
use crate::problem::Problem;
use proptest::prelude::*;

/// The end of the descent from `start` to what `shows`, and how many problems were offered.
fn descend(start: Problem, shows: impl Fn(&Problem) -> bool) -> (Descent, usize) {
    let mut descent = Descent::from(start);
    let mut offered = 0;
    while let Some(smaller) = descent.next(|_| true) {
        offered += 1;
        assert!(smaller.size() < descent.best().size());
        if shows(&smaller) {
            descent.accept(smaller);
        }
    }
    (descent, offered)
}

#[test]
fn the_simplest_problem_has_no_neighbours() {
    let simplest: Problem = "mb1ic1ih1oc1kh1".parse().unwrap();
    let (descent, offered) = descend(simplest, |_| true);
    assert_eq!((descent.best(), offered), (simplest, 0));
}

#[test]
fn a_width_that_passes_between_two_that_fail_is_jumped_over() {
    let start: Problem = "mb1ic1ih1iw40oc1kh1kw1".parse().unwrap();
    let (descent, _) = descend(start, |problem| ![6, 7, 8, 9, 21].contains(&problem.input.w) && problem.input.w > 4);
    assert_eq!(descent.best().input.w, 5);
}

#[test]
fn the_largest_numbers_there_are_do_no_harm() {
    let largest = i32::MAX;
    let start: Problem =
        format!("mb{largest}ic{largest}ih{largest}oc{largest}kh2sh{largest}dh1ph{largest}b1").parse().unwrap();
    let (descent, _) = descend(start, |problem| problem.padding.top > 1_000_000_000 && problem.batch > 7);
    assert_eq!(descent.best().batch, 8);
}

proptest! {
    #[test]
    fn at_the_end_every_neighbour_was_offered(start: Problem, salt: u64) {
        // Any property will do: here three quarters of all problems show it, at random.
        let shows = |problem: &Problem| {
            !rapidhash::v3::rapidhash_v3(format!("{salt}{problem}").as_bytes()).is_multiple_of(4) && problem.work() > 20
        };
        let (descent, _) = descend(start, shows);
        let neighbours = descent.neighbours(|_| true);
        prop_assert!(neighbours.iter().all(|neighbour| descent.was_offered(neighbour)));
        prop_assert!(neighbours.iter().all(|neighbour| !shows(neighbour)));
    }
}
