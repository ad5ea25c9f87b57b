//! Spaces: the problems that a run walks, as a formula instead of a list.
//!
//! A [`Space`] is the product of its [`Axes`]. Its points are numbered from 0, and [`Space::problem`] computes a point
//! from its index, so that a space of 10^12 points takes no more memory than its axes do. [`Space::index_of`] goes the
//! other way.
//!
//! # The order of indices
//! From the slowest to the fastest axis: batch, channels (in, out, groups), input (h, w), kernel, dilation, stride,
//! padding (top, left, bottom, right), bias. So neighbours mostly have operands of the same size, and a map reads like
//! a table. Channels and groups are one axis of those combinations in which groups divide both, for otherwise most of
//! many a space would be combinations that don't ([`Space::indivisible`] counts them). A point that is excluded for
//! another reason keeps its index, so that a range of indices means the same to every shard, and so that limits can be
//! changed without renumbering.
//!
//! # Where problems come from
//! Everything that wants problems takes them from a space: the sweep by index, in the order or out of it
//! ([`Selection`]); property tests by `strategy` (with the feature `proptest`); fuzz targets by [`Space::draw`]. [`presets`] has spaces ready-made.

mod axes;
mod axis;
mod channels;
mod draw;
mod error;
mod excluded;
mod list;
mod permutation;
pub mod presets;
mod selection;
#[cfg(feature = "proptest")]
mod strategy;

pub use axes::Axes;
pub use axis::Axis;
pub use channels::{ChannelAxis, MOST_COMBINATIONS};
pub use error::{AxisError, SelectionError, SpaceError};
pub use excluded::{Excluded, Exclusions};
pub use list::MOST_VALUES;
pub use permutation::Permutation;
pub use selection::{Positions, Selection, parse_range};
#[cfg(feature = "proptest")]
pub use strategy::{ProblemTree, SpaceStrategy, strategy};

use crate::problem::{Hw, LimitError, Limits, Padding, Parameters, Problem, ProblemError};
use channels::Channels;

/// The most points of a space. More can't be counted by an index, and nobody gets there.
pub const MOST_POINTS: u64 = 1 << 63;

/// With bias, without, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Bias {
    /// Without.
    #[default]
    No,
    /// With.
    Yes,
    /// Without, then with.
    Both,
}

/// Number of axes.
const AXES: usize = 8;

// Places of the axes in a point's digits, from the slowest to the fastest.
const BATCH: usize = 0;
const CHANNELS: usize = 1;
const INPUT: usize = 2;
const KERNEL: usize = 3;
const DILATION: usize = 4;
const STRIDE: usize = 5;
const PADDING: usize = 6;
const BIAS: usize = 7;

/// A point as its place on each axis: an index written in the mixed radix of the axes' lengths.
type Digits = [u32; AXES];

/// Problems as a product of axes, numbered.
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::space::{Excluded, Space, presets};
///
/// let space = presets::find("coreml-2515").unwrap().space();
/// assert_eq!(space.len(), 228_096);
/// let problem = space.problem(1515).unwrap();
/// assert_eq!(space.index_of(&problem), Some(1515));
/// assert_eq!(space.problem(216), Err(Excluded::Kernel));
/// ```
#[derive(Clone)]
pub struct Space {
    axes: Axes,
    channels: Vec<Channels>,
    indivisible: u64,
    limits: Limits,
    radices: [u64; AXES],
    len: u64,
}

impl Space {
    /// Makes the space of these axes.
    ///
    /// # Errors
    /// Where a count may be zero, where groups never divide the channels, and where there is too much to count.
    pub fn new(axes: Axes) -> Result<Self, SpaceError> {
        axes.check_zeros()?;
        let (channels, indivisible) = channels::divisible(&axes)?;
        let radices = [
            axes.batch.values().len(),
            channels.len(),
            axes.input.values().len(),
            axes.kernel.values().len(),
            axes.dilation.values().len(),
            axes.stride.values().len(),
            axes.padding.values().len(),
            if axes.bias == Bias::Both { 2 } else { 1 },
        ]
        .map(|len| len as u64);
        let len = radices.iter().try_fold(1u64, |product, radix| product.checked_mul(*radix));
        let len = len.filter(|len| *len <= MOST_POINTS).ok_or(SpaceError::TooManyPoints)?;
        let limits = axes.limits();
        Ok(Self { axes, channels, indivisible, limits, radices, len })
    }

    /// The axes that it was made of.
    pub fn axes(&self) -> &Axes {
        &self.axes
    }

    /// Number of points, excluded ones included; at least 1.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Combinations of the axes that are no points, because groups don't divide the channels.
    pub fn indivisible(&self) -> u128 {
        u128::from(self.indivisible) * u128::from(self.len / self.radices[CHANNELS])
    }

