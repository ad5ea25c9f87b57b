//! What the regions of one bug have in common.
//!
//! One bug gives many regions: `[:, :, -1, -2:]` here, `[:, :, -2:, :]` where the output is one column wide. What they have in
//! common is the tightest shape that holds for all of them, which may be none that any of them is called by: the last
//! pixels in row-major order, here. Tightness is counted in bits: how many sets of that shape there are at a region's
//! size, so that `-1` is tighter than `k:`, and a name is never wider than the sample asks for.
//!
//! Where no shape holds for nearly all, the one is taken with which all regions together are told in fewest bits, if each that
//! it doesn't hold for is told by its own name (Rissanen, "Modeling by shortest data description", 1978).

use super::{Cut, Region, RegionShape};
use std::collections::BTreeSet;

/// A shape holds for all of a sample if it does for all but one in so many: elements are right by accident.
const ALL_BUT_ONE_IN: usize = 100;

/// Regions that are looked at.
const MOST: usize = 600;

/// Bits that it takes to tell one region by a name of its own.
const OTHERWISE: f64 = 24.0;

/// The tightest shape that holds for all of `regions`, but for accidents; none where there are none.
pub fn common(regions: &[&Region]) -> Option<RegionShape> {
    if regions.is_empty() {
        return None;
    }
    let looked: Vec<&Region> = regions.iter().step_by(regions.len().div_ceil(MOST).max(1)).copied().collect();
    let own: Vec<(RegionShape, f64)> = looked
        .iter()
        .map(|region| {
            let shape = region.shape();
            (shape, region.bits(&shape))
        })
        .collect();
    let least = looked.len() - looked.len() / ALL_BUT_ONE_IN;
    let price = |shape: RegionShape| {
        let (mut held, mut bits, mut named) = (0, 0.0, 0usize);
        for (region, (own, own_bits)) in looked.iter().zip(&own) {
            if region.could_be(&shape) && (shape != RegionShape::Scattered || *own == shape) {
                (held, bits) = (held + 1, bits + region.bits(&shape));
            } else {
                bits += OTHERWISE + own_bits;
            }
            named += usize::from(*own == shape);
        }
        Price {
            short: if held >= least { 0 } else { 1 },
            bits,
            freedom: shape.freedom(),
            unnamed: looked.len() - named,
        }
    };
    let priced = candidates(own.iter().map(|(shape, _)| *shape)).into_iter().map(|shape| (price(shape), shape));
    let cheaper = |a: &(Price, RegionShape), b: &(Price, RegionShape)| a.0.order(&b.0).then(a.1.cmp(&b.1));
    priced.min_by(cheaper).map(|(_, shape)| shape)
}

/// Bits that telling where one problem is wrong is worth: what takes more isn't told by its shape.
const WORTH: f64 = 16.0;

/// Of the names of `regions`, which come with their numbers, the one that tells most about most of them: each that it could
/// be counts the more, the fewer sets of that shape there are at its size. Anything small could be scattered, so that
/// shape has to stand on its name alone.
pub fn most_telling(regions: &[(Region, u64)]) -> Option<RegionShape> {
    let told = |region: &Region, shape: &RegionShape| match shape {
        RegionShape::Scattered => f64::from(region.shape() == RegionShape::Scattered),
        shape if region.could_be(shape) => (1.0 - region.bits(shape) / WORTH).max(0.0),
        _ => 0.0,
    };
    let account = |shape: &RegionShape| {
        let sum: f64 = regions.iter().map(|(region, count)| *count as f64 * told(region, shape)).sum();
        let named = regions.iter().filter(|(region, _)| region.shape() == *shape).map(|(_, count)| count);
        (sum.round() as u64, named.sum::<u64>(), std::cmp::Reverse(*shape))
    };
    let names: BTreeSet<RegionShape> = regions.iter().map(|(region, _)| region.shape()).collect();
    names.into_iter().max_by_key(account)
}

/// What speaks against a shape, in the order of importance.
struct Price {
    /// 1 if it doesn't hold for nearly all.
    short: u8,
    bits: f64,
    freedom: usize,
    unnamed: usize,
}

