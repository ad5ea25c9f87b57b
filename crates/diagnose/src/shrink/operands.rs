//! The smallest operands that still fail: for whoever has to compute them by hand.

use super::same::Same;
use crate::judge::{Observation, Verdict};
use crate::operands::Operands;
use crate::problem::Problem;

/// What an operand may become, the simplest first. Small integers, so sums stay as exact as they were.
const VALUES: [f32; 3] = [0.0, 1.0, 2.0];

/// Operands on which the same elements of `problem` are wrong as on its filled ones: fewest non-zero values, then the
/// smallest. No single value can be made simpler, if the runs suffice; other operands with fewer non-zeros may exist.
pub fn smallest(same: &mut Same<'_, '_>, problem: &Problem) -> (Operands, Observation) {
    let operands = same.operands(problem);
    let observation = same.examine_until_wrong(operands.case(problem));
    if !observation.verdict.is_failure() {
        return (operands, observation);
    }
    let wrong = same.wrong().to_vec();
    let mut search = Search { same, problem, verdict: observation.verdict, wrong, best: operands };
    search.zeros();
    while search.values() {}
    let Search { same, best, .. } = search;
    let observation = same.examine_until_wrong(best.case(problem));
    (best, observation)
}

struct Search<'s, 'e, 'b> {
    same: &'s mut Same<'e, 'b>,
    problem: &'s Problem,
    verdict: Verdict,
    wrong: Vec<usize>,
    best: Operands,
}

impl Search<'_, '_, '_> {
    /// Zeros in runs: all of the operands, halves, quarters and so on down to pairs.
    fn zeros(&mut self) {
        let len = self.len();
        let mut run = len;
        while run > 1 {
            for start in (0..len).step_by(run) {
                let places: Vec<usize> = (start..len.min(start + run)).collect();
                self.set(&places, 0.0);
            }
            run = run.div_ceil(2);
        }
    }

    /// One pass over all values, each made as simple as it can be. Whether any became simpler.
    fn values(&mut self) -> bool {
        let mut simpler = false;
        for value in VALUES {
            for place in 0..self.len() {
                simpler |= self.set(&[place], value);
            }
        }
        simpler
    }

    /// Sets those of `places` that aren't as simple yet, and keeps that if the same elements are wrong.
    fn set(&mut self, places: &[usize], value: f32) -> bool {
        let mut candidate = self.best.clone();
        let mut changed = false;
        for &place in places {
            let slot = at(&mut candidate, place);
            if simplicity(value) < simplicity(*slot) {
                *slot = value;
                changed = true;
            }
        }
        if !changed || self.same.is_spent() {
            return false;
        }
        let verdict = self.same.examine_case(candidate.case(self.problem)).verdict;
        let kept = verdict == self.verdict && self.same.wrong() == self.wrong;
        if kept {
            self.best = candidate;
        }
        kept
    }

    fn len(&self) -> usize {
        self.best.input.len() + self.best.weights.len() + self.best.bias.len()
    }
}

/// Operands as one row: input, weights, bias.
fn at(operands: &mut Operands, place: usize) -> &mut f32 {
    let (input, weights) = (operands.input.len(), operands.weights.len());
    if place < input {
        &mut operands.input[place]
    } else if place < input + weights {
        &mut operands.weights[place - input]
    } else {
        &mut operands.bias[place - input - weights]
    }
}

/// Position in the order in which values are simple: those of [`VALUES`] as listed, then all others alike.
fn simplicity(value: f32) -> usize {
    VALUES.iter().position(|simple| simple.to_bits() == value.to_bits()).unwrap_or(VALUES.len())
}
