//! One output plane: which of its pixels are wrong in any image and channel, and the tightest form around them.

use super::Form;
use super::extent::Extent;
use crate::problem::{Along, Problem};
use std::ops::RangeInclusive;

/// The wrong pixels of all planes laid over each other.
pub(super) struct Plane {
    wrong: Vec<bool>,
    /// Pixels that could be wrong, where that is known better than by rows and columns.
    noticing: Option<Vec<bool>>,
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

    /// How wide the borders before and behind `range` are; 0 where nothing in them could be wrong.
    fn margins(&self, range: RangeInclusive<usize>) -> [u32; 2] {
        let (before, behind) = (&self.notices[..*range.start()], &self.notices[range.end() + 1..]);
        [before, behind].map(|margin| if margin.contains(&true) { margin.len() as u32 } else { 0 })
    }
}

impl Plane {
    pub(super) fn new(problem: &Problem) -> Self {
        let (rows, columns) = (Line::new(problem.h()), Line::new(problem.w()));
        Self { wrong: vec![false; rows.wrong.len() * columns.wrong.len()], noticing: None, rows, columns }
    }

    /// The plane in which these pixels could be wrong, row-major, and no others unless they are.
    pub(super) fn among(problem: &Problem, noticing: &[bool]) -> Self {
        let mut plane = Self::new(problem);
        for line in [&mut plane.rows, &mut plane.columns] {
            line.notices.fill(false);
        }
        let width = plane.columns.wrong.len();
        for pixel in noticing.iter().enumerate().filter_map(|(pixel, notices)| notices.then_some(pixel)) {
            plane.rows.notices[pixel / width] = true;
            plane.columns.notices[pixel % width] = true;
        }
        plane.noticing = Some(noticing.to_vec());
        plane
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
        let noticing = self.noticing();
        let pixels = match &self.noticing {
            None => u64::from(rows.inside) * u64::from(columns.inside),
            Some(_) => count(
                noticing
                    .iter()
                    .enumerate()
                    .map(|(pixel, &notices)| notices && rows.has(pixel / width) && columns.has(pixel % width)),
            ),
        };
        let mut best = (Form::Slice, pixels);
        for (form, fewer) in [self.flat(&noticing), self.border(&noticing)].into_iter().flatten() {
            let right_by_the_slice = planes * pixels.saturating_sub(fewer);
            let both_ends = matches!(form, Form::Border(_)) && (rows.is_both_ends() || columns.is_both_ends());
            if (fewer < best.1 && right_by_the_slice >= 2) || (fewer == best.1 && both_ends) {
                best = (form, fewer);
            }
        }
        (best.0, [rows, columns], best.1)
    }

    /// The pixels that could be wrong.
    fn noticing(&self) -> Vec<bool> {
        match &self.noticing {
            Some(noticing) => noticing.iter().zip(&self.wrong).map(|(notices, wrong)| *notices || *wrong).collect(),
            None => {
                let Self { rows, columns, .. } = self;
                rows.notices.iter().flat_map(|&row| columns.notices.iter().map(move |&column| row && column)).collect()
            }
        }
    }

    /// The last pixels in row-major order.
    fn flat(&self, noticing: &[bool]) -> Option<(Form, u64)> {
        let first = self.wrong.iter().position(|&wrong| wrong)?;
        Some((Form::Flat((self.wrong.len() - first) as u32), count(noticing[first..].iter().copied())))
    }

    /// Everything round a rectangle of right pixels, where they are one and it touches two edges at most.
    fn border(&self, noticing: &[bool]) -> Option<(Form, u64)> {
        let (height, width) = (self.rows.wrong.len(), self.columns.wrong.len());
        let (mut top, mut left, mut bottom, mut right) = (height, width, 0, 0);
        let mut right_pixels = 0;
        let rights = noticing.iter().zip(&self.wrong).enumerate().filter(|(_, (notices, wrong))| **notices && !**wrong);
        for (pixel, _) in rights {
            let (row, column) = (pixel / width, pixel % width);
            (top, bottom) = (top.min(row), bottom.max(row));
            (left, right) = (left.min(column), right.max(column));
            right_pixels += 1;
        }
        if right_pixels == 0 {
            return None;
        }
        let inside =
            (top..=bottom).map(|row| count(noticing[row * width + left..=row * width + right].iter().copied()));
        if right_pixels != inside.sum::<u64>() {
            return None;
        }
        let [above, below] = self.rows.margins(top..=bottom);
        let [before, behind] = self.columns.margins(left..=right);
        let widths = [above, before, below, behind];
        let pixels = count(noticing.iter().copied()) - right_pixels;
        (widths.iter().filter(|&&width| width > 0).count() >= 2).then_some((Form::Border(widths), pixels))
    }
}

fn count(marks: impl Iterator<Item = bool>) -> u64 {
    marks.filter(|&mark| mark).count() as u64
}
