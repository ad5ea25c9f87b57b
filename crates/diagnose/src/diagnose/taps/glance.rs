//! A guess at what wrong elements sum that costs no run: which readings would give just what came out.
//!
//! With the fill's integers a sum that is right by accident is one in some thousand, so a reading that gives every wrong
//! element of an output is nearly always what happened, or looks the same there. What is told to people is [probed](super::probe());
//! this tells failing problems apart by the thousand.

use super::bias::WrongBias;
use super::kind::{
    CLIPPED, DOUBLED, Kind, NEGATED, NOT_WRITTEN, ROUNDED_BF16, ROUNDED_F16, ROUNDED_TRANSFORMED, SCALED,
};
use super::reading::{Element, Mixed, Reading};
use super::start::Start;
use super::story::element;
use super::sums::{Sums, TRANSFORM_ERROR, close, factor, is_limit, is_of, sum};
use crate::backend::{Arithmetic, UNWRITTEN, exact};
use crate::judge::Noticing;
use crate::judge::bound::Bounds;
use crate::operands::Case;
use std::collections::{BTreeMap, BTreeSet};

/// Elements from which on one factor for all is no accident.
const SCALED_FROM: usize = 3;
/// How likely it may be that results of other elements come out by chance.
const CHANCE: f64 = 1e-4;
/// Sums of the fill's integers are about as likely as others among so many.
const SUMS: f64 = 4096.0;

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
    let sums: Vec<Sums<'_>> = looked.iter().map(|&index| Sums::of(case, index)).collect();
    let right = |index: usize| match looked.binary_search(&index) {
        Ok(place) => sums[place].right(),
        Err(_) => sum(case, Reading::Right, index),
    };
    let bias_of = |element: Element| case.bias.get(element.channel).map_or(0.0, |&bias| f64::from(bias));
    let bias = |index: usize| bias_of(element(problem, index));
    judge(NOT_WRITTEN, &|index| actual[index].to_bits() == UNWRITTEN.to_bits());
    if problem.bias {
        for wrong in WrongBias::ALL {
            judge(Kind::of_bias(wrong), &|index| {
                let added = wrong.added(problem, element(problem, index));
                let biases = added.iter().map(|(&channel, &times)| times as f64 * f64::from(case.bias[channel]));
                close(right(index) + biases.sum::<f64>(), actual[index])
            });
        }
    }
    for start in Start::ALL {
        judge(Kind::of_start(start), &|index| {
            let own = right(index) + bias(index);
            start.before(problem, index).is_some_and(|before| {
                let (sum, biased) = (right(before), right(before) + bias(before));
                let (found, bare) = (f64::from(actual[before]), f64::from(actual[before]) - bias(before));
                [found, biased, bare, sum].into_iter().any(|start| start != 0.0 && close(own + start, actual[index]))
            })
        });
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
    for (kind, format, digits) in
        [(ROUNDED_F16, Arithmetic::F16, 2f64.powi(-8)), (ROUNDED_BF16, Arithmetic::Bf16, 2f64.powi(-5))]
    {
        // The proven bound grows with the number of taps until anything is within it; what roundings come to is eight of the last digit.
        let bounds = Bounds::of(case, format, Arithmetic::Exact);
        // Most of what is rounded needs more digits.
        let needs_more = looked.iter().filter(|&&index| !is_of(format, (right(index) + bias(index)) as f32)).count();
        judge(kind, &|index| {
            let off = f64::from(actual[index]) - (right(index) + bias(index));
            2 * needs_more >= looked.len()
                && is_of(format, actual[index])
                && off.abs() <= bounds.element(index).min(digits * exact::magnitude(case, index))
        });
    }
    let fits = |reading: Reading, sums: &Sums<'_>, actual: f32| {
        let sum = sums.under(reading);
        // Where nothing is summed, a bias isn't either, as a rule.
        close(sum + bias_of(sums.element()), actual)
            || close(sum + reading.source(problem, sums.element()).map_or(0.0, bias_of), actual)
            || (reading == Reading::Nothing && actual == 0.0)
    };
    let found = || sums.iter().zip(looked.iter().map(|&index| actual[index]));
    for reading in Reading::all(problem) {
        if found().all(|(sums, actual)| fits(reading, sums, actual)) {
            all.extend(Kind::of(reading));
        }
    }
    for mixed in Mixed::ALL {
        let choices = |sums: &Sums<'_>| mixed.choices(problem, sums.element());
        let chance = (choices(&sums[0]).count() as f64 / SUMS).powi(looked.len() as i32);
        let chosen = |(sums, actual): (&Sums<'_>, f32)| choices(sums).any(|reading| fits(reading, sums, actual));
        if chance < CHANCE && found().all(chosen) {
            all.insert(Kind::of_mixed(mixed));
        }
    }
    all
}

