//! A region read back from its text, as a map has it.

use super::{Region, Sides};
use crate::problem::Problem;

/// Elements of the largest output that is read back: a region is rebuilt from its elements.
const MOST: u64 = 1 << 22;

impl Region {
    /// The region that `text` names in the output of `problem`: what [`Display`](std::fmt::Display) writes. None where it names
    /// nothing there, where the output is very large, and for `scattered`, which says nothing of the elements.
    pub fn read(text: &str, problem: &Problem) -> Option<Self> {
        if problem.output_len() > MOST {
            return None;
        }
        let output = problem.output();
        let [images, channels, rows, columns] =
            [problem.batch, problem.out_channels, output.h, output.w].map(|size| size as usize);
        let parts: Vec<&str> = text.trim().strip_prefix('[')?.strip_suffix(']')?.split(',').map(str::trim).collect();
        let pixels = match parts[..] {
            [_, _, i, j] => {
                let (i, j) = (indices(i, rows)?, indices(j, columns)?);
                i.iter().flat_map(|i| j.iter().map(move |j| i * columns + j)).collect()
            }
            [_, _, plane] => match plane.strip_prefix("flat ") {
                Some(slice) => indices(slice, rows * columns)?,
                None => border(plane.strip_prefix("border ")?, rows, columns)?,
            },
            _ => return None,
        };
        let (n, o) = (indices(parts[0], images)?, indices(parts[1], channels)?);
        let planes = n.iter().flat_map(|n| o.iter().map(move |o| (n * channels + o) * rows * columns));
        let wrong: Vec<usize> = planes.flat_map(|plane| pixels.iter().map(move |pixel| plane + pixel)).collect();
        (!wrong.is_empty()).then(|| Self::of(problem, &wrong))
    }
}

/// What Python's `range(size)[text]` has, ascending; none where that is an error.
fn indices(text: &str, size: usize) -> Option<Vec<usize>> {
    let signed = |text: &str| -> Option<i64> {
        let number: i64 = text.trim().parse().ok()?;
        Some(if number < 0 { number.saturating_add(size as i64) } else { number })
    };
    let bound = |text: &str, default: usize| match text.trim() {
        "" => Some(default),
        text => Some(signed(text)?.clamp(0, size as i64) as usize),
    };
    let parts: Vec<&str> = text.split(':').collect();
    let (start, stop, step) = match parts[..] {
        [index] => {
            let index = usize::try_from(signed(index)?).ok().filter(|index| *index < size)?;
            (index, index + 1, 1)
        }
        [start, stop] => (bound(start, 0)?, bound(stop, size)?, 1),
        [start, stop, step] => {
            (bound(start, 0)?, bound(stop, size)?, step.trim().parse().ok().filter(|step| *step > 0)?)
        }
        _ => return None,
    };
    Some((start..stop).step_by(step).collect())
}

/// `bottom 1 right 2`.
fn border(text: &str, rows: usize, columns: usize) -> Option<Vec<usize>> {
    let mut widths = [0; 4];
    let words: Vec<&str> = text.split_whitespace().collect();
    for pair in words.chunks(2) {
        let &[side, width] = pair else { return None };
        let side = Sides::NAMES.iter().position(|name| *name == side)?;
        widths[side] = width.parse().ok()?;
    }
    let [top, left, bottom, right]: [usize; 4] = widths;
    let inside = |pixel: &usize| {
        let (row, column) = (pixel / columns, pixel % columns);
        row < top || column < left || row + bottom >= rows || column + right >= columns
    };
    Some((0..rows * columns).filter(inside).collect())
}
