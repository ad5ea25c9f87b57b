//! Whether a problem shows the same finding.

use super::account::Guises;
use super::target::Target;
use super::variants::{grown, larger, transposed, unpadded};
use crate::faults::{FaultId, explaining};
use crate::judge::{Examiner, Observation, Region, Verdict};
use crate::operands::{Case, Operands};
use crate::problem::{Parameters, Problem};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How often an unstable backend is examined on one problem.
const EXAMINATIONS: u32 = 3;

/// How often, until it fails once more.
const MOST_EXAMINATIONS: u32 = 20;

/// Verdicts of which a backend that is wrong otherwise each time has now one, now the other.
const UNSTEADY: [Verdict; 2] = [Verdict::Differs, Verdict::Unstable];

/// Wrong elements of one output that are told of, spread over it.
const TOLD: usize = 8;

/// An examiner that knows what it is looking for.
pub struct Same<'e, 'b> {
    examiner: &'e mut Examiner<'b>,
    pub(super) target: Target,
    /// Whether wrong elements are explained by faults.
    is_told: bool,
    /// What may have happened to the wrong elements where everything began; empty where that can't be told of each.
    stories: BTreeSet<FaultId>,
    /// Whether it can't although somebody tried.
    untold: bool,
    /// The backend's count of runs at which to stop.
    last_run: u64,
    /// What was seen already. Filled operands are the same each time, so nothing else would be.
    seen: HashMap<Parameters, Seen>,
    /// Wrong elements, in the last examinations together.
    wrong: Vec<usize>,
}

#[derive(Clone)]
struct Seen {
    observation: Observation,
    /// Images and channels that are wrong.
    planes: BTreeSet<[usize; 2]>,
    told: Vec<BTreeSet<FaultId>>,
}

impl<'e, 'b> Same<'e, 'b> {
    pub fn new(examiner: &'e mut Examiner<'b>, target: Target, is_told: bool, last_run: u64) -> Self {
        Self {
            examiner,
            target,
            is_told,
            stories: BTreeSet::new(),
            untold: false,
            last_run,
            seen: HashMap::new(),
            wrong: Vec::new(),
        }
    }

    /// Whether there are no runs left.
    pub fn is_spent(&self) -> bool {
        self.examiner.runs() >= self.last_run
    }

    /// Checks the problem that everything begins at, and learns what the finding looks like from its other guises.
    ///
    /// # Errors
    /// It doesn't show the symptom; this is what it shows.
    pub fn begin(&mut self, start: &Problem) -> Result<(), Box<Observation>> {
        let mut seen = self.examine(start);
        let expected = [self.target.verdict(), seen.observation.verdict];
        if expected.contains(&Verdict::Unstable) && expected.iter().all(|verdict| UNSTEADY.contains(verdict)) {
            // All looks at it count, also for what was taken for stable at the first.
            self.target.unsteady(&seen.observation);
            self.seen.clear();
            seen = self.examine(start);
            self.target.unsteady(&seen.observation);
        }
        let Seen { observation, planes, told } = seen;
        if !self.target.could_be(&observation) {
            return Err(Box::new(observation));
        }
        let Some(difference) = observation.difference else { return Ok(()) };
        self.stories = account(&told);
        self.untold = !told.is_empty() && self.stories.is_empty();
        let mut guises = Guises::of(start, difference.region);
        // Pads hide taps, so without them the guises tell more.
        let mut plain = *start;
        for unpadded in unpadded(start) {
            if self.add(&unpadded, &planes, &mut guises) && plain == *start {
                plain = unpadded;
            }
        }
        for larger in larger(&plain) {
            self.add(&larger, &planes, &mut guises);
        }
        self.target.learn(&guises);
        if let Some(other) = transposed(start) {
            let region = self.region(&other);
            if let Some(region) = region.filter(|region| self.target.mirrors(region)) {
                guises.add(&other, region);
                self.target.learn(&guises);
                self.target.mirror();
            }
        }
        Ok(())
    }

    /// Whether `problem` shows the finding.
    pub fn shows(&mut self, problem: &Problem) -> bool {
        let seen = self.examine(problem);
        self.is(&seen) && !self.is_contradicted(problem)
    }

