//! Progress on stderr: a bar on a terminal, a plain line now and then elsewhere.

use convdiff::judge::Verdict;
use convdiff::report::count;
use convdiff::run::{Activity, Run};
use convdiff::sweep::Progress;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a plain line is due.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How often what is explained is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// From so many hangs on a person should know what they cost.
const MANY_HANGS: u64 = 8;

/// A progress bar, or what stands for one.
pub struct Bar {
    bar: ProgressBar,
    total: u64,
    /// What was done before, and when this began.
    before: (u64, Instant),
    quiet: bool,
    last_line: Option<Cell<Instant>>,
    /// Whether it is still to be said, should there be many hangs.
    silent_about_hangs: Cell<bool>,
}

impl Bar {
    /// Nothing at all.
    pub fn hidden() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            total: 0,
            before: (0, Instant::now()),
            quiet: true,
            last_line: None,
            silent_about_hangs: Cell::new(false),
        }
    }

    /// For a run.
    pub fn new(run: &Run) -> Self {
        let total = run.points();
        let silent_about_hangs = Cell::new(true);
        if !std::io::stderr().is_terminal() {
            let last_line = Some(Cell::new(Instant::now()));
            return Self { total, last_line, silent_about_hangs, quiet: false, ..Self::hidden() };
        }
        let bar = ProgressBar::new(total).with_position(run.progress().points);
        let template = "{bar:16} {percent:>3} %  {wide_msg}";
        // The template is a constant that indicatif accepts; its default style would do too.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        let before = (run.progress().points, Instant::now());
        Self { bar, total, before, quiet: false, last_line: None, silent_about_hangs }
    }

    /// Shows how far the run is.
    pub fn show(&self, progress: &Progress) {
        let hangs: u64 = progress.tally.counts.iter().map(|counts| counts.of(Verdict::Hangs)).sum();
        if hangs >= MANY_HANGS && self.silent_about_hangs.replace(false) {
            let sentence = format!(
                "note: {hangs} of the first {} problems hang, and each costs its deadline: a smaller `--deadline` makes that \
                 cheaper, and `--where` leaves problems out",
                count(progress.tally.problems)
            );
            self.bar.suspend(|| drop(writeln!(std::io::stderr(), "{sentence}")));
        }
        self.bar.set_position(progress.points);
        self.bar.set_message(format!("{}, {}", self.speed(progress), findings(progress)));
        if let Some(last) = self.last_line.as_ref().filter(|last| last.get().elapsed() >= LINE_EVERY) {
            last.set(Instant::now());
            let _ = writeln!(
                std::io::stderr(),
                "{} of {} points, {}",
                count(progress.points),
                count(self.total),
                findings(progress)
            );
        }
    }

    /// How fast this sitting is, and how long that takes: what was done before it took its own time.
    fn speed(&self, progress: &Progress) -> String {
        let (before, began) = self.before;
        let rate = (progress.points - before) as f64 / began.elapsed().as_secs_f64().max(1e-3);
        let left =
            Duration::from_secs_f64((self.total.saturating_sub(progress.points) as f64 / rate.max(1e-3)).min(1e9));
        format!("{} a second, {} left", count(rate as u64), HumanDuration(left))
    }

    /// Shows what a run is at that explains, until what comes back is dropped.
    pub fn watch(&self, activity: Arc<Activity>) -> Option<Watch> {
        if self.quiet {
            return None;
        }
        let (bar, plain) = (self.bar.clone(), self.last_line.is_some());
        let (end, ended) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let mut last: Option<Instant> = None;
            while ended.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
                let Some(at) = activity.at() else { continue };
                let line = format!("{at}: {} calls", count(activity.calls()));
                if plain && last.is_none_or(|last| last.elapsed() >= LINE_EVERY) {
                    last = Some(Instant::now());
                    let _ = writeln!(std::io::stderr(), "{line}");
                } else if !plain {
                    if last.is_none() {
                        bar.set_style(
                            ProgressStyle::with_template("{spinner} {elapsed}  {wide_msg}")
                                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
                        );
                        last = Some(Instant::now());
                    }
                    bar.set_message(line);
                    bar.tick();
                }
            }
        });
        Some(Watch { end: Some(end), thread: Some(thread) })
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A thread that shows something.
pub struct Watch {
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.end.take());
        // It only shows something: what becomes of it is nobody's problem.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn findings(progress: &Progress) -> String {
    let failing: u64 = progress.tally.clusters.values().map(|cluster| cluster.problems).sum();
    format!("{} failing problems", count(failing))
}
