//! MIOpenDriver, MIOpen's test and benchmark driver.

use super::{Statement, Unstatable, dropped_by_symmetry};
use crate::problem::Problem;

/// One forward run (`-F 1`). The batch is always said, for it defaults to 100; dilation counts from 1.
pub(super) fn state(problem: &Problem) -> Result<Statement, Unstatable> {
    let dropped = dropped_by_symmetry(problem)?;
    let p = problem;
    let mut line = format!(
        "MIOpenDriver conv -n {} -c {} -H {} -W {} -k {} -y {} -x {} -p {} -q {} -u {} -v {} -l {} -j {} -g {} -F 1",
        p.batch,
        p.in_channels,
        p.input.h,
        p.input.w,
        p.out_channels,
        p.kernel.h,
        p.kernel.w,
        p.padding.top,
        p.padding.left,
        p.stride.h,
        p.stride.w,
        p.dilation.h,
        p.dilation.w,
        p.groups,
    );
    if p.bias {
        line.push_str(" -b 1");
    }
    Ok(Statement { line, dropped })
}
