//! Expected and actual output.

use super::super::Subject;
use super::super::nested::{nested, number};
use super::WIDTH;
use crate::diagnose::Repro;
use std::fmt::Write;

/// The most elements of an output that is drawn plane by plane; of a larger one the wrong elements are listed.
const DRAWN: usize = 600;
/// The widest plane that is drawn twice side by side.
const COLUMNS: usize = 12;
/// Wrong elements that are listed.
const LISTED: usize = 24;

/// The section on outputs: both side by side where there are two, else the expectation alone.
pub(super) fn section(subject: &Subject<'_>) -> String {
    let [_, _, _, columns] = subject.output_shape();
    match subject.failure().filter(|repro| !repro.output.actual.is_empty()) {
        Some(repro) if subject.expected.len() <= DRAWN && columns <= COLUMNS => {
            format!(
                "## Expected and actual\n\nWrong elements are in brackets.\n\n```text\n{}```\n\n",
                planes(subject, repro)
            )
        }
        Some(repro) => format!("## Expected and actual\n\n{}\n", listed(subject, repro)),
        None => {
            let start = "y = ";
            let expected = nested(subject.expected, &subject.output_shape(), start.len(), WIDTH);
            format!("## Expected\n\n```python\n# output, N×O×OH×OW\n{start}{expected}\n```\n\n")
        }
    }
}

fn planes(subject: &Subject<'_>, repro: &Repro) -> String {
    let shape @ [_, channels, rows, columns] = subject.output_shape();
    let cells = |values: &[f32]| -> Vec<String> {
        let is_wrong = |index: usize| repro.output.wrong.contains(&crate::judge::position(shape, index));
        let cell = |(index, &value): (usize, &f32)| {
            if is_wrong(index) { format!("[{}]", number(value)) } else { format!(" {} ", number(value)) }
        };
        values.iter().enumerate().map(cell).collect()
    };
    let (expected, actual) = (cells(subject.expected), cells(&repro.output.actual));
    let width = |cells: &[String]| cells.iter().map(String::len).max().unwrap_or_default();
    let (expected_width, actual_width) = (width(&expected), width(&actual));
    let line = |cells: &[String], width: usize| cells.iter().map(|cell| format!("{cell:>width$}")).collect::<String>();
    let mut text = String::new();
    for (number, first) in (0..expected.len()).step_by(rows * columns).enumerate() {
        let name = format!("y[{}, {}]", number / channels, number % channels);
        let left = columns * expected_width;
        let _ = writeln!(text, "{name:<8}{:<left$}   actual", "expected");
        for row in (first..first + rows * columns).step_by(columns) {
            let [expected, actual] = [(&expected, expected_width), (&actual, actual_width)]
                .map(|(cells, width)| line(&cells[row..row + columns], width));
            let _ = writeln!(text, "{:8}{expected:<left$}   {}", "", actual.trim_end());
        }
    }
    text
}

fn listed(subject: &Subject<'_>, repro: &Repro) -> String {
    let [_, channels, rows, columns] = subject.output_shape();
    let mut text = String::from("| element | expected | actual |\n|---|---:|---:|\n");
    for &[n, o, i, j] in repro.output.wrong.iter().take(LISTED) {
        let index = ((n * channels + o) * rows + i) * columns + j;
        let value = |values: &[f32]| values.get(index).map(|&value| number(value)).unwrap_or_default();
        let (expected, actual) = (value(subject.expected), value(&repro.output.actual));
        let _ = writeln!(text, "| `y[{n}, {o}, {i}, {j}]` | {expected} | {actual} |");
    }
    let more = repro.output.wrong.len().saturating_sub(LISTED);
    if more > 0 {
        let _ = writeln!(text, "\n… and {more} more.");
    }
    text
}
