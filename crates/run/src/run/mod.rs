//! A run: a sweep that is kept in a folder, from its plan to its findings.
//!
//! | file | holds |
//! |---|---|
//! | `manifest.toml` | what the run is: [`Manifest`] |
//! | `map.csv` | a row a problem and backend: [`COLUMNS`](crate::sweep::COLUMNS) |
//! | `failures.csv` | the rows of failures among them |
//! | `findings.toml` | failures that look like one bug, each with its smallest problem |
//! | `repro-<n>.toml` | that problem with operands, expected and actual: [`Repro`](crate::diagnose::Repro) |
//! | `problems.txt` | the list that was run, where it was no space |
//! | `journal.jsonl`, `*.partial` | a run that isn't over |

pub mod adaptive;
mod dated;
mod diagnosis;
mod diff;
mod error;
mod explain;
mod failures;
mod findings;
mod manifest;
mod map;
mod plan;
mod repros;
mod sample;

pub use diff::{Both, Diff, Found, Results};
pub use error::RunError;
pub use explain::{Explained, Explaining, Grounds, explain_problem, explain_run};
pub use failures::explain_map;
pub use findings::{ExplanationEntry, ExplanationsFile, FindingEntry, FindingsFile, Reported, TriggerEntry};
pub use manifest::{Entry, Host, Manifest};
pub use map::MapError;
pub use plan::{MapKind, Plan, PlanError, Points};

use crate::backend::registry::{self, Isolation};
use crate::backend::{Backend, worker};
use crate::diagnose::{Explanation, Finding, Looking, TAP_RUNS};
use crate::judge::{Examiner, Settings};
use crate::problem::list::Problems;
use crate::problem::{Condition, Problem};
use crate::sweep::folder::{FINDINGS, JOURNAL, MANIFEST, REFUSED, RunFolder};
use crate::sweep::{Journal, Progress, Sweep, SweepError, Tally};
use diagnosis::Diagnosis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Name of the file with the list of problems.
pub const PROBLEMS: &str = "problems.txt";

/// A run under way.
pub struct Run {
    folder: RunFolder,
    manifest: Manifest,
    points: Points,
    backends: Opened,
    journal: Journal,
    progress: Progress,
}

/// A run that is over, or was stopped.
pub struct Outcome {
    /// What was seen.
    pub tally: Tally,
    /// The findings; none where the run was stopped.
    pub findings: Vec<Reported>,
    /// What an adaptive run covers.
    pub coverage: Option<adaptive::Coverage>,
    /// Whether it is over.
    pub finished: bool,
    /// Seconds of work, over all sittings.
    pub seconds: f64,
}

/// What a run is made with, and what doesn't change its map.
#[derive(Clone, Debug)]
pub struct Sitting {
    /// Threads that run problems.
    pub threads: usize,
    /// The convdiff that serves backends in processes of their own.
    pub program: PathBuf,
    /// The interpreter for engines that are Python packages, where it isn't that of what was installed.
    pub python: Option<PathBuf>,
}

/// The backends of a run.
struct Opened {
    reference: Arc<dyn Backend>,
    under_test: Vec<Arc<dyn Backend>>,
}

impl Opened {
    fn of(plan: &Plan, sitting: &Sitting) -> Result<Self, RunError> {
        let deadline = Duration::from_secs_f64(plan.deadline);
        let limits = worker::Limits { answer: deadline, ..worker::Limits::default() };
        let isolation =
            |all| Isolation { program: sitting.program.clone(), all, limits, python: sitting.python.clone() };
        let (reference, under_test) = (isolation(false), isolation(plan.isolate));
        let under_test = plan.backends.iter().map(|name| registry::open(name, &under_test));
        Ok(Self {
            reference: registry::open(&plan.reference, &reference)?,
            under_test: under_test.collect::<Result<_, _>>()?,
        })
    }

    /// As the manifest has them.
    fn entries(&self) -> Vec<Entry> {
        std::iter::once(&self.reference).chain(&self.under_test).map(Entry::of).collect()
    }
}

impl Run {
    /// Begins a run in `path`. `list` is what is run where the plan has no space.
    ///
    /// # Errors
    /// The plan, a backend or the folder; then nothing was written.
    pub fn begin(path: &Path, mut plan: Plan, list: Arc<[Problem]>, sitting: &Sitting) -> Result<Self, RunError> {
        let points = plan.points(Arc::clone(&list))?;
        let backends = Opened::of(&plan, sitting)?;
        let all = || std::iter::once(&backends.reference).chain(&backends.under_test);
        plan.fill.get_or_insert_with(|| Settings::fill_for(all().map(|backend| &**backend)));
        let folder = RunFolder::create(path)?;
        let manifest = Manifest {
            convdiff: env!("CARGO_PKG_VERSION").to_owned(),
            complete: false,
            started: manifest::now(),
            finished: None,
            seconds: None,
            problems: None,
            threads: sitting.threads,
            backends: backends.entries(),
            host: Host::here(),
            plan,
        };
        if let Points::List(problems) = &points {
            let lines: String = problems.iter().map(|problem| format!("{problem}\n")).collect();
            folder.write(PROBLEMS, lines.as_bytes())?;
        }
        let journal = Journal::create(&folder, manifest.plan.map == MapKind::Full)?;
        write_toml(&folder, MANIFEST, &manifest)?;
        let progress = Progress { tally: Tally::new(backends.under_test.len()), ..Progress::default() };
        Ok(Self { folder, manifest, points, backends, journal, progress })
    }

