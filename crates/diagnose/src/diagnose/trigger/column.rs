//! Columns: the integers that literals test, computed once for each example.

use std::sync::LazyLock;

use crate::problem::condition::{Expression, Operator};
use crate::problem::{AxisFeature, Feature, Problem, SpatialAxis};

/// All features, in the order of [`Values`].
pub(super) static FEATURES: LazyLock<Vec<Feature>> = LazyLock::new(|| Feature::all().collect());

/// A problem's features, as far as 32 bits hold them.
pub(super) type Values = Box<[i32]>;

pub(super) fn values(problem: &Problem) -> Values {
    let clamp = |value: i64| value.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
    FEATURES.iter().map(|feature| clamp(feature.value(problem))).collect()
}

/// An integer that is computed from features, by their places in [`FEATURES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Value(usize),
    Modulo(usize, i32),
    Difference(usize, usize),
}

impl Column {
    pub(super) fn of(self, values: &[i32]) -> i32 {
        match self {
            Self::Value(feature) => values[feature],
            Self::Modulo(feature, modulus) => values[feature].rem_euclid(modulus),
            Self::Difference(left, right) => values[left].saturating_sub(values[right]),
        }
    }

    /// Both sides of a comparison: this column, and the number or feature that it is compared with.
    pub(super) fn sides(self, number: i32, bare: bool) -> (Expression, Expression) {
        let feature = |index: usize| match FEATURES[index].axis() {
            Some((quantity, _)) if bare => Expression::Axis(quantity),
            _ => Expression::Feature(FEATURES[index]),
        };
        let number = Expression::Number(number.into());
        match self {
            Self::Value(index) => (feature(index), number),
            Self::Modulo(index, modulus) => {
                let modulus = Expression::Number(modulus.into());
                (Expression::Arithmetic(feature(index).into(), Operator::Modulo, modulus.into()), number)
            }
            Self::Difference(left, right) => (feature(left), feature(right)),
        }
    }
}

/// A column, what it costs to speak of it, and its twin along the width if it belongs to the height.
pub(super) struct Entry {
    pub(super) column: Column,
    pub(super) cost: u32,
    pub(super) twin: Option<usize>,
}

/// Every column there is.
pub(super) static COLUMNS: LazyLock<Vec<Entry>> = LazyLock::new(all);

fn index(feature: Feature) -> usize {
    FEATURES.iter().position(|other| *other == feature).unwrap_or_default()
}

/// Tenths of a parameter. What people say readily is cheap.
fn cost(feature: Feature) -> u32 {
    let name = feature.axis().map_or(feature.name(), |(quantity, _)| quantity.name());
    match name {
        "bias" => 8,
        _ if feature.is_parameter() => 10,
        "in_channels_per_group" | "out_channels_per_group" | "remainder" | "output" | "pad_total" => 11,
        "kernel_area" | "effective_kernel" | "output_pixels" => 12,
        "effective_pad_end" => 13,
        "input_pixels" | "taps" | "pad_sum" | "padded_input" | "begin_padded_input" | "output_tiles_4"
        | "output_tiles_2" => 15,
        _ => 18,
    }
}

/// Whether a feature, by its place, is the product of what belongs to h and what belongs to w.
pub(super) fn is_area(feature: usize) -> bool {
    matches!(FEATURES[feature].name(), "kernel_area" | "input_pixels" | "output_pixels")
}

/// Quantities of one axis that are lengths, so that comparing two of them means something.
const LENGTHS: [&str; 11] = [
    "input",
    "kernel",
    "stride",
    "dilation",
    "pad_end",
    "pad_begin",
    "effective_kernel",
    "remainder",
    "effective_pad_end",
    "output",
    "pad_sum",
];

/// Pairs of lengths that bugs are known to compare.
const KIN: [(&str, &str); 12] = [
    ("pad_end", "pad_begin"),
    ("kernel", "stride"),
    ("input", "kernel"),
    ("input", "effective_kernel"),
    ("pad_begin", "kernel"),
    ("pad_end", "kernel"),
    ("pad_begin", "effective_kernel"),
    ("pad_end", "effective_kernel"),
    ("pad_begin", "output"),
    ("pad_end", "output"),
    ("stride", "effective_kernel"),
    ("pad_begin", "stride"),
];

