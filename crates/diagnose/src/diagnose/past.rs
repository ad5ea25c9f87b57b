//! Whether failures are the problems' own, or come of what the backend computed before.
//!
//! A backend may keep something of one problem for the next: weights that were packed once, a border that was written, handles that
//! nobody gives back. What it returns then depends on its past, and no condition on the problem says when it fails. So some failing
//! problems are run *alone*, each the first that a fresh session computes. Where they pass, what has to come before is looked for.

use super::twice::Twice;
use crate::backend::{Backend, BackendError};
use crate::judge::{Examiner, Observation, Settings, Symptom, Verdict};
use crate::operands::Operands;
use crate::problem::Problem;
use crate::shrink::shrink;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Failing problems that are run alone, where the first of them pass.
const LOOKS: usize = 8;
/// Failing problems after which the rest is believed to fail alone as well.
const SURE: usize = 3;
/// Failing problems for which it is looked for what has to come before.
const SEARCHED: usize = 3;
/// Other problems that are run before one in the hope that it fails then.
const COMPANY: usize = 192;
/// How often a problem is run before itself in that hope, and the multiply-adds that this may take.
const TIMES: [u32; 3] = [16, 256, 4096];
const TIMES_WORK: u64 = 1 << 28;
/// How often a problem has to pass alone, and to fail after others, before that is told. Half of the runs of a backend that is wrong by
/// chance would have to fall out so a thousand times over.
const CONFIRMED: u32 = 5;
/// Runs that making a problem smaller may take.
const SHRINK_CALLS: u64 = 400;
/// The most problems before a failing one that are told one by one.
const FEW: usize = 4;

/// A problem that is computed before another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// The problem.
    pub problem: Problem,
    /// Seed of its operands, with the fill of the one that fails.
    pub seed: u64,
    /// How often it is computed, each time with the next seed.
    pub times: u32,
}

/// What was found out about failures that aren't the problems' own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Past {
    /// Failing problems that were run alone.
    pub alone: usize,
    /// How many of them pass there.
    pub pass: usize,
    /// One of these.
    pub problem: Problem,
    /// What has to come before it for it to fail; empty where that was not found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Before>,
}

impl Past {
    /// Whether all that fails depends on the past, as far as anybody looked.
    pub fn is_all(&self) -> bool {
        self.alone == self.pass
    }

    /// Whether some of it does for certain; else what passes alone may do so by chance.
    pub fn is_known(&self) -> bool {
        self.is_all() || !self.before.is_empty()
    }

    /// In two lines: that it depends on the past, and how.
    pub fn told(&self) -> String {
        let Self { alone, pass, problem, before } = self;
        let many = match (alone, pass) {
            (1, _) => "the smallest problem passes".to_owned(),
            (2.., _) if alone == pass => format!("all {alone} failing problems that were tried pass"),
            _ => format!("of {alone} failing problems {pass} pass"),
        };
        let alone = format!("{many} as the first that a new session computes");
        if before.is_empty() {
            let what = "it depends on chance, or on what is computed before the problem or together with it";
            return format!("{what}: {alone}\nwhat brings it about was not found");
        }
        let times = format!("{CONFIRMED} times of {CONFIRMED}");
        format!(
            "it depends on what was computed before: {alone}\n{problem} failed {times} after {}",
            sequence(before, problem)
        )
    }
}

/// What comes before `problem`, in words.
pub fn sequence(before: &[Before], problem: &Problem) -> String {
    let each = before.iter().map(|Before { problem: other, times, .. }| match (other == problem, times) {
        (true, 1) => "the same problem with other operands".to_owned(),
        (true, times) => format!("the same problem {times} times with other operands"),
        (false, 1) => other.to_string(),
        (false, times) => format!("{times} times {other}"),
    });
    each.collect::<Vec<_>>().join(", then ")
}

/// A backend whose past is asked about.
pub struct Looking<'a> {
    /// The backend that is believed.
    pub reference: &'a dyn Backend,
    /// The backend that fails.
    pub backend: &'a dyn Backend,
    /// How operands are filled and outputs judged.
    pub settings: Settings,
}

impl fmt::Debug for Looking<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Looking({}, {:?})", self.backend.name(), self.settings)
    }
}

