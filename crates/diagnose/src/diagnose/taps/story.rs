//! The taps of wrong elements, compared with what they should be.

use super::probe::Probe;
use crate::faults::element::{Tap, Term, Window, taps};
use crate::faults::prediction::{self, Added, own_bias, right_terms};
use crate::faults::{Element, Fault, FaultId, Prediction};
use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// What happens in wrong output elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// What happens, and in how many of the elements, the most frequent first.
    pub parts: Vec<(String, usize)>,
}

impl Story {
    /// In one sentence.
    pub fn sentence(&self) -> String {
        let elements = |count: usize| if count == 1 { "1 element".to_owned() } else { format!("{count} elements") };
        match &self.parts[..] {
            [(only, _)] => only.clone(),
            parts => {
                let parts: Vec<String> =
                    parts.iter().map(|(what, count)| format!("in {} {what}", elements(*count))).collect();
                parts.join("; ")
            }
        }
    }
}

/// One wrong element, with what it sums.
struct Seen<'a> {
    element: Element,
    terms: &'a BTreeMap<Term, i64>,
    biases: &'a BTreeMap<usize, i64>,
}

/// Elements with what is known of their sums.
struct Sums<'a> {
    problem: &'a Problem,
    elements: &'a [usize],
    probe: &'a Probe,
}

/// Says what happens in `elements` (row-major, ascending), of which `probe` found the taps.
///
/// Each element is explained by itself; the fault that fits most elements is taken first, and then the next for
/// those that are left. Of equals that of `likely` is taken, which explains other problems too, and then the likelier.
pub fn story(problem: &Problem, elements: &[usize], probe: &Probe, likely: Option<FaultId>) -> Story {
    let sums = Sums { problem, elements, probe };
    let all: Vec<Seen<'_>> = elements
        .iter()
        .zip(probe.terms.iter().zip(&probe.biases))
        .map(|(&index, (terms, biases))| Seen { element: Element::at(problem, index), terms, biases })
        .collect();
    let likely = likely.iter().flat_map(|id| id.faults(problem)).filter(|fault| !sums.comes_to_nothing(*fault, &all));
    let faults: Vec<Fault> = likely.chain(Fault::all(problem)).collect();
    // What is one thing here and another there is a story of all elements, or of none.
    let is_mixed = |fault: &&Fault| {
        all.first().is_some_and(|seen| matches!(fault.predict(problem, seen.element), Prediction::OneOf(_)))
    };
    let (mixed, single): (Vec<&Fault>, Vec<&Fault>) = faults.iter().partition(is_mixed);
    let explains_all = |fault: &&Fault| all.iter().all(|seen| sums.fit(**fault, seen));
    let whole = |fault: &Fault| Story { parts: vec![(fault.sentence(), all.len())] };
    if let Some(first) = faults.first().filter(|first| is_mixed(first) && explains_all(first)) {
        return whole(first);
    }
    let mut left: Vec<&Seen<'_>> = all.iter().collect();
    let mut parts = Vec::new();
    while !left.is_empty() {
        let fitting = |fault: Fault| left.iter().filter(|seen| sums.fit(fault, seen)).count();
        // The first of the best.
        let best = single.iter().map(|&&fault| (fitting(fault), fault)).reduce(|a, b| if b.0 > a.0 { b } else { a });
        match best {
            Some((count, fault)) if count > 0 => {
                left.retain(|seen| !sums.fit(fault, seen));
                parts.push((fault.sentence(), count));
            }
            _ => {
                let told = |numbers| count(left.iter().map(|seen| difference(problem, seen, numbers)));
                let others = Some(told(true)).filter(|others| others.len() <= MOST_DIFFERENCES);
                parts.extend(others.unwrap_or_else(|| told(false)));
                left.clear();
            }
        }
    }
    parts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    match mixed.into_iter().find(explains_all).filter(|_| parts.len() > 1) {
        Some(mixed) => whole(mixed),
        None => Story { parts },
    }
}

