//! Which faults explain what came out, by the results alone: that costs no run.
//!
//! With the fill's integers a sum that is right by accident is one in some thousand, so a fault that gives every wrong element of an output
//! is nearly always what happened, or looks the same there. What is told to people is asked for by impulses; this tells failing problems
//! apart by the thousand.

use super::element::Element;
use super::id::FaultId;
use super::prediction::{Prediction, added, own_bias, right_sum, sum};
use super::results::{Outcome, Results, close};
use super::{Fault, Reach};
use crate::backend::UNWRITTEN;
use crate::judge::Noticing;
use crate::operands::Case;
use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// How likely it may be that results of other elements come out by chance.
const CHANCE: f64 = 1e-4;
/// Sums of the fill's integers are about as likely as others among so many.
const SUMS: f64 = 4096.0;

/// Elements that are compared.
const ELEMENTS: usize = 24;
/// Products that one look may take, about.
const WORK: u64 = 1 << 14;

/// The faults that explain all of the wrong elements.
///
/// `wrong` are row-major indices into `actual`, ascending. Nothing is explained where a problem has too many taps for a
/// look, and where no fault fits.
pub fn explaining(case: Case<'_>, wrong: &[usize], actual: &[f32]) -> BTreeSet<FaultId> {
    let problem = case.problem;
    if problem.taps() > WORK / 16 || wrong.is_empty() {
        return BTreeSet::new();
    }
    let results = looked_at(case, wrong, actual);
    let explaining = Fault::all(problem).into_iter().filter(|fault| results.are_explained_by(*fault));
    explaining.flat_map(FaultId::of).collect()
}

/// Some elements, spread over the region: its end may look otherwise than its beginning.
fn looked_at<'c>(case: Case<'c>, wrong: &[usize], actual: &'c [f32]) -> Results<'c> {
    let step = wrong.len().div_ceil(ELEMENTS).max(1);
    Results::of(case, wrong.iter().step_by(step).copied(), actual)
}

impl Results<'_> {
    fn are_explained_by(&self, fault: Fault) -> bool {
        let problem = self.case.problem;
        let Some(first) = self.outcomes.first() else { return false };
        let predict = |outcome: &Outcome| fault.predict(problem, outcome.element);
        match predict(first) {
            Prediction::Made(made) => (made.explains)(self),
            Prediction::OneOf(choices) => {
                let chance = (choices.len() as f64 / SUMS).powi(self.outcomes.len() as i32);
                chance < CHANCE && self.outcomes.iter().all(|outcome| self.fits(&predict(outcome), outcome))
            }
            prediction
            @ (Prediction::Sum { .. } | Prediction::Beyond | Prediction::OnTopOf(_) | Prediction::Memory) => {
                self.fits(&prediction, first)
                    && self.outcomes[1..].iter().all(|outcome| self.fits(&predict(outcome), outcome))
            }
        }
    }

    /// Whether an element is as it is predicted to be.
    fn fits(&self, prediction: &Prediction<'_>, outcome: &Outcome) -> bool {
        let (case, actual) = (self.case, outcome.actual);
        match prediction {
            Prediction::Sum { term, biases: [bias, other] } => {
                let sum = sum(case, term);
                close(sum + added(case, *bias), actual) || (bias != other && close(sum + added(case, *other), actual))
            }
            Prediction::Beyond => close(outcome.bias, actual) || actual == 0.0,
            Prediction::OnTopOf(before) => before.is_some_and(|before| self.is_on_top_of(before, outcome)),
            Prediction::OneOf(choices) => choices.iter().any(|choice| self.fits(choice, outcome)),
            // It is a matter of all elements together.
            Prediction::Made(_) => false,
            Prediction::Memory => actual.to_bits() == UNWRITTEN.to_bits(),
        }
    }

    /// Whether what came out is what should have, and on top of it what the element `before` has or should have, with its bias or without.
    fn is_on_top_of(&self, before: usize, outcome: &Outcome) -> bool {
        let other = Element::at(self.case.problem, before);
        let (sum, bias) = (right_sum(self.case, other), added(self.case, own_bias(self.case.problem, other)));
        let found = f64::from(self.actual[before]);
        let starts = [found, sum + bias, found - bias, sum];
        starts.into_iter().any(|start| start != 0.0 && close(outcome.right() + start, outcome.actual))
    }
}

/// What a fault of this id says of all that is wrong, if one explains it: by the results alone.
pub(crate) fn guess(case: Case<'_>, wrong: &[usize], actual: &[f32], id: FaultId) -> Option<String> {
    let results = looked_at(case, wrong, actual);
    id.faults(case.problem).into_iter().find(|fault| results.are_explained_by(*fault)).map(Fault::sentence)
}

