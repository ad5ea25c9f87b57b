//! Effects: what changes in the sum of an output element, and in which elements.

use super::Draw;
use crate::backend::UNWRITTEN;
use crate::backend::defect::taps::{Element, Tap, for_each_element, for_each_term};
use crate::operands::Case;
use crate::problem::{Along, Problem};

/// Which output elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Everywhere,
    LastColumn,
    LastRow,
    LastCorner,
    FirstRow,
    FirstColumn,
    FirstCorner,
    LastChannel,
    LaterChannels,
    LaterImages,
}

/// What happens there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Taps of these places are left out.
    Dropped(Taps),
    /// Taps of these places are summed twice.
    Doubled(Taps),
    /// The window stands so many rows and columns further, and pads stay zero.
    Shifted(i64, i64),
    /// One column further, and on in memory past the row's end.
    ShiftedOn,
    /// The input channels of group 0.
    FirstGroup,
    /// The next input channel, as long as there is one.
    NextChannel,
    /// The end pad of rows is read from memory.
    RightPadFromMemory,
    StridesSwapped,
    PadsSwapped,
    /// Dilation ignored along h, along w.
    Dense(bool, bool),
    BiasLost,
    BiasDoubled,
    Zero,
    Unwritten,
}

/// Places in the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taps {
    Last,
    LastColumn,
    LastRow,
    FirstColumn,
    FirstRow,
    LastChannel,
}

impl Taps {
    fn has(self, tap: &Tap<'_>) -> bool {
        let p = tap.y.problem;
        match self {
            Self::Last => tap.is_last(),
            Self::LastColumn => tap.in_last_kernel_column(),
            Self::LastRow => tap.kh + 1 == p.kernel.h,
            Self::FirstColumn => tap.kw == 0,
            Self::FirstRow => tap.kh == 0,
            Self::LastChannel => tap.c + 1 == p.in_channels_per_group(),
        }
    }
}

impl Part {
    pub fn draw(draw: &mut Draw) -> Self {
        use Part::*;
        draw.of(&[
            Everywhere,
            Everywhere,
            LastColumn,
            LastRow,
            LastCorner,
            FirstRow,
            FirstColumn,
            FirstCorner,
            LastChannel,
            LaterChannels,
            LaterImages,
        ])
    }

    fn has(self, y: &Element<'_>) -> bool {
        match self {
            Self::Everywhere => true,
            Self::LastColumn => y.in_last_column(),
            Self::LastRow => y.in_last_row(),
            Self::LastCorner => y.in_last_row() && y.in_last_column(),
            Self::FirstRow => y.i == 0,
            Self::FirstColumn => y.j == 0,
            Self::FirstCorner => y.i == 0 && y.j == 0,
            Self::LastChannel => y.o + 1 == y.problem.out_channels,
            Self::LaterChannels => y.o > 0,
            Self::LaterImages => y.n > 0,
        }
    }

    /// Its shape, then what that is where outputs are small.
    fn shapes(self) -> &'static [&'static str] {
        match self {
            Self::Everywhere => &["[:, :, :, :]"],
            Self::LastColumn => &["[:, :, :, -1]"],
            Self::LastRow => &["[:, :, -1, :]"],
            Self::LastCorner => &["[:, :, -1, -1]"],
            Self::FirstRow => &["[:, :, 0, :]"],
            Self::FirstColumn => &["[:, :, :, 0]"],
            Self::FirstCorner => &["[:, :, 0, 0]"],
            Self::LastChannel => &["[:, -1, :, :]"],
            Self::LaterChannels => &["[:, k:, :, :]", "[:, -1, :, :]"],
            Self::LaterImages => &["[k:, :, :, :]", "[-1, :, :, :]"],
        }
    }
}

/// Shapes of the region, where the change spoils all elements of the part that read anything.
pub fn shapes(part: Part, change: Change) -> &'static [&'static str] {
    match (part, change) {
        (Part::Everywhere, Change::RightPadFromMemory) => &["[:, :, :, k:]", "[:, :, :, -1]"],
        (Part::Everywhere, Change::FirstGroup) => &["[:, k:, :, :]", "[:, -1, :, :]"],
        (Part::Everywhere, Change::NextChannel) => &["[:, :, :, :]", "[:, :k, :, :]", "[:, 0, :, :]"],
        (Part::Everywhere, Change::StridesSwapped) => &["[:, :, flat k:]"],
        _ => part.shapes(),
    }
}

