//! Which problems may be run to explain a finding.

use crate::problem::space::Axes;
use crate::problem::{Condition, Limits, Problem};

/// The constraints under which a finding was found: no answer is sought outside them.
///
/// Values between and just beyond those of the axes are inside, for they tell where a threshold lies. What the space's
/// author shut out is not: problems over its limits, problems that `--where` refuses, and channels or groups in another
/// relation to the input channels than the axes name (a depthwise space is explained by depthwise problems).
#[derive(Clone, Debug, Default)]
pub struct Domain {
    limits: Limits,
    condition: Option<Condition>,
    axes: Option<Axes>,
}

impl Domain {
    /// The constraints of a space, or of a list where there is none, and of `--where`.
    pub fn new(axes: Option<&Axes>, condition: Option<&Condition>) -> Self {
        Self {
            limits: axes.map_or_else(Limits::default, Axes::limits),
            condition: condition.cloned(),
            axes: axes.cloned(),
        }
    }

    /// Problems up to these limits, of which a condition holds.
    pub fn within(limits: Limits, condition: Option<&Condition>) -> Self {
        Self { limits, condition: condition.cloned(), axes: None }
    }

    /// Whether the problem may be run.
    pub fn allows(&self, problem: &Problem) -> bool {
        self.limits.check(problem).is_ok()
            && self.condition.as_ref().is_none_or(|condition| condition.holds(problem))
            && self.axes.as_ref().is_none_or(|axes| {
                axes.out_channels.relates(problem.in_channels, problem.out_channels)
                    && axes.groups.relates(problem.in_channels, problem.groups)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_space_shuts_out_is_outside() {
        let axes = Axes::from_toml(
            r#"
            in_channels = "2,4"
            out_channels = "in,in*2"
            groups = "in"
            input = 5
            kernel = 3
            max_work = 1000
            "#,
        )
        .unwrap();
        let condition: Condition = "pad_total == 0".parse().unwrap();
        let domain = Domain::new(Some(&axes), Some(&condition));
        let allows = |descriptor: &str| domain.allows(&descriptor.parse().unwrap());
        assert!(allows("g3mb1ic3ih5oc3kh3ph0"), "a value between those of the axis");
        assert!(allows("g2mb1ic2ih5oc4kh3ph0"));
        assert!(!allows("g1mb1ic2ih5oc2kh3ph0"), "not depthwise");
        assert!(!allows("g2mb1ic2ih5oc6kh3ph0"), "three times the channels");
        assert!(!allows("g2mb1ic2ih5oc2kh3ph1"), "--where");
        assert!(!allows("g2mb9ic2ih9oc2kh3ph0"), "too much work");
    }
}