/// More ways than this in which elements differ say no more than that they do.
const MOST_DIFFERENCES: usize = 3;

fn count(texts: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    texts.for_each(|text| *counts.entry(text).or_default() += 1);
    counts
}

type Terms = BTreeMap<Term, i64>;
type Biases = BTreeMap<usize, i64>;

impl Sums<'_> {
    /// Whether what the fault makes of all elements lies beyond the output, which is nothing: that is the simpler story.
    fn comes_to_nothing(&self, fault: Fault, all: &[Seen<'_>]) -> bool {
        let is_beyond = |seen: &Seen<'_>| matches!(fault.predict(self.problem, seen.element), Prediction::Beyond);
        !all.is_empty() && all.iter().all(is_beyond)
    }

    /// Whether a fault explains all that an element sums.
    fn fit(&self, fault: Fault, seen: &Seen<'_>) -> bool {
        self.are(&fault.predict(self.problem, seen.element), seen)
    }

    fn are(&self, prediction: &Prediction<'_>, seen: &Seen<'_>) -> bool {
        match prediction {
            Prediction::Sum { term, biases } => {
                biases.iter().any(|bias| *seen.biases == alone(*bias))
                    && *seen.terms == prediction::terms(self.problem, term)
            }
            Prediction::Beyond => {
                let own = alone(own_bias(self.problem, seen.element));
                seen.terms.is_empty() && (seen.biases.is_empty() || *seen.biases == own)
            }
            Prediction::OnTopOf(before) => before.is_some_and(|before| self.are_on_top_of(before, seen)),
            Prediction::OneOf(choices) => choices.iter().any(|choice| self.are(choice, seen)),
            // These are no sums.
            Prediction::Made(_) | Prediction::Memory => false,
        }
    }

    /// Whether an element sums what it should and on top of that what the element `before` does, as it is or as it should be, with its
    /// bias or without: an accumulator that isn't cleared.
    fn are_on_top_of(&self, before: usize, seen: &Seen<'_>) -> bool {
        let other = Element::at(self.problem, before);
        let should = || (right_terms(self.problem, other), alone(own_bias(self.problem, other)));
        let found = match self.elements.binary_search(&before) {
            Ok(place) => (self.probe.terms[place].clone(), self.probe.biases[place].clone()),
            Err(_) => should(),
        };
        let is_on_top_of = |(mut terms, mut biases): (Terms, Biases)| {
            let own = right_terms(self.problem, seen.element);
            own.into_iter().for_each(|(term, count)| *terms.entry(term).or_default() += count);
            let bias = alone(own_bias(self.problem, seen.element));
            bias.into_iter().for_each(|(channel, count)| *biases.entry(channel).or_default() += count);
            terms == *seen.terms && biases == *seen.biases
        };
        let bare = |(terms, _): (Terms, Biases)| (terms, Biases::new());
        is_on_top_of(found.clone())
            || is_on_top_of(should())
            || is_on_top_of(bare(found))
            || is_on_top_of(bare(should()))
    }
}

/// A bias by itself, as impulses find it.
fn alone(bias: Added) -> Biases {
    bias.into_iter().collect()
}

