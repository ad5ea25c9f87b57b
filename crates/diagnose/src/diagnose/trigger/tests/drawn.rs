//! Conditions that are drawn from the language of the random defects.

use super::*;

/// Conditions of the random defects' language with `literals` literals, from a seed on.
fn drawn(from: u64, literals: std::ops::RangeInclusive<usize>) -> impl Iterator<Item = Condition> {
    let of = |condition: &Condition| if let Node::All(parts) = &condition.0 { parts.len() } else { 1 };
    let conditions = crate::backend::defect::random::from(from).map(|defect| defect.condition);
    conditions.filter(move |condition| literals.contains(&of(condition)))
}

/// How many of `number` conditions that hold somewhere, but not everywhere, are learnt from an exhaustive map, up to
/// equivalence there; and those that are not.
fn recovered(conditions: impl Iterator<Item = Condition>, number: usize) -> (usize, Vec<String>) {
    let space = modest();
    let mut lost = Vec::new();
    let mut tried = 0;
    for planted in conditions {
        let sample = labelled(&space, &planted);
        let failing = sample.iter().filter(|(_, fails)| *fails).count();
        if failing == 0 || failing == sample.len() {
            continue;
        }
        tried += 1;
        let trigger = explain(&sample, &mut Silent, &Options::default()).expect("some fail");
        let wrong = wrong(&space, &planted, &trigger);
        if wrong > 0 {
            lost.push(format!("planted {planted}, learnt {}: {wrong} wrong", trigger.condition));
        }
        if tried == number {
            break;
        }
    }
    (tried - lost.len(), lost)
}

/// Moduli, intervals, equalities, both axes, and rare ones, as the random defects have them.
#[test]
fn conjunctions_of_up_to_three_literals_are_recovered() {
    assert_eq!(recovered(drawn(1, 1..=3), 8), (8, vec![]));
}

/// Disjunctions of so many conjunctions of up to four literals, from a seed on.
fn disjunctions(from: u64, conjunctions: u64) -> impl Iterator<Item = Condition> {
    (0..).map(move |number| {
        let part = |place| drawn(from + 1_000 * number + 300 * place, 1..=4).next();
        Condition(Node::Any((0..conjunctions).filter_map(part).map(|part| part.0).collect()))
    })
}

/// Whether each conjunction of a disjunction holds for some of these problems alone: else there is less to learn than it says.
fn is_needed_whole(condition: &Condition, problems: &[Problem]) -> bool {
    let Node::Any(parts) = &condition.0 else { return true };
    let parts: Vec<Condition> = parts.iter().cloned().map(Condition).collect();
    let alone =
        |place: usize, problem: &Problem| (0..parts.len()).all(|other| parts[other].holds(problem) == (other == place));
    (0..parts.len()).all(|place| problems.iter().filter(|problem| alone(place, problem)).take(3).count() == 3)
}

/// How many of `number` disjunctions are learnt from 30,000 problems of a space of 10^12 and from questions, up to equivalence on 100,000
/// others; and those that are not.
fn recovered_from_questions(conditions: impl Iterator<Item = Condition>, number: usize) -> (usize, Vec<String>) {
    let mut wide = Wide(77);
    let sample: Vec<Problem> = (0..30_000).map(|_| wide.next()).collect();
    let others: Vec<Problem> = (0..100_000).map(|_| wide.next()).collect();
    let whole = |planted: &Condition| {
        let failing = sample.iter().filter(|problem| planted.holds(problem)).count();
        failing > 0 && failing * 10 <= sample.len() * 9 && is_needed_whole(planted, &sample)
    };
    let lost = conditions.filter(whole).take(number).filter_map(|planted| {
        let trigger =
            explain(&labelled(&sample, &planted), &mut Known(&planted), &Options::default()).expect("some fail");
        let wrong = wrong(&others, &planted, &trigger);
        (wrong > 0).then(|| format!("planted {planted}, learnt {}: {wrong} wrong", trigger.condition))
    });
    let lost: Vec<String> = lost.collect();
    (number - lost.len(), lost)
}

/// The same by the hundred. `cargo test --release --lib -- --ignored --nocapture recovered_by_the_hundred`
#[test]
#[ignore = "takes minutes"]
fn random_conditions_are_recovered_by_the_hundred() {
    assert_eq!(recovered(drawn(100, 1..=3), 100), (100, vec![]));
    assert_eq!(recovered(drawn(100, 4..=4), 40), (40, vec![]));
    let space = modest();
    for conjunctions in [2, 3] {
        let whole = disjunctions(7_000_000, conjunctions).filter(|planted| is_needed_whole(planted, &space));
        assert_eq!(recovered(whole, 40), (40, vec![]));
        let (exact, lost) = recovered_from_questions(disjunctions(7_100_000, conjunctions), 32);
        assert!(exact >= 31, "{lost:#?}");
    }
}

#[test]
fn a_rare_cause_among_frequent_ones_is_learnt() {
    let space = modest();
    let planted = read(
        "bias or batch > 1 and stride_w > 1 or in_channels == 5 and pad_top > 0 and kernel_h == 3 and output_w <= 5",
    );
    let trigger = explain(&labelled(&space, &planted), &mut Silent, &Options::default()).expect("some fail");
    assert_eq!(wrong(&space, &planted, &trigger), 0, "{}", trigger.condition);
}

#[test]
fn a_conjunction_of_eight_bounds_is_learnt() {
    let planted = "2 <= in_channels <= 12 and input_w > 8 and 4 <= out_channels_per_group <= 16 and output_w <= 4 and \
                   stride_h != stride_w and output_h > 1";
    assert_eq!(recovered_from_questions(std::iter::once(read(planted)), 1), (1, vec![]));
}
