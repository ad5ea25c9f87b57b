//! Every problem within bounds, to know the smallest of a kind for certain: what a shrunk problem is held against.

use super::{Condition, Feature, Hw, Padding, Parameters, Problem, SpatialAxis};
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
    /// # use convdiff_problem as convdiff;
    /// use convdiff::problem::{Problem, bounds::Bounds};
    ///
    /// let known: Problem = "mb1ic1ih3iw2oc1oh3ow1kh1kw1sw2".parse()?;
    /// let smaller = Bounds::around(&known).smaller(&known, 1_000_000, |problem| problem.w().remainder() > 0).unwrap();
    /// assert_eq!(smaller[0].to_string(), "mb1ic1ih1iw1oc1oh1ow1kh1kw1sh1sw2ph0pw0pr1");
    /// # Ok::<(), convdiff::problem::DescriptorError>(())
    /// ```
    pub fn smaller(&self, than: &Problem, most: u64, which: impl Fn(&Problem) -> bool + Sync) -> Option<Vec<Problem>> {
        let lines = self.lines(than.work(), most)?;
        let candidates = Candidates { planes: self.planes(than.work()), h: lines.clone(), w: lines };
        (candidates.count(than.work(), most) <= most).then(|| candidates.smaller(than, than.work(), which))
    }

    /// As [`smaller`](Self::smaller), of the problems of which `condition` holds as well: those with the least work, where all of them
    /// would take looking at more than `most`.
    ///
    /// What the condition says of one axis alone, or of none, is asked first, so that many fewer have to be looked at.
    pub fn least_work(
        &self,
        than: &Problem,
        most: u64,
        condition: &Condition,
        which: impl Fn(&Problem) -> bool + Sync,
    ) -> Vec<Problem> {
        let Some(lines) = self.lines(than.work(), most) else { return Vec::new() };
        let all = Candidates { planes: self.planes(than.work()), h: lines.clone(), w: lines };
        let mut found: Vec<Problem> = Vec::new();
        let conjunctions = condition.conjunctions();
        let share = most / conjunctions.len().max(1) as u64;
        for conjunction in conjunctions {
            let candidates = all.of(&conjunction);
            let limit = candidates.affordable(than.work(), share);
            found.extend(candidates.smaller(than, limit, |problem| condition.holds(problem) && which(problem)));
        }
        found.par_sort_by_cached_key(Problem::size);
        found.dedup();
        found
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

    /// All that fits along one axis, least work first. `None` where that takes looking at more than `most`.
    fn lines(&self, work: u64, most: u64) -> Option<Vec<Line>> {
        let pads = u64::from(self.pad) + 1;
        let values = [self.input, self.kernel, self.stride, self.dilation].map(u64::from);
        if values.into_iter().chain([pads, pads]).fold(1, u64::saturating_mul) > most {
            return None;
        }
        let mut all = Vec::new();
        for input in 1..=self.input {
            for kernel in 1..=self.kernel {
                for stride in 1..=self.stride {
                    for dilation in 1..=self.dilation {
                        for begin in 0..=self.pad {
                            for end in 0..=self.pad {
                                let line = [input, kernel, stride, dilation, begin, end];
                                let problem = Problem::new(joined(&Parameters::default(), &line, &POINT));
                                let of = problem.map_or(u64::MAX, |problem| problem.work());
                                all.extend((of <= work).then_some((of, line)));
                            }
                        }
                    }
                }
            }
        }
        all.sort_unstable();
        Some(all)
    }
}

/// What problems are put together from; lines with the least work first.
#[derive(Clone)]
struct Candidates {
    planes: Vec<Planes>,
    h: Vec<Line>,
    w: Vec<Line>,
}

