//! `findings.toml`: what a run found, for people and programs.

use super::explain::{Explained, Grounds};
use crate::backend::{Backend, Kind};
use crate::diagnose::trigger::Counts;
use crate::diagnose::{Explanation, Finding, Pairs, Proof, Repro};
use crate::judge::Symptom;
use crate::problem::{Condition, Problem};
use crate::sweep::SweepError;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A finding with all that was made of it.
#[derive(Debug)]
pub struct Reported {
    /// The finding.
    pub finding: Finding,
    /// Name of its repro's file in the run's folder.
    pub file: String,
    /// Its repro.
    pub repro: Repro,
    /// When and how it happens, if that was asked for.
    pub explanation: Option<Explanation>,
}

/// `findings.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingsFile {
    /// The findings, in the order of their numbers.
    #[serde(default, rename = "finding")]
    pub findings: Vec<FindingEntry>,
}

/// One finding in `findings.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingEntry {
    /// The backend that fails.
    pub backend: String,
    /// Whether that is a planted bug.
    pub planted: bool,
    /// The repro's problem: the smallest that shows it, where it was shrunk.
    pub problem: Problem,
    /// The same in words.
    pub words: String,
    /// The file with it in full.
    pub repro: String,
    /// How far it is proved to be the smallest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shrunk: Option<Proof>,
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// What the wrong elements sum, in a sentence; or why that can't be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taps: Option<String>,
    /// When it happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<TriggerEntry>,
    /// Whether it was read from a file that has numbers for what happens: then that isn't known.
    #[serde(skip)]
    pub dated: bool,
}

/// When a finding happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerEntry {
    /// The predicate; `--where` takes it.
    pub condition: Condition,
    /// The same in words.
    pub words: String,
    /// What must be known of it, where it is approximate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caveat: Option<String>,
    /// Of problems that were not used to learn it: predicted to fail, and failed.
    pub foretold: usize,
    /// Of the same: predicted to fail, and passed.
    pub false_alarms: usize,
    /// Of the same: predicted to pass, and failed.
    pub missed: usize,
    /// Of the same: predicted to pass, and passed.
    pub quiet: usize,
    /// Problems that were run to learn and to check it.
    pub calls: usize,
    /// The simplest problems that fail against the prediction.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fail_unexpectedly: Vec<Problem>,
    /// The simplest problems that pass against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pass_unexpectedly: Vec<Problem>,
    /// Predicates that can't be told from this one by what is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Condition>,
    /// Parameters that made no difference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub irrelevant: Vec<String>,
}

impl FindingsFile {
    /// The file of what was reported.
    pub fn of(reported: &[Reported], backends: &[Arc<dyn Backend>]) -> Self {
        let entry = |Reported { finding, file, repro, explanation }: &Reported| {
            let backend = &backends[finding.backend];
            FindingEntry {
                backend: backend.name().to_owned(),
                planted: backend.kind() == Kind::Planted,
                words: repro.words.clone(),
                repro: file.clone(),
                problem: repro.problem,
                shrunk: repro.shrunk,
                finding: finding.clone(),
                taps: explanation.as_ref().and_then(Explanation::taps_in_words),
                trigger: explanation.as_ref().and_then(TriggerEntry::of),
                dated: false,
            }
        };
        Self { findings: reported.iter().map(entry).collect() }
    }
}

/// What `convdiff explain --out` writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplanationsFile {
    /// The explanations, in the order of their numbers.
    #[serde(default, rename = "explanation")]
    pub explanations: Vec<ExplanationEntry>,
}

/// One explanation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExplanationEntry {
    /// The backend that fails.
    pub backend: String,
    /// Whether that is a planted bug.
    pub planted: bool,
    /// What happens.
    #[serde(flatten)]
    pub symptom: Symptom,
    /// How many problems of the run or map fail this way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problems: Option<u64>,
    /// The smallest problem that is known.
    pub smallest: Problem,
    /// What holds of all problems that were asked about.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub asked: Option<Condition>,
    /// Runs of the backend that it took; 0 where it was learnt from the map alone.
    pub calls: u64,
    /// What the wrong elements sum, in a sentence; or why that can't be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taps: Option<String>,
    /// When it happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<TriggerEntry>,
    /// Where it begins to pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passes: Option<Pairs>,
}

impl ExplanationsFile {
    /// The file of these explanations.
    pub fn of(explained: &[Explained]) -> Self {
        let entry = |explained: &Explained| ExplanationEntry {
            backend: explained.backend.clone(),
            planted: explained.planted,
            symptom: explained.symptom.clone(),
            problems: explained.problems,
            smallest: explained.smallest,
            asked: explained.asked.clone(),
            calls: match explained.grounds {
                Grounds::Run { runs, .. } => runs,
                Grounds::Map => 0,
            },
            taps: explained.explanation.taps_in_words(),
            trigger: TriggerEntry::of(&explained.explanation),
            passes: explained.pairs.clone(),
        };
        Self { explanations: explained.iter().map(entry).collect() }
    }

    /// The file's text.
    ///
    /// # Errors
    /// The serializer's; none is known.
    pub fn to_toml(&self) -> Result<String, SweepError> {
        let format = |error: toml::ser::Error| SweepError::Format { what: "explanations", reason: error.to_string() };
        super::format::write(self).map_err(format)
    }
}

impl TriggerEntry {
    fn of(explanation: &Explanation) -> Option<Self> {
        let trigger = explanation.trigger.as_ref()?;
        let Counts { foretold, false_alarms, missed, quiet } = trigger.held_out;
        let unexpected = |failed: bool| {
            trigger.exceptions.iter().filter(|(_, fails)| *fails == failed).map(|(problem, _)| *problem).collect()
        };
        Some(Self {
            condition: trigger.condition.clone(),
            words: trigger.condition.in_words(),
            caveat: explanation.caveat(),
            foretold,
            false_alarms,
            missed,
            quiet,
            calls: trigger.calls,
            fail_unexpectedly: unexpected(true),
            pass_unexpectedly: unexpected(false),
            alternatives: trigger.alternatives.iter().map(|other| other.condition.clone()).collect(),
            irrelevant: trigger.irrelevant.iter().map(|irrelevant| irrelevant.parameter.name().to_owned()).collect(),
        })
    }
}
