//! How far a right answer may be from the exact one.
//!
//! One output element is a sum of `n` terms, `taps` products and the bias. Write `M = Σ|x·w| + |b|` over the terms
//! that read real input, and `u` for the unit roundoff of the arithmetic (2^-24 for f32, 2^-11 for f16, 2^-8 for bf16).
//!
//! * **Exact.** If all operands are integers and `M` is at most `2^p` (`p` the significant bits: 24, 11, 8), every
//!   partial sum of every order is an integer of at most that magnitude, so nothing rounds: the bound is 0.
//! * **Sums.** Otherwise, for any order of summation, fused or not, `|computed - exact| <= n·u·M`, with no condition on
//!   `n` (Jeannerod and Rump, "Improved error bounds for inner products in floating-point arithmetic", SIAM J. Matrix
//!   Anal. Appl. 34, 2013). Where the operands are rounded on the way in, each product carries two factors `1 + u`
//!   more.
//! * **The reference** is no more exact than its own arithmetic: its bound is added. For `exact`, which sums in f64 and rounds
//!   to f32 once, that is `u·M` and the f64 sum's own `n·2^-53·M`.
//! * **Underflow.** A product or an operand below the smallest normal number `λ` may be flushed to zero: `λ` a term,
//!   times the weight where it is the operand. Integer operands never get there.
//! * **Overflow.** `M` also bounds every partial sum in magnitude. Where it reaches the largest finite number, some order
//!   of summation overflows, and then any result is possible: the bound is infinite. Where an operand itself is infinite
//!   or NaN and the rest can't overflow, IEEE 754 leaves one result, and the bound is 0.
//! * **Winograd.** An output of F(4×4, 3×3) (points 0, ±1, ±2, ∞) sums transformed values of a whole tile, so its error is
//!   not in proportion to its own `M`. With `|A|`, `β` the row sums of `|Bᵀ|` and `γ` the row maxima of `|G|`, each output of a
//!   1-D transform is at most `κ = Σ|A|βγ = 88/3` times `max|x|·Σ|w|` on the way, and `κ²` in two dimensions; every value
//!   goes through `C/G` additions and at most 40 roundings of the transforms (Higham, "Accuracy and Stability of Numerical
//!   Algorithms", 2002, section 3.1 for the count): `(C/G + 40)·u·κ²·max|x|·Σ|w| + u·M`. Larger tiles round more; an
//!   engine that uses them may be said to differ where it rounds.

use crate::backend::{Arithmetic, exact};
use crate::operands::Case;

/// A number format: significant bits, smallest normal and largest finite number.
struct Format {
    bits: u32,
    smallest_normal: f64,
    largest: f64,
}

const F32: Format = Format { bits: 24, smallest_normal: f32::MIN_POSITIVE as f64, largest: f32::MAX as f64 };
const F16: Format = Format { bits: 11, smallest_normal: 6.103_515_625e-5, largest: 65504.0 };
const BF16: Format = Format { bits: 8, smallest_normal: f32::MIN_POSITIVE as f64, largest: f32::MAX as f64 };

impl Format {
    fn of(arithmetic: Arithmetic) -> Self {
        match arithmetic {
            Arithmetic::Exact | Arithmetic::F32 | Arithmetic::F32Transformed => F32,
            Arithmetic::F16 => F16,
            Arithmetic::Bf16 => BF16,
        }
    }

    fn unit_roundoff(&self) -> f64 {
        0.5f64.powi(self.bits as i32)
    }
}

/// The bounds of one case under the two arithmetics that meet in it. Made only when something differs, so it may look at all operands.
pub struct Bounds<'a> {
    case: Case<'a>,
    arithmetics: [Arithmetic; 2],
    integers: bool,
    largest_input: f64,
    largest_weight: f64,
}

