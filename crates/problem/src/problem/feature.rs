//! Features: everything about a problem that a condition may speak of, each a named integer.
//!
//! There are two kinds. A *parameter* is one of the numbers that make a [`Problem`]; a *derived* feature is computed
//! from them. The features that exist are the rows of two tables below; adding one is adding a row.
//!
//! A quantity that exists along the height and along the width has three names: `kernel_h`, `kernel_w`, and the bare
//! `kernel`, which a condition may use inside `some_axis(...)` and its kin.

use super::{Along, Parameters, Problem};

/// Height or width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpatialAxis {
    /// Along the height.
    H,
    /// Along the width.
    W,
}

impl SpatialAxis {
    /// Both, height first.
    pub const BOTH: [Self; 2] = [Self::H, Self::W];

    fn of(self, problem: &Problem) -> Along {
        match self {
            Self::H => problem.h(),
            Self::W => problem.w(),
        }
    }
}

/// A quantity of the whole problem.
struct Whole {
    name: &'static str,
    words: &'static str,
    meaning: &'static str,
    /// Names of the parameters that it is computed from; its own name alone for a parameter.
    of: &'static [&'static str],
    value: fn(&Problem) -> i64,
}

/// A quantity of one spatial axis. Names and words come bare, along the height, along the width.
struct AlongAxis {
    names: [&'static str; 3],
    words: [&'static str; 3],
    meaning: &'static str,
    /// Bare names of the parameters that it is computed from.
    of: &'static [&'static str],
    value: fn(Along) -> i64,
}

const WINDOWS: &[&str] = &["input", "kernel", "stride", "dilation", "pad_begin", "pad_end"];
const SPAN: &[&str] = &["input", "kernel", "dilation", "pad_begin", "pad_end"];
const KERNEL: &[&str] = &["kernel_h", "kernel_w"];
const PADS: &[&str] = &["pad_top", "pad_left", "pad_bottom", "pad_right"];
const INPUT: &[&str] = &["batch", "in_channels", "input_h", "input_w"];
const WEIGHTS: &[&str] = &["in_channels", "out_channels", "groups", "kernel_h", "kernel_w"];
const TAPS: &[&str] = &["in_channels", "groups", "kernel_h", "kernel_w"];
/// What the size of an output plane depends on, with what else is given.
macro_rules! plane {
    ($($name:literal),*) => {
        &[
            $($name,)*
            "input_h",
            "input_w",
            "kernel_h",
            "kernel_w",
            "stride_h",
            "stride_w",
            "dilation_h",
            "dilation_w",
            "pad_top",
            "pad_left",
            "pad_bottom",
            "pad_right",
        ]
    };
}

const OUTPUT_PLANE: &[&str] = plane!();
const OUTPUT: &[&str] = plane!("batch", "out_channels");
const OUTPUT_IMAGE: &[&str] = plane!("out_channels");
const TAPS_AND_PLANE: &[&str] = plane!("in_channels", "groups");
const WORK: &[&str] = plane!("batch", "in_channels", "out_channels", "groups");

/// Saturates: no feature of a problem that anyone can run comes near.
fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

macro_rules! whole {
    ($name:literal, $words:literal, $of:expr, $meaning:literal, $value:expr) => {
        Whole { name: $name, words: $words, meaning: $meaning, of: $of, value: $value }
    };
}

macro_rules! along {
    ($name:literal, $words:literal, $of:expr, $meaning:literal, $value:expr) => {
        AlongAxis {
            names: [$name, concat!($name, "_h"), concat!($name, "_w")],
            words: [concat!("the ", $words), concat!("the ", $words, " along h"), concat!("the ", $words, " along w")],
            meaning: $meaning,
            of: $of,
            value: $value,
        }
    };
}

#[rustfmt::skip]
const WHOLE: &[Whole] = &[
    whole!("batch", "the batch", &["batch"], "images, N", |p| p.batch.into()),
    whole!("in_channels", "the number of input channels", &["in_channels"], "input channels over all groups, C", |p| p.in_channels.into()),
    whole!("out_channels", "the number of output channels", &["out_channels"], "output channels over all groups, O", |p| p.out_channels.into()),
    whole!("groups", "the number of groups", &["groups"], "groups, G", |p| p.groups.into()),
    whole!("bias", "bias", &["bias"], "1 with a bias, 0 without; may stand alone as a condition", |p| p.bias.into()),
    whole!("in_channels_per_group", "the number of input channels per group", &["in_channels", "groups"], "C / G", |p| p.in_channels_per_group().into()),
    whole!("out_channels_per_group", "the number of output channels per group", &["out_channels", "groups"], "O / G", |p| p.out_channels_per_group().into()),
    whole!("pad_total", "the padding of all four sides together", PADS, "top + left + bottom + right", |p| int(p.padding.total())),
    whole!("kernel_area", "the kernel area", KERNEL, "kernel_h * kernel_w", |p| i64::from(p.kernel.h) * i64::from(p.kernel.w)),
    whole!("taps", "the number of taps", TAPS, "terms of one output element: C / G * KH * KW", |p| int(p.taps())),
    whole!("input_pixels", "the number of input pixels per plane", &["input_h", "input_w"], "H * W", |p| i64::from(p.input.h) * i64::from(p.input.w)),
    whole!("output_pixels", "the number of output pixels per plane", OUTPUT_PLANE, "OH * OW", |p| int(p.h().output().saturating_mul(p.w().output()))),
    whole!("output_tiles_2", "the number of 2x2 tiles that cover an output plane", OUTPUT_PLANE, "ceil(OH / 2) * ceil(OW / 2), as Winograd F(2x2) tiles", |p| tiles(p, 2)),
    whole!("output_tiles_4", "the number of 4x4 tiles that cover an output plane", OUTPUT_PLANE, "ceil(OH / 4) * ceil(OW / 4), as Winograd F(4x4) tiles", |p| tiles(p, 4)),
    whole!("input_elements", "the number of input elements", INPUT, "N * C * H * W", |p| int(p.input_len())),
    whole!("image_elements", "the number of input elements per image", &["in_channels", "input_h", "input_w"], "C * H * W", |p| int(p.input_len() / u64::from(p.batch))),
    whole!("weight_elements", "the number of weights", WEIGHTS, "O * (C / G) * KH * KW", |p| int(p.weights_len())),
    whole!("output_elements", "the number of output elements", OUTPUT, "N * O * OH * OW", |p| int(p.output_len())),
    whole!("output_image_elements", "the number of output elements per image", OUTPUT_IMAGE, "O * OH * OW", |p| int(p.output_len() / u64::from(p.batch))),
    whole!("im2col_elements", "the number of elements of an im2col matrix", TAPS_AND_PLANE, "C / G * KH * KW * OH * OW", |p| int(p.taps().saturating_mul(p.h().output().saturating_mul(p.w().output())))),
    whole!("work", "the number of multiply-adds", WORK, "output elements times taps", |p| int(p.work())),
    whole!("swapped_strides_fit", "exchanging the strides leaves the output size as it is", OUTPUT_PLANE, "1 where exchanging stride_h and stride_w leaves OH and OW as they are, else 0; may stand alone", |p| fits(p, |q| std::mem::swap(&mut q.stride.h, &mut q.stride.w))),
    whole!("swapped_kernel_fits", "exchanging the kernel sizes leaves the output size as it is", OUTPUT_PLANE, "1 where exchanging kernel_h and kernel_w leaves OH and OW as they are, else 0; may stand alone", |p| fits(p, |q| std::mem::swap(&mut q.kernel.h, &mut q.kernel.w))),
    whole!("swapped_dilations_fit", "exchanging the dilations leaves the output size as it is", OUTPUT_PLANE, "1 where exchanging dilation_h and dilation_w leaves OH and OW as they are, else 0; may stand alone", |p| fits(p, |q| std::mem::swap(&mut q.dilation.h, &mut q.dilation.w))),
];

#[rustfmt::skip]
const ALONG: &[AlongAxis] = &[
    along!("input", "input size", &["input"], "input size without padding", |a| a.input.into()),
    along!("kernel", "kernel size", &["kernel"], "kernel size in taps", |a| a.kernel.into()),
    along!("stride", "stride", &["stride"], "distance between neighbouring windows", |a| a.stride.into()),
    along!("dilation", "dilation", &["dilation"], "distance between neighbouring taps, 1 is dense", |a| a.dilation.into()),
    AlongAxis { names: ["pad_begin", "pad_top", "pad_left"], words: ["the begin pad", "the top pad", "the left pad"], meaning: "zeros in front of the input", of: &["pad_begin"], value: |a| a.pad_begin.into() },
    AlongAxis { names: ["pad_end", "pad_bottom", "pad_right"], words: ["the end pad", "the bottom pad", "the right pad"], meaning: "zeros behind the input, as declared", of: &["pad_end"], value: |a| a.pad_end.into() },
    along!("effective_kernel", "effective kernel size", &["kernel", "dilation"], "what the kernel spans: dilation * (kernel - 1) + 1", |a| int(a.effective_kernel())),
    along!("padded_input", "padded input size", &["input", "pad_begin", "pad_end"], "input and both pads", |a| int(a.padded_input())),
    along!("begin_padded_input", "input size and begin pad together", &["input", "pad_begin"], "input and begin pad", |a| i64::from(a.input) + i64::from(a.pad_begin)),
    along!("remainder", "remainder", WINDOWS, "padded positions behind the last window: (padded_input - effective_kernel) mod stride", |a| int(a.remainder())),
    AlongAxis { names: ["effective_pad_end", "effective_pad_bottom", "effective_pad_right"], words: ["the end pad that windows reach", "the bottom pad that windows reach", "the right pad that windows reach"], meaning: "pad_end - remainder; negative where the windows stop before the input does", of: WINDOWS, value: |a| a.effective_pad_end() },
    along!("pad_diff", "difference of end pad and begin pad", &["pad_begin", "pad_end"], "pad_end - pad_begin", |a| i64::from(a.pad_end) - i64::from(a.pad_begin)),
    along!("pad_sum", "sum of begin pad and end pad", &["pad_begin", "pad_end"], "pad_begin + pad_end", |a| i64::from(a.pad_begin) + i64::from(a.pad_end)),
    along!("same_pad", "padding that SAME would need", &["input", "kernel", "stride", "dilation"], "(ceil(input / stride) - 1) * stride + effective_kernel - input; negative where SAME would crop", |a| same_pad(a)),
    along!("span", "room for windows", SPAN, "padded_input - effective_kernel: how far the window may move", |a| int(a.padded_input() - a.effective_kernel())),
    along!("output", "output size", WINDOWS, "number of windows: span / stride + 1", |a| int(a.output())),
];

fn tiles(problem: &Problem, size: u64) -> i64 {
    int(problem.h().output().div_ceil(size).saturating_mul(problem.w().output().div_ceil(size)))
}

fn same_pad(along: Along) -> i64 {
    let windows = i64::from(along.input.div_ceil(along.stride));
    (windows - 1) * i64::from(along.stride) + int(along.effective_kernel()) - i64::from(along.input)
}

/// Height and width mixed up goes unnoticed by shape checks only where the output keeps its size.
fn fits(problem: &Problem, exchange: fn(&mut Parameters)) -> i64 {
    let mut parameters = problem.parameters();
    exchange(&mut parameters);
    Problem::new(parameters).is_ok_and(|exchanged| exchanged.output() == problem.output()).into()
}

/// A named integer of a problem.
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::{Feature, Parameters, Problem};
///
/// let problem = Problem::new(Parameters { in_channels: 6, groups: 3, out_channels: 3, ..Parameters::default() })?;
/// assert_eq!(Feature::named("in_channels_per_group").map(|feature| feature.value(&problem)), Some(2));
/// # Ok::<(), convdiff::problem::ProblemError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Feature(Row);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Row {
    Whole(u8),
    Along(u8, SpatialAxis),
}

