//! `convdiff sweep`.

use super::progress::Bar;
use super::salvage::{SalvageArgs, say};
use super::space::ProblemArgs;
use super::{Given, exit};
use anyhow::{Context, Result, bail};
use clap::Args;
use convdiff::backend::{Kind, registry};
use convdiff::operands::{DEFAULT_SEED, Fill};
use convdiff::report::{Summary, count, notes, summary};
use convdiff::run::{Manifest, MapKind, Outcome, Plan, Reading, Run, RunError, Sitting};
use convdiff::sweep::Progress;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs backends over a space of problems against a reference, in parallel, and writes the map of where they disagree.
///
/// Without flags: the space `coreml-2515`, every backend that is compiled in, and the planted defect of that name.
#[derive(Debug, Args)]
pub struct SweepCommand {
    #[command(flatten)]
    problems: ProblemArgs,
    /// Run at most so many problems, chosen as verdicts come in: every pair of values, as many triples as can be, and then
    /// where verdicts change. One that was stopped begins again when it is resumed.
    #[arg(long, value_name = "BUDGET", conflicts_with_all = ["sample", "range", "problems"],
          value_parser = super::space::number_of_problems, allow_negative_numbers = true)]
    adaptive: Option<u64>,
    /// Backends under test (see `convdiff backends`); may be given more than once.
    #[arg(short, long = "backend", value_name = "NAME", value_delimiter = ',')]
    backends: Vec<String>,
    /// The backend that is believed.
    #[arg(long, value_name = "NAME", default_value = "exact")]
    reference: String,
    /// How operands are filled: integers, integers-f16, uniform, normal or extreme [default: integers; integers-f16 where a backend
    /// computes in half precision or bfloat16].
    #[arg(long, value_parser = fill)]
    fill: Option<Fill>,
    /// Seed of operands and sample.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Compare bits: -0 is not +0, and NaNs have payloads.
    #[arg(long)]
    strict: bool,
    /// Rows to write: all (map.csv and failures.csv), or failures alone (failures.csv).
    #[arg(long, value_name = "full|failures", default_value = "full", value_parser = map_kind)]
    map: MapKind,
    /// Run every backend under test in a process of its own: what dies or hangs there is a verdict on one problem.
    #[arg(long)]
    isolate: bool,
    /// Seconds that a backend in its own process has for one problem.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = seconds, allow_negative_numbers = true)]
    deadline: f64,
    /// The Python that runs engines which are Python packages [default: the one that `convdiff engines install` made].
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Runs that shrinking one finding may take; 0 leaves it as it was swept.
    #[arg(long, value_name = "N", default_value_t = convdiff::shrink::DEFAULT_CALLS)]
    shrink_calls: u64,
    /// Problems that may be run to explain a finding: when it happens, and what happens then; 0 explains nothing.
    #[arg(long, value_name = "N", default_value_t = 600)]
    explain_calls: usize,
    /// Folder of the run [default: reports/ and the space's name, with a number where that is taken].
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Go on with a run that was stopped or killed: the one in FOLDER, or else the one in --out.
    #[arg(long, value_name = "FOLDER", num_args = 0..=1)]
    resume: Option<Option<PathBuf>>,
    #[command(flatten)]
    salvage: SalvageArgs,
    /// Threads [default: one for each processor].
    #[arg(short = 'j', long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    threads: Option<usize>,
    /// No progress on stderr.
    #[arg(short, long)]
    quiet: bool,
}

impl SweepCommand {
    pub fn run(self, given: &Given) -> Result<ExitCode> {
        let threads = self.threads.unwrap_or_else(processors);
        let sitting = Sitting { threads, program: super::own_file()?, python: self.python.clone() };
        let run = match &self.resume {
            Some(folder) => {
                let Some(folder) = folder.as_ref().or(self.out.as_ref()) else {
                    bail!("--resume needs the run's folder: `convdiff sweep --resume reports/NAME`");
                };
                let mut reading = self.salvage.reading();
                let begun = reading.manifest(folder);
                let asked = begun.map(|begun| self.asked(given, folder, &begun.plan)).ok().transpose()?;
                let run = match Run::resume(folder, asked, &sitting, &mut reading) {
                    Err(RunError::Complete(path)) => return complete(&path, &mut reading),
                    run => run?,
                };
                say(&mut reading)?;
                run
            }
            None => {
                let (plan, list) = self.plan()?;
                match &self.out {
                    Some(folder) => Run::begin(folder, plan, list, &sitting)?,
                    None => Run::begin_numbered(&Path::new("reports").join(&plan.name), plan, list, &sitting)?,
                }
            }
        };
        let (path, backends) = (run.path().to_owned(), run.backends().to_vec());
        let (manifest, before) = (run.manifest().clone(), run.progress().clone());
        let stop = stop_on_ctrl_c(&path)?;
        let bar = if self.quiet { Bar::hidden() } else { Bar::new(&run) };
        let points = run.points();
        stop.swept.store(run.progress().points >= points, Ordering::Relaxed);
        let watch = bar.watch(run.activity());
        let outcome = run.go(&stop.flag, &mut |progress| {
            bar.show(progress);
            stop.swept.store(progress.points >= points, Ordering::Relaxed);
        });
        drop(watch);
        bar.finish();
        let outcome = outcome
            .with_context(|| format!("the sweep stopped; go on with `convdiff sweep --resume {}`", path.display()))?;
        self.conclude(&path, &backends, &outcome, (&manifest, &before))
    }

