//! Operands: the input, weights and bias of a problem.

mod certificate;
mod fill;
#[cfg(test)]
mod tests;

pub use certificate::{EXACT_IN_F16, EXACT_IN_F32, Exactness, Insensitive, sensitivity};
pub use fill::{DEFAULT_SEED, Fill, fill};

use crate::problem::Problem;

/// The operands of one problem, as slices into buffers that somebody else owns.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What is computed.
    pub problem: &'a Problem,
    /// `N×C×H×W`, row-major.
    pub input: &'a [f32],
    /// `O×(C/G)×KH×KW`, row-major.
    pub weights: &'a [f32],
    /// `O` values, or none.
    pub bias: &'a [f32],
}

/// Buffers for the operands of one problem, to be filled again and again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Operands {
    /// `N×C×H×W`, row-major.
    pub input: Vec<f32>,
    /// `O×(C/G)×KH×KW`, row-major.
    pub weights: Vec<f32>,
    /// `O` values, or none.
    pub bias: Vec<f32>,
}

impl Operands {
    /// Gives the buffers the lengths that `problem` needs. Keeps their memory; values are whatever they were.
    pub fn resize(&mut self, problem: &Problem) {
        self.input.resize(problem.input_len() as usize, 0.0);
        self.weights.resize(problem.weights_len() as usize, 0.0);
        self.bias.resize(problem.bias_len() as usize, 0.0);
    }

    /// Resizes and fills for `problem`.
    pub fn fill(&mut self, problem: &Problem, how: Fill, seed: u64) {
        self.resize(problem);
        fill(problem, how, seed, &mut self.input, &mut self.weights, &mut self.bias);
    }

    /// The operands as a case of `problem`, for which they must have been filled.
    pub fn case<'a>(&'a self, problem: &'a Problem) -> Case<'a> {
        Case { problem, input: &self.input, weights: &self.weights, bias: &self.bias }
    }
}
