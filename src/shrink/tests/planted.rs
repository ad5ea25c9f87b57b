//! Each planted defect, from 200 random problems that it shows on, to the smallest there is.

use super::exhaustive::Bounds;
use super::starts;
use crate::backend::defect;
use crate::backend::exact::Exact;
use crate::judge::{Examiner, Settings, Symptom};
use crate::problem::Problem;
use crate::shrink::{DEFAULT_CALLS, Shrunk, shrink};
use std::collections::BTreeMap;
use std::fmt::Write;

const STARTS: usize = 200;

/// Defects whose every failing problem is one finding, and bounds around the smallest.
const ONE_FINDING: [(&str, Bounds); 11] = {
    const SMALL: Bounds = Bounds::SMALL;
    [
        ("coreml-2515", SMALL),
        ("channel-tail", Bounds { in_channels: 6, ..SMALL }),
        ("output-channel-tail", Bounds { out_channels: 10, ..SMALL }),
        ("leftover-column", SMALL),
        ("leftover-column-masked", Bounds { input: 11, ..SMALL }),
        ("leftover-corner", SMALL),
        ("group-offset-lost", SMALL),
        ("strides-swapped", Bounds { stride: 4, ..SMALL }),
        ("dilation-dropped-when-strided", SMALL),
        ("bias-lost-in-groups", SMALL),
        ("batch-stride", SMALL),
    ]
};

/// Defects whose wrong elements sit elsewhere at other pads or sizes: what one start shows, the smallest problem of another
/// need not.
const MORE_FINDINGS: [&str; 5] = ["pixel-tail", "end-pad-is-begin-pad", "pads-swapped", "tile-tail", "channel-band"];

/// What 200 random failing problems come to; without those on which every wrong sum is right by chance.
fn shrunk(name: &str) -> Vec<(Symptom, Shrunk)> {
    let defect = defect::find(name).unwrap();
    let mut examiner = Examiner::new(&Exact, defect, Settings::default()).unwrap();
    let mut shrunk = |start: &Problem| {
        let symptom = Symptom::of(&examiner.examine(start))?;
        let end = shrink(&mut examiner, start, &symptom, DEFAULT_CALLS).unwrap();
        Some((symptom, end))
    };
    starts(defect, STARTS).iter().filter_map(&mut shrunk).collect()
}

/// Median and worst of the runs that shrinks took.
fn calls(ends: &[(Symptom, Shrunk)]) -> (u64, u64) {
    let mut calls: Vec<u64> = ends.iter().map(|(_, end)| end.calls).collect();
    calls.sort_unstable();
    (calls[calls.len() / 2], calls[calls.len() - 1])
}

#[test]
fn every_start_ends_at_the_exhaustive_minimum() {
    let mut table = String::new();
    for (name, bounds) in ONE_FINDING {
        let ends = shrunk(name);
        let smallest = bounds.smallest(ends[0].1.problem, defect::find(name).unwrap().visible);
        for (_, end) in &ends {
            assert_eq!(end.problem, smallest, "{name}");
            assert!(end.proved, "{name}: {} runs did not prove {smallest}", end.calls);
        }
        let (median, worst) = calls(&ends);
        assert!(median < 200 || name == "strides-swapped", "{name}: {median} runs");
        let neighbours = ends[0].1.neighbours;
        writeln!(table, "{name}: {smallest}; runs {median}, at worst {worst}; {neighbours} smaller neighbours")
            .unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn what_has_more_findings_keeps_the_one_it_was_given() {
    let mut table = String::new();
    for name in MORE_FINDINGS {
        let ends = shrunk(name);
        let (median, worst) = calls(&ends);
        let mut minima: BTreeMap<String, usize> = BTreeMap::new();
        for (symptom, end) in &ends {
            assert!(symptom.shows_in(&end.observation), "{name}: {symptom} became {}", end.problem);
            *minima.entry(end.problem.to_string()).or_default() += 1;
        }
        writeln!(table, "{name}: runs {median}, at worst {worst}").unwrap();
        minima.iter().for_each(|(problem, starts)| writeln!(table, "  {problem} from {starts} starts").unwrap());
    }
    insta::assert_snapshot!(table);
}
