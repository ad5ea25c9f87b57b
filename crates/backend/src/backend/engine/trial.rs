//! Whether an engine that was installed computes: what installs doesn't always load.

use super::{Spec, open};
use crate::backend::{Backend, UNWRITTEN, worker::Limits};
use crate::operands::{DEFAULT_SEED, Fill, Operands};
use crate::problem::{Hw, Padding, Parameters, Problem};
use std::path::Path;

/// Runs one small problem. What comes out is not looked at: that is what sweeps are for.
///
/// # Errors
/// Why nothing came out, as the engine says it.
pub(super) fn trial(spec: &Spec, python: &Path) -> Result<(), String> {
    let worker = open(spec, Some(python), Limits::default()).map_err(|error| error.to_string())?;
    let mut session = worker.session().map_err(|error| error.to_string())?;
    let parameters = Parameters {
        in_channels: 2,
        out_channels: 2,
        input: Hw::square(5),
        kernel: Hw::square(3),
        padding: Padding::uniform(1),
        bias: true,
        ..Parameters::default()
    };
    let problem = Problem::new(parameters).map_err(|error| error.to_string())?;
    let mut operands = Operands::default();
    operands.fill(&problem, Fill::Integers, DEFAULT_SEED);
    let mut output = vec![UNWRITTEN; problem.output_len() as usize];
    session.run(operands.case(&problem), &mut output).map_err(|failure| failure.to_string())
}