    /// Takes the run in `path` up where it was last committed. `plan` is what was asked for now, if anything was.
    ///
    /// # Errors
    /// There is no run, it is complete, it was begun with another plan or other versions, or its files are damaged.
    pub fn resume(path: &Path, plan: Option<Plan>, sitting: &Sitting) -> Result<Self, RunError> {
        let folder = RunFolder::open(path)?;
        let mut manifest = read_manifest(path)?;
        let changed = |what, begun: String, now: String| RunError::Changed { path: path.to_owned(), what, begun, now };
        let plan = plan.map(|plan| Plan { fill: plan.fill.or(manifest.plan.fill), ..plan });
        if let Some(plan) = plan.filter(|plan| *plan != manifest.plan) {
            return Err(changed("plan", shown(&manifest.plan), shown(&plan)));
        }
        let version = env!("CARGO_PKG_VERSION");
        if manifest.convdiff != version {
            return Err(changed("version of convdiff", manifest.convdiff, version.to_owned()));
        }
        let backends = Opened::of(&manifest.plan, sitting)?;
        for (begun, now) in manifest.backends.iter().zip(backends.entries()) {
            if *begun != now {
                let name = |entry: &Entry| format!("{} {}", entry.name, entry.version);
                return Err(changed("backend", name(begun), name(&now)));
            }
        }
        if manifest.complete {
            return Err(RunError::Complete(path.to_owned()));
        }
        let list = if manifest.plan.space.is_none() { read_list(&folder)? } else { Arc::default() };
        let points = manifest.plan.points(list)?;
        let full = manifest.plan.map == MapKind::Full;
        let fresh = Progress { tally: Tally::new(backends.under_test.len()), ..Progress::default() };
        let (journal, progress) = match Journal::resume(&folder, full)? {
            Some((journal, entry)) => {
                let progress = Progress { points: entry.points, seconds: entry.seconds, tally: entry.tally, ..fresh };
                (journal, progress)
            }
            None => (Journal::create(&folder, full)?, fresh),
        };
        (manifest.threads, manifest.host) = (sitting.threads, Host::here());
        Ok(Self { folder, manifest, points, backends, journal, progress })
    }

    /// Where it is kept.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What it is.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The backends under test.
    pub fn backends(&self) -> &[Arc<dyn Backend>] {
        &self.backends.under_test
    }

    /// How many points there are, those included that are no problem.
    pub fn points(&self) -> u64 {
        self.manifest.plan.adaptive.map_or(self.points.len(), |budget| budget.min(self.points.len()))
    }

    /// How far it is.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Runs what is left, until the end or until `stop` is set. `watch` sees each chunk.
    ///
    /// # Errors
    /// A backend can't be started, or a file can't be written. What was committed stays, and can be resumed.
    pub fn go(mut self, stop: &AtomicBool, watch: &mut dyn FnMut(&Progress)) -> Result<Outcome, RunError> {
        let sweep = Sweep {
            reference: &*self.backends.reference,
            backends: &self.backends.under_test,
            settings: self.manifest.plan.settings(),
            full: self.manifest.plan.map == MapKind::Full,
            threads: self.manifest.threads,
        };
        let plan = &self.manifest.plan;
        let mut coverage = None;
        let progress = match (plan.adaptive, &self.points) {
            (Some(budget), Points::Space(space, _)) => {
                let choice = adaptive::Choice { space, condition: plan.condition.as_ref(), budget, seed: plan.seed };
                let (progress, chosen) = choice.run(&sweep, &mut self.journal, &self.progress, stop, watch)?;
                coverage = Some(chosen.coverage);
                self.points = Points::Chosen(space.clone(), chosen.indices);
                progress
            }
            _ => {
                let points = self.points.from(self.progress.points, plan.condition.as_ref()).map(Ok);
                sweep.run(points, &mut self.journal, self.progress.clone(), stop, watch)?
            }
        };
        let Progress { seconds, tally, finished, .. } = progress;
        if !finished {
            return Ok(Outcome { tally, findings: Vec::new(), coverage, finished, seconds });
        }
        let findings = self.write_findings(&tally)?;
        self.journal.close(&self.folder)?;
        self.manifest.complete = true;
        self.manifest.finished = Some(manifest::now());
        self.manifest.seconds = Some((seconds * 1000.0).round() / 1000.0);
        self.manifest.problems = Some(tally.problems);
        write_toml(&self.folder, MANIFEST, &self.manifest)?;
        self.folder.remove(REFUSED)?;
        self.folder.remove(JOURNAL)?;
        Ok(Outcome { tally, findings, coverage, finished, seconds })
    }

