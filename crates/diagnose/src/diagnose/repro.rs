//! A repro: a failing problem with its operands, what is expected and what came out, as a file that can be replayed anywhere.

use super::Before;
use super::Explanation;
use super::pairs::{Pairs, most_pairs, pairs};
use super::smallest::smallest_within;
use crate::backend::worker::Limits;
use crate::judge::{Examiner, Observation, Region, Settings, Symptom, Verdict};
use crate::operands::{Case, Operands};
use crate::problem::{Condition, Problem};
use crate::shrink::{ShrinkError, Shrunk};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use thiserror::Error;

/// A failing problem in full. Numbers are f32, row-major; see [`crate::operands::Case`] for the shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repro {
    /// The problem, as a descriptor.
    pub problem: Problem,
    /// The same in words.
    pub words: String,
    /// The backend that failed.
    pub backend: String,
    /// Its version.
    pub backend_version: String,
    /// Whether the backend is a planted bug, and not an engine.
    pub planted: bool,
    /// The backend that is believed.
    pub reference: String,
    /// What happened.
    pub verdict: Verdict,
    /// Where the wrong elements sit, if there is an output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The backend's own words, if there is no output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether it failed in a sweep, and passes when it is run again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// What has to be computed before for it to fail, in order, in a session that computed nothing yet; alone it passes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Before>,
    /// Name of the fill that made the operands.
    pub fill: String,
    /// Its seed.
    pub seed: u64,
    /// Whether bits were compared instead of numbers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// Whether the backend was asked to run in a process of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub isolated: bool,
    /// Seconds that it had there, where they were not those that it has by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<f64>,
    /// How far the problem is proved to be the smallest; none where it was not shrunk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shrunk: Option<Proof>,
    /// When and how it happens, where its finding was explained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// How little has to change for it to pass, where that was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passes: Option<Pairs>,
    /// Input, weights and bias.
    pub operands: Tensors,
    /// Expected and actual output.
    pub output: Outputs,
}

/// When and how the finding of a [`Repro`] happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// When, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The same as a condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// What must be known of it, where it is approximate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caveat: Option<String>,
    /// Of the failing problems that it was not learnt from, how many it foretells, of how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<[usize; 2]>,
    /// The same of the passing ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passing: Option<[usize; 2]>,
    /// What the wrong elements sum, in a sentence; or why that can't be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// The problem in which that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Problem>,
    /// What its first wrong element reads, drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

impl From<&Explanation> for Why {
    fn from(explanation: &Explanation) -> Self {
        let trigger = explanation.trigger.as_ref();
        let counts = trigger.map(|trigger| trigger.held_out);
        let told = explanation.taps.as_ref().and_then(|told| told.as_ref().ok());
        Self {
            when: trigger.map(|trigger| trigger.condition.in_words()),
            condition: trigger.map(|trigger| trigger.condition.clone()),
            caveat: explanation.caveat(),
            failing: counts.map(|counts| [counts.foretold, counts.foretold + counts.missed]),
            passing: counts.map(|counts| [counts.quiet, counts.quiet + counts.false_alarms]),
            what: explanation.taps_in_words(),
            seen_at: told.map(|told| told.problem),
            picture: told.map(|told| told.picture.clone()),
        }
    }
}

/// What a shrink did for a [`Repro`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Whether every smaller problem in the neighbourhood was run and doesn't show the finding; if not, the runs were spent.
    pub proved: bool,
    /// How many such problems were run.
    pub smaller_neighbours: u64,
    /// Runs of the backend that the shrink took.
    pub runs: u64,
    /// Whether problems of which another finding's trigger holds were left out, so that this finding shows alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub apart: bool,
}

/// The operands of a [`Repro`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tensors {
    /// `N×C×H×W`.
    pub input: Vec<f32>,
    /// `O×(C/G)×KH×KW`.
    pub weights: Vec<f32>,
    /// `O` values, or none.
    pub bias: Vec<f32>,
}

/// The outputs of a [`Repro`], `N×O×OH×OW`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outputs {
    /// What the reference computed.
    pub expected: Vec<f32>,
    /// What the backend computed; empty where it gave no output. NaN also where it wrote nothing.
    pub actual: Vec<f32>,
    /// The wrong elements: image, channel, row, column.
    pub wrong: Vec<[usize; 4]>,
}

