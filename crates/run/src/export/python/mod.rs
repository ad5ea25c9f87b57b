//! Scripts: one Python file under 40 lines that runs a problem on an engine and holds the result against the expectation.
//!
//! A script needs the engine's own package and what that depends on, and nothing else: no download, no model file, no
//! convdiff. It prints result and expectation, and exits with
//!
//! | code | where |
//! |---|---|
//! | 0 | every element is as expected |
//! | 2 | some element is not |
//! | 4 | nothing was compared: Core ML predicts on macOS alone, elsewhere its models are built and saved only |
//! | 1 | Python's own, for an exception: the engine isn't installed, or refuses the problem |

mod coremltools;
mod onnxruntime;
mod torch;

use super::nested::{nested, number};
use super::{ExportError, Subject, planted};
use crate::backend::Arithmetic;
use crate::judge::bound::Bounds;
use crate::problem::Hw;

/// The most lines that a script has, blank ones and comments counted.
pub const MOST_LINES: usize = 39;

/// Columns after which tensors are broken into lines: the first of these at which the script has few enough.
const WIDTHS: [usize; 4] = [100, 120, 160, usize::MAX];

/// An engine that scripts are written for.
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    /// Its name: as a backend, and as the package that the script needs.
    pub name: &'static str,
    /// What the script does, beyond running the problem.
    pub about: &'static str,
    /// The script below its docstring, tensors broken at a width.
    write: fn(&Subject<'_>, usize) -> String,
}

/// Every engine.
pub const ENGINES: [Engine; 3] = [onnxruntime::ENGINE, torch::ENGINE, coremltools::ENGINE];

/// The engine called `name`.
pub fn engine(name: &str) -> Option<&'static Engine> {
    ENGINES.iter().find(|engine| engine.name == name)
}

impl Subject<'_> {
    /// The engine that was asked for, or else the one that fails.
    pub(super) fn known_engine(&self) -> Option<&'static Engine> {
        self.engine.or_else(|| engine(&self.repro?.backend))
    }
}

/// The script of a subject.
pub(super) fn write(subject: &Subject<'_>) -> Result<String, ExportError> {
    Ok(script(subject, subject.known_engine().unwrap_or(&ENGINES[0])))
}

/// The script of a subject for an engine, with tensors as narrow as [`MOST_LINES`] allows.
pub(super) fn script(subject: &Subject<'_>, engine: &Engine) -> String {
    let docstring = docstring(subject, engine);
    let texts = WIDTHS.map(|width| format!("{docstring}{}", (engine.write)(subject, width)));
    let few = texts.iter().find(|text| text.lines().count() <= MOST_LINES);
    few.unwrap_or(&texts[WIDTHS.len() - 1]).clone()
}

fn docstring(subject: &Subject<'_>, engine: &Engine) -> String {
    let problem = subject.case.problem;
    let found = match subject.repro {
        Some(repro) if repro.planted => format!("Planted: {}\n", planted(repro)),
        Some(repro) if repro.verdict.is_failure() => {
            let region = repro.region.as_ref().map(|region| format!(" at {region}")).unwrap_or_default();
            let before = match repro.before.is_empty() {
                true => "",
                false => "It is right alone and wrong after other problems, which this script doesn't run.\n",
            };
            format!("Seen in {} {}: {}{region}.\n{before}", repro.backend, repro.backend_version, repro.verdict)
        }
        _ => String::new(),
    };
    format!(
        "\"\"\"conv2d in {}: {}.\n{found}Problem {problem}.\n{}\"\"\"\n",
        engine.name,
        problem.in_words(),
        engine.about
    )
}

/// `name = before[…]after`, a line or more.
fn tensor(name: &str, values: &[f32], shape: &[usize], [before, after]: [&str; 2], width: usize) -> String {
    let start = format!("{name} = {before}");
    let width = width.saturating_sub(after.len());
    format!("{start}{}{after}\n", nested(values, shape, start.len(), width))
}

/// `nan` and `inf` by name, where some number needs them.
fn imports(subject: &Subject<'_>) -> &'static str {
    let tensors = [subject.case.input, subject.case.weights, subject.case.bias, subject.expected];
    let finite = tensors.iter().all(|values| values.iter().all(|value| value.is_finite()));
    if finite { "" } else { "from math import inf, nan\n" }
}

/// The tensors x, w, b and expected, each between `array`'s two parts.
fn tensors(subject: &Subject<'_>, array: [&str; 2], width: usize) -> String {
    let case = subject.case;
    let bias = match case.bias {
        [] => "b = None\n".to_owned(),
        bias => tensor("b", bias, &[bias.len()], array, width),
    };
    [
        tensor("x", case.input, &subject.input_shape(), array, width),
        tensor("w", case.weights, &subject.weights_shape(), array, width),
        bias,
        tensor("expected", subject.expected, &subject.output_shape(), array, width),
    ]
    .concat()
}

/// How far each element may be from the expectation under an arithmetic: `0`, or a list with a bound an element.
fn tolerance(subject: &Subject<'_>, arithmetic: Arithmetic, array: [&str; 2]) -> String {
    let bounds = Bounds::of(subject.case, arithmetic, Arithmetic::Exact);
    let bounds: Vec<f64> = (0..subject.expected.len()).map(|index| bounds.element(index)).collect();
    if bounds.iter().all(|&bound| bound == 0.0) {
        return "0".to_owned();
    }
    if bounds.iter().any(|bound| bound.is_infinite()) {
        return "float(\"inf\")".to_owned();
    }
    // Up to three digits, rounded up.
    let short = |bound: f64| format!("{:.2e}", bound * 1.01).parse().unwrap_or(bound as f32);
    let bounds: Vec<f32> = bounds.into_iter().map(short).collect();
    // All alike is the rule with small problems without padding.
    if bounds.iter().all(|bound| *bound == bounds[0]) {
        return number(bounds[0]);
    }
    let [before, after] = array;
    format!("{before}{}{after}", nested(&bounds, &subject.output_shape(), 0, usize::MAX))
}

/// The arithmetic of an engine that may compute 3×3 kernels of stride 1 by Winograd's transform, and else adds in f32.
fn may_transform(subject: &Subject<'_>) -> Arithmetic {
    let p = subject.case.problem;
    let square = |size| Hw::square(size);
    if (p.kernel, p.stride, p.dilation) == (square(3), square(1), square(1)) {
        Arithmetic::F32Transformed
    } else {
        Arithmetic::F32
    }
}

/// The problem as a call of PyTorch, functions by their full names.
pub(super) fn torch_call(problem: &crate::problem::Problem) -> String {
    torch::call(problem, "torch.nn.functional.", if problem.bias { "b" } else { "None" })
}

/// Why the tolerance is what it is.
fn comment(tolerance: &str) -> &'static str {
    if tolerance == "0" { "  # small integers: every order of summation is exact" } else { "  # rounding alone" }
}

#[cfg(test)]
mod tests;
