//! Planted defects, shrunk.

mod exhaustive;
mod planted;

use crate::backend::defect::Defect;
use crate::problem::Problem;
use crate::problem::space::{Axes, Permutation, Space, presets};

/// Random problems that a defect shows on: of the preset `broad`, or where it is rare, of what is like it.
pub fn starts(defect: &Defect, number: usize) -> Vec<Problem> {
    let broad = Axes { max_work: 20_000, ..presets::find("broad").unwrap().axes() };
    let axes = match defect.name {
        "defect:strides-swapped" | "defect:tile-tail" => Axes {
            in_channels: "1..=4".parse().unwrap(),
            out_channels: "1..=4".parse().unwrap(),
            input: "1..=13x1..=20".parse().unwrap(),
            kernel: "1..=3x1..=3+3".parse().unwrap(),
            stride: "1+1..=4x1..=4".parse().unwrap(),
            dilation: "1..=2".parse().unwrap(),
            ..broad
        },
        _ => broad,
    };
    let space = Space::new(axes).unwrap();
    let shuffled = Permutation::new(space.len(), 2515);
    let problems = (0..space.len()).filter_map(|index| space.problem(shuffled.image(index)).ok());
    problems.filter(|problem| (defect.visible)(problem)).take(number).collect()
}
