//! Minimal pairs: how little has to change for a failing problem to pass.

use crate::judge::Verdict;
use crate::problem::{Condition, Feature, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Problems that are tried in each direction of each parameter.
const STEPS: usize = 12;

/// How far a value is looked for that makes a problem: past the next multiple of the groups.
const FAR: u32 = 64;

/// Where a failing problem begins to pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pairs {
    /// The passing problem that is nearest: one parameter changed, by as little as will do. The smallest of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimal: Option<Problem>,
    /// Problems that were run.
    pub problems: u64,
    /// Parameters at none of whose values that were tried it passes, the others as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<String>,
    /// Parameters at some value of which it passes.
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "parameter")]
    pub parameters: Vec<Passing>,
}

/// One parameter changed, the others as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passing {
    /// The parameter.
    pub name: String,
    /// Its value in the failing problem.
    pub value: u32,
    /// The nearest smaller value at which it passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<u32>,
    /// The nearest larger value at which it passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<u32>,
    /// The smallest and the largest value that were tried.
    pub tried: [u32; 2],
}

/// Problems that may be tried: few where each failing one costs a process or a deadline.
pub fn most_pairs(verdict: Verdict) -> u64 {
    match verdict {
        Verdict::Hangs => 4,
        Verdict::Crashes => 60,
        _ => 500,
    }
}

/// Looks for the nearest values at which `problem`, which fails, passes, in at most `most` runs of `examine`: a value of each
/// parameter in each direction, then the next of each. Those that `trigger` speaks of come first, so that few runs are spent
/// where they tell most. What fails in any way doesn't pass; what is unsupported counts for nothing.
pub fn pairs(
    problem: &Problem,
    most: u64,
    trigger: Option<&Condition>,
    mut examine: impl FnMut(&Problem) -> Verdict,
) -> Pairs {
    let relevant: BTreeSet<Feature> = trigger
        .map(|trigger| trigger.features().iter().flat_map(|feature| feature.depends_on()).collect())
        .unwrap_or_default();
    let mut walks: Vec<Walk> = Feature::parameters().flat_map(|parameter| Walk::both(problem, parameter)).collect();
    let (first, rest): (Vec<usize>, Vec<usize>) =
        (0..walks.len()).partition(|&place| relevant.contains(&walks[place].parameter));
    let mut pairs = Pairs::default();
    let mut nearest: Option<((u32, _, usize), Problem)> = None;
    for places in [first, rest] {
        for _ in 0..STEPS {
            for &place in &places {
                let walk = &mut walks[place];
                let Some((changed, neighbour)) = walk.next(problem).filter(|_| pairs.problems < most) else { continue };
                pairs.problems += 1;
                let verdict = examine(&neighbour);
                if verdict == Verdict::Unsupported {
                    continue;
                }
                walk.tried = Some(changed);
                if matches!(verdict, Verdict::Agrees | Verdict::Rounds) {
                    walk.passes = Some(changed);
                    let distance = (changed.abs_diff(walk.value), neighbour.size(), place);
                    if nearest.as_ref().is_none_or(|(before, _)| distance < *before) {
                        nearest = Some((distance, neighbour));
                    }
                }
            }
        }
    }
    for both in walks.chunks_exact(2) {
        let [below, above] = both else { continue };
        let (name, value) = (below.parameter.name().to_owned(), below.value);
        if below.passes.is_some() || above.passes.is_some() {
            let tried = [below, above].map(|walk| walk.tried.unwrap_or(value));
            pairs.parameters.push(Passing { name, value, below: below.passes, above: above.passes, tried });
        } else if below.tried.is_some() || above.tried.is_some() {
            pairs.never.push(name);
        }
    }
    pairs.minimal = nearest.map(|(_, problem)| problem);
    pairs
}

/// The values of one parameter in one direction, the others as they are.
struct Walk {
    parameter: Feature,
    /// Its value in the failing problem.
    value: u32,
    /// The values that come next.
    left: Box<dyn Iterator<Item = u32>>,
    /// The last value that was run.
    tried: Option<u32>,
    /// The value at which it passes, and where the walk ends.
    passes: Option<u32>,
}

