//! Wrong ideas of strides, dilations and pads.

use crate::problem::{Along, Problem};

/// What an engine may take the geometry of a problem for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Geometry {
    /// Begin and end pads exchanged, along h, along w.
    PadsSwapped(bool, bool),
    /// Strides along h and w exchanged.
    StridesSwapped,
    /// Taps at distance 1, along h, along w.
    Dense(bool, bool),
    /// Dilations along h and w exchanged.
    DilationsSwapped,
    /// Top and left pad exchanged.
    PadsTransposed,
    /// What belongs to h used along w too.
    OfH(Quantity),
    /// What belongs to w used along h too.
    OfW(Quantity),
    /// No begin pad, along h, along w.
    Unpadded(bool, bool),
    /// Begin and end pad of a size, along h, along w.
    PadsEven(bool, bool),
    /// Windows at distance 1, along h, along w.
    Strideless(bool, bool),
    /// Windows at the distance of the kernel's size, along h, along w.
    StrideOfKernel(bool, bool),
    /// Dilation one more than it is, along h, along w: its base is confused.
    Wider(bool, bool),
    /// Dilation one less than it is, along h, along w.
    Narrower(bool, bool),
    /// The larger of what belongs to h and to w used along both.
    Larger(Quantity),
    /// The smaller of them.
    Smaller(Quantity),
    /// Begin pads as many times as large as the dilation is, along h, along w.
    PadsDilated(bool, bool),
    /// Begin pads of half the effective kernel, along h, along w, whatever they should be.
    PadsOfKernel(bool, bool),
    /// Stride and dilation exchanged, along h, along w.
    StrideAndDilation(bool, bool),
}

/// What has one value along h and one along w.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    Stride,
    Dilation,
    Pad,
}

use Geometry::{
    Dense, DilationsSwapped, Larger, Narrower, OfH, OfW, PadsDilated, PadsEven, PadsOfKernel, PadsSwapped,
    PadsTransposed, Smaller, StrideAndDilation, StrideOfKernel, Strideless, StridesSwapped, Unpadded, Wider,
};

impl Geometry {
    /// Those that are likelier than a window read aside where both would explain an element.
    pub const LIKELY: [Self; 7] = [
        PadsSwapped(true, false),
        PadsSwapped(false, true),
        PadsSwapped(true, true),
        StridesSwapped,
        Dense(true, false),
        Dense(false, true),
        Dense(true, true),
    ];

    /// The others.
    pub const OTHERS: [Self; 41] = [
        DilationsSwapped,
        OfH(Quantity::Dilation),
        OfW(Quantity::Dilation),
        OfH(Quantity::Stride),
        OfW(Quantity::Stride),
        PadsTransposed,
        OfH(Quantity::Pad),
        OfW(Quantity::Pad),
        Unpadded(true, false),
        Unpadded(false, true),
        Unpadded(true, true),
        PadsEven(true, false),
        PadsEven(false, true),
        PadsEven(true, true),
        Strideless(true, false),
        Strideless(false, true),
        Strideless(true, true),
        StrideOfKernel(true, false),
        StrideOfKernel(false, true),
        StrideOfKernel(true, true),
        Wider(true, false),
        Wider(false, true),
        Wider(true, true),
        Narrower(true, false),
        Narrower(false, true),
        Narrower(true, true),
        Larger(Quantity::Stride),
        Larger(Quantity::Dilation),
        Larger(Quantity::Pad),
        Smaller(Quantity::Stride),
        Smaller(Quantity::Dilation),
        Smaller(Quantity::Pad),
        PadsDilated(true, false),
        PadsDilated(false, true),
        PadsDilated(true, true),
        PadsOfKernel(true, false),
        PadsOfKernel(false, true),
        PadsOfKernel(true, true),
        StrideAndDilation(true, false),
        StrideAndDilation(false, true),
        StrideAndDilation(true, true),
    ];

