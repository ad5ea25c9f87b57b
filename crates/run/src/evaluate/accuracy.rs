//! How well a predicate foretells what a planted defect does, over the points of a space.

use crate::problem::Problem;
use crate::run::Points;
use rayon::prelude::*;

/// Predictions held against the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// Predicted to fail, and fails.
    pub foretold: u64,
    /// Predicted to fail, and passes.
    pub false_alarms: u64,
    /// Predicted to pass, and fails.
    pub missed: u64,
    /// Predicted to fail, and nothing could show there: no prediction is wrong.
    pub hidden: u64,
}

impl Accuracy {
    /// Whether no prediction was wrong.
    pub fn is_exact(&self) -> bool {
        self.false_alarms + self.missed == 0
    }

    /// Of the problems predicted to fail, the share that does; 1 where none is.
    pub fn precision(&self) -> f64 {
        share(self.foretold, self.foretold + self.false_alarms)
    }

    /// Of the problems that fail, the share that is predicted; 1 where none does.
    pub fn recall(&self) -> f64 {
        share(self.foretold, self.foretold + self.missed)
    }

    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        let Self { foretold, false_alarms, missed, .. } = *self;
        2.0 * foretold as f64 / (2 * foretold + false_alarms + missed).max(1) as f64
    }

    fn add(self, other: Self) -> Self {
        Self {
            foretold: self.foretold + other.foretold,
            false_alarms: self.false_alarms + other.false_alarms,
            missed: self.missed + other.missed,
            hidden: self.hidden + other.hidden,
        }
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// How well `foretold` does on the points where something `shows`; where nothing shows and nothing `could`, either answer is
/// right.
pub fn over(
    points: &Points,
    shows: &(impl Fn(&Problem) -> bool + Sync),
    could: &(impl Fn(&Problem) -> bool + Sync),
    foretold: &(impl Fn(&Problem) -> bool + Sync),
) -> Accuracy {
    let one = |position: u64| {
        let Ok(problem) = points.at(position, None).1 else { return Accuracy::default() };
        match (shows(&problem), foretold(&problem)) {
            (true, true) => Accuracy { foretold: 1, ..Accuracy::default() },
            (true, false) => Accuracy { missed: 1, ..Accuracy::default() },
            (false, true) if could(&problem) => Accuracy { false_alarms: 1, ..Accuracy::default() },
            (false, true) => Accuracy { hidden: 1, ..Accuracy::default() },
            (false, false) => Accuracy::default(),
        }
    };
    (0..points.len()).into_par_iter().map(one).reduce(Accuracy::default, Accuracy::add)
}
