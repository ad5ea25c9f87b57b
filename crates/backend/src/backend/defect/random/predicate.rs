//! Predicates: one to four literals of the language of conditions.

use super::Draw;
use crate::problem::{AxisFeature, Condition, SpatialAxis};

/// Quantities of one axis, with values worth comparing them to.
const ALONG: [(&str, [u32; 3]); 9] = [
    ("input", [3, 8, 9]),
    ("kernel", [1, 2, 3]),
    ("stride", [1, 2, 3]),
    ("dilation", [1, 1, 2]),
    ("pad_begin", [0, 1, 2]),
    ("pad_end", [0, 1, 2]),
    ("output", [1, 4, 8]),
    ("remainder", [0, 0, 1]),
    ("effective_kernel", [2, 3, 5]),
];

const CHANNELS: [&str; 5] =
    ["in_channels", "out_channels", "groups", "in_channels_per_group", "out_channels_per_group"];

const RELATIONS: [&str; 6] = ["<=", ">", "<", ">=", "==", "!="];

const PAIRS: [&str; 5] = [
    "pad_end > pad_begin",
    "pad_begin >= kernel",
    "stride > kernel",
    "effective_kernel > input",
    "pad_end != pad_begin",
];

const PLAIN: [&str; 9] = [
    "pad_total > 0",
    "bias",
    "not bias",
    "batch > 1",
    "groups > 1",
    "groups == in_channels",
    "kernel_area == 1",
    "in_channels == out_channels",
    "output_pixels mod 4 != 0",
];

/// One to four literals.
pub fn draw(draw: &mut Draw) -> Condition {
    let literals: Vec<String> = (0..=draw.below(4)).map(|_| literal(draw)).collect();
    // The table's texts are conditions, which a test reads; what always holds stands in for one that isn't.
    literals.join(" and ").parse().unwrap_or_else(|_| Condition::always())
}

fn literal(draw: &mut Draw) -> String {
    let (bare, values) = draw.of(&ALONG);
    let axis = draw.of(&SpatialAxis::BOTH);
    let along = |axis| AxisFeature::named(bare).map_or(bare, |quantity| quantity.along(axis).name());
    let (relation, value, channels) = (draw.of(&RELATIONS), draw.of(&values), draw.of(&CHANNELS));
    match draw.below(12) {
        0 | 1 => format!("{} {relation} {value}", along(axis)),
        2 => format!("{} {} {}", along(SpatialAxis::H), draw.of(&["==", "!=", "<", ">"]), along(SpatialAxis::W)),
        3 => format!("{}({bare} {relation} {value})", draw.of(&["some_axis", "both_axes"])),
        4 => format!("one_axis({bare} {} {value})", draw.of(&["==", ">"])),
        5 => format!("{channels} {relation} {}", draw.of(&[1, 2, 4, 8, 16])),
        6 => format!("{channels} mod {} {} 0", draw.of(&[2, 4, 8, 16]), draw.of(&["==", "!="])),
        7 => format!("{} mod {} {} 0", along(axis), draw.of(&[2, 2, 3, 4]), draw.of(&["==", "!="])),
        8 => format!("{} <= {channels} <= {}", draw.of(&[2, 4, 8]), draw.of(&[8, 12, 16])),
        9 => format!("{}({})", draw.of(&["some_axis", "some_axis", "one_axis"]), draw.of(&PAIRS)),
        _ => draw.of(&PLAIN).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_draw_is_a_condition() {
        for seed in 0..2_000 {
            let mut twin = Draw(seed);
            let text = (0..=twin.below(4)).map(|_| literal(&mut twin)).collect::<Vec<_>>().join(" and ");
            text.parse::<Condition>().unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }
}
