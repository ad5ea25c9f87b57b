//! Ways in which an engine may read a window: the right one, and the wrong ones that documented bugs have.

mod geometry;
mod order;
mod pads;
mod place;
mod sentence;

use super::probe::Term;
use crate::problem::Problem;
use geometry::Geometry;
use order::Order;
use pads::{Mode, SIDES};
pub use place::{Place, index, place};
use place::{in_tensor, linear, memory};

/// An output element, as image, channel, row, column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Element {
    pub image: usize,
    pub channel: usize,
    pub row: usize,
    pub column: usize,
}

/// A tap of an element: input channel within the group, kernel row, kernel column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tap {
    pub channel: usize,
    pub row: usize,
    pub column: usize,
}

/// A way of reading windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As it should be.
    Right,
    /// Nothing at all is summed.
    Nothing,
    /// The window stands so many rows lower and columns further right.
    Shifted(i64, i64),
    /// The window stands so many columns further right, and past the row's end it reads on in memory.
    ShiftedOn(i64),
    /// Each real element is read so many elements further in memory.
    Memory(i64),
    /// Rows or columns of pads are read from memory as if the tensor went on there.
    PadsFromMemory([bool; 4]),
    /// Input channels of another group: the first, or so many groups on.
    FirstGroup,
    /// Input channels so many further.
    Channels(i64),
    /// Another image: so many further.
    Images(i64),
    /// As it should be, under a wrong idea of strides, dilations or pads.
    Under(Geometry),
    /// Something else than zeros in the pads on these sides: top, left, bottom, right.
    PadsHold(Mode, [bool; 4]),
    /// Kernel read backwards, along h, along w.
    Flipped(bool, bool),
    /// Kernel rows read as columns.
    Transposed,
    /// The weights of another output channel: so many further.
    Filter(i64),
    /// The weights of the first group.
    FirstFilters,
    /// Input channels of a group counted from where its output channels begin.
    GroupsByOutput,
    /// A tensor in another order.
    Order(Order),
    /// As it should be, but for some taps that are left out.
    Without(Part),
    /// As it should be, but for some taps that are summed twice.
    Twice(Part),
}

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
}

impl Part {
    /// The parts that every kernel has.
    const OF_EACH: [Part; 6] =
        [Part::LastTap, Part::FirstTap, Part::LastColumn, Part::LastRow, Part::FirstColumn, Part::FirstRow];

    /// Its number among those of each kernel; channels come behind.
    fn place(self) -> usize {
        Part::OF_EACH.iter().position(|each| *each == self).unwrap_or(Part::OF_EACH.len())
    }

    /// The parts that lie somewhere inside, of kernels and groups that aren't large.
    fn inside(problem: &Problem) -> impl Iterator<Item = Part> {
        let most = |size: u32| (size as usize).min(MOST_INSIDE);
        let (rows, columns) = (most(problem.kernel.h), most(problem.kernel.w));
        let places = (0..rows).flat_map(move |row| (0..columns).map(move |column| Part::Place(row, column)));
        let channels = (0..most(problem.in_channels_per_group())).map(Part::Channel);
        (0..rows).map(Part::Row).chain((0..columns).map(Part::Column)).chain(places).chain(channels)
    }

    /// The parts that begin somewhere and go on to the end, as blocks and tails of vectors have it.
    fn from_somewhere(problem: &Problem) -> impl Iterator<Item = Part> {
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
        let taps = rows * columns * problem.in_channels_per_group() as usize;
        from.chain(begins(rows * columns, 4).map(Part::PlacesFrom)).chain(begins(taps, 8).map(Part::TapsFrom))
    }

