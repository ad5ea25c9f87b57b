//! What is known so far, the predicate that fits it, and the questions that would change it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::bits::Bits;
use super::column::values;
use super::learn::{Term, Terms, holds, learn, repair};
use super::literal::{Literal, Table};
use super::select::working_set;
use super::variation::Variation;
use super::{Counts, Oracle};
use crate::problem::Problem;

/// Problems drawn in each round, to choose the questions from.
const CANDIDATES: usize = 600;

/// Rounds before everything is learnt anew.
const MOST_ROUNDS: usize = 50;

/// Questions of one round.
const QUESTIONS: usize = 16;

/// Each literal is tested by at least this many problems in which it alone is broken.
const TESTS: usize = 4;

/// Literals of a closure, cheapest first, that a question may try to do without.
const MOST_DOUBTS: usize = 600;

/// Literals of a closure, cheapest first, that are each sought to be broken alone.
const CLIMBS: usize = 12;

/// Wrongly predicted examples that join the table at a time.
const MOST_VIOLATIONS: usize = 256;

pub(super) struct Session<'a> {
    train: Vec<&'a (Problem, bool)>,
    held_out: Vec<&'a (Problem, bool)>,
    /// Labels that may be looked up; `None` for those that are held out or that the oracle refused.
    known: HashMap<Problem, Option<bool>>,
    table: Table,
    /// The problems of the table, in its order.
    problems: Vec<Problem>,
    pub(super) variation: Variation,
    pub(super) terms: Terms,
    pub(super) asked: Vec<(Problem, bool)>,
    pub(super) calls: usize,
    /// How often each literal was tested alone.
    tests: BTreeMap<Literal, usize>,
}

impl<'a> Session<'a> {
    /// Learns from `train`; `held_out` must not be looked at, `asked` are answers of earlier sessions.
    pub(super) fn new(
        train: Vec<&'a (Problem, bool)>,
        held_out: Vec<&'a (Problem, bool)>,
        asked: Vec<(Problem, bool)>,
        seed: u64,
    ) -> Self {
        let mut known: HashMap<Problem, Option<bool>> = HashMap::with_capacity(train.len());
        known.extend(train.iter().map(|(problem, fails)| (*problem, Some(*fails))));
        known.extend(asked.iter().map(|(problem, fails)| (*problem, Some(*fails))));
        known.extend(held_out.iter().map(|(problem, _)| (*problem, None)));
        let variation = Variation::new(train.iter().map(|(problem, _)| problem), seed);
        let mut session = Self {
            train,
            held_out,
            known,
            table: Table::new([]),
            problems: vec![],
            variation,
            terms: vec![],
            asked,
            calls: 0,
            tests: BTreeMap::new(),
        };
        session.problems = working_set(&session.train, seed);
        session.problems.extend(session.asked.iter().map(|(problem, _)| *problem));
        session.relearn();
        session
    }

    fn label(&self, problem: &Problem) -> Option<bool> {
        self.known.get(problem).copied().flatten()
    }

    /// A new table of the same problems, with the literals that they suggest now.
    fn rebuild(&mut self) {
        let labelled = |problem: &Problem| self.label(problem).map(|fails| (values(problem), fails));
        self.table = Table::new(self.problems.iter().filter_map(labelled));
    }

    /// Checks against everything known and learns from what is predicted wrongly, until nothing is.
    fn fit(&mut self) {
        for round in 0..12 {
            let inside: HashSet<Problem> = self.problems.iter().copied().collect();
            let wrong = |&&&(problem, fails): &&&(Problem, bool)| {
                holds(&self.terms, &values(&problem)) != fails && !inside.contains(&problem)
            };
            let wrong: Vec<_> = self.train.iter().filter(wrong).collect();
            let (failing, passing): (Vec<_>, Vec<_>) = wrong.into_iter().partition(|(_, fails)| *fails);
            if failing.is_empty() && passing.is_empty() {
                return;
            }
            let spread = |wrong: Vec<&&(Problem, bool)>| {
                let step = wrong.len() / MOST_VIOLATIONS + 1;
                wrong.into_iter().step_by(step).map(|(problem, _)| *problem).collect::<Vec<_>>()
            };
            let more: Vec<_> = spread(failing).into_iter().chain(spread(passing)).collect();
            self.take_in(more);
            // Thresholds come from the table's own examples; new ones may need new thresholds.
            if round % 2 == 1 {
                self.rebuild();
            }
            self.terms = learn(&self.table);
        }
    }

    fn take_in(&mut self, problems: Vec<Problem>) {
        let labelled: Vec<_> =
            problems.into_iter().filter_map(|problem| Some((problem, self.label(&problem)?))).collect();
        self.problems.extend(labelled.iter().map(|(problem, _)| *problem));
        self.table.extend(labelled.into_iter().map(|(problem, fails)| (values(&problem), fails)));
    }

    /// Asks until no question could change the predicate, or `budget` calls are spent.
    pub(super) fn question(&mut self, oracle: &mut dyn Oracle, budget: usize) {
        let mut widened = false;
        for _ in 0..12 {
            let before = (self.terms.clone(), self.table.examples());
            self.draw_questions(oracle, budget);
            // Answers have brought new values, and so new thresholds.
            if self.table.examples() != before.1 {
                self.relearn();
            }
            let sought = self.seek_questions(budget.saturating_sub(self.calls));
            self.put(oracle, sought);
            if before == (self.terms.clone(), self.table.examples()) {
                if widened || self.calls >= budget {
                    return;
                }
                // Where exactly a threshold lies, values between those of the sample tell.
                widened = true;
                let features = super::condition(&self.terms).features();
                self.variation.widen(&features.iter().flat_map(|feature| feature.depends_on()).collect());
            }
        }
    }

