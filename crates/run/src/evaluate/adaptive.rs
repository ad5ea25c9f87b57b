//! How much of a whole map a trigger foretells that was learnt from a small part of it, chosen adaptively or at random.
//!
//! Nothing is run: the verdict on a problem is what the defect says of itself, which tests hold to what it does. So the
//! table takes minutes, and can be made for spaces of any size that can be walked.

use super::accuracy::{self, Accuracy};
use super::spaces::EvaluationSpace;
use crate::backend::defect::Planted;
use crate::diagnose::trigger::{self, Options, Silent};
use crate::problem::space::{Permutation, Space};
use crate::problem::{Condition, Problem};
use crate::run::adaptive::{Coverage, search};
use crate::run::{PlanError, Points, RunError};
use std::convert::Infallible;

/// Shares of a space's points that the table is made for, in percent.
pub const SHARES: [u64; 3] = [1, 5, 20];

/// Problems that a trigger is learnt from, at most: as many of each verdict as a run's explanation takes.
const LEARNT_FROM: [usize; 2] = [1500, 4000];

/// What one budget gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    /// Problems run.
    pub problems: u64,
    /// How many of them fail.
    pub failing: u64,
    /// How the trigger learnt from them foretells the whole space.
    pub accuracy: Accuracy,
}

/// One defect, both ways, for each share.
#[derive(Clone, Debug, PartialEq)]
pub struct AdaptiveRow {
    /// The defect.
    pub defect: String,
    /// Name of the space.
    pub space: String,
    /// Its points.
    pub points: u64,
    /// Points that fail.
    pub shows: u64,
    /// Adaptive, then random.
    pub spent: Vec<[Spent; 2]>,
    /// What the smallest adaptive budget covers.
    pub coverage: Coverage,
}

/// Compares adaptive and random choice of so many percent of the points, for `planted` on the whole of `space`.
///
/// # Errors
/// The axes make no space.
pub fn compare(
    planted: &dyn Planted,
    space: &EvaluationSpace,
    shares: &[u64],
    seed: u64,
) -> Result<AdaptiveRow, RunError> {
    let axes = Space::new(space.axes.clone()).map_err(PlanError::from)?;
    let fails = |problem: &Problem| planted.holds(problem) && planted.shows(problem);
    let all: Vec<u64> = (0..axes.len()).collect();
    let points = Points::Chosen(Box::new(axes.clone()), all);
    let judge = |indices: &[u64]| {
        let sample: Vec<(Problem, bool)> = indices
            .iter()
            .filter_map(|&index| axes.problem(index).ok())
            .map(|problem| (problem, fails(&problem)))
            .collect();
        let failing = sample.iter().filter(|(_, fails)| *fails).count() as u64;
        let trigger = learn(&sample, seed);
        let foretold = |problem: &Problem| trigger.as_ref().is_some_and(|trigger| trigger.holds(problem));
        let accuracy = accuracy::over(&points, &|p| planted.shows(p), &|p| planted.could_show(p), &foretold);
        Spent { problems: sample.len() as u64, failing, accuracy }
    };
    let mut row = AdaptiveRow {
        defect: planted.name().to_owned(),
        space: space.name.clone(),
        points: axes.len(),
        shows: 0,
        spent: Vec::new(),
        coverage: Coverage::default(),
    };
    for share in shares {
        let budget = axes.len() * share / 100;
        let chosen = search(&axes, None, budget, seed, |round: &[(u64, Problem)]| {
            Ok::<_, Infallible>(round.iter().map(|(_, problem)| fails(problem)).collect())
        });
        let Ok(chosen) = chosen;
        let order = Permutation::new(axes.len(), seed);
        let drawn = (0..axes.len()).map(|place| order.image(place)).filter(|&index| axes.problem(index).is_ok());
        let random: Vec<u64> = drawn.take(chosen.indices.len()).collect();
        if row.spent.is_empty() {
            row.coverage = chosen.coverage;
        }
        row.spent.push([judge(&chosen.indices), judge(&random)]);
    }
    row.shows = row.spent.first().map_or(0, |[spent, _]| spent.accuracy.foretold + spent.accuracy.missed);
    Ok(row)
}

/// The trigger of a map alone: no questions, which would be runs that the budget doesn't have.
fn learn(sample: &[(Problem, bool)], seed: u64) -> Option<Condition> {
    let order = Permutation::new(sample.len() as u64, seed);
    let mut left = LEARNT_FROM;
    let drawn = (0..sample.len() as u64).map(|place| sample[order.image(place) as usize]);
    let examples: Vec<(Problem, bool)> = drawn
        .filter(|(_, fails)| {
            let left = &mut left[usize::from(!fails)];
            *left = left.saturating_sub(1);
            *left > 0
        })
        .collect();
    trigger::explain(&examples, &mut Silent, &Options { budget: 0, seed }).map(|trigger| trigger.condition)
}

/// The table of rows for [`SHARES`], as Markdown.
pub fn render(rows: &[AdaptiveRow], command: &str) -> String {
    let mut text = format!(
        "# Adaptive sweeps against random samples\n\nA trigger is learnt from a part of a space and foretells the rest. In \
         each cell: the share of all failing problems that it foretells (recall), and after the slash the share of its \
         alarms that are right (precision), in percent; `-` where nothing that fails was met. *a* is `sweep --adaptive` with \
         a budget of 1, 5 and 20 % of the space's points, *r* a random sample of as many problems. Both learn from the map \
         alone: 1,500 failing and 4,000 passing problems at most. Written by\n\n```sh\n{command}\n```\n\n"
    );
    let heads = SHARES.iter().flat_map(|share| ["a", "r"].map(|way| format!("{way} {share} %")));
    let head: Vec<String> = ["defect", "space", "points", "shows on", "pairs", "triples"]
        .into_iter()
        .map(str::to_owned)
        .chain(heads)
        .collect();
    text += &format!("| {} |\n|{}\n", head.join(" | "), " --- |".repeat(head.len()));
    let count = crate::report::count;
    for row in rows {
        let c = row.coverage;
        let cells = row.spent.iter().flatten().map(cell);
        let cells: Vec<String> = [
            row.defect.clone(),
            row.space.clone(),
            count(row.points),
            count(row.shows),
            format!("{} of {}", count(c.pairs), count(c.all_pairs)),
            format!("{} of {}", count(c.triples), count(c.all_triples)),
        ]
        .into_iter()
        .chain(cells)
        .collect();
        text += &format!("| {} |\n", cells.join(" | "));
    }
    let mean = |share: usize, way: usize| {
        let recall: f64 =
            rows.iter().filter_map(|row| row.spent.get(share)).map(|spent| spent[way].accuracy.f1()).sum();
        100.0 * recall / rows.len().max(1) as f64
    };
    text += "\nMean over the defects of the harmonic mean of both:";
    for (place, share) in SHARES.iter().enumerate() {
        text += &format!(
            " at {share} % adaptive {:.1}, random {:.1}{}",
            mean(place, 0),
            mean(place, 1),
            if place == 2 { ".\n" } else { ";" }
        );
    }
    text +=
        "Pairs and triples are those that the adaptive 1 % covers, of those that occur among 65,536 problems drawn.\n";
    text
}

fn cell(spent: &Spent) -> String {
    if spent.failing == 0 {
        return "-".to_owned();
    }
    format!("{:.1}/{:.1}", 100.0 * spent.accuracy.recall(), 100.0 * spent.accuracy.precision())
}
