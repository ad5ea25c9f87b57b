//! Conjunctions that are right: from a set of failing problems to the cheapest that holds for all of them and for no
//! passing one; and from all failing problems to a few such sets.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::bits::Bits;
use super::cover::{Candidate, cheapest};
use super::learn::{MOST_TERMS, QUICK, THOROUGH, Term, Terms, cost};
use super::literal::Table;

/// Failing problems from which conjunctions are grown.
const STARTS: usize = 6;

/// Failing problems that are tried in growing one conjunction.
const MOST_GROWN: usize = 250;

/// Rounds of learning the terms of a predicate anew.
const MOST_SHARPENED: usize = 4;

/// Finds conjunctions in one table.
pub(super) struct Learner<'a> {
    pub(super) table: &'a Table,
    /// Literals, most powerful first: those that let the fewest passing problems through. Of literals that are true of
    /// the same examples only the cheapest is here.
    pub(super) by_power: Vec<usize>,
    /// The beam search over everything, which both ways to several conjunctions begin with.
    pub(super) first_beam: OnceCell<(Option<Term>, Terms)>,
}

impl<'a> Learner<'a> {
    pub(super) fn new(table: &'a Table, dearest: u32) -> Self {
        let mut seen = HashSet::with_capacity(table.literals.len());
        let mut by_power: Vec<usize> = (0..table.literals.len())
            .filter(|&literal| table.literals[literal].cost <= dearest && seen.insert(&table.truth[literal]))
            .collect();
        by_power.sort_by_cached_key(|&literal| (table.truth[literal].shared(&table.passing), literal));
        Self { table, by_power, first_beam: OnceCell::new() }
    }

    pub(super) fn errors(&self, terms: &Terms) -> usize {
        let mut predicted = Bits(vec![0; self.table.failing.0.len()]);
        terms.iter().for_each(|term| predicted.add(&self.table.all(term)));
        predicted.shared(&self.table.passing) + self.table.failing.minus(&predicted).len()
    }

    /// Literals that hold for all of `taken`, most powerful first.
    pub(super) fn closure(&self, taken: &Bits) -> Vec<usize> {
        let all = |&&literal: &&usize| taken.within(&self.table.truth[literal]);
        self.by_power.iter().filter(all).copied().collect()
    }

    pub(super) fn shuts_out_all(&self, closure: &[usize]) -> bool {
        let mut open = self.table.passing.clone();
        open.is_empty() || closure.iter().any(|&literal| !open.keep(&self.table.truth[literal]))
    }

    /// The cheapest conjunction that holds for all of `taken` and for no passing problem.
    pub(super) fn conjunction(&self, taken: &Bits, nodes: usize) -> Option<Term> {
        let mut closure = self.closure(taken);
        if !self.shuts_out_all(&closure) {
            return None;
        }
        closure.sort_unstable();
        let candidate = |&place: &usize| Candidate {
            place,
            cost: self.table.literals[place].cost,
            covers: self.table.passing.minus(&self.table.truth[place]),
        };
        let places = cheapest(&self.table.passing, closure.iter().map(candidate).collect(), nodes)?;
        Some(places.into_iter().map(|place| self.table.literals[place]).collect())
    }

