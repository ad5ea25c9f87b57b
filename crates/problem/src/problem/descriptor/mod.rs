//! The descriptor: a problem as one line of text, a superset of benchdnn's.
//!
//! ```
//! # use convdiff_problem as convdiff;
//! use convdiff::problem::Problem;
//!
//! // benchdnn's line for apple/coremltools#2515. Its right pad follows from `ow3`: no window reaches a right column.
//! let benchdnn: Problem = "mb1ic2ih5oc2oh3ow3iw5kh3kw2sh2sw2ph1pw1".parse()?;
//! assert_eq!(benchdnn.padding.right, 0);
//!
//! // The report declares a right column, read or not. That takes one key of our own.
//! let reported: Problem = "mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1".parse()?;
//! assert_eq!(reported.to_string(), "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1");
//! # Ok::<(), convdiff::problem::DescriptorError>(())
//! ```
//!
//! # Grammar
//! ```text
//! descriptor = item , { [ "_" ] , item } , [ "_" ] , [ "n" , name ] ;
//! item       = key , digit , { digit } ;
//! key        = "g" | "mb" | "ic" | "oc"
//!            | "id" | "ih" | "iw" | "od" | "oh" | "ow" | "kd" | "kh" | "kw" | "sd" | "sh" | "sw"
//!            | "pd" | "ph" | "pw" | "dd" | "dh" | "dw"
//!            | "pb" | "pr" | "b" ;                                            (* ours *)
//! name       = { any character } ;                      (* to the end; read and dropped *)
//! ```
//! The first three lines of keys are benchdnn's `conv-desc` (oneDNN, `tests/benchdnn/doc/driver_conv.md`), the
//! meaning of what is left out is that of its parser (`str2desc` in `tests/benchdnn/conv/conv_aux.cpp` and
//! `sanitize_desc` in `tests/benchdnn/common.cpp`). Items come in any order, and the last of several with one key wins.
//!
//! | key | is | if missing |
//! |---|---|---|
//! | `g` | groups | 1 |
//! | `mb` | batch | **2** |
//! | `ic` `oc` | channels over all groups | an error |
//! | `ih` `iw` | input size | an error on an axis in use; 0 is missing |
//! | `oh` `ow` | output size | follows from the pads; 0 is missing |
//! | `kh` `kw` | kernel size | an error on an axis in use; 0 is missing |
//! | `sh` `sw` | stride | 1 |
//! | `ph` `pw` | begin pad: top, left | half of what the output size asks for; 0 if that is missing too |
//! | `dh` `dw` | dilation − 1: **0 is a dense kernel** | 0 |
//! | `pb` `pr` | far pad as declared: bottom, right (ours) | follows from the output size |
//! | `b` | 1 with bias, 0 without (ours) | 0 |
//!
//! # benchdnn's traps, kept
//! - **Axes.** An axis is in use if one of its keys differs from its default. Only h in use: w copies h, every value of
//!   it, even against an explicit `pw0` or `sw1`. Only w in use: the problem is one-dimensional and h is 1 throughout.
//!   Both in use: nothing is copied, so `sh2` with `iw5kw3` leaves the stride along w at 1. Depth keys may stand there
//!   if they say that there is no depth: `id1kd1pd0`.
//! - **Output from pads.** `o = (i − ek + 2p) / s + 1` with `ek = (k − 1)(d + 1) + 1`, where the division rounds towards
//!   zero: a kernel that sticks out by less than a stride still gets one window, and the far pad grows to hold it.
//! - **Pads from output.** `p = ((o − 1)s − i + ek) / 2`, again rounded towards zero; an answer below 0 is an error here,
//!   as it is in oneDNN.
//! - **Far pad.** Always `(o − 1)s + ek − i − p`. Below 0 the windows stop short of the input's end, and the far pad is
//!   0; at `−s` or less one more window would fit, and that is an error, as in oneDNN (`src/common/convolution.cpp`). So benchdnn can't state a
//!   far pad that no window reads; `pb` and `pr` can. With the output size given too, they must agree with it.
//!
//! benchdnn stops at our own keys with an error; it never misreads them.
//!
//! # Canonical form
//! What [`Display`](std::fmt::Display) writes, without underscores:
//! `gX mbX icX ihX iwX ocX ohX owX khX kwX shX swX phX pwX dhX dwX pbX prX b1`, with `g` only above 1, stride and
//! dilation only if one of the pair isn't 1, `pb` and `pr` only where benchdnn's rule wouldn't give them, `b1` only with
//! a bias. Where our own keys aren't needed the form is benchdnn's and means the same to it. Each problem has one
//! canonical form, and reading it gives the problem back.

mod error;
mod resolve;
mod scan;
pub(super) mod write;

#[cfg(test)]
mod tests;

pub use error::{DescriptorError, DescriptorErrorKind};

use super::Problem;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

impl FromStr for Problem {
    type Err = DescriptorError;

    /// Reads a [descriptor](crate::problem::descriptor), with nothing around it.
    ///
    /// # Errors
    /// Points at the byte, and says what stands there and what should.
    fn from_str(descriptor: &str) -> Result<Self, DescriptorError> {
        resolve::problem(&scan::items(descriptor)?)
    }
}

impl Problem {
    /// Writes what `Display` writes, without a formatter in between: a map has a descriptor a row.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write_descriptor(&self, to: &mut impl fmt::Write) -> fmt::Result {
        write::descriptor(self, to)
    }
}

impl fmt::Display for Problem {
    /// Writes the canonical [descriptor](crate::problem::descriptor).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.width().is_none() && f.precision().is_none() {
            return write::descriptor(self, f);
        }
        let mut text = String::new();
        write::descriptor(self, &mut text)?;
        f.pad(&text)
    }
}

impl fmt::Debug for Problem {
    /// The canonical descriptor: what a failing test prints can be pasted into `convdiff replay`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write::descriptor(self, f)
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Descriptor;

        impl de::Visitor<'_> for Descriptor {
            type Value = Problem;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a problem's descriptor, such as \"mb1ic2ih5oc2kh3ph1\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Problem, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Descriptor)
    }
}