    fn has(self, problem: &Problem, tap: Tap) -> bool {
        let place = tap.row * problem.kernel.w as usize + tap.column;
        let channels = problem.in_channels_per_group() as usize;
        let row_from_end = problem.kernel.h as usize - 1 - tap.row;
        let column_from_end = problem.kernel.w as usize - 1 - tap.column;
        match self {
            Part::LastTap => (tap.channel + 1, row_from_end, column_from_end) == (channels, 0, 0),
            Part::FirstTap => (tap.channel, tap.row, tap.column) == (0, 0, 0),
            Part::LastColumn => column_from_end == 0,
            Part::LastRow => row_from_end == 0,
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
            Part::TapsFrom(from) => tap.channel * (problem.kernel.h * problem.kernel.w) as usize + place >= from,
        }
    }
}

/// Channels that a tail or head of missing ones may have; places and taps of a tail.
const MOST_MISSING: usize = 15;

/// Rows and columns from which on taps may be missing.
const MOST_BEGUN: usize = 4;

/// Blocks of places or taps behind which all may be missing.
const MOST_BLOCKS: usize = 16;

/// Rows, columns and channels that are asked after one by one.
const MOST_INSIDE: usize = 7;

/// Blocks of output channels, by which an engine may take the weights of another block.
const FAR_FILTERS: [i64; 10] = [3, -3, 4, -4, 8, -8, 16, -16, 32, -32];

impl Reading {
    /// All wrong readings, the likelier of equal effects first.
    pub fn all(problem: &Problem) -> Vec<Reading> {
        let mut all = vec![Reading::Nothing];
        all.extend(Geometry::LIKELY.map(Reading::Under));
        let mut shifts: Vec<(i64, i64)> = (-4..=4).flat_map(|h| (-4..=4).map(move |w| (h, w))).collect();
        shifts.sort_by_key(|(h, w)| (h.abs() + w.abs(), std::cmp::Reverse((*h, *w))));
        all.extend(shifts.into_iter().skip(1).map(|(h, w)| Reading::Shifted(h, w)));
        all.extend([1, -1, 2, -2].map(Reading::ShiftedOn));
        let (row, plane) = (i64::from(problem.input.w), i64::from(problem.input.w) * i64::from(problem.input.h));
        all.extend([1, -1, 2, -2, row, -row, plane, -plane].map(Reading::Memory));
        for sides in 1..16u8 {
            all.push(Reading::PadsFromMemory([sides & 1, sides & 2, sides & 4, sides & 8].map(|side| side != 0)));
        }
        all.push(Reading::FirstGroup);
        let group = i64::from(problem.in_channels_per_group());
        all.extend([1, -1, group, -group].map(Reading::Channels));
        all.extend([1, -1].map(Reading::Images));
        all.extend([(true, false), (false, true), (true, true)].map(|(h, w)| Reading::Flipped(h, w)));
        all.push(Reading::Transposed);
        all.extend([1, -1, 2, -2].map(Reading::Filter));
        all.push(Reading::FirstFilters);
        all.push(Reading::GroupsByOutput);
        let filters = i64::from(problem.out_channels);
        all.extend(FAR_FILTERS.into_iter().filter(|far| far.abs() < filters).map(Reading::Filter));
        all.extend(Geometry::OTHERS.map(Reading::Under));
        for sides in SIDES {
            all.extend(Mode::ALL.map(|mode| Reading::PadsHold(mode, sides)));
        }
        all.extend(Order::ALL.map(Reading::Order));
        all.extend(Part::OF_EACH.map(Reading::Without));
        let channels = problem.in_channels_per_group() as usize;
        // Not all of several: that is what any other bug comes to whose windows lie in the padding.
        for count in 1..channels.clamp(2, MOST_MISSING + 1) {
            all.extend([Part::LastChannels(count), Part::FirstChannels(count)].map(Reading::Without));
        }
        all.extend(Part::inside(problem).map(Reading::Without));
        all.extend(Part::from_somewhere(problem).map(Reading::Without));
        all.extend(Part::OF_EACH.map(Reading::Twice));
        all.push(Reading::Twice(Part::LastChannels(1)));
        all
    }

