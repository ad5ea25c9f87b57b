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
