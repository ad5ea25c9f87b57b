//! Asking a backend what it sums.

use crate::backend::{Failure, Session, UNWRITTEN, run_caught};
use crate::faults::Element;
use crate::faults::element::Term;
use crate::judge::{Verdict, same_bits};
use crate::operands::Operands;
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::ops::Range;
use thiserror::Error;

/// What is told apart in one run.
#[derive(Clone, Copy)]
struct Digits {
    /// Weights, by powers of four.
    weights: usize,
    /// Biases, by powers of 256: what adds up over many elements counts high.
    biases: usize,
}

/// Up to 4^10, so that even three of each stay below 2^24, where f32 holds every integer.
const MANY: Digits = Digits { weights: 11, biases: 3 };

/// For engines that compute with fewer digits: up to 2^7, where bfloat16 holds every integer.
const FEW: Digits = Digits { weights: 3, biases: 1 };

/// What some output elements sum, as far as it is linear.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Probe {
    /// For each output element that was asked for, in their order: how often each term is summed.
    pub terms: Vec<BTreeMap<Term, i64>>,
    /// For each of them: how often each bias is added.
    pub biases: Vec<BTreeMap<usize, i64>>,
    /// Runs that it took.
    pub runs: u64,
}

/// Why what is summed can't be told.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// It would take too many runs.
    #[error("{needed} runs would be needed, more than {allowed}")]
    TooManyRuns {
        /// Runs that the problem needs.
        needed: u64,
        /// Runs that are allowed.
        allowed: u64,
    },
    /// There are no elements to ask about.
    #[error("{}", no_output(*verdict, said))]
    NoOutput {
        /// What it came to.
        verdict: Verdict,
        /// The backend's words.
        said: String,
    },
    /// The backend fails on impulses.
    #[error("the backend fails on impulses: {0}")]
    Failure(Failure),
    /// Elements that are never written.
    #[error("the element is never written: it keeps what was in memory")]
    Unwritten,
    /// Two runs on the same operands differ.
    #[error(
        "the element is not deterministic: two runs on the same operands differ, so it holds what was in memory or what another thread wrote"
    )]
    Unstable,
    /// Something comes out where nothing goes in.
    #[error("with all operands zero the element is {0}, not 0: {why}", why = constant(_0))]
    Constant(String),
    /// Zeros in the input give something: the pads are not zero.
    #[error("with an input of zeros the element is {0}, not 0: the pads are not read as zeros")]
    Pads(String),
    /// A sum of weights that no count of weights gives.
    #[error("an impulse gives {value}, which is no sum of the weights: the backend is not linear, rounds or overflows")]
    NotLinear {
        /// What came out.
        value: String,
    },
    /// The taps are right, and something is done to the results.
    #[error("{0}")]
    Results(String),
    /// The impulses don't add up to what came out of the operands.
    #[error(
        "the taps that impulses show give {predicted} on the operands of the repro, where the backend gives {actual}: the backend is not linear"
    )]
    DoesNotAddUp {
        /// What the taps give.
        predicted: String,
        /// What the backend gave.
        actual: String,
    },
}

fn constant(value: &str) -> &'static str {
    match value {
        "NaN" | "inf" | "-inf" => "it is spoilt whatever goes in, or never written",
        _ => "something else is added to it, or it holds what was in memory",
    }
}

impl ProbeError {
    /// Whether the problem or its values may be at fault, and not what the backend does.
    pub fn may_be_told_elsewhere(&self) -> bool {
        matches!(self, Self::NotLinear { .. } | Self::DoesNotAddUp { .. } | Self::TooManyRuns { .. })
    }
}

fn no_output(verdict: Verdict, said: &str) -> String {
    let what = match verdict {
        Verdict::Crashes => "it crashes",
        Verdict::Hangs => "it does not return",
        _ => "it returns an error",
    };
    format!("there is no output: {what} ({said})")
}

/// A backend at work on one problem, with impulses.
struct Prober<'a> {
    session: &'a mut dyn Session,
    problem: &'a Problem,
    elements: &'a [usize],
    operands: Operands,
    digits: Digits,
    output: Vec<f32>,
    runs: u64,
}

