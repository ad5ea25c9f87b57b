//! From a problem to its canonical text.

use crate::problem::{Hw, Problem};
use std::fmt::{Result, Write};

/// The whole descriptor.
pub(super) fn descriptor(problem: &Problem, to: &mut impl Write) -> Result {
    benchdnn(problem, to)?;
    for (key, along) in [("pb", problem.h()), ("pr", problem.w())] {
        if along.pad_end != along.reached_pad_end() {
            item(to, key, along.pad_end)?;
        }
    }
    if problem.bias { to.write_str("b1") } else { Ok(()) }
}

/// What benchdnn's keys can say: all but the bias and the declared far pads.
pub(in crate::problem) fn benchdnn(problem: &Problem, to: &mut impl Write) -> Result {
    let p = problem;
    let output = p.output();
    if p.groups > 1 {
        item(to, "g", p.groups)?;
    }
    item(to, "mb", p.batch)?;
    item(to, "ic", p.in_channels)?;
    pair(to, ["ih", "iw"], p.input)?;
    item(to, "oc", p.out_channels)?;
    pair(to, ["oh", "ow"], output)?;
    pair(to, ["kh", "kw"], p.kernel)?;
    if p.stride != Hw::square(1) {
        pair(to, ["sh", "sw"], p.stride)?;
    }
    pair(to, ["ph", "pw"], Hw { h: p.padding.top, w: p.padding.left })?;
    if p.dilation != Hw::square(1) {
        pair(to, ["dh", "dw"], Hw { h: p.dilation.h - 1, w: p.dilation.w - 1 })?;
    }
    Ok(())
}

/// Both axes of one parameter.
#[inline]
fn pair(to: &mut impl Write, [h, w]: [&str; 2], value: Hw) -> Result {
    item(to, h, value.h)?;
    item(to, w, value.w)
}

/// One key and its value. A map has a descriptor a row, so the number doesn't go through `format_args!`.
#[inline]
fn item(to: &mut impl Write, key: &str, value: u32) -> Result {
    to.write_str(key)?;
    match char::from_digit(value, 10) {
        Some(digit) => to.write_char(digit),
        None => to.write_str(itoa::Buffer::new().format(value)),
    }
}
