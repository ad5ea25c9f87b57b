use super::*;
use crate::backend::defect;

#[test]
fn every_space_is_one_and_every_defect_shows_in_its_own() {
    for planted in defect::all() {
        let space = spaces::of(planted.name).unwrap();
        let space = crate::problem::space::Space::new(space.axes).unwrap();
        let shows = (0..space.len()).filter_map(|index| space.problem(index).ok()).any(|p| planted.shows(&p));
        assert_eq!(shows, planted.name != "defect:half-accumulation", "{}", planted.name);
    }
}

fn settled() -> Settled {
    // Nothing here is isolated, so no program is started.
    let sitting = Sitting { threads: 2, program: "convdiff".into(), python: None };
    Settled { shrink_calls: 1000, explain_calls: 300, seed: 2515, sitting }
}

fn small(name: &str) -> EvaluationSpace {
    EvaluationSpace { sample: Some(4_000), ..spaces::of(name).unwrap() }
}

#[test]
fn a_row_holds_what_the_chain_finds_against_the_truth() {
    let planted = defect::find("bias-lost-in-groups").unwrap();
    let row = evaluate(planted, &small(planted.name), &settled()).unwrap();
    assert!(row.right(), "{row:?}");
    let again = evaluate(planted, &small(planted.name), &settled()).unwrap();
    assert_eq!(Row { seconds: row.seconds, ..again }, row);
    let row = Row { seconds: 0.0, ..row };
    insta::assert_snapshot!(render(std::slice::from_ref(&row), Format::Text, ""));
    insta::assert_snapshot!(render(&[row], Format::Markdown, "convdiff evaluate --defects bias-lost-in-groups"));
}

/// Another defect's truth, so that every column has something to complain of.
#[test]
fn what_is_wrong_is_said() {
    let planted = defect::find("bias-lost-in-groups").unwrap();
    let row = evaluate(planted, &small(planted.name), &settled()).unwrap();
    let points = crate::problem::space::Space::new(small(planted.name).axes).unwrap();
    let points = crate::run::Points::Space(
        Box::new(points.clone()),
        crate::problem::space::Selection::Sample { problems: 4_000, seed: 1 }.positions(&points).unwrap(),
    );
    let foretold = |problem: &Problem| row.triggers[0].holds(problem);
    let accuracy = accuracy::over(&points, &|p| p.batch > 1, &|p| p.input.h > 3, &foretold);
    assert!(accuracy.false_alarms > 0 && accuracy.missed > 0 && accuracy.hidden > 0, "{accuracy:?}");
    let wrong = Row { accuracy, region_right: false, story_right: false, found_after: None, ..row };
    assert!(!wrong.right() && !wrong.found());
    let text = render(&[wrong], Format::Text, "");
    assert!(text.contains("NO: precision 0.") && text.contains("right in all 0, found 0"), "{text}");
}

#[test]
fn what_is_no_defect_must_not_be_found() {
    let planted = defect::find("half-accumulation").unwrap();
    let row = evaluate(planted, &small(planted.name), &settled()).unwrap();
    assert!(row.right() && !row.is_defect() && row.findings == 0, "{row:?}");
}

#[test]
fn a_repro_that_is_not_the_smallest_is_told_from_one_that_is() {
    let planted = defect::find("leftover-corner").unwrap();
    let symptom = |problem: &Problem| {
        let mut examiner =
            crate::judge::Examiner::new(&crate::backend::exact::Exact, planted, Settings::default()).unwrap();
        crate::judge::Symptom::of(&examiner.examine(problem)).unwrap()
    };
    let check = |text: &str| {
        let problem: Problem = text.parse().unwrap();
        minimum::check(planted, &problem, &symptom(&problem), Settings::default()).unwrap()
    };
    let smallest = "mb1ic1ih1iw1oc1oh1ow1kh1kw1sh2sw2ph0pw0pb1pr1";
    assert_eq!(check(smallest), Minimal::Yes);
    assert!(matches!(check("mb1ic1ih2iw2oc1oh1ow1kh1kw1sh2sw2ph0pw0"), Minimal::No(_)));
}

/// One problem in 150 fails: a random hundredth of the space has a dozen of them.
#[test]
fn a_small_part_foretells_the_whole() {
    let planted = defect::find("strides-swapped").unwrap();
    let space = spaces::of(planted.name).unwrap();
    let row = adaptive::compare(planted, &space, &[1], crate::operands::DEFAULT_SEED).unwrap();
    assert_eq!((row.points, row.shows), (211_680, 1_400));
    let [adaptive, random] = row.spent[0];
    assert_eq!(adaptive.problems, random.problems);
    assert!(adaptive.failing > 5 * random.failing, "{adaptive:?} {random:?}");
    assert!(adaptive.accuracy.recall() > random.accuracy.recall(), "{adaptive:?} {random:?}");
    let text = adaptive::render(&[row], "convdiff evaluate --adaptive");
    assert_eq!(text.lines().filter(|line| line.starts_with("| defect:")).count(), 1, "{text}");
}

fn pair(names: [&str; 2]) -> [&'static defect::Defect; 2] {
    names.map(|name| defect::find(name).unwrap())
}

#[test]
fn two_defects_of_one_backend_are_told_apart() {
    let told = |names| pairs::evaluate(pair(names), &spaces::broad(4_000), &settled()).unwrap();
    let row = told(["channel-tail", "group-offset-lost"]);
    assert!(row.right(), "{row:?}");
    // Both lack the last tap, and the corner is the end of a plane too.
    let row = told(["pixel-tail", "leftover-corner"]);
    assert!(row.right(), "{row:?}");
    // A single tap that is missing is the last one, and nothing is summed then.
    let row = told(["output-channel-tail", "pixel-tail"]);
    assert!(row.right(), "{row:?}");
    // One reading fits both: the taps from some number on.
    let row = told(["channel-tail", "pixel-tail"]);
    assert!(row.right(), "{row:?}");
}

#[test]
fn what_is_not_told_apart_is_said() {
    let exact = Accuracy { foretold: 3, ..Accuracy::default() };
    let off = Accuracy { missed: 1, ..exact };
    let condition: Condition = "groups > 1".parse().unwrap();
    let row = pairs::PairRow {
        name: "defect:a+b".to_owned(),
        findings: 3,
        own: [Some((condition.clone(), exact)), Some((condition.clone(), off))],
        others: vec![condition],
    };
    let one = pairs::PairRow { findings: 1, own: [row.own[0].clone(), None], others: vec![], ..row.clone() };
    insta::assert_snapshot!(pairs::render(&[row, one]));
}

/// Every pair, on few problems: a minute or ten. `cargo test --release -- --ignored`.
#[test]
#[ignore = "takes minutes"]
fn most_pairs_of_defects_are_told_apart() {
    let space = spaces::broad(10_000);
    let all = pairs::pairs(&spaces::points(&space, settled().seed).unwrap());
    let rows: Vec<_> = all.iter().map(|pair| pairs::evaluate(*pair, &space, &settled()).unwrap()).collect();
    let right = rows.iter().filter(|row| row.right()).count();
    assert!(20 * right >= 19 * rows.len(), "{}", pairs::render(&rows));
}
