use super::*;
use crate::backend::{Backend, defect, exact::Exact};
use crate::judge::Settings;
use crate::problem::space::{Selection, presets};
use convdiff_engines::registry;

/// Some problems of the preset `broad`, as `backend` does on them.
fn groups(backend: &dyn Backend) -> (Vec<Example>, Vec<Group>) {
    let space = presets::find("broad").unwrap().space();
    let positions = Selection::Sample { problems: 1500, seed: 1 }.positions(&space).unwrap();
    let mut examiner = Examiner::new(&Exact, backend, Settings::default()).unwrap();
    let (mut examples, mut passing) = (Vec::new(), Vec::new());
    for problem in (0..1500).filter_map(|position| space.problem(positions.index(position)).ok()) {
        // What is larger takes long, and tells no more.
        if problem.work() > 1 << 16 {
            continue;
        }
        let observation = examiner.examine(&problem);
        match observation.verdict {
            Verdict::Differs => examples.push(Example::of(&problem, &examiner, &observation)),
            _ => passing.push(problem),
        }
    }
    let groups = cluster(Verdict::Differs, &examples, &passing, 0);
    (examples, groups)
}

#[test]
fn a_planted_defect_is_one_bug_whatever_its_shapes() {
    for defect in defect::all().iter().filter(|defect| !defect.isolated_only) {
        let (examples, groups) = groups(defect);
        assert_eq!(groups.len(), usize::from(!examples.is_empty()), "{}: {groups:?}", defect.name);
        assert!(groups.iter().all(|group| group.mark == Mark::Verdict && group.members.len() == examples.len()));
    }
}

#[test]
fn two_planted_defects_are_two_bugs_also_where_their_regions_overlap() {
    for [one, other] in [
        ["channel-tail", "pads-swapped"],
        ["coreml-2515", "channel-tail"],
        ["group-offset-lost", "batch-stride"],
        ["output-channel-tail", "bias-lost-in-groups"],
    ] {
        let both = registry::find(&format!("{}{one}+{other}", defect::PREFIX)).unwrap();
        let (examples, groups) = groups(&*both);
        let stories: Vec<&Group> = groups.iter().filter(|group| group.mark != Mark::Shape).collect();
        assert_eq!(stories.len(), 2, "{one}+{other}: {groups:?}");
        for name in [one, other] {
            let predicate = defect::find(name).unwrap().predicate;
            let of_it = |group: &&&Group| group.members.iter().all(|&member| predicate(&examples[member].problem));
            assert!(stories.iter().filter(of_it).count() >= 1, "no group is {name}'s: {groups:?}");
        }
    }
}
