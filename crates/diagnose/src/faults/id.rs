//! What faults are called in files.

use super::prediction::Prediction;
use super::{Element, Fault, Hiding, Kinship, Name};
use crate::problem::{Parameters, Problem};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A fault, whatever the problem's sizes, such as `window-shifted(w: +1)`; or a family of them, of which one bug shows now this and now
/// that: `pads-from-memory`.
///
/// As text it is in words that stay what they are, whichever families there are besides. Of two the lower one is the likelier where both
/// explain the same: by the order of the registry, and in a family from what says most to the family itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FaultId {
    name: Name,
    /// None for the family, whichever of its faults it is.
    fault: Option<Fault>,
}

/// A text that is no fault's id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no fault that is known here; a newer convdiff wrote it, so read it with that one (the manifest says which) or sweep anew"
)]
pub struct UnknownFault(String);

impl Ord for FaultId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |id: &Self| (id.name, id.fault.is_none(), id.fault);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for FaultId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_id(f, self.name.word(), self.fault.and_then(Fault::parameters))
    }
}

fn write_id(f: &mut fmt::Formatter<'_>, word: &str, parameters: Option<String>) -> fmt::Result {
    match parameters.filter(|parameters| !parameters.is_empty()) {
        Some(parameters) => write!(f, "{word}({parameters})"),
        None => f.write_str(word),
    }
}

impl FromStr for FaultId {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.split('(').next().unwrap_or(text);
        let name = Name::ALL.iter().copied().find(|name| name.word() == word);
        let of_family = |name: Name| {
            let named = name.named().into_iter().map(|fault| Self { name, fault: Some(fault) });
            named.chain(Self::family(name)).find(|id| id.to_string() == text)
        };
        name.and_then(of_family).ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

impl Serialize for FaultId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FaultId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl FaultId {
    /// The ids of a fault: its own, which says most, and that of its family.
    pub(crate) fn of(fault: Fault) -> impl Iterator<Item = Self> {
        let name = fault.name();
        let own = fault.parameters().map(|_| Self { name, fault: Some(fault) });
        let family = if own.is_none() || name.is_one() { Some(Self { name, fault: None }) } else { None };
        own.into_iter().chain(family)
    }

    /// That of a family, where it has one.
    fn family(name: Name) -> Option<Self> {
        (name.is_one() || name.named().is_empty()).then_some(Self { name, fault: None })
    }

    /// Every one.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Self> {
        let of_family = |&name: &Name| {
            let named = name.named().into_iter().map(move |fault| Self { name, fault: Some(fault) });
            named.chain(Self::family(name)).collect::<Vec<_>>()
        };
        Name::ALL.iter().flat_map(of_family).collect()
    }

    /// Whether it is a family of faults that have ids of their own.
    #[cfg(test)]
    pub(crate) fn is_family_of_named(self) -> bool {
        self.fault.is_none() && !self.name.named().is_empty()
    }

    /// The faults that it may be in a problem, the likelier first.
    pub(crate) fn faults(self, problem: &Problem) -> Vec<Fault> {
        let mut faults = self.name.instances(problem);
        faults.retain(|fault| self.fault.is_none_or(|own| own == *fault));
        faults
    }

    /// The descriptor of a problem in which it can be told from others.
    pub fn example(self) -> &'static str {
        self.name.example()
    }

    /// In how many ways something of this id can happen to a problem: with many of them, one fits by accident.
    pub fn ways(self, problem: &Problem) -> usize {
        let faults = self.faults(problem);
        let first = Element::at(problem, 0);
        let is_mixed = |fault: &Fault| matches!(fault.predict(problem, first), Prediction::OneOf(_));
        if faults.iter().any(is_mixed) { usize::MAX } else { faults.len().max(1) }
    }

    /// Whether this is one of the faults of `family`.
    pub fn is_variant_of(self, family: Self) -> bool {
        self != family && family.fault.is_none() && self.name == family.name
    }

    /// Where it may be there and not be seen.
    pub(crate) fn hides(self, problem: &Problem) -> Hiding {
        let hidings = self.faults(problem).into_iter().map(|fault| fault.hides(problem));
        // What can't be there at all, can't hide.
        hidings.reduce(|one, other| if one == Hiding::Anywhere { one } else { other }).unwrap_or(Hiding::OutsideInput)
    }

    /// Whether it makes one of these elements another than it should be: one of its faults, or where it can't be told which it is each
    /// that is there.
    pub(crate) fn would_change(self, problem: &Problem, elements: &[Element]) -> bool {
        let changes =
            |fault: Fault| elements.iter().any(|element| fault.predict(problem, *element).changes(problem, *element));
        let mut faults = self.faults(problem).into_iter();
        match (self.fault, self.name.kinship()) {
            (None, Kinship::Each) => {
                let mut there = faults.filter(|fault| fault.hides(problem) == Hiding::Anywhere).peekable();
                there.peek().is_some() && there.all(changes)
            }
            (Some(_), _) | (None, Kinship::Apart | Kinship::One) => faults.any(changes),
        }
    }

    /// Whether some right results alone decide where it shows: those of which a result is made that has fewer digits.
    pub fn rounds(self) -> bool {
        self.changes_result().is_some()
    }

    /// Whether a right result would change if it were rounded so.
    pub fn would_round(self, value: f32) -> bool {
        self.changes_result().is_some_and(|changes| changes(value))
    }

    fn changes_result(self) -> Option<fn(f32) -> bool> {
        // A fault that is made of results is the same in any problem.
        let problem = Problem::new(Parameters::default()).ok()?;
        match self.fault?.predict(&problem, Element::at(&problem, 0)) {
            Prediction::Made(made) => made.changes,
            Prediction::Sum { .. } | Prediction::Beyond | Prediction::OnTopOf(_) => None,
            Prediction::OneOf(_) | Prediction::Memory => None,
        }
    }
}

/// The id that most of these have, if half of them do; of equals the likeliest.
pub fn most_frequent<'k>(ids: impl Iterator<Item = &'k BTreeSet<FaultId>>) -> Option<FaultId> {
    let mut counts: BTreeMap<FaultId, usize> = BTreeMap::new();
    let mut all = 0;
    for ids in ids {
        all += 1;
        ids.iter().for_each(|id| *counts.entry(*id).or_default() += 1);
    }
    let most = counts.into_iter().max_by_key(|(id, count)| (*count, std::cmp::Reverse(*id)));
    most.filter(|(_, count)| 2 * count >= all).map(|(id, _)| id)
}
