//! Which failing problems are one bug: by what the wrong elements sum, by when they are wrong, and by where they sit.
//!
//! 1. *By story.* What came out is held against all [faults](crate::faults); the fewest faults that account
//!    for the failures are as many candidates (a greedy set cover: Chvátal, 1979). What none of them explains is one more.
//! 2. *By trigger.* A candidate whose problems all satisfy the trigger of a larger one is the same bug in another guise, such
//!    as two bugs that meet in one window; so are two that have one exact conjunction in common.
//! 3. *By narrower story.* A fault that fits much, such as "the taps from some number on are missing", may be two that fit less.
//! 4. *By region.* A trigger `A or B` is two bugs if A and B have no quantity in common, and some shape fits the regions where
//!    A alone holds and not those where B alone does, or the other way round. Else it is one bug that hides in some problems.

mod candidates;

use super::could_show;
use super::trigger::{self, Options, Silent, Trigger};
use crate::faults::{FaultId, explaining, most_frequent, noticing};
use crate::judge::{Cut, Examiner, Observation, Region, RegionShape, Symptom, Verdict, common};
use crate::problem::condition::Node;
use crate::problem::{Condition, Feature, Problem};
use candidates::{Candidate, by_shape, by_story};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Examples of each candidate that a trigger is learnt from here.
const LEARNT_FROM: usize = 400;
/// Passing problems beside them.
const PASSING: usize = 1_500;
/// One example in so many must tell which of its elements could notice the bug, for these to speak for all.
const TELLING_OF: usize = 4;
/// One region in so many may lie elsewhere than at the edge that is told.
const LITERAL_BUT: usize = 10;
/// One problem in so many may be without a story of its own.
const UNEXPLAINED: usize = 10;
/// One exception in so many is no reason to think of a trigger as wrong.
const EXCEPTIONS: usize = 50;
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
    pub kinds: BTreeSet<FaultId>,
    /// Where it is wrong among the elements that a fault changes, for the faults of which that is known.
    pub among: BTreeMap<FaultId, Region>,
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
        // What isn't the same each time is no fault that predicts anything.
        if observation.verdict == Verdict::Differs {
            let (case, wrong, actual) = (examiner.operands().case(problem), examiner.wrong(), examiner.actual());
            example.kinds = explaining(case, wrong, actual);
            let noticing = noticing(case, wrong, actual, &example.kinds);
            let among = noticing.into_iter().map(|(kind, noticing)| (kind, Region::among(problem, wrong, &noticing)));
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
    /// This fault explains its wrong elements.
    Story {
        /// The fault.
        kind: FaultId,
        /// Kinds of the backend's other findings: what they explain as well may be theirs, and says nothing of when this
        /// one happens.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        rivals: BTreeSet<FaultId>,
    },
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
    /// When others happen that look the same: what fails then may be theirs.
    pub elsewhere: Vec<Condition>,
}

