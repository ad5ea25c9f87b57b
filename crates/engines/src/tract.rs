//! `tract`: a model of one convolution with constant weights, optimised and run by tract.

use super::shapes::Shapes;
use super::{Backend, BackendError, Failure, Kind, Session};
use crate::operands::Case;
use tract_core::internal::*;
use tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec, PoolSpec};
use tract_core::ops::nn::DataFormat;

/// The version of tract that is compiled in.
const VERSION: &str = "0.23.9";

/// The backend `tract`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tract;

impl Backend for Tract {
    fn name(&self) -> &str {
        "tract"
    }

    fn version(&self) -> String {
        VERSION.to_owned()
    }

    fn kind(&self) -> Kind {
        Kind::Engine
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(TractSession))
    }
}

/// Keeps nothing: weights are part of a model, so every run is a model of its own.
struct TractSession;

impl Session for TractSession {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let shapes = Shapes::of(case.problem);
        let result = convolve(case, &shapes).map_err(|error| Failure::Error(format!("{error:#}")))?;
        let values = result.try_as_plain_ram().and_then(|plain| plain.as_slice::<f32>());
        shapes.receive(result.shape(), values.unwrap_or_default(), output)
    }
}

fn convolve(case: Case<'_>, shapes: &Shapes) -> TractResult<TValue> {
    let p = case.problem;
    let pair = |h: u32, w: u32| tvec!(h as usize, w as usize);
    let conv = Conv {
        pool_spec: PoolSpec {
            data_format: DataFormat::NCHW,
            kernel_shape: pair(p.kernel.h, p.kernel.w),
            padding: PaddingSpec::Explicit(
                pair(p.padding.top, p.padding.left),
                pair(p.padding.bottom, p.padding.right),
            ),
            dilations: Some(pair(p.dilation.h, p.dilation.w)),
            strides: Some(pair(p.stride.h, p.stride.w)),
            input_channels: p.in_channels as usize,
            output_channels: p.out_channels as usize,
        },
        kernel_fmt: KernelFormat::OIHW,
        group: p.groups as usize,
        q_params: None,
    };
    let bias = if p.bias { Tensor::from_shape(&[case.bias.len()], case.bias)? } else { tensor0(0f32) };

    let mut model = TypedModel::default();
    let input = model.add_source("input", f32::fact(shapes.input))?;
    let weights = model.add_const("weights", Tensor::from_shape(&shapes.weights, case.weights)?)?;
    let bias = model.add_const("bias", bias)?;
    let outlets = model.wire_node("conv", conv, &[input, weights, bias])?;
    model.select_output_outlets(&outlets)?;
    let plan = model.into_optimized()?.into_runnable()?;
    let mut results = plan.run(tvec!(Tensor::from_shape(&shapes.input, case.input)?.into_tvalue()))?;
    results.pop().context("the model has no output")
}
