//! A problem as a list of numbers, in the one order in which batches, maps and the fill have them.

use super::{Hw, Padding, Parameters};

impl Parameters {
    /// How many numbers they are.
    pub const NUMBERS: usize = 17;

    /// Batch, channels in and out, groups; input, kernel, stride and dilation along h and w; pads top, left, bottom,
    /// right; 1 with a bias, else 0.
    pub fn to_numbers(&self) -> [u32; Self::NUMBERS] {
        let p = self;
        [
            p.batch,
            p.in_channels,
            p.out_channels,
            p.groups,
            p.input.h,
            p.input.w,
            p.kernel.h,
            p.kernel.w,
            p.stride.h,
            p.stride.w,
            p.dilation.h,
            p.dilation.w,
            p.padding.top,
            p.padding.left,
            p.padding.bottom,
            p.padding.right,
            u32::from(p.bias),
        ]
    }

    /// The parameters that [`Parameters::to_numbers`] gives as `numbers`; any number but 0 is a bias.
    pub fn from_numbers(numbers: [u32; Self::NUMBERS]) -> Self {
        let [batch, in_channels, out_channels, groups, sizes @ .., top, left, bottom, right, bias] = numbers;
        let [input_h, input_w, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w] = sizes;
        Self {
            batch,
            in_channels,
            out_channels,
            groups,
            input: Hw { h: input_h, w: input_w },
            kernel: Hw { h: kernel_h, w: kernel_w },
            stride: Hw { h: stride_h, w: stride_w },
            dilation: Hw { h: dilation_h, w: dilation_w },
            padding: Padding { top, left, bottom, right },
            bias: bias != 0,
        }
    }
}
