//! Every problem within bounds, to know the smallest of a kind for certain: what a shrunk problem is held against.

use super::{Hw, Padding, Parameters, Problem};
use rayon::prelude::*;

/// The largest value of each parameter, both axes alike; the least are the simplest values. Groups are all that divide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Images.
    pub batch: u32,
    /// Input channels.
    pub in_channels: u32,
    /// Output channels.
    pub out_channels: u32,
    /// Height and width of the input.
    pub input: u32,
    /// Height and width of the kernel.
    pub kernel: u32,
    /// Stride along both axes.
    pub stride: u32,
    /// Dilation along both axes.
    pub dilation: u32,
    /// Each of the four pads.
    pub pad: u32,
}

/// Input, kernel, stride, dilation, begin and end pad of one axis; and windows times kernel.
type Line = (u64, [u32; 6]);

/// Batch, channels, groups and bias, with a plane that is nothing; and images times output channels times a group's input
/// channels.
type Planes = (u64, Parameters);

impl Bounds {
    /// The bounds in which each parameter is at most one more than `problem`'s.
    pub fn around(problem: &Problem) -> Self {
        let most = |pair: Hw| pair.h.max(pair.w).saturating_add(1);
        Self {
            batch: problem.batch.saturating_add(1),
            in_channels: problem.in_channels.saturating_add(1),
            out_channels: problem.out_channels.saturating_add(1),
            input: most(problem.input),
            kernel: most(problem.kernel),
            stride: most(problem.stride),
            dilation: most(problem.dilation),
            pad: pads(problem).into_iter().fold(0, u32::max).saturating_add(1),
        }
    }

    /// Whether a problem is within the bounds.
    pub fn contain(&self, problem: &Problem) -> bool {
        let pairs = [
            (problem.input, self.input),
            (problem.kernel, self.kernel),
            (problem.stride, self.stride),
            (problem.dilation, self.dilation),
        ];
        problem.batch <= self.batch
            && problem.in_channels <= self.in_channels
            && problem.out_channels <= self.out_channels
            && pairs.iter().all(|(pair, most)| pair.h.max(pair.w) <= *most)
            && pads(problem).iter().all(|pad| *pad <= self.pad)
    }

    /// The problems within these bounds that are smaller than `than` and of which `which` holds, the smallest first. `None`
    /// where that takes looking at more than `most`.
    ///
    /// ```
    /// use convdiff::problem::{Problem, bounds::Bounds};
    ///
    /// let known: Problem = "mb1ic1ih3iw2oc1oh3ow1kh1kw1sw2".parse()?;
    /// let smaller = Bounds::around(&known).smaller(&known, 1_000_000, |problem| problem.w().remainder() > 0).unwrap();
    /// assert_eq!(smaller[0].to_string(), "mb1ic1ih1iw1oc1oh1ow1kh1kw1sh1sw2ph0pw0pr1");
    /// # Ok::<(), convdiff::problem::DescriptorError>(())
    /// ```
    pub fn smaller(&self, than: &Problem, most: u64, which: impl Fn(&Problem) -> bool + Sync) -> Option<Vec<Problem>> {
        let (size, work) = (than.size(), than.work());
        let pads = u64::from(self.pad) + 1;
        let values = [self.input, self.kernel, self.stride, self.dilation].map(u64::from);
        if values.into_iter().chain([pads, pads]).fold(1, u64::saturating_mul) > most {
            return None;
        }
        let (planes, lines) = (self.planes(work), self.lines(work));
        // Lines are sorted by work, and only so much of it is left for a line beside others.
        let fitting = |left: u64| lines.partition_point(|(of, _)| *of <= left);
        let pairs = |(of, _): &Planes| -> u64 {
            let left = work / of;
            lines[..fitting(left)].iter().map(|(of, _)| fitting(left / of) as u64).sum()
        };
        let mut all: u64 = 0;
        for plane in &planes {
            all = all.saturating_add(pairs(plane));
            if all > most {
                return None;
            }
        }
        let mut smaller: Vec<Problem> = planes
            .par_iter()
            .flat_map_iter(|planes| lines[..fitting(work / planes.0)].iter().map(move |h| (planes, h)))
            .flat_map_iter(|((of, planes), h)| {
                let problems = lines[..fitting(work / of / h.0)].iter().map(|w| joined(planes, &h.1, &w.1));
                let problems = problems.filter_map(|parameters| Problem::new(parameters).ok());
                problems.filter(|problem| problem.size() < size && which(problem))
            })
            .collect();
        smaller.par_sort_by_cached_key(Problem::size);
        Some(smaller)
    }

