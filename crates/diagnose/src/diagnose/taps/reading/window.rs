//! Windows: where the taps of an element read, reckoned once for all of them.

use super::geometry::Geometry;
use super::place::{Place, index};
use super::{Element, Tap};
use crate::diagnose::taps::probe::Term;
use crate::problem::{Along, Problem};

/// A window of an output element, not necessarily its own.
#[derive(Clone, Copy, Debug)]
pub struct Window<'p> {
    pub problem: &'p Problem,
    pub element: Element,
    pub reads: Reads,
}

/// What a window reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads {
    pub image: i64,
    /// Input channel of the first tap, over all groups.
    pub channel: i64,
    /// Output channel whose weights are used.
    pub filter: usize,
    pub rows: Taps,
    pub columns: Taps,
}

/// Positions of taps along one axis, counted from the first real element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taps {
    pub first: i64,
    pub step: i64,
}

impl Taps {
    fn of(along: Along, window: usize) -> Self {
        Self { first: along.window_start(window as u64), step: i64::from(along.dilation) }
    }

    pub fn at(self, tap: usize) -> i64 {
        self.first + tap as i64 * self.step
    }

    pub fn shifted(self, by: i64) -> Self {
        Self { first: self.first + by, ..self }
    }

    /// The same positions in reverse, of so many taps.
    pub fn reversed(self, taps: u32) -> Self {
        Self { first: self.first + i64::from(taps - 1) * self.step, step: -self.step }
    }
}

impl<'p> Window<'p> {
    /// The right one.
    pub fn of(problem: &'p Problem, element: Element) -> Self {
        let group = element.channel / problem.out_channels_per_group() as usize;
        let reads = Reads {
            image: element.image as i64,
            channel: (group * problem.in_channels_per_group() as usize) as i64,
            filter: element.channel,
            rows: Taps::of(problem.h(), element.row),
            columns: Taps::of(problem.w(), element.column),
        };
        Self { problem, element, reads }
    }

    /// The same element's under a wrong idea of strides, dilations or pads.
    pub fn under(&self, geometry: Geometry) -> Self {
        let (h, w) = geometry.of(self.problem.h(), self.problem.w());
        let (rows, columns) = (Taps::of(h, self.element.row), Taps::of(w, self.element.column));
        Self { reads: Reads { rows, columns, ..self.reads }, ..*self }
    }

    /// Where a tap reads.
    pub fn place(&self, tap: Tap) -> Place {
        let Reads { image, channel, rows, columns, .. } = self.reads;
        Place { image, channel: channel + tap.channel as i64, row: rows.at(tap.row), column: columns.at(tap.column) }
    }

    /// The row-major index of a tap's weight.
    pub fn weight(&self, tap: Tap) -> usize {
        let p = self.problem;
        let plane = self.reads.filter * p.in_channels_per_group() as usize + tap.channel;
        (plane * p.kernel.h as usize + tap.row) * p.kernel.w as usize + tap.column
    }

    /// A tap's term, if it reads an input element.
    pub fn term(&self, tap: Tap) -> Option<Term> {
        Some(Term { input: index(self.problem, self.place(tap))?, weight: self.weight(tap) })
    }

    /// Calls `visit` with the terms of all taps that read an input element, by channel, row and column.
    pub fn visit(&self, mut visit: impl FnMut(Tap, Term)) {
        let (p, Reads { image, channel: first_channel, filter, rows, columns }) = (self.problem, self.reads);
        let [images, channels, height, width] = [p.batch, p.in_channels, p.input.h, p.input.w].map(i64::from);
        if !(0..images).contains(&image) {
            return;
        }
        let of_group = p.in_channels_per_group() as usize;
        for channel in 0..of_group {
            let plane = first_channel + channel as i64;
            if !(0..channels).contains(&plane) {
                continue;
            }
            for row in 0..p.kernel.h as usize {
                let at = rows.at(row);
                if !(0..height).contains(&at) {
                    continue;
                }
                let line = ((image * channels + plane) * height + at) * width;
                let weights = ((filter * of_group + channel) * p.kernel.h as usize + row) * p.kernel.w as usize;
                for column in 0..p.kernel.w as usize {
                    let at = columns.at(column);
                    if (0..width).contains(&at) {
                        let term = Term { input: (line + at) as usize, weight: weights + column };
                        visit(Tap { channel, row, column }, term);
                    }
                }
            }
        }
    }

    /// Beyond which sides of the input some tap lies: top, left, bottom, right.
    pub fn beyond(&self) -> [bool; 4] {
        let p = self.problem;
        let along = |taps: Taps, kernel: u32, size: u32| {
            let ends = [taps.first, taps.at(kernel as usize - 1)];
            [ends.iter().any(|end| *end < 0), ends.iter().any(|end| *end >= i64::from(size))]
        };
        let [top, bottom] = along(self.reads.rows, p.kernel.h, p.input.h);
        let [left, right] = along(self.reads.columns, p.kernel.w, p.input.w);
        [top, left, bottom, right]
    }
}
