//! The taps of wrong elements, compared with what they should be.

use super::bias::WrongBias;
use super::kind::Kind;
use super::probe::{Probe, Term};
use super::reading::{Element, Mixed, Reading, Tap};
use super::start::Start;
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
    index: usize,
    element: Element,
    terms: &'a BTreeMap<Term, i64>,
    biases: &'a BTreeMap<usize, i64>,
}

/// Says what happens in `elements` (row-major, ascending), of which `probe` found the taps.
///
/// Each element is explained by itself; the explanation that fits most elements is taken first, and then the next for
/// those that are left. Of equals the one of kind `likely` is taken, which explains other problems too.
pub fn story(problem: &Problem, elements: &[usize], probe: &Probe, likely: Option<Kind>) -> Story {
    let all: Vec<Seen<'_>> = elements
        .iter()
        .zip(probe.terms.iter().zip(&probe.biases))
        .map(|(&index, (terms, biases))| Seen { index, element: element(problem, index), terms, biases })
        .collect();
    let mut left: Vec<&Seen<'_>> = all.iter().collect();
    let mut biases = likely.and_then(Kind::bias).into_iter().chain(WrongBias::ALL);
    if let Some(wrong) =
        biases.find(|wrong| problem.bias && !left.is_empty() && left.iter().all(|seen| has_bias(problem, seen, *wrong)))
    {
        return Story { parts: vec![(wrong.sentence().to_owned(), left.len())] };
    }
    if let Some(times) = likely.and_then(Kind::times)
        && all.iter().all(|seen| has_times(problem, seen, times))
    {
        return Story { parts: vec![(times_said(times).to_owned(), all.len())] };
    }
    let starts = |start: Start| {
        all.iter()
            .all(|seen| starts_from(problem, seen, &|index| sums(problem, (elements, probe), index)) == Some(start))
    };
    if let Some(start) = likely.and_then(Kind::start).filter(|start| !all.is_empty() && starts(*start)) {
        return Story { parts: vec![(start.sentence().to_owned(), elements.len())] };
    }
    let mixed = |mixed: &Mixed| all.iter().all(|seen| is_mixed(problem, *mixed, seen));
    if let Some(mixed) = likely.and_then(Kind::mixed).filter(mixed) {
        return Story { parts: vec![(mixed.sentence().to_owned(), elements.len())] };
    }
    // What belongs beyond the output is nothing; where that is all there is, it is the simpler story.
    let comes_to_nothing = |reading: &Reading| {
        let is_nothing = |seen: &Seen<'_>| reading.source(problem, seen.element).is_none();
        matches!(reading, Reading::Written(_)) && !all.is_empty() && all.iter().all(is_nothing)
    };
    let likely = likely.iter().flat_map(|kind| kind.readings(problem));
    let mut readings: Vec<Reading> = likely.filter(|reading| !comes_to_nothing(reading)).collect();
    readings.extend(Reading::all(problem));
    let mut parts = Vec::new();
    while !left.is_empty() {
        let fitting = |reading: Reading| left.iter().filter(|seen| fits(problem, reading, seen)).count();
        // The first of the best: readings come in the order of their likelihood.
        let best =
            readings.iter().map(|&reading| (fitting(reading), reading)).reduce(|a, b| if b.0 > a.0 { b } else { a });
        match best {
            Some((count, reading)) if count > 0 => {
                left.retain(|seen| !fits(problem, reading, seen));
                parts.push((reading.sentence(), count));
            }
            _ => {
                let sums = |index: usize| sums(problem, (elements, probe), index);
                let starts =
                    |seen: &Seen<'_>| starts_from(problem, seen, &sums).map(|start| start.sentence().to_owned());
                let told =
                    |seen: &Seen<'_>, numbers| starts(seen).unwrap_or_else(|| difference(problem, seen, numbers));
                let mut others = count(left.iter().map(|seen| told(seen, true)));
                if others.len() > MOST_DIFFERENCES {
                    others = count(left.iter().map(|seen| told(seen, false)));
                }
                left.clear();
                parts.extend(others);
            }
        }
    }
    parts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    if parts.len() > 1
        && let Some(mixed) = Mixed::ALL.into_iter().find(mixed)
    {
        return Story { parts: vec![(mixed.sentence().to_owned(), elements.len())] };
    }
    Story { parts }
}

/// Whether one of the wrong choices there are explains all that an element sums.
fn is_mixed(problem: &Problem, mixed: Mixed, seen: &Seen<'_>) -> bool {
    mixed.choices(problem, seen.element).any(|reading| fits(problem, reading, seen))
}

/// More ways than this in which elements differ say no more than that they do.
const MOST_DIFFERENCES: usize = 3;

fn count(texts: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    texts.for_each(|text| *counts.entry(text).or_default() += 1);
    counts
}

type Sums = (BTreeMap<Term, i64>, BTreeMap<usize, i64>);

/// What an element sums: as was found where it was asked for, and else as it should.
fn sums(problem: &Problem, (elements, probe): (&[usize], &Probe), index: usize) -> Sums {
    match elements.binary_search(&index) {
        Ok(place) => (probe.terms[place].clone(), probe.biases[place].clone()),
        Err(_) => {
            let element = element(problem, index);
            (terms(problem, Reading::Right, element), own_bias(problem, element))
        }
    }
}

