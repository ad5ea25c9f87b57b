//! The map's rows: one a problem and backend, in index order.

use super::format::FORMAT;
use super::line::Line;
use crate::judge::{Observation, Verdict};
use crate::problem::Problem;
use std::io::Write;

/// The columns of `map.csv` and `failures.csv`, with what they hold. Names and order are stable: new columns come last.
pub const COLUMNS: [(&str, &str); 41] = [
    ("index", "index of the problem in the space, or its number in the list of descriptors"),
    ("descriptor", "the problem as a descriptor"),
    ("batch", "images, N"),
    ("in_channels", "input channels over all groups, C"),
    ("out_channels", "output channels over all groups, O"),
    ("groups", "groups, G"),
    ("input_h", "input height"),
    ("input_w", "input width"),
    ("kernel_h", "kernel height, in taps"),
    ("kernel_w", "kernel width, in taps"),
    ("stride_h", "stride along the height"),
    ("stride_w", "stride along the width"),
    ("dilation_h", "distance of taps along the height, 1 is dense"),
    ("dilation_w", "distance of taps along the width, 1 is dense"),
    ("pad_top", "rows of zeros above"),
    ("pad_left", "columns of zeros to the left"),
    ("pad_bottom", "rows of zeros below, as declared"),
    ("pad_right", "columns of zeros to the right, as declared"),
    ("bias", "1 with a bias, else 0"),
    ("output_h", "output height"),
    ("output_w", "output width"),
    ("remainder_h", "(input_h + pads - effective kernel) mod stride_h: padded rows that no window reads"),
    ("remainder_w", "(input_w + pads - effective kernel) mod stride_w: padded columns that no window reads"),
    (
        "effective_pad_bottom",
        "pad_bottom - remainder_h: bottom pad that some window reads; negative where rows of the input are not read",
    ),
    (
        "effective_pad_right",
        "pad_right - remainder_w: right pad that some window reads; negative where columns of the input are not read",
    ),
    ("in_channels_per_group", "C/G"),
    ("out_channels_per_group", "O/G"),
    ("taps", "taps of one output element, C/G * kernel_h * kernel_w"),
    ("backend", "the backend under test; planted bugs begin with `defect:`"),
    ("verdict", "agrees, rounds, differs, unstable, unsupported, errors, crashes or hangs"),
    ("region", "where the wrong elements sit, as a slice of the N,O,OH,OW output"),
    ("wrong", "wrong elements"),
    ("elements", "elements of the output; empty where all agree"),
    ("first_wrong", "first wrong element in row-major order: image channel row column, from 0"),
    ("expected", "what the reference has there"),
    ("actual", "what the backend has there"),
    ("largest_error", "largest distance of a wrong element from the reference"),
    ("largest_ulp", "the same in units in the last place of f32"),
    ("largest_in_bounds", "the same in units of the element's rounding bound; inf where the bound is 0"),
    ("message", "first line of the backend's own words on unsupported, errors, crashes, hangs"),
    ("format", "version of this format: a newer minor one has more columns, a newer major one is another format"),
];

/// How many of [`COLUMNS`] depend on the problem alone.
const OF_PROBLEM: usize = 28;

/// Ends a row: the last field is the format's version.
fn end(line: &mut Line, format: &str) {
    line.empty_to(COLUMNS.len() - OF_PROBLEM - 1);
    line.field(format.as_bytes());
    line.end(COLUMNS.len() - OF_PROBLEM);
}

/// Writes rows into memory. What a problem's rows have in common is written once, and so is the end of an agreeing row.
pub struct Rows {
    full: bool,
    /// Columns of the problem that was begun.
    problem: Line,
    /// The other columns of a row, a backend each: its name, `agrees`, and the rest empty.
    agrees: Vec<Line>,
    /// The other columns of a row that is anything else.
    other: Line,
    text: String,
    bytes: RowBytes,
    format: String,
}

/// The bytes of a part of the map and of the failures in it, without a header.
#[derive(Debug, Default)]
pub struct RowBytes {
    /// Rows of `map.csv`; empty where no full map is wanted.
    pub map: Vec<u8>,
    /// Rows of `failures.csv`.
    pub failures: Vec<u8>,
    /// Rows of the table of refusals.
    pub refused: Vec<u8>,
}

/// The header line of the table of refusals: a problem's index, and the backend's number.
pub const REFUSED_HEADER: &[u8] = b"index,backend\n";

