//! Findings: failing problems that look like one bug.

use crate::judge::Verdict;
use crate::problem::Problem;
use crate::sweep::{Cluster, ClusterKey, Tally};
use serde::{Deserialize, Serialize};

/// Failing problems of one backend with one region shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Position of the backend in the sweep's list.
    #[serde(skip)]
    pub backend: usize,
    /// What happens.
    pub verdict: Verdict,
    /// Shape of the region as a slice, or the message without its numbers where there is no output.
    pub shape: String,
    /// How many problems.
    pub problems: u64,
    /// The smallest of them, in the order of [`Problem::size`].
    pub smallest: Problem,
    /// Its index in the space.
    pub index: u64,
}

/// The findings in a tally: by backend, the most frequent first.
pub fn findings(tally: &Tally) -> Vec<Finding> {
    let finding = |(key, cluster): (&ClusterKey, &Cluster)| Finding {
        backend: key.backend,
        verdict: key.verdict,
        shape: key.shape.clone(),
        problems: cluster.problems,
        smallest: cluster.smallest,
        index: cluster.index,
    };
    let mut findings: Vec<Finding> = tally.clusters.iter().map(finding).collect();
    findings.sort_by_key(|finding| (finding.backend, std::cmp::Reverse(finding.problems), finding.index));
    findings
}
