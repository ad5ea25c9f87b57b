//! Each fault, told from all others where it can be.

use super::super::{Fault, FaultId, Name, examples, explaining};
use super::{filled, predicted, problem, right, wrong};
use std::collections::{BTreeMap, BTreeSet};

/// What explains all that a fault does in a problem, besides the fault itself; none where it shows nothing there.
fn equals(fault: Fault, descriptor: &str) -> Option<BTreeSet<FaultId>> {
    let problem = problem(descriptor);
    if !fault.name().instances(&problem).contains(&fault) {
        return None;
    }
    let operands = filled(&problem);
    let case = operands.case(&problem);
    let right = right(case);
    let output = predicted(case, fault)?;
    let wrong = wrong(&right, &output);
    if wrong.is_empty() {
        return None;
    }
    let mut explaining = explaining(case, &wrong, &output);
    for id in FaultId::of(fault) {
        assert!(explaining.remove(&id), "{id} doesn't explain itself in {problem}");
    }
    // Of others their families say nothing more.
    explaining.retain(|id| !FaultId::of(fault).any(|own| own.is_variant_of(*id)) && !id.is_family_of_named());
    Some(explaining)
}

#[test]
fn each_fault_is_told_from_all_others_but_its_declared_equals() {
    let mut declared: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in Name::ALL {
        for fault in name.instances(&problem(name.example())) {
            let id = FaultId::of(fault).next().unwrap();
            let sums = predicted(filled(&problem(name.example())).case(&problem(name.example())), fault).is_some();
            let Some(mut left) = equals(fault, name.example()) else {
                assert!(!sums, "{id} shows nothing in {}", name.example());
                continue;
            };
            // One of the other examples may tell what its own doesn't.
            for other in examples::ALL {
                if !left.is_empty()
                    && let Some(there) = equals(fault, other)
                {
                    left.retain(|id| there.contains(id));
                }
            }
            declared.entry(id.to_string()).or_default().extend(left.iter().map(FaultId::to_string));
        }
    }
    declared.retain(|_, equals| !equals.is_empty());
    let lines = declared
        .into_iter()
        .map(|(id, equals)| format!("{id} = {}", equals.into_iter().collect::<Vec<_>>().join(", ")));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}