/// A wrong element that is looked at.
struct Looked<'c> {
    sums: Sums<'c>,
    bias: f64,
    actual: f32,
}

impl Looked<'_> {
    /// Whether a reading gives what came out.
    fn is_explained(&self, reading: Reading) -> bool {
        close(self.sums.under(reading) + self.bias, self.actual)
    }
}

/// Every so many of the wrong elements.
fn looked<'c>(case: Case<'c>, wrong: &[usize], step: usize, actual: &[f32]) -> Vec<Looked<'c>> {
    let look = |&index: &usize| {
        let sums = Sums::of(case, index);
        let bias = case.bias.get(sums.element().channel).map_or(0.0, |&bias| f64::from(bias));
        Looked { sums, bias, actual: actual[index] }
    };
    wrong.iter().step_by(step).map(look).collect()
}

/// What a reading of this kind says of all that is wrong, if one explains it: by the results alone.
pub fn guess(case: Case<'_>, wrong: &[usize], actual: &[f32], kind: Kind) -> Option<String> {
    let step = wrong.len().div_ceil(ELEMENTS).max(1);
    let looked = looked(case, wrong, step, actual);
    let explains = |reading: &Reading| looked.iter().all(|looked| looked.is_explained(*reading));
    kind.readings(case.problem).find(explains).map(Reading::sentence)
}

/// Of `kinds`, which explain the wrong elements, those of which it is known what other elements would notice: the pixels of a plane
/// that such a reading changes, if it changes the taps within a window and nothing else; the images and channels, if it
/// reads memory. Where the taps that are left out lie in the padding nobody misses them, and behind the tensor's end there is
/// nothing to read; so that an element is right there says nothing of where the bug is.
pub fn noticing(case: Case<'_>, wrong: &[usize], actual: &[f32], kinds: &BTreeSet<Kind>) -> BTreeMap<Kind, Noticing> {
    let problem = case.problem;
    let output = problem.output();
    let pixels = output.h as usize * output.w as usize;
    let (images, channels) = (problem.batch as usize, problem.out_channels as usize);
    let mut found: BTreeMap<Kind, Noticing> = BTreeMap::new();
    if kinds.is_empty() || pixels as u64 * problem.taps() > 4 * WORK {
        return found;
    }
    let looked = looked(case, wrong, wrong.len().div_ceil(ELEMENTS).max(1), actual);
    let last_plane = wrong.last().map_or(0, |last| last - last % pixels);
    for reading in Reading::all(problem) {
        let explained = |kind: &Kind| kinds.contains(kind);
        let is_within_window = reading.is_within_window();
        let may_end = reading.reads_memory() && problem.output_len().saturating_mul(problem.taps()) <= 64 * WORK;
        if !(is_within_window || may_end)
            || !Kind::of(reading).any(|kind| explained(&kind))
            || !looked.iter().all(|looked| looked.is_explained(reading))
        {
            continue;
        }
        let changes = |index: usize| reading.changes(problem, element(problem, index));
        let noticing = if is_within_window {
            // What happens to a pixel is the same in each plane, but where the tensor ends behind the last.
            let changed = |pixel: usize| changes(pixel) && changes(last_plane + pixel);
            let pixels = Some((0..pixels).map(changed).collect());
            Noticing { pixels, images: vec![true; images], channels: vec![true; channels] }
        } else {
            let plane = |image: usize, channel: usize| {
                let first = (image * channels + channel) * pixels;
                (first..first + pixels).any(changes)
            };
            Noticing {
                pixels: None,
                images: (0..images).map(|image| (0..channels).any(|channel| plane(image, channel))).collect(),
                channels: (0..channels).map(|channel| (0..images).any(|image| plane(image, channel))).collect(),
            }
        };
        // Of several that explain what is wrong, the one that has least to say of what is right.
        for kind in Kind::of(reading).filter(explained) {
            if found.get(&kind).is_none_or(|other| said(&noticing) < said(other)) {
                found.insert(kind, noticing.clone());
            }
        }
    }
    found
}

/// Of how much it is known that it could be wrong.
fn said(noticing: &Noticing) -> [usize; 3] {
    let size = |marks: &[bool]| marks.iter().filter(|&&mark| mark).count();
    let pixels = noticing.pixels.as_deref().map_or(usize::MAX, size);
    [pixels, size(&noticing.images), size(&noticing.channels)]
}