    /// Whether a problem that a finding's start became shows it too; then it is one of its guises. What else happens in the
    /// same planes as at the start is a part of it, for a bug may do one thing to some elements and another to the next;
    /// what happens in other planes may be another bug.
    fn add(&mut self, guise: &Problem, own: &BTreeSet<[usize; 2]>, guises: &mut Guises) -> bool {
        let seen = self.examine(guise);
        if !self.fails(&seen) {
            return false;
        }
        let share = self.share(&seen);
        if share.is_some_and(|share| share > 0.0) && seen.planes == *own {
            self.stories.extend(account(&seen.told));
        } else if self.untold {
            // What is simple to tell of all is something else.
            if !account(&seen.told).is_empty() {
                return false;
            }
        } else if share.is_some_and(|share| share < 0.5) {
            return false;
        }
        seen.observation.difference.into_iter().for_each(|difference| guises.add(guise, difference.region));
        true
    }

    /// Where `problem` is wrong, if it fails in the same way.
    fn region(&mut self, problem: &Problem) -> Option<Region> {
        let observation = self.examine(problem).observation;
        let difference = observation.difference.filter(|_| observation.verdict == self.target.verdict());
        difference.map(|difference| difference.region)
    }

    /// Whether a grown problem shows what can't be the finding, and no telling one speaks for it.
    fn is_contradicted(&mut self, problem: &Problem) -> bool {
        let mut contradicted = false;
        for (larger, telling) in grown(problem) {
            if self.fails_otherwise(&larger) {
                contradicted = true;
            } else if self.region(&larger).is_some() {
                return contradicted && !telling;
            }
        }
        contradicted
    }

    /// Whether a problem fails in the same way, but with what can't be the finding; also without pads, which hide where it
    /// begins.
    fn fails_otherwise(&mut self, problem: &Problem) -> bool {
        let seen = self.examine(problem);
        if !self.fails(&seen) || self.is(&seen) {
            return false;
        }
        let Some(plain) = unpadded(problem).next() else { return true };
        let plain = self.examine(&plain);
        !(self.fails(&plain) && self.is(&plain))
    }

    /// Whether what was seen is a failure of the same kind, with an output.
    fn fails(&self, seen: &Seen) -> bool {
        seen.observation.difference.is_some() && seen.observation.verdict == self.target.verdict()
    }

    /// Whether what was seen could be the finding: by its region, and unless something else happened to all elements.
    fn is(&self, seen: &Seen) -> bool {
        self.target.could_be(&seen.observation) && self.share(seen).is_none_or(|share| share > 0.0)
    }

    /// The share of the wrong elements to which the same may have happened as where everything began, of those that can be
    /// explained.
    fn share(&self, seen: &Seen) -> Option<f64> {
        let explained = seen.told.iter().filter(|stories| !stories.is_empty());
        let (alike, all) = explained
            .fold((0, 0), |(alike, all), stories| (alike + usize::from(!stories.is_disjoint(&self.stories)), all + 1));
        (all > 0 && !self.stories.is_empty()).then(|| alike as f64 / all as f64)
    }

    fn examine(&mut self, problem: &Problem) -> Seen {
        if let Some(seen) = self.seen.get(&problem.parameters()) {
            return seen.clone();
        }
        let observation = self.look_at(problem);
        let told = match observation.verdict {
            Verdict::Differs if self.is_told => {
                let (case, actual) = (self.examiner.operands().case(problem), self.examiner.actual());
                spread(&self.wrong).into_iter().map(|index| explaining(case, &[index], actual)).collect()
            }
            _ => Vec::new(),
        };
        let seen = Seen { observation, planes: planes(problem, &self.wrong), told };
        self.seen.insert(problem.parameters(), seen.clone());
        seen
    }

    /// One examination; of an unstable backend some, taken together.
    fn look_at(&mut self, problem: &Problem) -> Observation {
        self.taken_together(problem, |examiner| examiner.examine(problem))
    }

    /// Examines given operands, of an unstable backend some times, taken together.
    pub fn examine_case(&mut self, case: Case<'_>) -> Observation {
        self.taken_together(case.problem, |examiner| examiner.examine_case(case))
    }

