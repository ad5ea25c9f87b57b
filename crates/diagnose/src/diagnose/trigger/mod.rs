//! The trigger: a predicate over the parameters that says when problems fail, learnt from problems that were run.
//!
//! The learner wants three things of a predicate, in this order: that it is *right* on everything known, that it is
//! *short*, and that nothing else as short would do. The first two are a search (`learn`): most bugs of engines are a
//! conjunction of two or three statements, so the shortest conjunction is found exactly. The third is a matter of
//! questions (`questions`): for each literal of the predicate, a problem is run that breaks this literal alone; and
//! problems are run that satisfy the predicate but none of what all known failures happen to share besides. An answer
//! that the predicate doesn't foresee is a new example, and the search begins again.
//!
//! What it reports is measured on problems that were not used for learning: a fifth of the sample, and fresh problems.
//! Where failures are not a short conjunction or disjunction (an effect that shows only for some data, say), the
//! predicate stays short, has exceptions, and names the simplest.

mod beam;
mod bits;
mod column;
mod conjunctions;
mod cover;
mod learn;
mod literal;
mod questions;
mod select;
mod session;
mod shorten;
mod variation;

use std::collections::BTreeSet;

use learn::{Terms, holds};
use session::Session;

use crate::problem::condition::Node;
use crate::problem::{Condition, Feature, Problem};

/// Runs problems on demand.
pub trait Oracle {
    /// For each problem, whether it fails the way that is being explained; `None` if it can't or may not be run.
    fn fail(&mut self, problems: &[Problem]) -> Vec<Option<bool>>;

    /// Problems of which it is known, without running them, that they contradict `condition`; and whether they fail. A sample of a large run
    /// leaves most of it out.
    fn against(&mut self, _condition: &Condition) -> Vec<(Problem, bool)> {
        Vec::new()
    }
}

/// For a map alone, when nothing can be run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Oracle for Silent {
    fn fail(&mut self, problems: &[Problem]) -> Vec<Option<bool>> {
        vec![None; problems.len()]
    }
}

/// How much may be asked, and the seed of what is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Problems that the oracle may be asked to run, at most.
    pub budget: usize,
    /// Seed of the choice of examples and questions.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { budget: 600, seed: 0 }
    }
}

/// How a predicate did on labelled problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Counts {
    /// Predicted to fail, and failed.
    pub foretold: usize,
    /// Predicted to fail, and passed.
    pub false_alarms: usize,
    /// Predicted to pass, and failed.
    pub missed: usize,
    /// Predicted to pass, and passed.
    pub quiet: usize,
}

impl Counts {
    fn add(&mut self, predicted: bool, fails: bool) {
        match (predicted, fails) {
            (true, true) => self.foretold += 1,
            (true, false) => self.false_alarms += 1,
            (false, true) => self.missed += 1,
            (false, false) => self.quiet += 1,
        }
    }

    /// Of the problems predicted to fail, the share that did; `None` if none was.
    pub fn precision(&self) -> Option<f64> {
        let predicted = self.foretold + self.false_alarms;
        (predicted > 0).then(|| self.foretold as f64 / predicted as f64)
    }

    /// Of the problems that failed, the share that was predicted; `None` if none failed.
    pub fn recall(&self) -> Option<f64> {
        let failed = self.foretold + self.missed;
        (failed > 0).then(|| self.foretold as f64 / failed as f64)
    }

    /// The harmonic mean of precision and recall; 0 where nothing was foretold.
    pub fn mean(&self) -> f64 {
        2.0 * self.foretold as f64 / (2 * self.foretold + self.wrong()).max(1) as f64
    }

    /// Wrong predictions of both kinds.
    pub fn wrong(&self) -> usize {
        self.false_alarms + self.missed
    }

    /// Whether no prediction was wrong.
    pub fn is_exact(&self) -> bool {
        self.wrong() == 0
    }
}

/// A parameter that made no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Irrelevant {
    /// The parameter.
    pub parameter: Feature,
    /// How many different values it had among failing problems.
    pub values: usize,
    /// How many failing problems had another value than the smallest one.
    pub tries: usize,
}

/// Another predicate that fits everything known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The other predicate.
    pub condition: Condition,
    /// A problem on which the two differ.
    pub problem: Problem,
    /// Whether it was left out for want of budget; otherwise it can't be run here.
    pub askable: bool,
}

