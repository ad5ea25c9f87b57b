//! Markdown: the text of an issue that a maintainer can act on without asking back.

mod evidence;
mod outputs;
mod reproduce;
mod why;

use super::{ExportError, Subject, nested::nested, planted, python};
use crate::diagnose::{Repro, sequence};
use crate::judge::Verdict;
use crate::operands::{EXACT_IN_F16, EXACT_IN_F32, Exactness};
use crate::problem::dialect::DIALECTS;
use crate::problem::{Along, Problem};
use std::fmt::Write;

/// Columns after which operands are broken into lines.
const WIDTH: usize = 96;

// Writing to a String can't fail, so results of `write!` are dropped here and in the parts.

/// Writes the issue.
pub(super) fn write(subject: &Subject<'_>) -> Result<String, ExportError> {
    let mut text = format!("# {}\n\n", title(subject));
    if let Some(repro) = subject.repro.filter(|repro| repro.planted) {
        let _ = writeln!(text, "> **Planted.** {}\n", planted(repro));
    }
    let _ = writeln!(text, "{}\n", summary(subject));
    text += &problem(subject.case.problem);
    text += &operands(subject);
    text += &outputs::section(subject);
    text += &why::section(subject);
    text += &evidence::section(subject);
    text += &reproduce::section(subject)?;
    text += &evidence::versions(subject);
    Ok(text)
}

fn title(subject: &Subject<'_>) -> String {
    let words = subject.case.problem.in_words();
    // The output's size follows from the rest.
    let words = words.split(';').next().unwrap_or_default();
    let Some(repro) = subject.repro else { return format!("conv2d: {words}") };
    let what = match (repro.verdict, &repro.region) {
        (Verdict::Unstable, Some(region)) => format!("is wrong at {region}, differently each time"),
        _ if repro.gone => "is wrong now and then".to_owned(),
        (_, Some(region)) if !repro.before.is_empty() => format!("is wrong at {region} after other problems"),
        (Verdict::Errors, _) if !repro.before.is_empty() => "fails with an error after other problems".to_owned(),
        (_, Some(region)) if repro.verdict.is_failure() => format!("is wrong at {region}"),
        (Verdict::Errors, _) => "fails with an error".to_owned(),
        (Verdict::Crashes, _) => "crashes".to_owned(),
        (Verdict::Hangs, _) => "does not return".to_owned(),
        (Verdict::Unsupported, _) => "is not supported".to_owned(),
        _ => "is right".to_owned(),
    };
    let planted = if repro.planted { " (planted)" } else { "" };
    format!("{}{planted}: conv2d {what} for {words}", repro.backend)
}

fn summary(subject: &Subject<'_>) -> String {
    let Some(repro) = subject.repro else {
        return format!("What a right conv2d computes here, by `{}`. No backend was asked.", subject.reference);
    };
    let name = format!("`{}` {}", repro.backend, repro.backend_version);
    let elements = subject.expected.len();
    let mut text = match repro.output.wrong.len() {
        0 => format!("{name}: {}.{}", said(repro), last_words(repro)),
        wrong => {
            let reference = &repro.reference;
            format!("{name}: {} in {wrong} of {elements} output elements, held against `{reference}`.", said(repro))
        }
    };
    if !repro.before.is_empty() {
        let sequence = sequence(&repro.before, &repro.problem);
        let _ = write!(text, " It passes as the first that a new session computes, and fails after {sequence}.");
    }
    let exact = Exactness::of(subject.case);
    if exact.exact_in(EXACT_IN_F32) && !repro.output.wrong.is_empty() {
        let also = if exact.exact_in(EXACT_IN_F16) { " and in f16" } else { "" };
        let _ = write!(
            text,
            " All operands are small integers, so every sum in every order is exact in f32{also}: this is no rounding."
        );
    }
    text
}

/// Verdict and message.
fn said(repro: &Repro) -> String {
    match &repro.message {
        Some(message) => format!("{}: {}", repro.verdict, message.lines().next().unwrap_or_default()),
        None => repro.verdict.to_string(),
    }
}

/// What a process that died last said, which stands below the first line of the message.
fn last_words(repro: &Repro) -> String {
    let lines: Vec<&str> = repro.message.iter().flat_map(|message| message.lines().skip(1)).collect();
    if lines.is_empty() { String::new() } else { format!("\n\n```text\n{}\n```", lines.join("\n")) }
}

fn problem(p: &Problem) -> String {
    let mut text = format!("## Problem\n\n{}.\n\n| in | |\n|---|---|\n", p.in_words());
    let pads = p.padding;
    let _ = writeln!(text, "| PyTorch | `{}` |", python::torch_call(p));
    let _ = writeln!(
        text,
        "| ONNX | `Conv` with `kernel_shape=[{}, {}]`, `strides=[{}, {}]`, `dilations=[{}, {}]`, `pads=[{}, {}, {}, {}]`, `group={}` |",
        p.kernel.h,
        p.kernel.w,
        p.stride.h,
        p.stride.w,
        p.dilation.h,
        p.dilation.w,
        pads.top,
        pads.left,
        pads.bottom,
        pads.right,
        p.groups
    );
    for dialect in &DIALECTS {
        let _ = match (dialect.state)(p) {
            Ok(statement) => {
                let dropped = statement.dropped.iter().map(|pad| format!(" ({pad})"));
                writeln!(text, "| {} | `{}`{} |", dialect.name, statement.line, dropped.collect::<String>())
            }
            Err(why) => writeln!(text, "| {} | {why} |", dialect.name),
        };
    }
    let _ = writeln!(text, "| convdiff | `{p}` |\n");
    for (name, along) in [("height", p.h()), ("width", p.w())] {
        let _ = writeln!(text, "- {}", windows(name, &along));
    }
    text + "\n"
}

/// The windows along one axis, in numbers: where edges go wrong, the reason is usually among them.
fn windows(name: &str, along: &Along) -> String {
    let Along { input, pad_begin, pad_end, stride, .. } = along;
    let (span, padded, output) = (along.effective_kernel(), along.padded_input(), along.output());
    let s = if output == 1 { "" } else { "s" };
    let unread = match along.remainder() {
        0 => "the last one ends with the padded input".to_owned(),
        n => format!("none reads the last {n} of it; of the end pad, {} is read", along.reached_pad_end()),
    };
    format!(
        "Along the {name}: {pad_begin} + {input} + {pad_end} = {padded} padded, {output} window{s} of {span} at stride {stride}; {unread}."
    )
}

fn operands(subject: &Subject<'_>) -> String {
    let case = subject.case;
    let mut text = String::from("## Operands\n\n```python\n");
    let mut tensor = |name: &str, values: &[f32], shape: &[usize], dimensions: &str| {
        let start = format!("{name} = ");
        let _ = writeln!(text, "# {dimensions}\n{start}{}", nested(values, shape, start.len(), WIDTH));
    };
    tensor("x", case.input, &subject.input_shape(), "input, N×C×H×W");
    tensor("w", case.weights, &subject.weights_shape(), "weights, O×(C/G)×KH×KW");
    if !case.bias.is_empty() {
        tensor("b", case.bias, &[case.bias.len()], "bias, O");
    }
    text + "```\n\n"
}

#[cfg(test)]
mod tests;
