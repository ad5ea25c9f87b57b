//! Progress on stderr: a bar on a terminal, a plain line now and then elsewhere.

use convdiff::report::count;
use convdiff::run::Run;
use convdiff::sweep::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often a plain line is due.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// A progress bar, or what stands for one.
pub struct Bar {
    bar: ProgressBar,
    total: u64,
    last_line: Option<Cell<Instant>>,
}

impl Bar {
    /// Nothing at all.
    pub fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), total: 0, last_line: None }
    }

    /// For a run.
    pub fn new(run: &Run) -> Self {
        let total = run.points();
        if !std::io::stderr().is_terminal() {
            return Self { total, last_line: Some(Cell::new(Instant::now())), ..Self::hidden() };
        }
        let bar = ProgressBar::new(total).with_position(run.progress().points);
        let template = "{bar:32} {percent:>3} %  {pos}/{len}  {per_sec}  {eta} left  {msg}";
        // The template is a constant that indicatif accepts; its default style would do too.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        Self { bar, total, last_line: None }
    }

    /// Shows how far the run is.
    pub fn show(&self, progress: &Progress) {
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
