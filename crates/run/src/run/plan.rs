//! A plan: all that decides what a run's map will hold. Same plan, same backends: the same map, byte for byte.

use crate::judge::Settings;
use crate::operands::Fill;
use crate::problem::space::{Axes, Positions, Selection, SelectionError, Space, SpaceError};
use crate::problem::{Condition, Limits, Problem};
use crate::sweep::Point;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;
use thiserror::Error;

/// What is run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What the problems come from, in a word: a preset's name, a file's, or `custom`.
    pub name: String,
    /// Indices `FIRST..END`; all of the space where neither this nor a sample is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// So many problems of the space, drawn by the seed, none twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<u64>,
    /// So many problems of the space, chosen as verdicts come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adaptive: Option<u64>,
    /// Only problems of which this holds.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// The backend that is believed.
    pub reference: String,
    /// The backends under test, in the order of the map's rows.
    pub backends: Vec<String>,
    /// How operands are filled; where that is left open, as [suits the backends](Settings::fill_for). A run that was begun has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Fill>,
    /// The seed of operands and sample.
    pub seed: u64,
    /// Compare bits instead of numbers.
    pub strict: bool,
    /// Whether `map.csv` is written, or `failures.csv` alone.
    pub map: MapKind,
    /// Whether every backend under test runs in a process of its own.
    pub isolate: bool,
    /// Seconds that a backend in another process has for one problem.
    pub deadline: f64,
    /// Runs that shrinking one finding may take; 0 leaves it as it was swept.
    pub shrink_calls: u64,
    /// Problems that may be run to explain a finding; 0 explains nothing.
    pub explain_calls: usize,
    /// The space; without one, the run's list of problems is in `problems.txt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<Axes>,
}

/// Which rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MapKind {
    /// A row a problem and backend.
    Full,
    /// A row a failing problem and backend.
    Failures,
}

/// A plan that makes no points.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The axes make no space.
    #[error("the space can't be made")]
    Space(#[from] SpaceError),
    /// The selection doesn't fit the space.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// A backend stands there more than once.
    #[error("backend {0:?} is given twice: once is enough")]
    Twice(String),
    /// A list of problems has no indices to choose from.
    #[error("a range, a sample or an adaptive choice needs a space; a list of problems is run whole")]
    SelectionOfList,
}

/// The points of a plan: indices of a space, or a list.
pub enum Points {
    /// A space, and which of its points.
    Space(Box<Space>, Positions),
    /// A space, and the indices that were chosen of it.
    Chosen(Box<Space>, Vec<u64>),
    /// Problems one by one.
    List(Arc<[Problem]>),
}

impl Plan {
    /// Fill and judge.
    pub fn settings(&self) -> Settings {
        Settings { fill: self.fill.unwrap_or_default(), seed: self.seed, strict: self.strict }
    }

    /// The points to run. `list` is what is run where there is no space.
    ///
    /// # Errors
    /// The axes make no space, or the selection doesn't fit it.
    pub fn points(&self, list: Arc<[Problem]>) -> Result<Points, PlanError> {
        let selection = match (&self.range, self.sample) {
            (Some(range), _) => Selection::Range(crate::problem::space::parse_range(range)?),
            (None, Some(problems)) => Selection::Sample { problems, seed: self.seed },
            (None, None) => Selection::All,
        };
        match &self.space {
            Some(axes) => {
                let space = Space::new(axes.clone())?;
                let positions = selection.positions_where(&space, self.condition.as_ref())?;
                Ok(Points::Space(Box::new(space), positions))
            }
            None if selection == Selection::All && self.adaptive.is_none() => Ok(Points::List(list)),
            None => Err(PlanError::SelectionOfList),
        }
    }
}

impl Points {
    /// How many, those included that are no problem.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> u64 {
        match self {
            Points::Space(_, positions) => positions.len(),
            Points::Chosen(_, indices) => indices.len() as u64,
            Points::List(problems) => problems.len() as u64,
        }
    }

    /// All points from number `first` on, filtered by `condition`.
    pub fn from<'a>(
        &'a self,
        first: u64,
        condition: Option<&'a Condition>,
    ) -> impl Iterator<Item = Point> + Send + use<'a> {
        (first..self.len()).map(move |position| self.at(position, condition))
    }

    /// The point at `position`, filtered by `condition`.
    pub fn at(&self, position: u64, condition: Option<&Condition>) -> Point {
        let of = |space: &Space, index| (index, space.problem(index).map_err(|excluded| Cow::from(excluded.reason())));
        let (index, point) = match self {
            Points::Space(space, positions) => of(space, positions.index(position)),
            Points::Chosen(space, indices) => of(space, indices[position as usize]),
            Points::List(problems) => {
                let problem = problems[position as usize];
                let fits = Limits::default().check(&problem).map(|()| problem);
                (position, fits.map_err(|error| Cow::from(error.to_string())))
            }
        };
        match point {
            Ok(problem) if condition.is_some_and(|condition| !condition.holds(&problem)) => {
                (index, Err(Cow::from("--where doesn't hold")))
            }
            point => (index, point),
        }
    }
}
