//! Progress on stderr: a bar on a terminal, a plain line now and then elsewhere.

use convdiff::judge::Verdict;
use convdiff::report::count;
use convdiff::run::Run;
use convdiff::sweep::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often a plain line is due.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// From so many hangs on a person should know what they cost.
const MANY_HANGS: u64 = 8;

/// A progress bar, or what stands for one.
pub struct Bar {
    bar: ProgressBar,
    total: u64,
    last_line: Option<Cell<Instant>>,
    /// Whether it is still to be said, should there be many hangs.
    silent_about_hangs: Cell<bool>,
}

impl Bar {
    /// Nothing at all.
    pub fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), total: 0, last_line: None, silent_about_hangs: Cell::new(false) }
    }

    /// For a run.
    pub fn new(run: &Run) -> Self {
        let total = run.points();
        let silent_about_hangs = Cell::new(true);
        if !std::io::stderr().is_terminal() {
            return Self { total, last_line: Some(Cell::new(Instant::now())), silent_about_hangs, ..Self::hidden() };
        }
        let bar = ProgressBar::new(total).with_position(run.progress().points);
        let template = "{bar:32} {percent:>3} %  {pos}/{len}  {per_sec}  {eta} left  {msg}";
        // The template is a constant that indicatif accepts; its default style would do too.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        Self { bar, total, last_line: None, silent_about_hangs }
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
        self.bar.set_message(findings(progress));
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

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn findings(progress: &Progress) -> String {
    let failing: u64 = progress.tally.clusters.values().map(|cluster| cluster.problems).sum();
    format!("{} failing problems", count(failing))
}
