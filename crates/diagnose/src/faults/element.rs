//! Output elements, the taps of their windows, and the terms that these add.

use super::place::{Place, index};
use crate::problem::{Along, Problem};

/// An output element, as image, channel, row, column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Element {
    /// Image of the batch.
    pub image: usize,
    /// Output channel, over all groups.
    pub channel: usize,
    /// Output row.
    pub row: usize,
    /// Output column.
    pub column: usize,
}

impl Element {
    /// The element of a row-major index into the output.
    pub fn at(problem: &Problem, index: usize) -> Self {
        let output = problem.output();
        let shape = [problem.batch as usize, problem.out_channels as usize, output.h as usize, output.w as usize];
        let [image, channel, row, column] = crate::judge::position(shape, index);
        Self { image, channel, row, column }
    }

    /// Its row-major index into the output.
    pub fn index(self, problem: &Problem) -> usize {
        let output = problem.output();
        let plane = self.image * problem.out_channels as usize + self.channel;
        (plane * output.h as usize + self.row) * output.w as usize + self.column
    }
}

/// A tap of an element: input channel within the group, kernel row, kernel column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tap {
    /// Input channel within the group.
    pub channel: usize,
    /// Kernel row.
    pub row: usize,
    /// Kernel column.
    pub column: usize,
}

/// All taps of an element, by channel, kernel row and kernel column.
pub fn taps(problem: &Problem) -> impl Iterator<Item = Tap> + use<> {
    let (rows, columns) = (problem.kernel.h as usize, problem.kernel.w as usize);
    let channels = problem.in_channels_per_group() as usize;
    (0..channels).flat_map(move |channel| {
        (0..rows).flat_map(move |row| (0..columns).map(move |column| Tap { channel, row, column }))
    })
}

/// What is multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// Row-major index into the input.
    pub input: usize,
    /// Row-major index into the weights.
    pub weight: usize,
}

/// The window of an element, under axes that are the problem's own or taken for others.
#[derive(Clone, Copy)]
pub struct Window<'p> {
    pub problem: &'p Problem,
    pub element: Element,
    h: Along,
    w: Along,
}

impl<'p> Window<'p> {
    /// As it should be.
    pub fn of(problem: &'p Problem, element: Element) -> Self {
        Self { problem, element, h: problem.h(), w: problem.w() }
    }

    /// Both axes.
    pub fn axes(&self) -> (Along, Along) {
        (self.h, self.w)
    }

    /// The same under other axes.
    pub fn under(self, (h, w): (Along, Along)) -> Self {
        Self { h, w, ..self }
    }

    /// The same of another element.
    pub fn at(self, element: Element) -> Self {
        Self { element, ..self }
    }

    /// Where a tap reads.
    pub fn place(&self, tap: Tap) -> Place {
        let group = self.element.channel / self.problem.out_channels_per_group() as usize;
        let at = |along: &Along, window: usize, tap: usize| {
            along.window_start(window as u64) + tap as i64 * i64::from(along.dilation)
        };
        Place {
            image: self.element.image as i64,
            channel: (group * self.problem.in_channels_per_group() as usize + tap.channel) as i64,
            row: at(&self.h, self.element.row, tap.row),
            column: at(&self.w, self.element.column, tap.column),
        }
    }

    /// The row-major index of a tap's weight in the filter of an output channel.
    pub fn weight(&self, channel: usize, tap: Tap) -> usize {
        let (rows, columns) = (self.problem.kernel.h as usize, self.problem.kernel.w as usize);
        ((channel * self.problem.in_channels_per_group() as usize + tap.channel) * rows + tap.row) * columns
            + tap.column
    }

    /// The tap's own weight times the input at `place`; `None` where that is no input element.
    pub fn read(&self, tap: Tap, place: Place) -> Option<Term> {
        self.with(tap, index(self.problem, place))
    }

    /// The tap's own weight times this input element, if there is one.
    pub fn with(&self, tap: Tap, input: Option<usize>) -> Option<Term> {
        input.map(|input| Term { input, weight: self.weight(self.element.channel, tap) })
    }

    /// The term of a tap as it should be.
    pub fn right(&self, tap: Tap) -> Option<Term> {
        self.read(tap, self.place(tap))
    }

    /// Whether some tap isn't in the padding.
    pub fn reads(&self) -> bool {
        taps(self.problem).any(|tap| self.right(tap).is_some())
    }
}

/// The pads that windows reach: top, left, bottom, right.
pub fn reached(problem: &Problem) -> [bool; 4] {
    let (h, w) = (problem.h(), problem.w());
    [h.pad_begin, w.pad_begin, h.reached_pad_end(), w.reached_pad_end()].map(|reached| reached > 0)
}