impl<'a> Bounds<'a> {
    /// Looks the operands over.
    pub fn of(case: Case<'a>, backend: Arithmetic, reference: Arithmetic) -> Self {
        let all = || case.input.iter().chain(case.weights).chain(case.bias);
        let largest = |values: &[f32]| values.iter().fold(0.0, |largest: f64, v| largest.max(f64::from(v.abs())));
        Self {
            case,
            arithmetics: [backend, reference],
            integers: all().all(|v| v.fract() == 0.0),
            largest_input: largest(case.input),
            largest_weight: largest(case.weights),
        }
    }

    /// How far apart output element `index` (row-major) of two right answers may be.
    pub fn element(&self, index: usize) -> f64 {
        let magnitude = exact::magnitude(self.case, index);
        self.arithmetics.iter().map(|&arithmetic| self.under(arithmetic, index, magnitude)).sum()
    }

    /// How far output element `index`, of magnitude `Σ|x·w| + |b|`, may be from the exact one.
    fn under(&self, arithmetic: Arithmetic, index: usize, magnitude: f64) -> f64 {
        let format = Format::of(arithmetic);
        let u = format.unit_roundoff();
        let transformed = arithmetic == Arithmetic::F32Transformed;
        if self.integers && !transformed && magnitude <= (1u64 << format.bits) as f64 {
            return 0.0;
        }
        if !magnitude.is_finite() {
            return self.non_finite(index, transformed, &format);
        }
        let terms = self.case.problem.taps() as f64 + 1.0;
        let bound = match arithmetic {
            Arithmetic::Exact => (u + terms * 0.5f64.powi(53)) * magnitude,
            Arithmetic::F32 => terms * u * magnitude,
            Arithmetic::F16 => ((1.0 + u).powi(4) * terms * u + ((1.0 + u).powi(4) - 1.0)) * magnitude,
            Arithmetic::Bf16 => {
                let sums = terms * F32.unit_roundoff();
                ((1.0 + u).powi(3) * (1.0 + sums) - 1.0) * magnitude
            }
            Arithmetic::F32Transformed => u * magnitude + self.winograd(index, u),
        };
        let overflows = if transformed { magnitude + self.winograd(index, 1.0) } else { magnitude + bound };
        if overflows >= format.largest {
            return f64::INFINITY;
        }
        let underflow = if self.integers { 0.0 } else { terms * format.smallest_normal * (1.0 + self.largest_weight) };
        bound + underflow
    }

    /// An operand in reach is infinite or NaN: exact, unless the finite terms can overflow or a transform mixes it
    /// into its neighbours.
    fn non_finite(&self, index: usize, transformed: bool, format: &Format) -> f64 {
        let finite = exact::finite_magnitude(self.case, index);
        if transformed || finite >= format.largest { f64::INFINITY } else { 0.0 }
    }

