//! A problem as a command line of other tools.
//!
//! A dialect states a problem if its tool then computes the same numbers. A declared far pad that no window reads
//! changes none of them; where a dialect must say it differently, the statement lists it as [dropped](Statement::dropped).

mod benchdnn;
mod cutlass;
mod miopen;

use super::{Along, Problem};
use std::fmt;
use thiserror::Error;

/// Another tool's way to write a problem down.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// The tool.
    pub name: &'static str,
    /// States a problem, or says why the tool can't.
    pub state: fn(&Problem) -> Result<Statement, Unstatable>,
}

/// Every dialect.
pub const DIALECTS: [Dialect; 3] = [
    Dialect { name: "benchdnn", state: benchdnn::state },
    Dialect { name: "MIOpenDriver", state: miopen::state },
    Dialect { name: "cutlass_profiler", state: cutlass::state },
];

/// A problem in a dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The command line, beginning with the tool.
    pub line: String,
    /// Far pads that the line says differently from the problem, without a change to any output element.
    pub dropped: Vec<DroppedPad>,
}

/// A far pad whose declared value a dialect can't say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DroppedPad {
    /// `bottom` or `right`.
    pub side: &'static str,
    /// Rows or columns, as the problem declares them.
    pub declared: u32,
    /// Rows or columns, as the dialect states them.
    pub stated: u32,
}

impl fmt::Display for DroppedPad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { side, declared, stated } = self;
        write!(f, "the {side} pad of {declared} is stated as {stated}; no window reads the difference")
    }
}

/// Why a dialect can't state a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unstatable {
    /// One pad for both sides of an axis, where the problem needs two.
    #[error("one pad serves both sides of {axis}, and {begin} in front with {end} behind can't be said")]
    AsymmetricPadding {
        /// `h` or `w`.
        axis: char,
        /// Top or left.
        begin: u32,
        /// Bottom or right.
        end: u32,
    },
    /// No bias.
    #[error("a bias can't be said")]
    Bias,
}

/// The pads that a dialect drops which states an end pad as `stated` makes it of the axis.
fn dropped(problem: &Problem, stated: impl Fn(&Along) -> u32) -> Vec<DroppedPad> {
    let sides = [("bottom", problem.h()), ("right", problem.w())].into_iter();
    sides
        .map(|(side, along)| DroppedPad { side, declared: along.pad_end, stated: stated(&along) })
        .filter(|pad| pad.declared != pad.stated)
        .collect()
}

/// The pads that a dialect drops which has one pad for both sides of an axis.
fn dropped_by_symmetry(problem: &Problem) -> Result<Vec<DroppedPad>, Unstatable> {
    for (axis, along) in [('h', problem.h()), ('w', problem.w())] {
        let symmetric = Along { pad_end: along.pad_begin, ..along };
        // A smaller end pad can leave no room for the kernel.
        let fits = symmetric.effective_kernel() <= symmetric.padded_input();
        if !fits || symmetric.output() != along.output() {
            return Err(Unstatable::AsymmetricPadding { axis, begin: along.pad_begin, end: along.pad_end });
        }
    }
    Ok(dropped(problem, |along| along.pad_begin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Hw, Padding, Parameters};

    fn stated(descriptor: &str) -> String {
        let problem: Problem = descriptor.parse().unwrap();
        let line = |dialect: &Dialect| match (dialect.state)(&problem) {
            Ok(Statement { line, dropped }) => {
                let dropped: String = dropped.iter().map(|pad| format!("\n  {pad}")).collect();
                format!("{line}{dropped}")
            }
            Err(why) => format!("{}: {why}", dialect.name),
        };
        DIALECTS.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_report_that_this_began_with() {
        insta::assert_snapshot!(stated("mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1"), @r#"
        benchdnn --conv --dir=FWD_D mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1
          the right pad of 1 is stated as 0; no window reads the difference
        MIOpenDriver conv -n 1 -c 2 -H 5 -W 5 -k 2 -y 3 -x 2 -p 1 -q 1 -u 2 -v 2 -l 1 -j 1 -g 1 -F 1
        cutlass_profiler --operation=Conv2d --conv_kind=fprop --n=1 --h=5 --w=5 --c=2 --k=2 --r=3 --s=2 --pad_h=1 --pad_w=1 --stride_h=2 --stride_w=2 --dilation_h=1 --dilation_w=1
        "#);
    }

    #[test]
    fn groups_dilation_and_bias() {
        insta::assert_snapshot!(stated("g2mb3ic4ih9iw8oc6kh3kw2ph2pw1dh1dw2b1"), @r#"
        benchdnn --conv --dir=FWD_B g2mb3ic4ih9iw8oc6oh9ow7kh3kw2ph2pw1dh1dw2
        MIOpenDriver conv -n 3 -c 4 -H 9 -W 8 -k 6 -y 3 -x 2 -p 2 -q 1 -u 1 -v 1 -l 2 -j 3 -g 2 -F 1 -b 1
        cutlass_profiler: a bias can't be said
        "#);
    }

    #[test]
    fn asymmetric_pads() {
        insta::assert_snapshot!(stated("mb1ic1ih5iw5oc1kh3kw3ph0pw0pb1pr0"), @r#"
        benchdnn --conv --dir=FWD_D mb1ic1ih5iw5oc1oh4ow3kh3kw3ph0pw0
        MIOpenDriver: one pad serves both sides of h, and 0 in front with 1 behind can't be said
        cutlass_profiler: one pad serves both sides of h, and 0 in front with 1 behind can't be said
        "#);
    }

    #[test]
    fn a_kernel_that_only_fits_with_its_end_pad() {
        insta::assert_snapshot!(stated("mb1ic1ih1iw3oc1kh2kw3pb1pr0"), @r#"
        benchdnn --conv --dir=FWD_D mb1ic1ih1iw3oc1oh1ow1kh2kw3ph0pw0
        MIOpenDriver: one pad serves both sides of h, and 0 in front with 1 behind can't be said
        cutlass_profiler: one pad serves both sides of h, and 0 in front with 1 behind can't be said
        "#);
    }

    /// The definition of "states": the same windows over the same input.
    #[test]
    fn benchdnn_states_every_problem() {
        let ends = (1..5).flat_map(|input| (0..3).flat_map(move |begin| (0..4).map(move |end| (input, begin, end))));
        for (input, begin, end) in ends {
            for (kernel, stride) in (1..4).flat_map(|kernel| (1..4).map(move |stride| (kernel, stride))) {
                let Ok(problem) = Problem::new(Parameters {
                    input: Hw { h: 1, w: input },
                    kernel: Hw { h: 1, w: kernel },
                    stride: Hw { h: 1, w: stride },
                    padding: Padding { left: begin, right: end, ..Padding::default() },
                    ..Parameters::default()
                }) else {
                    continue;
                };
                let Statement { line, dropped } = benchdnn::state(&problem).unwrap();
                let read: Problem = line.rsplit(' ').next().unwrap().parse().unwrap();
                assert_eq!((read.output(), read.padding.left), (problem.output(), begin), "{line}");
                let right = dropped.first().map_or(end, |pad| pad.stated);
                assert_eq!(read.padding.right, right, "{line}");
            }
        }
    }
}