/// Whether an element sums what it should and on top of that what an element before it does, as it is or as it should be: an accumulator that isn't cleared.
fn starts_from(problem: &Problem, seen: &Seen<'_>, sums: &dyn Fn(usize) -> Sums) -> Option<Start> {
    Start::ALL.into_iter().find(|start| {
        let Some(before) = start.before(problem, seen.index) else { return false };
        let other = element(problem, before);
        let is_of_it = |(mut terms, mut biases): Sums| {
            let (own, bias) = (self::terms(problem, Reading::Right, seen.element), own_bias(problem, seen.element));
            own.into_iter().for_each(|(term, count)| *terms.entry(term).or_default() += count);
            bias.into_iter().for_each(|(channel, count)| *biases.entry(channel).or_default() += count);
            terms == *seen.terms && biases == *seen.biases
        };
        let right = || terms(problem, Reading::Right, other);
        let bare = |(terms, _): Sums| (terms, BTreeMap::new());
        is_of_it(sums(before))
            || is_of_it((right(), own_bias(problem, other)))
            || is_of_it(bare(sums(before)))
            || is_of_it((right(), BTreeMap::new()))
    })
}

pub(super) fn element(problem: &Problem, index: usize) -> Element {
    let output = problem.output();
    let shape = [problem.batch as usize, problem.out_channels as usize, output.h as usize, output.w as usize];
    let [image, channel, row, column] = crate::judge::position(shape, index);
    Element { image, channel, row, column }
}

/// The terms of an element under a reading.
pub(super) fn terms(problem: &Problem, reading: Reading, element: Element) -> BTreeMap<Term, i64> {
    let mut terms = BTreeMap::new();
    for (tap, term) in reading.terms(problem, element) {
        *terms.entry(term).or_default() += reading.times(problem, tap);
    }
    terms
}

/// The bias that an element should get.
fn own_bias(problem: &Problem, element: Element) -> BTreeMap<usize, i64> {
    if problem.bias { BTreeMap::from([(element.channel, 1)]) } else { BTreeMap::new() }
}

/// Whether a reading explains all that an element sums. Where nothing is summed, a bias isn't either, as a rule.
fn fits(problem: &Problem, reading: Reading, seen: &Seen<'_>) -> bool {
    let bias = *seen.biases == own_bias(problem, seen.element)
        || *seen.biases
            == reading.source(problem, seen.element).map_or_else(BTreeMap::new, |from| own_bias(problem, from))
        || (reading == Reading::Nothing && seen.biases.is_empty());
    bias && *seen.terms == terms(problem, reading, seen.element)
}

/// Whether the taps are right and the bias is wrong in this way.
fn has_bias(problem: &Problem, seen: &Seen<'_>, wrong: WrongBias) -> bool {
    *seen.biases == wrong.added(problem, seen.element) && *seen.terms == terms(problem, Reading::Right, seen.element)
}

/// Whether every tap is summed so many times, whatever becomes of the bias.
fn has_times(problem: &Problem, seen: &Seen<'_>, times: i64) -> bool {
    let mut terms = terms(problem, Reading::Right, seen.element);
    terms.values_mut().for_each(|count| *count *= times);
    !terms.is_empty() && terms == *seen.terms
}

fn times_said(times: i64) -> &'static str {
    if times < 0 { "the sum has the wrong sign" } else { "every tap is summed twice" }
}

/// What differs where no reading explains it: taps missing, doubled or added, and the bias; how many, if `numbers` are wanted.
fn difference(problem: &Problem, seen: &Seen<'_>, numbers: bool) -> String {
    let right = terms(problem, Reading::Right, seen.element);
    if let Some(times) = [-1, 2].into_iter().find(|times| has_times(problem, seen, *times)) {
        return times_said(times).to_owned();
    }
    let count = |terms: &BTreeMap<Term, i64>, term: &Term| terms.get(term).copied().unwrap_or(0);
    let mut said = Vec::new();
    let right_terms = Reading::Right.terms(problem, seen.element);
    let missing: Vec<Tap> = right_terms.filter(|(_, term)| count(seen.terms, term) == 0).map(|(tap, _)| tap).collect();
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
    let bias = own_bias(problem, seen.element);
    if *seen.biases != bias {
        said.push(match (bias.is_empty(), seen.biases.is_empty()) {
            (false, true) => WrongBias::Missing.sentence().to_owned(),
            _ if seen.biases.keys().eq(bias.keys()) => WrongBias::Doubled.sentence().to_owned(),
            _ => "the bias of another channel is added".to_owned(),
        });
    }
    if said.is_empty() { "the taps are right".to_owned() } else { said.join(", and ") }
}

/// Names missing taps as a slice `[channels, kernel rows, kernel columns]`, where they are all the real taps of one.
fn name(problem: &Problem, element: Element, missing: &[Tap]) -> String {
    let sizes = [problem.in_channels_per_group(), problem.kernel.h, problem.kernel.w].map(|size| size as usize);
    let parts = |tap: &Tap| [tap.channel, tap.row, tap.column];
    let real: Vec<Tap> = Reading::Right.terms(problem, element).map(|(tap, _)| tap).collect();
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
