//! How many uniformly drawn problems of the space `broad` it takes to meet a planted defect: five numbers, one a seed.
//!
//! `first_hit DEFECT [CONDITION]`; the condition narrows the defect. For scripts/fuzz-figures.
#![allow(clippy::print_stdout)]

use anyhow::{Context, Result};
use convdiff::backend::defect;
use convdiff::problem::Condition;
use convdiff::problem::space::{Permutation, presets};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let defect = defect::find(&arguments.next().context("usage: first_hit DEFECT [CONDITION]")?)?;
    let condition: Condition = arguments.next().as_deref().unwrap_or("true").parse()?;
    let space = presets::find("broad").context("the preset broad")?.space();
    for seed in 1..=5 {
        let order = Permutation::new(space.len(), seed);
        let problems = (0..space.len()).filter_map(|position| space.problem(order.image(position)).ok());
        let misses = problems.take_while(|problem| !((defect.visible)(problem) && condition.holds(problem)));
        println!("{}", misses.count() + 1);
    }
    Ok(())
}
