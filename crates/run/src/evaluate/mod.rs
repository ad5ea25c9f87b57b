//! Evaluation: the whole chain, from sweep to explanation, over defects of which the truth is known.
//!
//! Each planted defect is swept over a space, its findings are shrunk and explained, as `convdiff sweep` does it, and what
//! comes out is held against what the defect says of itself ([`Planted`]). Nothing is passed on to the chain but the
//! backend.
//!
//! - *minimal*: no smaller problem shows it, of all problems that are no larger than the repro in any parameter, or by one
//!   ([`Minimal`]).
//! - *trigger*: whether a problem of the space fails is foretold by the triggers of all findings together. Where the
//!   predicate holds and nothing shows (a dropped tap that lies in the padding), both answers are right.
//! - *region* and *story*: of the finding with most problems, in the words that the defect declares. Where the elements
//!   that it spoils depend on the pads, the region must be one that nine in ten of these sets could have.

mod accuracy;
pub mod adaptive;
mod minimum;
pub mod pairs;
pub mod spaces;
mod table;

pub use accuracy::Accuracy;
pub use minimum::Minimal;
pub use table::{Format, random_section, render};

use crate::backend::defect::Planted;
use crate::diagnose::trigger::Trigger;
use crate::judge::{Region, RegionShape, Settings, common};
use crate::problem::{Condition, Problem};
use crate::run::{MapKind, Outcome, Plan, Points, Reported, Run, RunError, Sitting};
use crate::sweep::SweepError;
use crate::sweep::folder::FAILURES;
use spaces::EvaluationSpace;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Seconds that a defect in a process of its own has for one problem: those that stall do so often.
const DEADLINE: f64 = 0.3;

/// How much of the chain's work is allowed, and on what.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Runs that shrinking one finding may take.
    pub shrink_calls: u64,
    /// Problems that may be run to explain one.
    pub explain_calls: usize,
    /// Seed of operands, samples and questions.
    pub seed: u64,
    /// Threads and program.
    pub sitting: Sitting,
}

/// What the chain made of one defect, next to the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The defect's name as a backend.
    pub defect: String,
    /// Its predicate.
    pub predicate: String,
    /// Name of the space.
    pub space: String,
    /// Problems swept.
    pub problems: u64,
    /// Of these, how many it shows on by its own account.
    pub shows: u64,
    /// Findings that its failures were taken for.
    pub findings: usize,
    /// Problems that were run up to the first that failed, this one included.
    pub found_after: Option<u64>,
    /// The repro's problem.
    pub smallest: Option<Problem>,
    /// Whether it is the smallest there is.
    pub minimal: Option<Minimal>,
    /// The triggers of all findings, one beside the other.
    pub triggers: Vec<Condition>,
    /// How well they foretell failures.
    pub accuracy: Accuracy,
    /// Shape of the region; none without an output.
    pub shape: Option<String>,
    /// Whether it is the defect's.
    pub region_right: bool,
    /// What the taps tell.
    pub story: Option<String>,
    /// Whether that is what the defect does.
    pub story_right: bool,
    /// Runs of the backend: sweep, shrinking, questions, taps.
    pub calls: u64,
    /// Seconds for all of it, the comparison with the truth not included.
    pub seconds: f64,
}

impl Row {
    /// Whether anything should be found.
    pub fn is_defect(&self) -> bool {
        self.shows > 0
    }

    /// Whether it was found, or is none and wasn't.
    pub fn found(&self) -> bool {
        self.is_defect() == self.found_after.is_some()
    }

    /// Whether the repro is proved to be the smallest.
    pub fn minimal(&self) -> bool {
        !self.is_defect() || self.minimal == Some(Minimal::Yes)
    }

    /// What is not as it is planted.
    pub fn wrong(&self) -> Vec<&'static str> {
        let all = [
            ("not found", self.found()),
            ("not minimal", self.minimal()),
            ("trigger", self.accuracy.is_exact()),
            ("region", self.region_right),
            ("story", self.story_right),
        ];
        all.into_iter().filter(|(_, right)| !right).map(|(what, _)| what).collect()
    }

    /// Whether all is as it is planted.
    pub fn right(&self) -> bool {
        self.wrong().is_empty()
    }
}

