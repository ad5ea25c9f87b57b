//! The map's rows: one a problem and backend, in index order.

use crate::judge::Observation;
use crate::problem::Problem;
use csv::ByteRecord;
use std::fmt::Display;
use std::io::Write;

/// The columns of `map.csv` and `failures.csv`, with what they hold. Names and order are stable: new columns come last.
pub const COLUMNS: [(&str, &str); 40] = [
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
];

/// How many of [`COLUMNS`] depend on the problem alone.
const OF_PROBLEM: usize = 28;

/// Writes rows into memory, with one record that is reused.
pub struct Rows {
    record: ByteRecord,
    text: Vec<u8>,
    map: Option<csv::Writer<Vec<u8>>>,
    failures: csv::Writer<Vec<u8>>,
}

/// The bytes of a part of the map and of the failures in it, without a header.
#[derive(Debug, Default)]
pub struct RowBytes {
    /// Rows of `map.csv`; empty where no full map is wanted.
    pub map: Vec<u8>,
    /// Rows of `failures.csv`.
    pub failures: Vec<u8>,
}

/// The header line of both files.
pub fn header() -> Vec<u8> {
    let mut line = COLUMNS.map(|(name, _)| name).join(",").into_bytes();
    line.push(b'\n');
    line
}

impl Rows {
    /// Buffers for the rows of one chunk; `full` for rows of agreeing problems too.
    pub fn new(full: bool) -> Self {
        let writer = || csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
        Self { record: ByteRecord::new(), text: Vec::new(), map: full.then(writer), failures: writer() }
    }

    /// Whether agreeing problems have rows.
    pub fn full(&self) -> bool {
        self.map.is_some()
    }

    /// Begins the rows of `problem`: formats what they have in common.
    pub fn begin(&mut self, index: u64, problem: &Problem) {
        let p = problem;
        let output = p.output();
        let (h, w) = (p.h(), p.w());
        self.record.clear();
        self.integer(index);
        self.display(problem);
        for value in [
            p.batch,
            p.in_channels,
            p.out_channels,
            p.groups,
            p.input.h,
            p.input.w,
            p.kernel.h,
            p.kernel.w,
            p.stride.h,
            p.stride.w,
            p.dilation.h,
            p.dilation.w,
            p.padding.top,
            p.padding.left,
            p.padding.bottom,
            p.padding.right,
            u32::from(p.bias),
            output.h,
            output.w,
        ] {
            self.integer(u64::from(value));
        }
        self.integer(h.remainder());
        self.integer(w.remainder());
        for value in [h.effective_pad_end(), w.effective_pad_end()] {
            self.record.push_field(itoa::Buffer::new().format(value).as_bytes());
        }
        self.integer(u64::from(p.in_channels_per_group()));
        self.integer(u64::from(p.out_channels_per_group()));
        self.integer(p.taps());
        debug_assert_eq!(self.record.len(), OF_PROBLEM);
    }

    /// Writes the row of one backend on the problem that was begun; `None` is the verdict `agrees`.
    ///
    /// # Errors
    /// Never in practice: the bytes go to memory. The csv library's error all the same.
    pub fn row(&mut self, backend: &str, observation: Option<&Observation>) -> Result<(), csv::Error> {
        self.record.truncate(OF_PROBLEM);
        self.record.push_field(backend.as_bytes());
        let Some(observation) = observation else {
            self.record.push_field(b"agrees");
            self.pad();
            return self.map.as_mut().map_or(Ok(()), |map| map.write_byte_record(&self.record));
        };
        let verdict = observation.verdict;
        self.record.push_field(verdict.name().as_bytes());
        self.difference(observation);
        self.pad();
        if let Some(message) = &observation.message {
            self.record.truncate(COLUMNS.len() - 1);
            // Below the first line stands what a process last printed, which two runs need not have in common.
            self.record.push_field(message.lines().next().unwrap_or_default().as_bytes());
        }
        if verdict.is_failure() {
            self.failures.write_byte_record(&self.record)?;
        }
        self.map.as_mut().map_or(Ok(()), |map| map.write_byte_record(&self.record))
    }

    /// Takes what was written.
    ///
    /// # Errors
    /// As [`Rows::row`].
    pub fn take(&mut self) -> Result<RowBytes, csv::Error> {
        let fresh = Self::new(self.full());
        let Self { map, failures, .. } = std::mem::replace(self, fresh);
        let bytes = |writer: csv::Writer<Vec<u8>>| writer.into_inner().map_err(|e| csv::Error::from(e.into_error()));
        Ok(RowBytes { map: map.map_or(Ok(Vec::new()), bytes)?, failures: bytes(failures)? })
    }

    fn difference(&mut self, observation: &Observation) {
        let Some(difference) = &observation.difference else { return };
        self.display(&difference.region);
        self.integer(difference.wrong as u64);
        self.integer(difference.elements as u64);
        // Two runs of an unstable backend differ, and the map must be the same each time: where, but not what.
        if observation.verdict == crate::judge::Verdict::Unstable {
            return;
        }
        let [n, o, i, j] = difference.first;
        self.display(&format_args!("{n} {o} {i} {j}"));
        self.display(&difference.expected);
        self.display(&difference.actual);
        self.display(&difference.largest_error);
        self.integer(u64::from(difference.largest_ulp));
        self.display(&difference.largest_in_bounds);
    }

    fn integer(&mut self, value: u64) {
        self.record.push_field(itoa::Buffer::new().format(value).as_bytes());
    }

    fn display(&mut self, value: &dyn Display) {
        self.text.clear();
        // Writing to a Vec can't fail.
        let _ = write!(self.text, "{value}");
        self.record.push_field(&self.text);
    }

    fn pad(&mut self) {
        while self.record.len() < COLUMNS.len() {
            self.record.push_field(b"");
        }
    }
}
