//! Problems near known ones: what is asked of a backend to tell predicates apart.

use std::collections::BTreeSet;

use rapidrand::rapidrng;

use crate::problem::{Feature, Hw, Parameters, Problem};

/// More values than this of one parameter are thinned out.
const MOST_VALUES: usize = 64;

/// Drawn like parameters: a channel count that fits the groups is rare among arbitrary ones.
const PER_GROUP: [&str; 2] = ["in_channels_per_group", "out_channels_per_group"];

/// Makes problems from known ones. Each parameter keeps to the values that it takes somewhere in the sample, so that
/// most of what comes out lies in the sample's space.
pub(super) struct Variation {
    values: Vec<(Feature, Vec<u32>)>,
    donors: Vec<Problem>,
    /// Parameters that may take other values than the sample has, and features that do.
    wide: BTreeSet<Feature>,
    widened: BTreeSet<Feature>,
    /// Values at thresholds, which are drawn more often than others.
    edges: BTreeSet<(Feature, u32)>,
    state: u64,
}

impl Variation {
    pub(super) fn new<'a>(problems: impl Iterator<Item = &'a Problem> + Clone, seed: u64) -> Self {
        let count = problems.clone().count();
        let per_group = PER_GROUP.iter().filter_map(|name| Feature::named(name));
        let values = Feature::parameters()
            .chain(per_group)
            .map(|parameter| {
                let seen: BTreeSet<u32> = problems.clone().map(|problem| parameter.value(problem) as u32).collect();
                let step = seen.len().div_ceil(MOST_VALUES).max(1);
                (parameter, seen.into_iter().step_by(step).collect())
            })
            .collect();
        let donors = problems.step_by(count / 2_000 + 1).copied().collect();
        Self { values, donors, wide: BTreeSet::new(), widened: BTreeSet::new(), edges: BTreeSet::new(), state: seed }
    }

    /// Lets features that are computed from these parameters alone, and from those of earlier calls, take values between and just
    /// beyond those of the sample. Whether some of them didn't before.
    pub(super) fn widen(&mut self, parameters: impl Iterator<Item = Feature>) -> bool {
        self.wide.extend(parameters);
        let before = self.widened.len();
        for (feature, values) in &mut self.values {
            let inside = feature.depends_on().iter().all(|parameter| self.wide.contains(parameter));
            if !inside || feature.is_flag() || values.len() >= MOST_VALUES || !self.widened.insert(*feature) {
                continue;
            }
            let gaps: Vec<[u32; 2]> = values.windows(2).map(|pair| [pair[0], pair[1]]).collect();
            values.extend(gaps.iter().flat_map(|&[low, high]| [low + 1, low + (high - low) / 2, high - 1]));
            let most = values.iter().max().copied().unwrap_or(1);
            values.extend([most + 1, most + 2]);
            values.sort_unstable();
            values.dedup();
        }
        self.widened.len() > before
    }

    /// Has features take these values often, whatever the sample has. Whether some of them didn't before.
    pub(super) fn look_at(&mut self, edges: impl Iterator<Item = (Feature, u32)>) -> bool {
        let before = self.edges.len();
        let varied = |(feature, _): &(Feature, u32)| self.values.iter().any(|(other, _)| other == feature);
        self.edges.extend(edges.filter(varied));
        self.edges.len() > before
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        (rapidrng(&mut self.state) % bound.max(1) as u64) as usize
    }

    /// A problem near `base`, or `None` where the draw makes no problem.
    pub(super) fn near(&mut self, base: &Problem) -> Option<Problem> {
        let mut parameters = base.parameters();
        if !self.edges.is_empty() && self.below(4) == 0 {
            let drawn = self.below(self.edges.len());
            if let Some(&(feature, value)) = self.edges.iter().nth(drawn) {
                set(&feature, &mut parameters, value);
            }
            return Problem::new(parameters).ok().filter(|problem| problem != base);
        }
        match self.below(10) {
            0..=3 => self.change(&mut parameters),
            4 => self.change_both_axes(&mut parameters),
            5 => exchange_axes(&mut parameters),
            6 | 7 => self.graft(&mut parameters),
            _ => {
                for _ in 0..2 + self.below(3) {
                    self.change(&mut parameters);
                }
            }
        }
        Problem::new(parameters).ok().filter(|problem| problem != base)
    }

    /// A problem that shares with `base` what a few draws have left of it.
    pub(super) fn far(&mut self, base: &Problem) -> Option<Problem> {
        let mut problem = *base;
        for _ in 0..3 {
            problem = self.near(&problem).unwrap_or(problem);
        }
        (problem != *base).then_some(problem)
    }

    fn change(&mut self, parameters: &mut Parameters) {
        let which = self.below(self.values.len());
        let drawn = self.below(self.values[which].1.len());
        let (feature, values) = &self.values[which];
        set(feature, parameters, values[drawn]);
    }

    /// One quantity gets the same value along the height and along the width.
    fn change_both_axes(&mut self, parameters: &mut Parameters) {
        let which = self.below(self.values.len());
        let drawn = self.below(self.values[which].1.len());
        let (parameter, values) = &self.values[which];
        let Some((quantity, _)) = parameter.axis() else { return };
        for axis in crate::problem::SpatialAxis::BOTH {
            quantity.along(axis).set(parameters, values[drawn]);
        }
    }

    /// Takes over one kind of parameters from another problem: channels and groups must go together to make sense.
    fn graft(&mut self, parameters: &mut Parameters) {
        if self.donors.is_empty() {
            return;
        }
        let drawn = self.below(self.donors.len());
        let donor = self.donors[drawn].parameters();
        let axis = |from: Hw, onto: &mut Hw, h: bool| if h { onto.h = from.h } else { onto.w = from.w };
        match self.below(5) {
            0 | 1 => {
                parameters.in_channels = donor.in_channels;
                parameters.out_channels = donor.out_channels;
                parameters.groups = donor.groups;
            }
            2 => parameters.padding = donor.padding,
            part => {
                let h = part == 3;
                axis(donor.input, &mut parameters.input, h);
                axis(donor.kernel, &mut parameters.kernel, h);
                axis(donor.stride, &mut parameters.stride, h);
                axis(donor.dilation, &mut parameters.dilation, h);
            }
        }
    }
}

/// Sets a parameter, or the channels of a group.
fn set(feature: &Feature, parameters: &mut Parameters, value: u32) {
    match PER_GROUP.iter().position(|name| *name == feature.name()) {
        Some(0) => parameters.in_channels = value.saturating_mul(parameters.groups),
        Some(_) => parameters.out_channels = value.saturating_mul(parameters.groups),
        None => {
            feature.set(parameters, value);
        }
    }
}

fn exchange_axes(parameters: &mut Parameters) {
    let p = parameters;
    for pair in [&mut p.input, &mut p.kernel, &mut p.stride, &mut p.dilation] {
        *pair = Hw { h: pair.w, w: pair.h };
    }
    std::mem::swap(&mut p.padding.top, &mut p.padding.left);
    std::mem::swap(&mut p.padding.bottom, &mut p.padding.right);
}
