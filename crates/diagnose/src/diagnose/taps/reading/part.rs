//! Taps of a window that have something in common.

use super::Tap;
use crate::problem::Problem;

/// Taps that are left out, or summed twice, together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The very last: last channel, last row, last column.
    LastTap,
    /// The very first.
    FirstTap,
    /// Those of the last kernel column.
    LastColumn,
    /// Those of the last kernel row.
    LastRow,
    /// Those of the first kernel column.
    FirstColumn,
    /// Those of the first kernel row.
    FirstRow,
    /// Those of the kernel's centre: of an even size, behind the middle.
    Centre,
    /// Those of the middle of the kernel's places, counted row by row.
    Middle,
    /// Those of the kernel's last place: last row, last column.
    LastPlace,
    /// Those of its first place.
    FirstPlace,
    /// Those of so many last channels of the group.
    LastChannels(usize),
    /// Those of so many first channels of the group.
    FirstChannels(usize),
    /// Those of one kernel row.
    Row(usize),
    /// Those of one kernel column.
    Column(usize),
    /// Those of one place of the kernel.
    Place(usize, usize),
    /// Those of one channel of the group.
    Channel(usize),
    /// Those of kernel rows and columns that are both from here on.
    From(usize, usize),
    /// Those of the kernel's places from this one on, counted row by row.
    PlacesFrom(usize),
    /// All from this one on, counted by channel, row and column.
    TapsFrom(usize),
    /// All before this one, counted in the same way.
    TapsTo(usize),
    /// Those of the channels of the group from this one on.
    ChannelsFrom(usize),
}

impl Part {
    /// The parts that every kernel has.
    pub const OF_EACH: [Part; 10] = [
        Part::LastTap,
        Part::FirstTap,
        Part::LastColumn,
        Part::LastRow,
        Part::FirstColumn,
        Part::FirstRow,
        Part::Centre,
        Part::Middle,
        Part::LastPlace,
        Part::FirstPlace,
    ];

    /// The parts that lie somewhere inside, of kernels and groups that aren't large.
    pub fn inside(problem: &Problem) -> impl Iterator<Item = Part> {
        let most = |size: u32| (size as usize).min(MOST_INSIDE);
        let (rows, columns) = (most(problem.kernel.h), most(problem.kernel.w));
        let places = (0..rows).flat_map(move |row| (0..columns).map(move |column| Part::Place(row, column)));
        let channels = (0..most(problem.in_channels_per_group())).map(Part::Channel);
        (0..rows).map(Part::Row).chain((0..columns).map(Part::Column)).chain(places).chain(channels)
    }

    /// The parts that begin somewhere and go on to the end, as blocks and tails of vectors have it.
    pub fn from_somewhere(problem: &Problem) -> impl Iterator<Item = Part> {
        let (rows, columns) = (problem.kernel.h as usize, problem.kernel.w as usize);
        let most = |size: usize| size.min(MOST_BEGUN);
        let corners = (0..most(rows)).flat_map(move |row| (0..most(columns)).map(move |column| (row, column)));
        let from = corners.filter(|corner| *corner != (0, 0)).map(|(row, column)| Part::From(row, column));
        // The later the fewer.
        let begins = |size: usize, block: usize| {
            let tail = size.saturating_sub(MOST_MISSING).max(1);
            (tail..size)
                .rev()
                .chain((block..tail).step_by(block).take(MOST_BLOCKS).collect::<Vec<_>>().into_iter().rev())
        };
        let channels = problem.in_channels_per_group() as usize;
        let taps = rows * columns * channels;
        let blocks = BLOCKS.into_iter().filter(move |block| *block < channels).map(Part::ChannelsFrom);
        let before = (1..=MOST_BLOCKS).map(|block| block * 8).filter(move |tap| *tap < taps).rev();
        from.chain(begins(rows * columns, 4).map(Part::PlacesFrom))
            .chain(blocks)
            .chain(begins(taps, 8).map(Part::TapsFrom))
            .chain(before.map(Part::TapsTo))
    }

    pub fn has(self, problem: &Problem, tap: Tap) -> bool {
        let place = tap.row * problem.kernel.w as usize + tap.column;
        let channels = problem.in_channels_per_group() as usize;
        let row_from_end = problem.kernel.h as usize - 1 - tap.row;
        let column_from_end = problem.kernel.w as usize - 1 - tap.column;
        match self {
            Part::LastTap => (tap.channel + 1, row_from_end, column_from_end) == (channels, 0, 0),
            Part::FirstTap => (tap.channel, tap.row, tap.column) == (0, 0, 0),
            Part::LastColumn => column_from_end == 0,
            Part::LastRow => row_from_end == 0,
            Part::Centre => (tap.row, tap.column) == (problem.kernel.h as usize / 2, problem.kernel.w as usize / 2),
            Part::Middle => place == (problem.kernel.h * problem.kernel.w) as usize / 2,
            Part::LastPlace => (row_from_end, column_from_end) == (0, 0),
            Part::FirstPlace => (tap.row, tap.column) == (0, 0),
            Part::FirstColumn => tap.column == 0,
            Part::FirstRow => tap.row == 0,
            Part::LastChannels(count) => tap.channel + count >= channels,
            Part::FirstChannels(count) => tap.channel < count,
            Part::Row(row) => tap.row == row,
            Part::Column(column) => tap.column == column,
            Part::Place(row, column) => (tap.row, tap.column) == (row, column),
            Part::Channel(channel) => tap.channel == channel,
            Part::From(row, column) => tap.row >= row && tap.column >= column,
            Part::PlacesFrom(from) => place >= from,
            Part::TapsFrom(from) => number(problem, tap) >= from,
            Part::TapsTo(to) => number(problem, tap) < to,
            Part::ChannelsFrom(from) => tap.channel >= from,
        }
    }

    /// Of parts that are each inside the next, the innermost of the sort of this one: what is missing if any of them is.
    pub fn innermost(self) -> Option<Part> {
        match self {
            Part::LastChannels(_) => Some(Part::LastChannels(1)),
            Part::FirstChannels(_) => Some(Part::FirstChannels(1)),
            Part::PlacesFrom(_) => Some(Part::LastPlace),
            Part::TapsFrom(_) => Some(Part::LastTap),
            Part::TapsTo(_) => Some(Part::FirstTap),
            _ => None,
        }
    }
}

/// The number of a tap, counted by channel, row and column.
fn number(problem: &Problem, tap: Tap) -> usize {
    (tap.channel * problem.kernel.h as usize + tap.row) * problem.kernel.w as usize + tap.column
}

/// Blocks of channels behind which all may be missing.
const BLOCKS: [usize; 5] = [4, 8, 16, 32, 64];

/// Channels that a tail or head of missing ones may have; places and taps of a tail.
pub const MOST_MISSING: usize = 15;

/// Rows and columns from which on taps may be missing.
const MOST_BEGUN: usize = 4;

/// Blocks of places or taps behind which all may be missing.
const MOST_BLOCKS: usize = 16;

/// Rows, columns and channels that are asked after one by one.
pub const MOST_INSIDE: usize = 7;