    /// The problem of an index, or why that point is none.
    ///
    /// Computed afresh, without allocation.
    ///
    /// # Errors
    /// The first reason that holds, in the order of [`Excluded`]'s variants.
    ///
    /// # Panics
    /// Where `index` isn't below [`Space::len`], as a slice does.
    pub fn problem(&self, index: u64) -> Result<Problem, Excluded> {
        assert!(index < self.len, "index {index} of a space of {} points", self.len);
        self.at(&self.digits(index))
    }

    /// The index of a problem, excluded by a limit or not; `None` if the axes don't have it.
    pub fn index_of(&self, problem: &Problem) -> Option<u64> {
        let Parameters { batch, in_channels, out_channels, groups, input, kernel, dilation, stride, padding, bias } =
            problem.parameters();
        let channels = Channels { in_channels, out_channels, groups };
        let pads = [padding.top, padding.left, padding.bottom, padding.right];
        let digits = [
            place(self.axes.batch.values(), &[batch])?,
            place(&self.channels, &channels)?,
            place(self.axes.input.values(), &[input.h, input.w])?,
            place(self.axes.kernel.values(), &[kernel.h, kernel.w])?,
            place(self.axes.dilation.values(), &[dilation.h, dilation.w])?,
            place(self.axes.stride.values(), &[stride.h, stride.w])?,
            place(self.axes.padding.values(), &pads)?,
            match self.axes.bias {
                Bias::No => place(&[false], &bias)?,
                Bias::Yes => place(&[true], &bias)?,
                Bias::Both => u32::from(bias),
            },
        ];
        Some(self.index(&digits))
    }

    /// Whether a problem is one of this space.
    pub fn contains(&self, problem: &Problem) -> bool {
        self.limits.check(problem).is_ok() && self.index_of(problem).is_some()
    }

    /// Another point that differs from `index` along one axis: number `axis` of those with several values (modulo their
    /// number), `step` values further (modulo theirs, and never none). The same point where no axis has several.
    pub fn beside(&self, index: u64, axis: usize, step: usize) -> u64 {
        let varied: Vec<usize> = (0..AXES).filter(|&axis| self.radices[axis] > 1).collect();
        let Some(&axis) = varied.get(axis % varied.len().max(1)) else { return index };
        let mut digits = self.digits(index);
        let radix = self.radices[axis];
        digits[axis] = ((u64::from(digits[axis]) + 1 + step as u64 % (radix - 1)) % radix) as u32;
        self.index(&digits)
    }

    fn digits(&self, index: u64) -> Digits {
        let mut digits = [0; AXES];
        let mut rest = index;
        for axis in (1..AXES).rev() {
            let radix = self.radices[axis];
            // Most spaces leave some axes at one value, and a division costs more than all else here.
            if radix > 1 {
                digits[axis] = (rest % radix) as u32;
                rest /= radix;
            }
        }
        digits[BATCH] = rest as u32;
        digits
    }

    fn index(&self, digits: &Digits) -> u64 {
        self.radices.iter().zip(digits).fold(0, |index, (radix, digit)| index * radix + u64::from(*digit))
    }

    /// The problem at digits that are below the radices.
    fn at(&self, digits: &Digits) -> Result<Problem, Excluded> {
        let axes = &self.axes;
        let digit = |axis: usize| digits[axis] as usize;
        let hw = |axis: &Axis<2>, place: usize| {
            let [h, w] = axis.values()[place];
            Hw { h, w }
        };
        let [batch] = axes.batch.values()[digit(BATCH)];
        let Channels { in_channels, out_channels, groups } = self.channels[digit(CHANNELS)];
        let [top, left, bottom, right] = axes.padding.values()[digit(PADDING)];
        let parameters = Parameters {
            batch,
            in_channels,
            out_channels,
            groups,
            input: hw(&axes.input, digit(INPUT)),
            kernel: hw(&axes.kernel, digit(KERNEL)),
            stride: hw(&axes.stride, digit(STRIDE)),
            dilation: hw(&axes.dilation, digit(DILATION)),
            padding: Padding { top, left, bottom, right },
            bias: axes.bias == Bias::Yes || digits[BIAS] == 1,
        };
        // Axes have no zeros and nothing too large, and groups divide the channels.
        let problem = Problem::fitting(parameters).map_err(|error| match error {
            ProblemError::KernelDoesNotFit { .. } => Excluded::Kernel,
            // What is left is an output of billions.
            _ => Excluded::Memory,
        })?;
        match self.limits.check(&problem) {
            Ok(()) => Ok(problem),
            Err(LimitError::Work { .. }) => Err(Excluded::Work),
            Err(LimitError::Memory { .. }) => Err(Excluded::Memory),
        }
    }
}

impl std::fmt::Debug for Space {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        self.axes.fmt(f)
    }
}

/// Spaces are equal where their texts are: then an index means the same in both.
impl PartialEq for Space {
    fn eq(&self, other: &Self) -> bool {
        self.axes == other.axes
    }
}

fn place<T: PartialEq>(values: &[T], value: &T) -> Option<u32> {
    values.iter().position(|candidate| candidate == value).map(|place| place as u32)
}

#[cfg(test)]
mod tests;
