//! Two planted defects in one backend: told apart as two findings, each with its own trigger?
//!
//! A trigger is a defect's own if it foretells where that one shows, on all problems where the other doesn't: what fails for
//! either is right under both.

use super::accuracy::{self, Accuracy};
use super::spaces::EvaluationSpace;
use super::{Settled, swept};
use crate::backend::BackendError;
use crate::backend::defect::{self, Defect, Several};
use crate::problem::{Condition, Problem};
use crate::run::{Points, RunError};

/// What the chain made of two defects at once.
#[derive(Clone, Debug, PartialEq)]
pub struct PairRow {
    /// The backend's name.
    pub name: String,
    /// Findings.
    pub findings: usize,
    /// Of each defect, the trigger nearest to its predicate, and how it foretells where this one shows; none where all are
    /// taken.
    pub own: [Option<(Condition, Accuracy)>; 2],
    /// The triggers of further findings.
    pub others: Vec<Condition>,
}

impl PairRow {
    /// Whether it came out as two findings.
    pub fn two(&self) -> bool {
        self.findings == 2
    }

    /// How many of the two have an exact trigger of their own.
    pub fn exact(&self) -> usize {
        self.own.iter().flatten().filter(|(_, accuracy)| accuracy.is_exact()).count()
    }

    /// Whether all is as it is planted.
    pub fn right(&self) -> bool {
        self.two() && self.exact() == 2
    }
}

/// The pairs worth telling apart on `points`: each defect shows there, also on problems where the other doesn't, and runs in
/// this process.
pub fn pairs(points: &Points) -> Vec<[&'static Defect; 2]> {
    let problems: Vec<Problem> = (0..points.len()).filter_map(|position| points.at(position, None).1.ok()).collect();
    let alone = |one: &Defect, other: &Defect| {
        problems.iter().filter(|problem| (one.visible)(problem) && !(other.predicate)(problem)).take(APART).count()
            == APART
    };
    let defects: Vec<&Defect> = defect::all().iter().filter(|defect| !defect.isolated_only).collect();
    let mut found = Vec::new();
    for (place, one) in defects.iter().enumerate() {
        let others = defects[place + 1..].iter().filter(|other| alone(one, other) && alone(other, one));
        found.extend(others.map(|other| [*one, *other]));
    }
    found
}

/// Problems that one defect must show on without the other: fewer are no finding of their own.
const APART: usize = 20;

/// Runs the whole chain over a backend with both defects on `space`, and compares.
///
/// # Errors
/// The two don't go together, or the folder can't be written.
pub fn evaluate(pair: [&Defect; 2], space: &EvaluationSpace, settled: &Settled) -> Result<PairRow, RunError> {
    let bare = |defect: &Defect| defect.name.trim_start_matches(defect::PREFIX);
    let name = format!("{}{}+{}", defect::PREFIX, bare(pair[0]), bare(pair[1]));
    Several::named(&name).map_err(|error: BackendError| error)?;
    let (points, outcome, _) = swept(&name, space, settled)?;
    let mut left: Vec<Condition> =
        outcome.findings.iter().filter_map(super::trigger).map(|trigger| trigger.condition.clone()).collect();
    let of = |this: usize, condition: &Condition| {
        let (one, other) = (pair[this], pair[1 - this]);
        let shows = |problem: &Problem| (one.visible)(problem) && !(other.visible)(problem);
        accuracy::over(&points, &shows, &|problem| !(one.predicate)(problem), &|problem| condition.holds(problem))
    };
    let mut own = [None, None];
    // The best match first, so that one trigger isn't taken for both.
    while own.contains(&None) && !left.is_empty() {
        let open = (0..2).filter(|&this| own[this].is_none());
        let all = open.flat_map(|this| left.iter().enumerate().map(move |(place, condition)| (this, place, condition)));
        let measured = all.map(|(this, place, condition)| (of(this, condition), this, place));
        let best = measured.max_by(|a, b| a.0.f1().total_cmp(&b.0.f1()).then((b.1, b.2).cmp(&(a.1, a.2))));
        let Some((accuracy, this, place)) = best else { break };
        own[this] = Some((left.remove(place), accuracy));
    }
    Ok(PairRow { name, findings: outcome.findings.len(), own, others: left })
}

/// Rates, and the pairs that are not right in all, as Markdown.
pub fn render(rows: &[PairRow]) -> String {
    let of = |right: &dyn Fn(&PairRow) -> bool| rows.iter().filter(|row| right(row)).count();
    let mut text = format!(
        "## Two defects at once\n\nEvery two of the planted defects in one backend, `defect:a+b`, but for those that end the process \
         and those of which one never shows without the other. A trigger is exact if it foretells its defect on all problems \
         where the other doesn't show.\n\nOf {} pairs: {} come out as two findings, {} as one, {} as more; both triggers exact {}, one of them {}, right in all {}.\n",
        rows.len(),
        of(&PairRow::two),
        of(&|row| row.findings == 1),
        of(&|row| row.findings > 2),
        of(&|row| row.exact() == 2),
        of(&|row| row.exact() == 1),
        of(&PairRow::right),
    );
    for row in rows.iter().filter(|row| !row.right()) {
        text += &format!("\n**{}**: {} finding{}\n", row.name, row.findings, if row.findings == 1 { "" } else { "s" });
        for (number, own) in row.own.iter().enumerate() {
            let what = if number == 0 { "first" } else { "second" };
            text += &match own {
                None => format!("- {what}: none is left for it\n"),
                Some((condition, accuracy)) if accuracy.is_exact() => format!("- {what}: exact, `{condition}`\n"),
                Some((condition, accuracy)) => format!(
                    "- {what}: precision {:.4}, recall {:.4}, `{condition}`\n",
                    accuracy.precision(),
                    accuracy.recall()
                ),
            };
        }
        row.others.iter().for_each(|condition| text += &format!("- besides: `{condition}`\n"));
    }
    text
}