/// The header line of both files.
pub fn header() -> Vec<u8> {
    let mut line = COLUMNS.map(|(name, _)| name).join(",").into_bytes();
    line.push(b'\n');
    line
}

impl Rows {
    /// Buffers for the rows of `backends`; `full` for rows of agreeing problems too.
    pub fn new<'a>(full: bool, backends: impl IntoIterator<Item = &'a str>) -> Self {
        let format = FORMAT.to_string();
        let agrees = |backend: &str| {
            let mut line = Line::default();
            line.field(backend.as_bytes());
            line.field(Verdict::Agrees.name().as_bytes());
            end(&mut line, &format);
            line
        };
        Self {
            full,
            problem: Line::default(),
            agrees: backends.into_iter().map(agrees).collect(),
            other: Line::default(),
            text: String::new(),
            bytes: RowBytes::default(),
            format,
        }
    }

    /// Whether agreeing problems have rows.
    pub fn full(&self) -> bool {
        self.full
    }

    /// Begins the rows of `problem`: formats what they have in common.
    pub fn begin(&mut self, index: u64, problem: &Problem) {
        let p = problem;
        let (h, w) = (p.h(), p.w());
        let line = &mut self.problem;
        line.clear();
        line.integer(index);
        self.text.clear();
        // Writing to a String can't fail.
        let _ = problem.write_descriptor(&mut self.text);
        line.field(self.text.as_bytes());
        line.integers(p.to_numbers().map(i64::from));
        line.integers([
            h.output() as i64,
            w.output() as i64,
            h.remainder() as i64,
            w.remainder() as i64,
            h.effective_pad_end(),
            w.effective_pad_end(),
            p.in_channels_per_group().into(),
            p.out_channels_per_group().into(),
            // Less than the limit of work, as every problem that is run.
            p.taps() as i64,
        ]);
        debug_assert_eq!(line.fields, OF_PROBLEM);
    }

    /// Writes the row of the backend numbered `number` on the problem that was begun; `None` is the verdict `agrees`.
    pub fn row(&mut self, number: usize, backend: &str, observation: Option<&Observation>) {
        let Some(observation) = observation else {
            if self.full {
                for part in [&self.problem.bytes[..], b",", &self.agrees[number].bytes] {
                    self.bytes.map.extend_from_slice(part);
                }
            }
            return;
        };
        self.other.clear();
        self.other.field(backend.as_bytes());
        self.other.field(observation.verdict.name().as_bytes());
        self.difference(observation);
        if let Some(message) = &observation.message {
            self.other.empty_to(COLUMNS.len() - OF_PROBLEM - 2);
            // Below the first line stands what a process last printed, which two runs need not have in common.
            self.other.field(message.lines().next().unwrap_or_default().as_bytes());
        }
        end(&mut self.other, &self.format);
        let failures = observation.verdict.is_failure().then_some(&mut self.bytes.failures);
        let map = self.full.then_some(&mut self.bytes.map);
        for bytes in failures.into_iter().chain(map) {
            for part in [&self.problem.bytes[..], b",", &self.other.bytes] {
                bytes.extend_from_slice(part);
            }
        }
    }

    /// Notes that the backend numbered `number` was given a problem and refused it.
    pub fn refused(&mut self, number: usize, index: u64) {
        // Writing to a Vec can't fail.
        let _ = writeln!(self.bytes.refused, "{index},{number}");
    }

    /// Takes what was written.
    pub fn take(&mut self) -> RowBytes {
        std::mem::take(&mut self.bytes)
    }

    fn difference(&mut self, observation: &Observation) {
        let Some(difference) = &observation.difference else { return };
        let (line, text) = (&mut self.other, &mut self.text);
        line.display(&difference.region, text);
        line.integer(difference.wrong);
        line.integer(difference.elements);
        // Two runs of an unstable backend differ, and the map must be the same each time: where, but not what.
        if observation.verdict == Verdict::Unstable {
            return;
        }
        let [n, o, i, j] = difference.first;
        line.display(&format_args!("{n} {o} {i} {j}"), text);
        line.display(&difference.expected, text);
        line.display(&difference.actual, text);
        line.display(&difference.largest_error, text);
        line.integer(difference.largest_ulp);
        line.display(&difference.largest_in_bounds, text);
    }
}