/// When problems fail, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// The predicate.
    pub condition: Condition,
    /// How it did on problems that were not used to learn it.
    pub held_out: Counts,
    /// How it did on everything known, held out or not.
    pub known: Counts,
    /// Whether no exact predicate was found, nor one that is nearly so: then it is short and says only where failures are frequent,
    /// and of the other parameters it isn't known that they don't matter.
    pub is_approximate: bool,
    /// The problems that it predicts wrongly, smallest first, at most [`MOST_EXCEPTIONS`]; and whether they fail.
    pub exceptions: Vec<(Problem, bool)>,
    /// Parameters that it doesn't speak of and that had several values among failing problems.
    pub irrelevant: Vec<Irrelevant>,
    /// Predicates that can't be told from this one by what is known.
    pub alternatives: Vec<Alternative>,
    /// Problems that were run to learn and to check it.
    pub calls: usize,
}

/// Exceptions that a [`Trigger`] names.
pub const MOST_EXCEPTIONS: usize = 3;

/// The sample is divided so many ways, and one part held out.
const FOLDS: u64 = 5;

/// Checks by fresh problems, until one of them finds nothing wrong.
const CHECKS: usize = 3;

/// How often a predicate is held against all that is known.
const MOST_REVISIONS: usize = 4;

/// Fewer failing problems than this are all needed to learn from.
const FEW: usize = 40;

/// Learns when problems fail. `None` if none of the sample does.
///
/// The same sample, oracle and options give the same trigger. Without passing problems the trigger is `true`.
pub fn explain(sample: &[(Problem, bool)], oracle: &mut dyn Oracle, options: &Options) -> Option<Trigger> {
    let failing = sample.iter().filter(|(_, fails)| *fails).count();
    if failing == 0 {
        return None;
    }
    let spare = failing >= FEW;
    let reserve = options.budget / 5;
    let (mut asked, mut calls) = (Vec::new(), 0);
    let mut best: Option<Session<'_>> = None;
    // A predicate that fails on what was held out gets another chance, with another part held out.
    for fold in 0..3 {
        let out = |place: usize| select::draw(place, options.seed) % FOLDS == fold;
        let (held_out, train): (Vec<_>, Vec<_>) =
            sample.iter().enumerate().partition(|(place, (_, fails))| out(*place) && (spare || !fails));
        let held_out = held_out.into_iter().map(|(_, example)| example).collect();
        let train = train.into_iter().map(|(_, example)| example).collect();
        let mut session = Session::new(train, held_out, asked, options.seed);
        session.question(oracle, (options.budget - reserve).saturating_sub(calls));
        calls += session.calls;
        asked = session.asked.clone();
        let exact = session.held_out_counts().is_exact();
        if best.as_ref().is_none_or(|best| session.held_out_counts().wrong() < best.held_out_counts().wrong()) {
            best = Some(session);
        }
        if exact {
            break;
        }
    }
    let mut session = best?;
    // What was held out in vain is worth more as an example, where fresh problems can be had for the check.
    if options.budget > 0 && !session.held_out_counts().is_exact() {
        let mut whole = Session::new(sample.iter().collect(), vec![], asked, options.seed);
        whole.question(oracle, (options.budget - reserve).saturating_sub(calls));
        calls += whole.calls;
        // What only recites the exceptions is no better.
        let score = |terms: &Terms| f64::from(learn::cost(terms)) + wrong(terms, sample) as f64 * learn::price(failing);
        if score(&whole.terms) < score(&session.terms) {
            session = whole;
        }
    }
    let mut left = |session: &mut Session<'_>| {
        calls += std::mem::take(&mut session.calls);
        options.budget.saturating_sub(calls)
    };
    session.calls = 0;
    let (mut held_out, mut fresh) = (Counts::default(), Vec::new());
    for _ in 0..2 {
        for _ in 0..MOST_REVISIONS {
            let against = oracle.against(&condition(&session.terms));
            if !session.learn_known(against) {
                break;
            }
            let spare = left(&mut session);
            session.question(oracle, spare / 4);
        }
        let spare = left(&mut session);
        if !session.ask_which(oracle, spare / 2) && held_out != Counts::default() {
            break;
        }
        let spare = left(&mut session);
        (held_out, fresh) = check(&mut session, oracle, spare.min(reserve));
    }
    left(&mut session);
    let terms = session.shortened(options.seed);
    if terms != session.terms {
        session.terms = terms;
        held_out = session.held_out_counts();
        fresh.iter().for_each(|(problem, fails)| held_out.add(holds(&session.terms, &column::values(problem)), *fails));
    }
    Some(conclude(session, sample, held_out, calls))
}

fn wrong(terms: &Terms, sample: &[(Problem, bool)]) -> usize {
    count(terms, sample.iter().copied()).wrong()
}

