//! A guess at what wrong elements sum that costs no run: which readings would give just what came out.
//!
//! With the fill's integers a sum that is right by accident is one in some thousand, so a reading that gives every wrong
//! element of an output is nearly always what happened, or looks the same there. What is told to people is [probed](super::probe());
//! this tells failing problems apart by the thousand.

use super::probe::Term;
use super::reading::{Element, Mixed, Reading, VARIANTS, taps};
use super::story::element;
use crate::backend::{Arithmetic, UNWRITTEN, exact};
use crate::judge::bound::Bounds;
use crate::operands::Case;
use crate::problem::Problem;
use half::{bf16, f16};
use std::collections::{BTreeMap, BTreeSet};

/// What may happen to wrong elements, without the sizes of the problem: one bug is of one kind everywhere.
///
/// The lower one of two that explain the same is the likelier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Kind(u32);

/// Results beyond a limit come out as that limit, such as 0 for negative ones. Lower than that nothing is summed, which would explain it as well.
const CLIPPED: Kind = Kind(0);
/// The number of the first reading.
const FIRST_READING: u32 = 1;
/// Numbers of one kind of reading: its variants, and behind them the kind whatever the variant.
const OF_READING: u32 = VARIANTS + 1;
/// The number of the first kind that is no reading.
const RESULTS: u32 = 1 << 20;

/// The bias is missing.
const BIAS_MISSING: Kind = Kind(RESULTS);
/// The bias is added twice.
const BIAS_DOUBLED: Kind = Kind(RESULTS + 1);
/// The element was never written.
const NOT_WRITTEN: Kind = Kind(RESULTS + 2);
/// Results are as bfloat16 has them. Half precision, which has more digits, would explain it as well.
const ROUNDED_BF16: Kind = Kind(RESULTS + 3);
/// Results are as half precision has them.
const ROUNDED_F16: Kind = Kind(RESULTS + 4);

/// Results are off by little, on operands that a sum of products has exactly.
const ROUNDED_TRANSFORMED: Kind = Kind(RESULTS + 5);
/// The sum has the wrong sign.
const NEGATED: Kind = Kind(RESULTS + 6);
/// Every tap is summed twice.
const DOUBLED: Kind = Kind(RESULTS + 7);
/// The results are multiplied by something.
const SCALED: Kind = Kind(RESULTS + 8);
/// The number of the first kind that mixes several readings.
const MIXED: u32 = RESULTS + 16;

/// Elements from which on one factor for all is no accident.
const SCALED_FROM: usize = 3;
/// How likely it may be that results of other elements come out by chance.
const CHANCE: f64 = 1e-4;
/// Sums of the fill's integers are about as likely as others among so many.
const SUMS: f64 = 4096.0;

/// How far transforms are off, in units of the sum of magnitudes: some hundred roundings of 2^-24.
const TRANSFORM_ERROR: f64 = 1e-4;
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

    fn of_mixed(mixed: Mixed) -> Self {
        Kind(MIXED + mixed as u32)
    }

    /// How often this kind's story adds the bias, where that is what is wrong.
    pub(super) fn biases(self) -> Option<i64> {
        match self {
            BIAS_MISSING => Some(0),
            BIAS_DOUBLED => Some(2),
            _ => None,
        }
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
        if matches!(self, CLIPPED | ROUNDED_BF16 | ROUNDED_F16 | ROUNDED_TRANSFORMED) {
            return true;
        }
        self.readings(problem).any(|reading| match reading {
            Reading::Without(_) | Reading::Twice(_) => true,
            Reading::Under(geometry) => geometry.moves(problem),
            Reading::PadsFromMemory(of) => {
                let (h, w) = (problem.h(), problem.w());
                let reached = [h.pad_begin, w.pad_begin, h.reached_pad_end(), w.reached_pad_end()];
                reached.iter().zip(of).zip(sides).any(|((&reached, of), side)| reached > 0 && of && side)
            }
            _ => false,
        })
    }

    /// Whether it is the same for a window that lies wholly in the padding: what becomes of the bias, or of memory.
    pub fn is_regardless_of_input(self) -> bool {
        self.biases().is_some() || self == NOT_WRITTEN
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
        if let Some(mixed) = self.mixed() {
            return elements.map(|index| element(problem, index)).any(|element| {
                mixed
                    .choices(problem, element)
                    .any(|reading| taps(problem).any(|tap| reading.changes(problem, element, tap)))
            });
        }
        let mut readings: Vec<Reading> = self.readings(problem).collect();
        // What some pads change, all of them do.
        let all_pads = Reading::PadsFromMemory(sides);
        if readings.contains(&all_pads) {
            readings = vec![all_pads];
        }
        elements.map(|index| element(problem, index)).any(|element| {
            let changed = |reading: &Reading| taps(problem).any(|tap| reading.changes(problem, element, tap));
            readings.iter().any(changed)
        })
    }
}

