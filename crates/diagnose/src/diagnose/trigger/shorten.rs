//! Where no predicate is exact, a short one says more than a long one: each literal has to earn its place.
//!
//! Some failures are a matter of values and not of parameters: an engine that rounds, or that stops at the largest number of a type,
//! is wrong wherever sums happen to be large. The learner then finds ever more literals that each happen to shut out a few
//! passing problems. What is reported instead is the best of all predicates by the harmonic mean of precision and recall, less a
//! price for length; the learnt one with parts left out, and conjunctions of few literals, built one by one, are compared.

use std::collections::HashSet;

use super::Counts;
use super::bits::Bits;
use super::column::values;
use super::cover::AND;
use super::learn::{OR, Term, Terms, cost};
use super::literal::Table;
use super::select;
use crate::problem::Problem;

/// A predicate is as good as exact from this harmonic mean of precision and recall on.
const AS_GOOD_AS_EXACT: f64 = 0.98;

/// What a tenth of a parameter of description must gain: a plain literal is worth two hundredths of the harmonic mean.
const PRICE: f64 = 1e-3;

/// Examples that predicates are compared on.
const EXAMPLES: usize = 6_000;

/// Conjunctions that are built on.
const KEPT: usize = 8;

/// Literals of a conjunction that is built from nothing.
const LITERALS: usize = 3;

/// Passing problems that a predicate takes for failing ones, from which on they count where nearly all fails.
const FALSE_ALARMS: usize = 4;

/// Whether a predicate that does so on what is known has no exact one near it. Where nearly all fails, the mean says little: then it should
/// tell half of what passes.
pub(super) fn is_approximate(known: &Counts) -> bool {
    known.mean() < AS_GOOD_AS_EXACT || known.false_alarms >= FALSE_ALARMS.max(known.quiet + 1)
}

/// The best predicate for `examples`, length being paid for: `terms` unless they are [approximate](is_approximate).
pub(super) fn shorten(terms: &Terms, examples: &[&(Problem, bool)], seed: u64) -> Terms {
    let examples = spread(examples, seed);
    let labelled = examples.iter().map(|(problem, fails)| (values(problem), *fails));
    let search = Search { table: Table::new(labelled) };
    if !is_approximate(&search.counts(&search.predicted(terms))) {
        return terms.clone();
    }
    let built = search.built();
    let left_out = search.left_out(terms.clone());
    // A conjunction of nothing holds always.
    [vec![Term::new()], terms.clone(), left_out, built]
        .into_iter()
        .filter(|terms| !terms.is_empty())
        .max_by(|a, b| search.score(a).total_cmp(&search.score(b)))
        .unwrap_or_else(|| terms.clone())
}

/// As many failing and passing examples as are looked at, in the proportion that they have.
fn spread(examples: &[&(Problem, bool)], seed: u64) -> Vec<(Problem, bool)> {
    let mut drawn: Vec<(u64, (Problem, bool))> =
        examples.iter().enumerate().map(|(place, example)| (select::draw(place, seed), **example)).collect();
    drawn.sort_unstable_by_key(|(draw, _)| *draw);
    drawn.truncate(EXAMPLES);
    drawn.into_iter().map(|(_, example)| example).collect()
}

struct Search {
    table: Table,
}

impl Search {
    fn predicted(&self, terms: &Terms) -> Bits {
        let mut predicted = Bits(vec![0; self.table.failing.0.len()]);
        terms.iter().for_each(|term| predicted.add(&self.table.all(term)));
        predicted
    }

    fn counts(&self, predicted: &Bits) -> Counts {
        let Table { failing, passing, .. } = &self.table;
        let (foretold, false_alarms) = (predicted.shared(failing), predicted.shared(passing));
        Counts { foretold, false_alarms, missed: failing.len() - foretold, quiet: passing.len() - false_alarms }
    }

    fn score(&self, terms: &Terms) -> f64 {
        self.counts(&self.predicted(terms)).mean() - PRICE * f64::from(cost(terms))
    }

    /// The predicate without the parts that don't earn their place, the least useful first.
    fn left_out(&self, mut terms: Terms) -> Terms {
        loop {
            let without_term = (0..terms.len()).map(|place| {
                let mut fewer = terms.clone();
                fewer.remove(place);
                fewer
            });
            let places =
                terms.iter().enumerate().flat_map(|(place, term)| (0..term.len()).map(move |part| (place, part)));
            let without_literal = places.map(|(place, part)| {
                let mut fewer = terms.clone();
                fewer[place].remove(part);
                fewer
            });
            let fewer = without_term.chain(without_literal).filter(|terms| !terms.is_empty());
            let best = fewer.map(|terms| (self.score(&terms), terms)).max_by(|a, b| a.0.total_cmp(&b.0));
            match best {
                Some((score, fewer)) if score > self.score(&terms) => terms = fewer,
                _ => return terms,
            }
        }
    }

    /// The best conjunction of few literals.
    fn built(&self) -> Terms {
        let Table { literals, truth, failing, passing, .. } = &self.table;
        let everything = Bits(failing.0.iter().zip(&passing.0).map(|(a, b)| a | b).collect());
        let mut kept: Vec<(Term, Bits, u32)> = vec![(vec![], everything, OR)];
        let mut best: (f64, Term) = (f64::NEG_INFINITY, vec![]);
        for _ in 0..LITERALS {
            let mut next: Vec<(f64, usize, usize)> = Vec::new();
            for (state, (_, bits, spent)) in kept.iter().enumerate() {
                let (right, wrong) = (bits.and(failing), bits.and(passing));
                let scored = literals.iter().zip(truth).enumerate().map(|(place, (literal, truth))| {
                    let (right, wrong) = (right.shared(truth) as f64, wrong.shared(truth) as f64);
                    let mean = 2.0 * right / (failing.len() as f64 + right + wrong);
                    (mean - PRICE * f64::from(spent + literal.cost + AND), state, place)
                });
                next.extend(scored);
            }
            next.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
            let mut seen = HashSet::new();
            let mut grown = Vec::new();
            for (score, state, place) in next {
                let (term, bits, spent) = &kept[state];
                let bits = bits.and(&truth[place]);
                if term.contains(&literals[place]) || !seen.insert(bits.clone()) {
                    continue;
                }
                let mut term: Term = term.iter().copied().chain([literals[place]]).collect();
                term.sort();
                if score > best.0 {
                    best = (score, term.clone());
                }
                grown.push((term, bits, spent + literals[place].cost + AND));
                if grown.len() == KEPT {
                    break;
                }
            }
            kept = grown;
        }
        vec![best.1]
    }
}
