//! From items to a problem: what is missing follows from what is given, as benchdnn's parser has it.

use super::error::{DescriptorError, DescriptorErrorKind as Kind};
use super::scan::{AxisItems, Item, Items};
use crate::problem::error::{LARGEST, ProblemError};
use crate::problem::{Along, Hw, Padding, Parameters, Problem};

/// The batch of a descriptor that doesn't give one.
const BATCH: u32 = 2;

/// Makes a problem of the items.
pub(super) fn problem(items: &Items) -> Result<Problem, DescriptorError> {
    let needed = |key: &str, item: Option<Item>| {
        item.map(|item| item.value).ok_or_else(|| Kind::Missing { key: key.to_owned() }.at(items.end))
    };
    let in_channels = needed("ic", items.in_channels)?;
    let out_channels = needed("oc", items.out_channels)?;
    let bias = match items.bias {
        None | Some(Item { value: 0, .. }) => false,
        Some(Item { value: 1, .. }) => true,
        Some(Item { value, offset }) => return Err(Kind::Bias { value }.at(offset)),
    };
    let (h, w) = axes(items)?;
    let parameters = Parameters {
        batch: value(items.batch, BATCH),
        in_channels,
        out_channels,
        groups: value(items.groups, 1),
        input: Hw { h: h.input, w: w.input },
        kernel: Hw { h: h.kernel, w: w.kernel },
        stride: Hw { h: h.stride, w: w.stride },
        dilation: Hw { h: h.dilation, w: w.dilation },
        padding: Padding { top: h.pad_begin, left: w.pad_begin, bottom: h.pad_end, right: w.pad_end },
        bias,
    };
    Problem::new(parameters).map_err(|error| {
        let offset = culprit(items, &error).map_or(items.end, |item| item.offset);
        Kind::Problem(error).at(offset)
    })
}

fn value(item: Option<Item>, default: u32) -> u32 {
    item.map_or(default, |item| item.value)
}

/// The height and the width: given, copied or flat.
fn axes(items: &Items) -> Result<(Along, Along), DescriptorError> {
    let resolve = |name, axis: &AxisItems| axis.in_use().then(|| axis.resolve(name, items.end)).transpose();
    items.depth.refuse_depth()?;
    let depth = resolve('d', &items.depth)?;
    let flat = Along { input: 1, kernel: 1, stride: 1, dilation: 1, pad_begin: 0, pad_end: 0 };
    match (depth, resolve('h', &items.h)?, resolve('w', &items.w)?) {
        (_, Some(h), Some(w)) => Ok((h, w)),
        (None, Some(h), None) => Ok((h, h)),
        (None, None, Some(w)) => Ok((flat, w)),
        (Some(depth), None, None) => Ok((depth, depth)),
        (None, None, None) => Err(Kind::NoAxis.at(items.end)),
        (Some(_), Some(_), None) => Err(Kind::DepthWithOneAxis { given: 'h', missing: 'w' }.at(items.end)),
        (Some(_), None, Some(_)) => Err(Kind::DepthWithOneAxis { given: 'w', missing: 'h' }.at(items.end)),
    }
}

/// The item that a rule of [`Problem::new`] is broken by.
fn culprit(items: &Items, error: &ProblemError) -> Option<Item> {
    // A copied axis is at fault where the one that it was copied from is.
    let w = if items.w.in_use() { items.w } else { items.h };
    match error {
        ProblemError::Groups { .. } => items.groups,
        ProblemError::KernelDoesNotFit { axis: 'h', .. } => items.h.kernel,
        ProblemError::KernelDoesNotFit { .. } => w.kernel,
        ProblemError::Zero { field } | ProblemError::TooLarge { field, .. } => match *field {
            "batch" => items.batch,
            "groups" => items.groups,
            "in_channels" => items.in_channels,
            "out_channels" => items.out_channels,
            "stride_h" => items.h.stride,
            "stride_w" => w.stride,
            "dilation_h" => items.h.dilation,
            "dilation_w" => w.dilation,
            "output_h" => items.h.pad_end.or(items.h.pad),
            "output_w" => w.pad_end.or(w.pad),
            _ => None,
        },
    }
}

impl AxisItems {
    /// Whether a key differs from its default. Our own keys always count: their defaults are no fixed numbers.
    fn in_use(&self) -> bool {
        let not_zero = [self.input, self.output, self.kernel, self.pad, self.dilation];
        not_zero.iter().any(|item| value(*item, 0) != 0) || value(self.stride, 1) != 1 || self.pad_end.is_some()
    }