impl<'a> Looking<'a> {
    /// An examiner whose backend has computed `before`, and nothing else.
    ///
    /// # Errors
    /// A backend can't be started.
    pub fn after(&self, before: &[Before]) -> Result<Examiner<'a>, BackendError> {
        let mut examiner = Examiner::fresh(self.reference, self.backend, self.settings)?;
        let mut operands = Operands::default();
        for Before { problem, seed, times } in before {
            for time in 0..*times {
                operands.fill(problem, self.settings.fill, seed.wrapping_add(u64::from(time)));
                examiner.run_only(operands.case(problem));
            }
        }
        Ok(examiner)
    }

    fn verdict(&self, before: &[Before], problem: &Problem) -> Result<Verdict, BackendError> {
        Ok(self.after(before)?.examine(problem).verdict)
    }

    fn fails(&self, before: &[Before], problem: &Problem) -> Result<bool, BackendError> {
        Ok(self.verdict(before, problem)?.is_failure())
    }

    /// Whether a problem passes as the first that a session computes.
    ///
    /// # Errors
    /// As [`Looking::after`].
    pub fn passes_alone(&self, problem: &Problem) -> Result<bool, BackendError> {
        Ok(matches!(self.verdict(&[], problem)?, Verdict::Agrees | Verdict::Rounds))
    }

    /// Looks at problems that `failed`, one after the other: what there is to say of the past, or none where the failures are the
    /// problems' own. `company` are problems of which some may have to come before.
    ///
    /// # Errors
    /// As [`Looking::after`].
    pub fn look(&self, failed: &[Problem], company: &[Problem]) -> Result<Option<Past>, BackendError> {
        let mut passing = Vec::new();
        let mut alone = 0;
        for problem in failed.iter().take(LOOKS) {
            alone += 1;
            if self.passes_alone(problem)? {
                passing.push(*problem);
            }
            if passing.is_empty() && alone == SURE {
                break;
            }
        }
        let Some(first) = passing.first() else { return Ok(None) };
        let past = Past { alone, pass: passing.len(), problem: *first, before: Vec::new() };
        for problem in passing.iter().take(SEARCHED) {
            if let Some(before) = self.before(problem, company)? {
                let (problem, before) = self.smaller(*problem, before)?;
                return Ok(Some(Past { problem, before, ..past }));
            }
        }
        Ok(Some(past))
    }

    /// What has to come before `problem`, which passes alone, for it to fail; none where nothing was found that it always fails after.
    ///
    /// # Errors
    /// As [`Looking::after`].
    pub fn before(&self, problem: &Problem, company: &[Problem]) -> Result<Option<Vec<Before>>, BackendError> {
        let again = |times| vec![Before { problem: *problem, seed: self.settings.seed.wrapping_add(1), times }];
        if self.confirmed(&again(1), problem)? {
            return Ok(Some(again(1)));
        }
        let one = |problem: &Problem| Before { problem: *problem, seed: self.settings.seed, times: 1 };
        let company: Vec<Before> = company.iter().filter(|other| *other != problem).take(COMPANY).map(one).collect();
        if let Some(few) = self.few_of(company, problem)?
            && self.confirmed(&few, problem)?
        {
            return Ok(Some(few));
        }
        let affordable = |times: &u32| problem.work().saturating_mul(u64::from(*times)) <= TIMES_WORK;
        let mut passes = 1;
        for times in TIMES.into_iter().filter(affordable) {
            if !self.fails(&again(times), problem)? {
                passes = times;
                continue;
            }
            let mut fails = times;
            while fails - passes > 1 {
                let middle = passes.midpoint(fails);
                if self.fails(&again(middle), problem)? { fails = middle } else { passes = middle }
            }
            return Ok(if self.confirmed(&again(fails), problem)? { Some(again(fails)) } else { None });
        }
        Ok(None)
    }

    /// A smaller problem than one that fails after itself, which does so too; others are left as they are.
    fn smaller(&self, problem: Problem, before: Vec<Before>) -> Result<(Problem, Vec<Before>), BackendError> {
        let [Before { problem: other, seed, times: 1 }] = before[..] else { return Ok((problem, before)) };
        if other != problem {
            return Ok((problem, before));
        }
        // In one session, for a process a problem takes long; what comes out is confirmed.
        let twice = Twice { backend: self.backend, settings: self.settings };
        let mut examiner = Examiner::new(self.reference, &twice, self.settings)?;
        let symptom = Symptom::of(&examiner.examine(&problem));
        let shrunk = symptom.and_then(|symptom| shrink(&mut examiner, &problem, &symptom, SHRINK_CALLS).ok());
        let Some(smaller) = shrunk.map(|shrunk| shrunk.problem) else { return Ok((problem, before)) };
        let itself = vec![Before { problem: smaller, seed, times: 1 }];
        Ok(if self.confirmed(&itself, &smaller)? { (smaller, itself) } else { (problem, before) })
    }

    /// A few of `all` after which `problem` fails, if it does after all of them: halves as long as one of them will do, then one by one.
    fn few_of(&self, mut all: Vec<Before>, problem: &Problem) -> Result<Option<Vec<Before>>, BackendError> {
        if all.is_empty() || !self.fails(&all, problem)? {
            return Ok(None);
        }
        while all.len() > 1 {
            let behind = all.split_off(all.len() / 2);
            if self.fails(&behind, problem)? {
                all = behind;
            } else if !self.fails(&all, problem)? {
                all.extend(behind);
                break;
            }
        }
        let mut at = 0;
        while all.len() > 1 && at < all.len() && all.len() <= 4 * FEW {
            let left = all.remove(at);
            if !self.fails(&all, problem)? {
                all.insert(at, left);
                at += 1;
            }
        }
        Ok((all.len() <= FEW).then_some(all))
    }

    /// Whether `problem` passes alone and fails after `before`, each time.
    fn confirmed(&self, before: &[Before], problem: &Problem) -> Result<bool, BackendError> {
        for _ in 0..CONFIRMED {
            if !self.fails(before, problem)? || !self.passes_alone(problem)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What comes of `problem` after `before`, with the examiner that saw it.
    ///
    /// # Errors
    /// As [`Looking::after`].
    pub fn observe(&self, before: &[Before], problem: &Problem) -> Result<(Examiner<'a>, Observation), BackendError> {
        let mut examiner = self.after(before)?;
        let observation = examiner.examine(problem);
        Ok((examiner, observation))
    }
}
