//! Faults, each by its own predictions.

mod ids;
mod results;
mod told_apart;

use super::prediction::{added, right_sum, sum};
use super::{Element, Fault, FaultId, Prediction};
use crate::operands::{Case, Fill, Operands};
use crate::problem::Problem;

fn problem(descriptor: &str) -> Problem {
    descriptor.parse().unwrap()
}

/// Operands of integers.
fn filled(problem: &Problem) -> Operands {
    let mut operands = Operands::default();
    operands.fill(problem, Fill::Integers, 0);
    operands
}

/// What should come out.
fn right(case: Case<'_>) -> Vec<f32> {
    let value = |index: usize| {
        let element = Element::at(case.problem, index);
        let bias = case.bias.get(element.channel).copied().unwrap_or(0.0);
        right_sum(case, element) as f32 + bias
    };
    (0..case.problem.output_len() as usize).map(value).collect()
}

/// What comes out under a fault that sums something; none under others.
fn predicted(case: Case<'_>, fault: Fault) -> Option<Vec<f32>> {
    let right = right(case);
    let value = |index: usize| match fault.predict(case.problem, Element::at(case.problem, index)) {
        Prediction::Sum { term, biases: [bias, _] } => Some((sum(case, term) + added(case, bias)) as f32),
        Prediction::Beyond => Some(0.0),
        Prediction::OnTopOf(before) => Some(right[index] + before.map_or(0.0, |before| right[before])),
        Prediction::OneOf(_) | Prediction::Made(_) | Prediction::Memory => None,
    };
    (0..right.len()).map(value).collect()
}

/// Where two outputs differ.
fn wrong(right: &[f32], actual: &[f32]) -> Vec<usize> {
    (0..right.len()).filter(|&index| right[index] != actual[index]).collect()
}

/// The first fault of an id.
fn fault(id: &str, problem: &Problem) -> Fault {
    id.parse::<FaultId>().unwrap().faults(problem)[0]
}
