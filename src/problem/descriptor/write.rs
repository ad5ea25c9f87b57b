//! From a problem to its canonical text.

use crate::problem::{Hw, Problem};
use std::fmt::{Result, Write};

/// The whole descriptor.
pub(super) fn descriptor(problem: &Problem, to: &mut impl Write) -> Result {
    benchdnn(problem, to)?;
    for (key, along) in [("pb", problem.h()), ("pr", problem.w())] {
        if along.pad_end != along.reached_pad_end() {
            write!(to, "{key}{}", along.pad_end)?;
        }
    }
    if problem.bias { to.write_str("b1") } else { Ok(()) }
}

/// What benchdnn's keys can say: all but the bias and the declared far pads.
pub(in crate::problem) fn benchdnn(problem: &Problem, to: &mut impl Write) -> Result {
    let Hw { h: output_h, w: output_w } = problem.output();
    if problem.groups > 1 {
        write!(to, "g{}", problem.groups)?;
    }
    write!(to, "mb{}ic{}", problem.batch, problem.in_channels)?;
    write!(to, "ih{}iw{}", problem.input.h, problem.input.w)?;
    write!(to, "oc{}oh{output_h}ow{output_w}", problem.out_channels)?;
    write!(to, "kh{}kw{}", problem.kernel.h, problem.kernel.w)?;
    if problem.stride != Hw::square(1) {
        write!(to, "sh{}sw{}", problem.stride.h, problem.stride.w)?;
    }
    write!(to, "ph{}pw{}", problem.padding.top, problem.padding.left)?;
    if problem.dilation != Hw::square(1) {
        write!(to, "dh{}dw{}", problem.dilation.h - 1, problem.dilation.w - 1)?;
    }
    Ok(())
}