/// What differs where no reading explains it: taps missing, doubled or added, and the bias; how many, if `numbers` are wanted.
fn difference(problem: &Problem, seen: &Seen<'_>, numbers: bool) -> String {
    let (right, window) = (right_terms(problem, seen.element), Window::of(problem, seen.element));
    let count = |terms: &BTreeMap<Term, i64>, term: &Term| terms.get(term).copied().unwrap_or(0);
    let mut said = Vec::new();
    let missing: Vec<Tap> =
        taps(problem).filter(|&tap| window.right(tap).is_some_and(|term| count(seen.terms, &term) == 0)).collect();
    let doubled = right.keys().filter(|term| count(seen.terms, term) > 1).count();
    let added = seen.terms.keys().filter(|term| !right.contains_key(term)).count();
    let many = |count: usize, what: &str| match (count, numbers) {
        (1, true) => format!("1 {what} is"),
        (count, true) => format!("{count} {what}s are"),
        (_, false) => format!("{what}s are"),
    };
    if !missing.is_empty() {
        let missing = if numbers { name(problem, seen.element, &missing) } else { "taps are".to_owned() };
        said.push(format!("{missing} missing"));
    }
    if doubled > 0 {
        said.push(format!("{} summed more than once", many(doubled, "tap")));
    }
    if added > 0 {
        let belong = if added == 1 && numbers { "belongs" } else { "belong" };
        said.push(format!("{} summed that {belong} elsewhere", many(added, "term")));
    }
    let bias = alone(own_bias(problem, seen.element));
    if *seen.biases != bias {
        said.push(match (bias.is_empty(), seen.biases.is_empty()) {
            (false, true) => "the bias is missing".to_owned(),
            _ if seen.biases.keys().eq(bias.keys()) => "the bias is added more than once".to_owned(),
            _ => "the bias of another channel is added".to_owned(),
        });
    }
    if said.is_empty() { "the taps are right".to_owned() } else { said.join(", and ") }
}

/// Names missing taps as a slice `[channels, kernel rows, kernel columns]`, where they are all the real taps of one.
fn name(problem: &Problem, element: Element, missing: &[Tap]) -> String {
    let sizes = [problem.in_channels_per_group(), problem.kernel.h, problem.kernel.w].map(|size| size as usize);
    let parts = |tap: &Tap| [tap.channel, tap.row, tap.column];
    let window = Window::of(problem, element);
    let real: Vec<Tap> = taps(problem).filter(|&tap| window.right(tap).is_some()).collect();
    let bounds: [(usize, usize); 3] = std::array::from_fn(|dimension| {
        let at = || missing.iter().map(|tap| parts(tap)[dimension]);
        (at().min().unwrap_or(0), at().max().unwrap_or(0))
    });
    let inside = |tap: &&Tap| parts(tap).iter().zip(bounds).all(|(at, (first, last))| (first..=last).contains(at));
    let all: BTreeSet<Tap> = real.iter().filter(inside).copied().collect();
    if all.len() != missing.len() {
        return format!("{} taps are", missing.len());
    }
    let end = |dimension: usize| bounds[dimension] == (sizes[dimension] - 1, sizes[dimension] - 1);
    let whole = |dimension: usize| {
        // Whole as far as taps are real: what lies in a pad isn't missed.
        let at = || real.iter().map(|tap| parts(tap)[dimension]);
        bounds[dimension] == (at().min().unwrap_or(0), at().max().unwrap_or(0)) || sizes[dimension] == 1
    };
    if missing.len() == 1 && (0..3).all(|dimension| end(dimension) || sizes[dimension] == 1) {
        return "the last tap is".to_owned();
    }
    let slice = |dimension: usize| {
        let (first, last) = bounds[dimension];
        match (whole(dimension), first == last, last + 1 == sizes[dimension]) {
            (true, ..) => ":".to_owned(),
            (_, true, true) => "-1".to_owned(),
            (_, true, false) => first.to_string(),
            (_, false, true) => format!("-{}:", sizes[dimension] - first),
            (_, false, false) => format!("{first}:{}", last + 1),
        }
    };
    let slices = [slice(0), slice(1), slice(2)];
    match slices.each_ref().map(String::as_str) {
        [":", ":", "-1"] => "the taps of the last kernel column are".to_owned(),
        [":", "-1", ":"] => "the taps of the last kernel row are".to_owned(),
        [":", ":", "0"] => "the taps of the first kernel column are".to_owned(),
        [":", "0", ":"] => "the taps of the first kernel row are".to_owned(),
        [channels, ":", ":"] => format!("the taps of the group's input channels [{channels}] are"),
        [channels, rows, columns] => {
            format!("the taps [{channels}, {rows}, {columns}] of channels, kernel rows and kernel columns are")
        }
    }
}
