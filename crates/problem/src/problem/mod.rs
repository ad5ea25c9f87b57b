//! A problem: one 2-D convolution, as plain data.
//!
//! [`Parameters`] is what anyone may write down; a [`Problem`] is parameters that make sense. An impossible problem
//! can't be made, so nothing behind this module has to ask again.

mod along;
pub mod artifact;
pub mod bounds;
pub mod condition;
pub mod descent;
pub mod descriptor;
pub mod dialect;
mod error;
mod feature;
mod limits;
pub mod list;
pub mod mutate;
mod numbers;
mod order;
pub mod space;
mod words;

pub use along::Along;
pub use condition::{Condition, ConditionError, ConditionErrorReason};
pub use descriptor::DescriptorError;
pub use error::{LARGEST, ProblemError};
pub use feature::{AxisFeature, Feature, SpatialAxis};
pub use limits::{AmountError, LimitError, Limits, bytes_in_words, count_in_words, parse_bytes, parse_work};
pub use order::Size;

use std::ops::Deref;

/// A pair of values, one for the height and one for the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hw {
    /// Along the height.
    pub h: u32,
    /// Along the width.
    pub w: u32,
}

impl Hw {
    /// The same value both ways.
    pub const fn square(value: u32) -> Self {
        Self { h: value, w: value }
    }
}

/// Zeros around each input plane, one number a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Padding {
    /// Rows above.
    pub top: u32,
    /// Columns to the left.
    pub left: u32,
    /// Rows below.
    pub bottom: u32,
    /// Columns to the right.
    pub right: u32,
}

impl Padding {
    /// The same number on all four sides.
    pub const fn uniform(value: u32) -> Self {
        Self { top: value, left: value, bottom: value, right: value }
    }

    /// All four sides together.
    pub fn total(&self) -> u64 {
        [self.top, self.left, self.bottom, self.right].map(u64::from).iter().sum()
    }
}

/// The parameters of a convolution, unchecked. [`Problem::new`] checks them.
///
/// Input is `N×C×H×W`, weights are `O×(C/G)×KH×KW`, bias is `O`, output is `N×O×OH×OW`, all dense and row-major.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Parameters {
    /// Images, N.
    pub batch: u32,
    /// Input channels over all groups, C.
    pub in_channels: u32,
    /// Output channels over all groups, O.
    pub out_channels: u32,
    /// Groups, G; divides both channel counts.
    pub groups: u32,
    /// Input size without padding, H and W.
    pub input: Hw,
    /// Kernel size in taps, KH and KW.
    pub kernel: Hw,
    /// Distance between neighbouring windows.
    pub stride: Hw,
    /// Distance between neighbouring taps; 1 is a dense kernel (benchdnn writes 0 for that).
    pub dilation: Hw,
    /// Zeros around each plane.
    pub padding: Padding,
    /// Whether a bias is added to each output channel.
    pub bias: bool,
}

impl Default for Parameters {
    /// The simplest problem there is: one of everything, no padding, no bias.
    fn default() -> Self {
        Self {
            batch: 1,
            in_channels: 1,
            out_channels: 1,
            groups: 1,
            input: Hw::square(1),
            kernel: Hw::square(1),
            stride: Hw::square(1),
            dilation: Hw::square(1),
            padding: Padding::uniform(0),
            bias: false,
        }
    }
}

/// One convolution that can be computed. Read its [`Parameters`] as fields: `problem.kernel.h`.
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::{Hw, Padding, Parameters, Problem};
///
/// let problem = Problem::new(Parameters {
///     in_channels: 2,
///     out_channels: 2,
///     input: Hw::square(5),
///     kernel: Hw { h: 3, w: 2 },
///     stride: Hw::square(2),
///     padding: Padding::uniform(1),
///     ..Parameters::default()
/// })?;
/// assert_eq!(problem.output(), Hw::square(3));
/// assert_eq!(problem.w().remainder(), 1);
/// assert_eq!(problem.w().effective_pad_end(), 0);
/// # Ok::<(), convdiff::problem::ProblemError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Problem(Parameters);

impl Deref for Problem {
    type Target = Parameters;

    fn deref(&self) -> &Parameters {
        &self.0
    }
}

