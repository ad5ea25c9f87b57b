//! Questions: the problems whose answers could change the predicate.

use std::collections::HashSet;

use super::Oracle;
use super::bits::Bits;
use super::column::{Values, values};
use super::learn::{Term, Terms, cost, holds};
use super::literal::{End, Literal};
use super::session::Session;
use crate::problem::Problem;

/// Problems drawn in each round, to choose the questions from.
const CANDIDATES: usize = 600;

/// Questions of one round.
const QUESTIONS: usize = 16;

/// Each literal is tested by at least this many problems in which it alone is broken.
const TESTS: usize = 4;

/// Literals of a closure, cheapest first, that a question may try to do without.
const MOST_DOUBTS: usize = 600;

/// Literals of a closure, cheapest first, that are each sought to be broken alone.
const CLIMBS: usize = 24;

/// Rounds of questions that tell predicates apart which fit as well.
const MOST_TELLING: usize = 6;

impl Session<'_> {
    /// Questions that a random draw rarely meets, found by climbing towards them.
    pub(super) fn seek_questions(&mut self, most: usize) -> Vec<Problem> {
        let mut found: Vec<Problem> = Vec::new();
        for place in 0..self.terms.len() {
            let term = self.terms[place].clone();
            let closure = self.closure(&term);
            let starts: Vec<usize> = self.table.all(&term).and(&self.table.failing).iter().collect();
            if starts.is_empty() {
                continue;
            }
            let others: Vec<Term> = self.terms.iter().filter(|other| **other != term).cloned().collect();
            for &other in closure.iter().take(CLIMBS) {
                let other = self.table.literals[other];
                let unmet = |values: &[i32]| unmet(&term, values) + usize::from(other.holds(values));
                found.extend(self.climb(&starts, &found, unmet));
            }
            for literal in &term {
                let rest: Term = term.iter().filter(|other| *other != literal).copied().collect();
                for rival in self.rivals(&rest, &closure).into_iter().take(CLIMBS / 2) {
                    let unmet = |values: &[i32]| {
                        unmet(&rest, values)
                            + usize::from(literal.holds(values))
                            + usize::from(!rival.holds(values))
                            + usize::from(holds(&others, values))
                    };
                    found.extend(self.climb(&starts, &found, unmet));
                }
                for end in [End::Low, End::High] {
                    found.extend(self.seek_edge((literal, end), &rest, &starts, &found));
                }
            }
        }
        found.truncate(most);
        found
    }

    /// A problem that breaks a bound at one end by less than any that is known to pass for it.
    fn seek_edge(
        &mut self,
        (bound, end): (&Literal, End),
        rest: &Term,
        starts: &[usize],
        found: &[Problem],
    ) -> Option<Problem> {
        let broken = self.table.all(rest).and(&self.table.passing);
        let beyond = |example| bound.beyond(self.table.values(example), end);
        let nearest = broken.iter().filter_map(beyond).min().unwrap_or(i32::MAX);
        let unmet = |values: &[i32]| {
            unmet(rest, values) + usize::from(bound.beyond(values, end).is_none_or(|distance| distance >= nearest))
        };
        self.climb(starts, found, unmet)
    }

    /// A problem with nothing unmet, by small changes that never make it worse.
    fn climb(&mut self, starts: &[usize], found: &[Problem], unmet: impl Fn(&[i32]) -> usize) -> Option<Problem> {
        for _ in 0..6 {
            let mut problem = self.problems[starts[self.variation.below(starts.len())]];
            let mut left = unmet(&values(&problem));
            for _ in 0..80 {
                let Some(next) = self.variation.near(&problem) else { continue };
                let then = unmet(&values(&next));
                if then <= left {
                    (problem, left) = (next, then);
                }
                let open = self.known.get(&problem).is_none_or(Option::is_some);
                if left == 0 && open && !found.contains(&problem) {
                    return Some(problem);
                }
            }
        }
        None
    }

    /// Problems near failing ones that may still be asked, or whose answer is known but not in the table.
    pub(super) fn candidates(&mut self, far: bool) -> Vec<Problem> {
        let failing: Vec<usize> = self.table.failing.iter().collect();
        let mut seen: HashSet<Problem> = self.problems.iter().copied().collect();
        let mut candidates = Vec::with_capacity(CANDIDATES);
        for _ in 0..CANDIDATES {
            let base = self.problems[failing[self.variation.below(failing.len())]];
            let drawn = if far { self.variation.far(&base) } else { self.variation.near(&base) };
            let open = |problem: &Problem| self.known.get(problem).is_none_or(Option::is_some);
            candidates.extend(drawn.filter(|problem| open(problem) && seen.insert(*problem)));
        }
        candidates
    }

    /// The problems whose answers would tell most.
    pub(super) fn questions(&mut self, most: usize) -> Vec<Problem> {
        let pool: Vec<_> = self.candidates(false).into_iter().map(|problem| (values(&problem), problem)).collect();
        let mut chosen: Vec<usize> = Vec::new();
        let most = most.min(QUESTIONS);
        for place in 0..self.terms.len() {
            let term = self.terms[place].clone();
            let closure = self.closure(&term);
            self.generalise(&term, &closure, &pool, &mut chosen);
            for literal in &term {
                self.isolate(place, literal, &closure, &pool, &mut chosen);
            }
        }
        chosen.truncate(most);
        chosen.into_iter().map(|index| pool[index].1).collect()
    }

    /// Literals that hold for every failing problem that the term answers for.
    fn closure(&self, term: &Term) -> Vec<usize> {
        let own = self.table.all(term).and(&self.table.failing);
        let shared =
            |literal: &usize| own.within(&self.table.truth[*literal]) && !term.contains(&self.table.literals[*literal]);
        (0..self.table.literals.len()).filter(shared).collect()
    }

    /// Where the term holds and as many other literals of its closure as possible don't: if it fails all the same, none
    /// of them is needed.
    fn generalise(&self, term: &Term, closure: &[usize], pool: &[(Values, Problem)], chosen: &mut Vec<usize>) {
        let mut open: Vec<&Literal> =
            closure.iter().take(MOST_DOUBTS).map(|&literal| &self.table.literals[literal]).collect();
        let inside: Vec<usize> =
            (0..pool.len()).filter(|&index| term.iter().all(|literal| literal.holds(&pool[index].0))).collect();
        for _ in 0..4 {
            let gain = |index: &usize| {
                open.iter().filter(|literal| !literal.holds(&pool[*index].0)).map(|l| weight(l, 0)).sum::<f64>()
            };
            let Some((best, index)) = best(inside.iter().filter(|index| !chosen.contains(index)), gain) else { return };
            if best == 0.0 {
                return;
            }
            open.retain(|literal| literal.holds(&pool[index].0));
            chosen.push(index);
        }
    }

    /// Where only `literal` of its term is broken; preferably where what could stand in its place holds.
    fn isolate(
        &mut self,
        place: usize,
        literal: &Literal,
        closure: &[usize],
        pool: &[(Values, Problem)],
        chosen: &mut Vec<usize>,
    ) {
        let rest: Term = self.terms[place].iter().filter(|other| *other != literal).copied().collect();
        let others: Vec<Term> =
            self.terms.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, term)| term.clone()).collect();
        let alone = |index: &usize| {
            let values = &pool[*index].0;
            !literal.holds(values) && rest.iter().all(|other| other.holds(values)) && !holds(&others, values)
        };
        let alone: Vec<usize> = (0..pool.len()).filter(alone).collect();
        let mut rivals = self.rivals(&rest, closure);
        for _ in 0..2 {
            let gain = |index: &usize| {
                rivals.iter().filter(|rival| rival.holds(&pool[*index].0)).map(|r| weight(r, literal.cost)).sum::<f64>()
            };
            let free = alone.iter().filter(|index| !chosen.contains(index));
            let Some((best, index)) = best(free, gain) else { return };
            let tested = self.tests.entry(*literal).or_default();
            if best == 0.0 && *tested >= TESTS {
                return;
            }
            *tested += 1;
            rivals.retain(|rival| !rival.holds(&pool[index].0));
            chosen.push(index);
        }
    }

    /// Literals of the closure that shut out what only the missing literal shuts out.
    fn rivals(&self, rest: &Term, closure: &[usize]) -> Vec<Literal> {
        let open: Bits = self.table.all(rest).and(&self.table.passing);
        let shuts = |literal: &&usize| !open.meets(&self.table.truth[**literal]);
        closure.iter().filter(shuts).map(|&literal| self.table.literals[literal]).collect()
    }

    /// Asks for the problems that would tell the predicate from others that fit as well, as long as there are any and `budget` lasts.
    /// Whether one of the answers was a surprise.
    pub(super) fn ask_which(&mut self, oracle: &mut dyn Oracle, budget: usize) -> bool {
        let before = self.terms.clone();
        for _ in 0..MOST_TELLING {
            let mut open: Vec<Problem> =
                self.alternatives().into_iter().filter(|(.., open)| *open).map(|(_, p, _)| p).collect();
            open.dedup();
            open.truncate(budget.saturating_sub(self.calls));
            // A refusal is an answer too: then the next round looks for another problem.
            if open.is_empty() {
                break;
            }
            self.put(oracle, open);
        }
        self.terms != before
    }

    /// Predicates that fit everything known just as well and differ from the learnt one in one literal, each with a
    /// problem on which the two differ.
    pub(super) fn alternatives(&mut self) -> Vec<(Terms, Problem, bool)> {
        let mut found = Vec::new();
        let failing: Vec<usize> = self.table.failing.iter().collect();
        let mut pool = Vec::new();
        for _ in 0..CANDIDATES {
            let base = self.problems[failing[self.variation.below(failing.len())]];
            pool.extend(self.variation.near(&base).map(|problem| (values(&problem), problem)));
        }
        for place in 0..self.terms.len() {
            let closure = self.closure(&self.terms[place]);
            for literal in self.terms[place].clone() {
                let rest: Term = self.terms[place].iter().filter(|other| **other != literal).copied().collect();
                let rivals = self.rivals(&rest, &closure);
                for rival in rivals.into_iter().filter(|rival| rival.cost <= literal.cost + 6).take(8) {
                    let differs = |(values, _): &&(Values, Problem)| {
                        rest.iter().all(|other| other.holds(values)) && rival.holds(values) != literal.holds(values)
                    };
                    // One that may still be asked, before one that nobody answers.
                    let easiest = |(_, p): &&(Values, Problem)| (self.known.contains_key(p), p.work());
                    let Some((_, problem)) = pool.iter().filter(differs).min_by_key(easiest) else {
                        continue;
                    };
                    let mut terms = self.terms.clone();
                    terms[place] = rest.iter().copied().chain([rival]).collect();
                    terms[place].sort();
                    found.push((terms, *problem, !self.known.contains_key(problem)));
                }
            }
        }
        found.sort_by_key(|(terms, ..)| cost(terms));
        found.truncate(3);
        found
    }
}

fn unmet(term: &Term, values: &[i32]) -> usize {
    term.iter().filter(|literal| !literal.holds(values)).count()
}

/// How likely a literal is what matters: short ones are.
fn weight(literal: &Literal, against: u32) -> f64 {
    ((f64::from(against) - f64::from(literal.cost)) / 6.0).exp2()
}

/// The first with the greatest gain.
fn best<'a>(indices: impl Iterator<Item = &'a usize>, gain: impl Fn(&usize) -> f64) -> Option<(f64, usize)> {
    indices.map(|index| (gain(index), *index)).fold(None, |best, next| match best {
        Some((gain, _)) if gain >= next.0 => best,
        _ => Some(next),
    })
}
