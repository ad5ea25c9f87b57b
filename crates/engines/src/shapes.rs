//! What every engine's adapter has to say about shapes.

use super::Failure;
use crate::problem::Problem;

/// The shapes of a problem's tensors, as engines want them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shapes {
    /// `N, C, H, W`.
    pub input: [usize; 4],
    /// `O, C/G, KH, KW`.
    pub weights: [usize; 4],
    /// `N, O, OH, OW`.
    pub output: [usize; 4],
}

impl Shapes {
    /// The shapes of `p`.
    pub fn of(p: &Problem) -> Self {
        let size = p.output();
        let [input, weights, output] = [
            [p.batch, p.in_channels, p.input.h, p.input.w],
            [p.out_channels, p.in_channels_per_group(), p.kernel.h, p.kernel.w],
            [p.batch, p.out_channels, size.h, size.w],
        ]
        .map(|shape| shape.map(|extent| extent as usize));
        Self { input, weights, output }
    }

    /// Takes over what an engine returned, if it has the right shape.
    pub fn receive(&self, shape: &[usize], values: &[f32], output: &mut [f32]) -> Result<(), Failure> {
        if shape != self.output || values.len() != output.len() {
            let values = values.len();
            return Err(Failure::Error(format!(
                "the output has shape {shape:?} and {values} values; it should have shape {:?}",
                self.output
            )));
        }
        output.copy_from_slice(values);
        Ok(())
    }
}
