//! PyTorch, on the CPU.

use super::{Engine, comment, imports, may_transform, tensors, tolerance};
use crate::export::Subject;
use crate::problem::{Padding, Problem};

/// The engine.
pub(super) const ENGINE: Engine =
    Engine { name: "torch", about: "Prints result and expectation; exits with 2 on a mismatch. Needs torch.", write };

const ARRAY: [&str; 2] = ["torch.tensor(", ", dtype=torch.float32)"];

fn write(subject: &Subject<'_>, width: usize) -> String {
    let tolerance = tolerance(subject, may_transform(subject), ARRAY);
    format!(
        "{}import sys
import torch
import torch.nn.functional as F

{}tolerance = {tolerance}{}

print(\"torch\", torch.__version__)
result = {}
right = (result == expected) | ((result - expected).abs() <= tolerance) | (result.isnan() & expected.isnan())
wrong = (~right).nonzero().tolist()
print(\"result\", result, \"expected\", expected, sep=\"\\n\")
print(f\"wrong at {{wrong}}\" if wrong else \"as expected\")
sys.exit(2 if wrong else 0)
",
        imports(subject),
        tensors(subject, ARRAY, width),
        comment(&tolerance),
        call(subject.case.problem, "F.", "b"),
    )
}

/// The call of conv2d on tensors `x`, `w` and `bias`, with the functions' names behind `prefix`. An explicit pad stands
/// in front where begin and end pads differ: conv2d has one for both.
pub(super) fn call(problem: &Problem, prefix: &str, bias: &str) -> String {
    let p = problem;
    let Padding { top, left, bottom, right } = p.padding;
    let (x, padding) = if (top, left) == (bottom, right) {
        ("x".to_owned(), format!("({top}, {left})"))
    } else {
        (format!("{prefix}pad(x, ({left}, {right}, {top}, {bottom}))"), "0".to_owned())
    };
    format!(
        "{prefix}conv2d({x}, w, {bias}, stride=({}, {}), padding={padding}, dilation=({}, {}), groups={})",
        p.stride.h, p.stride.w, p.dilation.h, p.dilation.w, p.groups
    )
}