    /// The cheapest few of many conjunctions, each of which holds for no passing problem.
    pub(super) fn disjunction(&self) -> Option<Terms> {
        let mut pool: Terms = Vec::new();
        let mut left = self.table.failing.clone();
        for _ in 0..MOST_TERMS {
            let members: Vec<usize> = left.iter().collect();
            // Several starts, spread over what is left: the best term depends on where one begins.
            let starts =
                (0..STARTS.min(members.len())).map(|start| members[start * members.len() / STARTS.min(members.len())]);
            let grown: Vec<Term> =
                starts.filter_map(|start| self.conjunction(&self.grow(start, &left), QUICK)).collect();
            let worth = |term: &&Term| {
                self.table.all(term).shared(&left) as f64 / f64::from(60 + cost(std::slice::from_ref(term)))
            };
            let Some(best) = grown.iter().max_by(|a, b| worth(a).total_cmp(&worth(b))) else { break };
            left = left.minus(&self.table.all(best));
            pool.extend(grown);
        }
        let mut left = self.table.failing.clone();
        for _ in 0..2 {
            let (_, pure) = self.beam(&left, &self.table.passing);
            let Some(best) = pure.first() else { break };
            left = left.minus(&self.table.all(best));
            pool.extend(pure);
        }
        pool.sort_by_key(|term| cost(std::slice::from_ref(term)));
        pool.dedup();
        let candidate = |(place, term): (usize, &Term)| {
            let cost = cost(std::slice::from_ref(term));
            Candidate { place, cost, covers: self.table.all(term).and(&self.table.failing) }
        };
        let chosen = cheapest(&self.table.failing, pool.iter().enumerate().map(candidate).collect(), THOROUGH)?;
        let mut terms: Terms = chosen.into_iter().map(|place| pool[place].clone()).collect();
        if terms.len() > MOST_TERMS {
            return None;
        }
        self.settle(&mut terms);
        Some(terms)
    }

    /// Takes in failing problems, nearest to `start` first, while passing ones stay shut out.
    fn grow(&self, start: usize, among: &Bits) -> Bits {
        let mut taken = Bits(vec![0; among.0.len()]);
        taken.set(start);
        let mut closure = self.closure(&taken);
        let mut near: Vec<(usize, usize)> = among
            .iter()
            .step_by(among.len() / MOST_GROWN + 1)
            .map(|other| (closure.iter().filter(|&&l| !self.table.truth[l].has(other)).count(), other))
            .collect();
        near.sort_unstable();
        for (_, other) in near {
            let shared: Vec<usize> = closure.iter().copied().filter(|&l| self.table.truth[l].has(other)).collect();
            if shared.len() == closure.len() || self.shuts_out_all(&shared) {
                taken.set(other);
                closure = shared;
            }
        }
        taken
    }

    /// A predicate without errors near one that has some: each term is learnt anew from what it alone answers for, and what is
    /// left over makes a term of its own. `None` where that doesn't come to an end.
    pub(super) fn sharpen(&self, mut terms: Terms) -> Option<Terms> {
        for _ in 0..MOST_SHARPENED {
            for place in (0..terms.len()).rev() {
                let own = self.own(&terms, place);
                if own.is_empty() {
                    terms.remove(place);
                } else if let Some(term) = self.conjunction(&own, 10 * QUICK) {
                    terms[place] = term;
                }
            }
            let mut left = self.table.failing.clone();
            terms.iter().for_each(|term| left = left.minus(&self.table.all(term)));
            if let Some(first) = left.iter().next() {
                terms.extend(
                    self.conjunction(&left, QUICK).or_else(|| self.conjunction(&self.grow(first, &left), QUICK)),
                );
            }
            if terms.len() > MOST_TERMS {
                return None;
            }
            if self.errors(&terms) == 0 {
                self.settle(&mut terms);
                return Some(terms);
            }
        }
        None
    }

    /// Failing problems that only one of the terms holds for.
    pub(super) fn own(&self, terms: &Terms, place: usize) -> Bits {
        let others = terms.iter().enumerate().filter(|(other, _)| *other != place);
        others.fold(self.table.failing.clone(), |own, (_, term)| own.minus(&self.table.all(term)))
    }

    /// Each term answers only for what no other covers, so that it can be shorter; terms that nothing needs go.
    fn settle(&self, terms: &mut Terms) {
        for _ in 0..2 {
            for place in (0..terms.len()).rev() {
                let own = self.own(terms, place);
                if own.is_empty() && terms.len() > 1 {
                    terms.remove(place);
                } else if let Some(term) = self.conjunction(&own, 10 * QUICK)
                    && cost(std::slice::from_ref(&term)) < cost(std::slice::from_ref(&terms[place]))
                {
                    terms[place] = term;
                }
            }
        }
    }
}