impl Change {
    pub fn draw(draw: &mut Draw) -> Self {
        let taps = draw.of(&[
            Taps::Last,
            Taps::LastColumn,
            Taps::LastRow,
            Taps::FirstColumn,
            Taps::FirstRow,
            Taps::LastChannel,
        ]);
        match draw.below(18) {
            0..=3 => Self::Dropped(taps),
            4 | 5 => Self::Doubled(taps),
            6 | 7 => {
                let (rows, columns) = draw.of(&[(0, 1), (0, -1), (1, 0), (-1, 0)]);
                Self::Shifted(rows, columns)
            }
            8 => Self::ShiftedOn,
            9 => Self::FirstGroup,
            10 => Self::NextChannel,
            11 => Self::RightPadFromMemory,
            12 => Self::StridesSwapped,
            13 => Self::PadsSwapped,
            14 => draw.of(&[Self::Dense(true, false), Self::Dense(false, true)]),
            15 => draw.of(&[Self::BiasLost, Self::BiasDoubled]),
            16 => Self::Zero,
            _ => Self::Unwritten,
        }
    }

    /// What an account of it says.
    pub fn story(self) -> &'static [&'static str] {
        match self {
            Self::Dropped(Taps::Last) => &["the last tap is missing"],
            Self::Dropped(Taps::LastColumn) => &["the taps of the last kernel column are missing"],
            Self::Dropped(Taps::LastRow) => &["the taps of the last kernel row are missing"],
            Self::Dropped(Taps::FirstColumn) => &["the taps of the first kernel column are missing"],
            Self::Dropped(Taps::FirstRow) => &["the taps of the first kernel row are missing"],
            Self::Dropped(Taps::LastChannel) => &["the group's input channels", "the last tap is missing"],
            Self::Doubled(_) => &["more than once", "summed twice"],
            Self::Shifted(0, 1) | Self::ShiftedOn => &["one column too far right"],
            Self::Shifted(0, _) => &["one column too far left"],
            Self::Shifted(1, _) => &["one row too far down"],
            Self::Shifted(..) => &["one row too far up"],
            Self::FirstGroup => &["the input channels of the first group"],
            Self::NextChannel => &["input channels one channel too far on"],
            Self::RightPadFromMemory => &["the right pad is not zero"],
            Self::StridesSwapped => &["stride_h and stride_w are exchanged"],
            Self::PadsSwapped => &["begin and end pad"],
            Self::Dense(true, _) => &["the dilation along h is ignored"],
            Self::Dense(..) => &["the dilation along w is ignored"],
            Self::BiasLost => &["the bias is missing"],
            Self::BiasDoubled => &["the bias is added more than once"],
            Self::Zero => &["nothing is summed"],
            Self::Unwritten => &["not written", "never written", "not finite", "NaN"],
        }
    }

    /// What a tap reads, and how often it counts. An offset behind the tensor reads 0.
    fn reads(self, tap: &Tap<'_>) -> (Option<usize>, u32) {
        let p = tap.y.problem;
        let right = tap.right();
        let in_row = |column: i64| 0 <= tap.row && tap.row < i64::from(p.input.h) && column >= 0;
        let placed = |h: Along, w: Along| {
            let at = |along: Along, window: u32, place: u32| {
                along.window_start(window.into()) + i64::from(place) * i64::from(along.dilation)
            };
            tap.at(at(h, tap.y.i, tap.kh), at(w, tap.y.j, tap.kw))
        };
        let (h, w) = (p.h(), p.w());
        let once = |read| (read, 1);
        match self {
            Self::Dropped(taps) => (right, u32::from(!taps.has(tap))),
            Self::Doubled(taps) => (right, 1 + u32::from(taps.has(tap))),
            Self::Shifted(rows, columns) => once(tap.at(tap.row + rows, tap.column + columns)),
            Self::ShiftedOn => once(if in_row(tap.column + 1) { tap.memory(tap.row, tap.column + 1) } else { None }),
            Self::FirstGroup => once(Tap { channel: tap.c, ..*tap }.right()),
            Self::NextChannel => {
                let next = Tap { channel: tap.channel + 1, ..*tap };
                once(if next.channel < p.in_channels { next.right() } else { None })
            }
            Self::RightPadFromMemory => once(if in_row(tap.column) { tap.memory(tap.row, tap.column) } else { None }),
            Self::StridesSwapped => once(placed(Along { stride: w.stride, ..h }, Along { stride: h.stride, ..w })),
            Self::PadsSwapped => {
                let swap = |along: Along| Along { pad_begin: along.pad_end, pad_end: along.pad_begin, ..along };
                once(placed(swap(h), swap(w)))
            }
            Self::Dense(rows, columns) => {
                let dense = |along: Along, yes| if yes { Along { dilation: 1, ..along } } else { along };
                once(placed(dense(h, rows), dense(w, columns)))
            }
            Self::BiasLost | Self::BiasDoubled => once(right),
            Self::Zero | Self::Unwritten => (None, 0),
        }
    }

    fn bias(self) -> u32 {
        match self {
            Self::BiasLost | Self::Zero => 0,
            Self::BiasDoubled => 2,
            _ => 1,
        }
    }
}

