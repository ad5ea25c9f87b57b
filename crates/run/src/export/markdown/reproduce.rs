//! How to see it oneself.

use super::super::{ExportError, Subject, python};
use crate::diagnose::Repro;
use crate::judge::Settings;
use crate::operands::{DEFAULT_SEED, Operands};
use std::fmt::Write;

/// Elements up to which a repro file is put into the issue.
const EMBEDDED: u64 = 2_000;

/// The replay command, the script, and the repro file where the command needs it.
pub(super) fn section(subject: &Subject<'_>) -> Result<String, ExportError> {
    let mut text = String::from("## Reproduce\n\n");
    if let Some(engine) = subject.known_engine() {
        let _ = writeln!(
            text,
            "With {} alone:\n\n<details><summary>a script of under 40 lines</summary>\n\n```python\n{}```\n\n</details>\n",
            engine.name,
            python::script(subject, engine)
        );
    }
    let Some(repro) = subject.repro else {
        let _ = writeln!(text, "```sh\nconvdiff replay {}{}\n```\n", subject.case.problem, flags(subject.settings));
        return Ok(text);
    };
    text += "With convdiff:\n\n";
    if is_filled(repro) {
        let _ = writeln!(text, "```sh\n{}\n```\n", command(repro));
        return Ok(text);
    }
    text += "```sh\nconvdiff replay repro.toml\n```\n\n";
    if repro.problem.elements() <= EMBEDDED {
        let _ = writeln!(
            text,
            "<details><summary>repro.toml</summary>\n\n```toml\n{}```\n\n</details>\n",
            crate::run::repro_text(repro)?
        );
    }
    Ok(text)
}

/// Whether nothing comes before and the operands are those that the fill makes, so that the descriptor is enough.
fn is_filled(repro: &Repro) -> bool {
    if !repro.before.is_empty() {
        return false;
    }
    let settings = repro.settings();
    let mut operands = Operands::default();
    operands.fill(&repro.problem, settings.fill, settings.seed);
    let case = repro.case();
    let same = |a: &[f32], b: &[f32]| a.iter().map(|v| v.to_bits()).eq(b.iter().map(|v| v.to_bits()));
    same(&operands.input, case.input) && same(&operands.weights, case.weights) && same(&operands.bias, case.bias)
}

/// The command that does it again.
fn command(repro: &Repro) -> String {
    let mut command = format!("convdiff replay {} --backend {}", repro.problem, shell_words::quote(&repro.backend));
    if repro.reference != "exact" {
        let _ = write!(command, " --reference {}", shell_words::quote(&repro.reference));
    }
    command += &flags(repro.settings());
    if repro.isolated {
        command += " --isolate";
    }
    if let Some(deadline) = repro.deadline {
        let _ = write!(command, " --deadline {deadline}");
    }
    command
}

/// How operands are filled and outputs judged. The fill is always said: what a command has by itself depends on the backend.
fn flags(settings: Settings) -> String {
    let mut flags = format!(" --fill {}", settings.fill.name());
    if settings.seed != DEFAULT_SEED {
        let _ = write!(flags, " --seed {}", settings.seed);
    }
    if settings.strict {
        flags += " --strict";
    }
    flags
}
