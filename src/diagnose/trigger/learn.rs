//! From a table of examples to the shortest predicate that fits them.
//!
//! 1. *One conjunction, exactly.* The literals that hold for every failing problem are its *closure*. If each passing
//!    problem breaks one of them, the cheapest subset that still does so is the answer ([`cover`](super::cover)).
//! 2. *Several conjunctions, exactly.* Otherwise start from one failing problem and take in others, nearest first, as
//!    long as the closure of those taken still shuts out all passing problems. What could be taken in makes a term;
//!    the rest starts the next.
//! 3. *Short, with exceptions.* A beam search for few literals with few errors. It is taken where an exact predicate
//!    would be so long that it only recites the exceptions.
//!
//! Which of them is best is decided by one figure: description length plus a price for each error.

use std::collections::HashSet;

use super::bits::Bits;
use super::cover::{AND, Candidate, cheapest};
use super::literal::{Literal, Table};

/// A conjunction.
pub(super) type Term = Vec<Literal>;

/// A disjunction of conjunctions.
pub(super) type Terms = Vec<Term>;

/// More conjunctions than this explain nothing.
const MOST_TERMS: usize = 4;

/// What each further conjunction costs beside its literals: the "or".
const OR: u32 = 10;

/// What an exact predicate may cost more than one with exceptions, on top of their price.
const EXACT: f64 = 40.0;

/// Partial conjunctions that the beam search keeps.
const BEAM: usize = 16;

/// Conjunctions without errors that one beam search collects.
const MOST_PURE: usize = 40;

/// Failing problems from which conjunctions are grown.
const STARTS: usize = 4;

/// Failing problems that are tried in growing one conjunction.
const MOST_GROWN: usize = 250;

/// Nodes of a set cover that is one of many.
const QUICK: usize = 20;

/// Nodes of a set cover whose result is reported.
const THOROUGH: usize = 2_000;

/// Longest conjunction that the beam search builds.
const BEAM_LITERALS: usize = 4;

pub(super) fn holds(terms: &[Term], values: &[i32]) -> bool {
    terms.iter().any(|term| term.iter().all(|literal| literal.holds(values)))
}

pub(super) fn cost(terms: &[Term]) -> u32 {
    let term = |term: &Term| term.iter().map(|literal| literal.cost + AND).sum::<u32>() + OR;
    terms.iter().map(term).sum()
}

/// What each error costs: a percent of the failing problems weighs as much as two literals, so that a predicate is
/// refined as long as that buys something, and not for the sake of every last exception.
fn price(failing: usize) -> f64 {
    (3000.0 / failing.max(1) as f64).max(1.0)
}

/// The best predicate for the table.
pub(super) fn learn(table: &Table) -> Terms {
    let learner = Learner::new(table);
    let mut found: Vec<Terms> = Vec::new();
    found.extend(learner.conjunction(&table.failing, THOROUGH).map(|term| vec![term]));
    let short = |terms: &Terms| terms.iter().map(Vec::len).sum::<usize>() <= 3;
    if !found.iter().any(short) {
        found.extend(learner.disjunction());
        if !found.iter().any(|terms| cost(terms) <= 160) {
            found.push(learner.approximate());
        }
    }
    let score = |terms: &Terms| {
        let errors = learner.errors(terms);
        f64::from(cost(terms)) + errors as f64 * price(table.failing.len()) - if errors == 0 { EXACT } else { 0.0 }
    };
    found.into_iter().min_by(|a, b| score(a).total_cmp(&score(b))).unwrap_or_default()
}

/// The predicate changed as little as the table's new examples ask for; `None` if that takes more than new literals or
/// one new conjunction. Far quicker than [`learn`] where there are several conjunctions.
pub(super) fn repair(table: &Table, terms: &Terms) -> Option<Terms> {
    let learner = Learner::new(table);
    let mut left = table.failing.clone();
    let mut shares: Vec<Bits> = Vec::new();
    for term in terms {
        let covered = table.all(term);
        shares.push(covered.and(&left));
        left = left.minus(&covered);
    }
    for new in left.iter() {
        let joined = |share: &Bits| {
            let mut joined = share.clone();
            joined.set(new);
            learner.shuts_out_all(&learner.closure(&joined)).then_some(joined)
        };
        match shares.iter().enumerate().find_map(|(place, share)| Some((place, joined(share)?))) {
            Some((place, share)) => shares[place] = share,
            None if shares.len() == MOST_TERMS => return None,
            None => {
                let mut share = Bits(vec![0; table.failing.0.len()]);
                share.set(new);
                shares.push(share);
            }
        }
    }
    shares.retain(|share| !share.is_empty());
    shares.iter().map(|share| learner.conjunction(share, 10 * QUICK)).collect()
}

struct Learner<'a> {
    table: &'a Table,
    /// Literals, most powerful first: those that let the fewest passing problems through. Of literals that are true of
    /// the same examples only the cheapest is here.
    by_power: Vec<usize>,
}

