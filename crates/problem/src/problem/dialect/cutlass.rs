//! cutlass_profiler, CUTLASS's test and benchmark driver.

use super::{Statement, Unstatable, dropped_by_symmetry};
use crate::problem::Problem;

/// A forward problem without a bias. The pads are always said, for they default to 1; dilation counts from 1.
pub(super) fn state(problem: &Problem) -> Result<Statement, Unstatable> {
    if problem.bias {
        return Err(Unstatable::Bias);
    }
    let dropped = dropped_by_symmetry(problem)?;
    let p = problem;
    let mut line = format!(
        "cutlass_profiler --operation=Conv2d --conv_kind=fprop --n={} --h={} --w={} --c={} --k={} --r={} --s={} \
         --pad_h={} --pad_w={} --stride_h={} --stride_w={} --dilation_h={} --dilation_w={}",
        p.batch,
        p.input.h,
        p.input.w,
        p.in_channels,
        p.out_channels,
        p.kernel.h,
        p.kernel.w,
        p.padding.top,
        p.padding.left,
        p.stride.h,
        p.stride.w,
        p.dilation.h,
        p.dilation.w,
    );
    if p.groups > 1 {
        line.push_str(&format!(" --groups={}", p.groups));
    }
    Ok(Statement { line, dropped })
}
