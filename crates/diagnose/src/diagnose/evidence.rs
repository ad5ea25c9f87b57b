//! Evidence: what a repro's readers ask next. Does it happen each time, what else fails nearby, who says otherwise?

use super::{Looking, Repro};
use crate::backend::{Backend, Kind};
use crate::judge::{Examiner, Observation, Settings, Verdict, same};
use crate::operands::Fill;
use crate::problem::{Feature, Problem};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// How often a repro is run again.
pub const REPEATS: u32 = 20;
/// The same where each run may take a whole deadline, or costs a process.
const REPEATS_WITHOUT_OUTPUT: u32 = 3;
/// How far from a parameter's value its neighbours are looked for: past the next multiple of the groups.
const FAR: u32 = 64;

/// What was seen around a repro.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The repro itself, run again.
    pub repeats: Repeats,
    /// Each parameter's neighbours.
    pub neighbours: Vec<Neighbours>,
    /// Other backends on the same operands.
    pub others: Vec<Other>,
}

/// A repro run again and again in one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// How often.
    pub runs: u32,
    /// How often each verdict.
    pub verdicts: BTreeMap<Verdict, u32>,
    /// How many different outputs there were, bit for bit.
    pub outputs: usize,
    /// How often verdict, region and output were the repro's.
    pub as_recorded: u32,
}

/// A verdict, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// Where the wrong elements sit, if there is an output that is wrong.
    pub region: Option<String>,
}

impl From<&Observation> for Outcome {
    fn from(observation: &Observation) -> Self {
        let region = observation.difference.as_ref().map(|difference| difference.region.to_string());
        Self { verdict: observation.verdict, region }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.region {
            Some(region) => write!(f, "{} at {region}", self.verdict),
            None => self.verdict.fmt(f),
        }
    }
}

/// One parameter changed to the nearest values that make a problem, the others as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    /// The parameter.
    pub parameter: Feature,
    /// Its value in the repro.
    pub value: u32,
    /// The next smaller value, and what happens there; `None` where none makes a problem.
    pub down: Option<(u32, Outcome)>,
    /// The next larger one.
    pub up: Option<(u32, Outcome)>,
}

/// Another backend on a repro's operands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether it is an engine, and not one of convdiff's own.
    pub engine: bool,
    /// What it does.
    pub outcome: Outcome,
}

impl Evidence {
    /// Runs the repro again on the examiner's backend, its neighbours, and the repro on `others`: all of them that are
    /// neither planted nor a side of the disagreement, and can be started.
    pub fn gather(repro: &Repro, examiner: &mut Examiner<'_>, others: &[Arc<dyn Backend>]) -> Self {
        let repeats = repeats(repro, examiner);
        // Most neighbours of a hang hang, a deadline each; the repro's own pairs say already where it passes.
        // Those of what fails no more say nothing.
        let neighbours = match repro.verdict {
            _ if repro.gone || !repro.before.is_empty() => Vec::new(),
            Verdict::Hangs => Vec::new(),
            _ => neighbours(&repro.problem, |problem| Outcome::from(&examiner.examine(problem))),
        };
        let (reference, under_test) = (examiner.reference(), examiner.backend().name());
        let third = |other: &&Arc<dyn Backend>| {
            other.kind() != Kind::Planted && ![reference.name(), under_test].contains(&other.name())
        };
        let others = others.iter().filter(third);
        let others = others.filter_map(|other| {
            let mut examiner = Examiner::new(reference, &**other, repro.settings()).ok()?;
            Some(Other {
                name: other.name().to_owned(),
                version: other.version(),
                engine: other.kind() == Kind::Engine,
                outcome: Outcome::from(&examiner.examine_case(repro.case())),
            })
        });
        Self { repeats, neighbours, others: others.collect() }
    }
}

impl Repro {
    /// How operands of neighbours are filled and outputs judged: as the repro's own.
    pub fn settings(&self) -> Settings {
        let fill = Fill::NAMES.iter().find(|(name, _)| *name == self.fill).map_or(Fill::Integers, |(_, fill)| *fill);
        Settings { fill, seed: self.seed, strict: self.strict }
    }
}

fn repeats(repro: &Repro, examiner: &mut Examiner<'_>) -> Repeats {
    let mut repeats = Repeats::default();
    let mut outputs: Vec<Vec<u32>> = Vec::new();
    let has_output = repro.gone || !repro.output.actual.is_empty();
    let runs = if has_output && repro.before.is_empty() { REPEATS } else { REPEATS_WITHOUT_OUTPUT };
    let looking = Looking { reference: examiner.reference(), backend: examiner.backend(), settings: repro.settings() };
    for _ in 0..runs {
        let mut after;
        let examiner = match repro.before.is_empty() {
            true => &mut *examiner,
            false => {
                let Ok(new) = looking.after(&repro.before) else { break };
                after = new;
                &mut after
            }
        };
        let observation = examiner.examine_case(repro.case());
        repeats.runs += 1;
        *repeats.verdicts.entry(observation.verdict).or_default() += 1;
        repeats.as_recorded += u32::from(is_recorded(repro, &observation, examiner.actual()));
        let has_output = observation.message.is_none() || observation.difference.is_some();
        let bits: Vec<u32> = examiner.actual().iter().map(|value| value.to_bits()).collect();
        if has_output && !outputs.contains(&bits) {
            outputs.push(bits);
        }
    }
    repeats.outputs = outputs.len();
    repeats
}