    fn conclude(
        &self,
        path: &Path,
        backends: &[Arc<dyn convdiff::backend::Backend>],
        outcome: &Outcome,
        (manifest, before): (&Manifest, &Progress),
    ) -> Result<ExitCode> {
        let mut err = std::io::stderr();
        if !outcome.finished {
            writeln!(
                err,
                "stopped after {} problems; go on with `convdiff sweep --resume {}`",
                outcome.tally.problems,
                path.display()
            )?;
            return Ok(exit::STOPPED.into());
        }
        let text = summary(&Summary { tally: &outcome.tally, backends, findings: &outcome.findings, path });
        write!(std::io::stdout(), "{text}")?;
        for remark in backends.iter().flat_map(|backend| backend.remarks()) {
            writeln!(err, "note: {remark}")?;
        }
        for note in notes(manifest, &outcome.tally, outcome.findings.len()) {
            writeln!(err, "note: {note}")?;
        }
        if let Some(c) = outcome.coverage.filter(|_| !self.quiet) {
            let (pairs, all_pairs) = (count(c.pairs), count(c.all_pairs));
            let (triples, all_triples) = (count(c.triples), count(c.all_triples));
            writeln!(err, "covered {pairs} of {all_pairs} pairs of values and {triples} of {all_triples} triples")?;
        }
        // Of this sitting alone: what was done before took its own time.
        let problems = outcome.tally.problems - before.tally.problems;
        let rate = problems as f64 / (outcome.seconds - before.seconds).max(1e-9);
        if !self.quiet {
            let explained = match outcome.findings.is_empty() {
                true => String::new(),
                false => format!(", explained in {:.1} s", outcome.explaining),
            };
            writeln!(
                err,
                "{} problems in {:.1} s ({} a second){explained}; written to {}",
                count(outcome.tally.problems),
                outcome.seconds,
                count(rate as u64),
                path.display()
            )?;
        }
        let real = |finding: &convdiff::diagnose::Finding| backends[finding.backend].kind() != Kind::Planted;
        let tested: u64 = outcome.tally.counts.iter().map(convdiff::sweep::Counts::run).sum();
        Ok(if tested == 0 {
            writeln!(err, "nothing was tested")?;
            exit::NOTHING_TESTED.into()
        } else if outcome.findings.iter().any(|reported| real(&reported.finding)) {
            exit::FINDINGS.into()
        } else {
            ExitCode::SUCCESS
        })
    }

    fn plan(&self) -> Result<(Plan, Arc<[convdiff::problem::Problem]>)> {
        let chosen = self.problems.choose()?;
        let backends = if self.backends.is_empty() { default_backends() } else { self.backends.clone() };
        let plan = Plan {
            name: chosen.name,
            range: chosen.range,
            sample: chosen.sample,
            adaptive: self.adaptive,
            condition: chosen.condition,
            reference: self.reference.clone(),
            backends,
            fill: self.fill,
            seed: self.seed,
            strict: self.strict,
            map: self.map,
            isolate: self.isolate,
            deadline: self.deadline,
            shrink_calls: self.shrink_calls,
            explain_calls: self.explain_calls,
            space: chosen.space,
        };
        Ok((plan, chosen.list))
    }

