//! What a sweep has seen so far, in a few numbers: counts of verdicts, and the failures by backend and region shape.
//!
//! Its size depends on what is found, never on how many problems there are. Tallies of parts add up to the tally of the
//! whole, in any order.

use crate::judge::{Region, Symptom, Verdict, common_words};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Counts of the verdicts on one backend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts(BTreeMap<Verdict, u64>);

impl Counts {
    /// How often `verdict` was given.
    pub fn of(&self, verdict: Verdict) -> u64 {
        self.0.get(&verdict).copied().unwrap_or(0)
    }

    /// Problems that the backend was run on: all verdicts but `unsupported`.
    pub fn run(&self) -> u64 {
        self.0.iter().filter(|(verdict, _)| **verdict != Verdict::Unsupported).map(|(_, count)| count).sum()
    }

    fn add(&mut self, verdict: Verdict, count: u64) {
        if count > 0 {
            *self.0.entry(verdict).or_default() += count;
        }
    }
}

/// What failures must have in common to be counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClusterKey {
    /// Position of the backend in the sweep's list.
    pub backend: usize,
    /// What happens.
    pub symptom: Symptom,
    /// The ambiguity of the region: at small sizes a slice says little. `[:, :, -1, -1]` of a 1×1 output is written
    /// `[:, :, :, :]`, and must not be taken for it elsewhere.
    pub ambiguity: u32,
}

/// Failing problems that have a [`ClusterKey`] in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// How many.
    pub problems: u64,
    /// The smallest of them, in the order of [`Problem::size`].
    pub smallest: Problem,
    /// Its index in the space.
    pub index: u64,
    /// Its region, if there is an output.
    pub region: Option<Region>,
    /// If there is none, what the messages have in common.
    pub said: Option<String>,
}

impl Cluster {
    fn merge(&mut self, other: &Cluster) {
        self.problems += other.problems;
        if let (Some(said), Some(more)) = (&mut self.said, &other.said)
            && said != more
        {
            *said = common_words(said, more);
        }
        if (other.smallest.size(), other.index) < (self.smallest.size(), self.index) {
            (self.smallest, self.index, self.region) = (other.smallest, other.index, other.region);
        }
    }
}

/// All that a sweep, or a part of one, has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Problems that were run.
    pub problems: u64,
    /// Indices of the space that are no problem or too large, by reason.
    pub excluded: BTreeMap<Cow<'static, str>, u64>,
    /// Verdicts by backend, in the sweep's order.
    pub counts: Vec<Counts>,
    /// Why backends don't support problems, by backend and reason.
    pub unsupported: Vec<BTreeMap<Cow<'static, str>, u64>>,
    /// Failures.
    #[serde(with = "clusters_as_list")]
    pub clusters: BTreeMap<ClusterKey, Cluster>,
}

impl Tally {
    /// An empty tally for `backends` backends.
    pub fn new(backends: usize) -> Self {
        Self {
            counts: vec![Counts::default(); backends],
            unsupported: vec![BTreeMap::new(); backends],
            ..Self::default()
        }
    }

    /// Counts `verdict` on backend number `backend`.
    pub fn count(&mut self, backend: usize, verdict: Verdict) {
        self.counts[backend].add(verdict, 1);
    }

    /// Counts an index that is no problem.
    pub fn exclude(&mut self, reason: Cow<'static, str>) {
        *self.excluded.entry(reason).or_default() += 1;
    }

    /// Counts a failing problem, a cluster of one.
    pub fn fail(&mut self, key: ClusterKey, one: Cluster) {
        self.clusters.entry(key).and_modify(|cluster| cluster.merge(&one)).or_insert(one);
    }

    /// Adds what another part has seen.
    pub fn merge(&mut self, other: &Tally) {
        self.problems += other.problems;
        for (reason, count) in &other.excluded {
            *self.excluded.entry(reason.clone()).or_default() += count;
        }
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            theirs.0.iter().for_each(|(verdict, count)| mine.add(*verdict, *count));
        }
        for (mine, theirs) in self.unsupported.iter_mut().zip(&other.unsupported) {
            for (reason, count) in theirs {
                *mine.entry(reason.clone()).or_default() += count;
            }
        }
        for (key, cluster) in &other.clusters {
            self.clusters.entry(key.clone()).and_modify(|mine| mine.merge(cluster)).or_insert_with(|| cluster.clone());
        }
    }
}

/// JSON keys are strings, so clusters are stored as a list of pairs.
mod clusters_as_list {
    use super::{Cluster, ClusterKey};
    use serde::{Deserialize, Deserializer, Serializer};
    use std::collections::BTreeMap;

    pub fn serialize<S: Serializer>(clusters: &BTreeMap<ClusterKey, Cluster>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(clusters)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<ClusterKey, Cluster>, D::Error> {
        Ok(Vec::<(ClusterKey, Cluster)>::deserialize(from)?.into_iter().collect())
    }
}