impl Feature {
    /// Every feature, in the tables' order.
    pub fn all() -> impl Iterator<Item = Self> {
        let whole = (0..WHOLE.len() as u8).map(|row| Self(Row::Whole(row)));
        let along = (0..ALONG.len() as u8).flat_map(|row| SpatialAxis::BOTH.map(|axis| Self(Row::Along(row, axis))));
        whole.chain(along)
    }

    /// The numbers that make a problem, bias included.
    pub fn parameters() -> impl Iterator<Item = Self> {
        Self::all().filter(Self::is_parameter)
    }

    /// The feature of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|feature| feature.name() == name)
    }

    /// Its name, as conditions write it.
    pub fn name(&self) -> &'static str {
        match self.0 {
            Row::Whole(row) => WHOLE[usize::from(row)].name,
            Row::Along(row, axis) => ALONG[usize::from(row)].names[1 + axis as usize],
        }
    }

    /// A noun phrase for sentences; a whole clause for a [flag](Self::is_flag).
    pub fn words(&self) -> &'static str {
        match self.0 {
            Row::Whole(row) => WHOLE[usize::from(row)].words,
            Row::Along(row, axis) => ALONG[usize::from(row)].words[1 + axis as usize],
        }
    }

    /// What it is, in a line, with the formula of a derived one.
    pub fn meaning(&self) -> &'static str {
        match self.0 {
            Row::Whole(row) => WHOLE[usize::from(row)].meaning,
            Row::Along(row, _) => ALONG[usize::from(row)].meaning,
        }
    }

    /// Its value for a problem. Saturates.
    pub fn value(&self, problem: &Problem) -> i64 {
        match self.0 {
            Row::Whole(row) => (WHOLE[usize::from(row)].value)(problem),
            Row::Along(row, axis) => (ALONG[usize::from(row)].value)(axis.of(problem)),
        }
    }

    /// The parameters that it is computed from; itself for a parameter.
    pub fn depends_on(&self) -> Vec<Self> {
        let (names, axis) = match self.0 {
            Row::Whole(row) => (WHOLE[usize::from(row)].of, None),
            Row::Along(row, axis) => (ALONG[usize::from(row)].of, Some(axis)),
        };
        let parameter = |name: &&str| match axis {
            None => Self::named(name),
            Some(axis) => AxisFeature::named(name).map(|bare| bare.along(axis)),
        };
        names.iter().filter_map(parameter).collect()
    }

    /// Whether it is one of the numbers that make a problem.
    pub fn is_parameter(&self) -> bool {
        match self.0 {
            Row::Whole(row) => WHOLE[usize::from(row)].of == [WHOLE[usize::from(row)].name],
            Row::Along(row, _) => ALONG[usize::from(row)].of == [ALONG[usize::from(row)].names[0]],
        }
    }

    /// Sets a parameter; `false`, and nothing done, for a derived feature. A bias is set by any value but 0.
    pub fn set(&self, parameters: &mut Parameters, value: u32) -> bool {
        let p = parameters;
        let field = match self.name() {
            "batch" => &mut p.batch,
            "in_channels" => &mut p.in_channels,
            "out_channels" => &mut p.out_channels,
            "groups" => &mut p.groups,
            "input_h" => &mut p.input.h,
            "input_w" => &mut p.input.w,
            "kernel_h" => &mut p.kernel.h,
            "kernel_w" => &mut p.kernel.w,
            "stride_h" => &mut p.stride.h,
            "stride_w" => &mut p.stride.w,
            "dilation_h" => &mut p.dilation.h,
            "dilation_w" => &mut p.dilation.w,
            "pad_top" => &mut p.padding.top,
            "pad_left" => &mut p.padding.left,
            "pad_bottom" => &mut p.padding.bottom,
            "pad_right" => &mut p.padding.right,
            "bias" => {
                p.bias = value != 0;
                return true;
            }
            _ => return false,
        };
        *field = value;
        true
    }

    /// Whether it is yes or no, 1 or 0, and may stand alone as a condition.
    pub fn is_flag(&self) -> bool {
        ["bias", "swapped_strides_fit", "swapped_kernel_fits", "swapped_dilations_fit"].contains(&self.name())
    }

    /// The quantity of which this is one axis, and the axis; `None` for a quantity of the whole problem.
    pub fn axis(&self) -> Option<(AxisFeature, SpatialAxis)> {
        match self.0 {
            Row::Whole(_) => None,
            Row::Along(row, axis) => Some((AxisFeature(row), axis)),
        }
    }
}

impl std::fmt::Debug for Feature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A quantity that exists along each spatial axis, without saying which: `kernel`, `stride`, `pad_begin`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AxisFeature(u8);

impl AxisFeature {
    /// Every quantity that exists along an axis.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..ALONG.len() as u8).map(Self)
    }

    /// The quantity of that bare name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|feature| feature.name() == name)
    }

    /// Its bare name.
    pub fn name(&self) -> &'static str {
        ALONG[usize::from(self.0)].names[0]
    }

    /// A noun phrase that leaves the axis open.
    pub fn words(&self) -> &'static str {
        ALONG[usize::from(self.0)].words[0]
    }

    /// The feature along one axis.
    pub fn along(self, axis: SpatialAxis) -> Feature {
        Feature(Row::Along(self.0, axis))
    }
}

impl std::fmt::Debug for AxisFeature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
