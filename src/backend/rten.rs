//! `rten`: the convolution of the rten engine, called as a function.

use super::{Backend, BackendError, Failure, Kind, Session, Unsupported};
use crate::operands::Case;
use crate::problem::Problem;
use rten::{BufferPool, ops};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensorView, TensorView};

/// The version of rten that is compiled in.
const VERSION: &str = "0.27.0";

/// The backend `rten`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rten;

impl Backend for Rten {
    fn name(&self) -> &str {
        "rten"
    }

    fn version(&self) -> String {
        VERSION.to_owned()
    }

    fn kind(&self) -> Kind {
        Kind::Engine
    }

    fn supports(&self, _: &Problem) -> Result<(), Unsupported> {
        Ok(())
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(RtenSession { pool: BufferPool::new() }))
    }
}

struct RtenSession {
    pool: BufferPool,
}

impl Session for RtenSession {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let p = case.problem;
        let size = |value: u32| value as usize;
        let input = [p.batch, p.in_channels, p.input.h, p.input.w].map(size);
        let weights = [p.out_channels, p.in_channels_per_group(), p.kernel.h, p.kernel.w].map(size);
        let padding = [p.padding.top, p.padding.left, p.padding.bottom, p.padding.right].map(size);
        let result = ops::conv::<f32, f32, f32>(
            &self.pool,
            TensorView::from_data(&input, case.input),
            TensorView::from_data(&weights, case.weights),
            p.bias.then(|| NdTensorView::from_data([case.bias.len()], case.bias)),
            padding.into(),
            size(p.groups),
            &[p.stride.h, p.stride.w].map(size),
            &[p.dilation.h, p.dilation.w].map(size),
        )
        .map_err(|error| Failure::Error(error.to_string()))?;
        let size = p.output();
        let expected = [p.batch, p.out_channels, size.h, size.w].map(|value| value as usize);
        if result.shape() != expected {
            return Err(Failure::Error(format!("output shape {:?}, expected {expected:?}", result.shape())));
        }
        let Some(values) = result.data() else {
            return Err(Failure::Error("output is not contiguous".to_owned()));
        };
        output.copy_from_slice(values);
        self.pool.add(result.into_non_contiguous_data());
        Ok(())
    }
}