/// Tells the bugs apart that `examples`, failures of one backend with one verdict, show. `passing` are problems that it
/// passes. The same arguments give the same groups, the largest first, and what isn't explained last.
pub fn cluster(verdict: Verdict, examples: &[Example], passing: &[Problem], seed: u64) -> Vec<Group> {
    let candidates = match verdict {
        Verdict::Differs => by_story(examples, all(examples), |_| true),
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
    let whole = learner.by_trigger(candidates);
    let mut groups: Vec<Candidate> = Vec::new();
    for candidate in whole {
        match learner.by_narrower_stories(&candidate) {
            Some(parts) => groups.extend(parts),
            None => groups.push(candidate),
        }
    }
    let mut elsewhere: Vec<Vec<Condition>> = vec![Vec::new(); groups.len()];
    if let [(_, only)] = &groups[..]
        && let Some(parts) = learner.by_region(only)
    {
        (groups, elsewhere) = parts.into_iter().map(|(part, others)| ((None, part), others)).unzip();
    }
    let alone = groups.len() == 1;
    let kinds: BTreeSet<FaultId> = groups.iter().filter_map(|(kind, _)| *kind).collect();
    // One that explains half of them is no way to tell them apart.
    let rivals = |kind: FaultId, members: &[usize]| -> BTreeSet<FaultId> {
        let explains =
            |other: &FaultId| members.iter().filter(|&&member| examples[member].kinds.contains(other)).count();
        kinds.iter().filter(|other| **other != kind && explains(other) * 2 <= members.len()).copied().collect()
    };
    let mut groups: Vec<Group> = groups
        .into_iter()
        .zip(elsewhere)
        .map(|((kind, members), elsewhere)| {
            let mark = match kind {
                _ if alone => Mark::Verdict,
                Some(kind) => Mark::Story { kind, rivals: rivals(kind, &members) },
                None => Mark::Shape,
            };
            let explained = |member: &usize| match &mark {
                Mark::Story { kind, rivals } => {
                    examples[*member].kinds.contains(kind) && examples[*member].kinds.is_disjoint(rivals)
                }
                _ => true,
            };
            let members: Vec<usize> =
                if alone { all(examples) } else { members.into_iter().filter(explained).collect() };
            let of_them: Vec<&Example> = members.iter().map(|&member| &examples[member]).collect();
            Group { shape: shape(&of_them, kind), mark, members, elsewhere }
        })
        .collect();
    groups.sort_by_key(|group| {
        (group.mark == Mark::Shape, std::cmp::Reverse(group.members.len()), group.members.first().copied())
    });
    groups
}

/// The region that examples of one bug have in common: among the elements that could notice it, where what happens to them
/// tells which those are.
fn shape(examples: &[&Example], kind: Option<FaultId>) -> Option<RegionShape> {
    let kind = kind.or_else(|| most_frequent(examples.iter().map(|example| &example.kinds)));
    let among: Vec<&Region> =
        examples.iter().filter_map(|example| kind.and_then(|kind| example.among.get(&kind))).collect();
    let regions: Vec<&Region> = examples.iter().filter_map(|example| example.region.as_ref()).collect();
    let told = (among.len() * TELLING_OF >= examples.len() && !among.is_empty()).then(|| common(&among)).flatten();
    told.filter(|shape| is_literal(shape, &regions)).or_else(|| common(&regions))
}

/// Whether what is the first or last row or column among those that could notice the fault is so among those that are there, as a rule.
/// Else the finding isn't at an edge: the fault is told from what it does to others.
fn is_literal(shape: &RegionShape, regions: &[&Region]) -> bool {
    let RegionShape::Slice(cuts) = shape else { return true };
    let is_edge = |cut: Cut| matches!(cut, Cut::First | Cut::Last);
    let contradicts = |region: &&&Region| {
        let RegionShape::Slice(own) = region.shape() else { return false };
        let is_other = |dimension: usize| {
            is_edge(cuts[dimension]) && own[dimension] != cuts[dimension] && region.tells()[dimension]
        };
        is_other(2) || is_other(3)
    };
    regions.iter().filter(contradicts).count() * LITERAL_BUT <= regions.len()
}

fn all(examples: &[Example]) -> Vec<usize> {
    (0..examples.len()).collect()
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
        let handful = if trigger.is_approximate { 20 } else { 50 };
        if trigger.known.missed > 0 && members.len() * handful < others.len() {
            return true;
        }
        let both: Vec<usize> = others.iter().chain(members).copied().collect();
        let joint = self.trigger(&both);
        joint.is_some_and(|joint| joint.known.is_exact() && conjunctions(&joint.condition).len() == 1)
    }

    /// Divides the problems of a story that fits much (the taps from some number on are missing) among stories that fit less (the last
    /// tap is, the last channels are), where the one takes several conjunctions or is no trigger, and each of the others is
    /// as good as exact with one.
    fn by_narrower_stories(&self, (kind, members): &Candidate) -> Option<Vec<Candidate>> {
        let broad = (*kind)?;
        if self.trigger(members).is_none_or(|trigger| is_one(&trigger)) {
            return None;
        }
        let narrower = |kind: &FaultId| *kind != broad && !kind.is_variant_of(broad);
        let parts = by_story(self.examples, members.clone(), narrower);
        let (parts, rest): (Vec<Candidate>, Vec<Candidate>) =
            parts.into_iter().partition(|(kind, of_it)| kind.is_some() && of_it.len() >= APART);
        let unexplained: usize = rest.iter().map(|(_, of_it)| of_it.len()).sum();
        if parts.len() < 2 || unexplained * UNEXPLAINED > members.len() {
            return None;
        }
        let parts = self.by_trigger(parts);
        let one_each = parts.iter().all(|(_, members)| self.trigger(members).is_some_and(|trigger| is_one(&trigger)));
        (parts.len() > 1 && one_each).then_some(parts)
    }

    /// Divides the problems of one story by the conjunctions of its trigger, where those are two bugs; and of each, the conjunctions of
    /// the others.
    fn by_region(&self, members: &[usize]) -> Option<Vec<(Vec<usize>, Vec<Condition>)>> {
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
        let part = |of: usize| {
            let own = |place: usize| bug[place] == of;
            // What shows both says nothing of either.
            let of_it = |member: &usize| {
                let holds = |place: &usize| terms[*place].holds(&self.examples[*member].problem);
                (0..terms.len()).filter(holds).all(own)
            };
            let rivals = (0..terms.len()).filter(|place| !own(*place)).map(|place| terms[place].clone());
            (members.iter().copied().filter(of_it).collect(), rivals.collect())
        };
        Some(bugs.into_iter().map(part).collect())
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

/// Whether a trigger is one conjunction, with few exceptions.
fn is_one(trigger: &Trigger) -> bool {
    let known = &trigger.known;
    conjunctions(&trigger.condition).len() == 1 && known.wrong() * EXCEPTIONS <= known.foretold
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
