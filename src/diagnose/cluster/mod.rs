//! Which failing problems are one bug: by what the wrong elements sum, by when they are wrong, and by where they sit.
//!
//! 1. *By story.* What came out is held against all [readings](super::taps::glance); the fewest kinds of reading that account
//!    for the failures are as many candidates (a greedy set cover: Chvátal, 1979). What none of them explains is one more.
//! 2. *By trigger.* A candidate whose problems all satisfy the trigger of a larger one is the same bug in another guise, such
//!    as two bugs that meet in one window; so are two that have one exact conjunction in common.
//! 3. *By region.* A trigger `A or B` is two bugs if A and B have no quantity in common, and some shape fits the regions where
//!    A alone holds and not those where B alone does, or the other way round. Else it is one bug that hides in some problems.

use super::could_show;
use super::taps::{Kind, glance, most_frequent, noticing};
use super::trigger::{self, Options, Silent, Trigger};
use crate::judge::{Examiner, Observation, Region, RegionShape, Symptom, Verdict, common, most_telling};
use crate::problem::condition::Node;
use crate::problem::{Condition, Feature, Problem};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Candidates that are told apart by story; the rest counts as unexplained.
const MOST_STORIES: usize = 6;
/// Examples of each candidate that a trigger is learnt from here.
const LEARNT_FROM: usize = 400;
/// Passing problems beside them.
const PASSING: usize = 1_500;
/// One example in so many must tell which of its elements could notice the bug, for these to speak for all.
const TELLING_OF: usize = 4;
/// Problems that only one of two conjunctions holds for, before they can be two bugs.
const APART: usize = 5;

/// One failing problem, looked at again.
#[derive(Clone, Debug)]
pub struct Example {
    /// The problem.
    pub problem: Problem,
    /// Where it is wrong, if there is an output.
    pub region: Option<Region>,
    /// What explains all of its wrong elements.
    pub kinds: BTreeSet<Kind>,
    /// Where it is wrong among the elements that a reading changes, for the kinds of reading that change taps within windows.
    pub among: BTreeMap<Kind, Region>,
}

impl Example {
    /// A failing problem as a map has it.
    pub fn in_map(problem: Problem, region: Option<Region>) -> Self {
        Self { problem, region, kinds: BTreeSet::new(), among: BTreeMap::new() }
    }

    /// What `examiner` saw last: `observation` of `problem`, which fails.
    pub fn of(problem: &Problem, examiner: &Examiner<'_>, observation: &Observation) -> Self {
        let region = observation.difference.as_ref().map(|difference| difference.region);
        let mut example = Self::in_map(*problem, region);
        // What isn't the same each time is no reading.
        if observation.verdict == Verdict::Differs {
            let (case, wrong, actual) = (examiner.operands().case(problem), examiner.wrong(), examiner.actual());
            example.kinds = glance(case, wrong, actual);
            let noticing = noticing(case, wrong, actual, &example.kinds);
            let among = noticing.into_iter().map(|(kind, pixels)| (kind, Region::among(problem, wrong, &pixels)));
            example.among = among.collect();
        }
        example
    }
}

/// How a failing problem is known to be of a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Its region could have the finding's shape.
    #[default]
    Shape,
    /// Its verdict: the backend has no other finding with that one.
    Verdict,
    /// A reading of this kind explains its wrong elements.
    Story(Kind),
}

/// Examples that are one bug.
#[derive(Clone, Debug)]
pub struct Group {
    /// How others are known to belong.
    pub mark: Mark,
    /// What the regions have in common; none where there are no outputs.
    pub shape: Option<RegionShape>,
    /// Places of its examples; where there are several groups, of those that are of this one for certain.
    pub members: Vec<usize>,
}

/// Tells the bugs apart that `examples`, failures of one backend with one verdict, show. `passing` are problems that it
/// passes. The same arguments give the same groups, the largest first, and what isn't explained last.
pub fn cluster(verdict: Verdict, examples: &[Example], passing: &[Problem], seed: u64) -> Vec<Group> {
    let candidates = match verdict {
        Verdict::Differs => by_story(examples),
        _ => vec![(None, all(examples))],
    };
    told_apart(&Learner { verdict, examples, passing, seed }, candidates)
}

/// The same of failures that nothing is known of but where they sit, as in a map: by region first, and then by trigger.
pub fn cluster_by_region(verdict: Verdict, examples: &[Example], passing: &[Problem], seed: u64) -> Vec<Group> {
    told_apart(&Learner { verdict, examples, passing, seed }, by_shape(examples))
}

