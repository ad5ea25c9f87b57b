//! benchdnn, oneDNN's test and benchmark driver (`tests/benchdnn/doc/driver_conv.md`).

use super::{Statement, Unstatable, dropped};
use crate::problem::{Along, Problem, descriptor};

/// benchdnn can state every problem: the bias is the direction's, and far pads follow from the output size.
pub(super) fn state(problem: &Problem) -> Result<Statement, Unstatable> {
    let direction = if problem.bias { "FWD_B" } else { "FWD_D" };
    let mut line = format!("benchdnn --conv --dir={direction} ");
    // Writing to a String can't fail.
    let _ = descriptor::write::benchdnn(problem, &mut line);
    Ok(Statement { line, dropped: dropped(problem, Along::reached_pad_end) })
}
