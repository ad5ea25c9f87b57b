use super::*;
use crate::backend::exact::Exact;
use crate::judge::{Examiner, Settings};

/// What a random defect says of itself is what it does: on every problem where its predicate holds, and some others.
#[test]
fn it_shows_where_it_says() {
    let broad = crate::problem::space::presets::find("broad").unwrap().axes();
    let axes = Axes { max_work: 6_000, ..broad };
    let space = Space::new(axes).unwrap();
    let order = Permutation::new(space.len(), 5);
    let problems: Vec<Problem> =
        (0..space.len()).filter_map(|place| space.problem(order.image(place)).ok()).take(400).collect();
    let mut shown = 0;
    for defect in from(1).take(150) {
        let examiners = [1, 2, 3, 4, 5]
            .map(|seed| Examiner::new(&Exact, &defect, Settings { seed, ..Settings::default() }).unwrap());
        let mut examiners = examiners;
        for problem in problems.iter().filter(|problem| defect.holds(problem)).take(30) {
            // A wrong sum may come out right by chance.
            let fails = examiners.iter_mut().any(|examiner| examiner.examine(problem).verdict.is_failure());
            assert_eq!(fails, defect.shows(problem), "{} on {problem}: {}", defect.name(), defect.predicate());
            shown += usize::from(fails);
        }
    }
    assert!(shown > 200, "{shown}");
}

#[test]
fn a_name_is_a_seed() {
    let defect = named("defect:random-17").unwrap();
    assert_eq!(defect, RandomDefect::new(17));
    assert_eq!(crate::backend::defect::backend("defect:random-17").unwrap().name(), "defect:random-17");
    assert!(named("defect:random-x").is_none() && named("defect:coreml-2515").is_none());
    assert!(crate::backend::defect::backend("defect:random-x").is_err());
    insta::assert_snapshot!(
        from(1)
            .take(6)
            .map(|defect| format!("{}: {}", defect.name(), defect.predicate()))
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn seeds_draw_apart() {
    let drawn: std::collections::HashSet<String> = from(1).take(500).map(|defect| defect.predicate()).collect();
    assert!(drawn.len() > 490, "{}", drawn.len());
}
