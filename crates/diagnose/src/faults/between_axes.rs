//! What belongs to h taken for what belongs to w.

use super::element::Element;
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::geometry::{moves, under};
use super::prediction::Prediction;
use crate::problem::{Along, Problem};

/// What has one value along h and one along w.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantity {
    Stride,
    Dilation,
    Pad,
}

impl Quantity {
    /// This of an axis.
    fn of(self, along: Along) -> u32 {
        match self {
            Self::Stride => along.stride,
            Self::Dilation => along.dilation,
            Self::Pad => along.pad_begin,
        }
    }

    /// `along` with this of `other`.
    fn taken(self, along: Along, other: Along) -> Along {
        match self {
            Self::Stride => Along { stride: other.stride, ..along },
            Self::Dilation => Along { dilation: other.dilation, ..along },
            Self::Pad => Along { pad_begin: other.pad_begin, ..along },
        }
    }

    fn swapped(self, h: Along, w: Along) -> (Along, Along) {
        (self.taken(h, w), self.taken(w, h))
    }

    /// The larger of both along both.
    fn larger(self, h: Along, w: Along) -> (Along, Along) {
        let larger = if self.of(w) > self.of(h) { w } else { h };
        (self.taken(h, larger), self.taken(w, larger))
    }

    /// The smaller of both along both.
    fn smaller(self, h: Along, w: Along) -> (Along, Along) {
        let smaller = if self.of(w) > self.of(h) { h } else { w };
        (self.taken(h, smaller), self.taken(w, smaller))
    }
}

/// What is exchanged or used along both axes.
type Confusion = (Quantity, fn(Along, Along) -> (Along, Along), &'static str);

/// A family of such confusions.
macro_rules! between_axes {
    ($(#[$doc:meta])* $name:ident, $word:literal, $($(#[$of:meta])* $fault:ident, $id:literal, $quantity:expr, $taken:expr, $sentence:literal;)+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$of])* $fault),+
        }

        impl $name {
            fn confusion(self) -> Confusion {
                match self {
                    $(Self::$fault => ($quantity, $taken, $sentence)),+
                }
            }
        }

        impl Family for $name {
            const WORD: &'static str = $word;
            const KINSHIP: Kinship = Kinship::Apart;
            const EXAMPLE: &'static str = examples::DILATED;

            always!($(Self::$fault => $id),+);

            fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
                under(problem, element, self.confusion().1)
            }

            fn sentence(self) -> String {
                self.confusion().2.to_owned()
            }

            fn reach(self) -> Reach {
                if self.confusion().0 == Quantity::Stride { Reach::Unknown } else { Reach::Pixels }
            }

            fn hides(self, problem: &Problem) -> Hiding {
                let (h, w) = (problem.h(), problem.w());
                Hiding::anywhere_if(moves([h, w], (self.confusion().1)(h, w).into(), false))
            }
        }
    };
}

between_axes!(
    /// Strides along h and w exchanged.
    StridesSwapped,
    "strides-swapped",
    /// The only one.
    Both, "", Quantity::Stride, |h, w| Quantity::Stride.swapped(h, w), "stride_h and stride_w are exchanged";
);

between_axes!(
    /// What belongs to one axis used along the other too, or both exchanged.
    BetweenAxes,
    "axes-confused",
    /// Dilations along h and w exchanged.
    DilationsSwapped, "dilations-swapped", Quantity::Dilation, |h, w| Quantity::Dilation.swapped(h, w),
        "dilation_h and dilation_w are exchanged";
    /// Dilation of h along w too.
    DilationOfH, "dilation-of-h", Quantity::Dilation, |h, w| (h, Quantity::Dilation.taken(w, h)),
        "dilation_h is used along w too";
    /// Dilation of w along h too.
    DilationOfW, "dilation-of-w", Quantity::Dilation, |h, w| (Quantity::Dilation.taken(h, w), w),
        "dilation_w is used along h too";
    /// Stride of h along w too.
    StrideOfH, "stride-of-h", Quantity::Stride, |h, w| (h, Quantity::Stride.taken(w, h)),
        "stride_h is used along w too";
    /// Stride of w along h too.
    StrideOfW, "stride-of-w", Quantity::Stride, |h, w| (Quantity::Stride.taken(h, w), w),
        "stride_w is used along h too";
    /// Top and left pad exchanged.
    PadsTransposed, "begin-pads-swapped", Quantity::Pad, |h, w| Quantity::Pad.swapped(h, w),
        "pad_top and pad_left are exchanged";
    /// Top pad on the left too.
    PadOfH, "pad-top", Quantity::Pad, |h, w| (h, Quantity::Pad.taken(w, h)),
        "pad_top is used on the left too";
    /// Left pad at the top too.
    PadOfW, "pad-left", Quantity::Pad, |h, w| (Quantity::Pad.taken(h, w), w),
        "pad_left is used at the top too";
);

between_axes!(
    /// The larger or the smaller of what belongs to h and to w used along both.
    LargerOrSmaller,
    "used-along-both",
    /// The larger stride.
    LargerStride, "larger-stride", Quantity::Stride, |h, w| Quantity::Stride.larger(h, w),
        "the larger of stride_h and stride_w is used along both axes";
    /// The larger dilation.
    LargerDilation, "larger-dilation", Quantity::Dilation, |h, w| Quantity::Dilation.larger(h, w),
        "the larger of dilation_h and dilation_w is used along both axes";
    /// The larger begin pad.
    LargerPad, "larger-begin-pad", Quantity::Pad, |h, w| Quantity::Pad.larger(h, w),
        "the larger of pad_top and pad_left is used along both axes";
    /// The smaller stride.
    SmallerStride, "smaller-stride", Quantity::Stride, |h, w| Quantity::Stride.smaller(h, w),
        "the smaller of stride_h and stride_w is used along both axes";
    /// The smaller dilation.
    SmallerDilation, "smaller-dilation", Quantity::Dilation, |h, w| Quantity::Dilation.smaller(h, w),
        "the smaller of dilation_h and dilation_w is used along both axes";
    /// The smaller begin pad.
    SmallerPad, "smaller-begin-pad", Quantity::Pad, |h, w| Quantity::Pad.smaller(h, w),
        "the smaller of pad_top and pad_left is used along both axes";
);
