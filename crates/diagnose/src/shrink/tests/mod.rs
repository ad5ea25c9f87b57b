//! Planted defects, shrunk.

mod planted;
mod random;
mod unstable;

use super::{DEFAULT_CALLS, Shrunk};
use crate::backend::Backend;
use crate::backend::defect::Defect;
use crate::backend::exact::Exact;
use crate::diagnose::smallest;
use crate::judge::{Examiner, Settings, Symptom};
use crate::problem::Problem;
use crate::problem::space::{Axes, Permutation, Space, presets};
use std::collections::BTreeMap;

/// Random problems that a defect shows on: of the preset `broad`, or where it is rare, of what is like it.
pub fn starts(defect: &Defect, number: usize) -> Vec<Problem> {
    let broad = Axes { max_work: 20_000, ..presets::find("broad").unwrap().axes() };
    let axes = match defect.name {
        "defect:strides-swapped" | "defect:tile-tail" => Axes {
            in_channels: "1..=4".parse().unwrap(),
            out_channels: "1..=4".parse().unwrap(),
            input: "1..=13x1..=20".parse().unwrap(),
            kernel: "1..=3x1..=3+3".parse().unwrap(),
            stride: "1+1..=4x1..=4".parse().unwrap(),
            dilation: "1..=2".parse().unwrap(),
            ..broad
        },
        _ => broad,
    };
    let space = Space::new(axes).unwrap();
    let shuffled = Permutation::new(space.len(), 2515);
    let problems = (0..space.len()).filter_map(|index| space.problem(shuffled.image(index)).ok());
    problems.filter(|problem| (defect.visible)(problem)).take(number).collect()
}

/// Failing problems, and what each shrank to.
pub struct Ends(Vec<(Problem, Shrunk)>);

impl Ends {
    /// Shrinks each of these, but for those on which every wrong sum is right by chance.
    pub fn of(backend: &dyn Backend, starts: &[Problem]) -> Self {
        let mut examiner = Examiner::new(&Exact, backend, Settings::default()).unwrap();
        let shrunk = |start: &Problem| {
            let symptom = Symptom::of(&examiner.examine(start))?;
            let end = smallest(&mut examiner, start, &symptom, DEFAULT_CALLS).unwrap();
            assert!(end.observation.verdict.is_failure());
            Some((*start, end))
        };
        Self(starts.iter().filter_map(shrunk).collect())
    }

    /// The smallest of the ends.
    pub fn best(&self) -> Problem {
        self.0.iter().map(|(_, end)| end.problem).min_by_key(Problem::size).unwrap()
    }

    /// How many end at `smallest`, and a line for each other end.
    pub fn told(&self, smallest: &Problem) -> (usize, String) {
        let mut elsewhere: BTreeMap<String, usize> = BTreeMap::new();
        for (_, end) in self.0.iter().filter(|(_, end)| end.problem != *smallest) {
            *elsewhere.entry(end.problem.to_string()).or_default() += 1;
        }
        let here = self.0.len() - elsewhere.values().sum::<usize>();
        (here, elsewhere.iter().map(|(problem, starts)| format!("  {problem} from {starts}\n")).collect())
    }

    /// Runs that it took, and how many weren't enough.
    pub fn costs(&self) -> String {
        let mut calls: Vec<u64> = self.0.iter().map(|(_, end)| end.calls).collect();
        calls.sort_unstable();
        let proved = self.0.iter().filter(|(_, end)| end.proved).count();
        format!("runs {}, at worst {}; proved {proved}", calls[calls.len() / 2], calls[calls.len() - 1])
    }
}
