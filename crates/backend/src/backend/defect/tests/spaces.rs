//! Small spaces, each around one defect: on both sides of every condition of its predicate.

use crate::problem::{Hw, Padding, Parameters, Problem};

/// The values of one spatial axis.
#[derive(Clone, Copy)]
pub struct Axis {
    pub input: &'static [u32],
    pub kernel: &'static [u32],
    pub stride: &'static [u32],
    pub dilation: &'static [u32],
    /// Begin and end.
    pub pads: &'static [[u32; 2]],
}

/// Windows that fit, that leave a remainder, and that lie wholly in a pad.
pub const VARIED: Axis = Axis {
    input: &[1, 3, 4],
    kernel: &[1, 2, 3],
    stride: &[1, 2, 3],
    dilation: &[1, 2],
    pads: &[[0, 0], [0, 1], [1, 0], [1, 1], [2, 4], [3, 1]],
};

/// The other axis of a defect that goes by one.
pub const PLAIN: Axis = Axis { input: &[3], kernel: &[2], stride: &[1, 2], dilation: &[1], pads: &[[0, 0], [2, 1]] };

/// A product of axes. Groups that don't divide and kernels that don't fit fall out.
#[derive(Clone, Copy)]
pub struct Space {
    pub batch: &'static [u32],
    /// C, O and G.
    pub channels: &'static [[u32; 3]],
    pub h: Axis,
    pub w: Axis,
    pub bias: &'static [bool],
}

impl Space {
    /// Few values of everything: each defect's space says what it needs more of.
    pub const FEW: Space =
        Space { batch: &[1, 2], channels: &[[1, 1, 1], [2, 2, 1]], h: PLAIN, w: PLAIN, bias: &[false, true] };

    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let (rows, columns) = (self.h.all(), self.w.all());
        for &batch in self.batch {
            for &[in_channels, out_channels, groups] in self.channels {
                for &bias in self.bias {
                    for h in &rows {
                        for w in &columns {
                            let pair = |of: fn(&[u32; 6]) -> u32| Hw { h: of(h), w: of(w) };
                            problems.extend(Problem::new(Parameters {
                                batch,
                                in_channels,
                                out_channels,
                                groups,
                                bias,
                                input: pair(|along| along[0]),
                                kernel: pair(|along| along[1]),
                                stride: pair(|along| along[2]),
                                dilation: pair(|along| along[3]),
                                padding: Padding { top: h[4], left: w[4], bottom: h[5], right: w[5] },
                            }));
                        }
                    }
                }
            }
        }
        problems
    }
}

impl Axis {
    /// Input, kernel, stride, dilation, begin and end pad.
    fn all(&self) -> Vec<[u32; 6]> {
        let mut all = Vec::new();
        for &input in self.input {
            for &kernel in self.kernel {
                for &stride in self.stride {
                    for &dilation in self.dilation {
                        all.extend(self.pads.iter().map(|&[begin, end]| [input, kernel, stride, dilation, begin, end]));
                    }
                }
            }
        }
        all
    }
}