impl Price {
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        // Sums of logarithms that are equal on paper may differ in their last digits.
        let milli = |bits: f64| (bits * 1000.0).round();
        self.short
            .cmp(&other.short)
            .then(milli(self.bits).total_cmp(&milli(other.bits)))
            .then(self.freedom.cmp(&other.freedom))
            .then(self.unnamed.cmp(&other.unnamed))
    }
}

impl RegionShape {
    /// Numbers that it leaves open: none in `[:, :, -1, -1]`, one in `[:, :, flat k:]`.
    pub fn freedom(&self) -> usize {
        let open = |cuts: &[Cut]| cuts.iter().map(|cut| cut.freedom()).sum::<usize>();
        match self {
            RegionShape::Slice(cuts) => open(cuts),
            RegionShape::Flat(cuts) => open(cuts) + 1,
            RegionShape::Border(cuts, sides) => {
                open(cuts) + sides.as_array().into_iter().filter(|&present| present).count()
            }
            RegionShape::Scattered => usize::MAX,
        }
    }
}

/// Shapes worth a look: the names, and what lies above several of them.
fn candidates(names: impl Iterator<Item = RegionShape>) -> BTreeSet<RegionShape> {
    let mut cuts: [BTreeSet<Cut>; 4] = std::array::from_fn(|_| BTreeSet::from([Cut::All]));
    let mut found = BTreeSet::new();
    let mut sides = BTreeSet::new();
    for name in names {
        found.insert(name);
        let dimensions: &[Cut] = match &name {
            RegionShape::Slice(dimensions) => dimensions,
            RegionShape::Flat(dimensions) => dimensions,
            RegionShape::Border(dimensions, along) => {
                sides.insert(*along);
                dimensions
            }
            RegionShape::Scattered => &[],
        };
        for (cuts, cut) in cuts.iter_mut().zip(dimensions) {
            cuts.extend([*cut, cut.wider()]);
        }
    }
    for n in &cuts[0] {
        for o in &cuts[1] {
            let rows_and_columns = cuts[2].iter().flat_map(|i| cuts[3].iter().map(move |j| (*i, *j)));
            found.extend(rows_and_columns.map(|(i, j)| RegionShape::Slice([*n, *o, i, j])));
            found.insert(RegionShape::Flat([*n, *o]));
            found.extend(sides.iter().map(|sides| RegionShape::Border([*n, *o], *sides)));
        }
    }
    found
}

impl Cut {
    /// Numbers that it leaves open.
    fn freedom(self) -> usize {
        match self {
            Cut::All | Cut::First | Cut::Last | Cut::Even | Cut::Odd => 0,
            Cut::Index | Cut::Tail | Cut::Head => 1,
            Cut::Inner | Cut::Every => 2,
        }
    }

    /// A cut that this is a case of.
    fn wider(self) -> Self {
        match self {
            Cut::First => Cut::Head,
            Cut::Last => Cut::Tail,
            Cut::Index | Cut::Head | Cut::Tail => Cut::Inner,
            Cut::Even | Cut::Odd => Cut::Every,
            other => other,
        }
    }
}

impl Region {
    /// Bits that say which of the sets of `shape` at its size it is, if it is one: 0 for `-1`, and for `k:` the logarithm of
    /// the number of indices.
    pub fn bits(&self, shape: &RegionShape) -> f64 {
        let log = |size: u32| f64::from(size.max(1)).log2();
        let open = |dimension: usize, cut: Cut| cut.freedom() as f64 * log(self.extents[dimension].whole);
        let cuts = |cuts: &[Cut]| cuts.iter().enumerate().map(|(dimension, cut)| open(dimension, *cut)).sum::<f64>();
        let [_, _, rows, columns] = self.extents.map(|extent| log(extent.whole));
        match shape {
            RegionShape::Slice(all) => cuts(all),
            RegionShape::Flat(some) => cuts(some) + rows + columns,
            RegionShape::Border(some, sides) => {
                let along = [rows, columns, rows, columns].into_iter().zip(sides.as_array());
                cuts(some) + along.map(|(bits, present)| if present { bits } else { 0.0 }).sum::<f64>()
            }
            RegionShape::Scattered => {
                let share = self.coverage();
                let entropy =
                    -share * share.log2() - if share < 1.0 { (1.0 - share) * (1.0 - share).log2() } else { 0.0 };
                self.capacity as f64 * entropy
            }
        }
    }
}
