//! The cheapest conjunction: a weighted set cover by branch and bound.
//!
//! A conjunction of literals that hold for all failing problems is right if each passing problem breaks at least one
//! of them. So the passing problems are what has to be covered, a literal covers those that break it, and its cost is
//! its description length. Passing problems next to failing ones break few literals; branching on the one that breaks
//! the fewest keeps the tree small.

use super::bits::Bits;

/// What each further literal costs beside its own description: the "and".
pub(super) const AND: u32 = 6;

/// A cover longer than this explains nothing.
const MOST_LITERALS: usize = 10;

/// One candidate: its place in the caller's list, its cost, and what it covers.
pub(super) struct Candidate {
    pub(super) place: usize,
    pub(super) cost: u32,
    pub(super) covers: Bits,
}

/// Places of the candidates of the cheapest cover, ascending; `None` if `all` can't be covered by few enough.
/// Candidates come cheapest first, and of equal covers the first is taken. After `nodes` nodes the best so far is it;
/// that happens only where no short cover exists.
pub(super) fn cheapest(all: &Bits, candidates: Vec<Candidate>, nodes: usize) -> Option<Vec<usize>> {
    if all.is_empty() {
        return Some(vec![]);
    }
    let candidates = undominated(candidates);
    let mut breakers = vec![0u32; all.0.len() * 64];
    for candidate in &candidates {
        candidate.covers.iter().for_each(|example| breakers[example] += 1);
    }
    let mut search = Search { candidates: &candidates, breakers, best: None, best_cost: u32::MAX, nodes };
    search.greedy(all);
    search.branch(all, 0, &mut vec![]);
    let mut places: Vec<usize> = search.best?.into_iter().map(|index| candidates[index].place).collect();
    places.sort_unstable();
    Some(places)
}

/// Drops what a candidate no dearer covers entirely.
fn undominated(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut kept: Vec<(usize, Candidate)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for candidate in candidates {
        let size = candidate.covers.len();
        if size == 0 || !seen.insert(candidate.covers.clone()) {
            continue;
        }
        let dominated = kept.iter().any(|(other, kept)| *other >= size && candidate.covers.within(&kept.covers));
        if !dominated {
            kept.push((size, candidate));
        }
    }
    kept.into_iter().map(|(_, candidate)| candidate).collect()
}

struct Search<'a> {
    candidates: &'a [Candidate],
    /// For each example, how many candidates cover it.
    breakers: Vec<u32>,
    best: Option<Vec<usize>>,
    best_cost: u32,
    /// Nodes that may still be visited.
    nodes: usize,
}

impl Search<'_> {
    /// A first bound, good enough that the search prunes early.
    fn greedy(&mut self, all: &Bits) {
        let (mut open, mut chosen, mut cost) = (all.clone(), vec![], 0);
        while !open.is_empty() && chosen.len() < MOST_LITERALS {
            let value = |index: &usize| {
                let candidate = &self.candidates[*index];
                candidate.covers.shared(&open) as f64 / f64::from(candidate.cost + AND)
            };
            let Some(best) = (0..self.candidates.len()).rev().max_by(|a, b| value(a).total_cmp(&value(b))) else {
                return;
            };
            if value(&best) == 0.0 {
                return;
            }
            open = open.minus(&self.candidates[best].covers);
            cost += self.candidates[best].cost + AND;
            chosen.push(best);
        }
        if open.is_empty() {
            (self.best, self.best_cost) = (Some(chosen), cost);
        }
    }

    fn branch(&mut self, open: &Bits, cost: u32, chosen: &mut Vec<usize>) {
        let Some(pivot) = open.iter().min_by_key(|&example| (self.breakers[example], example)) else {
            if cost < self.best_cost {
                (self.best, self.best_cost) = (Some(chosen.clone()), cost);
            }
            return;
        };
        if chosen.len() == MOST_LITERALS || self.nodes == 0 {
            return;
        }
        self.nodes -= 1;
        let size = open.len();
        let mut ways: Vec<(f64, usize, usize)> = (0..self.candidates.len())
            .filter(|&index| self.candidates[index].covers.has(pivot))
            .map(|index| {
                let covered = self.candidates[index].covers.shared(open);
                (f64::from(self.candidates[index].cost + AND) / covered as f64, index, covered)
            })
            .collect();
        ways.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let cheapest = self.candidates.first().map_or(0, |candidate| candidate.cost + AND);
        for (_, index, covered) in ways {
            let spent = cost + self.candidates[index].cost + AND;
            let least = if covered == size { spent } else { spent + cheapest };
            if least >= self.best_cost {
                continue;
            }
            chosen.push(index);
            let rest = open.minus(&self.candidates[index].covers);
            self.branch(&rest, spent, chosen);
            chosen.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bits(members: u64) -> Bits {
        Bits(vec![members])
    }

    proptest! {
        /// Against every subset of the candidates.
        #[test]
        fn no_subset_is_cheaper(mut given in prop::collection::vec((1u32..30, 1u64..256), 1..9)) {
            given.sort_unstable();
            let candidate = |(place, &(cost, covers)): (usize, &(u32, u64))| Candidate { place, cost, covers: bits(covers) };
            let found = cheapest(&bits(255), given.iter().enumerate().map(candidate).collect(), 10_000);
            let price = |places: &[usize]| places.iter().map(|&place| given[place].0 + AND).sum::<u32>();
            let covered = |places: &[usize]| places.iter().fold(0, |all, &place| all | given[place].1);
            let best = (0..1usize << given.len())
                .map(|subset| (0..given.len()).filter(|place| subset >> place & 1 == 1).collect::<Vec<_>>())
                .filter(|places| covered(places) == 255 && places.len() <= MOST_LITERALS)
                .map(|places| price(&places))
                .min();
            prop_assert_eq!(found.as_ref().map(|places| price(places)), best);
            prop_assert!(found.is_none_or(|places| covered(&places) == 255));
        }
    }
}
