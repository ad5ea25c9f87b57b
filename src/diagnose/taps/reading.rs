//! Ways in which an engine may read a window: the right one, and the wrong ones that documented bugs have.

use super::probe::Term;
use crate::problem::{Along, Problem};

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

/// Where a tap reads: image, input channel over all groups, row and column, the latter two counted from the first real
/// element and possibly inside a pad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub image: i64,
    pub channel: i64,
    pub row: i64,
    pub column: i64,
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
    /// Strides along h and w exchanged.
    StridesSwapped,
    /// Taps at distance 1, along h, along w.
    Dense(bool, bool),
    /// Begin and end pads exchanged, along h, along w.
    PadsSwapped(bool, bool),
    /// Kernel read backwards, along h, along w.
    Flipped(bool, bool),
    /// Kernel rows read as columns.
    Transposed,
    /// The weights of another output channel: so many further.
    Filter(i64),
    /// As it should be, but for some taps that are left out.
    Without(Part),
}

/// Taps that are left out together.
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
}

impl Part {
    /// The parts that every kernel has.
    const OF_EACH: [Part; 6] =
        [Part::LastTap, Part::FirstTap, Part::LastColumn, Part::LastRow, Part::FirstColumn, Part::FirstRow];

    fn has(self, problem: &Problem, tap: Tap) -> bool {
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
        }
    }

    fn sentence(self) -> String {
        let slice = |text: String| format!("the taps of the group's input channels [{text}] are missing");
        match self {
            Part::LastTap => "the last tap is missing".to_owned(),
            Part::FirstTap => "the first tap is missing".to_owned(),
            Part::LastColumn => "the taps of the last kernel column are missing".to_owned(),
            Part::LastRow => "the taps of the last kernel row are missing".to_owned(),
            Part::FirstColumn => "the taps of the first kernel column are missing".to_owned(),
            Part::FirstRow => "the taps of the first kernel row are missing".to_owned(),
            Part::LastChannels(1) => slice("-1".to_owned()),
            Part::LastChannels(count) => slice(format!("-{count}:")),
            Part::FirstChannels(1) => slice("0".to_owned()),
            Part::FirstChannels(count) => slice(format!(":{count}")),
        }
    }
}

/// Channels that a tail or head of missing ones may have.
const MOST_MISSING: usize = 15;

impl Reading {
    /// All wrong readings, the likelier of equal effects first.
    pub fn all(problem: &Problem) -> Vec<Reading> {
        let mut all = vec![Reading::Nothing];
        let both = [(true, false), (false, true), (true, true)];
        all.extend(both.map(|(h, w)| Reading::PadsSwapped(h, w)));
        all.push(Reading::StridesSwapped);
        all.extend(both.map(|(h, w)| Reading::Dense(h, w)));
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
        all.extend(both.map(|(h, w)| Reading::Flipped(h, w)));
        all.push(Reading::Transposed);
        all.extend([1, -1, 2, -2].map(Reading::Filter));
        all.extend(Part::OF_EACH.map(Reading::Without));
        let channels = problem.in_channels_per_group() as usize;
        for count in 1..channels.min(MOST_MISSING + 1) {
            all.extend([Part::LastChannels(count), Part::FirstChannels(count)].map(Reading::Without));
        }
        all
    }

