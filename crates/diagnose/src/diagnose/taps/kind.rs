//! Kinds of what may happen to wrong elements, the same for problems of all sizes.

use super::bias::WrongBias;
use super::reading::{Element, Mixed, Reading, VARIANTS, reached};
use super::start::Start;
use super::story::element;
use super::sums::{factor, is_of, sum};
use crate::backend::Arithmetic;
use crate::operands::Case;
use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// What may happen to wrong elements, without the sizes of the problem: one bug is of one kind everywhere.
///
/// The lower one of two that explain the same is the likelier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Kind(u32);

/// Results beyond a limit come out as that limit, such as 0 for negative ones. Lower than that nothing is summed, which would explain it as well.
pub(super) const CLIPPED: Kind = Kind(0);
/// The number of the first reading.
const FIRST_READING: u32 = 1;
/// Numbers of one kind of reading: its variants, and behind them the kind whatever the variant.
const OF_READING: u32 = VARIANTS + 1;
/// The number of the first kind that is no reading.
const RESULTS: u32 = 1 << 20;

/// The element was never written.
pub(super) const NOT_WRITTEN: Kind = Kind(RESULTS);
/// Results are as bfloat16 has them. Half precision, which has more digits, would explain it as well.
pub(super) const ROUNDED_BF16: Kind = Kind(RESULTS + 1);
/// Results are as half precision has them.
pub(super) const ROUNDED_F16: Kind = Kind(RESULTS + 2);

/// Results are off by little, on operands that a sum of products has exactly.
pub(super) const ROUNDED_TRANSFORMED: Kind = Kind(RESULTS + 3);
/// The sum has the wrong sign.
pub(super) const NEGATED: Kind = Kind(RESULTS + 4);
/// Every tap is summed twice.
pub(super) const DOUBLED: Kind = Kind(RESULTS + 5);
/// The results are multiplied by something.
pub(super) const SCALED: Kind = Kind(RESULTS + 6);
/// The number of the first kind whose bias is wrong.
const BIASES: u32 = RESULTS + 8;
/// The number of the first kind whose sum starts from another element's.
const STARTS: u32 = RESULTS + 16;
/// The number of the first kind that mixes several readings.
const MIXED: u32 = RESULTS + 24;

/// Taps that can read the input, from which on sums of integers need more digits than half precision has, as a rule, and elements of
/// which one will.
const ROUNDS_FROM: (u64, u64) = (64, 128);
/// Elements of which one is negative.
const NEGATIVE_FROM: u64 = 8;

impl Kind {
    /// Readings of this kind for a problem.
    pub(super) fn readings(self, problem: &Problem) -> impl Iterator<Item = Reading> {
        Reading::all(problem).into_iter().filter(move |reading| Kind::of(*reading).any(|kind| kind == self))
    }

    /// The kinds of a reading: its variant, which says most, and then what all variants are of.
    pub(super) fn of(reading: Reading) -> impl Iterator<Item = Self> {
        let (family, variant) = (reading.family(), reading.variant());
        let first = FIRST_READING + family as u32 * OF_READING;
        let whatever = (variant.is_none() || family.is_one()).then_some(OF_READING - 1);
        variant.into_iter().chain(whatever).map(move |number| Kind(first + number))
    }

    /// What is mistaken for others, where that is this kind.
    pub(super) fn mixed(self) -> Option<Mixed> {
        Mixed::ALL.into_iter().find(|mixed| Kind::of_mixed(*mixed) == self)
    }

    pub(super) fn of_mixed(mixed: Mixed) -> Self {
        Kind(MIXED + mixed as u32)
    }

    /// What this kind's story does to the bias, where that is what is wrong.
    pub(super) fn bias(self) -> Option<WrongBias> {
        WrongBias::ALL.into_iter().find(|wrong| Kind::of_bias(*wrong) == self)
    }

    /// From where this kind's sums start, where that is what is wrong.
    pub(super) fn start(self) -> Option<Start> {
        Start::ALL.into_iter().find(|start| Kind::of_start(*start) == self)
    }

    pub(super) fn of_start(start: Start) -> Self {
        Kind(STARTS + start as u32)
    }

