//! Ways in which an engine may read a window: the right one, and the wrong ones that documented bugs have.

mod family;
mod geometry;
mod mixed;
mod order;
mod pads;
mod part;
mod place;
mod sentence;
mod window;
mod written;

use super::probe::Term;
use crate::problem::Problem;
pub use family::VARIANTS;
pub use geometry::Geometry;
pub use mixed::Mixed;
use order::Order;
pub use pads::Mode;
pub use part::Part;
pub use place::{Place, index};
use place::{in_pitch, in_tensor, linear, memory};
use window::Reads;
pub use window::Window;
pub use written::Written;

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
    /// Each real element is read so many units further in memory.
    Memory(i64, Unit),
    /// Rows are taken to be so many elements longer in memory than they are, within planes that are where they should be or
    /// throughout.
    Pitch {
        /// How many elements a row is thought to have besides its own.
        longer: i64,
        /// Whether planes begin where they should.
        planes: bool,
    },
    /// Rows or columns of pads are read from memory as if the tensor went on there.
    PadsFromMemory([bool; 4]),
    /// The first row or column of pads on these sides is read from memory, and what lies further out is zero.
    EdgeFromMemory([bool; 4]),
    /// The first or last row or column of the input on these sides is taken for padding.
    EdgeAsPad([bool; 4]),
    /// Places in memory counted in so few bits, within planes, images or throughout, that they begin again from zero.
    Wrapped {
        /// Bits of the number.
        bits: u32,
        /// What is counted from.
        scope: Scope,
    },
    /// Input channels of the first group.
    FirstGroup,
    /// Input channels of the group so many further.
    Group(i64),
    /// Input channels of the group that is as far from the end as this one is from the beginning.
    GroupsReversed,
    /// Input channels so many further.
    Channels(i64),
    /// Input channels of the group that is the output channel's number, modulo the number of groups.
    GroupByPlace,
    /// The first image.
    FirstImage,
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
    /// As it should be, but what belongs to another output element.
    Written(Written),
    /// As it should be, but for some taps that are left out.
    Without(Part),
    /// As it should be, but for some taps that are summed twice.
    Twice(Part),
}

/// What distances in memory are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Element,
    Row,
    Plane,
}

/// From where places are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Plane,
    Image,
    Tensor,
}

impl Scope {
    /// Every one, and how many elements each has.
    pub fn all(problem: &Problem) -> [(Self, u64); 3] {
        let tensor = problem.input_len();
        let image = tensor / u64::from(problem.batch);
        [(Scope::Plane, image / u64::from(problem.in_channels)), (Scope::Image, image), (Scope::Tensor, tensor)]
    }
}

impl Unit {
    fn elements(self, problem: &Problem) -> i64 {
        let row = i64::from(problem.input.w);
        match self {
            Unit::Element => 1,
            Unit::Row => row,
            Unit::Plane => row * i64::from(problem.input.h),
        }
    }
}

impl Reading {
    /// Whether it changes which taps of a window are summed, or where they read within the reach of the windows, and no element more than
    /// another.
    pub fn is_within_window(self) -> bool {
        matches!(self, Reading::Without(_) | Reading::Twice(_) | Reading::Flipped(..) | Reading::Transposed)
            || matches!(self, Reading::Shifted(..) | Reading::ShiftedOn(_))
            || matches!(self, Reading::Under(geometry) if geometry.is_within_window())
    }

    /// Whether it may read beyond a tensor's end.
    pub fn reads_memory(self) -> bool {
        matches!(
            self,
            Reading::PadsFromMemory(_) | Reading::EdgeFromMemory(_) | Reading::Memory(..) | Reading::Pitch { .. }
        )
    }

    /// The sides whose pads it is about: top, left, bottom, right.
    pub fn sides(self) -> Option<[bool; 4]> {
        match self {
            Reading::PadsFromMemory(sides) | Reading::EdgeFromMemory(sides) | Reading::PadsHold(_, sides) => {
                Some(sides)
            }
            _ => None,
        }
    }

    /// The same of other sides.
    pub fn with_sides(self, sides: [bool; 4]) -> Self {
        match self {
            Reading::PadsFromMemory(_) => Reading::PadsFromMemory(sides),
            Reading::EdgeFromMemory(_) => Reading::EdgeFromMemory(sides),
            Reading::PadsHold(mode, _) => Reading::PadsHold(mode, sides),
            other => other,
        }
    }

