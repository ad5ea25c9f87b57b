//! The taps of one output element, drawn.

use crate::faults::Element;
use crate::faults::element::Term;
use crate::faults::prediction::right_terms;
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Planes that are drawn.
const PLANES: usize = 4;

/// Draws which input elements one output element (row-major `index`) reads: `o` as it should, `-` not though it should,
/// `+` though it shouldn't, `2` more than once, `·` not and rightly so. One plane a channel that is concerned.
pub fn picture(problem: &Problem, index: usize, found: &BTreeMap<Term, i64>) -> String {
    let element = Element::at(problem, index);
    let right = right_terms(problem, element);
    let (rows, columns) = (problem.input.h as usize, problem.input.w as usize);
    let plane = rows * columns;
    let by_input = |terms: &BTreeMap<Term, i64>| {
        let mut counts: BTreeMap<usize, i64> = BTreeMap::new();
        terms.iter().for_each(|(term, count)| *counts.entry(term.input).or_default() += count.abs());
        counts
    };
    let (right, found) = (by_input(&right), by_input(found));
    let mut planes: Vec<usize> = right.keys().chain(found.keys()).map(|input| input / plane).collect();
    planes.sort_unstable();
    planes.dedup();
    // What is as it should be comes last, and may be left out.
    let of_plane = |terms: &BTreeMap<usize, i64>, number: usize| -> Vec<(usize, i64)> {
        terms.range(number * plane..(number + 1) * plane).map(|(input, count)| (*input, *count)).collect()
    };
    planes.sort_by_key(|&number| of_plane(&right, number) == of_plane(&found, number));
    let mut text =
        format!("output element [{}, {}, {}, {}] reads\n", element.image, element.channel, element.row, element.column);
    for number in planes.iter().take(PLANES) {
        let channels = problem.in_channels as usize;
        // Writing to a String can't fail.
        let _ = writeln!(text, "  image {}, channel {}", number / channels, number % channels);
        for row in 0..rows {
            text.push_str("    ");
            for column in 0..columns {
                let input = number * plane + row * columns + column;
                text.push(match (right.get(&input).copied(), found.get(&input).copied()) {
                    (None, None) => '·',
                    (Some(_), None) => '-',
                    (None, Some(_)) => '+',
                    (Some(should), Some(does)) if does > should => '2',
                    (Some(_), Some(_)) => 'o',
                });
            }
            text.push('\n');
        }
    }
    if planes.len() > PLANES {
        let _ = writeln!(text, "  … and {} more planes", planes.len() - PLANES);
    }
    text
}
