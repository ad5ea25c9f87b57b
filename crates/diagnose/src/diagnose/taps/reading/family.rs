//! All readings, and what those of one bug have in common on problems of all sizes.

use super::geometry::{Geometry, Quantity};
use super::order::Order;
use super::pads::{Mode, SIDES};
use super::part::{MOST_INSIDE, MOST_MISSING, Part};
use super::written::Written;
use super::{Reading, Scope, Unit};
use crate::problem::Problem;

/// Readings that differ in how far, along which axes, at which sides, or by which part: the likelier of equal effects first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Right,
    Nothing,
    PadsSwapped,
    StridesSwapped,
    Shifted,
    ShiftedOn,
    Memory,
    FirstGroup,
    Group,
    Channels,
    Images,
    FirstImage,
    Transposed,
    Filter,
    LastChannels,
    FirstChannels,
    Dense,
    PadsFromMemory,
    EdgeFromMemory,
    Flipped,
    LastTap,
    FirstTap,
    LastColumn,
    LastRow,
    FirstColumn,
    FirstRow,
    Centre,
    Middle,
    LastPlace,
    FirstPlace,
    DilationsSwapped,
    PadsTransposed,
    Unpadded,
    PadsEven,
    Strideless,
    StrideOfH,
    DilationOfH,
    PadOfH,
    StrideOfW,
    DilationOfW,
    PadOfW,
    Larger,
    Smaller,
    StrideOfKernel,
    Wider,
    Narrower,
    PadsDilated,
    PadsOfKernel,
    StrideAndDilation,
    PadsEdge,
    PadsReflect,
    PadsCircular,
    Order,
    Written,
    GroupsReversed,
    Pitch,
    Wrapped,
    FirstFilters,
    GroupsByOutput,
    GroupByPlace,
    FarFilter,
    Row,
    Column,
    Place,
    Channel,
    From,
    PlacesFrom,
    ChannelsFrom,
    TapsFrom,
    TapsTo,
    EdgeAsPad,
    TwiceTap,
    TwiceColumn,
    TwiceRow,
    TwiceCentre,
    TwiceChannels,
}

/// Bound of the numbers of variants of one family.
pub const VARIANTS: u32 = 200;

/// Blocks of output channels, by which an engine may take the weights of another block.
const FAR_FILTERS: [i64; 10] = [3, -3, 4, -4, 8, -8, 16, -16, 32, -32];

/// Rows and columns by which a window may stand aside.
const MOST_ASIDE: i64 = 4;

/// Groups further on that are asked after one by one.
const MOST_GROUPS: i64 = 8;

/// Edges behind which one more element may be read, or one fewer: one edge, or both that a bound along h and w is compared with alike.
const EDGES: [[bool; 4]; 6] = [
    [true, false, false, false],
    [false, true, false, false],
    [false, false, true, false],
    [false, false, false, true],
    [true, true, false, false],
    [false, false, true, true],
];

/// Bits of types that places in memory may be counted in: the more, the fewer elements should have been right and are.
const WRAPPED_BITS: [u32; 4] = [16, 15, 8, 7];

/// Elements to a multiple of which rows may be thought to be rounded up.
const ROUNDED_TO: [i64; 3] = [4, 8, 16];

impl Family {
    /// Whether its variants are one kind of bug as well, and not just each for itself.
    pub fn is_one(self) -> bool {
        use Family::*;
        let each_for_itself =
            matches!(self, Shifted | ShiftedOn | Memory | Channels | Images | Filter | Order | Written)
                || matches!(self, Larger | Smaller | TwiceTap | TwiceColumn | TwiceRow | TwiceCentre);
        !each_for_itself
    }
}

