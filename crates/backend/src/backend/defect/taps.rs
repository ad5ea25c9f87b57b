//! The loop of a right convolution, opened at the two places where a defect gets in: which output elements it
//! touches, and which input element each of their taps reads.

use crate::operands::Case;
use crate::problem::{Hw, Problem};

/// One output element, `y[n, o, i, j]`.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// The problem whose output it belongs to.
    pub problem: &'a Problem,
    /// Output size, OH and OW.
    pub size: Hw,
    /// Image.
    pub n: u32,
    /// Output channel.
    pub o: u32,
    /// Output row.
    pub i: u32,
    /// Output column.
    pub j: u32,
}

impl Element<'_> {
    /// Whether it is in the last row of its plane.
    pub fn in_last_row(&self) -> bool {
        self.i + 1 == self.size.h
    }

    /// Whether it is in the last column of its plane.
    pub fn in_last_column(&self) -> bool {
        self.j + 1 == self.size.w
    }

    /// The group that its output channel belongs to.
    pub fn group(&self) -> u32 {
        self.o / self.problem.out_channels_per_group()
    }
}

/// One tap of one output element, and the input position that a right loop reads there.
#[derive(Clone, Copy, Debug)]
pub struct Tap<'a> {
    /// The output element.
    pub y: Element<'a>,
    /// Input channel within the group, `0..C/G`.
    pub c: u32,
    /// Row of the kernel.
    pub kh: u32,
    /// Column of the kernel.
    pub kw: u32,
    /// Input channel over all groups.
    pub channel: u32,
    /// Input row; negative or past H inside a pad.
    pub row: i64,
    /// Input column; negative or past W inside a pad.
    pub column: i64,
}

impl Tap<'_> {
    /// What the right loop reads: an offset into the input, or nothing inside a pad.
    pub fn right(&self) -> Option<usize> {
        self.at(self.row, self.column)
    }

    /// Offset of another position of the same input plane, or nothing where that is outside the plane.
    pub fn at(&self, row: i64, column: i64) -> Option<usize> {
        let input = self.y.problem.input;
        let inside = (0..i64::from(input.h)).contains(&row) && (0..i64::from(input.w)).contains(&column);
        if inside { self.memory(row, column) } else { None }
    }

    /// Where a loop that forgets the bounds would read: past a row lies the next row, past a plane the next plane.
    /// Nothing in front of the tensor; the offset may lie behind it, which reads 0.
    pub fn memory(&self, row: i64, column: i64) -> Option<usize> {
        let p = self.y.problem;
        let plane = i64::from(self.y.n) * i64::from(p.in_channels) + i64::from(self.channel);
        usize::try_from((plane * i64::from(p.input.h) + row) * i64::from(p.input.w) + column).ok()
    }

    /// Whether it is the element's very last tap: last channel, last kernel row, last kernel column.
    pub fn is_last(&self) -> bool {
        let p = self.y.problem;
        self.c + 1 == p.in_channels_per_group() && self.kh + 1 == p.kernel.h && self.in_last_kernel_column()
    }

    /// Whether it is in the last column of the kernel.
    pub fn in_last_kernel_column(&self) -> bool {
        self.kw + 1 == self.y.problem.kernel.w
    }
}

/// Overwrites the output elements that `touched` picks with the sums of what `reads` says that their taps read.
///
/// `reads` gives an offset into the input, or nothing, which drops the tap as if it were inside a pad.
pub fn recompute(
    case: Case<'_>,
    output: &mut [f32],
    touched: impl Fn(&Element<'_>) -> bool,
    reads: impl Fn(&Tap<'_>) -> Option<usize>,
) {
    for_each_element(case.problem, |index, y| {
        if touched(y) {
            let mut sum = 0.0;
            for_each_term(case, y, &reads, |x, w| sum += f64::from(x) * f64::from(w));
            output[index] = (sum + case.bias.get(y.o as usize).map_or(0.0, |&b| f64::from(b))) as f32;
        }
    });
}

/// Calls `visit` for every output element with its row-major index.
pub fn for_each_element(problem: &Problem, mut visit: impl FnMut(usize, &Element<'_>)) {
    let size = problem.output();
    let mut index = 0;
    for n in 0..problem.batch {
        for o in 0..problem.out_channels {
            for i in 0..size.h {
                for j in 0..size.w {
                    visit(index, &Element { problem, size, n, o, i, j });
                    index += 1;
                }
            }
        }
    }
}

/// Calls `term(x, w)` for every tap of `y` that reads something, by channel, kernel row, kernel column.
pub fn for_each_term(
    case: Case<'_>,
    y: &Element<'_>,
    reads: impl Fn(&Tap<'_>) -> Option<usize>,
    mut term: impl FnMut(f32, f32),
) {
    let p = case.problem;
    let channels = p.in_channels_per_group();
    let (first_row, first_column) = (p.h().window_start(y.i.into()), p.w().window_start(y.j.into()));
    let first_channel = y.group() * channels;
    let mut weight = y.o as usize * p.taps() as usize;
    for c in 0..channels {
        for kh in 0..p.kernel.h {
            for kw in 0..p.kernel.w {
                let row = first_row + i64::from(kh) * i64::from(p.dilation.h);
                let column = first_column + i64::from(kw) * i64::from(p.dilation.w);
                if let Some(offset) = reads(&Tap { y: *y, c, kh, kw, channel: first_channel + c, row, column }) {
                    term(case.input.get(offset).copied().unwrap_or(0.0), case.weights[weight]);
                }
                weight += 1;
            }
        }
    }
}