/// Spoils the elements of `part`.
pub fn apply(case: Case<'_>, output: &mut [f32], part: Part, change: Change) {
    for_each_element(case.problem, |index, y| {
        if !part.has(y) {
            return;
        }
        if change == Change::Unwritten {
            output[index] = UNWRITTEN;
            return;
        }
        let mut sum = 0.0;
        let most = if matches!(change, Change::Doubled(_)) { 2 } else { 1 };
        for times in 1..=most {
            let reads = |tap: &Tap<'_>| {
                let (read, count) = change.reads(tap);
                read.filter(|_| count >= times)
            };
            for_each_term(case, y, reads, |x, w| sum += f64::from(x) * f64::from(w));
        }
        let bias = case.bias.get(y.o as usize).map_or(0.0, |&bias| f64::from(bias));
        output[index] = (sum + bias * f64::from(change.bias())) as f32;
    });
}

/// Whether some element sums other terms than it should: whether the output is wrong, but for chance.
pub fn shows(problem: &Problem, part: Part, change: Change) -> bool {
    let len = problem.input_len() as usize;
    let mut shown = false;
    for_each_element(problem, |_, y| shown = shown || part.has(y) && spoiled(y, change, len));
    shown
}

/// Whether it could show, as far as padding goes: an element of the part sums other terms, or has a window that reaches the input
/// unless the change [is there](moves) and what it moves lies in the padding.
pub fn could_show(problem: &Problem, part: Part, change: Change) -> bool {
    let moves = moves(problem, change);
    let (h, w) = (problem.h(), problem.w());
    let mut shown = shows(problem, part, change);
    for_each_element(problem, |_, y| {
        let reaches = || h.reads_input(y.i.into()) && w.reads_input(y.j.into());
        shown = shown || (!moves && part.has(y) && reaches());
    });
    shown
}

/// Whether some taps are left out, doubled or taken for others, be they in the padding.
fn moves(problem: &Problem, change: Change) -> bool {
    let (h, w) = (problem.h(), problem.w());
    let spread = |along: Along| along.dilation > 1 && along.kernel > 1;
    match change {
        Change::Dropped(_) | Change::Doubled(_) => true,
        Change::StridesSwapped => h.stride != w.stride && h.output() * w.output() > 1,
        Change::PadsSwapped => [h, w].iter().any(|along| along.pad_begin != along.pad_end),
        Change::Dense(rows, columns) => rows && spread(h) || columns && spread(w),
        Change::RightPadFromMemory => w.effective_pad_end() > 0,
        _ => false,
    }
}

/// Row-major indices of these elements.
pub fn spoils(problem: &Problem, part: Part, change: Change) -> Vec<usize> {
    let len = problem.input_len() as usize;
    let mut wrong = Vec::new();
    for_each_element(problem, |index, y| wrong.extend((part.has(y) && spoiled(y, change, len)).then_some(index)));
    wrong
}

fn spoiled(y: &Element<'_>, change: Change, len: usize) -> bool {
    change == Change::Unwritten || y.problem.bias && change.bias() != 1 || differs(y, change, len)
}

fn differs(y: &Element<'_>, change: Change, len: usize) -> bool {
    let p = y.problem;
    let (first_row, first_column) = (p.h().window_start(y.i.into()), p.w().window_start(y.j.into()));
    let channels = p.in_channels_per_group();
    (0..channels).any(|c| {
        (0..p.kernel.h).any(|kh| {
            (0..p.kernel.w).any(|kw| {
                let row = first_row + i64::from(kh) * i64::from(p.dilation.h);
                let column = first_column + i64::from(kw) * i64::from(p.dilation.w);
                let tap = Tap { y: *y, c, kh, kw, channel: y.group() * channels + c, row, column };
                let (read, count) = change.reads(&tap);
                let read = read.filter(|&read| read < len && count > 0);
                let right = tap.right();
                read != right || right.is_some() && count != 1
            })
        })
    })
}
