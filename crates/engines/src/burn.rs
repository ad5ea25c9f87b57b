//! `burn`: the convolution of burn's CPU backend burn-flex.

use super::shapes::Shapes;
use super::{Backend, BackendError, Failure, Kind, Session};
use crate::operands::Case;
use burn_backend::TensorData;
use burn_backend::ops::{ConvOptions, ModuleOps};
use burn_flex::{Flex, FlexTensor};

/// The version of burn-flex that is compiled in.
const VERSION: &str = "0.22.1";

/// The backend `burn`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Burn;

impl Backend for Burn {
    fn name(&self) -> &str {
        "burn"
    }

    fn version(&self) -> String {
        format!("{VERSION} (burn-flex)")
    }

    fn kind(&self) -> Kind {
        Kind::Engine
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(BurnSession))
    }
}

/// Keeps nothing: tensors own their memory.
struct BurnSession;

impl Session for BurnSession {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let p = case.problem;
        let shapes = Shapes::of(p);
        let size = |value: u32| value as usize;
        let options = ConvOptions::new_with_padding(
            [p.stride.h, p.stride.w].map(size),
            [(p.padding.top, p.padding.bottom), (p.padding.left, p.padding.right)]
                .map(|(begin, end)| (size(begin), size(end))),
            [p.dilation.h, p.dilation.w].map(size),
            size(p.groups),
        );
        let bias = p.bias.then(|| tensor(case.bias, [case.bias.len()]));
        let result =
            Flex::conv2d(tensor(case.input, shapes.input), tensor(case.weights, shapes.weights), bias, options);
        let result = result.into_data();
        let values = result.as_slice::<f32>().map_err(|error| Failure::Error(format!("{error:?}")))?;
        shapes.receive(result.shape(), values, output)
    }
}

fn tensor<const N: usize>(values: &[f32], shape: [usize; N]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values.to_vec(), shape))
}