impl Reading {
    /// All wrong readings, the likelier of equal effects first.
    pub fn all(problem: &Problem) -> Vec<Reading> {
        let mut all = vec![Reading::Nothing];
        all.extend(Geometry::LIKELY.map(Reading::Under));
        let aside = || -MOST_ASIDE..=MOST_ASIDE;
        let mut shifts: Vec<(i64, i64)> = aside().flat_map(|h| aside().map(move |w| (h, w))).collect();
        shifts.sort_by_key(|(h, w)| (h.abs() + w.abs(), std::cmp::Reverse((*h, *w))));
        all.extend(shifts.into_iter().skip(1).map(|(h, w)| Reading::Shifted(h, w)));
        all.extend([1, -1, 2, -2].map(Reading::ShiftedOn));
        all.extend([1, -1, 2, -2].map(|by| Reading::Memory(by, Unit::Element)));
        all.extend([Unit::Row, Unit::Plane].into_iter().flat_map(|unit| [1, -1].map(|by| Reading::Memory(by, unit))));
        for sides in 1..16u8 {
            all.push(Reading::PadsFromMemory([sides & 1, sides & 2, sides & 4, sides & 8].map(|side| side != 0)));
        }
        all.extend(EDGES.map(Reading::EdgeFromMemory));
        all.push(Reading::FirstGroup);
        all.extend([1, -1].map(Reading::Channels));
        let groups = i64::from(problem.groups - 1).min(MOST_GROUPS);
        all.extend((1..=groups).flat_map(|by| [by, -by].map(Reading::Group)));
        all.push(Reading::GroupByPlace);
        all.push(Reading::FirstImage);
        all.extend([1, -1].map(Reading::Images));
        all.extend([(true, false), (false, true), (true, true)].map(|(h, w)| Reading::Flipped(h, w)));
        all.push(Reading::Transposed);
        all.extend([1, -1, 2, -2].map(Reading::Filter));
        all.extend([Reading::FirstFilters, Reading::GroupsByOutput, Reading::GroupsReversed]);
        let filters = i64::from(problem.out_channels);
        all.extend(FAR_FILTERS.into_iter().filter(|far| far.abs() < filters).map(Reading::Filter));
        all.extend(Geometry::OTHERS.map(Reading::Under));
        for sides in SIDES {
            all.extend(Mode::ALL.map(|mode| Reading::PadsHold(mode, sides)));
        }
        all.extend(Order::ALL.map(Reading::Order));
        all.extend(Written::ALL.map(Reading::Written));
        for bits in WRAPPED_BITS {
            let wraps = Scope::all(problem).into_iter().filter(|(_, elements)| *elements > 1 << bits);
            all.extend(wraps.map(|(scope, _)| Reading::Wrapped { bits, scope }));
        }
        all.extend(pitches(problem));
        all.extend(Part::OF_EACH.map(Reading::Without));
        let channels = problem.in_channels_per_group() as usize;
        // Not all of several: that is what any other bug comes to whose windows lie in the padding.
        for count in 1..channels.clamp(2, MOST_MISSING + 1) {
            all.extend([Part::LastChannels(count), Part::FirstChannels(count)].map(Reading::Without));
        }
        all.extend(Part::inside(problem).map(Reading::Without));
        all.extend(Part::from_somewhere(problem).map(Reading::Without));
        // In a window at the edge that is what a missing row or column comes to.
        all.extend(EDGES.map(Reading::EdgeAsPad));
        all.extend(Part::OF_EACH.map(Reading::Twice));
        all.extend((1..channels.clamp(2, MOST_MISSING + 1)).map(|count| Reading::Twice(Part::LastChannels(count))));
        all
    }

