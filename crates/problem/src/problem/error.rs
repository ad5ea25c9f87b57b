//! Why parameters don't make a problem.

use thiserror::Error;

/// The largest value that any one parameter may have: engines count in signed 32-bit integers.
pub const LARGEST: u32 = i32::MAX as u32;

/// Parameters that no convolution can have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProblemError {
    /// A parameter that counts something is zero.
    #[error("{field} is 0; it must be at least 1")]
    Zero {
        /// The parameter.
        field: &'static str,
    },
    /// A parameter is larger than [`LARGEST`].
    #[error("{field} is {value}; it must be at most {LARGEST}")]
    TooLarge {
        /// The parameter.
        field: &'static str,
        /// Its value.
        value: u64,
    },
    /// Groups that don't divide the channels.
    #[error(
        "groups is {groups}, which does not divide {field} = {channels}; each group needs the same number of channels"
    )]
    Groups {
        /// `in_channels` or `out_channels`.
        field: &'static str,
        /// Its value.
        channels: u32,
        /// The number of groups.
        groups: u32,
    },
    /// A kernel that doesn't fit: the output would be empty.
    #[error(
        "kernel_{axis} spans {effective} (kernel {kernel}, dilation {dilation}), more than the padded input_{axis} of {padded}; the output would be empty"
    )]
    KernelDoesNotFit {
        /// `h` or `w`.
        axis: char,
        /// Kernel size.
        kernel: u32,
        /// Dilation, 1-based.
        dilation: u32,
        /// What the kernel spans.
        effective: u64,
        /// Input and both pads.
        padded: u64,
    },
}
