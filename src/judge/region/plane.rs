//! One output plane: which of its pixels are wrong in any image and channel, and the tightest form around them.

use super::Form;
use super::extent::Extent;
use crate::problem::{Along, Problem};
use std::ops::RangeInclusive;

/// The wrong pixels of all planes laid over each other.
pub(super) struct Plane {
    wrong: Vec<bool>,
    rows: Line,
    columns: Line,
}

/// The rows or the columns of a plane.
struct Line {
    /// Those that hold a wrong pixel.
    wrong: Vec<bool>,
    /// Those that could hold one: some window there reads input, or one is wrong nonetheless (a lost bias).
    notices: Vec<bool>,
}

impl Line {
    fn new(along: Along) -> Self {
        let mut notices: Vec<bool> = (0..along.output()).map(|window| along.reads_input(window)).collect();
        if !notices.contains(&true) {
            notices.fill(true);
        }
        Self { wrong: vec![false; notices.len()], notices }
    }

    fn mark(&mut self, index: usize) {
        self.wrong[index] = true;
        self.notices[index] = true;
    }

    /// How many could be wrong within `range`.
    fn noticing(&self, range: RangeInclusive<usize>) -> u64 {
        self.notices[range].iter().filter(|&&notices| notices).count() as u64
    }

    /// How wide the borders before and behind `range` are; 0 where nothing in them could be wrong.
    fn margins(&self, range: RangeInclusive<usize>) -> [u32; 2] {
        let (before, behind) = (&self.notices[..*range.start()], &self.notices[range.end() + 1..]);
        [before, behind].map(|margin| if margin.contains(&true) { margin.len() as u32 } else { 0 })
    }
}

impl Plane {
    pub(super) fn new(problem: &Problem) -> Self {
        let (rows, columns) = (Line::new(problem.h()), Line::new(problem.w()));
        Self { wrong: vec![false; rows.wrong.len() * columns.wrong.len()], rows, columns }
    }

    pub(super) fn pixels(&self) -> usize {
        self.wrong.len()
    }

    pub(super) fn mark(&mut self, pixel: usize) {
        self.wrong[pixel] = true;
    }

    /// The tightest form around the wrong pixels, the extents of rows and columns, and how many pixels of the form
    /// could be wrong. It is the form of `planes` planes.
    pub(super) fn form(mut self, planes: u64) -> (Form, [Extent; 2], u64) {
        let width = self.columns.wrong.len();
        for (row, line) in self.wrong.chunks(width).enumerate() {
            for (column, _) in line.iter().enumerate().filter(|(_, wrong)| **wrong) {
                self.rows.mark(row);
                self.columns.mark(column);
            }
        }
        let [rows, columns] = [&self.rows, &self.columns].map(|line| Extent::of(&line.wrong, &line.notices));
        let pixels = u64::from(rows.inside) * u64::from(columns.inside);
        let mut best = (Form::Slice, pixels);
        for (form, fewer) in [self.flat(), self.border()].into_iter().flatten() {
            let right_by_the_slice = planes * pixels.saturating_sub(fewer);
            let both_ends = matches!(form, Form::Border(_)) && (rows.is_both_ends() || columns.is_both_ends());
            if (fewer < best.1 && right_by_the_slice >= 2) || (fewer == best.1 && both_ends) {
                best = (form, fewer);
            }
        }
        (best.0, [rows, columns], best.1)
    }

    /// The last pixels in row-major order.
    fn flat(&self) -> Option<(Form, u64)> {
        let width = self.columns.wrong.len();
        let first = self.wrong.iter().position(|&wrong| wrong)?;
        let (row, column) = (first / width, first % width);
        let noticing_columns = self.columns.noticing(column..=width - 1);
        let rows_behind = self.rows.noticing(row..=self.rows.wrong.len() - 1) - 1;
        let pixels = noticing_columns + rows_behind * self.columns.noticing(0..=width - 1);
        Some((Form::Flat((self.wrong.len() - first) as u32), pixels))
    }

    /// Everything round a rectangle of right pixels, where they are one and it touches two edges at most.
    fn border(&self) -> Option<(Form, u64)> {
        let (height, width) = (self.rows.wrong.len(), self.columns.wrong.len());
        let (mut top, mut left, mut bottom, mut right) = (height, width, 0, 0);
        let mut right_pixels = 0;
        for (row, line) in self.wrong.chunks(width).enumerate().filter(|(row, _)| self.rows.notices[*row]) {
            let noticing = line.iter().enumerate().filter(|(column, _)| self.columns.notices[*column]);
            for (column, _) in noticing.filter(|(_, wrong)| !**wrong) {
                (top, bottom) = (top.min(row), bottom.max(row));
                (left, right) = (left.min(column), right.max(column));
                right_pixels += 1;
            }
        }
        if right_pixels == 0 || right_pixels != self.rows.noticing(top..=bottom) * self.columns.noticing(left..=right) {
            return None;
        }
        let [above, below] = self.rows.margins(top..=bottom);
        let [before, behind] = self.columns.margins(left..=right);
        let widths = [above, before, below, behind];
        let pixels = self.rows.noticing(0..=height - 1) * self.columns.noticing(0..=width - 1) - right_pixels;
        (widths.iter().filter(|&&width| width > 0).count() >= 2).then_some((Form::Border(widths), pixels))
    }
}
