//! Defects that nobody has chosen: a random conjunction of literals, and a random effect.

use super::Ends;
use crate::backend::Backend;
use crate::backend::defect::Planted;
use crate::backend::defect::random::{RandomDefect, from};
use crate::backend::exact::Exact;
use crate::judge::{Examiner, Settings};
use crate::problem::Problem;
use crate::problem::bounds::Bounds;
use crate::problem::space::{Axes, Permutation, Space, presets};
use std::fmt::Write;

/// Defects, drawn one after the other.
const SEEDS: usize = 60;
/// Of these the first, for each run of the tests: 120 starts. The rates of all are pinned by the test that is ignored.
const FEW: usize = 15;
const STARTS: usize = 8;
/// Problems among which a defect's starts are sought.
const POOL: usize = 60_000;
/// Problems that the exhaustive minimum may take; where it takes more, the best end stands in for it.
const MOST: u64 = 60_000_000;

/// The smallest problem within the bounds around `best` that fails.
fn smallest(defect: &RandomDefect, best: Problem) -> Option<Problem> {
    let mut examiner = Examiner::new(&Exact, defect, Settings::default()).unwrap();
    let shows = |problem: &Problem| defect.holds(problem) && defect.shows(problem);
    let smaller = Bounds::around(&best).smaller(&best, MOST, shows)?;
    // A wrong sum may be right by chance.
    let failing = smaller.into_iter().find(|problem| examiner.examine(problem).verdict.is_failure());
    Some(failing.unwrap_or(best))
}

/// The rate at which starts of so many defects reach the smallest problem, with every start that doesn't.
fn ends(seeds: usize) -> String {
    let broad = Axes { max_work: 20_000, ..presets::find("broad").unwrap().axes() };
    let space = Space::new(broad).unwrap();
    let shuffled = Permutation::new(space.len(), 77);
    let problems = (0..space.len()).filter_map(|index| space.problem(shuffled.image(index)).ok());
    let pool: Vec<Problem> = problems.take(POOL).collect();
    let (mut table, mut reached, mut all, mut defects) = (String::new(), 0, 0, 0);
    for defect in from(1).take(seeds) {
        let starts: Vec<Problem> = pool.iter().filter(|problem| defect.shows(problem)).take(STARTS).copied().collect();
        let ends = Ends::of(&defect, &starts);
        if ends.0.len() < STARTS / 2 {
            continue;
        }
        let best = ends.best();
        let known = smallest(&defect, best);
        let (here, elsewhere) = ends.told(&known.unwrap_or(best));
        (reached, all, defects) = (reached + here, all + ends.0.len(), defects + 1);
        if known.is_none() {
            writeln!(table, "{}: the minimum is not known; {best} is the best", defect.name()).unwrap();
        }
        if !elsewhere.is_empty() {
            let smallest = known.unwrap_or(best);
            writeln!(table, "{}: {smallest} from {here} of {}", defect.predicate(), ends.0.len()).unwrap();
            table += &elsewhere;
        }
    }
    writeln!(table, "{defects} defects, {reached} of {all} starts").unwrap();
    table
}

#[test]
fn random_defects_end_at_the_exhaustive_minimum() {
    insta::assert_snapshot!(ends(FEW));
}

#[test]
#[ignore = "takes a quarter of a minute"]
fn long_random_defects_end_at_the_exhaustive_minimum() {
    insta::assert_snapshot!(ends(SEEDS));
}
