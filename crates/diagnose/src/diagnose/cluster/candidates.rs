//! Failing problems divided by how they look: what may be one bug each.

use super::{Example, all};
use crate::faults::FaultId;
use crate::judge::{Region, most_telling};
use std::collections::{BTreeMap, BTreeSet};

/// Candidates that are told apart by story; the rest counts as unexplained.
const MOST_STORIES: usize = 6;
/// Problems that are asked in how many ways a kind can happen to them.
const ASKED_FOR_WAYS: usize = 8;

/// What may be one bug: the fault that explains it, if one does, and places of examples.
pub(super) type Candidate = (Option<FaultId>, Vec<usize>);

/// The fewest kinds, of those `among`, that account for all that is explained, the most frequent first; and what isn't explained.
pub(super) fn by_story(examples: &[Example], mut left: Vec<usize>, among: impl Fn(&FaultId) -> bool) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut chosen = BTreeSet::new();
    while candidates.len() < MOST_STORIES {
        let mut counts: BTreeMap<FaultId, usize> = BTreeMap::new();
        let kinds = left.iter().flat_map(|&e| &examples[e].kinds).filter(|kind| among(kind));
        kinds.for_each(|kind| *counts.entry(*kind).or_default() += 1);
        // The first of the most frequent.
        let most = counts.iter().max_by_key(|(kind, count)| (**count, std::cmp::Reverse(**kind)));
        let Some((&most, &count)) = most else { break };
        let near = counts.iter().filter(|(kind, near)| **near * 10 >= count * 9 && !kind.is_variant_of(most));
        let of_it = |kind: FaultId| {
            let explained = left.iter().filter(|&&e| examples[e].kinds.contains(&kind)).take(ASKED_FOR_WAYS);
            explained.map(|&e| kind.ways(&examples[e].problem)).max().unwrap_or(0)
        };
        // One of nearly as many that says more: with many ways one fits by accident.
        let kind = near
            .map(|(kind, near)| (of_it(*kind), std::cmp::Reverse(*near), *kind))
            .min()
            .map_or(most, |(.., kind)| kind);
        chosen.insert(kind);
        let members = left.extract_if(.., |e| examples[*e].kinds.contains(&kind)).collect();
        candidates.push((Some(kind), members));
    }
    candidates.iter_mut().for_each(|candidate| keep_clear(candidate, &chosen, examples));
    candidates.sort_by_key(|(kind, members)| (std::cmp::Reverse(members.len()), *kind));
    // What isn't explained comes last: it may be two of the others at once.
    if !left.is_empty() {
        candidates.push((None, left));
    }
    candidates
}

/// The fewest shapes that account for the regions, the most frequent first; and what has none.
pub(super) fn by_shape(examples: &[Example]) -> Vec<Candidate> {
    let mut left = all(examples);
    let mut candidates: Vec<Candidate> = Vec::new();
    while candidates.len() < MOST_STORIES {
        let regions: Vec<(Region, u64)> = left.iter().filter_map(|&e| Some((examples[e].region?, 1))).collect();
        let Some(shape) = most_telling(&regions) else { break };
        let is_of_it = |e: &mut usize| examples[*e].region.is_some_and(|region| region.could_be(&shape));
        candidates.push((None, left.extract_if(.., is_of_it).collect()));
    }
    candidates.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    if !left.is_empty() {
        candidates.push((None, left));
    }
    candidates
}

/// Leaves the examples out that could be of another candidate as well, if enough others are there.
fn keep_clear((_, members): &mut Candidate, chosen: &BTreeSet<FaultId>, examples: &[Example]) {
    let clear = |member: &usize| examples[*member].kinds.intersection(chosen).count() == 1;
    let kept: Vec<usize> = members.iter().copied().filter(clear).collect();
    if kept.len() * 2 >= members.len() {
        *members = kept;
    }
}
