//! Findings: failing problems that look like one bug.

use super::Mark;
use crate::judge::{RegionShape, Symptom};
use crate::problem::Problem;
use crate::sweep::{Cluster, ClusterKey, Tally};
use serde::{Deserialize, Serialize};

/// Failing problems of one backend with one region shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Position of the backend in the sweep's list.
    #[serde(skip)]
    pub backend: usize,
    /// What happens.
    #[serde(flatten)]
    pub symptom: Symptom,
    /// How failing problems are known to be of this finding.
    #[serde(default)]
    pub mark: Mark,
    /// How many problems.
    pub problems: u64,
    /// The smallest of them, in the order of [`Problem::size`].
    pub smallest: Problem,
    /// Its index in the space.
    pub index: u64,
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

/// The shape that accounts for most problems; among equals the one that most problems have by that very name. Anything
/// small could be scattered, so that shape has to stand on its name alone.
fn best(group: &[(&ClusterKey, &Cluster)]) -> Option<String> {
    let problems = |belongs: &dyn Fn(&(&ClusterKey, &Cluster)) -> bool| -> u64 {
        group.iter().filter(|entry| belongs(entry)).map(|(_, cluster)| cluster.problems).sum()
    };
    let account = |shape: &str| {
        let named = problems(&|(key, _)| key.symptom.shape == shape);
        let could_be = problems(&|(key, cluster)| could_be(key, cluster, shape));
        (if shape == RegionShape::Scattered.to_string() { named } else { could_be }, named)
    };
    let (key, _) =
        group.iter().max_by_key(|(key, _)| (account(&key.symptom.shape), std::cmp::Reverse(&key.symptom.shape)))?;
    Some(key.symptom.shape.clone())
}

fn could_be(key: &ClusterKey, cluster: &Cluster, shape: &str) -> bool {
    key.symptom.shape == shape
        || matches!((cluster.region, shape.parse()), (Some(region), Ok(shape)) if region.could_be(&shape))
}

fn join(shape: &str, clusters: &[(&ClusterKey, &Cluster)]) -> Option<Finding> {
    let (key, smallest) = clusters.iter().min_by_key(|(_, cluster)| (cluster.smallest.size(), cluster.index))?;
    Some(Finding {
        backend: key.backend,
        symptom: Symptom { verdict: key.symptom.verdict, shape: shape.to_owned() },
        mark: Mark::Shape,
        problems: clusters.iter().map(|(_, cluster)| cluster.problems).sum(),
        smallest: smallest.smallest,
        index: smallest.index,
    })
}