/// A repro file that can't be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReproError {
    /// It is no repro, or one that somebody broke.
    #[error("not a repro file")]
    Toml(#[from] toml::de::Error),
    /// An array has the wrong length.
    #[error("{array} has {found} values, but {problem} needs {expected}")]
    Length {
        /// Which.
        array: &'static str,
        /// Its length.
        found: usize,
        /// The length that the problem asks for.
        expected: u64,
        /// The problem.
        problem: Problem,
    },
    /// The repro could not be formatted.
    #[error("formatting a repro")]
    Format(#[from] toml::ser::Error),
}

impl Repro {
    /// The repro of what `examiner` saw last: `observation` on `problem` with `operands`.
    pub fn of(
        problem: &Problem,
        operands: &Operands,
        settings: Settings,
        examiner: &Examiner<'_>,
        observation: &Observation,
    ) -> Self {
        let output = problem.output();
        let shape = [problem.batch as usize, problem.out_channels as usize, output.h as usize, output.w as usize];
        let has_output = observation.difference.is_some();
        Self {
            problem: *problem,
            words: problem.in_words(),
            backend: examiner.backend().name().to_owned(),
            backend_version: examiner.backend().version(),
            planted: examiner.backend().kind() == crate::backend::Kind::Planted,
            reference: examiner.reference().name().to_owned(),
            verdict: observation.verdict,
            region: observation.difference.as_ref().map(|difference| difference.region.to_string()),
            message: observation.message.as_deref().map(str::to_owned),
            gone: false,
            before: Vec::new(),
            fill: settings.fill.name().to_owned(),
            seed: settings.seed,
            strict: settings.strict,
            isolated: false,
            deadline: None,
            shrunk: None,
            why: None,
            passes: None,
            operands: Tensors {
                input: operands.input.clone(),
                weights: operands.weights.clone(),
                bias: operands.bias.clone(),
            },
            output: Outputs {
                expected: examiner.expected().to_vec(),
                actual: if has_output { examiner.actual().to_vec() } else { Vec::new() },
                wrong: examiner.wrong().iter().map(|&index| crate::judge::position(shape, index)).collect(),
            },
        }
    }

    /// The repro of the smallest problem near `start`, of those `within` some bounds, that shows `symptom`, with the simplest operands,
    /// found in at most some `runs` runs of the backend.
    ///
    /// # Errors
    /// `start` doesn't show the symptom.
    pub fn shrunk(
        examiner: &mut Examiner<'_>,
        settings: Settings,
        start: &Problem,
        symptom: &Symptom,
        runs: u64,
        within: &dyn Fn(&Problem) -> bool,
    ) -> Result<Self, ShrinkError> {
        let Shrunk { problem, operands, observation, calls, neighbours, proved } =
            smallest_within(examiner, start, symptom, runs, within)?;
        let repro = Self::of(&problem, &operands, settings, examiner, &observation);
        let shrunk = Some(Proof { proved, smaller_neighbours: neighbours, runs: calls, apart: false });
        Ok(Self { shrunk, ..repro })
    }

    /// Keeps how the backend was run: in a process of its own, and with how much time.
    pub fn ran(&mut self, isolated: bool, deadline: Duration) {
        self.isolated = isolated;
        self.deadline = (deadline != Limits::default().answer).then_some(deadline.as_secs_f64());
    }

    /// The repro of a problem that failed with `verdict` in a sweep, and passes now that it is run again: `passes` says how.
    pub fn not_again(self, verdict: Verdict, passes: &str) -> Self {
        let message = format!(
            "it failed in the sweep and {passes}: what it returns depends on chance, or on the problems \
             that it computes before or together with this one"
        );
        Self { verdict, region: None, message: Some(message), gone: true, ..self }
    }

    /// What it shows; none where its verdict is no failure.
    pub fn symptom(&self) -> Option<Symptom> {
        let output = self.problem.output();
        let [o, h, w] = [self.problem.out_channels, output.h, output.w].map(|size| size as usize);
        let wrong: Vec<usize> = self.output.wrong.iter().map(|[n, k, i, j]| ((n * o + k) * h + i) * w + j).collect();
        let region = (!wrong.is_empty()).then(|| Region::of(&self.problem, &wrong));
        Symptom::new(self.verdict, region, self.message.as_deref())
    }

    /// Looks for how little has to change for it to pass, with operands filled as its own were.
    pub fn look_for_passing(&mut self, examiner: &mut Examiner<'_>) {
        let most = most_pairs(self.verdict);
        let trigger = self.why.as_ref().and_then(|why| why.condition.as_ref());
        self.passes = Some(pairs(&self.problem, most, trigger, |problem| examiner.examine(problem).verdict));
    }

    /// The operands as a case.
    pub fn case(&self) -> Case<'_> {
        let Tensors { input, weights, bias } = &self.operands;
        Case { problem: &self.problem, input, weights, bias }
    }

    /// Reads a repro file.
    ///
    /// # Errors
    /// It isn't TOML, has unknown fields, or its arrays don't fit its problem.
    pub fn parse(text: &str) -> Result<Self, ReproError> {
        let repro: Self = toml::from_str(text)?;
        let p = &repro.problem;
        for (array, found, expected) in [
            ("operands.input", repro.operands.input.len(), p.input_len()),
            ("operands.weights", repro.operands.weights.len(), p.weights_len()),
            ("operands.bias", repro.operands.bias.len(), p.bias_len()),
            ("output.expected", repro.output.expected.len(), p.output_len()),
        ] {
            if found as u64 != expected {
                return Err(ReproError::Length { array, found, expected, problem: *p });
            }
        }
        Ok(repro)
    }

    /// The repro as a file.
    ///
    /// # Errors
    /// The serializer's; none is known.
    pub fn to_toml(&self) -> Result<String, ReproError> {
        Ok(toml::to_string(self)?)
    }
}