    fn winograd(&self, index: usize, u: f64) -> f64 {
        const KAPPA: f64 = 88.0 / 3.0;
        let p = self.case.problem;
        let output = p.output();
        let channel = index / (output.h as usize * output.w as usize) % p.out_channels as usize;
        let taps = p.taps() as usize;
        let weights: f64 = self.case.weights[channel * taps..][..taps].iter().map(|w| f64::from(w.abs())).sum();
        (f64::from(p.in_channels_per_group()) + 40.0) * u * KAPPA * KAPPA * self.largest_input * weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operands::{Fill, Operands};
    use crate::problem::{Hw, Parameters, Problem};
    use half::{bf16, f16};
    use proptest::prelude::*;

    /// A problem with one output element, `taps` taps and a bias.
    fn dot(channels: u32, kernel: u32) -> Problem {
        let size = Hw::square(kernel);
        Problem::new(Parameters {
            in_channels: channels,
            input: size,
            kernel: size,
            bias: true,
            ..Parameters::default()
        })
        .unwrap()
    }

    fn filled(problem: &Problem, fill: Fill, seed: u64) -> Operands {
        let mut operands = Operands::default();
        operands.fill(problem, fill, seed);
        operands
    }

    /// The terms of the one output element, in an order drawn from `order`, the bias among them.
    fn terms(operands: &Operands, order: u64) -> Vec<(f32, f32)> {
        let mut terms: Vec<_> = operands.input.iter().copied().zip(operands.weights.iter().copied()).collect();
        terms.push((operands.bias[0], 1.0));
        let mut state = order;
        for end in (1..terms.len()).rev() {
            terms.swap(end, (rapidrand::rapidrng(&mut state) % (end as u64 + 1)) as usize);
        }
        terms
    }

    /// Sums by halves, or one by one, fused or not.
    fn sum(terms: &[(f32, f32)], halves: bool, fused: bool) -> f32 {
        match terms {
            [] => 0.0,
            [(x, w)] => x * w,
            _ if halves => {
                let (left, right) = terms.split_at(terms.len() / 2);
                sum(left, halves, fused) + sum(right, halves, fused)
            }
            _ => terms.iter().fold(0.0f32, |sum, &(x, w)| if fused { x.mul_add(w, sum) } else { sum + x * w }),
        }
    }

    proptest! {
        #[test]
        fn every_order_of_f32_sums_is_inside_its_bound(
            channels in 1u32..40, kernel in 1u32..6, seed: u64, order: u64, halves: bool, fused: bool, normal: bool,
        ) {
            let problem = dot(channels, kernel);
            let operands = filled(&problem, if normal { Fill::Normal } else { Fill::Uniform }, seed);
            let case = operands.case(&problem);
            let expected = exact::element(case, 0) as f32;
            let actual = sum(&terms(&operands, order), halves, fused);
            let bound = Bounds::of(case, Arithmetic::F32, Arithmetic::Exact).element(0);
            prop_assert!((f64::from(actual) - f64::from(expected)).abs() <= bound);
            // And the bound is one: far below what any one tap weighs on average.
            prop_assert!(bound < 1e-4 * exact::magnitude(case, 0) + 1e-30);
        }

        #[test]
        fn every_order_of_integers_is_exact(channels in 1u32..40, kernel in 1u32..6, seed: u64, order: u64, halves: bool) {
            let problem = dot(channels, kernel);
            let operands = filled(&problem, Fill::Integers, seed);
            let case = operands.case(&problem);
            prop_assert_eq!(Bounds::of(case, Arithmetic::F32, Arithmetic::Exact).element(0), 0.0);
            prop_assert_eq!(sum(&terms(&operands, order), halves, false), exact::element(case, 0) as f32);
        }

        #[test]
        fn half_precision_is_inside_its_bound(channels in 1u32..40, kernel in 1u32..6, seed: u64, order: u64, normal: bool) {
            let problem = dot(channels, kernel);
            let operands = filled(&problem, if normal { Fill::Normal } else { Fill::Integers }, seed);
            let case = operands.case(&problem);
            let half = terms(&operands, order).iter().fold(f16::ZERO, |sum, &(x, w)| {
                let product = f16::from_f32(f16::from_f32(x).to_f32() * f16::from_f32(w).to_f32());
                f16::from_f32(sum.to_f32() + product.to_f32())
            });
            let error = (half.to_f64() - exact::element(case, 0)).abs();
            prop_assert!(error <= Bounds::of(case, Arithmetic::F16, Arithmetic::Exact).element(0));
        }

        #[test]
        fn bf16_operands_are_inside_their_bound(channels in 1u32..40, kernel in 1u32..6, seed: u64, order: u64) {
            let problem = dot(channels, kernel);
            let operands = filled(&problem, Fill::Normal, seed);
            let case = operands.case(&problem);
            let rounded: Vec<_> = terms(&operands, order)
                .iter()
                .map(|&(x, w)| (bf16::from_f32(x).to_f32(), bf16::from_f32(w).to_f32()))
                .collect();
            let actual = bf16::from_f32(sum(&rounded, false, false)).to_f64();
            let error = (actual - exact::element(case, 0)).abs();
            prop_assert!(error <= Bounds::of(case, Arithmetic::Bf16, Arithmetic::Exact).element(0));
        }
    }

    #[test]
    fn integers_that_fit_f16_are_exact_there() {
        let problem = dot(4, 3);
        let operands = filled(&problem, Fill::IntegersF16, 1);
        assert_eq!(Bounds::of(operands.case(&problem), Arithmetic::F16, Arithmetic::Exact).element(0), 0.0);
        let large = filled(&problem, Fill::Integers, 1);
        assert!(Bounds::of(large.case(&problem), Arithmetic::F16, Arithmetic::Exact).element(0) > 0.0);
    }

    #[test]
    fn overflow_excuses_anything_and_infinity_nothing() {
        let problem = dot(2, 1);
        let bound = |input: [f32; 2]| {
            let operands = Operands { input: input.to_vec(), weights: vec![2.0, 2.0], bias: vec![0.0] };
            Bounds::of(operands.case(&problem), Arithmetic::F32, Arithmetic::Exact).element(0)
        };
        assert_eq!(bound([f32::MAX, -f32::MAX]), f64::INFINITY);
        assert_eq!(bound([f32::INFINITY, 1.0]), 0.0);
        assert_eq!(bound([f32::NAN, 1.0]), 0.0);
        assert_eq!(bound([f32::INFINITY, -f32::MAX]), f64::INFINITY);
        assert!(bound([f32::MIN_POSITIVE / 2.0, 0.5]) >= f64::from(f32::MIN_POSITIVE));
    }

    #[test]
    fn winograd_in_f32_is_inside_its_bound() {
        // F(4, 3) in one dimension over each axis in turn, as an engine would: Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A.
        const B: [[f32; 6]; 6] = [
            [4.0, 0.0, -5.0, 0.0, 1.0, 0.0],
            [0.0, -4.0, -4.0, 1.0, 1.0, 0.0],
            [0.0, 4.0, -4.0, -1.0, 1.0, 0.0],
            [0.0, -2.0, -1.0, 2.0, 1.0, 0.0],
            [0.0, 2.0, -1.0, -2.0, 1.0, 0.0],
            [0.0, 4.0, 0.0, -5.0, 0.0, 1.0],
        ];
        const G: [[f32; 3]; 6] = [
            [1.0 / 4.0, 0.0, 0.0],
            [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
            [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
            [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
            [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
            [0.0, 0.0, 1.0],
        ];
        const A: [[f32; 6]; 4] = [
            [1.0, 1.0, 1.0, 1.0, 1.0, 0.0],
            [0.0, 1.0, -1.0, 2.0, -2.0, 0.0],
            [0.0, 1.0, 1.0, 4.0, 4.0, 0.0],
            [0.0, 1.0, -1.0, 8.0, -8.0, 1.0],
        ];
        fn both<const M: usize, const K: usize>(matrix: &[[f32; K]; M], tile: &[f32]) -> Vec<f32> {
            let rows: Vec<f32> =
                (0..M * K).map(|at| (0..K).map(|k| matrix[at / K][k] * tile[k * K + at % K]).sum()).collect();
            (0..M * M).map(|at| (0..K).map(|k| rows[at / M * K + k] * matrix[at % M][k]).sum()).collect()
        }
        let problem = Problem::new(Parameters {
            in_channels: 8,
            input: Hw::square(6),
            kernel: Hw::square(3),
            ..Parameters::default()
        })
        .unwrap();
        for seed in 0..200 {
            let operands = filled(&problem, if seed % 2 == 0 { Fill::Normal } else { Fill::Integers }, seed);
            let case = operands.case(&problem);
            let mut sum = vec![0.0f32; 36];
            for channel in 0..8 {
                let d = both(&B, &operands.input[channel * 36..][..36]);
                let g = both(&G, &operands.weights[channel * 9..][..9]);
                sum.iter_mut().zip(d.iter().zip(&g)).for_each(|(sum, (d, g))| *sum += d * g);
            }
            let bounds = Bounds::of(case, Arithmetic::F32Transformed, Arithmetic::Exact);
            for (index, &actual) in both(&A, &sum).iter().enumerate() {
                let error = (f64::from(actual) - exact::element(case, index)).abs();
                assert!(error <= bounds.element(index), "seed {seed}, element {index}: {error}");
            }
        }
    }
}
