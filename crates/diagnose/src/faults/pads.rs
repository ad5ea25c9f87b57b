//! Wrong ideas of pads along an axis.

use super::examples;
use super::geometry::{AxisTaken, axis_taken};
use crate::problem::Along;

axis_taken!(
    /// Begin and end pads exchanged.
    PadsSwapped,
    "pads-swapped",
    examples::PADDED,
    of_strides: false,
    |along| Along { pad_begin: along.pad_end, pad_end: along.pad_begin, ..along },
    |axes| format!("begin and end pad along {axes} are exchanged")
);
axis_taken!(
    /// No begin pad.
    Unpadded,
    "begin-pad-ignored",
    examples::PADDED,
    of_strides: false,
    |along| Along { pad_begin: 0, ..along },
    |axes| format!("the begin pad along {axes} is ignored")
);
axis_taken!(
    /// Begin and end pad of a size.
    PadsEven,
    "pads-even",
    examples::PADDED,
    of_strides: false,
    |along| {
        let half = ((u64::from(along.pad_begin) + u64::from(along.pad_end)) / 2) as u32;
        Along { pad_begin: half, pad_end: half, ..along }
    },
    |axes| format!("the pads along {axes} are divided evenly between begin and end")
);
axis_taken!(
    /// Begin pads as many times as large as the dilation is.
    PadsDilated,
    "begin-pad-dilated",
    examples::DILATED,
    of_strides: false,
    |along| Along { pad_begin: along.pad_begin.saturating_mul(along.dilation), ..along },
    |axes| format!("the begin pad along {axes} is taken times the dilation")
);
axis_taken!(
    /// Begin pads of half the effective kernel, whatever they should be.
    PadsOfKernel,
    "begin-pad-of-kernel",
    examples::DILATED,
    of_strides: false,
    |along| Along { pad_begin: u32::try_from(along.effective_kernel() / 2).unwrap_or(along.pad_begin), ..along },
    |axes| format!("the begin pad along {axes} is taken to be half the effective kernel, whatever it is")
);