/// Runs that the taps of a problem take: all of them, and those of the elements of one output channel alone, if they use
/// that channel's own weights.
pub fn runs_needed(problem: &Problem) -> [u64; 2] {
    runs_needed_by(problem, MANY)
}

fn runs_needed_by(problem: &Problem, digits: Digits) -> [u64; 2] {
    let chunks = |values: u64| values.div_ceil(digits.weights as u64);
    [problem.weights_len(), problem.taps()].map(|weights| {
        let impulses = problem.input_len().saturating_mul(chunks(weights));
        impulses.saturating_add(4 + problem.bias_len().div_ceil(digits.biases as u64))
    })
}

/// Finds what `session` sums into `elements` (row-major, ascending) of the output of `problem`, in at most `allowed` runs. Where
/// these don't suffice for all weights, those of the first element's output channel are asked for, and its elements alone
/// should be given; [`Probe::verify`] tells whether others take part. What is not linear with large operands is asked again
/// with small ones, as half precision has them.
///
/// # Errors
/// [`ProbeError`]: what is not linear has no taps, and the error says why.
pub fn probe(
    session: &mut dyn Session,
    problem: &Problem,
    elements: &[usize],
    allowed: u64,
) -> Result<Probe, ProbeError> {
    let (mut runs, asked) = probe_by(MANY, session, problem, elements, allowed);
    let Err(ProbeError::NotLinear { .. }) = asked else { return asked.map(|found| Probe { runs, ..found }) };
    let (more, again) = probe_by(FEW, session, problem, elements, allowed.saturating_sub(runs));
    runs += more;
    again.or(asked).map(|found| Probe { runs, ..found })
}

/// The same with so many digits, and the runs that it took.
fn probe_by(
    digits: Digits,
    session: &mut dyn Session,
    problem: &Problem,
    elements: &[usize],
    allowed: u64,
) -> (u64, Result<Probe, ProbeError>) {
    let [all, least] = runs_needed_by(problem, digits);
    if least > allowed {
        return (0, Err(ProbeError::TooManyRuns { needed: least, allowed }));
    }
    let weights = if all > allowed { filter(problem, elements) } else { 0..problem.weights_len() as usize };
    let mut operands = Operands::default();
    operands.resize(problem);
    let mut prober = Prober { session, problem, elements, operands, digits, output: Vec::new(), runs: 0 };
    let found = prober.all(weights);
    (prober.runs, found)
}

/// The weights of the first element's output channel.
fn filter(problem: &Problem, elements: &[usize]) -> Range<usize> {
    let channel = elements.first().map_or(0, |&index| Element::at(problem, index).channel);
    let taps = problem.taps() as usize;
    channel * taps..(channel + 1) * taps
}

impl Probe {
    /// Holds the taps against a real run: `actual` is what the backend gave on `operands`.
    ///
    /// # Errors
    /// [`ProbeError::DoesNotAddUp`] at the first of `elements` where taps and run differ.
    pub fn verify(&self, operands: &Operands, elements: &[usize], actual: &[f32]) -> Result<(), ProbeError> {
        for (number, &element) in elements.iter().enumerate() {
            let terms = self.terms[number].iter().map(|(term, count)| {
                *count as f64 * f64::from(operands.input[term.input]) * f64::from(operands.weights[term.weight])
            });
            let biases =
                self.biases[number].iter().map(|(bias, count)| *count as f64 * f64::from(operands.bias[*bias]));
            let predicted = terms.chain(biases).sum::<f64>() as f32;
            if predicted != actual[element] {
                let (predicted, actual) = (predicted.to_string(), actual[element].to_string());
                return Err(ProbeError::DoesNotAddUp { predicted, actual });
            }
        }
        Ok(())
    }
}