    /// Both axes as the engine takes them.
    pub fn of(self, h: Along, w: Along) -> (Along, Along) {
        let each = |yes: [bool; 2], change: fn(Along) -> Along| {
            let one = |along, yes| if yes { change(along) } else { along };
            (one(h, yes[0]), one(w, yes[1]))
        };
        match self {
            PadsSwapped(rows, columns) => {
                each([rows, columns], |along| Along { pad_begin: along.pad_end, pad_end: along.pad_begin, ..along })
            }
            StridesSwapped => (Along { stride: w.stride, ..h }, Along { stride: h.stride, ..w }),
            Dense(rows, columns) => each([rows, columns], |along| Along { dilation: 1, ..along }),
            DilationsSwapped => (Along { dilation: w.dilation, ..h }, Along { dilation: h.dilation, ..w }),
            PadsTransposed => (Along { pad_begin: w.pad_begin, ..h }, Along { pad_begin: h.pad_begin, ..w }),
            OfH(quantity) => (h, quantity.taken(w, h)),
            OfW(quantity) => (quantity.taken(h, w), w),
            Unpadded(rows, columns) => each([rows, columns], |along| Along { pad_begin: 0, ..along }),
            PadsEven(rows, columns) => each([rows, columns], |along| {
                let half = (u64::from(along.pad_begin) + u64::from(along.pad_end)) / 2;
                Along { pad_begin: half as u32, pad_end: half as u32, ..along }
            }),
            Strideless(rows, columns) => each([rows, columns], |along| Along { stride: 1, ..along }),
            StrideOfKernel(rows, columns) => each([rows, columns], |along| Along { stride: along.kernel, ..along }),
            Wider(rows, columns) => {
                each([rows, columns], |along| Along { dilation: along.dilation.saturating_add(1), ..along })
            }
            Narrower(rows, columns) => each([rows, columns], |along| Along { dilation: along.dilation - 1, ..along }),
            Larger(quantity) => {
                let larger = if quantity.is_larger(w, h) { w } else { h };
                (quantity.taken(h, larger), quantity.taken(w, larger))
            }
            Smaller(quantity) => {
                let smaller = if quantity.is_larger(w, h) { h } else { w };
                (quantity.taken(h, smaller), quantity.taken(w, smaller))
            }
            PadsDilated(rows, columns) => each([rows, columns], |along| Along {
                pad_begin: along.pad_begin.saturating_mul(along.dilation),
                ..along
            }),
            PadsOfKernel(rows, columns) => each([rows, columns], |along| Along {
                pad_begin: u32::try_from(along.effective_kernel() / 2).unwrap_or(along.pad_begin),
                ..along
            }),
            StrideAndDilation(rows, columns) => {
                each([rows, columns], |along| Along { stride: along.dilation, dilation: along.stride, ..along })
            }
        }
    }

    /// Whether some tap is taken for one at another place, be it in the padding. Of a stride that is wrong along one axis alone it is
    /// enough that it would be: with one window there, nobody can tell.
    pub fn moves(self, problem: &Problem) -> bool {
        let (h, w) = (problem.h(), problem.w());
        let alone = matches!(self, Strideless(..) | StrideOfKernel(..) | StrideAndDilation(..));
        let moved = |right: Along, taken: Along| {
            taken.pad_begin != right.pad_begin
                || (taken.stride != right.stride && (alone || right.output() > 1))
                || (taken.dilation != right.dilation && right.kernel > 1)
        };
        let taken = self.of(h, w);
        moved(h, taken.0) || moved(w, taken.1)
    }

    /// Along which axes, where it may be either.
    pub fn axes(self) -> Option<(bool, bool)> {
        match self {
            PadsSwapped(h, w) | Dense(h, w) | Unpadded(h, w) | PadsEven(h, w) | Strideless(h, w) => Some((h, w)),
            StrideOfKernel(h, w) | Wider(h, w) | Narrower(h, w) => Some((h, w)),
            PadsDilated(h, w) | PadsOfKernel(h, w) | StrideAndDilation(h, w) => Some((h, w)),
            StridesSwapped | DilationsSwapped | PadsTransposed | OfH(_) | OfW(_) | Larger(_) | Smaller(_) => None,
        }
    }

