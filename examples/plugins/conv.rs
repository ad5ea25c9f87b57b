//! A plugin in Rust: a direct convolution.
//!
//! ```text
//! rustc -O --edition 2024 --crate-type cdylib -o libconv_rs.so examples/plugins/conv.rs
//! convdiff sweep -b plugin:./libconv_rs.so
//! ```

use std::ffi::{c_char, c_int};
use std::slice::{from_raw_parts, from_raw_parts_mut};

/// `struct convdiff_problem` of `include/convdiff_backend.h`.
#[repr(C)]
pub struct Problem {
    batch: u32,
    in_channels: u32,
    out_channels: u32,
    groups: u32,
    input: [u32; 2],
    kernel: [u32; 2],
    stride: [u32; 2],
    dilation: [u32; 2],
    pad_begin: [u32; 2],
    pad_end: [u32; 2],
    output: [u32; 2],
    x: *const f32,
    w: *const f32,
    b: *const f32,
    y: *mut f32,
}

/// # Safety
/// The pointers are what the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn convdiff_conv2d_v1(problem: &Problem, _message: *mut c_char) -> c_int {
    let p = problem;
    let length = |first: u32, second: u32, [h, w]: [u32; 2]| first as usize * second as usize * h as usize * w as usize;
    let channels = p.in_channels / p.groups;
    // SAFETY: these are the lengths that the header states; `b` is null without a bias.
    let (x, w, y, b) = unsafe {
        (
            from_raw_parts(p.x, length(p.batch, p.in_channels, p.input)),
            from_raw_parts(p.w, length(p.out_channels, channels, p.kernel)),
            from_raw_parts_mut(p.y, length(p.batch, p.out_channels, p.output)),
            p.b.as_ref().map(|b| from_raw_parts(b, p.out_channels as usize)),
        )
    };
    // The position that a tap reads, or `None` inside a pad.
    let position = |axis: usize, window: u32, tap: u32| {
        let padded = window * p.stride[axis] + tap * p.dilation[axis];
        padded.checked_sub(p.pad_begin[axis]).filter(|&at| at < p.input[axis])
    };
    let mut y = y.iter_mut();
    for n in 0..p.batch {
        for o in 0..p.out_channels {
            let first = o / (p.out_channels / p.groups) * channels;
            for i in 0..p.output[0] {
                for j in 0..p.output[1] {
                    let mut sum = b.map_or(0.0, |b| b[o as usize]);
                    for c in 0..channels {
                        for kh in 0..p.kernel[0] {
                            for kw in 0..p.kernel[1] {
                                let (Some(row), Some(column)) = (position(0, i, kh), position(1, j, kw)) else {
                                    continue;
                                };
                                let plane = n * p.in_channels + first + c;
                                let read = (plane * p.input[0] + row) * p.input[1] + column;
                                let tap = ((o * channels + c) * p.kernel[0] + kh) * p.kernel[1] + kw;
                                sum += x[read as usize] * w[tap as usize];
                            }
                        }
                    }
                    if let Some(element) = y.next() {
                        *element = sum;
                    }
                }
            }
        }
    }
    0
}
