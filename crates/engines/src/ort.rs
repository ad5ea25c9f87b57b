//! `ort`: ONNX Runtime on the CPU, loaded when it is first asked for.
//!
//! Nothing is linked: the library that [`LIBRARY`] names is loaded, such as the one inside the `onnxruntime` wheel. A
//! case becomes a model of one `Conv` node in memory with its weights as constants, as in people's models, so that
//! the optimiser may do to it what it does to theirs.

use super::shapes::Shapes;
use super::{Backend, BackendError, Failure, Kind, Session};
use crate::operands::Case;
use ort::editor::{Graph, Model, Node, ONNX_DOMAIN, Opset};
use ort::environment::Environment;
use ort::memory::Allocator;
use ort::operator::Attribute;
use ort::session::builder::SessionBuilder;
use ort::value::{Outlet, Shape, SymbolicDimensions, Tensor, TensorElementType, TensorRef, ValueType};
use std::sync::OnceLock;

/// The version of the crate ort that is compiled in.
const VERSION: &str = "2.0.0-rc.15";

/// The environment variable that names the library.
pub const LIBRARY: &str = "ORT_DYLIB_PATH";

/// The newest opset of ONNX that every ONNX Runtime which this crate accepts can run.
const OPSET: u32 = 22;

/// The backend `ort`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ort;

impl Backend for Ort {
    fn name(&self) -> &str {
        "ort"
    }

    fn version(&self) -> String {
        match environment() {
            Ok(_) => format!("{VERSION} ({})", ort::info()),
            Err(_) => format!("{VERSION} (no ONNX Runtime)"),
        }
    }

    fn kind(&self) -> Kind {
        Kind::Engine
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        match environment() {
            Ok(environment) => Ok(Box::new(OrtSession { environment })),
            Err(reason) => Err(BackendError::Start { name: "ort".to_owned(), reason: reason.to_owned() }),
        }
    }
}

/// Loads the library, once in the life of the process.
fn environment() -> Result<&'static Environment, &'static str> {
    static ENVIRONMENT: OnceLock<Result<Environment, String>> = OnceLock::new();
    let loaded = ENVIRONMENT.get_or_init(|| {
        let path = std::env::var_os(LIBRARY).filter(|path| !path.is_empty()).ok_or_else(|| {
            format!("{LIBRARY} is not set; set it to the path of libonnxruntime.so, for instance that in the onnxruntime wheel")
        })?;
        let builder = ort::init_from(path).map_err(|error| format!("{LIBRARY}: {error}"))?;
        builder.with_telemetry(false).build().map_err(|error| error.to_string())
    });
    loaded.as_ref().map_err(String::as_str)
}

struct OrtSession {
    environment: &'static Environment,
}

impl Session for OrtSession {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        self.convolve(case, output).map_err(|error| Failure::Error(error.to_string()))?
    }
}

impl OrtSession {
    fn convolve(&self, case: Case<'_>, output: &mut [f32]) -> ort::Result<Result<(), Failure>> {
        let shapes = Shapes::of(case.problem);
        let options = SessionBuilder::new(self.environment)?.with_intra_threads(1)?;
        let mut session = model(case, &shapes)?.into_session(&options)?;
        let outputs = session.run(ort::inputs![TensorRef::from_array_view((shapes.input, case.input))?])?;
        let (shape, values) = outputs[0].try_extract_tensor::<f32>()?;
        let shape: Vec<usize> = shape.iter().map(|&extent| extent as usize).collect();
        Ok(shapes.receive(&shape, values, output))
    }
}

/// A model of one `Conv` node from `x` to `y`.
fn model(case: Case<'_>, shapes: &Shapes) -> ort::Result<Model> {
    let p = case.problem;
    let mut graph = Graph::new()?;
    graph.set_inputs([outlet("x", &shapes.input)])?;
    graph.set_outputs([outlet("y", &shapes.output)])?;
    graph.add_initializer("w", constant(&shapes.weights, case.weights)?, false)?;
    let mut inputs = vec!["x", "w"];
    if p.bias {
        graph.add_initializer("b", constant(&[case.bias.len()], case.bias)?, false)?;
        inputs.push("b");
    }
    let pads = [p.padding.top, p.padding.left, p.padding.bottom, p.padding.right];
    let attributes = [
        integers("kernel_shape", &[p.kernel.h, p.kernel.w])?,
        integers("strides", &[p.stride.h, p.stride.w])?,
        integers("dilations", &[p.dilation.h, p.dilation.w])?,
        integers("pads", &pads)?,
        Attribute::new("group", i64::from(p.groups))?,
    ];
    graph.add_node(Node::new("Conv", ONNX_DOMAIN, "conv", inputs, ["y"], attributes)?)?;
    let mut model = Model::new([Opset::new(ONNX_DOMAIN, OPSET)?])?;
    model.set_graph(graph)?;
    Ok(model)
}

fn outlet(name: &str, shape: &[usize]) -> Outlet {
    let shape = Shape::new(shape.iter().map(|&extent| extent as i64));
    let dimension_symbols = SymbolicDimensions::empty(shape.len());
    Outlet::new(name, ValueType::Tensor { ty: TensorElementType::Float32, shape, dimension_symbols })
}

fn constant(shape: &[usize], values: &[f32]) -> ort::Result<Tensor<f32>> {
    let shape = Shape::new(shape.iter().map(|&extent| extent as i64));
    let mut tensor = Tensor::<f32>::new(&Allocator::default(), shape)?;
    tensor.extract_tensor_mut().1.copy_from_slice(values);
    Ok(tensor)
}

fn integers(name: &str, values: &[u32]) -> ort::Result<Attribute> {
    Attribute::new(name, values.iter().copied().map(i64::from).collect::<Vec<_>>())
}