    fn write_findings(&self, tally: &Tally) -> Result<Vec<Reported>, RunError> {
        let seed = self.manifest.plan.seed;
        let backends = &self.backends.under_test;
        let names: Vec<&str> = backends.iter().map(|backend| backend.name()).collect();
        let failed = match tally.clusters.is_empty() {
            true => BTreeMap::new(),
            false => sample::read(&self.journal, &names, &self.points, seed)?,
        };
        let diagnosis = Diagnosis {
            plan: &self.manifest.plan,
            points: &self.points,
            backends: &self.backends,
            tally,
            failures: self.journal.failures(),
            failed: &failed,
        };
        let found = diagnosis.findings()?;
        let when = |(finding, explanation): &(Finding, Option<Explanation>)| {
            Some((finding.backend, explanation.as_ref()?.trigger.as_ref()?.condition.clone()))
        };
        let conditions: Vec<Option<(usize, Condition)>> = found.iter().map(when).collect();
        let mut reported = Vec::new();
        for (number, (mut finding, mut explanation)) in found.into_iter().enumerate() {
            let file = format!("repro-{}.toml", number + 1);
            let backend = &*self.backends.under_test[finding.backend];
            let (reference, settings) = (&*self.backends.reference, self.manifest.plan.settings());
            let looking = Looking { reference, backend, settings };
            let mut examiner = Examiner::new(reference, backend, settings)?;
            let condition = conditions[number].as_ref().map(|(_, condition)| condition);
            let others = conditions.iter().enumerate().filter(|(other, _)| *other != number);
            let others = others.filter_map(|(_, of)| of.as_ref().filter(|(backend, _)| *backend == finding.backend));
            let others = others.map(|(_, condition)| condition).collect();
            let mut repro = match &finding.past {
                Some(past) => self.repro_of_past(&looking, &finding, past)?,
                None => self.repro(&mut examiner, &finding, condition, others),
            };
            if finding.past.is_none() {
                let company = diagnosis.company(backend, finding.symptom.verdict);
                finding.past = self.past_of_repro(&looking, &repro, &company)?;
                if let Some(past) = &finding.past {
                    // What was learnt in one session, where every answer depends on those before, is nothing.
                    (repro, explanation) = (self.repro_of_past(&looking, &finding, past)?, None);
                }
            }
            if let Some(explanation) = &mut explanation {
                explanation.ask_again(&mut examiner, &finding.mark, &repro.problem, TAP_RUNS)?;
                repro.why = Some((&*explanation).into());
                // What nothing foretells passes by chance as well.
                if !repro.gone && explanation.trigger.is_some() {
                    repro.look_for_passing(&mut examiner);
                }
            }
            repro.ran(self.manifest.plan.isolate, Duration::from_secs_f64(self.manifest.plan.deadline));
            self.folder.write(&file, repro.to_toml()?.as_bytes())?;
            reported.push(Reported { finding, file, repro, explanation });
        }
        let file = FindingsFile::of(&reported, &self.backends.under_test);
        write_toml(&self.folder, FINDINGS, &file)?;
        Ok(reported)
    }
}

/// Reads the manifest of the run in `path`.
///
/// # Errors
/// There is none, or it is damaged.
pub fn read_manifest(path: &Path) -> Result<Manifest, SweepError> {
    read_toml(&path.join(MANIFEST))
}

/// Reads the findings of the run in `path`.
///
/// # Errors
/// There are none, they are damaged, or they name a fault that this version doesn't know.
pub fn read_findings(path: &Path) -> Result<FindingsFile, SweepError> {
    let path = path.join(FINDINGS);
    let text = std::fs::read_to_string(&path).map_err(SweepError::io("reading", &path))?;
    dated::read(&path, &text)
}

fn read_toml<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, SweepError> {
    let text = std::fs::read_to_string(path).map_err(SweepError::io("reading", path))?;
    toml::from_str(&text).map_err(|error| SweepError::Damaged { path: path.to_owned(), reason: error.to_string() })
}

fn write_toml<T: Serialize>(folder: &RunFolder, name: &'static str, value: &T) -> Result<(), SweepError> {
    let text = toml::to_string(value).map_err(|error| SweepError::Format { what: name, reason: error.to_string() })?;
    folder.write(name, text.as_bytes())
}

fn read_list(folder: &RunFolder) -> Result<Arc<[Problem]>, SweepError> {
    let path = folder.join(PROBLEMS);
    let file = std::fs::File::open(&path).map_err(SweepError::io("reading", &path))?;
    Problems::new(std::io::BufReader::new(file))
        .collect::<Result<_, _>>()
        .map_err(|error| SweepError::Damaged { path, reason: error.to_string() })
}

/// A plan in a line, for an error that compares two.
fn shown(plan: &Plan) -> String {
    toml::to_string(plan).unwrap_or_default().lines().collect::<Vec<_>>().join(", ")
}
