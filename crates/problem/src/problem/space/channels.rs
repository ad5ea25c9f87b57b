//! Channels and groups: one joint axis, because most combinations don't divide.

use super::list::{Cursor, drop_repeated, list_to_text};
use super::{Axes, AxisError, SpaceError};
use crate::problem::LARGEST;
use std::fmt::{Debug, Display, Formatter};
use std::str::FromStr;

/// The most combinations of in_channels, out_channels and groups that are looked at when a space is made.
pub const MOST_COMBINATIONS: u64 = 1 << 22;

/// Values of out_channels or groups: numbers, and multiples of in_channels.
///
/// As text, `1..=4,8,in,in*2`: numbers as in an [`Axis`](super::Axis), `in` for as many as in_channels, `in*2` for twice
/// as many. `depthwise` says the same as `in`, for groups.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelAxis {
    numbers: Vec<u32>,
    multiples: Vec<u32>,
}

impl ChannelAxis {
    /// The axis with one number.
    pub fn single(value: u32) -> Self {
        Self { numbers: vec![value], multiples: Vec::new() }
    }

    /// Whether `value` is in a relation to the input channels that the axis names; anything is, where it has numbers too.
    pub fn relates(&self, in_channels: u32, value: u32) -> bool {
        let named = |multiple: &u32| in_channels.checked_mul(*multiple) == Some(value);
        !self.numbers.is_empty() || self.multiples.iter().any(named)
    }

    pub(super) fn has_zero(&self) -> bool {
        self.numbers.contains(&0) || self.multiples.contains(&0)
    }

    fn len(&self) -> u64 {
        (self.numbers.len() + self.multiples.len()) as u64
    }

    /// The values for so many input channels, each once: the numbers, then the multiples.
    fn for_in_channels(&self, in_channels: u32, values: &mut Vec<u64>) {
        values.clear();
        values.extend(self.numbers.iter().map(|number| u64::from(*number)));
        for multiple in &self.multiples {
            let value = u64::from(in_channels) * u64::from(*multiple);
            if !values.contains(&value) {
                values.push(value);
            }
        }
    }
}

impl FromStr for ChannelAxis {
    type Err = AxisError;

    fn from_str(text: &str) -> Result<Self, AxisError> {
        let mut cursor = Cursor::new(text);
        let (mut numbers, mut multiples) = (Vec::new(), Vec::new());
        loop {
            let multiple = if cursor.take("depthwise") {
                Some(1)
            } else if cursor.take("in") {
                Some(if cursor.take("*") { cursor.number()? } else { 1 })
            } else if cursor.at_number() {
                cursor.run(&mut numbers)?;
                None
            } else {
                return Err(cursor.expected("a number, `in` or `depthwise`"));
            };
            multiples.extend(multiple.filter(|multiple| !multiples.contains(multiple)));
            if cursor.at_end() {
                drop_repeated(&mut numbers);
                return Ok(Self { numbers, multiples });
            }
            if !cursor.take(",") {
                return Err(cursor.expected("`,` or the end"));
            }
        }
    }
}

impl Display for ChannelAxis {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        let multiples = self.multiples.iter().map(|multiple| match multiple {
            1 => "in".to_string(),
            _ => format!("in*{multiple}"),
        });
        let numbers = Some(list_to_text(&self.numbers)).filter(|text| !text.is_empty());
        f.write_str(&numbers.into_iter().chain(multiples).collect::<Vec<_>>().join(","))
    }
}

impl Debug for ChannelAxis {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        Display::fmt(self, f)
    }
}

/// One value of the joint axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Channels {
    pub in_channels: u32,
    pub out_channels: u32,
    pub groups: u32,
}

/// Every combination whose groups divide both channel counts, in_channels slowest and groups fastest; and how many
/// don't.
pub(super) fn divisible(axes: &Axes) -> Result<(Vec<Channels>, u64), SpaceError> {
    let counts = [axes.in_channels.values().len() as u64, axes.out_channels.len(), axes.groups.len()];
    let combinations = counts.iter().try_fold(1u64, |product, count| product.checked_mul(*count));
    match combinations {
        Some(combinations) if combinations <= MOST_COMBINATIONS => {}
        _ => return Err(SpaceError::ChannelCombinations { counts }),
    }
    let (mut table, mut indivisible) = (Vec::new(), 0);
    let (mut outs, mut groupings) = (Vec::new(), Vec::new());
    for &[in_channels] in axes.in_channels.values() {
        axes.out_channels.for_in_channels(in_channels, &mut outs);
        axes.groups.for_in_channels(in_channels, &mut groupings);
        for &out_channels in &outs {
            // Only multiples of in_channels can be so large, and groups that large can't divide it.
            let out_channels = u32::try_from(out_channels).ok().filter(|out| *out <= LARGEST);
            let out_channels = out_channels.ok_or(SpaceError::OutChannelsTooLarge { in_channels })?;
            for &groups in &groupings {
                match u32::try_from(groups) {
                    Ok(groups) if in_channels.is_multiple_of(groups) && out_channels.is_multiple_of(groups) => {
                        table.push(Channels { in_channels, out_channels, groups });
                    }
                    _ => indivisible += 1,
                }
            }
        }
    }
    if table.is_empty() { Err(SpaceError::Indivisible) } else { Ok((table, indivisible)) }
}
