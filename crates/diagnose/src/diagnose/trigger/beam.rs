//! Conjunctions that are nearly right: a beam search for few literals with few errors.

use std::collections::HashSet;

use super::bits::Bits;
use super::conjunctions::Learner;
use super::cover::AND;
use super::learn::{OR, Term, Terms, price};
use super::literal::Table;

/// Partial conjunctions that the beam search keeps.
const BEAM: usize = 16;

/// Longest conjunction that the beam search builds.
const BEAM_LITERALS: usize = 4;

/// Conjunctions without errors that one beam search collects.
const MOST_PURE: usize = 40;

/// Literals that a beam search looks at.
const PROMISING: usize = 700;

impl Learner<'_> {
    /// Few literals with few errors, term by term, as long as a term pays for itself.
    pub(super) fn approximate(&self) -> Terms {
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

    /// Puts a literal that is said more readily in the place of another wherever that makes no more errors: a search among many literals
    /// meets far-fetched ones first.
    pub(super) fn plainer(&self, terms: &mut Terms) {
        let Table { literals, truth, failing, passing, .. } = self.table;
        for place in 0..terms.len() {
            let mut others = Bits(vec![0; failing.0.len()]);
            let rest = terms.iter().enumerate().filter(|(other, _)| *other != place);
            rest.for_each(|(_, term)| others.add(&self.table.all(term)));
            let errors = |bits: &Bits| {
                let mut predicted = others.clone();
                predicted.add(bits);
                predicted.shared(passing) + failing.minus(&predicted).len()
            };
            let least = errors(&self.table.all(&terms[place]));
            for part in 0..terms[place].len() {
                let literal = terms[place][part];
                let rest: Term = terms[place].iter().filter(|other| **other != literal).copied().collect();
                let bits = self.table.all(&rest);
                let cheaper = literals.iter().zip(truth).take_while(|(other, _)| other.cost < literal.cost);
                let mut as_good =
                    cheaper.filter(|(other, truth)| !rest.contains(other) && errors(&bits.and(truth)) <= least);
                if let Some((other, _)) = as_good.next() {
                    terms[place][part] = *other;
                }
            }
            terms[place].sort();
        }
    }

    /// The conjunction whose gain, failing problems less passing ones less its length, is greatest, and those met on the
    /// way that hold for no passing problem, most failing ones first.
    pub(super) fn beam(&self, left: &Bits, passing: &Bits) -> (Option<Term>, Terms) {
        if (left, passing) == (&self.table.failing, &self.table.passing) {
            return self.first_beam.get_or_init(|| self.search(left, passing)).clone();
        }
        self.search(left, passing)
    }

    /// The literals that divide `left` from `passing` best: of thousands, those that a short conjunction may begin with.
    fn promising(&self, left: &Bits, passing: &Bits) -> Vec<usize> {
        let (failing, all) = (left.len().max(1) as f64, passing.len().max(1) as f64);
        let mut ranked: Vec<(f64, usize)> = self
            .by_power
            .iter()
            .map(|&literal| {
                let truth = &self.table.truth[literal];
                let divides = truth.shared(left) as f64 / failing - truth.shared(passing) as f64 / all;
                (divides - f64::from(self.table.literals[literal].cost) * 1e-3, literal)
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.truncate(PROMISING);
        ranked.into_iter().map(|(_, literal)| literal).collect()
    }

    fn search(&self, left: &Bits, passing: &Bits) -> (Option<Term>, Terms) {
        let promising = self.promising(left, passing);
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
                for &literal in &promising {
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
