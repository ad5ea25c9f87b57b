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

mod activity;
pub mod adaptive;
mod dated;
mod diagnosis;
mod diff;
mod error;
mod explain;
mod failures;
mod findings;
pub mod format;
mod manifest;
mod map;
mod plan;
mod reading;
mod repros;
mod sample;

pub use activity::Activity;
pub use diff::{Both, Diff, Found, Results};
pub use error::RunError;
pub use explain::{Explained, Explaining, Grounds, explain_problem, explain_run};
pub use failures::explain_map;
pub use findings::{ExplanationEntry, ExplanationsFile, FindingEntry, FindingsFile, Reported, TriggerEntry};
pub use manifest::{Entry, Host, Manifest};
pub use map::MapError;
pub use plan::{MapKind, Plan, PlanError, Points};
pub use reading::{ReadError, Reading, repro_text};

use crate::backend::registry::{self, Isolation};
use crate::backend::{Backend, BackendError, worker};
use crate::diagnose::{Explanation, Finding, Looking, TAP_RUNS};
use crate::judge::{Examiner, Settings};
use crate::problem::list::Problems;
use crate::problem::{Condition, Problem};
use crate::sweep::folder::{FINDINGS, JOURNAL, MANIFEST, REFUSED, RunFolder};
use crate::sweep::{Counts, Extent, Journal, Progress, Sweep, SweepError, Tally};
use activity::Counted;
use diagnosis::Diagnosis;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

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
    activity: Arc<Activity>,
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
    /// Seconds of sweeping, over all sittings.
    pub seconds: f64,
    /// Seconds of explaining.
    pub explaining: f64,
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
    fn of(plan: &Plan, sitting: &Sitting, activity: &Arc<Activity>) -> Result<Self, RunError> {
        twice(plan.backends.iter().map(String::as_str))?;
        let deadline = Duration::from_secs_f64(plan.deadline);
        let limits = worker::Limits { answer: deadline, ..worker::Limits::default() };
        let isolation =
            |all| Isolation { program: sitting.program.clone(), all, limits, python: sitting.python.clone() };
        let (reference, under_test) = (isolation(false), isolation(plan.isolate));
        let counted = |backend| -> Arc<dyn Backend> { Arc::new(Counted { backend, activity: Arc::clone(activity) }) };
        let opened = plan.backends.iter().map(|name| Ok(counted(registry::open(name, &under_test)?)));
        let under_test: Vec<Arc<dyn Backend>> = all(opened)?;
        // Rows are told apart by the backends' own names.
        twice(under_test.iter().map(|backend| backend.name()))?;
        Ok(Self { reference: registry::open(&plan.reference, &reference)?, under_test })
    }

    /// As the manifest has them.
    fn entries(&self) -> Vec<Entry> {
        std::iter::once(&self.reference).chain(&self.under_test).map(Entry::of).collect()
    }
}

/// All of them; of engines that are not installed the error names all, so that one line installs them.
fn all(
    opened: impl Iterator<Item = Result<Arc<dyn Backend>, BackendError>>,
) -> Result<Vec<Arc<dyn Backend>>, BackendError> {
    let (mut there, mut names, mut install) = (Vec::new(), Vec::new(), Vec::new());
    for opened in opened {
        match opened {
            Ok(backend) => there.push(backend),
            Err(BackendError::NotInstalled { name, install: this }) => {
                names.push(name);
                install.push(this);
            }
            Err(error) => return Err(error),
        }
    }
    match (&mut names[..], &mut install[..]) {
        ([], _) => Ok(there),
        ([name], [install]) => {
            Err(BackendError::NotInstalled { name: std::mem::take(name), install: std::mem::take(install) })
        }
        _ => Err(BackendError::SeveralNotInstalled { names, install }),
    }
}

/// Refuses a name that stands twice.
fn twice<'n>(names: impl Iterator<Item = &'n str>) -> Result<(), PlanError> {
    let mut seen = BTreeSet::new();
    let mut names = names;
    match names.find(|name| !seen.insert(*name)) {
        Some(name) => Err(PlanError::Twice(name.to_owned())),
        None => Ok(()),
    }
}

impl Run {
    /// Begins a run in `path`. `list` is what is run where the plan has no space.
    ///
    /// # Errors
    /// The plan, a backend or the folder; then nothing was written.
    pub fn begin(path: &Path, plan: Plan, list: Arc<[Problem]>, sitting: &Sitting) -> Result<Self, RunError> {
        Self::begin_in(&|| RunFolder::create(path), plan, list, sitting)
    }

    /// Begins a run in `path` or, where something is there, in the first of `path-2`, `path-3` … where nothing is.
    ///
    /// # Errors
    /// As [`Run::begin`].
    pub fn begin_numbered(path: &Path, plan: Plan, list: Arc<[Problem]>, sitting: &Sitting) -> Result<Self, RunError> {
        Self::begin_in(&|| RunFolder::create_numbered(path), plan, list, sitting)
    }