fn is_recorded(repro: &Repro, observation: &Observation, actual: &[f32]) -> bool {
    let outcome = Outcome::from(observation);
    // A repro file keeps no payload of a NaN, so an element that was not written counts as any NaN.
    let same =
        |(recorded, now): (&f32, &f32)| same(*recorded, *now, repro.strict) || (recorded.is_nan() && now.is_nan());
    (outcome.verdict, &outcome.region) == (repro.verdict, &repro.region)
        && repro.output.actual.iter().zip(actual).all(same)
}

/// The nearest values of every parameter at which there is a problem, and what `examine` says of it.
pub fn neighbours(problem: &Problem, mut examine: impl FnMut(&Problem) -> Outcome) -> Vec<Neighbours> {
    let mut with = |parameter: &Feature, value: u32| {
        let mut parameters = problem.parameters();
        parameter.set(&mut parameters, value);
        Problem::new(parameters).ok().map(|problem| (value, examine(&problem)))
    };
    Feature::parameters()
        .map(|parameter| {
            // Every parameter is a u32 or a flag.
            let value = parameter.value(problem) as u32;
            let most = if parameter.is_flag() { 1 } else { value.saturating_add(FAR) };
            let down = (value.saturating_sub(FAR)..value).rev().find_map(|value| with(&parameter, value));
            let up = (value + 1..=most).find_map(|value| with(&parameter, value));
            Neighbours { parameter, value, down, up }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{defect, exact::Exact};
    use convdiff_engines::registry;

    fn repro(defect: &defect::Defect, descriptor: &str) -> Repro {
        let problem: Problem = descriptor.parse().unwrap();
        let mut examiner = Examiner::new(&Exact, defect, Settings::default()).unwrap();
        let observation = examiner.examine(&problem);
        Repro::of(&problem, examiner.operands(), Settings::default(), &examiner, &observation)
    }

    fn evidence(name: &str, descriptor: &str) -> Evidence {
        let defect = defect::find(name).unwrap();
        let repro = repro(defect, descriptor);
        let mut examiner = Examiner::new(&Exact, defect, repro.settings()).unwrap();
        Evidence::gather(&repro, &mut examiner, &registry::default_under_test())
    }

    #[test]
    fn a_steady_failure_is_the_same_each_time_and_others_agree() {
        let Evidence { repeats, others, .. } = evidence("coreml-2515", "mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1");
        let expected =
            Repeats { runs: REPEATS, verdicts: [(Verdict::Differs, REPEATS)].into(), outputs: 1, as_recorded: REPEATS };
        assert_eq!(repeats, expected);
        assert!(others.iter().any(|other| other.name == "im2col"), "{others:?}");
        assert!(others.iter().all(|other| other.outcome.verdict == Verdict::Agrees), "{others:?}");
        assert!(others.iter().all(|other| !other.name.starts_with(defect::PREFIX) && other.name != "exact"));
    }

    #[test]
    fn an_unstable_failure_has_many_outputs() {
        let Evidence { repeats, .. } = evidence("unwritten-rows", "g2mb1ic2ih5iw5oc2kh2kw2dh1dw0");
        assert_eq!(repeats.verdicts, [(Verdict::Unstable, REPEATS)].into());
        assert!(repeats.outputs > 1 && repeats.as_recorded < REPEATS, "{repeats:?}");
    }

    #[test]
    fn neighbours_are_the_nearest_values_that_make_a_problem() {
        let problem: Problem = "g2mb1ic4ih3iw5oc6kh3kw2ph0pw0".parse().unwrap();
        let agrees = |_: &Problem| Outcome { verdict: Verdict::Agrees, region: None };
        let found: Vec<String> = neighbours(&problem, agrees)
            .iter()
            .map(|Neighbours { parameter, value, down, up }| {
                let value_of = |side: &Option<(u32, Outcome)>| side.as_ref().map_or("-".into(), |(v, _)| v.to_string());
                format!("{} {} {value} {}", parameter.name(), value_of(down), value_of(up))
            })
            .collect();
        insta::assert_snapshot!(found.join("\n"), @r"
        batch - 1 2
        in_channels 2 4 6
        out_channels 4 6 8
        groups 1 2 -
        bias - 0 1
        input_h - 3 4
        input_w 4 5 6
        kernel_h 2 3 -
        kernel_w 1 2 3
        stride_h - 1 2
        stride_w - 1 2
        dilation_h - 1 -
        dilation_w - 1 2
        pad_top - 0 1
        pad_left - 0 1
        pad_bottom - 0 1
        pad_right - 0 1
        ");
    }
}