    /// What it has in common with readings of other problems.
    pub fn family(self) -> Family {
        match self {
            Reading::Right => Family::Right,
            Reading::Nothing => Family::Nothing,
            Reading::Shifted(..) => Family::Shifted,
            Reading::ShiftedOn(_) => Family::ShiftedOn,
            Reading::Memory(..) => Family::Memory,
            Reading::Pitch { .. } => Family::Pitch,
            Reading::Wrapped { .. } => Family::Wrapped,
            Reading::PadsFromMemory(_) => Family::PadsFromMemory,
            Reading::EdgeFromMemory(_) => Family::EdgeFromMemory,
            Reading::EdgeAsPad(_) => Family::EdgeAsPad,
            Reading::FirstGroup => Family::FirstGroup,
            Reading::Group(_) => Family::Group,
            Reading::GroupsReversed => Family::GroupsReversed,
            Reading::Channels(_) => Family::Channels,
            Reading::GroupByPlace => Family::GroupByPlace,
            Reading::FirstImage => Family::FirstImage,
            Reading::Images(_) => Family::Images,
            Reading::Under(geometry) => geometry.family(),
            Reading::PadsHold(Mode::Edge, _) => Family::PadsEdge,
            Reading::PadsHold(Mode::Reflect, _) => Family::PadsReflect,
            Reading::PadsHold(Mode::Circular, _) => Family::PadsCircular,
            Reading::Flipped(..) => Family::Flipped,
            Reading::Transposed => Family::Transposed,
            Reading::Filter(by) if FAR_FILTERS.contains(&by) => Family::FarFilter,
            Reading::Filter(_) => Family::Filter,
            Reading::FirstFilters => Family::FirstFilters,
            Reading::GroupsByOutput => Family::GroupsByOutput,
            Reading::Order(_) => Family::Order,
            Reading::Written(_) => Family::Written,
            Reading::Without(part) => match part {
                Part::LastTap => Family::LastTap,
                Part::FirstTap => Family::FirstTap,
                Part::LastColumn => Family::LastColumn,
                Part::LastRow => Family::LastRow,
                Part::FirstColumn => Family::FirstColumn,
                Part::FirstRow => Family::FirstRow,
                Part::Centre => Family::Centre,
                Part::Middle => Family::Middle,
                Part::LastPlace => Family::LastPlace,
                Part::FirstPlace => Family::FirstPlace,
                Part::LastChannels(_) => Family::LastChannels,
                Part::FirstChannels(_) => Family::FirstChannels,
                Part::Row(_) => Family::Row,
                Part::Column(_) => Family::Column,
                Part::Place(..) => Family::Place,
                Part::Channel(_) => Family::Channel,
                Part::From(..) => Family::From,
                Part::PlacesFrom(_) => Family::PlacesFrom,
                Part::TapsFrom(_) => Family::TapsFrom,
                Part::TapsTo(_) => Family::TapsTo,
                Part::ChannelsFrom(_) => Family::ChannelsFrom,
            },
            Reading::Twice(part) => match part {
                Part::LastTap | Part::FirstTap => Family::TwiceTap,
                Part::LastColumn | Part::FirstColumn => Family::TwiceColumn,
                Part::LastRow | Part::FirstRow => Family::TwiceRow,
                Part::Centre | Part::Middle | Part::LastPlace | Part::FirstPlace => Family::TwiceCentre,
                _ => Family::TwiceChannels,
            },
        }
    }

    /// Which of its family it is, where that can be the same for problems of all sizes: a number below [`VARIANTS`], the
    /// simpler first.
    pub fn variant(self) -> Option<u32> {
        let axes = |h: bool, w: bool| u32::from(w) + u32::from(h && w);
        let sides = |sides: [bool; 4]| {
            let bits = sides.iter().fold(0, |bits, &side| 2 * bits + u32::from(side));
            16 * sides.iter().filter(|&&side| side).count() as u32 + bits
        };
        // The nearer first, and of those the ones further on.
        let signed = |by: i64| 2 * by.unsigned_abs() as u32 - 2 + u32::from(by < 0);
        Some(match self {
            Reading::Shifted(h, w) => {
                let from_top = (MOST_ASIDE - h) as u32;
                20 * (h.abs() + w.abs()) as u32 + 2 * from_top + u32::from(w < 0)
            }
            Reading::ShiftedOn(by)
            | Reading::Group(by)
            | Reading::Channels(by)
            | Reading::Images(by)
            | Reading::Memory(by, Unit::Element) => signed(by),
            Reading::Memory(by, Unit::Row) => 4 + signed(by),
            Reading::Memory(by, Unit::Plane) => 6 + signed(by),
            Reading::Filter(by) if self.family() == Family::Filter => signed(by),
            Reading::Under(geometry) => geometry.axes().map(|(h, w)| axes(h, w)).or(geometry.quantity())?,
            Reading::Flipped(h, w) => axes(h, w),
            Reading::PadsFromMemory(of)
            | Reading::EdgeFromMemory(of)
            | Reading::EdgeAsPad(of)
            | Reading::PadsHold(_, of) => sides(of),
            Reading::Order(order) => order as u32,
            Reading::Wrapped { bits, scope } => 3 * bits + scope as u32,
            Reading::Written(written) => Written::ALL.iter().position(|each| *each == written)? as u32,
            Reading::Without(
                Part::LastChannels(number)
                | Part::FirstChannels(number)
                | Part::Row(number)
                | Part::Column(number)
                | Part::Channel(number)
                | Part::ChannelsFrom(number),
            ) => number as u32,
            // Those that begin far behind aren't the same block on problems of all sizes.
            Reading::Without(Part::PlacesFrom(number) | Part::TapsFrom(number) | Part::TapsTo(number)) => {
                u32::try_from(number).ok().filter(|number| *number < VARIANTS)?
            }
            Reading::Twice(Part::LastChannels(number)) => number as u32,
            Reading::Without(Part::Place(row, column) | Part::From(row, column)) => (row * MOST_INSIDE + column) as u32,
            Reading::Twice(Part::FirstTap | Part::FirstColumn | Part::FirstRow | Part::Middle) => 1,
            Reading::Twice(Part::LastPlace) => 2,
            Reading::Twice(Part::FirstPlace) => 3,
            Reading::Twice(_) => 0,
            _ => return None,
        })
    }
}

