//! From a table of examples to the shortest predicate that fits them.
//!
//! 1. *One conjunction, exactly.* The literals that hold for every failing problem are its *closure*. If each passing
//!    problem breaks one of them, the cheapest subset that still does so is the answer (`cover`).
//! 2. *Several conjunctions, exactly.* Otherwise start from one failing problem and take in others, nearest first, as
//!    long as the closure of those taken still shuts out all passing problems. What could be taken in makes a term;
//!    the rest starts the next.
//! 3. *Short, with exceptions.* A beam search for few literals with few errors. It is taken where an exact predicate
//!    would be so long that it only recites the exceptions. It is also where the search for an exact one begins again: what is
//!    nearly right says which failing problems belong together (`Learner::sharpen`).
//!
//! Which of them is best is decided by one figure: description length plus a price for each error.

use super::bits::Bits;
use super::conjunctions::Learner;
use super::cover::AND;
use super::literal::{Literal, Table};

/// A conjunction.
pub(super) type Term = Vec<Literal>;

/// A disjunction of conjunctions.
pub(super) type Terms = Vec<Term>;

/// More conjunctions than this explain nothing.
pub(super) const MOST_TERMS: usize = 4;

/// What each further conjunction costs beside its literals: the "or".
pub(super) const OR: u32 = 10;

/// Literals that people say readily cost no more. A predicate is put together from these first: among thousands of
/// far-fetched literals some always happen to hold for two causes at once, and what belongs apart would grow together.
const READY: u32 = 21;

/// An exact predicate longer than this may only be reciting exceptions.
const LONG: u32 = 160;

/// One conjunction this short is not bettered by several: four readily said literals.
const SHORT: u32 = 110;

/// What an exact predicate may cost more than one with exceptions, on top of their price.
const EXACT: f64 = 40.0;

/// The same where each conjunction is needed by many: that hardly recites exceptions, since it is one and the same for all of these.
const EXACT_FOR_MANY: f64 = 100.0;

/// What each passing problem may add to that: a predicate that shuts out two of them is not much righter than none.
const FOR_EACH_PASSING: f64 = 2.0;

/// Failing problems of its own that a conjunction needs, to be no recital.
const MANY: usize = 10;

/// Nodes of a set cover that is one of many.
pub(super) const QUICK: usize = 20;

/// Nodes of a set cover whose result is reported.
pub(super) const THOROUGH: usize = 2_000;

pub(super) fn holds(terms: &[Term], values: &[i32]) -> bool {
    terms.iter().any(|term| term.iter().all(|literal| literal.holds(values)))
}

pub(super) fn cost(terms: &[Term]) -> u32 {
    let term = |term: &Term| term.iter().map(|literal| literal.cost + AND).sum::<u32>() + OR;
    terms.iter().map(term).sum()
}

/// What each error costs: a percent of the failing problems weighs as much as two literals, so that a predicate is
/// refined as long as that buys something, and not for the sake of every last exception.
pub(super) fn price(failing: usize) -> f64 {
    (3000.0 / failing.max(1) as f64).max(1.0)
}

/// The best predicate for the table.
pub(super) fn learn(table: &Table) -> Terms {
    let mut found = exact(&Learner::new(table, READY));
    let learner = Learner::new(table, u32::MAX);
    if !found.iter().any(|terms| cost(terms) <= LONG) {
        found.extend(exact(&learner));
    }
    if !found.iter().any(|terms| cost(terms) <= LONG) {
        let approximate = learner.approximate();
        found.extend(learner.sharpen(approximate.clone()));
        found.push(approximate);
    }
    let score = |terms: &Terms| {
        let errors = learner.errors(terms);
        let many = || (0..terms.len()).all(|place| learner.own(terms, place).len() >= MANY);
        let spared = match terms.len() {
            _ if errors > 0 => 0.0,
            1 => EXACT_FOR_MANY,
            _ if many() => EXACT_FOR_MANY,
            _ => EXACT,
        };
        let spared = spared.min(FOR_EACH_PASSING * table.passing.len() as f64);
        f64::from(cost(terms)) + errors as f64 * price(table.failing.len()) - spared
    };
    let mut best = found.into_iter().min_by(|a, b| score(a).total_cmp(&score(b))).unwrap_or_default();
    if learner.errors(&best) > 0 {
        learner.plainer(&mut best);
    }
    // A conjunction that no failure needs may contradict itself.
    let needed = |term: &Term| table.all(term).shared(&table.failing) > 0;
    if best.iter().any(needed) {
        best.retain(needed);
    }
    best
}

/// Predicates without errors: a conjunction, and unless that is short also several.
fn exact(learner: &Learner<'_>) -> Vec<Terms> {
    let term = learner.conjunction(&learner.table.failing, THOROUGH);
    let mut found: Vec<Terms> = term.map(|term| vec![term]).into_iter().collect();
    if !found.iter().any(|terms| cost(terms) <= SHORT) {
        found.extend(learner.disjunction());
    }
    found
}

/// The predicate changed as little as the table's new examples ask for; `None` if that takes more than new literals or
/// one new conjunction. Far quicker than [`learn`] where there are several conjunctions.
pub(super) fn repair(table: &Table, terms: &Terms) -> Option<Terms> {
    let learner = Learner::new(table, u32::MAX);
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