    /// What `examine` sees, of an unstable backend all that it sees in some examinations.
    fn taken_together(
        &mut self,
        problem: &Problem,
        mut examine: impl FnMut(&mut Examiner<'_>) -> Observation,
    ) -> Observation {
        let mut observation = examine(self.examiner);
        self.wrong.clear();
        self.wrong.extend(self.examiner.wrong());
        if self.target.verdict() != Verdict::Unstable {
            return observation;
        }
        for _ in 1..EXAMINATIONS {
            let again = examine(self.examiner);
            if again.verdict.is_failure() {
                self.wrong.extend(self.examiner.wrong());
                observation = again;
            }
        }
        self.wrong.sort_unstable();
        self.wrong.dedup();
        if let Some(difference) = observation.difference.as_mut() {
            difference.region = Region::of(problem, &self.wrong);
            observation.verdict = Verdict::Unstable;
        }
        observation
    }

    /// Examines given operands, of an unstable backend until they fail: then the examiner holds an output that does.
    pub fn examine_until_wrong(&mut self, case: Case<'_>) -> Observation {
        let mut observation = self.examine_case(case);
        if self.target.verdict() != Verdict::Unstable {
            return observation;
        }
        for _ in 0..MOST_EXAMINATIONS {
            let again = self.examiner.examine_case(case);
            if again.verdict.is_failure() {
                if !observation.verdict.is_failure() {
                    self.wrong = self.examiner.wrong().to_vec();
                    observation = Observation { verdict: Verdict::Unstable, ..again };
                }
                break;
            }
        }
        observation
    }

    /// The operands that the examiner fills for `problem`.
    pub fn operands(&mut self, problem: &Problem) -> Operands {
        self.examiner.examine(problem);
        self.examiner.operands().clone()
    }

    /// The elements that were wrong last.
    pub fn wrong(&self) -> &[usize] {
        &self.wrong
    }
}

/// Images and channels of these elements.
fn planes(problem: &Problem, wrong: &[usize]) -> BTreeSet<[usize; 2]> {
    let output = problem.output();
    let (pixels, channels) = (output.h as usize * output.w as usize, problem.out_channels as usize);
    wrong.iter().map(|index| [index / pixels / channels, index / pixels % channels]).collect()
}

/// The first and the last of these elements and some between, at distances that aren't the same throughout: else they might
/// all be of one row of each plane.
fn spread(wrong: &[usize]) -> Vec<usize> {
    let gaps = wrong.len().min(TOLD).saturating_sub(1).max(1);
    let place = |number: usize| number * (wrong.len() - 1) / gaps;
    (0..wrong.len().min(TOLD)).map(|number| wrong[place(number)]).collect()
}

/// The fewest stories that account for all of these wrong elements, with those that account for as many; none where one
/// can't be explained.
fn account(told: &[BTreeSet<FaultId>]) -> BTreeSet<FaultId> {
    let mut left: Vec<&BTreeSet<FaultId>> = told.iter().collect();
    let mut account = BTreeSet::new();
    while !left.is_empty() {
        let mut counts: BTreeMap<FaultId, usize> = BTreeMap::new();
        left.iter().copied().flatten().for_each(|story| *counts.entry(*story).or_default() += 1);
        let Some(most) = counts.values().copied().max() else { return BTreeSet::new() };
        let best: BTreeSet<FaultId> =
            counts.into_iter().filter(|(_, count)| *count == most).map(|(story, _)| story).collect();
        left.retain(|stories| stories.is_disjoint(&best));
        account.extend(best);
    }
    account
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spread_over_planes_is_spread_over_their_rows() {
        // Four planes of four rows of two: the first element of every other row would be the same two rows of each plane.
        let wrong: Vec<usize> = (0..32).collect();
        let rows: BTreeSet<usize> = spread(&wrong).into_iter().map(|index| index % 8 / 2).collect();
        assert_eq!(rows, BTreeSet::from([0, 1, 2, 3]));
        assert_eq!(spread(&[7]), [7]);
        assert!(spread(&[]).is_empty());
    }
}