/// Counts what was held out, and fresh problems, far from those used. What a check finds wrong is learnt, and then only
/// the next check counts. What it counted is returned as well, if it wasn't held out.
fn check(session: &mut Session<'_>, oracle: &mut dyn Oracle, budget: usize) -> (Counts, Vec<(Problem, bool)>) {
    for part in (1..=CHECKS).rev() {
        let answers = session.fresh(oracle, budget.saturating_sub(session.calls) / part);
        let mut counts = session.held_out_counts();
        let foretold = |(problem, fails): &&(Problem, bool)| holds(&session.terms, &column::values(problem)) == *fails;
        let surprise = answers.iter().any(|answer| !foretold(&answer));
        if surprise && part > 1 {
            session.learn_from(answers);
            continue;
        }
        for (problem, fails) in &answers {
            counts.add(holds(&session.terms, &column::values(problem)), *fails);
        }
        return (counts, answers);
    }
    (session.held_out_counts(), Vec::new())
}

fn count(terms: &Terms, examples: impl Iterator<Item = (Problem, bool)>) -> Counts {
    let mut counts = Counts::default();
    examples.for_each(|(problem, fails)| counts.add(holds(terms, &column::values(&problem)), fails));
    counts
}

fn conclude(mut session: Session<'_>, sample: &[(Problem, bool)], held_out: Counts, calls: usize) -> Trigger {
    let mut everything: Vec<(Problem, bool)> = sample.iter().chain(&session.asked).copied().collect();
    let known = count(&session.terms, everything.iter().copied());
    let condition = condition(&session.terms);
    let is_approximate = shorten::is_approximate(&known);
    // Many others fit as little.
    let alternatives = if is_approximate { Vec::new() } else { session.alternatives() };
    let alternatives = alternatives
        .into_iter()
        .map(|(terms, problem, askable)| Alternative { condition: self::condition(&terms), problem, askable })
        .collect();
    everything.sort_by_key(|(problem, _)| (problem.work(), problem.elements(), problem.parameters()));
    let wrong = |(problem, fails): &&(Problem, bool)| holds(&session.terms, &column::values(problem)) != *fails;
    let exceptions = everything.iter().filter(wrong).take(MOST_EXCEPTIONS).copied().collect();
    let irrelevant = if is_approximate { Vec::new() } else { irrelevant(&condition, &everything) };
    Trigger { condition, held_out, known, is_approximate, exceptions, irrelevant, alternatives, calls }
}

/// Parameters that the condition doesn't depend on, as far as failing problems had other values of them than the first.
fn irrelevant(condition: &Condition, everything: &[(Problem, bool)]) -> Vec<Irrelevant> {
    let relevant: BTreeSet<Feature> = condition.features().iter().flat_map(|feature| feature.depends_on()).collect();
    let failing: Vec<&Problem> = everything.iter().filter(|(_, fails)| *fails).map(|(problem, _)| problem).collect();
    let varied = |parameter: Feature| {
        let values: BTreeSet<i64> = failing.iter().map(|problem| parameter.value(problem)).collect();
        let first = failing.first().map(|problem| parameter.value(problem));
        let tries = failing.iter().filter(|problem| Some(parameter.value(problem)) != first).count();
        (tries > 0).then_some(Irrelevant { parameter, values: values.len(), tries })
    };
    Feature::parameters().filter(|parameter| !relevant.contains(parameter)).filter_map(varied).collect()
}

fn condition(terms: &Terms) -> Condition {
    let mut parts: Vec<Node> = terms.iter().map(conjunction).collect();
    Condition(match parts.len() {
        0 => Node::Constant(false),
        1 => parts.remove(0),
        _ => Node::Any(parts),
    })
}

/// Channels first, padding last, as people tell it; two bounds of one feature as one chain.
fn conjunction(term: &learn::Term) -> Node {
    let mut literals: Vec<literal::Literal> = Vec::new();
    for literal in term {
        match literals.iter().enumerate().find_map(|(place, other)| Some((place, other.between(literal)?))) {
            Some((place, both)) => literals[place] = both,
            None => literals.push(*literal),
        }
    }
    let order = |node: &Node| {
        let features = Condition(node.clone()).features();
        features.iter().flat_map(|feature| feature.depends_on()).max()
    };
    let mut parts: Vec<Node> = literals.iter().map(literal::Literal::node).collect();
    parts.sort_by_key(order);
    match parts.len() {
        0 => Node::Constant(true),
        1 => parts.remove(0),
        _ => Node::All(parts),
    }
}

#[cfg(test)]
mod tests;
