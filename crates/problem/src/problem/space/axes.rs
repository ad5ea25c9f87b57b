//! The axes of a space, as fields and as a TOML file.

use super::{Axis, Bias, ChannelAxis, SpaceError};
use crate::problem::limits::{Limits, parse_bytes, parse_work};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt::{Display, Formatter};
use std::marker::PhantomData;
use std::str::FromStr;

/// What a space is made of: the values of each parameter, and the limits.
///
/// As a file, each field is one line of TOML: a number, or text as in [`Axis`] and [`ChannelAxis`]. Channels, input and
/// kernel must be there; the rest has the values of [`Parameters::default`](crate::problem::Parameters), one of
/// everything, no padding, no bias. A field that isn't known is an error.
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::space::{Axes, Space};
///
/// let axes = Axes::from_toml(r#"
///     in_channels = "1..=4"
///     out_channels = "1..=4"
///     groups = "1,2,depthwise"
///     input = "3..=8x3..=8"     # every height with every width
///     kernel = "1..=4x1..=4"
///     stride = "1..=3"          # the same both ways
///     padding = "0..=2+0:0:1:1" # the same on all sides; and nothing but one row below and one column to the right
///     bias = "both"
///     max_work = "1M"           # multiply-adds
/// "#)?;
/// assert_eq!(Axes::from_toml(&axes.to_toml())?, axes);
/// assert_eq!(Space::new(axes)?.len(), 22 * 36 * 16 * 3 * 4 * 2);
/// # Ok::<(), convdiff::problem::space::SpaceError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Axes {
    /// Images.
    #[serde(default = "one", deserialize_with = "text", serialize_with = "to_text")]
    pub batch: Axis<1>,
    /// Input channels over all groups.
    #[serde(deserialize_with = "text", serialize_with = "to_text")]
    pub in_channels: Axis<1>,
    /// Output channels over all groups.
    #[serde(deserialize_with = "text", serialize_with = "to_text")]
    pub out_channels: ChannelAxis,
    /// Groups.
    #[serde(default = "one_group", deserialize_with = "text", serialize_with = "to_text")]
    pub groups: ChannelAxis,
    /// Input size, height and width.
    #[serde(deserialize_with = "text", serialize_with = "to_text")]
    pub input: Axis<2>,
    /// Kernel size, height and width.
    #[serde(deserialize_with = "text", serialize_with = "to_text")]
    pub kernel: Axis<2>,
    /// Stride, along height and width.
    #[serde(default = "one", deserialize_with = "text", serialize_with = "to_text")]
    pub stride: Axis<2>,
    /// Dilation, along height and width; 1 is a dense kernel.
    #[serde(default = "one", deserialize_with = "text", serialize_with = "to_text")]
    pub dilation: Axis<2>,
    /// Pads: top, left, bottom, right.
    #[serde(default = "zero", deserialize_with = "text", serialize_with = "to_text")]
    pub padding: Axis<4>,
    /// With bias, without, or both.
    #[serde(default, deserialize_with = "text", serialize_with = "to_text")]
    pub bias: Bias,
    /// The most multiply-adds of one problem; in a file also with a unit, as in `"4M"`.
    #[serde(default = "most_work", deserialize_with = "work", serialize_with = "limit")]
    pub max_work: u64,
    /// The most bytes of operands and output of one problem; in a file also with a unit, as in `"256MB"`.
    #[serde(default = "most_memory", deserialize_with = "bytes", serialize_with = "limit")]
    pub max_memory: u64,
}

/// The axes that have no default.
const NEEDED: [&str; 4] = ["in_channels", "out_channels", "input", "kernel"];

impl Axes {
    /// Reads the TOML text of a space.
    ///
    /// # Errors
    /// [`SpaceError::Toml`], with line, column and what is wrong there.
    pub fn from_toml(text: &str) -> Result<Self, SpaceError> {
        toml::from_str(text).map_err(|error| {
            let table: toml::Table = toml::from_str(text).unwrap_or_default();
            let missing: Vec<&str> = NEEDED.into_iter().filter(|axis| !table.contains_key(*axis)).collect();
            // The library names the first alone.
            let only_missing = error.message().starts_with("missing field") && missing.len() > 1;
            let sentence = || format!("{} are missing", missing.join(", "));
            SpaceError::Toml(if only_missing { sentence() } else { error.to_string().trim_end().to_owned() })
        })
    }

    /// The TOML text of the space. Axes are equal where these texts are, and a manifest keeps it.
    pub fn to_toml(&self) -> String {
        // Fields are text, or numbers that fit TOML's: nothing that can't be written.
        toml::to_string(self).expect("axes are plain fields")
    }

    /// The limits together.
    pub fn limits(&self) -> Limits {
        Limits { work: self.max_work, memory: self.max_memory }
    }

    /// The axes that count something must have no zero.
    pub(super) fn check_zeros(&self) -> Result<(), SpaceError> {
        let counts: [(&'static str, bool, &dyn Display); 8] = [
            ("batch", self.batch.has_zero(), &self.batch),
            ("in_channels", self.in_channels.has_zero(), &self.in_channels),
            ("out_channels", self.out_channels.has_zero(), &self.out_channels),
            ("groups", self.groups.has_zero(), &self.groups),
            ("input", self.input.has_zero(), &self.input),
            ("kernel", self.kernel.has_zero(), &self.kernel),
            ("stride", self.stride.has_zero(), &self.stride),
            ("dilation", self.dilation.has_zero(), &self.dilation),
        ];
        match counts.into_iter().find(|(_, has_zero, _)| *has_zero) {
            Some((field, _, values)) => Err(SpaceError::Zero { field, values: values.to_string() }),
            None => Ok(()),
        }
    }
}

fn one<const N: usize>() -> Axis<N> {
    Axis::single(1)
}

fn zero<const N: usize>() -> Axis<N> {
    Axis::single(0)
}

fn one_group() -> ChannelAxis {
    ChannelAxis::single(1)
}

fn most_work() -> u64 {
    Limits::default().work
}

fn most_memory() -> u64 {
    Limits::default().memory
}

fn to_text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// TOML's integers are signed.
fn limit<S: Serializer>(limit: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    match i64::try_from(*limit) {
        Ok(limit) => serializer.serialize_i64(limit),
        Err(_) => serializer.collect_str(limit),
    }
}

fn text<'de, T, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
{
    deserializer.deserialize_any(Plain(T::from_str, PhantomData))
}

fn work<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_any(Plain(parse_work, PhantomData))
}

fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_any(Plain(parse_bytes, PhantomData))
}

/// Reads text by a function; plain numbers and truth values stand for their text.
struct Plain<T, E>(fn(&str) -> Result<T, E>, PhantomData<T>);

impl<T, E: Display> Visitor<'_> for Plain<T, E> {
    type Value = T;

    fn expecting(&self, f: &mut Formatter) -> std::fmt::Result {
        f.write_str("a number or text such as \"1..=4\"")
    }

    fn visit_str<F: de::Error>(self, text: &str) -> Result<T, F> {
        self.0(text).map_err(F::custom)
    }

    fn visit_i64<F: de::Error>(self, number: i64) -> Result<T, F> {
        self.visit_str(&number.to_string())
    }

    fn visit_bool<F: de::Error>(self, value: bool) -> Result<T, F> {
        self.visit_str(if value { "yes" } else { "no" })
    }
}