    /// What kind of reading it is, with [`Reading::all`]'s place for those that every problem has: what one bug does to
    /// problems of different sizes is of one kind.
    pub fn kind(self, place: usize) -> usize {
        match self {
            Reading::Without(Part::LastChannels(_)) => 1000,
            Reading::Without(Part::FirstChannels(_)) => 1001,
            Reading::Without(Part::Row(_)) => 1070,
            Reading::Without(Part::Column(_)) => 1071,
            Reading::Without(Part::Place(..)) => 1072,
            Reading::Without(Part::Channel(_)) => 1073,
            Reading::Without(Part::From(..)) => 1074,
            Reading::Without(Part::PlacesFrom(_)) => 1075,
            Reading::Without(Part::TapsFrom(_)) => 1076,
            Reading::Without(part) => 1010 + part.place(),
            Reading::Twice(part) => 1080 + part.place(),
            Reading::Under(geometry) => geometry.kind().unwrap_or(place),
            Reading::PadsHold(mode, _) => 1040 + mode as usize,
            Reading::Order(order) => 1050 + order as usize,
            Reading::FirstFilters => 1060,
            Reading::GroupsByOutput => 1061,
            Reading::Filter(channels) if FAR_FILTERS.contains(&channels) => 1062,
            Reading::PadsFromMemory(_) => 1004,
            Reading::Flipped(..) => 1005,
            _ => place,
        }
    }

    /// Which of its kind it is, where that can be the same for problems of all sizes: a number below [`Reading::VARIANTS`], the
    /// simpler first.
    pub fn variant(self) -> Option<usize> {
        let axes = |h: bool, w: bool| usize::from(w) + usize::from(h && w);
        let sides = |sides: [bool; 4]| {
            let bits = sides.iter().fold(0, |bits, &side| 2 * bits + usize::from(side));
            16 * sides.iter().filter(|&&side| side).count() + bits
        };
        match self {
            Reading::Under(geometry) => geometry.axes().map(|(h, w)| axes(h, w)),
            Reading::Flipped(h, w) => Some(axes(h, w)),
            Reading::PadsFromMemory(of) | Reading::PadsHold(_, of) => Some(sides(of)),
            Reading::Without(
                Part::LastChannels(number)
                | Part::FirstChannels(number)
                | Part::Row(number)
                | Part::Column(number)
                | Part::Channel(number),
            ) => Some(number),
            Reading::Without(Part::Place(row, column) | Part::From(row, column)) => Some(row * MOST_INSIDE + column),
            _ => None,
        }
    }

    /// Bound of the numbers of variants.
    pub const VARIANTS: usize = 80;

    /// Whether it changes which taps of a window are summed, or where they read within the reach of the windows, and no element more than
    /// another.
    pub fn is_within_window(self) -> bool {
        matches!(self, Reading::Without(_) | Reading::Twice(_) | Reading::Flipped(..) | Reading::Transposed)
            || matches!(self, Reading::Shifted(..) | Reading::ShiftedOn(_))
            || matches!(self, Reading::Under(geometry) if geometry.is_within_window())
    }

    /// How often the tap's term is summed, if there is one.
    pub fn times(self, problem: &Problem, tap: Tap) -> i64 {
        match self {
            Reading::Twice(part) if part.has(problem, tap) => 2,
            _ => 1,
        }
    }

    /// Whether the tap adds something else than it should.
    pub fn changes(self, problem: &Problem, element: Element, tap: Tap) -> bool {
        let term = self.term(problem, element, tap);
        term != Reading::Right.term(problem, element, tap) || (term.is_some() && self.times(problem, tap) != 1)
    }

    /// The element whose place in the output this one takes, its bias included: itself, but where outputs change places.
    pub fn source(self, problem: &Problem, element: Element) -> Element {
        match self {
            Reading::Order(order) => order.source(problem, element),
            _ => element,
        }
    }