    /// What kind of reading it is, with [`Reading::all`]'s place for those that every problem has: what one bug does to
    /// problems of different sizes is of one kind.
    pub fn kind(self, place: usize) -> usize {
        match self {
            Reading::Without(Part::LastChannels(_)) => 1000,
            Reading::Without(Part::FirstChannels(_)) => 1001,
            Reading::Without(part) => 1010 + Part::OF_EACH.iter().position(|each| *each == part).unwrap_or(0),
            Reading::PadsSwapped(..) => 1002,
            Reading::Dense(..) => 1003,
            Reading::PadsFromMemory(_) => 1004,
            Reading::Flipped(..) => 1005,
            _ => place,
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
            Reading::Right => read(index(problem, right)),
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
            Reading::StridesSwapped => {
                let (h, w) = (Along { stride: w.stride, ..h }, Along { stride: h.stride, ..w });
                read(index(problem, place(problem, &h, &w, element, tap)))
            }
            Reading::Dense(rows, columns) => {
                let dense = |along: Along, yes: bool| Along { dilation: if yes { 1 } else { along.dilation }, ..along };
                read(index(problem, place(problem, &dense(h, rows), &dense(w, columns), element, tap)))
            }
            Reading::PadsSwapped(rows, columns) => {
                let swap = |along: Along, yes: bool| match yes {
                    true => Along { pad_begin: along.pad_end, pad_end: along.pad_begin, ..along },
                    false => along,
                };
                read(index(problem, place(problem, &swap(h, rows), &swap(w, columns), element, tap)))
            }
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

    /// What happens, to stand behind "there".
    pub fn sentence(self) -> String {
        let far = |count: i64, one: &str, many: &str| match count.abs() {
            1 => format!("one {one}"),
            2 => format!("two {many}"),
            count => format!("{count} {many}"),
        };
        let down = |rows: i64| format!("{} too far {}", far(rows, "row", "rows"), if rows > 0 { "down" } else { "up" });
        let right = |columns: i64| {
            format!("{} too far {}", far(columns, "column", "columns"), if columns > 0 { "right" } else { "left" })
        };
        let along = |h: bool, w: bool| match (h, w) {
            (true, true) => "h and w",
            (true, false) => "h",
            _ => "w",
        };
        match self {
            Reading::Right => "the window is read as it should be".to_owned(),
            Reading::Nothing => "nothing is summed".to_owned(),
            Reading::Shifted(rows, 0) => format!("the window is read {}", down(rows)),
            Reading::Shifted(0, columns) => format!("the window is read {}", right(columns)),
            Reading::Shifted(rows, columns) => format!("the window is read {} and {}", down(rows), right(columns)),
            Reading::ShiftedOn(columns) => format!(
                "the window is read {}, and past the end of a row it reads on in memory: the next row's first values",
                right(columns)
            ),
            Reading::Memory(elements) => format!(
                "each input element is read {} too {} in memory",
                far(elements, "element", "elements"),
                if elements > 0 { "late" } else { "early" }
            ),
            Reading::PadsFromMemory(sides) => {
                let names = ["top", "left", "bottom", "right"].iter().zip(sides).filter(|(_, side)| *side);
                let names: Vec<&str> = names.map(|(name, _)| *name).collect();
                format!(
                    "the {} pad is not zero: what lies there in memory is read, such as the next row's values",
                    names.join(" and ")
                )
            }
            Reading::FirstGroup => {
                "the input channels of the first group are read in place of the own group's".to_owned()
            }
            Reading::Channels(channels) => format!(
                "input channels {} {} are read",
                far(channels, "channel", "channels"),
                if channels > 0 { "too far on" } else { "too early" }
            ),
            Reading::Images(images) => {
                format!("the {} image is read", if images > 0 { "next" } else { "previous" })
            }
            Reading::StridesSwapped => "stride_h and stride_w are exchanged".to_owned(),
            Reading::Dense(h, w) => {
                format!("the dilation along {} is ignored: taps are read at distance 1", along(h, w))
            }
            Reading::PadsSwapped(h, w) => format!("begin and end pad along {} are exchanged", along(h, w)),
            Reading::Flipped(h, w) => format!("the kernel is read backwards along {}", along(h, w)),
            Reading::Transposed => "kernel rows and columns are exchanged".to_owned(),
            Reading::Without(part) => part.sentence(),
            Reading::Filter(channels) => format!(
                "the weights of the output channel {} {} are used",
                far(channels, "place", "places"),
                if channels > 0 { "further on" } else { "before" }
            ),
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

/// Where a tap reads, under `h` and `w`.
pub fn place(problem: &Problem, h: &Along, w: &Along, element: Element, tap: Tap) -> Place {
    let group = element.channel / problem.out_channels_per_group() as usize;
    let at = |along: &Along, window: usize, tap: usize| {
        along.window_start(window as u64) + tap as i64 * i64::from(along.dilation)
    };
    Place {
        image: element.image as i64,
        channel: (group * problem.in_channels_per_group() as usize + tap.channel) as i64,
        row: at(h, element.row, tap.row),
        column: at(w, element.column, tap.column),
    }
}

/// The row-major index of a place, if it is an input element.
fn index(problem: &Problem, place: Place) -> Option<usize> {
    let real = |at: i64, size: u32| (0..i64::from(size)).contains(&at);
    let inside = real(place.image, problem.batch)
        && real(place.channel, problem.in_channels)
        && real(place.row, problem.input.h)
        && real(place.column, problem.input.w);
    inside.then(|| linear(problem, place) as usize)
}

fn linear(problem: &Problem, place: Place) -> i64 {
    let size = |value: u32| i64::from(value);
    ((place.image * size(problem.in_channels) + place.channel) * size(problem.input.h) + place.row)
        * size(problem.input.w)
        + place.column
}

fn in_tensor(problem: &Problem, linear: i64) -> Option<usize> {
    (0..problem.input_len() as i64).contains(&linear).then_some(linear as usize)
}

/// A place computed without asking whether it is inside its plane.
fn memory(problem: &Problem, place: Place) -> Option<usize> {
    in_tensor(problem, linear(problem, place))
}
