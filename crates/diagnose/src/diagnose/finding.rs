//! Findings: failing problems that look like one bug.

use super::{Mark, Past};
use crate::judge::{Symptom, common_words, most_telling};
use crate::problem::Problem;
use crate::sweep::{Cluster, ClusterKey, Tally};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Failing problems of one backend with one region shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Position of the backend in the sweep's list.
    #[serde(skip)]
    pub backend: usize,
    /// What happens.
    #[serde(flatten)]
    pub symptom: Symptom,
    /// What the messages of failures without an output have in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// Where the failures are not the problems' own: what is known of that. There is no condition then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub past: Option<Past>,
    /// How failing problems are known to be of this finding.
    #[serde(default)]
    pub mark: Mark,
    /// How many problems. One that shows several findings is counted for the first.
    pub problems: u64,
    /// How many more, by its trigger, that are counted for another finding.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shared: u64,
    /// The smallest of them, in the order of [`Problem::size`].
    pub smallest: Problem,
    /// Its index in the space.
    pub index: u64,
}

impl Finding {
    /// What happens, as people read it.
    pub fn told(&self) -> String {
        self.symptom.told(self.said.as_deref())
    }
}

// serde's `skip_serializing_if` passes a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The findings in a tally: by backend, the most frequent first.
///
/// One bug shows in many regions, for at small outputs slices run together. So the clusters of a backend are
/// accounted for by as few shapes as will do: the shape that most problems could have takes all of those, and so on with
/// the rest (a greedy set cover: Chvátal, "A greedy heuristic for the set-covering problem", 1979).
pub fn findings(tally: &Tally) -> Vec<Finding> {
    let mut left: Vec<(&ClusterKey, &Cluster)> = tally.clusters.iter().collect();
    let mut findings = Vec::new();
    while let Some(&(first, _)) = left.first() {
        let mut group: Vec<_> = left
            .extract_if(.., |(key, _)| (key.backend, key.symptom.verdict) == (first.backend, first.symptom.verdict))
            .collect();
        while let Some(shape) = best(&group) {
            let taken: Vec<_> = group.extract_if(.., |(key, cluster)| could_be(key, cluster, &shape)).collect();
            findings.extend(join(&shape, &taken));
        }
    }
    findings.sort_by_key(|finding| (finding.backend, std::cmp::Reverse(finding.problems), finding.index));
    findings
}

/// The shape that tells most about most problems; of failures without an output, the most frequent words.
fn best(group: &[(&ClusterKey, &Cluster)]) -> Option<String> {
    let regions: Vec<_> = group.iter().filter_map(|(_, cluster)| Some((cluster.region?, cluster.problems))).collect();
    if let Some(shape) = most_telling(&regions) {
        return Some(shape.to_string());
    }
    let mut words: BTreeMap<&str, u64> = BTreeMap::new();
    group.iter().for_each(|(key, cluster)| *words.entry(&key.symptom.shape).or_default() += cluster.problems);
    let most = words.into_iter().max_by_key(|(words, problems)| (*problems, std::cmp::Reverse(*words)));
    most.map(|(words, _)| words.to_owned())
}

fn could_be(key: &ClusterKey, cluster: &Cluster, shape: &str) -> bool {
    key.symptom.shape == shape
        || matches!((cluster.region, shape.parse()), (Some(region), Ok(shape)) if region.could_be(&shape))
}

fn join(shape: &str, clusters: &[(&ClusterKey, &Cluster)]) -> Option<Finding> {
    let (key, smallest) = clusters.iter().min_by_key(|(_, cluster)| (cluster.smallest.size(), cluster.index))?;
    let said = clusters.iter().filter_map(|(_, cluster)| cluster.said.clone());
    Some(Finding {
        backend: key.backend,
        said: said.reduce(|one, other| common_words(&one, &other)),
        symptom: Symptom { verdict: key.symptom.verdict, shape: shape.to_owned() },
        past: None,
        mark: Mark::Shape,
        problems: clusters.iter().map(|(_, cluster)| cluster.problems).sum(),
        shared: 0,
        smallest: smallest.smallest,
        index: smallest.index,
    })
}