/// Runs the whole chain over `planted` on `space`, in a folder of its own that is removed, and compares.
///
/// # Errors
/// The backend can't be started, or the folder can't be written.
pub fn evaluate(planted: &dyn Planted, space: &EvaluationSpace, settled: &Settled) -> Result<Row, RunError> {
    let began = Instant::now();
    let (points, outcome, first) = swept(planted.name(), space, settled)?;
    let seconds = began.elapsed().as_secs_f64();
    let found_after = first.map(|first| {
        let before =
            (0..points.len()).map(|position| points.at(position, None)).take_while(|(index, _)| *index != first);
        1 + before.filter(|(_, point)| point.is_ok()).count() as u64
    });
    let triggers: Vec<Condition> = outcome.findings.iter().filter_map(trigger).map(|t| t.condition.clone()).collect();
    let foretold = |problem: &Problem| triggers.iter().any(|trigger| trigger.holds(problem));
    let accuracy = accuracy::over(&points, &|p| planted.shows(p), &|p| planted.could_show(p), &foretold);
    let shows = accuracy.foretold + accuracy.missed;
    let main = outcome.findings.first();
    let has_output = main.is_some_and(|main| main.repro.region.is_some());
    let shape = main.filter(|_| has_output).map(|main| main.finding.symptom.shape.clone());
    let story = main.and_then(|main| main.explanation.as_ref()?.taps_in_words());
    let settings = Settings { seed: settled.seed, ..Settings::default() };
    let minimal = match main {
        Some(main) => Some(minimum::check(planted, &main.repro.problem, &main.finding.symptom, settings)?),
        None => None,
    };
    Ok(Row {
        defect: planted.name().to_owned(),
        predicate: planted.predicate(),
        space: space.name.clone(),
        problems: outcome.tally.problems,
        shows,
        findings: outcome.findings.len(),
        found_after,
        smallest: main.map(|main| main.repro.problem),
        minimal,
        accuracy,
        region_right: match &shape {
            Some(shape) => planted.shapes().contains(&shape.as_str()) || fits(planted, &points, shape),
            None => planted.shapes().is_empty() || shows == 0,
        },
        shape,
        story_right: shows == 0 || planted.story().is_empty() || tells(main, planted.story()),
        story,
        calls: outcome.tally.problems + outcome.findings.iter().map(calls).sum::<u64>(),
        seconds,
        triggers,
    })
}

/// Sweeps the backend of that name over `space` as `convdiff sweep` does, in a folder of its own that is removed: the points, the
/// outcome, and the index of the first failure.
fn swept(name: &str, space: &EvaluationSpace, settled: &Settled) -> Result<(Points, Outcome, Option<u64>), RunError> {
    let folder = tempfile::tempdir().map_err(SweepError::io("making", &std::env::temp_dir()))?;
    let path = folder.path().join("run");
    let plan = Plan {
        name: space.name.clone(),
        range: None,
        sample: space.sample,
        adaptive: None,
        condition: None,
        reference: "exact".to_owned(),
        backends: vec![name.to_owned()],
        fill: Some(crate::operands::Fill::Integers),
        seed: settled.seed,
        strict: false,
        map: MapKind::Failures,
        isolate: false,
        deadline: DEADLINE,
        shrink_calls: settled.shrink_calls,
        explain_calls: settled.explain_calls,
        space: Some(space.axes.clone()),
    };
    let points = plan.points(Arc::default())?;
    let outcome =
        Run::begin(&path, plan, Arc::default(), &settled.sitting)?.go(&AtomicBool::new(false), &mut |_| ())?;
    let first = first_failure(&path.join(FAILURES))?;
    Ok((points, outcome, first))
}

fn trigger(reported: &Reported) -> Option<&Trigger> {
    reported.explanation.as_ref()?.trigger.as_ref()
}

/// Problems on which a region is compared with what a defect spoils there.
const COMPARED: usize = 200;

/// Whether this is the tightest shape that the sets of elements have in common that a defect spoils, or one as tight that nine in ten could have.
fn fits(planted: &dyn Planted, points: &Points, shape: &str) -> bool {
    let problems = (0..points.len()).filter_map(|position| points.at(position, None).1.ok());
    let shown = problems.filter(|problem| planted.holds(problem) && planted.shows(problem));
    let regions = shown.take(COMPARED).map_while(|problem| Some(Region::of(&problem, &planted.spoils(&problem)?)));
    let regions: Vec<Region> = regions.collect();
    let Some(common) = common(&regions.iter().collect::<Vec<_>>()) else { return false };
    // Behind a tensor's end nothing can be wrong, which the diagnosis knows and these sets don't: a name that leaves no more open.
    let holds = |shape: RegionShape| {
        let fitting = regions.iter().filter(|region| region.could_be(&shape)).count();
        shape.freedom() <= common.freedom() && 10 * fitting >= 9 * regions.len()
    };
    common.to_string() == shape || shape.parse().is_ok_and(holds)
}

/// Whether what is told of each wrong element is one of these.
fn tells(reported: Option<&Reported>, story: &[&str]) -> bool {
    let taps = reported.and_then(|reported| reported.explanation.as_ref()?.taps.as_ref());
    let right = |told: &str| story.iter().any(|part| told.contains(part));
    match taps {
        Some(Ok(told)) => told.story.parts.iter().all(|(part, _)| right(part)),
        Some(Err(error)) => right(&error.to_string()),
        None => false,
    }
}

fn calls(reported: &Reported) -> u64 {
    let shrunk = reported.repro.shrunk.map_or(0, |proof| proof.runs);
    let taps = reported.explanation.as_ref().and_then(|explanation| explanation.taps.as_ref()?.as_ref().ok());
    shrunk + trigger(reported).map_or(0, |trigger| trigger.calls as u64) + taps.map_or(0, |told| told.runs)
}

/// Index of the first row of `failures.csv`.
fn first_failure(path: &Path) -> Result<Option<u64>, SweepError> {
    let damaged = |reason: String| SweepError::Damaged { path: path.to_owned(), reason };
    let mut reader = csv::Reader::from_path(path).map_err(|error| damaged(error.to_string()))?;
    match reader.records().next() {
        None => Ok(None),
        Some(record) => {
            let record = record.map_err(|error| damaged(error.to_string()))?;
            let index = record.get(0).and_then(|index| index.parse().ok());
            index.map(Some).ok_or_else(|| damaged("its first row has no index".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests;
