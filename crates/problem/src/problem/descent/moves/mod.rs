//! Moves: from a problem to others nearby.
//!
//! A move writes down more than makes sense. What is no problem, no smaller one or was tried, the caller drops; so moves
//! are free to be simple.

mod along;
mod channels;
mod plane;
mod steps;

use super::fields::*;

/// A family of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Many parameters at their simplest at once: all channels, all of one axis, all pads.
    Simplest,
    /// One parameter lower.
    Lower(Field),
    /// Fewer groups, with the channels of each or of all kept; fewer channels a group.
    Channels,
    /// Fewer windows along an axis, the remainder kept.
    Windows(Axis),
    /// A smaller kernel along an axis, output and remainder kept.
    Kernel(Axis),
    /// A smaller dilation along an axis, output and remainder kept.
    Dilation(Axis),
    /// A smaller stride along an axis, the output kept, and the remainder as far as it can be.
    Stride(Axis),
    /// A larger stride or dilation along an axis, for fewer windows.
    Spread(Axis),
    /// Input turned into padding along an axis; padding moved between the ends.
    Padding(Axis),
    /// Both of a pair lower, alike, or exchanged. The field is the pair's first.
    Pair(Field),
    /// Height and width exchanged, in part or as a whole; one a copy of the other.
    Exchange,
    /// All pads at one end, on each axis; with the bias gone too.
    Pads,
    /// The whole output in one row or column.
    Flatten,
    /// One parameter at every lower value, as far as these are few.
    Every(Field),
    /// Two or three parameters lower by one.
    Together,
    /// Two steps of one each.
    Steps,
}

/// The moves by which one gets far quickly, in the order in which they are tried: what takes most work away first, and
/// nothing whose chances depend on what comes later.
pub const BOLD: &[Move] = &[
    Move::Simplest,
    Move::Channels,
    Move::Lower(BATCH),
    Move::Lower(BIAS),
    Move::Lower(OUT_CHANNELS),
    Move::Lower(IN_CHANNELS),
    Move::Windows(H),
    Move::Windows(W),
    Move::Pair(KERNEL),
    Move::Kernel(H),
    Move::Kernel(W),
    Move::Pair(DILATION),
    Move::Dilation(H),
    Move::Dilation(W),
    Move::Pair(STRIDE),
    Move::Stride(H),
    Move::Stride(W),
    Move::Pair(INPUT),
    Move::Lower(H.input),
    Move::Lower(W.input),
    Move::Lower(H.kernel),
    Move::Lower(W.kernel),
    Move::Lower(H.stride),
    Move::Lower(W.stride),
    Move::Lower(H.dilation),
    Move::Lower(W.dilation),
    Move::Pair(BEGIN),
    Move::Pair(END),
    Move::Padding(H),
    Move::Padding(W),
    Move::Lower(H.begin),
    Move::Lower(W.begin),
    Move::Lower(H.end),
    Move::Lower(W.end),
    Move::Spread(H),
    Move::Spread(W),
    Move::Flatten,
    Move::Exchange,
    Move::Pads,
];

/// The moves that complete the neighbourhood, once the bold ones lead nowhere.
pub const THOROUGH: &[Move] = &[
    Move::Every(BATCH),
    Move::Every(IN_CHANNELS),
    Move::Every(OUT_CHANNELS),
    Move::Every(GROUPS),
    Move::Every(H.input),
    Move::Every(W.input),
    Move::Every(H.kernel),
    Move::Every(W.kernel),
    Move::Every(H.stride),
    Move::Every(W.stride),
    Move::Every(H.dilation),
    Move::Every(W.dilation),
    Move::Every(H.begin),
    Move::Every(W.begin),
    Move::Every(H.end),
    Move::Every(W.end),
    Move::Together,
    Move::Steps,
];

impl Move {
    /// Adds what the move makes of `p`.
    pub fn expand(self, p: &Fields, out: &mut Vec<Fields>) {
        match self {
            Move::Simplest => simplest_of_many(p, out),
            Move::Lower(field) => {
                out.extend(below(p[field], simplest(field)).into_iter().map(|value| with(p, &[(field, value)])));
            }
            Move::Channels => channels::channels(p, out),
            Move::Windows(axis) => along::windows(p, axis, out),
            Move::Kernel(axis) => along::kernel(p, axis, out),
            Move::Dilation(axis) => along::dilation(p, axis, out),
            Move::Stride(axis) => along::stride(p, axis, out),
            Move::Spread(axis) => along::spread(p, axis, out),
            Move::Padding(axis) => along::padding(p, axis, out),
            Move::Pair(first) => plane::pair(p, first, out),
            Move::Exchange => plane::exchange(p, out),
            Move::Pads => plane::pads(p, out),
            Move::Flatten => plane::flatten(p, out),
            Move::Every(field) => steps::every(p, field, out),
            Move::Together => steps::together(p, out),
            Move::Steps => steps::two(p, out),
        }
    }
}

fn simplest_of_many(p: &Fields, out: &mut Vec<Fields>) {
    out.push(simplified(p, &[BATCH, IN_CHANNELS, OUT_CHANNELS, GROUPS, BIAS]));
    out.push(simplified(p, &H.fields()));
    out.push(simplified(p, &W.fields()));
    out.push(simplified(p, &PADS.collect::<Vec<_>>()));
}

/// Some values from `least` up to `value`: the least two, for most defects want nothing more, then those that halve the
/// distance to `value`, and halve it again.
fn below(value: u64, least: u64) -> Vec<u64> {
    let mut values = Vec::new();
    let mut add = |candidate: u64| {
        if (least..value).contains(&candidate) && !values.contains(&candidate) {
            values.push(candidate);
        }
    };
    add(least);
    add(least + 1);
    let mut gap = (value - least) / 2;
    while gap > 0 {
        add(value - gap);
        gap /= 2;
    }
    values
}