impl Candidates {
    /// Those that may be part of a problem of which all of these hold.
    fn of(&self, conjunction: &[Condition]) -> Self {
        let mut of = self.clone();
        let line = |h: &[u32; 6], w: &[u32; 6]| Problem::new(joined(&Parameters::default(), h, w));
        for condition in conjunction {
            let holds = |problem: Result<Problem, _>| problem.is_ok_and(|problem| condition.holds(&problem));
            let features = condition.features();
            let depends: Vec<Feature> = features.iter().flat_map(Feature::depends_on).collect();
            let all_of = |axis| depends.iter().all(|parameter| parameter.axis().map(|(_, axis)| axis) == axis);
            if condition.is_of_each_axis() {
                of.h.retain(|(_, h)| holds(line(h, h)));
                of.w.retain(|(_, w)| holds(line(w, w)));
            } else if all_of(None) {
                of.planes.retain(|(_, planes)| holds(Problem::new(*planes)));
            } else if all_of(Some(SpatialAxis::H)) {
                of.h.retain(|(_, h)| holds(line(h, &POINT)));
            } else if all_of(Some(SpatialAxis::W)) {
                of.w.retain(|(_, w)| holds(line(&POINT, w)));
            }
        }
        of
    }

    /// How many problems of at most some work these make; some more than `most` where it is more than that.
    fn count(&self, work: u64, most: u64) -> u64 {
        let mut all: u64 = 0;
        for (of, _) in &self.planes {
            let left = work / of;
            let beside = |(of, _): &Line| fitting(&self.w, left / of).len() as u64;
            all = all.saturating_add(fitting(&self.h, left).iter().map(beside).sum());
            if all > most {
                break;
            }
        }
        all
    }

    /// The most work, up to `work`, at which there are at most `most`.
    fn affordable(&self, work: u64, most: u64) -> u64 {
        let (mut can, mut end) = (0, work.saturating_add(1));
        while end - can > 1 {
            let middle = can + (end - can) / 2;
            if self.count(middle, most) <= most { can = middle } else { end = middle }
        }
        can
    }

    /// Those of at most some work that are smaller than `than` and of which `which` holds, the smallest first.
    fn smaller(&self, than: &Problem, work: u64, which: impl Fn(&Problem) -> bool + Sync) -> Vec<Problem> {
        let size = than.size();
        let mut smaller: Vec<Problem> = self
            .planes
            .par_iter()
            .flat_map_iter(|planes| fitting(&self.h, work / planes.0).iter().map(move |h| (planes, h)))
            .flat_map_iter(|((of, planes), h)| {
                let problems = fitting(&self.w, work / of / h.0).iter().map(|w| joined(planes, &h.1, &w.1));
                let problems = problems.filter_map(|parameters| Problem::new(parameters).ok());
                problems.filter(|problem| problem.size() < size && which(problem))
            })
            .collect();
        smaller.par_sort_by_cached_key(Problem::size);
        smaller
    }
}

/// One window with one tap.
const POINT: [u32; 6] = [1, 1, 1, 1, 0, 0];

/// The lines of at most some work.
fn fitting(lines: &[Line], work: u64) -> &[Line] {
    &lines[..lines.partition_point(|(of, _)| *of <= work)]
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
    fn a_condition_leaves_the_same_problems_before_and_after() {
        let known: Problem = "g2mb1ic2ih3iw2oc2oh2ow1kh2kw2ph0pw0b1".parse().unwrap();
        let bounds = Bounds::around(&known);
        for condition in [
            "true",
            "batch > 1 and both_axes(input == 2) and pad_left mod 2 != 0",
            "kernel_h > input_h and some_axis(stride > 1) or groups > 1 and remainder_w > 0 and not bias",
            "both_axes(input <= input_h) and output_pixels == 2",
            "not bias or one_axis(kernel == 2)",
            "false",
        ] {
            let condition: Condition = condition.parse().unwrap();
            let which = |problem: &Problem| problem.padding.bottom == 0;
            let expected = bounds.smaller(&known, u64::MAX, |p| condition.holds(p) && which(p)).unwrap();
            assert_eq!(bounds.least_work(&known, u64::MAX / 4, &condition, which), expected, "{condition}");
        }
    }

    #[test]
    fn what_takes_too_long_is_not_begun_or_ends_early() {
        let known: Problem = "mb1ic64ih64oc64kh3ph1".parse().unwrap();
        assert_eq!(Bounds::around(&known).smaller(&known, 1_000_000, |_| true), None);
        let known: Problem = "mb1ic8ih9oc8kh3ph1".parse().unwrap();
        let few = Bounds::around(&known).least_work(&known, 1_000_000, &"true".parse().unwrap(), |_| true);
        assert!(few.len() > 1_000 && few.is_sorted_by_key(Problem::size));
        assert_eq!(few[0], "mb1ic1ih1iw1oc1kh1kw1".parse().unwrap());
    }
}