/// Sums of lengths, with what a window is held against them.
const SUMS: [(&str, &str); 3] =
    [("kernel", "begin_padded_input"), ("effective_kernel", "begin_padded_input"), ("stride", "padded_input")];

const CHANNELS: [&str; 5] =
    ["in_channels", "out_channels", "groups", "in_channels_per_group", "out_channels_per_group"];

/// Quantities whose values are small, of which few residues are worth a look.
const SMALL: [&str; 10] = [
    "batch",
    "stride",
    "dilation",
    "pad_begin",
    "pad_end",
    "effective_pad_end",
    "pad_diff",
    "pad_sum",
    "remainder",
    "same_pad",
];

const SMALL_MODULI: [i32; 3] = [2, 3, 4];

pub(super) const MODULI: [i32; 9] = [2, 4, 8, 16, 3, 32, 5, 6, 7];

fn all() -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    // Each column along the height is followed by its twin along the width.
    let mut push = |cost: u32, column: &dyn Fn(SpatialAxis) -> Column, axes: &[SpatialAxis]| {
        for (position, axis) in axes.iter().enumerate() {
            let twin = (axes.len() == 2 && position == 0).then_some(entries.len() + 1);
            entries.push(Entry { column: column(*axis), cost, twin });
        }
    };
    let whole = [SpatialAxis::H].as_slice();
    let both = SpatialAxis::BOTH.as_slice();
    let named = |name: &str| Feature::named(name).map(index).unwrap_or_default();
    let along = |quantity: AxisFeature, axis| index(quantity.along(axis));
    let moduli = |name: &str| if SMALL.contains(&name) { &SMALL_MODULI[..] } else { &MODULI[..] };
    for feature in FEATURES.iter().copied().filter(|feature| feature.axis().is_none()) {
        push(cost(feature), &|_| Column::Value(index(feature)), whole);
        if !feature.is_flag() {
            for &modulus in moduli(feature.name()) {
                push(cost(feature) + modulus_cost(modulus), &|_| Column::Modulo(index(feature), modulus), whole);
            }
        }
    }
    for quantity in AxisFeature::all() {
        let base = cost(quantity.along(SpatialAxis::H));
        push(base, &|axis| Column::Value(along(quantity, axis)), both);
        for &modulus in moduli(quantity.name()) {
            let odd = if SMALL.contains(&quantity.name()) { 4 } else { 0 };
            push(base + odd + modulus_cost(modulus), &|axis| Column::Modulo(along(quantity, axis), modulus), both);
        }
        let [h, w] = SpatialAxis::BOTH.map(|axis| along(quantity, axis));
        push(base + 2, &|_| Column::Difference(h, w), whole);
    }
    let lengths: Vec<_> = LENGTHS.iter().filter_map(|name| AxisFeature::named(name)).collect();
    for (place, &left) in lengths.iter().enumerate() {
        for &right in &lengths[place + 1..] {
            let kin = KIN.contains(&(left.name(), right.name()));
            let base = cost(left.along(SpatialAxis::H)).max(cost(right.along(SpatialAxis::H)));
            let cost = base + if kin { 4 } else { 12 };
            push(cost, &|axis| Column::Difference(along(left, axis), along(right, axis)), both);
        }
    }
    let pair = |(left, right): &(&str, &str)| Some((AxisFeature::named(left)?, AxisFeature::named(right)?));
    for (left, right) in SUMS.iter().filter_map(pair) {
        let cost = cost(right.along(SpatialAxis::H)) + 4;
        push(cost, &|axis| Column::Difference(along(left, axis), along(right, axis)), both);
    }
    for (place, left) in CHANNELS.iter().enumerate() {
        for right in &CHANNELS[place + 1..] {
            let cost = if place < 2 && right.ends_with("group") { 18 } else { 13 };
            push(cost, &|_| Column::Difference(named(left), named(right)), whole);
        }
    }
    entries
}

fn modulus_cost(modulus: i32) -> u32 {
    match modulus {
        2 => 2,
        4 | 8 | 16 => 4,
        3 | 32 => 7,
        _ => 10,
    }
}
