//! Wrong ideas of dilations along an axis.

use super::examples;
use super::geometry::{AxisTaken, axis_taken};
use crate::problem::Along;

axis_taken!(
    /// Taps at distance 1.
    Dense,
    "dilation-ignored",
    examples::DILATED,
    of_strides: false,
    |along| Along { dilation: 1, ..along },
    |axes| format!("the dilation along {axes} is ignored: taps are read at distance 1")
);
axis_taken!(
    /// Dilation one more than it is: its base is confused.
    Wider,
    "dilation-one-more",
    examples::DILATED,
    of_strides: false,
    |along| Along { dilation: along.dilation.saturating_add(1), ..along },
    |axes| format!("the dilation along {axes} is taken for one more than it is")
);
axis_taken!(
    /// Dilation one less than it is.
    Narrower,
    "dilation-one-less",
    examples::DILATED,
    of_strides: false,
    |along| Along { dilation: along.dilation - 1, ..along },
    |axes| format!("the dilation along {axes} is taken for one less than it is")
);