/// Rows rounded up to whole vectors, with their pads, of the other size, or one off.
fn pitches(problem: &Problem) -> Vec<Reading> {
    let (rows, columns) = (i64::from(problem.input.h), i64::from(problem.input.w));
    let rounded = ROUNDED_TO.map(|to| (columns + to - 1) / to * to - columns);
    let padded = i64::from(problem.padding.left) + i64::from(problem.padding.right);
    let mut longer: Vec<i64> = rounded.into_iter().chain([padded, rows - columns, 1, -1]).collect();
    longer.retain(|&longer| longer != 0 && columns + longer > 0);
    longer.sort_by_key(|longer| (longer.abs(), *longer < 0));
    longer.dedup();
    let each = longer.into_iter().flat_map(|longer| [true, false].map(|planes| Reading::Pitch { longer, planes }));
    each.collect()
}

impl Geometry {
    fn family(self) -> Family {
        match self {
            Geometry::PadsSwapped(..) => Family::PadsSwapped,
            Geometry::StridesSwapped => Family::StridesSwapped,
            Geometry::Dense(..) => Family::Dense,
            Geometry::DilationsSwapped => Family::DilationsSwapped,
            Geometry::PadsTransposed => Family::PadsTransposed,
            Geometry::OfH(Quantity::Stride) => Family::StrideOfH,
            Geometry::OfH(Quantity::Dilation) => Family::DilationOfH,
            Geometry::OfH(Quantity::Pad) => Family::PadOfH,
            Geometry::OfW(Quantity::Stride) => Family::StrideOfW,
            Geometry::OfW(Quantity::Dilation) => Family::DilationOfW,
            Geometry::OfW(Quantity::Pad) => Family::PadOfW,
            Geometry::Larger(_) => Family::Larger,
            Geometry::Smaller(_) => Family::Smaller,
            Geometry::Unpadded(..) => Family::Unpadded,
            Geometry::PadsEven(..) => Family::PadsEven,
            Geometry::PadsDilated(..) => Family::PadsDilated,
            Geometry::PadsOfKernel(..) => Family::PadsOfKernel,
            Geometry::Strideless(..) => Family::Strideless,
            Geometry::StrideOfKernel(..) => Family::StrideOfKernel,
            Geometry::StrideAndDilation(..) => Family::StrideAndDilation,
            Geometry::Wider(..) => Family::Wider,
            Geometry::Narrower(..) => Family::Narrower,
        }
    }

    /// Which quantity it is about, where that is what tells it from others of its family.
    fn quantity(self) -> Option<u32> {
        match self {
            Geometry::Larger(quantity) | Geometry::Smaller(quantity) => Some(quantity as u32),
            _ => None,
        }
    }
}