fn told_apart(learner: &Learner<'_>, candidates: Vec<Candidate>) -> Vec<Group> {
    let examples = learner.examples;
    let mut groups = learner.by_trigger(candidates);
    if let [(_, only)] = &groups[..]
        && let Some(parts) = learner.by_region(only)
    {
        groups = parts.into_iter().map(|part| (None, part)).collect();
    }
    let alone = groups.len() == 1;
    let mut groups: Vec<Group> = groups
        .into_iter()
        .map(|(kind, members)| {
            let mark = match kind {
                _ if alone => Mark::Verdict,
                Some(kind) => Mark::Story(kind),
                None => Mark::Shape,
            };
            let explained = |member: &usize| kind.is_none_or(|kind| examples[*member].kinds.contains(&kind));
            let members: Vec<usize> =
                if alone { all(examples) } else { members.into_iter().filter(explained).collect() };
            let of_them: Vec<&Example> = members.iter().map(|&member| &examples[member]).collect();
            Group { shape: shape(&of_them, kind), mark, members }
        })
        .collect();
    groups.sort_by_key(|group| {
        (group.mark == Mark::Shape, std::cmp::Reverse(group.members.len()), group.members.first().copied())
    });
    groups
}

/// The region that examples of one bug have in common: among the elements that could notice it, where what happens to them
/// tells which those are.
fn shape(examples: &[&Example], kind: Option<Kind>) -> Option<RegionShape> {
    let kind = kind.or_else(|| most_frequent(examples.iter().map(|example| &example.kinds)));
    let among: Vec<&Region> =
        examples.iter().filter_map(|example| kind.and_then(|kind| example.among.get(&kind))).collect();
    if among.len() * TELLING_OF >= examples.len() && !among.is_empty() {
        return common(&among);
    }
    let regions: Vec<&Region> = examples.iter().filter_map(|example| example.region.as_ref()).collect();
    common(&regions)
}

type Candidate = (Option<Kind>, Vec<usize>);

fn all(examples: &[Example]) -> Vec<usize> {
    (0..examples.len()).collect()
}

/// The fewest kinds that account for all that is explained, the most frequent first; and what isn't explained.
fn by_story(examples: &[Example]) -> Vec<Candidate> {
    let mut left = all(examples);
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut chosen = BTreeSet::new();
    while candidates.len() < MOST_STORIES {
        let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
        left.iter().flat_map(|&e| &examples[e].kinds).for_each(|kind| *counts.entry(*kind).or_default() += 1);
        // The first of the most frequent.
        let Some((&kind, _)) = counts.iter().max_by_key(|(kind, count)| (**count, std::cmp::Reverse(**kind))) else {
            break;
        };
        chosen.insert(kind);
        let members = left.extract_if(.., |e| examples[*e].kinds.contains(&kind)).collect();
        candidates.push((Some(kind), members));
    }
    candidates.iter_mut().for_each(|candidate| keep_clear(candidate, &chosen, examples));
    candidates.sort_by_key(|(kind, members)| (std::cmp::Reverse(members.len()), *kind));
    // What isn't explained comes last: it may be two of the others at once.
    if !left.is_empty() {
        candidates.push((None, left));
    }
    candidates
}

/// The fewest shapes that account for the regions, the most frequent first; and what has none.
fn by_shape(examples: &[Example]) -> Vec<Candidate> {
    let mut left = all(examples);
    let mut candidates: Vec<Candidate> = Vec::new();
    while candidates.len() < MOST_STORIES {
        let regions: Vec<(Region, u64)> = left.iter().filter_map(|&e| Some((examples[e].region?, 1))).collect();
        let Some(shape) = most_telling(&regions) else { break };
        let is_of_it = |e: &mut usize| examples[*e].region.is_some_and(|region| region.could_be(&shape));
        candidates.push((None, left.extract_if(.., is_of_it).collect()));
    }
    candidates.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    if !left.is_empty() {
        candidates.push((None, left));
    }
    candidates
}

/// Leaves the examples out that could be of another candidate as well, if enough others are there.
fn keep_clear((_, members): &mut Candidate, chosen: &BTreeSet<Kind>, examples: &[Example]) {
    let clear = |member: &usize| examples[*member].kinds.intersection(chosen).count() == 1;
    let kept: Vec<usize> = members.iter().copied().filter(clear).collect();
    if kept.len() * 2 >= members.len() {
        *members = kept;
    }
}

struct Learner<'a> {
    verdict: Verdict,
    examples: &'a [Example],
    passing: &'a [Problem],
    seed: u64,
}

