//! One dimension of a region: which indices hold wrong elements, and how that is written.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The tightest arithmetic progression around the indices of one dimension that hold wrong elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Extent {
    /// First index.
    pub(super) start: u32,
    /// Last index, inclusive.
    pub(super) last: u32,
    /// Distance between neighbours; 1 for a single index.
    pub(super) step: u32,
    /// Size of the dimension.
    pub(super) size: u32,
    /// Indices of the progression that could be wrong at all.
    pub(super) inside: u32,
    /// Indices of the dimension that could be wrong at all.
    pub(super) whole: u32,
    /// Whether nothing before it could be wrong.
    pub(super) from_first: bool,
    /// Whether nothing behind it could be wrong.
    pub(super) to_last: bool,
}

impl Extent {
    /// The extent of the marks in `wrong`. `notices[i]` is whether index `i` could be wrong at all; what is marked could.
    ///
    /// Indices that could not be wrong say nothing about where a bug ends. So marks on all that could be wrong are `:`,
    /// and a run of two or more that reaches the last of them reaches the end. A single index keeps its number.
    pub(super) fn of(wrong: &[bool], notices: &[bool]) -> Self {
        let size = wrong.len();
        let mut marks = wrong.iter().enumerate().filter_map(|(index, &wrong)| wrong.then_some(index));
        let mut start = marks.next().unwrap_or(0);
        let (mut last, mut step) = (start, 0);
        for mark in marks {
            step = gcd(mark - last, step);
            last = mark;
        }
        if wrong.iter().zip(notices).all(|(&wrong, &notices)| wrong || !notices) {
            (start, last, step) = (0, size - 1, 1);
        }
        let from_first = !notices[..start].contains(&true);
        let to_last = !notices[last + 1..].contains(&true);
        if step == 1 {
            start = if from_first { 0 } else { start };
            last = if to_last { size - 1 } else { last };
        }
        let step = step.max(1);
        // Of every so many, too, those that could not be wrong say nothing.
        while step > 1 && start >= step && !notices[start - step] {
            start -= step;
        }
        while step > 1 && last + step < size && !notices[last + step] {
            last += step;
        }
        let inside = (start..=last).step_by(step).filter(|&index| notices[index]).count();
        let whole = notices.iter().filter(|&&notices| notices).count();
        let [start, last, step, size, inside, whole] =
            [start, last, step, size, inside, whole].map(|index| index as u32);
        Self { start, last, step, size, inside, whole, from_first, to_last }
    }

    /// Whether `index` is one of the progression.
    pub(super) fn has(&self, index: usize) -> bool {
        let (start, last, step) = (self.start as usize, self.last as usize, self.step as usize);
        (start..=last).contains(&index) && (index - start).is_multiple_of(step)
    }

    pub(super) fn is_all(&self) -> bool {
        self.step == 1 && self.start == 0 && self.reaches_end()
    }

    pub(super) fn is_single(&self) -> bool {
        self.start == self.last
    }

    /// A run from some index to the last that could be wrong; also the whole.
    pub(super) fn is_tail(&self) -> bool {
        self.step == 1 && self.to_last
    }

    /// A run from the first index on that could be wrong; also the whole.
    pub(super) fn is_head(&self) -> bool {
        self.step == 1 && self.from_first
    }

    /// The first index that could be wrong.
    pub(super) fn is_first(&self) -> bool {
        self.is_head() && self.inside == 1
    }

    /// The last index that could be wrong.
    pub(super) fn is_last(&self) -> bool {
        self.is_tail() && self.inside == 1
    }

    /// The first and the last index and nothing between, though there is something.
    pub(super) fn is_both_ends(&self) -> bool {
        self.step > 1 && self.start == 0 && self.last == self.step && self.reaches_end()
    }

    fn reaches_end(&self) -> bool {
        self.last + 1 == self.size
    }
}

/// As Python writes a slice. A run is written by the smaller number, of wrong indices or of right ones: `-2:` and `1:`,
/// `:2` and `:-1`; other bounds and single indices count from the nearer end; what is as near to both, from the end.
impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, last, step, size, .. } = *self;
        // As i64, because a bound may be written as a negative number.
        let from_nearer_end = |index: u32| {
            if size - index <= index { i64::from(index) - i64::from(size) } else { i64::from(index) }
        };
        let stop = last + 1;
        let wrong = stop - start;
        if self.is_all() {
            f.write_str(":")
        } else if self.is_single() {
            // An index is as far from the end as what follows it, unlike a bound.
            let index = if size - stop <= start { i64::from(start) - i64::from(size) } else { i64::from(start) };
            write!(f, "{index}")
        } else if step > 1 {
            if start > 0 {
                write!(f, "{start}")?;
            }
            f.write_str(":")?;
            if stop + step <= size {
                write!(f, "{stop}")?;
            }
            write!(f, ":{step}")
        } else if self.is_tail() {
            if wrong <= start { write!(f, "-{wrong}:") } else { write!(f, "{start}:") }
        } else if self.is_head() {
            let right = size - stop;
            if wrong <= right { write!(f, ":{wrong}") } else { write!(f, ":-{right}") }
        } else {
            write!(f, "{}:{}", from_nearer_end(start), from_nearer_end(stop))
        }
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
