//! `rten`: the convolution of the rten engine, called as a function.

use super::shapes::Shapes;
use super::{Backend, BackendError, Failure, Kind, Session};
use crate::operands::Case;
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

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(RtenSession { pool: BufferPool::new() }))
    }
}

struct RtenSession {
    /// Buffers of outputs, for the next ones.
    pool: BufferPool,
}

impl Session for RtenSession {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let p = case.problem;
        let shapes = Shapes::of(p);
        let padding = [p.padding.top, p.padding.left, p.padding.bottom, p.padding.right].map(|pad| pad as usize);
        let result = ops::conv::<f32, f32, f32>(
            &self.pool,
            TensorView::from_data(&shapes.input, case.input),
            TensorView::from_data(&shapes.weights, case.weights),
            p.bias.then(|| NdTensorView::from_data([case.bias.len()], case.bias)),
            padding.into(),
            p.groups as usize,
            &[p.stride.h as usize, p.stride.w as usize],
            &[p.dilation.h as usize, p.dilation.w as usize],
        )
        .map_err(|error| Failure::Error(error.to_string()))?;
        shapes.receive(result.shape(), result.data().unwrap_or_default(), output)?;
        self.pool.add(result.into_non_contiguous_data());
        Ok(())
    }
}
