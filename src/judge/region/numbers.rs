//! The numbers that regions of one shape have in common: of `[:, :, k:, :]` that it is `8:` at every size.

use super::extent::Extent;
use super::{Cut, Form, Region, RegionShape};
use std::collections::{BTreeMap, BTreeSet};

/// Regions that must have one number before it is one of the bug.
const LEAST: usize = 5;

/// Of those that tell, one in so many may have another: what isn't seen for the padding moves a bound.
const ALL_BUT_ONE_IN: usize = 10;

impl RegionShape {
    /// The shape with the numbers that nearly all of `regions` have in place of its `k`, whatever their sizes; `None` where they have
    /// none in common.
    pub fn numbered(&self, regions: &[&Region]) -> Option<String> {
        let of_it = || regions.iter().filter(|region| region.could_be(self));
        let cut = |dimension: usize, cut: Cut| {
            let extents = of_it().map(|region| region.extents[dimension]).filter(|extent| !extent.is_all());
            numbered(cut, &extents.collect::<Vec<_>>())
        };
        let cuts = |cuts: &[Cut]| cuts.iter().enumerate().map(|(place, &each)| cut(place, each)).collect::<Vec<_>>();
        let plain = |cuts: &[Cut]| cuts.iter().map(Cut::to_string).collect::<Vec<_>>();
        let (found, plain, last) = match self {
            RegionShape::Slice(all) => (cuts(all), plain(all), None),
            RegionShape::Flat(some) => {
                let flat = of_it().filter_map(|region| match region.form {
                    Form::Flat(pixels) => {
                        let [_, _, rows, columns] = &region.extents;
                        let size = rows.size * columns.size;
                        Some((size, size - pixels, pixels))
                    }
                    _ => None,
                });
                let tail = tail(&flat.collect::<Vec<_>>()).map(|tail| format!("flat {tail}"));
                (cuts(some), plain(some), Some((tail, "flat k:")))
            }
            RegionShape::Border(..) | RegionShape::Scattered => return None,
        };
        let (flat, flat_plain) = last.map_or((None, None), |(found, plain)| (found, Some(plain.to_owned())));
        if found.iter().all(Option::is_none) && flat.is_none() {
            return None;
        }
        let mut parts: Vec<String> =
            found.into_iter().zip(plain).map(|(found, plain)| found.unwrap_or(plain)).collect();
        parts.extend(flat.or(flat_plain));
        Some(format!("[{}]", parts.join(", ")))
    }
}

/// A cut with its numbers, where `extents` have them in common.
fn numbered(cut: Cut, extents: &[Extent]) -> Option<String> {
    let of = |number: fn(&Extent) -> u32| common(extents.iter().map(|extent| (extent.size, number(extent))));
    let start = || of(|extent| extent.start);
    let stop = || of(|extent| extent.last + 1);
    match cut {
        Cut::All | Cut::First | Cut::Last | Cut::Even | Cut::Odd => None,
        Cut::Tail => tail(&extents.iter().map(|e| (e.size, e.start, e.size - e.start)).collect::<Vec<_>>()),
        Cut::Head => stop()
            .map(|stop| format!(":{stop}"))
            .or_else(|| of(|extent| extent.size - 1 - extent.last).map(|right| format!(":-{right}"))),
        Cut::Index => start()
            .map(|start| start.to_string())
            .or_else(|| of(|extent| extent.size - extent.start).map(|from_end| format!("-{from_end}"))),
        Cut::Inner => Some(format!("{}:{}", start()?, stop()?)),
        // Of one index alone the step isn't seen.
        Cut::Every => {
            let several = extents.iter().filter(|extent| !extent.is_single()).map(|extent| (extent.size, extent.step));
            Some(format!("{}::{}", start()?, common(several)?))
        }
    }
}

/// `k:` by its first index, or by how many there are: of sizes, first indices and counts.
fn tail(of: &[(u32, u32, u32)]) -> Option<String> {
    let start = common(of.iter().map(|(size, start, _)| (*size, *start)));
    let count = || common(of.iter().map(|(size, _, count)| (*size, *count)));
    start.map(|start| format!("{start}:")).or_else(|| count().map(|count| format!("-{count}:")))
}

/// The number that nearly all have, if they are of more than one size.
fn common(of: impl Iterator<Item = (u32, u32)>) -> Option<u32> {
    let mut sizes: BTreeMap<u32, (usize, BTreeSet<u32>)> = BTreeMap::new();
    let mut all = 0;
    for (size, number) in of {
        all += 1;
        let (count, sizes) = sizes.entry(number).or_default();
        *count += 1;
        sizes.insert(size);
    }
    let (number, (count, sizes)) = sizes.into_iter().max_by_key(|(_, (count, _))| *count)?;
    (count >= LEAST && (all - count) * ALL_BUT_ONE_IN <= all && sizes.len() > 1).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;

    /// What regions of outputs of several sizes have in common, of which the pixels that `wrong` says are.
    fn numbers(shape: &str, wrong: impl Fn(usize, usize, usize, usize) -> bool) -> Option<String> {
        let regions: Vec<Region> = (3..9)
            .flat_map(|rows| (3..9).map(move |columns| (rows, columns)))
            .filter_map(|(rows, columns)| {
                let problem: Problem = format!("mb1ic1ih{rows}iw{columns}oc2kh1kw1ph0pw0").parse().unwrap();
                let at = |index: &usize| wrong(rows, columns, index % (rows * columns) / columns, index % columns);
                let wrong: Vec<usize> = (0..2 * rows * columns).filter(at).collect();
                (!wrong.is_empty()).then(|| Region::of(&problem, &wrong))
            })
            .collect();
        let shape: RegionShape = shape.parse().unwrap();
        shape.numbered(&regions.iter().collect::<Vec<_>>())
    }

    #[test]
    fn numbers_that_all_sizes_have_are_named() {
        let said = |shape, wrong: fn(usize, usize, usize, usize) -> bool| numbers(shape, wrong).unwrap_or_default();
        assert_eq!(said("[:, :, k:, :]", |_, _, row, _| row >= 4), "[:, :, 4:, :]");
        assert_eq!(said("[:, :, k:, :]", |rows, _, row, _| row + 2 >= rows), "[:, :, -2:, :]");
        assert_eq!(said("[:, :, :, :k]", |_, _, _, column| column < 2), "[:, :, :, :2]");
        assert_eq!(said("[:, :, k, :]", |_, _, row, _| row == 3), "[:, :, 3, :]");
        assert_eq!(said("[:, :, k:k, :]", |_, _, row, _| (2..4).contains(&row)), "[:, :, 2:4, :]");
        assert_eq!(said("[:, :, flat k:]", |_, columns, row, column| row * columns + column >= 1), "[:, :, flat 1:]");
        assert_eq!(
            said("[:, :, k:, :]", |rows, _, row, _| row >= rows / 2),
            "",
            "the half is another number each time"
        );
        assert_eq!(said("[:, :, -1, :]", |rows, _, row, _| row + 1 == rows), "", "no number is left open");
    }
}
