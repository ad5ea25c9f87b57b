//! Ids, which are in users' files.

use super::super::{Fault, FaultId, Name, examples};
use super::problem;
use std::collections::BTreeSet;

/// More faults of a family than this are told by the first and the last.
const MANY: usize = 90;

#[test]
fn ids_stay_what_they_are() {
    // A line that changes here is an id that users' files have and that means nothing any more.
    let mut lines: Vec<String> = Name::ALL
        .iter()
        .map(|name| {
            let mut parameters: Vec<String> = name.named().into_iter().filter_map(Fault::parameters).collect();
            if parameters.len() > MANY {
                parameters = vec![parameters[0].clone(), "…".to_owned(), parameters[parameters.len() - 1].clone()];
            }
            format!("{}: {}", name.word(), parameters.join(" | "))
        })
        .collect();
    // By the alphabet: the registry's order is nobody's business but its own.
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_id_is_read_as_it_is_written() {
    let all = FaultId::all();
    let texts: BTreeSet<String> = all.iter().map(FaultId::to_string).collect();
    assert_eq!(texts.len(), all.len());
    for id in all {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    for text in ["", "13472", "window-shifted", "window-shifted(w: +99)", "window-shifted(w: +1", "Bias(missing)"] {
        assert_eq!(text.parse::<FaultId>().unwrap_err().to_string().split('`').nth(1), Some(text));
    }
}

#[test]
fn there_is_one_order_of_likelihood() {
    let ids = FaultId::all();
    assert!(ids.is_sorted());
    for descriptor in [examples::UNLIKE, examples::BLOCKS, examples::GROUPS, examples::PLACES, examples::LARGE] {
        let faults = Fault::all(&problem(descriptor));
        assert!(faults.is_sorted(), "{descriptor}");
        // What can be named is found among what can happen, and the other way round.
        for fault in faults {
            assert_eq!(fault.parameters().is_some(), fault.name().named().contains(&fault), "{fault:?}");
            assert!(FaultId::of(fault).all(|id| ids.contains(&id)), "{fault:?}");
        }
    }
}

/// Another version's registry: some families in another order, and one that nobody knew, before them.
#[allow(dead_code)]
mod another_version {
    use crate::faults::family::{Family, Hiding, Kinship, Reach, always};
    use crate::faults::registry::registry;
    use crate::faults::{Element, Prediction, beyond, examples, parts, shifted};
    use crate::problem::Problem;

    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Unheard;

    impl Family for Unheard {
        const WORD: &'static str = "unheard-of";
        const KINSHIP: Kinship = Kinship::Apart;
        const EXAMPLE: &'static str = examples::UNLIKE;

        always!(Self => "");

        fn predict(self, _: &Problem, _: Element) -> Prediction<'_> {
            Prediction::Memory
        }

        fn sentence(self) -> String {
            "something new".to_owned()
        }

        fn reach(self) -> Reach {
            Reach::Unknown
        }

        fn hides(self, _: &Problem) -> Hiding {
            Hiding::Nowhere
        }
    }

    registry! {
        Unheard: Unheard,
        TapsMissing: parts::Missing<parts::OfKernel>,
        PadsFromMemory: beyond::PadsFromMemory,
        Shifted: shifted::Shifted,
    }

    /// Each named fault as files have it, and its sentence.
    pub fn written() -> Vec<(String, String)> {
        let id = |fault: Fault| match fault.parameters().unwrap_or_default() {
            none if none.is_empty() => fault.name().word().to_owned(),
            parameters => format!("{}({parameters})", fault.name().word()),
        };
        Name::ALL.iter().flat_map(|name| name.named()).map(|fault| (id(fault), fault.sentence())).collect()
    }
}

#[test]
fn an_id_means_the_same_where_families_were_put_among_the_others() {
    for (id, sentence) in another_version::written() {
        if id == "unheard-of" {
            let error = id.parse::<FaultId>().unwrap_err().to_string();
            assert!(error.contains("`unheard-of`") && error.contains("sweep anew"), "{error}");
            continue;
        }
        let read: FaultId = id.parse().unwrap();
        assert_eq!(read.faults(&problem(read.example())).first().map(|fault| fault.sentence()), Some(sentence));
    }
}
