use super::*;
use crate::problem::space::presets;

fn space() -> Space {
    presets::find("coreml-2515").unwrap().space()
}

fn planted() -> Condition {
    "in_channels_per_group > 2 and kernel_h == 4 and kernel_w == 1 and remainder_w == 2".parse().unwrap()
}

fn run(budget: u64, seed: u64, condition: Option<&Condition>) -> (Chosen, usize) {
    let planted = planted();
    let mut failing = 0;
    let chosen = search(&space(), condition, budget, seed, |round| {
        let fails: Vec<bool> = round.iter().map(|(_, problem)| planted.holds(problem)).collect();
        failing += fails.iter().filter(|fails| **fails).count();
        Ok::<_, ()>(fails)
    });
    (chosen.unwrap(), failing)
}

#[test]
fn it_runs_as_many_as_it_may_each_once_and_in_index_order() {
    let (chosen, _) = run(700, 1, None);
    assert_eq!(chosen.indices.len(), 700);
    assert!(chosen.indices.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(run(700, 1, None).0, chosen);
    assert_ne!(run(700, 2, None).0, chosen);
}

#[test]
fn pairs_are_covered_long_before_a_hundredth_is_run() {
    let (chosen, _) = run(1_000, 1, None);
    let Coverage { pairs, all_pairs, triples, all_triples } = chosen.coverage;
    assert_eq!(pairs, all_pairs);
    assert!(triples * 20 > all_triples * 19, "{triples} of {all_triples}");
}

/// One problem in 700 fails: a sample of 2,000 meets three of them.
#[test]
fn it_dwells_where_verdicts_change() {
    let (chosen, failing) = run(2_000, 1, None);
    let all = (0..space().len()).filter_map(|index| space().problem(index).ok()).filter(|p| planted().holds(p)).count();
    assert!(all < 228_096 / 300, "{all}");
    assert!(failing > 100, "{failing} of {} problems run", chosen.indices.len());
}

#[test]
fn it_keeps_to_the_condition_and_ends_with_the_space() {
    let condition: Condition =
        "batch == 1 and in_channels == 1 and out_channels == 1 and kernel_h == 4 and bias".parse().unwrap();
    let (chosen, _) = run(1_000_000, 1, Some(&condition));
    let all: Vec<u64> =
        (0..space().len()).filter(|&i| space().problem(i).is_ok_and(|problem| condition.holds(&problem))).collect();
    assert!(chosen.indices.iter().all(|index| all.contains(index)));
    assert!(chosen.indices.len() * 10 > all.len() * 9, "{} of {}", chosen.indices.len(), all.len());
}
