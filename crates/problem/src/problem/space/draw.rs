//! Problems out of a fuzzer's bytes, and the repair of points that are none.

use super::{AXES, BATCH, CHANNELS, DILATION, Digits, Excluded, INPUT, KERNEL, PADDING, Space, presets};
use crate::problem::Problem;
use arbitrary::{Arbitrary, Error, Result, Unstructured};

/// How many points after an excluded one are tried, once there is nothing left to lower.
const NEXT_POINTS: u64 = 1 << 12;

impl Space {
    /// A problem of this space out of bytes: one byte for each axis of up to 256 values, two for longer ones.
    ///
    /// Where the bytes name an excluded point it is repaired, not refused, so that a fuzzer wastes no input: groups
    /// divide the channels by the making of the space, a kernel that doesn't fit becomes the nearest one before it on its
    /// axis that does, and a problem over a limit gets fewer images, channels, rows and columns. No bytes at all give the
    /// first problem of the space. Changing one byte changes one axis, as long as no repair is needed.
    ///
    /// # Errors
    /// [`Error::IncorrectFormat`] where even repair finds no problem, which happens only in a space that has next to none.
    ///
    /// ```
    /// # use convdiff_problem as convdiff;
    /// use arbitrary::Unstructured;
    /// use convdiff::problem::space::presets;
    ///
    /// let space = presets::find("coreml-2515").unwrap().space();
    /// let problem = space.draw(&mut Unstructured::new(b"any bytes will do"))?;
    /// assert!(space.index_of(&problem).is_some());
    /// # Ok::<(), arbitrary::Error>(())
    /// ```
    pub fn draw(&self, bytes: &mut Unstructured) -> Result<Problem> {
        let mut digits = [0; AXES];
        for (digit, radix) in digits.iter_mut().zip(self.radices) {
            *digit = bytes.int_in_range(0..=radix as u32 - 1)?;
        }
        let digits = self.repair(digits).ok_or(Error::IncorrectFormat)?;
        self.at(&digits).map_err(|_| Error::IncorrectFormat)
    }

    /// The digits of a problem near a point; the point's own if it is one.
    pub(super) fn repair(&self, mut digits: Digits) -> Option<Digits> {
        loop {
            let lowered = match self.at(&digits) {
                Ok(_) => return Some(digits),
                // Step by step, so that what comes out is the largest kernel that fits: an edge case worth having.
                Err(Excluded::Kernel) => lower(&mut digits, &[KERNEL, DILATION], |digit| digit - 1),
                Err(Excluded::Work | Excluded::Memory) => {
                    lower(&mut digits, &[BATCH, CHANNELS, INPUT, PADDING, KERNEL], |digit| digit / 2)
                }
            };
            if !lowered {
                break;
            }
        }
        // Lists that don't ascend can end here. Walking on in index order changes the pads first and the input later.
        let start = self.index(&digits);
        let next = (start..self.len).chain(0..start).take(NEXT_POINTS as usize);
        next.map(|index| self.digits(index)).find(|digits| self.at(digits).is_ok())
    }
}

/// Lowers the first of these digits that isn't zero yet. `false` if all are.
fn lower(digits: &mut Digits, axes: &[usize], how: impl Fn(u32) -> u32) -> bool {
    match axes.iter().find(|axis| digits[**axis] > 0) {
        Some(axis) => {
            digits[*axis] = how(digits[*axis]);
            true
        }
        None => false,
    }
}

/// A problem of the preset `broad`, by [`Space::draw`].
///
/// ```
/// # use convdiff_problem as convdiff;
/// use arbitrary::{Arbitrary, Unstructured};
/// use convdiff::problem::Problem;
///
/// let problem = Problem::arbitrary(&mut Unstructured::new(&[1, 40, 0, 90, 7]))?;
/// assert_eq!(problem.batch, 2);
/// # Ok::<(), arbitrary::Error>(())
/// ```
impl<'a> Arbitrary<'a> for Problem {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        presets::default_space().draw(bytes)
    }

    fn size_hint(_depth: usize) -> (usize, Option<usize>) {
        let bytes =
            presets::default_space().radices.map(|radix| (radix - 1).checked_ilog2().map_or(0, |bits| bits / 8 + 1));
        (0, Some(bytes.into_iter().sum::<u32>() as usize))
    }
}