impl Walk {
    /// Down and up.
    fn both(problem: &Problem, parameter: Feature) -> [Self; 2] {
        // Every parameter is a u32 or a flag.
        let value = parameter.value(problem) as u32;
        let largest = if parameter.is_flag() { 1 } else { value.saturating_add(FAR) };
        let down: Box<dyn Iterator<Item = u32>> = Box::new((value.saturating_sub(FAR)..value).rev());
        [down, Box::new(value.saturating_add(1)..=largest)].map(|left| Self {
            parameter,
            value,
            left,
            tried: None,
            passes: None,
        })
    }

    /// The next value that makes a problem.
    fn next(&mut self, problem: &Problem) -> Option<(u32, Problem)> {
        if self.passes.is_some() {
            return None;
        }
        self.left.find_map(|changed| {
            let mut parameters = problem.parameters();
            self.parameter.set(&mut parameters, changed);
            Some((changed, Problem::new(parameters).ok()?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{defect, exact::Exact};
    use crate::judge::{Examiner, Settings};

    fn found(defect: &str, descriptor: &str, most: u64) -> Pairs {
        let defect = defect::find(defect).unwrap();
        let mut examiner = Examiner::new(&Exact, defect, Settings::default()).unwrap();
        let problem: Problem = descriptor.parse().unwrap();
        assert!(examiner.examine(&problem).verdict.is_failure());
        pairs(&problem, most, None, |problem| examiner.examine(problem).verdict)
    }

    #[test]
    fn the_nearest_passing_values_are_found() {
        let pairs = found("channel-tail", "mb1ic6ih3iw3oc1kh2kw2ph0pw0", 1000);
        let [channels] = &pairs.parameters[..] else { panic!("{pairs:?}") };
        assert_eq!((channels.name.as_str(), channels.below, channels.above), ("in_channels", Some(4), Some(8)));
        assert_eq!(pairs.minimal, Some("mb1ic4ih3iw3oc1kh2kw2ph0pw0".parse().unwrap()));
        assert!(
            ["batch", "bias", "stride_w", "pad_top"].iter().all(|name| pairs.never.iter().any(|never| never == name))
        );
    }

    #[test]
    fn the_nearer_of_two_is_the_minimal_pair() {
        let pairs = found("coreml-2515", "mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1", 1000);
        let of = |name: &str| pairs.parameters.iter().find(|passing| passing.name == name).unwrap();
        assert_eq!((of("in_channels").below, of("in_channels").above), (Some(1), None));
        assert_eq!((of("kernel_w").below, of("kernel_w").above), (Some(1), Some(3)));
        let minimal = pairs.minimal.unwrap();
        assert!(!(defect::find("coreml-2515").unwrap().predicate)(&minimal), "{minimal}");
    }

    #[test]
    fn nothing_is_said_of_values_that_are_unsupported() {
        let problem: Problem = "mb1ic1ih3iw3oc1kh2kw2ph0pw0".parse().unwrap();
        let one_image = |problem: &Problem| if problem.batch > 1 { Verdict::Unsupported } else { Verdict::Differs };
        let never = pairs(&problem, 1000, None, one_image).never;
        assert!(!never.contains(&"batch".to_owned()) && never.contains(&"bias".to_owned()), "{never:?}");
    }

    #[test]
    fn few_runs_are_spent_where_they_tell_most() {
        let problem: Problem = "mb1ic1ih1iw1oc1oh1ow1kh1kw1sh1sw2ph0pw1dh0dw1".parse().unwrap();
        let bug: Condition = "dilation_w > 1 and pad_left > 0".parse().unwrap();
        let crashes = |problem: &Problem| if bug.holds(problem) { Verdict::Crashes } else { Verdict::Agrees };
        let names = |pairs: Pairs| pairs.parameters.into_iter().map(|passing| passing.name).collect::<Vec<_>>();
        assert_eq!(names(pairs(&problem, 4, Some(&bug), crashes)), ["dilation_w", "pad_left"]);
        assert_eq!(names(pairs(&problem, most_pairs(Verdict::Crashes), None, crashes)), ["dilation_w", "pad_left"]);
        assert_eq!(names(pairs(&problem, 4, None, crashes)), [""; 0]);
    }

    #[test]
    fn the_runs_are_bounded() {
        assert_eq!(found("pads-swapped", "mb1ic1ih3iw3oc1kh2kw2ph1pw1pb0pr0", 5).problems, 5);
    }
}