    pub(super) fn of_bias(wrong: WrongBias) -> Self {
        let place = WrongBias::ALL.iter().position(|each| *each == wrong).unwrap_or_default();
        Kind(BIASES + place as u32)
    }

    /// By what this kind's story multiplies every tap, where that is what is wrong.
    pub(super) fn times(self) -> Option<i64> {
        match self {
            NEGATED => Some(-1),
            DOUBLED => Some(2),
            _ => None,
        }
    }

    /// What happens to the results of which `wrong` (row-major indices into `actual`) came out, where that is this kind and no matter
    /// of taps.
    pub fn of_results(self, case: Case<'_>, wrong: &[usize], actual: &[f32]) -> Option<String> {
        let declared = |format: &str| format!("; an engine that means to compute so should say `arithmetic: {format}`");
        Some(match self {
            CLIPPED => {
                let limits: BTreeSet<i64> = wrong.iter().map(|&index| actual[index] as i64).collect();
                if limits.iter().eq(&[0]) {
                    return Some("negative results come out as 0, as behind a ReLU".to_owned());
                }
                let limits: Vec<String> = limits.iter().map(i64::to_string).collect();
                format!("results beyond a limit come out as that limit: {}", limits.join(", "))
            }
            SCALED => {
                let results = wrong.iter().map(|&index| {
                    let bias = case.bias.get(element(case.problem, index).channel).map_or(0.0, |&bias| f64::from(bias));
                    (sum(case, Reading::Right, index), bias, actual[index])
                });
                let (factor, biased) = factor(results)?;
                let what = if biased { "results are" } else { "sums, without the bias, are" };
                // Six digits are what f32 has for certain.
                format!("the {what} {} times what they should be", (factor * 1e6).round() / 1e6)
            }
            ROUNDED_F16 => format!("the results are rounded to half precision{}", declared("f16")),
            ROUNDED_BF16 => format!("the results are rounded to bfloat16{}", declared("bf16")),
            ROUNDED_TRANSFORMED => format!(
                "the results are off by less than one part in 10,000, as Winograd or FFT in f32 round{}",
                declared("f32-transformed")
            ),
            _ => return None,
        })
    }

    /// Whether results are rounded to fewer digits.
    pub fn rounds(self) -> bool {
        matches!(self, ROUNDED_F16 | ROUNDED_BF16)
    }

    /// Whether a right result would change if it were rounded so.
    pub fn would_round(self, value: f32) -> bool {
        match self {
            ROUNDED_F16 => !is_of(Arithmetic::F16, value),
            ROUNDED_BF16 => !is_of(Arithmetic::Bf16, value),
            _ => false,
        }
    }

    /// In how many ways something of this kind can happen to a problem: with many of them, one fits by accident.
    pub fn ways(self, problem: &Problem) -> usize {
        if self.mixed().is_some() { usize::MAX } else { self.readings(problem).count().max(1) }
    }

    /// Whether this is one of the variants of `other`, which is a kind whatever the variant.
    pub fn is_variant_of(self, other: Self) -> bool {
        let family =
            |kind: Self| (FIRST_READING..RESULTS).contains(&kind.0).then(|| (kind.0 - FIRST_READING) / OF_READING);
        self != other
            && other.0 % OF_READING == (FIRST_READING + OF_READING - 1) % OF_READING
            && family(self).is_some()
            && family(self) == family(other)
    }

    /// Whether it can be there and not be seen: taps that it leaves out, doubles or reads elsewhere may lie in the padding, what is
    /// read in the pads of these `sides` (top, left, bottom, right) may be behind the tensor's end, or it changes few of the results.
    pub fn may_not_show(self, problem: &Problem, sides: [bool; 4]) -> bool {
        if let Some(start) = self.start() {
            return start.before(problem, problem.output_len() as usize - 1).is_some();
        }
        if matches!(self, CLIPPED | ROUNDED_BF16 | ROUNDED_F16 | ROUNDED_TRANSFORMED) {
            return true;
        }
        self.readings(problem).any(|reading| match reading.sides() {
            Some(of) => reading.with_sides(std::array::from_fn(|side| of[side] && sides[side])).is_other(problem),
            None => reading.is_other(problem),
        })
    }