impl<'a> Learner<'a> {
    fn new(table: &'a Table) -> Self {
        let mut seen = HashSet::with_capacity(table.literals.len());
        let mut by_power: Vec<usize> =
            (0..table.literals.len()).filter(|&literal| seen.insert(&table.truth[literal])).collect();
        by_power.sort_by_cached_key(|&literal| (table.truth[literal].shared(&table.passing), literal));
        Self { table, by_power }
    }

    fn errors(&self, terms: &Terms) -> usize {
        let mut predicted = Bits(vec![0; self.table.failing.0.len()]);
        terms.iter().for_each(|term| predicted.add(&self.table.all(term)));
        predicted.shared(&self.table.passing) + self.table.failing.minus(&predicted).len()
    }

    /// Literals that hold for all of `taken`, most powerful first.
    fn closure(&self, taken: &Bits) -> Vec<usize> {
        let all = |&&literal: &&usize| taken.within(&self.table.truth[literal]);
        self.by_power.iter().filter(all).copied().collect()
    }

    fn shuts_out_all(&self, closure: &[usize]) -> bool {
        let mut open = self.table.passing.clone();
        closure.iter().any(|&literal| {
            open.keep(&self.table.truth[literal]);
            open.is_empty()
        }) || open.is_empty()
    }

    /// The cheapest conjunction that holds for all of `taken` and for no passing problem.
    fn conjunction(&self, taken: &Bits, nodes: usize) -> Option<Term> {
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
    fn disjunction(&self) -> Option<Terms> {
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
        for _ in 0..3 {
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

    /// Each term answers only for what no other covers, so that it can be shorter; terms that nothing needs go.
    fn settle(&self, terms: &mut Terms) {
        for _ in 0..2 {
            for place in (0..terms.len()).rev() {
                let mut own = self.table.failing.clone();
                for (other, term) in terms.iter().enumerate() {
                    if other != place {
                        own = own.minus(&self.table.all(term));
                    }
                }
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

    /// Few literals with few errors, term by term, as long as a term pays for itself.
    fn approximate(&self) -> Terms {
        let mut terms = Terms::new();
        let mut left = self.table.failing.clone();
        let mut passing = self.table.passing.clone();
        while terms.len() < 3 && !left.is_empty() {
            let (Some(term), _) = self.beam(&left, &passing) else { break };
            let covered = self.table.all(&term);
            left = left.minus(&covered);
            passing = passing.minus(&covered);
            terms.push(term);
        }
        terms
    }

    /// The conjunction whose gain, failing problems less passing ones less its length, is greatest, and those met on the
    /// way that hold for no passing problem, most failing ones first.
    fn beam(&self, left: &Bits, passing: &Bits) -> (Option<Term>, Terms) {
        let price = price(self.table.failing.len());
        let gain = |bits: &Bits, cost: u32| {
            (bits.shared(left) as f64 - bits.shared(passing) as f64) * price - f64::from(cost + OR)
        };
        let everything = Bits(left.0.iter().zip(&passing.0).map(|(a, b)| a | b).collect());
        let mut best: (f64, Vec<usize>) = (0.0, vec![]);
        let mut pure: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut beam: Vec<(Vec<usize>, Bits, u32)> = vec![(vec![], everything, 0)];
        let total = left.len() as f64;
        for _ in 0..BEAM_LITERALS {
            let mut next: Vec<(f64, usize, usize)> = Vec::new();
            for (state, (chosen, bits, _)) in beam.iter().enumerate() {
                let (right, wrong) = (bits.and(left), bits.and(passing));
                for &literal in &self.by_power {
                    let truth = &self.table.truth[literal];
                    if chosen.contains(&literal) {
                        continue;
                    }
                    let (right, wrong) = (right.shared(truth) as f64, wrong.shared(truth) as f64);
                    // The harmonic mean of precision and recall, less a little for length.
                    let mean = 2.0 * right / (total + right + wrong);
                    next.push((mean - f64::from(self.table.literals[literal].cost) * 1e-4, state, literal));
                }
            }
            next.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
            let mut seen = HashSet::new();
            let mut states = Vec::new();
            for (_, state, literal) in next {
                let (chosen, bits, cost) = &beam[state];
                let bits = bits.and(&self.table.truth[literal]);
                if !seen.insert(bits.clone()) {
                    continue;
                }
                let cost = cost + self.table.literals[literal].cost + AND;
                let chosen: Vec<usize> = chosen.iter().copied().chain([literal]).collect();
                let gain = gain(&bits, cost);
                if gain > best.0 {
                    best = (gain, chosen.clone());
                }
                // What shuts out every passing problem only gets worse with more literals.
                if !bits.meets(passing) {
                    pure.push((bits.shared(left), chosen));
                } else {
                    states.push((chosen, bits, cost));
                }
                if states.len() == BEAM || pure.len() == MOST_PURE {
                    break;
                }
            }
            beam = states;
        }
        let term = |mut chosen: Vec<usize>| -> Term {
            chosen.sort_unstable();
            chosen.into_iter().map(|literal| self.table.literals[literal]).collect()
        };
        pure.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let best = (!best.1.is_empty()).then(|| term(best.1));
        (best, pure.into_iter().map(|(_, chosen)| term(chosen)).collect())
    }
}