    fn begin_in(
        folder: &dyn Fn() -> Result<RunFolder, SweepError>,
        mut plan: Plan,
        list: Arc<[Problem]>,
        sitting: &Sitting,
    ) -> Result<Self, RunError> {
        let points = plan.points(Arc::clone(&list))?;
        let activity = Arc::default();
        let backends = Opened::of(&plan, sitting, &activity)?;
        let all = || std::iter::once(&backends.reference).chain(&backends.under_test);
        plan.fill.get_or_insert_with(|| Settings::fill_for(all().map(|backend| &**backend)));
        let folder = folder()?;
        let mut manifest = Manifest {
            convdiff: env!("CARGO_PKG_VERSION").to_owned(),
            complete: false,
            started: manifest::now(),
            finished: None,
            seconds: None,
            explaining: None,
            problems: None,
            tested: None,
            threads: sitting.threads,
            backends: backends.entries(),
            host: Host::here(),
            files: BTreeMap::new(),
            plan,
        };
        if let Points::List(problems) = &points {
            let lines: String = problems.iter().map(|problem| format!("{problem}\n")).collect();
            write(&folder, &mut manifest, PROBLEMS, lines.as_bytes())?;
        }
        // First of all that isn't whole: a folder with it is a run's, whatever else there is.
        write_toml(&folder, MANIFEST, &manifest)?;
        let journal = Journal::create(&folder, manifest.plan.map == MapKind::Full)?;
        let progress = Progress { tally: Tally::new(backends.under_test.len()), ..Progress::default() };
        Ok(Self { folder, manifest, points, backends, journal, progress, activity })
    }

    /// Takes the run in `path` up where it was last committed. `plan` is what was asked for now, if anything was. Where `reading`
    /// salvages, that is the last commit up to which all tables hold.
    ///
    /// # Errors
    /// There is no run, it is complete, it was begun with another plan or other versions, or its files are damaged.
    pub fn resume(path: &Path, plan: Option<Plan>, sitting: &Sitting, reading: &mut Reading) -> Result<Self, RunError> {
        let folder = RunFolder::open(path)?;
        let mut manifest = reading.manifest(path)?;
        let changed = |what: &str, begun: String, now: String| {
            let what = what.to_owned();
            RunError::Changed { path: path.to_owned(), what, begun, now }
        };
        if let Some(plan) = plan {
            if let Some((what, begun, now)) = differing(&manifest.plan, &plan) {
                return Err(changed(&what, begun, now));
            }
            // How much is explained is no part of the map.
            manifest.plan = Plan { fill: manifest.plan.fill, ..plan };
        }
        if manifest.complete {
            return Err(RunError::Complete(path.to_owned()));
        }
        let version = env!("CARGO_PKG_VERSION");
        if manifest.convdiff != version {
            return Err(changed("version of convdiff", manifest.convdiff, version.to_owned()));
        }
        let activity = Arc::default();
        let backends = Opened::of(&manifest.plan, sitting, &activity)?;
        for (begun, now) in manifest.backends.iter().zip(backends.entries()) {
            if *begun != now {
                let name = |entry: &Entry| format!("{} {}", entry.name, entry.version);
                return Err(changed("backend", name(begun), name(&now)));
            }
        }
        let list = if manifest.plan.space.is_none() { read_list(&folder, reading)? } else { Arc::default() };
        let points = manifest.plan.points(list)?;
        let full = manifest.plan.map == MapKind::Full;
        let fresh = Progress { tally: Tally::new(backends.under_test.len()), ..Progress::default() };
        let mut damage = Vec::new();
        let resumed = Journal::resume(&folder, full, reading.salvages().then_some(&mut damage))?;
        if !damage.is_empty() {
            let points = resumed.as_ref().map_or(0, |(_, entry)| entry.points);
            damage.iter().for_each(|damage| reading.note(format!("note: {damage}")));
            reading.note(format!("note: {points} points hold, and the run goes on behind them"));
        }
        let (journal, progress) = match resumed {
            Some((journal, entry)) => {
                let progress = Progress { points: entry.points, seconds: entry.seconds, tally: entry.tally, ..fresh };
                (journal, progress)
            }
            None => (Journal::create(&folder, full)?, fresh),
        };
        (manifest.threads, manifest.host) = (sitting.threads, Host::here());
        Ok(Self { folder, manifest, points, backends, journal, progress, activity })
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

    /// What it is at once everything is swept.
    pub fn activity(&self) -> Arc<Activity> {
        Arc::clone(&self.activity)
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
        // Whoever stops it while the last problems run doesn't want to wait for explanations either.
        if !finished || stop.load(Ordering::Relaxed) {
            return Ok(Outcome { tally, findings: Vec::new(), coverage, finished: false, seconds, explaining: 0.0 });
        }
        // The tables are whole, whatever comes of explaining them.
        self.manifest.files.extend(self.journal.close(&self.folder)?);
        let began = Instant::now();
        let findings = self.write_findings(&tally)?;
        let explaining = began.elapsed().as_secs_f64();
        self.manifest.complete = true;
        self.manifest.finished = Some(manifest::now());
        let rounded = |seconds: f64| Some((seconds * 1000.0).round() / 1000.0);
        (self.manifest.seconds, self.manifest.explaining) = (rounded(seconds), rounded(explaining));
        self.manifest.tested = Some(tally.counts.iter().map(Counts::run).sum());
        self.manifest.problems = Some(tally.problems);
        write_toml(&self.folder, MANIFEST, &self.manifest)?;
        self.folder.remove(REFUSED)?;
        self.folder.remove(JOURNAL)?;
        Ok(Outcome { tally, findings, coverage, finished, seconds, explaining })
    }

    fn write_findings(&mut self, tally: &Tally) -> Result<Vec<Reported>, RunError> {
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
            activity: &self.activity,
        };
        let found = diagnosis.findings()?;
        let when = |(finding, explanation): &(Finding, Option<Explanation>)| {
            Some((finding.backend, explanation.as_ref()?.trigger.as_ref()?.condition.clone()))
        };
        let conditions: Vec<Option<(usize, Condition)>> = found.iter().map(when).collect();
        let mut reported = Vec::new();
        let mut written = Vec::new();
        for (number, (mut finding, mut explanation)) in found.into_iter().enumerate() {
            let file = format!("repro-{}.toml", number + 1);
            let backend = &*self.backends.under_test[finding.backend];
            let name = backend.name();
            self.activity.now_at(format!("shrinking finding {} of {}, {name}", number + 1, conditions.len()));
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
            let text = repro_text(&repro)?;
            self.folder.write(&file, text.as_bytes())?;
            written.push((file.clone(), Extent::of(text.as_bytes(), false)));
            reported.push(Reported { finding, file, repro, explanation });
        }
        let text = toml_text(FINDINGS, &FindingsFile::of(&reported, &self.backends.under_test))?;
        self.manifest.files.extend(written);
        write(&self.folder, &mut self.manifest, FINDINGS, text.as_bytes())?;
        Ok(reported)
    }
}