impl Problem {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Names the field, its value and the rule that it breaks.
    pub fn new(parameters: Parameters) -> Result<Self, ProblemError> {
        let p = &parameters;
        for (field, value, least) in [
            ("batch", p.batch, 1),
            ("in_channels", p.in_channels, 1),
            ("out_channels", p.out_channels, 1),
            ("groups", p.groups, 1),
            ("input_h", p.input.h, 1),
            ("input_w", p.input.w, 1),
            ("kernel_h", p.kernel.h, 1),
            ("kernel_w", p.kernel.w, 1),
            ("stride_h", p.stride.h, 1),
            ("stride_w", p.stride.w, 1),
            ("dilation_h", p.dilation.h, 1),
            ("dilation_w", p.dilation.w, 1),
            ("padding_top", p.padding.top, 0),
            ("padding_left", p.padding.left, 0),
            ("padding_bottom", p.padding.bottom, 0),
            ("padding_right", p.padding.right, 0),
        ] {
            if value < least {
                return Err(ProblemError::Zero { field });
            }
            if value > LARGEST {
                return Err(ProblemError::TooLarge { field, value: u64::from(value) });
            }
        }
        for (field, channels) in [("in_channels", p.in_channels), ("out_channels", p.out_channels)] {
            if !channels.is_multiple_of(p.groups) {
                return Err(ProblemError::Groups { field, channels, groups: p.groups });
            }
        }
        Self::fitting(parameters)
    }

    /// Checks only that the kernel fits, for parameters of which all else is known: in a space's inner loop.
    fn fitting(parameters: Parameters) -> Result<Self, ProblemError> {
        let problem = Self(parameters);
        for (axis, along) in [('h', problem.h()), ('w', problem.w())] {
            let (effective, padded) = (along.effective_kernel(), along.padded_input());
            if effective > padded {
                let Along { kernel, dilation, .. } = along;
                return Err(ProblemError::KernelDoesNotFit { axis, kernel, dilation, effective, padded });
            }
            // Only pads of billions get here; an output that long is no problem that anyone can run.
            if padded > u64::from(LARGEST) && along.output() > u64::from(LARGEST) {
                let field = if axis == 'h' { "output_h" } else { "output_w" };
                return Err(ProblemError::TooLarge { field, value: along.output() });
            }
        }
        Ok(problem)
    }

    /// The parameters, to change one and check again.
    pub fn parameters(&self) -> Parameters {
        self.0
    }

    /// The problem along its height.
    pub fn h(&self) -> Along {
        Along {
            input: self.input.h,
            kernel: self.kernel.h,
            stride: self.stride.h,
            dilation: self.dilation.h,
            pad_begin: self.padding.top,
            pad_end: self.padding.bottom,
        }
    }

    /// The problem along its width.
    pub fn w(&self) -> Along {
        Along {
            input: self.input.w,
            kernel: self.kernel.w,
            stride: self.stride.w,
            dilation: self.dilation.w,
            pad_begin: self.padding.left,
            pad_end: self.padding.right,
        }
    }

    /// Output size, OH and OW; both at least 1.
    pub fn output(&self) -> Hw {
        Hw { h: self.h().output() as u32, w: self.w().output() as u32 }
    }

    /// Input channels of one group, `C / G`.
    pub fn in_channels_per_group(&self) -> u32 {
        self.in_channels / self.groups
    }

    /// Output channels of one group, `O / G`.
    pub fn out_channels_per_group(&self) -> u32 {
        self.out_channels / self.groups
    }

    /// Taps of one output element, those inside pads included: `C / G * KH * KW`. Saturates.
    pub fn taps(&self) -> u64 {
        product([self.in_channels_per_group(), self.kernel.h, self.kernel.w])
    }

    /// Multiply-adds of the whole problem, those inside pads included. Saturates.
    pub fn work(&self) -> u64 {
        self.output_len().saturating_mul(self.taps())
    }

    /// Elements of the input, `N*C*H*W`. Saturates.
    pub fn input_len(&self) -> u64 {
        product([self.batch, self.in_channels, self.input.h, self.input.w])
    }

    /// Elements of the weights, `O*(C/G)*KH*KW`. Saturates.
    pub fn weights_len(&self) -> u64 {
        product([self.out_channels, self.in_channels_per_group(), self.kernel.h, self.kernel.w])
    }

    /// Elements of the bias: O, or 0 without one.
    pub fn bias_len(&self) -> u64 {
        if self.bias { u64::from(self.out_channels) } else { 0 }
    }

    /// Elements of the output, `N*O*OH*OW`. Saturates.
    pub fn output_len(&self) -> u64 {
        let output = self.output();
        product([self.batch, self.out_channels, output.h, output.w])
    }

    /// Elements of operands and output together. Saturates.
    pub fn elements(&self) -> u64 {
        [self.input_len(), self.weights_len(), self.bias_len(), self.output_len()]
            .into_iter()
            .fold(0, u64::saturating_add)
    }
}

fn product<const N: usize>(factors: [u32; N]) -> u64 {
    factors.into_iter().fold(1, |product, factor| product.saturating_mul(u64::from(factor)))
}
