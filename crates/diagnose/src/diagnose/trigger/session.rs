//! What is known so far and the predicate that fits it, kept in step while answers come in.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::column::values;
use super::learn::{Terms, holds, learn, repair};
use super::literal::{Literal, Table};
use super::select::working_set;
use super::shorten::shorten;
use super::variation::Variation;
use super::{Counts, Oracle};
use crate::problem::Problem;

/// Rounds before everything is learnt anew.
const MOST_ROUNDS: usize = 50;

/// How often rounds of questions are begun again.
const MOST_SITTINGS: usize = 20;

/// Wrongly predicted examples that join the table at a time.
const MOST_VIOLATIONS: usize = 256;

pub(super) struct Session<'a> {
    train: Vec<&'a (Problem, bool)>,
    held_out: Vec<&'a (Problem, bool)>,
    /// Labels that may be looked up; `None` for those that are held out or that the oracle refused.
    pub(super) known: HashMap<Problem, Option<bool>>,
    pub(super) table: Table,
    /// The problems of the table, in its order.
    pub(super) problems: Vec<Problem>,
    pub(super) variation: Variation,
    pub(super) terms: Terms,
    pub(super) asked: Vec<(Problem, bool)>,
    pub(super) calls: usize,
    /// How often each literal was tested alone.
    pub(super) tests: BTreeMap<Literal, usize>,
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
        for _ in 0..MOST_SITTINGS {
            let before = (self.terms.clone(), self.table.examples());
            // Half of what is left: the questions that have to be sought are worth as much.
            let half = self.calls + budget.saturating_sub(self.calls).div_ceil(2);
            self.draw_questions(oracle, half);
            // Answers have brought new values, and so new thresholds.
            if self.table.examples() != before.1 {
                self.relearn();
            }
            let sought = self.seek_questions(budget.saturating_sub(self.calls));
            self.put(oracle, sought);
            if self.calls >= budget {
                return;
            }
            if before.0 == self.terms {
                // Where exactly a threshold lies, values between those of the sample and just beyond tell.
                let features = super::condition(&self.terms).features();
                let widened = self.variation.widen(features.iter().flat_map(|feature| feature.depends_on()))
                    | self.variation.look_at(self.terms.iter().flatten().flat_map(Literal::edges));
                if !widened && before.1 == self.table.examples() {
                    return;
                }
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
    pub(super) fn put(&mut self, oracle: &mut dyn Oracle, questions: Vec<Problem>) -> usize {
        let answers = self.answer(oracle, questions);
        let surprise = answers.iter().any(|(problem, fails)| holds(&self.terms, &values(problem)) != *fails);
        let count = answers.len();
        self.take_in(answers.into_iter().map(|(problem, _)| problem).collect());
        if surprise {
            self.adapt();
        }
        count
    }

    /// Takes in what is known from elsewhere, and learns anew. Whether there was anything new.
    pub(super) fn learn_known(&mut self, mut examples: Vec<(Problem, bool)>) -> bool {
        examples.retain(|(problem, _)| !self.known.contains_key(problem));
        self.known.extend(examples.iter().map(|(problem, fails)| (*problem, Some(*fails))));
        self.asked.extend(&examples);
        let new = !examples.is_empty();
        if new {
            self.learn_from(examples);
        }
        new
    }

    /// Takes in what a check has found, and learns anew.
    pub(super) fn learn_from(&mut self, answers: Vec<(Problem, bool)>) {
        self.take_in(answers.into_iter().map(|(problem, _)| problem).collect());
        self.relearn();
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

    /// The predicate, or a shorter one where it isn't exact.
    pub(super) fn shortened(&self, seed: u64) -> Terms {
        shorten(&self.terms, &self.train, seed)
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
}
