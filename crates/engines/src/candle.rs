//! `candle`: candle's `conv2d` on the CPU.

use super::shapes::Shapes;
use super::{Backend, BackendError, Failure, Kind, Session, Unsupported};
use crate::operands::Case;
use crate::problem::{Padding, Problem};
use candle_core::{Device, Result, Tensor};

/// The version of candle-core that is compiled in.
const VERSION: &str = "0.11.1";

/// The backend `candle`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Candle;

impl Backend for Candle {
    fn name(&self) -> &str {
        "candle"
    }

    fn version(&self) -> String {
        VERSION.to_owned()
    }

    fn kind(&self) -> Kind {
        Kind::Engine
    }

    fn supports(&self, problem: &Problem) -> std::result::Result<(), Unsupported> {
        let reason = if problem.stride.h != problem.stride.w {
            "conv2d takes one stride for both axes"
        } else if problem.dilation.h != problem.dilation.w {
            "conv2d takes one dilation for both axes"
        } else if problem.padding != Padding::uniform(problem.padding.top) {
            "conv2d takes one padding for all four sides"
        } else {
            return Ok(());
        };
        Err(Unsupported(reason.into()))
    }

    fn session(&self) -> std::result::Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(CandleSession))
    }
}

/// Keeps nothing: tensors own their memory.
struct CandleSession;

impl Session for CandleSession {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> std::result::Result<(), Failure> {
        let shapes = Shapes::of(case.problem);
        let (shape, values) = convolve(case, &shapes).map_err(|error| Failure::Error(error.to_string()))?;
        shapes.receive(&shape, &values, output)
    }
}

fn convolve(case: Case<'_>, shapes: &Shapes) -> Result<(Vec<usize>, Vec<f32>)> {
    let p = case.problem;
    let input = Tensor::from_slice(case.input, &shapes.input, &Device::Cpu)?;
    let weights = Tensor::from_slice(case.weights, &shapes.weights, &Device::Cpu)?;
    let [padding, stride, dilation, groups] =
        [p.padding.top, p.stride.h, p.dilation.h, p.groups].map(|value| value as usize);
    let mut output = input.conv2d(&weights, padding, stride, dilation, groups)?;
    if p.bias {
        // As candle-nn's Conv2d adds it.
        let bias = Tensor::from_slice(case.bias, (1, case.bias.len(), 1, 1), &Device::Cpu)?;
        output = output.broadcast_add(&bias)?;
    }
    Ok((output.dims().to_vec(), output.flatten_all()?.to_vec1()?))
}