    /// Whether it is another reading than the right one on this problem, wherever its pads lie.
    pub fn is_other(self, problem: &Problem) -> bool {
        let (rows, columns) = (problem.kernel.h > 1, problem.kernel.w > 1);
        match self {
            Reading::Without(_) | Reading::Twice(_) | Reading::EdgeAsPad(_) => true,
            Reading::Shifted(..) | Reading::ShiftedOn(_) | Reading::Wrapped { .. } => true,
            Reading::Written(Written::Row(_) | Written::Column(_)) => true,
            Reading::Under(geometry) => geometry.moves(problem),
            Reading::Flipped(h, w) => h && rows || w && columns,
            Reading::Transposed => rows && columns,
            Reading::PadsFromMemory(sides) | Reading::EdgeFromMemory(sides) | Reading::PadsHold(_, sides) => {
                reached(problem).into_iter().zip(sides).any(|(reached, of)| reached && of)
            }
            _ => false,
        }
    }

    /// How often the tap's term is summed, if there is one.
    pub fn times(self, problem: &Problem, tap: Tap) -> i64 {
        match self {
            Reading::Twice(part) if part.has(problem, tap) => 2,
            _ => 1,
        }
    }

    /// Whether some tap of an element adds something else than it should.
    pub fn changes(self, problem: &Problem, element: Element) -> bool {
        let window = Window::of(problem, element);
        let read = self.through(&window);
        taps(problem).any(|tap| {
            let term = self.term(&read, &window, tap);
            term != window.term(tap) || (term.is_some() && self.times(problem, tap) != 1)
        })
    }

    /// The taps of an element that add something under this reading, and the term that each becomes.
    pub fn terms(self, problem: &Problem, element: Element) -> impl Iterator<Item = (Tap, Term)> {
        let window = Window::of(problem, element);
        let read = self.through(&window);
        taps(problem).filter_map(move |tap| Some((tap, self.term(&read, &window, tap)?)))
    }

    /// The element whose bias this one may have besides its own: the one whose value or weights it has; none beyond the output.
    pub fn source(self, problem: &Problem, element: Element) -> Option<Element> {
        match self {
            Reading::Written(written) => written.source(problem, element),
            Reading::Filter(by) => Written::Channel(by).source(problem, element),
            Reading::FirstFilters => {
                Some(Element { channel: element.channel % problem.out_channels_per_group() as usize, ..element })
            }
            _ => Some(element),
        }
    }