    /// Rounds of questions chosen from random problems near failing ones.
    fn draw_questions(&mut self, oracle: &mut dyn Oracle, budget: usize) {
        let mut quiet = 0;
        for _ in 0..MOST_ROUNDS {
            let questions = self.questions(budget.saturating_sub(self.calls));
            // An oracle that refuses everything is as quiet as one that needn't be asked.
            quiet = if self.put(oracle, questions) == 0 { quiet + 1 } else { 0 };
            if quiet == 2 || self.calls >= budget {
                return;
            }
        }
    }

    /// Asks, takes in the answers, and learns anew if one of them is a surprise. Returns how many answers there were.
    fn put(&mut self, oracle: &mut dyn Oracle, questions: Vec<Problem>) -> usize {
        let answers = self.answer(oracle, questions);
        let surprise = answers.iter().any(|(problem, fails)| holds(&self.terms, &values(problem)) != *fails);
        let count = answers.len();
        self.take_in(answers.into_iter().map(|(problem, _)| problem).collect());
        if surprise {
            self.adapt();
        }
        count
    }

    /// Takes in what a check has found, and learns anew.
    pub(super) fn learn_from(&mut self, answers: Vec<(Problem, bool)>) {
        self.take_in(answers.into_iter().map(|(problem, _)| problem).collect());
        self.relearn();
    }

    /// Questions that a random draw rarely meets, found by climbing towards them.
    fn seek_questions(&mut self, most: usize) -> Vec<Problem> {
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
                found.extend(self.seek_edge(literal, &rest, &starts, &found));
            }
        }
        found.truncate(most);
        found
    }

    /// A problem that breaks a bound by less than any that is known to pass for it.
    fn seek_edge(&mut self, bound: &Literal, rest: &Term, starts: &[usize], found: &[Problem]) -> Option<Problem> {
        let broken = self.table.all(rest).and(&self.table.passing);
        let nearest = broken.iter().filter_map(|example| bound.beyond(self.table.values(example))).min()?;
        let unmet = |values: &[i32]| {
            unmet(rest, values) + usize::from(bound.beyond(values).is_none_or(|distance| distance >= nearest))
        };
        self.climb(starts, found, unmet)
    }

    /// A problem with nothing unmet, by small changes that never make it worse.
    fn climb(&mut self, starts: &[usize], found: &[Problem], unmet: impl Fn(&[i32]) -> usize) -> Option<Problem> {
        for _ in 0..4 {
            let mut problem = self.problems[starts[self.variation.below(starts.len())]];
            let mut left = unmet(&values(&problem));
            for _ in 0..40 {
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

    /// A new table with the thresholds that all examples suggest, and the best predicate for it.
    fn relearn(&mut self) {
        self.rebuild();
        self.terms = learn(&self.table);
        self.fit();
    }

    /// Learns from new examples in the table, by a small change where one will do.
    fn adapt(&mut self) {
        let repaired = (self.terms.len() > 1).then(|| repair(&self.table, &self.terms)).flatten();
        self.terms = repaired.unwrap_or_else(|| learn(&self.table));
        if self.problems.iter().any(|problem| self.label(problem) != Some(holds(&self.terms, &values(problem)))) {
            self.rebuild();
            self.terms = learn(&self.table);
        }
        self.fit();
    }

    /// Answers from what is known, and from the oracle for the rest.
    pub(super) fn answer(&mut self, oracle: &mut dyn Oracle, problems: Vec<Problem>) -> Vec<(Problem, bool)> {
        let open: Vec<Problem> = problems.iter().copied().filter(|p| !self.known.contains_key(p)).collect();
        let answers = oracle.fail(&open);
        for (problem, answer) in open.into_iter().zip(answers) {
            self.known.insert(problem, answer);
            if let Some(fails) = answer {
                self.calls += 1;
                self.asked.push((problem, fails));
            }
        }
        problems.into_iter().filter_map(|problem| Some((problem, self.label(&problem)?))).collect()
    }

    /// How the predicate does on what was held out.
    pub(super) fn held_out_counts(&self) -> Counts {
        super::count(&self.terms, self.held_out.iter().map(|example| **example))
    }

    /// At most `most` answers for problems of which nothing was known, about half of them predicted to fail.
    pub(super) fn fresh(&mut self, oracle: &mut dyn Oracle, most: usize) -> Vec<(Problem, bool)> {
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        let mut drawn = self.candidates(true);
        drawn.retain(|problem| !self.known.contains_key(problem));
        for problem in drawn {
            if holds(&self.terms, &values(&problem)) { inside.push(problem) } else { outside.push(problem) }
        }
        inside.truncate(most / 2);
        outside.truncate(most - inside.len());
        inside.extend(outside);
        self.answer(oracle, inside)
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
    fn questions(&mut self, most: usize) -> Vec<Problem> {
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
    fn generalise(
        &self,
        term: &Term,
        closure: &[usize],
        pool: &[(super::column::Values, Problem)],
        chosen: &mut Vec<usize>,
    ) {
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
        pool: &[(super::column::Values, Problem)],
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
                    let differs = |(values, _): &&(super::column::Values, Problem)| {
                        rest.iter().all(|other| other.holds(values)) && rival.holds(values) != literal.holds(values)
                    };
                    let Some((_, problem)) = pool.iter().filter(differs).min_by_key(|(_, p)| p.work()) else {
                        continue;
                    };
                    let mut terms = self.terms.clone();
                    terms[place] = rest.iter().copied().chain([rival]).collect();
                    terms[place].sort();
                    found.push((terms, *problem, !self.known.contains_key(problem)));
                }
            }
        }
        found.sort_by_key(|(terms, ..)| super::learn::cost(terms));
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
