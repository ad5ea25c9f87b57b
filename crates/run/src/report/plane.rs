//! The output as a picture in text: which elements of which plane are wrong, with expected and actual.

use crate::judge::position;
use crate::problem::Problem;
use std::fmt::Write;

/// Planes that are drawn; the rest is counted.
const PLANES: usize = 4;
/// Wrong elements that are listed; the rest is counted.
const LISTED: usize = 12;
/// Columns of a drawn plane; a wider one is cut in the middle.
const COLUMNS: usize = 64;
/// Rows of a drawn plane.
const ROWS: usize = 32;

/// Draws the planes of an output that hold wrong elements, and lists the first wrong ones.
///
/// `wrong` are row-major indices, ascending. A `#` is a wrong element, a `·` a right one.
pub fn picture(problem: &Problem, expected: &[f32], actual: &[f32], wrong: &[usize]) -> String {
    let output = problem.output();
    let (rows, columns) = (output.h as usize, output.w as usize);
    let shape = [problem.batch as usize, problem.out_channels as usize, rows, columns];
    let plane = rows * columns;
    let mut text = String::new();
    let mut planes: Vec<usize> = wrong.iter().map(|index| index / plane).collect();
    planes.dedup();
    for &number in planes.iter().take(PLANES) {
        let [n, o, ..] = position(shape, number * plane);
        let in_plane: Vec<usize> =
            wrong.iter().filter(|&&index| index / plane == number).map(|index| index % plane).collect();
        // Writing to a String can't fail.
        let _ = writeln!(text, "  image {n}, channel {o}: {} of {plane} elements wrong", in_plane.len());
        draw(&mut text, rows, columns, &in_plane);
    }
    if planes.len() > PLANES {
        let _ = writeln!(text, "  … and {} more planes", planes.len() - PLANES);
    }
    list(&mut text, shape, expected, actual, wrong);
    text
}

fn draw(text: &mut String, rows: usize, columns: usize, wrong: &[usize]) {
    let shown = |size: usize, most: usize| -> Vec<Option<usize>> {
        if size <= most {
            return (0..size).map(Some).collect();
        }
        let half = most / 2;
        (0..half).map(Some).chain([None]).chain((size - half..size).map(Some)).collect()
    };
    let columns_shown = shown(columns, COLUMNS);
    for row in shown(rows, ROWS) {
        text.push_str("    ");
        for column in &columns_shown {
            text.push(match (row, column) {
                (Some(row), Some(column)) if wrong.binary_search(&(row * columns + column)).is_ok() => '#',
                (Some(_), Some(_)) => '·',
                (None, _) => '⋮',
                (_, None) => '…',
            });
        }
        text.push('\n');
    }
}

fn list(text: &mut String, shape: [usize; 4], expected: &[f32], actual: &[f32], wrong: &[usize]) {
    let rows: Vec<[String; 3]> = wrong
        .iter()
        .take(LISTED)
        .map(|&index| {
            let [n, o, i, j] = position(shape, index);
            [format!("[{n}, {o}, {i}, {j}]"), number(expected[index]), number(actual[index])]
        })
        .collect();
    let heads = ["element", "expected", "actual"];
    let width =
        |column: usize| rows.iter().map(|row| row[column].len()).chain([heads[column].len()]).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2)];
    for row in std::iter::once(&heads.map(str::to_owned)).chain(&rows) {
        let _ = writeln!(
            text,
            "  {:<a$}  {:>b$}  {:>c$}",
            row[0],
            row[1],
            row[2],
            a = widths[0],
            b = widths[1],
            c = widths[2]
        );
    }
    if wrong.len() > LISTED {
        let _ = writeln!(text, "  … and {} more", wrong.len() - LISTED);
    }
}

/// An output's value as short as it can be read back, `3.7e-31` where that is shorter; an element that the backend never wrote is
/// said to be so.
pub(super) fn number(value: f32) -> String {
    if value.to_bits() == crate::backend::UNWRITTEN.to_bits() {
        return "not written".to_owned();
    }
    // `Display` never writes an exponent, and `Debug` always a point.
    if value.fract() == 0.0 && value.abs() < 1e16 { value.to_string() } else { format!("{value:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_short_and_read_back() {
        let texts = [3.0, -3799.0, 0.1, 3.7e-31, 1e-45, 1e20, f32::MAX, f32::INFINITY, f32::NAN].map(number);
        assert_eq!(texts, ["3", "-3799", "0.1", "3.7e-31", "1e-45", "1e20", "3.4028235e38", "inf", "NaN"]);
        assert_eq!(number(-0.0), "-0");
        assert_eq!(number(crate::backend::UNWRITTEN), "not written");
    }
}