    /// Whether all windows of a plane are read wrongly alike.
    pub fn is_within_window(self) -> bool {
        !matches!(
            self,
            StridesSwapped
                | Strideless(..)
                | StrideOfKernel(..)
                | StrideAndDilation(..)
                | OfH(Quantity::Stride)
                | OfW(Quantity::Stride)
                | Larger(Quantity::Stride)
                | Smaller(Quantity::Stride)
        )
    }

    /// What happens.
    pub fn sentence(self) -> String {
        match self {
            StridesSwapped => "stride_h and stride_w are exchanged".to_owned(),
            DilationsSwapped => "dilation_h and dilation_w are exchanged".to_owned(),
            PadsTransposed => "pad_top and pad_left are exchanged".to_owned(),
            PadsSwapped(h, w) => format!("begin and end pad along {} are exchanged", axes(h, w)),
            Dense(h, w) => format!("the dilation along {} is ignored: taps are read at distance 1", axes(h, w)),
            Unpadded(h, w) => format!("the begin pad along {} is ignored", axes(h, w)),
            PadsEven(h, w) => format!("the pads along {} are divided evenly between begin and end", axes(h, w)),
            Strideless(h, w) => format!("the stride along {} is ignored: windows are read at distance 1", axes(h, w)),
            StrideOfKernel(h, w) => {
                format!("windows along {} are read at the distance of the kernel's size, not of the stride", axes(h, w))
            }
            Wider(h, w) => format!("the dilation along {} is taken for one more than it is", axes(h, w)),
            Narrower(h, w) => format!("the dilation along {} is taken for one less than it is", axes(h, w)),
            Larger(quantity) => format!("the larger of {} is used along both axes", quantity.names()),
            Smaller(quantity) => format!("the smaller of {} is used along both axes", quantity.names()),
            PadsDilated(h, w) => format!("the begin pad along {} is taken times the dilation", axes(h, w)),
            PadsOfKernel(h, w) => {
                format!("the begin pad along {} is taken to be half the effective kernel, whatever it is", axes(h, w))
            }
            StrideAndDilation(h, w) => format!("stride and dilation along {} are exchanged", axes(h, w)),
            OfH(Quantity::Pad) => "pad_top is used on the left too".to_owned(),
            OfW(Quantity::Pad) => "pad_left is used at the top too".to_owned(),
            OfH(Quantity::Stride) => "stride_h is used along w too".to_owned(),
            OfW(Quantity::Stride) => "stride_w is used along h too".to_owned(),
            OfH(Quantity::Dilation) => "dilation_h is used along w too".to_owned(),
            OfW(Quantity::Dilation) => "dilation_w is used along h too".to_owned(),
        }
    }
}

impl Quantity {
    /// Its names along h and w.
    fn names(self) -> &'static str {
        match self {
            Quantity::Stride => "stride_h and stride_w",
            Quantity::Dilation => "dilation_h and dilation_w",
            Quantity::Pad => "pad_top and pad_left",
        }
    }

    /// Whether this of `a` is larger than that of `b`.
    fn is_larger(self, a: Along, b: Along) -> bool {
        match self {
            Quantity::Stride => a.stride > b.stride,
            Quantity::Dilation => a.dilation > b.dilation,
            Quantity::Pad => a.pad_begin > b.pad_begin,
        }
    }

    /// `along` with this of `other`.
    fn taken(self, along: Along, other: Along) -> Along {
        match self {
            Quantity::Stride => Along { stride: other.stride, ..along },
            Quantity::Dilation => Along { dilation: other.dilation, ..along },
            Quantity::Pad => Along { pad_begin: other.pad_begin, ..along },
        }
    }
}

/// Which axes, in words.
pub fn axes(h: bool, w: bool) -> &'static str {
    match (h, w) {
        (true, true) => "h and w",
        (true, false) => "h",
        _ => "w",
    }
}