    /// Whether it is the same for a window that lies wholly in the padding: what becomes of the bias, or of memory.
    pub fn is_regardless_of_input(self) -> bool {
        self.bias().is_some() || self == NOT_WRITTEN
    }

    /// Whether some reading of this kind makes one of these elements (row-major indices) sum something else than it should; of
    /// those that read the pads, by the pads of these `sides` (top, left, bottom, right).
    /// Where it is the results that change: whether there are enough of them, and large enough, for one that does.
    pub fn could_change(self, problem: &Problem, sides: [bool; 4], elements: impl Iterator<Item = usize>) -> bool {
        match self {
            CLIPPED => return problem.output_len() >= NEGATIVE_FROM,
            ROUNDED_TRANSFORMED => return problem.output_len() >= ROUNDS_FROM.1,
            ROUNDED_F16 | ROUNDED_BF16 => {
                let reading = |kernel: u32, input: u32| u64::from(kernel.min(input));
                let (h, w) = (reading(problem.kernel.h, problem.input.h), reading(problem.kernel.w, problem.input.w));
                let taps = u64::from(problem.in_channels_per_group()) * h * w;
                return taps >= ROUNDS_FROM.0 && problem.output_len() >= ROUNDS_FROM.1;
            }
            SCALED | NEGATED | DOUBLED => {
                return elements.into_iter().any(|index| reads(problem, element(problem, index)));
            }
            _ => {}
        }
        if let Some(start) = self.start() {
            let before =
                |index| start.before(problem, index).is_some_and(|before| reads(problem, element(problem, before)));
            return elements.into_iter().any(before);
        }
        if let Some(mixed) = self.mixed() {
            return elements
                .map(|index| element(problem, index))
                .any(|element| mixed.choices(problem, element).any(|reading| reading.changes(problem, element)));
        }
        let readings: Vec<Reading> = self.readings(problem).collect();
        let elements: Vec<Element> = elements.map(|index| element(problem, index)).collect();
        let changes = |reading: &Reading| elements.iter().any(|element| reading.changes(problem, *element));
        if let Some(first) = readings.iter().find(|reading| reading.sides() == Some(sides))
            && (readings.len() > 1 || matches!(first, Reading::PadsFromMemory(_)))
        {
            // Which of the pads that windows reach it is, depends on the problem.
            let reached = reached(problem);
            let alone = |side: usize| first.with_sides(std::array::from_fn(|other| other == side));
            let mut pads = (0..4).filter(|&side| sides[side] && reached[side]).map(alone).peekable();
            return pads.peek().is_some() && pads.all(|pad| changes(&pad));
        }
        if let [Reading::Without(first) | Reading::Twice(first), _, ..] = readings[..]
            && let Some(innermost) = first.innermost()
        {
            // How many of them it is, depends on the problem too.
            return changes(&Reading::Without(innermost));
        }
        readings.iter().any(changes)
    }
}

/// Whether an element has a tap that isn't in the padding.
fn reads(problem: &Problem, element: Element) -> bool {
    Reading::Right.terms(problem, element).next().is_some()
}

/// A number that is the same for the same kind.
impl From<Kind> for u32 {
    fn from(kind: Kind) -> Self {
        kind.0
    }
}

/// What is said of a kind's readings.
#[cfg(test)]
pub fn sentences(kind: Kind, problem: &Problem) -> Vec<String> {
    kind.readings(problem).map(Reading::sentence).collect()
}

/// The kind that most of these have, if half of them do.
pub fn most_frequent<'k>(kinds: impl Iterator<Item = &'k BTreeSet<Kind>>) -> Option<Kind> {
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut all = 0;
    for kinds in kinds {
        all += 1;
        kinds.iter().for_each(|kind| *counts.entry(*kind).or_default() += 1);
    }
    let most = counts.into_iter().max_by_key(|(kind, count)| (*count, std::cmp::Reverse(*kind)));
    most.filter(|(_, count)| 2 * count >= all).map(|(kind, _)| kind)
}