    /// What this reading makes of an element's right window.
    pub fn through<'p>(self, window: &Window<'p>) -> Through<'p> {
        let (problem, element, reads) = (window.problem, window.element, window.reads);
        let of_group = i64::from(problem.in_channels_per_group());
        let filters = problem.out_channels_per_group() as usize;
        let groups = i64::from(problem.groups);
        let group = (element.channel / filters) as i64;
        let of_channel = |channel: i64| Reads { channel, ..reads };
        let reads = match self {
            Reading::Right => reads,
            Reading::Nothing => return Through::Nothing,
            Reading::Shifted(rows, columns) => {
                Reads { rows: reads.rows.shifted(rows), columns: reads.columns.shifted(columns), ..reads }
            }
            Reading::FirstGroup => of_channel(0),
            Reading::Group(groups) => of_channel(reads.channel + groups * of_group),
            Reading::GroupsReversed => of_channel((groups - 1 - group) * of_group),
            Reading::GroupByPlace => of_channel(element.channel as i64 % groups * of_group),
            Reading::GroupsByOutput => of_channel(group * filters as i64),
            Reading::Channels(channels) => of_channel(reads.channel + channels),
            Reading::FirstImage => Reads { image: 0, ..reads },
            Reading::Images(images) => Reads { image: reads.image + images, ..reads },
            Reading::Under(geometry) => window.under(geometry).reads,
            Reading::FirstFilters => Reads { filter: element.channel % filters, ..reads },
            Reading::Filter(channels) => {
                let filter = element.channel as i64 + channels;
                if !(0..i64::from(problem.out_channels)).contains(&filter) {
                    return Through::Nothing;
                }
                Reads { filter: filter as usize, ..reads }
            }
            Reading::Flipped(rows, columns) => Reads {
                rows: if rows { reads.rows.reversed(problem.kernel.h) } else { reads.rows },
                columns: if columns { reads.columns.reversed(problem.kernel.w) } else { reads.columns },
                ..reads
            },
            Reading::Written(written) => {
                let Some(source) = written.source(problem, element) else { return Through::Nothing };
                Window::of(problem, source).reads
            }
            Reading::ShiftedOn(_)
            | Reading::Memory(..)
            | Reading::Pitch { .. }
            | Reading::PadsFromMemory(_)
            | Reading::EdgeFromMemory(_)
            | Reading::EdgeAsPad(_)
            | Reading::Wrapped { .. }
            | Reading::PadsHold(..)
            | Reading::Transposed
            | Reading::Order(_)
            | Reading::Without(_)
            | Reading::Twice(_) => return Through::Taps,
        };
        Through::Window(Window { reads, ..*window })
    }

    /// The term that the tap becomes under this reading, which makes `read` of the right window; `None` where it adds nothing.
    pub fn term(self, read: &Through<'_>, window: &Window<'_>, tap: Tap) -> Option<Term> {
        match read {
            Through::Nothing => None,
            Through::Window(other) => other.term(tap),
            Through::Taps => Some(Term { input: self.input(window, tap)?, weight: self.weight(window, tap) }),
        }
    }

    /// The weight of a tap, of a reading that is [none of whole windows](Through::Taps).
    fn weight(self, window: &Window<'_>, tap: Tap) -> usize {
        if let Reading::Order(order) = self { order.weight(window, tap) } else { window.weight(tap) }
    }

    /// The input element that a tap reads, of a reading that is [none of whole windows](Through::Taps).
    fn input(self, window: &Window<'_>, tap: Tap) -> Option<usize> {
        let problem = window.problem;
        let right = window.place(tap);
        let (rows, columns) = (i64::from(problem.input.h), i64::from(problem.input.w));
        match self {
            Reading::ShiftedOn(columns) => {
                let real_row = (0..rows).contains(&right.row);
                let moved = Place { column: right.column + columns, ..right };
                (real_row && moved.column >= 0).then(|| memory(problem, moved)).flatten()
            }
            Reading::Memory(by, unit) => {
                index(problem, right)?;
                in_tensor(problem, linear(problem, right) + by * unit.elements(problem))
            }
            Reading::PadsFromMemory(sides) | Reading::EdgeFromMemory(sides) => {
                let far = |at: i64, size: i64| at < -1 || at > size;
                if matches!(self, Reading::EdgeFromMemory(_)) && (far(right.row, rows) || far(right.column, columns)) {
                    return None;
                }
                let beyond = [right.row < 0, right.column < 0, right.row >= rows, right.column >= columns];
                // A corner lies beyond two sides, and is read only if both are.
                let from_memory = beyond.iter().zip(sides).all(|(beyond, side)| side || !beyond);
                if from_memory { memory(problem, right) } else { None }
            }
            Reading::EdgeAsPad(sides) => {
                let edges = [right.row == 0, right.column == 0, right.row == rows - 1, right.column == columns - 1];
                let is_pad = edges.into_iter().zip(sides).any(|(edge, side)| edge && side);
                if is_pad { None } else { index(problem, right) }
            }
            Reading::Pitch { longer, planes } => {
                index(problem, right)?;
                in_pitch(problem, right, longer, planes)
            }
            Reading::Wrapped { bits, scope } => {
                let at = index(problem, right)? as u64;
                let elements = Scope::all(problem).into_iter().find(|(other, _)| *other == scope)?.1;
                let within = at % elements;
                Some((at - within + within % (1 << bits)) as usize)
            }
            Reading::PadsHold(mode, sides) => index(problem, mode.place(problem, right, sides)),
            Reading::Transposed => {
                let kernel_rows = problem.kernel.h as usize;
                let at = tap.row * problem.kernel.w as usize + tap.column;
                index(problem, window.place(Tap { row: at % kernel_rows, column: at / kernel_rows, ..tap }))
            }
            Reading::Without(part) if part.has(problem, tap) => None,
            Reading::Order(order) => order.input(window, tap),
            Reading::Right
            | Reading::Nothing
            | Reading::Shifted(..)
            | Reading::FirstGroup
            | Reading::Group(_)
            | Reading::GroupsReversed
            | Reading::Channels(_)
            | Reading::GroupByPlace
            | Reading::FirstImage
            | Reading::Images(_)
            | Reading::Under(_)
            | Reading::Flipped(..)
            | Reading::Filter(_)
            | Reading::FirstFilters
            | Reading::GroupsByOutput
            | Reading::Written(_)
            | Reading::Without(_)
            | Reading::Twice(_) => index(problem, right),
        }
    }
}

/// What a reading makes of an element's window.
#[derive(Clone, Copy, Debug)]
pub enum Through<'p> {
    /// Nothing is summed.
    Nothing,
    /// Another window, of which all taps are read as they should.
    Window(Window<'p>),
    /// The same window, with some taps read elsewhere, or not at all, or twice.
    Taps,
}

/// The pads that windows reach: top, left, bottom, right.
pub fn reached(problem: &Problem) -> [bool; 4] {
    let (h, w) = (problem.h(), problem.w());
    [h.pad_begin, w.pad_begin, h.reached_pad_end(), w.reached_pad_end()].map(|reached| reached > 0)
}

/// All taps of an element.
pub fn taps(problem: &Problem) -> impl Iterator<Item = Tap> {
    let (rows, columns) = (problem.kernel.h as usize, problem.kernel.w as usize);
    let channels = problem.in_channels_per_group() as usize;
    (0..channels).flat_map(move |channel| {
        (0..rows).flat_map(move |row| (0..columns).map(move |column| Tap { channel, row, column }))
    })
}
