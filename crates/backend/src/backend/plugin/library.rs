//! The shared library itself: `include/convdiff_backend.h` in Rust, and nothing else.
#![allow(unsafe_code)]

use super::fence::Tensor;
use crate::problem::Problem;
use libloading::Library;
use std::error::Error;
use std::ffi::{CStr, c_char, c_int};
use std::path::Path;

/// `CONVDIFF_MESSAGE`.
const MESSAGE: usize = 1024;

/// `struct convdiff_problem`.
#[repr(C)]
struct CProblem {
    batch: u32,
    in_channels: u32,
    out_channels: u32,
    groups: u32,
    in_h: u32,
    in_w: u32,
    kernel_h: u32,
    kernel_w: u32,
    stride_h: u32,
    stride_w: u32,
    dilation_h: u32,
    dilation_w: u32,
    pad_top: u32,
    pad_left: u32,
    pad_bottom: u32,
    pad_right: u32,
    out_h: u32,
    out_w: u32,
    input: *const f32,
    weights: *const f32,
    bias: *const f32,
    output: *mut f32,
}

type Conv2d = unsafe extern "C" fn(*const CProblem, *mut c_char) -> c_int;
type About = unsafe extern "C" fn() -> *const c_char;

/// A loaded library. Its code is whatever it is; that is why it is loaded in a process of its own only.
#[derive(Debug)]
pub(super) struct Loaded {
    conv2d: Conv2d,
    about: Option<About>,
    /// Must outlive the functions.
    _library: Library,
}

/// What the function returned, and its message.
pub(super) struct Returned {
    pub(super) status: i32,
    pub(super) message: String,
}

impl Loaded {
    /// # Errors
    /// The dynamic linker's words, or that the function isn't there.
    pub(super) fn load(path: &Path) -> Result<Self, String> {
        // SAFETY: loading runs the library's initialisers, which may do anything; the caller wants just this library,
        // and this process exists to be ruined by it.
        let library = unsafe { Library::new(path) }.map_err(words)?;
        // SAFETY: the header says that a function of this name has this type.
        let conv2d = *unsafe { library.get::<Conv2d>(b"convdiff_conv2d_v1\0") }
            .map_err(|error| format!("it has no function convdiff_conv2d_v1: {}", words(error)))?;
        // SAFETY: as above.
        let about = unsafe { library.get::<About>(b"convdiff_about_v1\0") }.ok().map(|symbol| *symbol);
        Ok(Self { conv2d, about, _library: library })
    }

    /// The library's lines about itself.
    pub(super) fn about(&self) -> Option<String> {
        // SAFETY: the header says that it takes nothing and returns a string that ends in NUL.
        let text = unsafe { (self.about?)() };
        if text.is_null() {
            return None;
        }
        // SAFETY: as above, and it is copied at once.
        Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
    }

    /// Calls the function with the problem's input, weights, bias and output.
    pub(super) fn conv2d(&self, problem: &Problem, tensors: &mut [Tensor; 4]) -> Returned {
        let p = problem;
        let output_size = p.output();
        let [input, weights, bias, output] = tensors.each_mut().map(Tensor::as_mut_ptr);
        let problem = CProblem {
            batch: p.batch,
            in_channels: p.in_channels,
            out_channels: p.out_channels,
            groups: p.groups,
            in_h: p.input.h,
            in_w: p.input.w,
            kernel_h: p.kernel.h,
            kernel_w: p.kernel.w,
            stride_h: p.stride.h,
            stride_w: p.stride.w,
            dilation_h: p.dilation.h,
            dilation_w: p.dilation.w,
            pad_top: p.padding.top,
            pad_left: p.padding.left,
            pad_bottom: p.padding.bottom,
            pad_right: p.padding.right,
            out_h: output_size.h,
            out_w: output_size.w,
            input,
            weights,
            bias: if p.bias { bias } else { std::ptr::null() },
            output,
        };
        let mut message = [0u8; MESSAGE];
        // SAFETY: the struct is the header's, all pointers are valid for what the header says, and nothing else uses
        // the tensors meanwhile. What the library does beyond that is why it has a process of its own.
        let status = unsafe { (self.conv2d)(&raw const problem, message.as_mut_ptr().cast()) };
        let end = message.iter().position(|&byte| byte == 0).unwrap_or(MESSAGE);
        Returned { status, message: String::from_utf8_lossy(&message[..end]).into_owned() }
    }
}

/// The dynamic linker's own words, which stand behind "dlopen failed".
fn words(error: libloading::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}