impl Learner<'_> {
    fn trigger(&self, members: &[usize]) -> Option<Trigger> {
        let step = members.len().div_ceil(LEARNT_FROM).max(1);
        let failing = members.iter().step_by(step).map(|&member| (self.examples[member].problem, true));
        let of_them: Vec<&Example> = members.iter().map(|&member| &self.examples[member]).collect();
        let kind = most_frequent(of_them.iter().map(|example| &example.kinds));
        let shape = shape(&of_them, kind).map(|shape| shape.to_string()).unwrap_or_default();
        let symptom = Symptom { verdict: self.verdict, shape };
        let passing = self.passing.iter().filter(|problem| could_show(&symptom, kind, problem));
        let passing = passing.take(PASSING).map(|problem| (*problem, false));
        let sample: Vec<_> = failing.chain(passing).collect();
        trigger::explain(&sample, &mut Silent, &Options { budget: 0, seed: self.seed })
    }

    fn share(&self, condition: &Condition, members: &[usize]) -> f64 {
        let holds = members.iter().filter(|&&member| condition.holds(&self.examples[member].problem)).count();
        holds as f64 / members.len().max(1) as f64
    }

    /// Joins candidates that have one trigger.
    fn by_trigger(&self, candidates: Vec<Candidate>) -> Vec<Candidate> {
        if candidates.len() < 2 {
            return candidates;
        }
        let mut kept: Vec<(Candidate, Option<Trigger>)> = Vec::new();
        for (kind, members) in candidates {
            let place = kept.iter().position(|((_, others), trigger)| {
                trigger.as_ref().is_some_and(|trigger| self.is_same(&members, others, trigger))
            });
            match place {
                Some(place) => kept[place].0.1.extend(members),
                None => {
                    let trigger = self.trigger(&members);
                    kept.push(((kind, members), trigger));
                }
            }
        }
        let kept = kept.into_iter().map(|((kind, mut members), _)| {
            members.sort_unstable();
            (kind, members)
        });
        kept.collect()
    }

    /// Whether `members` are the bug of `others`, whose trigger is known.
    fn is_same(&self, members: &[usize], others: &[usize], trigger: &Trigger) -> bool {
        if self.share(&trigger.condition, members) >= 0.98 {
            return true;
        }
        // A trigger that isn't right about its own problems is no judge of a handful of others.
        if trigger.known.missed > 0 && members.len() * 50 < others.len() {
            return true;
        }
        let both: Vec<usize> = others.iter().chain(members).copied().collect();
        let joint = self.trigger(&both);
        joint.is_some_and(|joint| joint.known.is_exact() && conjunctions(&joint.condition).len() == 1)
    }

    /// Divides the problems of one story by the conjunctions of its trigger, where those are two bugs.
    fn by_region(&self, members: &[usize]) -> Option<Vec<Vec<usize>>> {
        let trigger = self.trigger(members)?;
        let terms = conjunctions(&trigger.condition);
        if terms.len() < 2 || trigger.known.missed * 50 > members.len() {
            return None;
        }
        let alone: Vec<Vec<usize>> = (0..terms.len())
            .map(|term| {
                let holds = |other: usize, member: &usize| terms[other].holds(&self.examples[*member].problem);
                let only = |member: &&usize| (0..terms.len()).all(|other| holds(other, member) == (other == term));
                members.iter().filter(only).copied().collect()
            })
            .collect();
        // Terms that are one bug share a number.
        let mut bug: Vec<usize> = (0..terms.len()).collect();
        for a in 0..terms.len() {
            for b in 0..a {
                if !self.are_two(&terms, &alone, a, b) {
                    let (from, to) = (bug[a], bug[b]);
                    bug.iter_mut().filter(|bug| **bug == from).for_each(|bug| *bug = to);
                }
            }
        }
        let bugs: BTreeSet<usize> = bug.iter().copied().collect();
        if bugs.len() < 2 {
            return None;
        }
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &member in members {
            let first = terms.iter().position(|term| term.holds(&self.examples[member].problem)).unwrap_or(0);
            parts.entry(bug[first]).or_default().push(member);
        }
        Some(parts.into_values().collect())
    }

    fn are_two(&self, terms: &[Condition], alone: &[Vec<usize>], a: usize, b: usize) -> bool {
        if !quantities(&terms[a]).is_disjoint(&quantities(&terms[b]))
            || alone[a].len() < APART
            || alone[b].len() < APART
        {
            return false;
        }
        let regions = |term: usize| alone[term].iter().filter_map(|&member| self.examples[member].region.as_ref());
        let shapes: BTreeSet<RegionShape> = regions(a).chain(regions(b)).map(Region::shape).collect();
        let fits = |term: usize, shape: &RegionShape| {
            let fitting = regions(term).filter(|region| region.could_be(shape)).count();
            fitting * 20 >= regions(term).count() * 19
        };
        shapes.iter().any(|shape| *shape != RegionShape::Scattered && fits(a, shape) != fits(b, shape))
    }
}

/// The conjunctions of a trigger.
fn conjunctions(condition: &Condition) -> Vec<Condition> {
    match &condition.0 {
        Node::Any(parts) => parts.iter().cloned().map(Condition).collect(),
        node => vec![Condition(node.clone())],
    }
}

/// What a conjunction speaks of, height and width being one.
fn quantities(condition: &Condition) -> BTreeSet<&'static str> {
    let name = |feature: &Feature| feature.axis().map_or(feature.name(), |(quantity, _)| quantity.name());
    condition.features().iter().map(name).collect()
}

#[cfg(test)]
mod tests;