/// Whether an element has a tap that isn't in the padding.
fn reads(problem: &Problem, element: Element) -> bool {
    taps(problem).any(|tap| Reading::Right.term(problem, element, tap).is_some())
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

/// Elements that are compared.
const ELEMENTS: usize = 24;
/// Products that one look may take, about.
const WORK: u64 = 1 << 14;

/// The kinds that explain all of the wrong elements.
///
/// `wrong` are row-major indices into `actual`, ascending. Nothing is explained where a problem has too many taps for a
/// look, and where no reading fits.
pub fn glance(case: Case<'_>, wrong: &[usize], actual: &[f32]) -> BTreeSet<Kind> {
    let problem = case.problem;
    let mut all = BTreeSet::new();
    if problem.taps() > WORK / 16 || wrong.is_empty() {
        return all;
    }
    // Spread over the region: its end may look otherwise than its beginning.
    let step = wrong.len().div_ceil(ELEMENTS);
    let looked: Vec<usize> = wrong.iter().step_by(step).copied().collect();
    let fit = |fits: &dyn Fn(usize) -> bool| looked.iter().all(|&index| fits(index));
    let mut judge = |kind: Kind, fits: &dyn Fn(usize) -> bool| {
        if fit(fits) {
            all.insert(kind);
        }
    };
    let right = |index: usize| sum(case, Reading::Right, index);
    let bias_of = |element: Element| case.bias.get(element.channel).map_or(0.0, |&bias| f64::from(bias));
    let bias = |index: usize| bias_of(element(problem, index));
    judge(NOT_WRITTEN, &|index| actual[index].to_bits() == UNWRITTEN.to_bits());
    if problem.bias {
        judge(BIAS_MISSING, &|index| close(right(index), actual[index]));
        judge(BIAS_DOUBLED, &|index| close(right(index) + 2.0 * bias(index), actual[index]));
    }
    for (kind, times) in [(NEGATED, -1.0), (DOUBLED, 2.0)] {
        judge(kind, &|index| {
            let sum = times * right(index);
            close(sum + bias(index), actual[index]) || close(sum + times * bias(index), actual[index])
        });
    }
    let results = looked.iter().map(|&index| (right(index), bias(index), actual[index]));
    let scaled = looked.len() >= SCALED_FROM && factor(results).is_some();
    judge(SCALED, &|_| scaled);
    judge(CLIPPED, &|index| {
        let right = right(index) + bias(index);
        is_limit(actual[index])
            && right.abs() > f64::from(actual[index].abs())
            && right * f64::from(actual[index]) >= 0.0
            && (actual[index] != 0.0 || right < 0.0)
    });
    judge(ROUNDED_TRANSFORMED, &|index| {
        let off = f64::from(actual[index]) - (right(index) + bias(index));
        // A wrong sum of integers is an integer.
        actual[index].fract() != 0.0 && off.abs() <= TRANSFORM_ERROR * exact::magnitude(case, index)
    });
    for (kind, format) in [(ROUNDED_F16, Arithmetic::F16), (ROUNDED_BF16, Arithmetic::Bf16)] {
        let bounds = Bounds::of(case, format, Arithmetic::Exact);
        // Most of what is rounded needs more digits.
        let needs_more = looked.iter().filter(|&&index| !is_of(format, (right(index) + bias(index)) as f32)).count();
        judge(kind, &|index| {
            let off = f64::from(actual[index]) - (right(index) + bias(index));
            2 * needs_more >= looked.len() && is_of(format, actual[index]) && off.abs() <= bounds.element(index)
        });
    }
    let fits = |reading: Reading, index: usize| {
        let sum = sum(case, reading, index);
        // Where nothing is summed, a bias isn't either, as a rule.
        close(sum + bias(index), actual[index])
            || close(sum + reading.source(problem, element(problem, index)).map_or(0.0, bias_of), actual[index])
            || (reading == Reading::Nothing && actual[index] == 0.0)
    };
    for reading in Reading::all(problem) {
        if fit(&|index| fits(reading, index)) {
            all.extend(Kind::of(reading));
        }
    }
    for mixed in Mixed::ALL {
        let choices = |index: usize| mixed.choices(problem, element(problem, index));
        let chance = (choices(looked[0]).count() as f64 / SUMS).powi(looked.len() as i32);
        if chance < CHANCE && fit(&|index| choices(index).any(|reading| fits(reading, index))) {
            all.insert(Kind::of_mixed(mixed));
        }
    }
    all
}

/// Of `kinds`, which explain the wrong elements, those that change the taps within a window and nothing else; and the pixels of
/// a plane, row-major, that such a reading changes. Where the taps that are left out lie in the padding nobody misses
/// them, so that an element is right there says nothing of where the bug is.
pub fn noticing(case: Case<'_>, wrong: &[usize], actual: &[f32], kinds: &BTreeSet<Kind>) -> BTreeMap<Kind, Vec<bool>> {
    let problem = case.problem;
    let output = problem.output();
    let pixels = output.h as usize * output.w as usize;
    let mut found: BTreeMap<Kind, Vec<bool>> = BTreeMap::new();
    if kinds.is_empty() || pixels as u64 * problem.taps() > 4 * WORK {
        return found;
    }
    let step = wrong.len().div_ceil(ELEMENTS);
    let last_plane = wrong.last().map_or(0, |last| last - last % pixels);
    for reading in Reading::all(problem) {
        let explained = |kind: &Kind| kinds.contains(kind);
        let explains = |&index: &usize| {
            let bias = case.bias.get(element(problem, index).channel).map_or(0.0, |&bias| f64::from(bias));
            close(sum(case, reading, index) + bias, actual[index])
        };
        if !reading.is_within_window()
            || !Kind::of(reading).any(|kind| explained(&kind))
            || !wrong.iter().step_by(step).all(explains)
        {
            continue;
        }
        // What happens to a pixel is the same in each plane, but where the tensor ends behind the last.
        let changes = |pixel: usize| {
            [pixel, last_plane + pixel].into_iter().all(|index| {
                let element = element(problem, index);
                taps(problem).any(|tap| reading.changes(problem, element, tap))
            })
        };
        let changed: Vec<bool> = (0..pixels).map(changes).collect();
        let size = |changed: &[bool]| changed.iter().filter(|&&changed| changed).count();
        // Of several that explain what is wrong, the one that has least to say of what is right.
        for kind in Kind::of(reading).filter(explained) {
            if found.get(&kind).is_none_or(|other| size(&changed) < size(other)) {
                found.insert(kind, changed.clone());
            }
        }
    }
    found
}

/// Whether a value is one that results are clipped to: 0, ReLU6's 6, or the ends of an integer type.
fn is_limit(value: f32) -> bool {
    let size = f64::from(value.abs());
    let is_power = |value: f64| value >= 128.0 && value.log2().fract() == 0.0;
    size == 0.0 || value == 6.0 || is_power(size) || is_power(size + 1.0)
}

/// Whether a value has a format's few digits.
fn is_of(format: Arithmetic, value: f32) -> bool {
    match format {
        Arithmetic::F16 => f16::from_f32(value).to_f32() == value,
        _ => bf16::from_f32(value).to_f32() == value,
    }
}

/// By what all sums are multiplied, and whether their biases are too: of sums, biases and what came out.
fn factor(results: impl Iterator<Item = (f64, f64, f32)> + Clone) -> Option<(f64, bool)> {
    let by = |biased: bool| {
        let own = move |sum: f64, bias: f64| if biased { (sum + bias, 0.0) } else { (sum, bias) };
        let mut told = results.clone().filter(move |(sum, bias, _)| own(*sum, *bias).0 != 0.0);
        let (sum, bias, actual) = told.next()?;
        let (sum, besides) = own(sum, bias);
        let factor = (f64::from(actual) - besides) / sum;
        let is_other = factor.is_finite() && factor != 0.0 && (factor - 1.0).abs() > TRANSFORM_ERROR;
        let all = results.clone().all(|(sum, bias, actual)| {
            let (sum, besides) = own(sum, bias);
            close(sum * factor + besides, actual)
        });
        (is_other && all).then_some((factor, biased))
    };
    by(true).or_else(|| by(false))
}

fn close(predicted: f64, actual: f32) -> bool {
    let actual = f64::from(actual);
    (predicted - actual).abs() <= 1e-5 * predicted.abs().max(actual.abs()).min(1e3)
}

fn sum(case: Case<'_>, reading: Reading, index: usize) -> f64 {
    let element = element(case.problem, index);
    let product = |tap| {
        let Term { input, weight } = reading.term(case.problem, element, tap)?;
        let times = reading.times(case.problem, tap) as f64;
        Some(times * f64::from(case.input[input]) * f64::from(case.weights[weight]))
    };
    taps(case.problem).filter_map(product).sum()
}