impl Prober<'_> {
    fn run(&mut self) -> Result<(), ProbeError> {
        self.runs += 1;
        self.output.clear();
        self.output.resize(self.problem.output_len() as usize, UNWRITTEN);
        let case = self.operands.case(self.problem);
        run_caught(&mut *self.session, case, &mut self.output).map_err(ProbeError::Failure)
    }

    fn values(&self) -> impl Iterator<Item = f32> + '_ {
        self.elements.iter().map(|&element| self.output[element])
    }

    fn all(&mut self, weights: Range<usize>) -> Result<Probe, ProbeError> {
        self.zeros()?;
        self.pads()?;
        let mut found = Probe { terms: vec![BTreeMap::new(); self.elements.len()], ..Probe::default() };
        self.terms(&mut found, weights)?;
        found.biases = self.biases()?;
        Ok(found)
    }

    /// Nothing in, nothing out, and the same twice.
    fn zeros(&mut self) -> Result<(), ProbeError> {
        self.run()?;
        let first = self.output.clone();
        self.run()?;
        for (&element, value) in self.elements.iter().zip(self.values()) {
            if value.to_bits() == UNWRITTEN.to_bits() {
                return Err(ProbeError::Unwritten);
            }
            if !same_bits(&first[element..=element], &[value]) {
                return Err(ProbeError::Unstable);
            }
            if value != 0.0 {
                return Err(ProbeError::Constant(value.to_string()));
            }
        }
        Ok(())
    }

    /// Weights on zeros give zeros.
    fn pads(&mut self) -> Result<(), ProbeError> {
        self.operands.weights.fill(1.0);
        self.run()?;
        self.operands.weights.fill(0.0);
        match self.values().find(|value| *value != 0.0) {
            Some(value) => Err(ProbeError::Pads(value.to_string())),
            None => Ok(()),
        }
    }

    fn terms(&mut self, found: &mut Probe, weights: Range<usize>) -> Result<(), ProbeError> {
        for first in weights.clone().step_by(self.digits.weights) {
            let encoded = first..weights.end.min(first + self.digits.weights);
            for (weight, power) in encoded.clone().zip(0..) {
                self.operands.weights[weight] = 4f32.powi(power);
            }
            for input in 0..self.operands.input.len() {
                self.operands.input[input] = 1.0;
                self.run()?;
                self.operands.input[input] = 0.0;
                for (terms, value) in found.terms.iter_mut().zip(self.values()) {
                    let counts = digits::<4, { MANY.weights }>(value)?.into_iter().zip(encoded.clone());
                    let counts = counts.filter(|(count, _)| *count != 0);
                    terms.extend(counts.map(|(count, weight)| (Term { input, weight }, count)));
                }
            }
            self.operands.weights[encoded].fill(0.0);
        }
        Ok(())
    }

    fn biases(&mut self) -> Result<Vec<BTreeMap<usize, i64>>, ProbeError> {
        let mut found = vec![BTreeMap::new(); self.elements.len()];
        let biases = self.operands.bias.len();
        for first in (0..biases).step_by(self.digits.biases) {
            let encoded = first..biases.min(first + self.digits.biases);
            for (bias, power) in encoded.clone().zip(0..) {
                self.operands.bias[bias] = 256f32.powi(power);
            }
            self.run()?;
            self.operands.bias[encoded.clone()].fill(0.0);
            for (found, value) in found.iter_mut().zip(self.values()) {
                let counts = digits::<256, { MANY.biases }>(value)?.into_iter().zip(encoded.clone());
                found.extend(counts.filter(|(count, _)| *count != 0).map(|(count, bias)| (bias, count)));
            }
        }
        Ok(found)
    }
}

/// Reads a sum of powers of a base as the count of each: of four, digits from -1 to 2, which tells a weight that is taken twice, or
/// subtracted, from one that isn't taken.
fn digits<const BASE: i64, const COUNT: usize>(value: f32) -> Result<[i64; COUNT], ProbeError> {
    let not_linear = || ProbeError::NotLinear { value: value.to_string() };
    if value.fract() != 0.0 || value.abs() >= (1 << 24) as f32 {
        return Err(not_linear());
    }
    let least = BASE / 2 - 1;
    let mut rest = value as i64;
    let mut digits = [0; COUNT];
    for digit in &mut digits {
        *digit = (rest + least).rem_euclid(BASE) - least;
        rest = (rest - *digit) / BASE;
    }
    if rest == 0 { Ok(digits) } else { Err(not_linear()) }
}
