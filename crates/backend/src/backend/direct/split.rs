//! One axis of the scratch: the input cut up so that neighbouring windows read neighbouring elements.

use crate::problem::Along;
use std::ops::Range;

/// How one axis is cut into slots.
///
/// Tap `k` of window `i` reads padded position `i·s + k·d`. With `g = gcd(s, d)` the taps `k` and `k + s/g` read the
/// same residue class mod `s`, `d/g` windows apart. So there is a slot for each of the first `s/g` taps: element `r`
/// of slot `j` is padded position `j·d + r·s`, and tap `j + m·s/g` reads it from `m·d/g` on.
///
/// A wide dilation makes such slots long and mostly unread. Where a slot of its own for every tap is smaller, that is
/// what it gets, and so the scratch is never larger than an im2col matrix, whatever the pads.
#[derive(Debug, Default)]
pub struct Split {
    /// Elements of one slot.
    pub len: usize,
    /// The slots.
    pub slots: Vec<Slot>,
    /// For each tap, its slot and the element that window 0 reads there.
    pub taps: Vec<(usize, usize)>,
}

/// One slot: which of its elements are input; the others are pads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The elements that are input.
    pub real: Range<usize>,
    /// Input position of element `real.start`; the following ones are a stride apart.
    pub first: usize,
}

impl Split {
    /// Cuts up `along`, whose output is `output` long, keeping the memory of what was cut before.
    pub fn plan(&mut self, along: &Along, output: usize) {
        let kernel = along.kernel as usize;
        let (stride, dilation) = (along.stride as usize, along.dilation as usize);
        let common = gcd(stride, dilation);
        let mut period = (stride / common).min(kernel);
        let reach = (kernel - 1) / period * (dilation / common);
        self.len = output + reach;
        if kernel * output < period * self.len {
            period = kernel;
            self.len = output;
        }
        self.slots.clear();
        self.slots.extend((0..period).map(|slot| Slot::new(along, slot * dilation, self.len)));
        self.taps.clear();
        let mut shift = 0;
        while self.taps.len() < kernel {
            let left = kernel - self.taps.len();
            self.taps.extend((0..period.min(left)).map(|slot| (slot, shift)));
            shift += dilation / common;
        }
    }

    /// Whether some element is a pad.
    pub fn has_pads(&self) -> bool {
        self.slots.iter().any(|slot| slot.real.len() < self.len)
    }
}

impl Slot {
    /// The slot whose element 0 is padded position `start`.
    fn new(along: &Along, start: usize, len: usize) -> Self {
        let (stride, pad, input) = (along.stride as usize, along.pad_begin as usize, along.input as usize);
        // Both ends are clamped to the slot: a pad wider than the slot leaves it without any input.
        let from = pad.saturating_sub(start).div_ceil(stride).min(len);
        let to = (pad + input).saturating_sub(start).div_ceil(stride).min(len);
        if from >= to {
            return Self { real: 0..0, first: 0 };
        }
        Self { real: from..to, first: start + from * stride - pad }
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every tap of every window finds in its slot what [`Along::position`] says it reads.
    #[test]
    fn slots_hold_what_windows_read() {
        let mut split = Split::default();
        let mut checked = 0;
        for code in 0..6 * 5 * 6 * 7 * 6 * 4 {
            let [input, kernel, stride, dilation, pad_begin, pad_end] = digits(code, [6, 5, 6, 7, 6, 4]);
            let along = Along {
                input: input + 1,
                kernel: kernel + 1,
                stride: stride + 1,
                dilation: dilation + 1,
                pad_begin,
                pad_end,
            };
            if along.effective_kernel() > along.padded_input() {
                continue;
            }
            checked += 1;
            split.plan(&along, along.output() as usize);
            for tap in 0..u64::from(along.kernel) {
                let (slot, shift) = split.taps[tap as usize];
                for window in 0..along.output() {
                    let element = shift + window as usize;
                    assert!(element < split.len, "{along:?}");
                    let Slot { real, first } = &split.slots[slot];
                    let found = real.contains(&element).then(|| first + (element - real.start) * along.stride as usize);
                    assert_eq!(found, along.position(window, tap), "{along:?} window {window} tap {tap}");
                }
            }
        }
        assert!(checked > 10_000, "{checked}");
    }

    fn digits<const N: usize>(mut code: u32, radices: [u32; N]) -> [u32; N] {
        radices.map(|radix| {
            let digit = code % radix;
            code /= radix;
            digit
        })
    }

    #[test]
    fn is_never_larger_than_a_slot_a_tap() {
        let mut split = Split::default();
        for (stride, dilation) in [(1, 1_000_000), (999_999, 1_000_000), (1_000_000, 1), (1, 1)] {
            let along = Along { input: 3, kernel: 4, stride, dilation, pad_begin: 2_000_000, pad_end: 1_000_001 };
            let output = along.output() as usize;
            split.plan(&along, output);
            assert!(split.slots.len() * split.len <= 4 * output, "{along:?}");
        }
    }
}
