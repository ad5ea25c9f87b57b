//! A backend in a shared library, as `include/convdiff_backend.h` says.
//!
//! Load one only in a process that may die of it: `convdiff worker serve plugin:PATH` does, and that is what a backend
//! called `plugin:PATH` runs.
//!
//! The tensors lie in one buffer, with guards between them. Guards are NaN, so that what is read beyond a tensor
//! spoils the output, and a NaN that nobody computes, so that what is written beyond one is seen.

mod library;

use super::worker::PLUGIN;
use super::worker::protocol::Hello;
use super::{Arithmetic, Backend, BackendError, Failure, Kind, Session, UNWRITTEN, Unsupported};
use crate::operands::Case;
use crate::problem::Problem;
use library::{Loaded, Places, Returned};
use std::ops::Range;
use std::path::Path;

/// Elements of a guard: what a vector loop writes too far, or a row, or a plane of a small problem.
const GUARD: usize = 1 << 10;

/// What guards are made of.
const CANARY: f32 = f32::from_bits(0x7fc0_cafe);

/// The statuses of the header.
const DONE: i32 = 0;
const UNSUPPORTED: i32 = 1;
const ERROR: i32 = 2;

/// A backend in a shared library.
#[derive(Debug)]
pub struct Plugin {
    library: Loaded,
    hello: Hello,
}

impl Plugin {
    /// Loads the library at `path`.
    ///
    /// # Errors
    /// [`BackendError::Start`] where it can't be loaded, lacks the function or says nonsense about itself.
    pub fn load(path: &Path) -> Result<Self, BackendError> {
        let start = |reason: String| BackendError::Start { name: format!("{PLUGIN}{}", path.display()), reason };
        // A bare file name would make the linker look in the system's folders.
        let absolute = std::path::absolute(path).map_err(|error| start(error.to_string()))?;
        let library = Loaded::load(&absolute).map_err(start)?;
        let about = library.about().unwrap_or_else(|| {
            let stem = path.file_stem().unwrap_or_default();
            format!("engine: {}\nversion: unknown\n", stem.display())
        });
        let hello = Hello::parse(about.as_bytes())
            .map_err(|error| start(format!("what convdiff_about_v1 says is wrong: {error}")))?;
        Ok(Self { library, hello })
    }
}

impl Backend for Plugin {
    /// The engine's name.
    fn name(&self) -> &str {
        &self.hello.engine
    }

    fn version(&self) -> String {
        self.hello.version.clone()
    }

    fn kind(&self) -> Kind {
        Kind::Engine
    }

    fn arithmetic(&self) -> Arithmetic {
        self.hello.arithmetic
    }

    /// The library says it when it is called.
    fn supports(&self, _: &Problem) -> Result<(), Unsupported> {
        Ok(())
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(PluginSession { library: &self.library, floats: Vec::new() }))
    }
}

struct PluginSession<'a> {
    library: &'a Loaded,
    floats: Vec<f32>,
}

impl Session for PluginSession<'_> {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let places = lay_out(case, output.len(), &mut self.floats);
        let Returned { status, message } = self.library.conv2d(case.problem, &mut self.floats, &places);
        look_for_stray_writes(case, &self.floats, &places)?;
        match status {
            DONE => {
                output.copy_from_slice(&self.floats[places.output]);
                Ok(())
            }
            UNSUPPORTED => Err(Failure::Unsupported(message.into())),
            ERROR => Err(Failure::Error(message)),
            other => Err(Failure::Error(format!("convdiff_conv2d_v1 returned {other}, which is no status"))),
        }
    }
}

/// Fills `floats` with guards, operands and an unwritten output.
fn lay_out(case: Case<'_>, output: usize, floats: &mut Vec<f32>) -> Places {
    let guard = [CANARY; GUARD];
    floats.clear();
    floats.extend_from_slice(&guard);
    let mut place = |values: &[f32]| {
        let start = floats.len();
        floats.extend_from_slice(values);
        floats.extend_from_slice(&guard);
        start..start + values.len()
    };
    let input = place(case.input);
    let weights = place(case.weights);
    let bias = case.problem.bias.then(|| place(case.bias));
    let start = floats.len();
    floats.resize(start + output, UNWRITTEN);
    floats.extend_from_slice(&guard);
    Places { input, weights, bias, output: start..start + output }
}

/// Compares everything but the output with what it was.
fn look_for_stray_writes(case: Case<'_>, floats: &[f32], places: &Places) -> Result<(), Failure> {
    let output = &places.output;
    let no_bias = 0..0;
    let bias = places.bias.as_ref().unwrap_or(&no_bias);
    for (name, place, values) in
        [("input", &places.input, case.input), ("weights", &places.weights, case.weights), ("bias", bias, case.bias)]
    {
        if floats[place.clone()].iter().zip(values).any(|(now, before)| now.to_bits() != before.to_bits()) {
            return Err(Failure::Error(format!("it wrote into its {name}")));
        }
    }
    let spoilt = |mut guard: Range<usize>| guard.find(|&at| floats[at].to_bits() != CANARY.to_bits());
    if let Some(at) = spoilt(output.end..floats.len()) {
        let beyond = at - output.end + 1;
        return Err(Failure::Error(format!("it wrote past its output: element {beyond} after the last was written")));
    }
    if let Some(at) = spoilt(output.start - GUARD..output.start) {
        let before = output.start - at;
        return Err(Failure::Error(format!(
            "it wrote before its output: element {before} before the first was written"
        )));
    }
    for (name, place) in [("input", &places.input), ("weights", &places.weights), ("bias", bias)] {
        if !place.is_empty() && spoilt(place.start - GUARD..place.start).is_some() {
            return Err(Failure::Error(format!("it wrote outside its output, near its {name}")));
        }
    }
    Ok(())
}
