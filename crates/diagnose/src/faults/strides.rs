//! Wrong ideas of strides along an axis.

use super::examples;
use super::geometry::{AxisTaken, axis_taken};
use crate::problem::Along;

axis_taken!(
    /// Windows at distance 1.
    Strideless,
    "stride-ignored",
    examples::UNLIKE,
    of_strides: true,
    |along| Along { stride: 1, ..along },
    |axes| format!("the stride along {axes} is ignored: windows are read at distance 1")
);
axis_taken!(
    /// Windows at the distance of the kernel's size.
    StrideOfKernel,
    "stride-of-kernel",
    examples::UNLIKE,
    of_strides: true,
    |along| Along { stride: along.kernel, ..along },
    |axes| format!("windows along {axes} are read at the distance of the kernel's size, not of the stride")
);
axis_taken!(
    /// Stride and dilation exchanged.
    StrideAndDilation,
    "stride-and-dilation-swapped",
    examples::DILATED,
    of_strides: true,
    |along| Along { stride: along.dilation, dilation: along.stride, ..along },
    |axes| format!("stride and dilation along {axes} are exchanged")
);
