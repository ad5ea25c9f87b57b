//! The manifest: what a run is, on what and with what it was made.

use super::plan::Plan;
use crate::backend::{Backend, Kind};
use crate::sweep::Extent;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// `manifest.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of convdiff.
    pub convdiff: String,
    /// Whether the run is over; else `convdiff sweep --resume` goes on with it.
    pub complete: bool,
    /// When it was begun, UTC.
    pub started: String,
    /// When it was over, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<String>,
    /// Seconds of sweeping, over all sittings; those of a run that is not over are in its journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Seconds of explaining what failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explaining: Option<f64>,
    /// Problems that were run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problems: Option<u64>,
    /// How many of them backends under test took, over all of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<u64>,
    /// Threads of the last sitting.
    pub threads: usize,
    /// What is run.
    pub plan: Plan,
    /// The reference, and then the backends under test.
    pub backends: Vec<Entry>,
    /// The machine of the last sitting.
    pub host: Host,
    /// What the files of the run are known by, of those that are finished. convdiff 0.1.0 wrote none of it down.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, Extent>,
}

/// A backend of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether it is a planted bug.
    pub planted: bool,
}

impl Entry {
    /// The entry of `backend`.
    pub fn of(backend: &Arc<dyn Backend>) -> Self {
        Self { name: backend.name().to_owned(), version: backend.version(), planted: backend.kind() == Kind::Planted }
    }
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Operating system.
    pub os: String,
    /// Processor architecture.
    pub arch: String,
    /// Processor model, where the system says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// Processor features that engines choose their code by, where they aren't the same for all of the architecture.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Processors that this process may use.
    pub cores: usize,
}

impl Host {
    /// This machine.
    pub fn here() -> Self {
        Self {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cpu: cpu(),
            features: features().into_iter().map(str::to_owned).collect(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// The model as Linux says it.
fn cpu() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What the processor has of the sets that matter to a convolution.
#[cfg(target_arch = "x86_64")]
fn features() -> Vec<&'static str> {
    let known = [
        ("avx", is_x86_feature_detected!("avx")),
        ("fma", is_x86_feature_detected!("fma")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx512vnni", is_x86_feature_detected!("avx512vnni")),
        ("avx512bf16", is_x86_feature_detected!("avx512bf16")),
        ("avx512fp16", is_x86_feature_detected!("avx512fp16")),
    ];
    known.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
}

/// Elsewhere the architecture's name says most of it.
#[cfg(not(target_arch = "x86_64"))]
fn features() -> Vec<&'static str> {
    Vec::new()
}

/// Now, UTC, to the second. A clock that stands before 1970 is taken for 1970, for what formats it knows nothing earlier.
pub(super) fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now().max(UNIX_EPOCH)).to_string()
}