    fn planes(&self, work: u64) -> Vec<Planes> {
        let mut all = Vec::new();
        for batch in 1..=self.batch {
            for in_channels in 1..=self.in_channels {
                for out_channels in 1..=self.out_channels {
                    for groups in (1..=in_channels).filter(|g| in_channels % g == 0 && out_channels % g == 0) {
                        let of = u64::from(batch) * u64::from(out_channels) * u64::from(in_channels / groups);
                        let planes = Parameters { batch, in_channels, out_channels, groups, ..Parameters::default() };
                        if of <= work {
                            all.extend([false, true].map(|bias| (of, Parameters { bias, ..planes })));
                        }
                    }
                }
            }
        }
        all
    }

    /// All that fits along one axis, least work first.
    fn lines(&self, work: u64) -> Vec<Line> {
        let mut all = Vec::new();
        for input in 1..=self.input {
            for kernel in 1..=self.kernel {
                for stride in 1..=self.stride {
                    for dilation in 1..=self.dilation {
                        for begin in 0..=self.pad {
                            for end in 0..=self.pad {
                                let line = [input, kernel, stride, dilation, begin, end];
                                let problem = Problem::new(joined(&Parameters::default(), &line, &[1, 1, 1, 1, 0, 0]));
                                let of = problem.map_or(u64::MAX, |problem| problem.work());
                                all.extend((of <= work).then_some((of, line)));
                            }
                        }
                    }
                }
            }
        }
        all.sort_unstable();
        all
    }
}

fn pads(problem: &Problem) -> [u32; 4] {
    let Padding { top, left, bottom, right } = problem.padding;
    [top, left, bottom, right]
}

fn joined(planes: &Parameters, h: &[u32; 6], w: &[u32; 6]) -> Parameters {
    let pair = |place: usize| Hw { h: h[place], w: w[place] };
    Parameters {
        input: pair(0),
        kernel: pair(1),
        stride: pair(2),
        dilation: pair(3),
        padding: Padding { top: h[4], left: w[4], bottom: h[5], right: w[5] },
        ..*planes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_smaller_problems_come_once_and_in_order() {
        let known: Problem = "mb2ic2ih2iw2oc2oh1ow1kh2kw2b1".parse().unwrap();
        let bounds = Bounds::around(&known);
        let smaller = bounds.smaller(&known, u64::MAX, |_| true).unwrap();
        assert!(smaller.is_sorted_by(|a, b| a.size() < b.size()));
        assert!(smaller.iter().all(|problem| problem.size() < known.size() && bounds.contain(problem)));
        assert_eq!(smaller[0], "mb1ic1ih1iw1oc1kh1kw1".parse().unwrap());
        // Every one, by a walk over the product of all parameters of a plane.
        let along = |f: &mut dyn FnMut([u32; 6])| {
            for place in 0..3 * 3 * 2 * 2 * 2 * 2 {
                let digit = |stride: u32, of: u32| place / stride % of;
                f([1 + digit(1, 3), 1 + digit(3, 3), 1 + digit(9, 2), 1 + digit(18, 2), digit(36, 2), digit(72, 2)]);
            }
        };
        let mut planes = 0;
        along(&mut |h| {
            along(&mut |w| {
                let problem = Problem::new(joined(&Parameters::default(), &h, &w));
                planes += usize::from(problem.is_ok_and(|problem| problem.size() < known.size()));
            });
        });
        let is_plane = |p: &&Problem| [p.batch, p.in_channels, p.out_channels, u32::from(p.bias)] == [1, 1, 1, 0];
        assert_eq!(smaller.iter().filter(is_plane).count(), planes);
    }

    #[test]
    fn what_takes_too_long_is_not_begun() {
        let known: Problem = "mb1ic64ih64oc64kh3ph1".parse().unwrap();
        assert_eq!(Bounds::around(&known).smaller(&known, 1_000_000, |_| true), None);
    }
}
