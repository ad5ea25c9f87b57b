//! A guess at what wrong elements sum that costs no run: which readings would give just what came out.
//!
//! With the fill's integers a sum that is right by accident is one in some thousand, so a reading that gives every wrong
//! element of an output is nearly always what happened, or looks the same there. What is told to people is [probed](super::probe());
//! this tells failing problems apart by the thousand.

use super::kind::{
    BIAS_DOUBLED, BIAS_MISSING, CLIPPED, DOUBLED, Kind, NEGATED, NOT_WRITTEN, ROUNDED_BF16, ROUNDED_F16,
    ROUNDED_TRANSFORMED, SCALED,
};
use super::reading::{Element, Mixed, Reading, taps};
use super::story::element;
use super::sums::{TRANSFORM_ERROR, close, factor, is_limit, is_of, sum};
use crate::backend::{Arithmetic, UNWRITTEN, exact};
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
