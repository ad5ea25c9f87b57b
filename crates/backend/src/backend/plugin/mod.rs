//! A backend in a shared library, as `include/convdiff_backend.h` says.
//!
//! Load one only in a process that may die of it: `convdiff worker serve plugin:PATH` does, and that is what a backend
//! called `plugin:PATH` runs.
//!
//! Each problem is computed twice, with every tensor hard against the fence behind it and hard against the one in front of it: what
//! is read or written outside one ends the process, whatever comes of the value.

mod fence;
mod library;

use super::worker::PLUGIN;
use super::worker::protocol::Hello;
use super::{Arithmetic, Backend, BackendError, Failure, Kind, Session, UNWRITTEN};
use crate::operands::Case;
use fence::{Name, Side, Tensor};
use library::{Loaded, Returned};
use std::path::Path;

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

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        fence::watch();
        let tensors = [Name::Input, Name::Weights, Name::Bias, Name::Output].map(Tensor::new);
        Ok(Box::new(PluginSession { plugin: self, tensors }))
    }
}

struct PluginSession<'a> {
    plugin: &'a Plugin,
    /// Input, weights, bias, output.
    tensors: [Tensor; 4],
}

impl Session for PluginSession<'_> {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        self.run_against(Side::Behind, case, output.len())?;
        output.copy_from_slice(self.tensors[3].elements());
        // For the other fences alone. Whether its outputs are the same each time is the judge's question.
        self.run_against(Side::Before, case, output.len())
    }
}

impl PluginSession<'_> {
    /// Computes a problem whose tensors lie against the fences on `side`.
    fn run_against(&mut self, side: Side, case: Case<'_>, output: usize) -> Result<(), Failure> {
        let no_memory = |error| Failure::Error(format!("there is no memory for its tensors: {error}"));
        let operands = [case.input, case.weights, case.bias];
        for (tensor, values) in self.tensors.iter_mut().zip(operands) {
            tensor.lay(values.len(), side).map_err(no_memory)?.copy_from_slice(values);
        }
        self.tensors[3].lay(output, side).map_err(no_memory)?.fill(UNWRITTEN);
        let Returned { status, message } = self.plugin.library.conv2d(case.problem, &mut self.tensors);
        for ((tensor, values), name) in self.tensors.iter_mut().zip(operands).zip(["input", "weights", "bias"]) {
            if tensor.elements().iter().zip(values).any(|(now, before)| now.to_bits() != before.to_bits()) {
                return Err(Failure::Error(format!("it wrote into its {name}")));
            }
        }
        match status {
            DONE => Ok(()),
            UNSUPPORTED => Err(Failure::Unsupported(message.into())),
            ERROR => Err(Failure::Error(message)),
            other => Err(Failure::Error(format!("convdiff_conv2d_v1 returned {other}, which is no status"))),
        }
    }
}