    /// Fills in what is missing.
    fn resolve(&self, axis: char, end: usize) -> Result<Along, DescriptorError> {
        let least_1 = |role: char, item: Option<Item>| match item {
            Some(Item { value: 0, offset }) => Err(Kind::Zero { key: format!("{role}{axis}") }.at(offset)),
            Some(Item { value, .. }) => Ok(value),
            None => Err(Kind::MissingSize { key: format!("{role}{axis}"), axis }.at(end)),
        };
        let mut along = Along {
            input: least_1('i', self.input)?,
            kernel: least_1('k', self.kernel)?,
            stride: self.stride.map_or(Ok(1), |stride| least_1('s', Some(stride)))?,
            dilation: value(self.dilation, 0) + 1,
            pad_begin: value(self.pad, 0),
            pad_end: 0,
        };
        match self.output.filter(|output| output.value > 0) {
            None => self.far_pad_without_output(&mut along, axis, end)?,
            Some(output) => self.pads_by_output(&mut along, axis, output)?,
        }
        Ok(along)
    }

    /// No output size: the far pad is the begin pad, but for what no window reads of it.
    fn far_pad_without_output(&self, along: &mut Along, axis: char, end: usize) -> Result<(), DescriptorError> {
        if let Some(pad_end) = self.pad_end {
            along.pad_end = pad_end.value;
            return Ok(());
        }
        along.pad_end = along.pad_begin;
        let span = along.padded_input() as i64 - along.effective_kernel() as i64;
        // The division rounds towards zero, as benchdnn's does.
        let output = span / i64::from(along.stride) + 1;
        if output <= 0 {
            return Ok(()); // The kernel doesn't fit, and the problem's constructor says so.
        }
        let kernel = self.kernel.map_or(end, |item| item.offset);
        along.set_far_pad(output as u64, axis).map_err(|kind| kind.at(kernel))
    }

    /// With an output size: the begin pad is given or half of what's needed, the far pad is the rest, or must agree.
    fn pads_by_output(&self, along: &mut Along, axis: char, output: Item) -> Result<(), DescriptorError> {
        let value = output.value;
        if self.pad.is_none() {
            let derived = along.missing(value.into()) / 2;
            if derived < 0 {
                let [pad, key] = ["p", "o"].map(|role| format!("{role}{axis}"));
                return Err(Kind::NegativePad { pad, output: key, value, derived }.at(output.offset));
            }
            along.pad_begin = pad(derived, value.into(), axis).map_err(|kind| kind.at(output.offset))?;
        }
        match self.pad_end {
            Some(declared) => along.pad_end = declared.value,
            None => along.set_far_pad(value.into(), axis).map_err(|kind| kind.at(output.offset))?,
        }
        // A kernel that doesn't fit is for the problem's constructor to refuse.
        if along.effective_kernel() > along.padded_input() || along.output() == u64::from(value) {
            return Ok(());
        }
        let because = match self.pad_end {
            Some(declared) => format!("with {} = {}", if axis == 'h' { "pb" } else { "pr" }, declared.value),
            None => "without any far pad".to_owned(),
        };
        Err(Kind::Output { key: format!("o{axis}"), value, because, actual: along.output() }.at(output.offset))
    }

    /// Refuses whatever isn't a depth of 1.
    fn refuse_depth(&self) -> Result<(), DescriptorError> {
        for (key, item, flat) in
            [("id", self.input, 1), ("kd", self.kernel, 1), ("od", self.output, 1), ("pd", self.pad, 0)]
        {
            // An output size of 0 is one that's missing.
            if let Some(Item { value, offset }) = item.filter(|item| item.value != flat && item.value != 0) {
                return Err(Kind::Depth { key: key.to_owned(), value, flat }.at(offset));
            }
        }
        Ok(())
    }
}

impl Along {
    /// Both pads together that `output` windows need: `(output - 1) * stride + effective_kernel - input`.
    fn missing(&self, output: u64) -> i64 {
        // No overflow: every factor is below 2^31, so either product is below 2^62.
        let last_window = (output as i64 - 1) * i64::from(self.stride);
        last_window + self.effective_kernel() as i64 - i64::from(self.input)
    }

    /// Sets the end pad to what `output` windows need of it, at least 0.
    fn set_far_pad(&mut self, output: u64, axis: char) -> Result<(), Kind> {
        let derived = self.missing(output) - i64::from(self.pad_begin);
        self.pad_end = pad(derived.max(0), output, axis)?;
        Ok(())
    }
}

/// A pad that an output size of `axis` needs, if a problem may have it.
fn pad(derived: i64, output: u64, axis: char) -> Result<u32, Kind> {
    let fits = u32::try_from(derived).ok().filter(|pad| *pad <= LARGEST);
    fits.ok_or_else(|| Kind::PadTooLarge { key: format!("o{axis}"), value: output, derived })
}