    /// The term that the tap becomes under this reading; `None` where it adds nothing.
    pub fn term(self, problem: &Problem, element: Element, tap: Tap) -> Option<Term> {
        let kernel = (problem.kernel.h as usize, problem.kernel.w as usize);
        let weight = |channel: usize| {
            let per_filter = problem.in_channels_per_group() as usize;
            ((channel * per_filter + tap.channel) * kernel.0 + tap.row) * kernel.1 + tap.column
        };
        let (h, w) = (problem.h(), problem.w());
        let right = place(problem, &h, &w, element, tap);
        let read = |input: Option<usize>| input.map(|input| Term { input, weight: weight(element.channel) });
        match self {
            Reading::Right | Reading::Twice(_) => read(index(problem, right)),
            Reading::Nothing => None,
            Reading::Shifted(rows, columns) => {
                read(index(problem, Place { row: right.row + rows, column: right.column + columns, ..right }))
            }
            Reading::ShiftedOn(columns) => {
                let real_row = (0..i64::from(problem.input.h)).contains(&right.row);
                let moved = Place { column: right.column + columns, ..right };
                read((real_row && moved.column >= 0).then(|| memory(problem, moved)).flatten())
            }
            Reading::Memory(elements) => {
                index(problem, right)?;
                read(in_tensor(problem, linear(problem, right) + elements))
            }
            Reading::PadsFromMemory(sides) => {
                let (rows, columns) = (i64::from(problem.input.h), i64::from(problem.input.w));
                let beyond = [right.row < 0, right.column < 0, right.row >= rows, right.column >= columns];
                // A corner lies beyond two sides, and is read only if both are.
                let from_memory = beyond.iter().zip(sides).all(|(beyond, side)| side || !beyond);
                read(if from_memory { memory(problem, right) } else { None })
            }
            Reading::FirstGroup => read(index(problem, Place { channel: tap.channel as i64, ..right })),
            Reading::Channels(channels) => read(index(problem, Place { channel: right.channel + channels, ..right })),
            Reading::Images(images) => read(index(problem, Place { image: right.image + images, ..right })),
            Reading::Under(geometry) => {
                let (h, w) = geometry.of(h, w);
                read(index(problem, place(problem, &h, &w, element, tap)))
            }
            Reading::PadsHold(mode, sides) => read(index(problem, mode.place(problem, right, sides))),
            Reading::FirstFilters => {
                let channel = element.channel % problem.out_channels_per_group() as usize;
                read(index(problem, right)).map(|term| Term { weight: weight(channel), ..term })
            }
            Reading::GroupsByOutput => {
                let group = element.channel / problem.out_channels_per_group() as usize;
                let begin = group * problem.out_channels_per_group() as usize;
                read(index(problem, Place { channel: (begin + tap.channel) as i64, ..right }))
            }
            Reading::Order(order) => order.term(problem, element, tap),
            Reading::Flipped(rows, columns) => {
                let row = if rows { kernel.0 - 1 - tap.row } else { tap.row };
                let column = if columns { kernel.1 - 1 - tap.column } else { tap.column };
                read(index(problem, place(problem, &h, &w, element, Tap { row, column, ..tap })))
            }
            Reading::Transposed => {
                let at = tap.row * kernel.1 + tap.column;
                let moved = Tap { row: at % kernel.0, column: at / kernel.0, ..tap };
                read(index(problem, place(problem, &h, &w, element, moved)))
            }
            Reading::Without(part) => {
                if part.has(problem, tap) {
                    return None;
                }
                read(index(problem, right))
            }
            Reading::Filter(channels) => {
                let channel = element.channel as i64 + channels;
                let real = (0..i64::from(problem.out_channels)).contains(&channel);
                let input = index(problem, right)?;
                real.then(|| Term { input, weight: weight(channel as usize) })
            }
        }
    }
}

/// All taps of an element.
pub fn taps(problem: &Problem) -> impl Iterator<Item = Tap> {
    let (rows, columns) = (problem.kernel.h as usize, problem.kernel.w as usize);
    let channels = problem.in_channels_per_group() as usize;
    (0..channels).flat_map(move |channel| {
        (0..rows).flat_map(move |row| (0..columns).map(move |column| Tap { channel, row, column }))
    })
}