    /// The plan that a resumed run is asked for: its own, with what was typed in its place.
    fn asked(&self, given: &Given, folder: &Path, begun: &Plan) -> Result<Plan> {
        let mut plan = begun.clone();
        self.problems.ask(folder, &mut plan)?;
        plan.adaptive = self.adaptive.or(plan.adaptive);
        plan.fill = self.fill.or(plan.fill);
        if !self.backends.is_empty() {
            plan.backends.clone_from(&self.backends);
        }
        if given.has("reference") {
            plan.reference.clone_from(&self.reference);
        }
        let typed = |field, asked, begun| if given.has(field) { asked } else { begun };
        plan.seed = typed("seed", self.seed, plan.seed);
        plan.shrink_calls = typed("shrink_calls", self.shrink_calls, plan.shrink_calls);
        plan.strict |= self.strict;
        plan.isolate |= self.isolate;
        if given.has("explain_calls") {
            plan.explain_calls = self.explain_calls;
        }
        if given.has("map") {
            plan.map = self.map;
        }
        if given.has("deadline") {
            plan.deadline = self.deadline;
        }
        Ok(plan)
    }
}

/// What there is to say of a run that is over: it exits as it did then.
fn complete(path: &Path, reading: &mut Reading) -> Result<ExitCode> {
    let manifest = reading.manifest(path)?;
    let findings = reading.findings(path)?.findings;
    say(reading)?;
    writeln!(std::io::stderr(), "{} is complete: there is nothing left to do", path.display())?;
    Ok(if manifest.tested.or(manifest.problems) == Some(0) {
        exit::NOTHING_TESTED.into()
    } else if findings.iter().any(|entry| !entry.planted) {
        exit::FINDINGS.into()
    } else {
        ExitCode::SUCCESS
    })
}

/// Every real backend, and the planted defect that shows what a finding looks like.
fn default_backends() -> Vec<String> {
    registry::default_under_test().iter().map(|backend| backend.name().to_owned()).collect()
}

/// What Ctrl-C (or SIGTERM) goes by.
#[derive(Default)]
struct Stop {
    /// Raised by the first one while problems are swept.
    flag: AtomicBool,
    /// Whether all problems are swept, and findings are told apart and explained.
    swept: AtomicBool,
}

/// Ends the sweep into `path` after the batches under way. A second Ctrl-C ends the program on the spot, and so does the first once
/// everything is swept: that is kept, and a backend that hangs may take minutes to explain. Each is said at once.
fn stop_on_ctrl_c(path: &Path) -> Result<Arc<Stop>> {
    let stop = Arc::new(Stop::default());
    let (heard, path) = (stop.clone(), path.to_owned());
    ctrlc::set_handler(move || {
        let swept = heard.swept.load(Ordering::Relaxed);
        let again = heard.flag.swap(true, Ordering::Relaxed);
        let go_on = format!("go on with `convdiff sweep --resume {}`", path.display());
        let sentence = match (swept, again) {
            (true, _) => format!("stopped before everything was explained; {go_on}"),
            (false, true) => format!("stopped at once: what was done up to two seconds ago is kept; {go_on}"),
            (false, false) => {
                "stopping after the problems under way, and keeping what was done; Ctrl-C again ends it at once, and \
                               loses up to two seconds of it"
                    .to_owned()
            }
        };
        // The program ends whether or not somebody reads it.
        let _ = writeln!(std::io::stderr(), "{sentence}");
        if again || swept {
            std::process::exit(exit::STOPPED.into());
        }
    })
    .context("listening for Ctrl-C")?;
    Ok(stop)
}

pub fn fill(name: &str) -> Result<Fill, String> {
    Fill::NAMES.iter().find(|(known, _)| *known == name).map(|(_, fill)| *fill).ok_or_else(|| {
        let known: Vec<&str> = Fill::NAMES.iter().map(|(name, _)| *name).collect();
        format!("fills are {}", known.join(", "))
    })
}

/// Processors that this process may use.
fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// More threads than this for each processor only wait, each with a process and buffers of its own.
const THREADS_PER_PROCESSOR: usize = 16;

fn threads(text: &str) -> Result<usize, String> {
    let most = THREADS_PER_PROCESSOR * processors();
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("it is a number from 1 to {most}, {THREADS_PER_PROCESSOR} for each processor"))
}

fn map_kind(name: &str) -> Result<MapKind, String> {
    match name {
        "full" => Ok(MapKind::Full),
        "failures" => Ok(MapKind::Failures),
        _ => Err("it is full or failures".to_owned()),
    }
}

pub fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is a number of seconds".to_owned())?;
    let sensible = seconds.is_finite() && (0.001..=86_400.0).contains(&seconds);
    if sensible { Ok(seconds) } else { Err("it is from 0.001 to 86400 seconds".to_owned()) }
}