/// What happens to the results of which `wrong` (row-major indices into `actual`) came out, where it is that and no matter of taps.
pub(crate) fn said_of_results(case: Case<'_>, wrong: &[usize], actual: &[f32], id: FaultId) -> Option<String> {
    let first = Element::at(case.problem, *wrong.first()?);
    let said = |fault: Fault| match fault.predict(case.problem, first) {
        Prediction::Made(made) => (made.sentence)(&Results::of(case, wrong.iter().copied(), actual)),
        Prediction::Sum { .. } | Prediction::Beyond | Prediction::OnTopOf(_) => None,
        Prediction::OneOf(_) | Prediction::Memory => None,
    };
    id.faults(case.problem).into_iter().find_map(said)
}

/// Of `ids`, which explain the wrong elements, those of which it is known what other elements would notice: the pixels of a plane
/// that such a fault changes, if it changes the taps within a window and nothing else; the images and channels, if it
/// reads memory. Where the taps that are left out lie in the padding nobody misses them, and behind the tensor's end there is
/// nothing to read; so that an element is right there says nothing of where the bug is.
pub(crate) fn noticing(
    case: Case<'_>,
    wrong: &[usize],
    actual: &[f32],
    ids: &BTreeSet<FaultId>,
) -> BTreeMap<FaultId, Noticing> {
    let problem = case.problem;
    let (last, pixels) = (wrong.last().copied().unwrap_or(0), pixels(problem));
    let mut found: BTreeMap<FaultId, Noticing> = BTreeMap::new();
    if ids.is_empty() || pixels as u64 * problem.taps() > 4 * WORK {
        return found;
    }
    let results = looked_at(case, wrong, actual);
    let faults: BTreeSet<Fault> = ids.iter().flat_map(|id| id.faults(problem)).collect();
    for fault in faults {
        let noticing = match fault.reach() {
            Reach::Pixels if results.are_explained_by(fault) => of_pixels(problem, fault, last),
            Reach::Planes if problem.output_len().saturating_mul(problem.taps()) > 64 * WORK => continue,
            Reach::Planes if results.are_explained_by(fault) => of_planes(problem, fault),
            Reach::Pixels | Reach::Planes | Reach::Unknown => continue,
        };
        // Of several that explain what is wrong, the one that has least to say of what is right.
        for id in FaultId::of(fault).filter(|id| ids.contains(id)) {
            if found.get(&id).is_none_or(|other| said(&noticing) < said(other)) {
                found.insert(id, noticing.clone());
            }
        }
    }
    found
}

/// Pixels of a plane.
fn pixels(problem: &Problem) -> usize {
    problem.output().h as usize * problem.output().w as usize
}

fn changes(problem: &Problem, fault: Fault, index: usize) -> bool {
    let element = Element::at(problem, index);
    fault.predict(problem, element).changes(problem, element)
}

fn of_pixels(problem: &Problem, fault: Fault, last: usize) -> Noticing {
    let pixels = pixels(problem);
    let last_plane = last - last % pixels;
    // What happens to a pixel is the same in each plane, but where the tensor ends behind the last.
    let changed = |pixel: usize| changes(problem, fault, pixel) && changes(problem, fault, last_plane + pixel);
    Noticing {
        pixels: Some((0..pixels).map(changed).collect()),
        images: vec![true; problem.batch as usize],
        channels: vec![true; problem.out_channels as usize],
    }
}

fn of_planes(problem: &Problem, fault: Fault) -> Noticing {
    let (images, channels) = (problem.batch as usize, problem.out_channels as usize);
    let pixels = pixels(problem);
    let plane = |image: usize, channel: usize| {
        let first = (image * channels + channel) * pixels;
        (first..first + pixels).any(|index| changes(problem, fault, index))
    };
    Noticing {
        pixels: None,
        images: (0..images).map(|image| (0..channels).any(|channel| plane(image, channel))).collect(),
        channels: (0..channels).map(|channel| (0..images).any(|image| plane(image, channel))).collect(),
    }
}

/// Of how much it is known that it could be wrong.
fn said(noticing: &Noticing) -> [usize; 3] {
    let size = |marks: &[bool]| marks.iter().filter(|&&mark| mark).count();
    let pixels = noticing.pixels.as_deref().map_or(usize::MAX, size);
    [pixels, size(&noticing.images), size(&noticing.channels)]
}
