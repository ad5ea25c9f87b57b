//! The parameters of a problem as numbers in a row, so that moves are written once for all of them.

use crate::problem::{Hw, Padding, Parameters};
use std::ops::Range;

/// The parameters in the order of their declaration; the bias is 0 or 1. As u64, so that sums of them fit.
pub type Fields = [u64; 17];

/// A place in [`Fields`].
pub type Field = usize;

pub const BATCH: Field = 0;
pub const IN_CHANNELS: Field = 1;
pub const OUT_CHANNELS: Field = 2;
pub const GROUPS: Field = 3;
pub const BIAS: Field = 16;

// Pairs begin with the height; the width is the next field.
pub const INPUT: Field = 4;
pub const KERNEL: Field = 6;
pub const STRIDE: Field = 8;
pub const DILATION: Field = 10;
pub const BEGIN: Field = 12;
pub const END: Field = 14;
pub const PAIRS: [Field; 6] = [INPUT, KERNEL, STRIDE, DILATION, BEGIN, END];
pub const PADS: Range<Field> = BEGIN..BIAS;

/// The fields of one spatial axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    pub input: Field,
    pub kernel: Field,
    pub stride: Field,
    pub dilation: Field,
    pub begin: Field,
    pub end: Field,
}

pub const H: Axis = Axis::of(0);
pub const W: Axis = Axis::of(1);

impl Axis {
    const fn of(second: usize) -> Self {
        Self {
            input: INPUT + second,
            kernel: KERNEL + second,
            stride: STRIDE + second,
            dilation: DILATION + second,
            begin: BEGIN + second,
            end: END + second,
        }
    }

    pub fn fields(&self) -> [Field; 6] {
        [self.input, self.kernel, self.stride, self.dilation, self.begin, self.end]
    }
}

/// The simplest value of a field: 1, or 0 of pads and bias.
pub fn simplest(field: Field) -> u64 {
    u64::from(field < BEGIN)
}

/// `p` with some fields changed.
pub fn with(p: &Fields, changes: &[(Field, u64)]) -> Fields {
    let mut changed = *p;
    for &(field, value) in changes {
        changed[field] = value;
    }
    changed
}

/// `p` with these fields at their simplest.
pub fn simplified(p: &Fields, fields: &[Field]) -> Fields {
    let mut changed = *p;
    for &field in fields {
        changed[field] = simplest(field);
    }
    changed
}

pub fn fields(p: &Parameters) -> Fields {
    let Padding { top, left, bottom, right } = p.padding;
    let [input, kernel, stride, dilation] = [p.input, p.kernel, p.stride, p.dilation];
    [
        p.batch,
        p.in_channels,
        p.out_channels,
        p.groups,
        input.h,
        input.w,
        kernel.h,
        kernel.w,
        stride.h,
        stride.w,
        dilation.h,
        dilation.w,
        top,
        left,
        bottom,
        right,
        u32::from(p.bias),
    ]
    .map(u64::from)
}

/// `None` where one is too large.
pub fn parameters(fields: &Fields) -> Option<Parameters> {
    let value = |field: Field| u32::try_from(fields[field]).ok();
    let pair = |h: Field| Some(Hw { h: value(h)?, w: value(h + 1)? });
    let (begin, end) = (pair(BEGIN)?, pair(END)?);
    Some(Parameters {
        batch: value(BATCH)?,
        in_channels: value(IN_CHANNELS)?,
        out_channels: value(OUT_CHANNELS)?,
        groups: value(GROUPS)?,
        input: pair(INPUT)?,
        kernel: pair(KERNEL)?,
        stride: pair(STRIDE)?,
        dilation: pair(DILATION)?,
        padding: Padding { top: begin.h, left: begin.w, bottom: end.h, right: end.w },
        bias: fields[BIAS] > 0,
    })
}
