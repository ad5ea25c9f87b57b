//! Problems that tell which parameter a worker gets wrong.

use crate::problem::{Hw, Padding, Parameters, Problem};

/// Problems that have one thing in common.
pub(super) struct Feature {
    /// What that is.
    pub(super) name: &'static str,
    /// The problems.
    pub(super) problems: Vec<Problem>,
}

/// One feature after the other, then all at once. Each problem is as small as lets the feature be seen.
pub(super) fn features() -> Vec<Feature> {
    let base = Parameters { input: Hw::square(5), kernel: Hw::square(2), ..Parameters::default() };
    let hw = |h, w| Hw { h, w };
    let pads = |top, left, bottom, right| Padding { top, left, bottom, right };
    let both_ways = [hw(2, 2), hw(2, 1), hw(1, 2), hw(3, 2), hw(2, 3)];
    [
        ("one channel, nothing else", of([1, 2, 3, 5], |n| Parameters { kernel: Hw::square(n), ..base })),
        ("rectangles", {
            let sizes = [(hw(5, 3), hw(2, 3)), (hw(3, 5), hw(3, 2)), (hw(1, 6), hw(1, 4)), (hw(6, 1), hw(4, 1))];
            of(sizes, |(input, kernel)| Parameters { input, kernel, ..base })
        }),
        ("channels", {
            let channels = [(1, 2), (2, 1), (3, 2), (2, 3), (8, 5), (17, 16)];
            of(channels, |(in_channels, out_channels)| Parameters { in_channels, out_channels, ..base })
        }),
        ("batch", of([2, 3, 7], |batch| Parameters { batch, in_channels: 2, out_channels: 3, ..base })),
        ("bias", of([1, 2, 5], |out_channels| Parameters { out_channels, bias: true, ..base })),
        ("stride", of(both_ways, |stride| Parameters { stride, ..base })),
        ("dilation", of(both_ways, |dilation| Parameters { dilation, ..base })),
        ("the same padding on all sides", {
            of([1, 2], |n| Parameters { padding: Padding::uniform(n), kernel: Hw::square(3), ..base })
        }),
        ("padding in h or in w", {
            of([pads(1, 0, 1, 0), pads(0, 1, 0, 1), pads(2, 1, 2, 1)], |padding| Parameters { padding, ..base })
        }),
        ("padding that differs side by side", {
            let sides = [pads(1, 0, 0, 0), pads(0, 1, 0, 0), pads(0, 0, 1, 0), pads(0, 0, 0, 1), pads(1, 2, 3, 4)];
            of(sides, |padding| Parameters { padding, ..base })
        }),
        ("padding beyond the kernel", of([3, 4], |n| Parameters { padding: Padding::uniform(n), ..base })),
        ("groups", {
            let groups = [(2, 2, 2), (4, 2, 2), (2, 4, 2), (6, 9, 3)];
            of(groups, |(in_channels, out_channels, groups)| Parameters { in_channels, out_channels, groups, ..base })
        }),
        ("depthwise", {
            let channels = [(3, 1), (3, 2), (8, 1)];
            of(channels, |(n, times)| Parameters { in_channels: n, out_channels: n * times, groups: n, ..base })
        }),
        ("windows that don't reach the far edge", {
            let sizes = [(6, 2, 3), (7, 3, 3), (9, 2, 2)];
            of(sizes, |(input, kernel, stride)| Parameters {
                input: Hw::square(input),
                kernel: Hw::square(kernel),
                stride: Hw::square(stride),
                ..base
            })
        }),
        ("everything at once", {
            of([1, 2, 4], |groups| Parameters {
                batch: 2,
                in_channels: 4,
                out_channels: 8,
                groups,
                input: hw(9, 8),
                kernel: hw(3, 2),
                stride: hw(2, 3),
                dilation: hw(2, 3),
                padding: pads(1, 2, 3, 0),
                bias: true,
            })
        }),
    ]
    .map(|(name, problems)| Feature { name, problems })
    .into()
}

/// One problem, 4 MB of input: more than any pipe holds.
pub(super) fn large() -> Vec<Problem> {
    of([64], |in_channels| Parameters { in_channels, input: Hw::square(128), ..Parameters::default() })
}

/// One problem whose operands and output are 64 KB each, so that a leak is soon seen.
pub(super) fn middling() -> Vec<Problem> {
    of([128], |side| Parameters { input: Hw::square(side), ..Parameters::default() })
}

fn of<T, const N: usize>(values: [T; N], parameters: impl Fn(T) -> Parameters) -> Vec<Problem> {
    values.into_iter().map(parameters).filter_map(|parameters| Problem::new(parameters).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_problem_is_impossible_or_there_twice() {
        let features = features();
        let problems: Vec<Problem> = features.iter().flat_map(|feature| feature.problems.clone()).collect();
        assert_eq!(problems.len(), 4 + 4 + 6 + 3 + 3 + 5 + 5 + 2 + 3 + 5 + 2 + 4 + 3 + 3 + 3);
        assert_eq!(problems.iter().collect::<HashSet<_>>().len(), problems.len());
        assert_eq!((large().len(), middling().len()), (1, 1));
    }
}