/// Reads the manifest of the run in `path`; [`Reading`] says more.
///
/// # Errors
/// There is none, or it is damaged.
pub fn read_manifest(path: &Path) -> Result<Manifest, SweepError> {
    Reading::strict().manifest(path)
}

/// Reads the findings of the run in `path`; [`Reading`] says more.
///
/// # Errors
/// There are none, they are damaged, or they name a fault that this version doesn't know.
pub fn read_findings(path: &Path) -> Result<FindingsFile, SweepError> {
    Reading::strict().findings(path)
}

fn toml_text<T: Serialize>(name: &'static str, value: &T) -> Result<String, SweepError> {
    format::write(value).map_err(|error| SweepError::Format { what: name, reason: error.to_string() })
}

fn write_toml<T: Serialize>(folder: &RunFolder, name: &'static str, value: &T) -> Result<(), SweepError> {
    folder.write(name, toml_text(name, value)?.as_bytes())
}

/// Writes a file that doesn't change any more, and notes what it is known by.
fn write(folder: &RunFolder, manifest: &mut Manifest, name: &str, bytes: &[u8]) -> Result<(), SweepError> {
    folder.write(name, bytes)?;
    manifest.files.insert(name.to_owned(), Extent::of(bytes, Extent::is_table(name)));
    Ok(())
}

fn read_list(folder: &RunFolder, reading: &mut Reading) -> Result<Arc<[Problem]>, SweepError> {
    let path = folder.join(PROBLEMS);
    reading.check(&path)?;
    let file = std::fs::File::open(&path).map_err(SweepError::io("reading", &path))?;
    Problems::new(std::io::BufReader::new(file))
        .collect::<Result<_, _>>()
        .map_err(|error| SweepError::Damaged { path, reason: error.to_string() })
}

/// What explaining may take: it can be asked for anew, for it doesn't change what is swept.
const EXPLAINING: [&str; 2] = ["explain_calls", "shrink_calls"];

/// The first thing in which two plans differ that changes what is swept, by the name that it has in a manifest, and what it is
/// in each.
fn differing(begun: &Plan, now: &Plan) -> Option<(String, String, String)> {
    let now = Plan { fill: now.fill.or(begun.fill), ..now.clone() };
    let (begun, now) = (fields(begun), fields(&now));
    let names: BTreeSet<&String> = begun.keys().chain(now.keys()).collect();
    let mut names = names.into_iter().filter(|name| !EXPLAINING.contains(&name.as_str()));
    let name = names.find(|name| begun.get(*name) != now.get(*name))?;
    let value = |fields: &BTreeMap<String, String>| fields.get(name).map_or("none", String::as_str).to_owned();
    Some((name.clone(), value(&begun), value(&now)))
}

/// A plan's fields by name; the axes of a space are fields.
fn fields(plan: &Plan) -> BTreeMap<String, String> {
    // What can't be written compares as nothing; a plan can be.
    let table = toml::Table::try_from(plan).unwrap_or_default();
    let of = |(name, value): (String, toml::Value)| match value {
        toml::Value::Table(axes) => axes.into_iter().map(|(axis, value)| (axis, value.to_string())).collect(),
        value => vec![(name, value.to_string())],
    };
    table.into_iter().flat_map(of).collect()
}
