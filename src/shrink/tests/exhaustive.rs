//! The smallest problem of a bounding space, by looking at all of them.

use crate::problem::{Hw, Padding, Parameters, Problem};

/// The largest value of each parameter.
#[derive(Clone, Copy)]
pub struct Bounds {
    pub batch: u32,
    pub in_channels: u32,
    pub out_channels: u32,
    pub input: u32,
    pub kernel: u32,
    pub stride: u32,
    pub dilation: u32,
    pub pad: u32,
}

/// Input, kernel, stride, dilation, begin and end pad.
type Along = [u32; 6];

impl Bounds {
    pub const SMALL: Bounds =
        Bounds { batch: 2, in_channels: 4, out_channels: 4, input: 4, kernel: 3, stride: 3, dilation: 2, pad: 4 };

    pub fn contain(&self, p: &Problem) -> bool {
        let pads = [p.padding.top, p.padding.left, p.padding.bottom, p.padding.right];
        let pairs =
            [(p.input, self.input), (p.kernel, self.kernel), (p.stride, self.stride), (p.dilation, self.dilation)];
        p.batch <= self.batch
            && p.in_channels <= self.in_channels
            && p.out_channels <= self.out_channels
            && pairs.iter().all(|(pair, most)| pair.h.max(pair.w) <= *most)
            && pads.iter().all(|pad| *pad <= self.pad)
    }

    /// The smallest problem that shows something, of all within these bounds. `known` shows it, and spares looking at what
    /// is larger.
    pub fn smallest(&self, known: Problem, mut shows: impl FnMut(&Problem) -> bool) -> Problem {
        assert!(self.contain(&known) && shows(&known), "{known}");
        let mut smallest = known;
        let along = self.along();
        for planes in self.planes() {
            let planes_work = u64::from(planes.batch * planes.out_channels * (planes.in_channels / planes.groups));
            for (h_work, h) in &along {
                if planes_work * h_work > smallest.work() {
                    break;
                }
                for (w_work, w) in &along {
                    if planes_work * h_work * w_work > smallest.work() {
                        break;
                    }
                    let problem = Problem::new(joined(planes, h, w)).unwrap();
                    if problem.size() < smallest.size() && shows(&problem) {
                        smallest = problem;
                    }
                }
            }
        }
        smallest
    }

    /// Batch, channels, groups and bias.
    fn planes(&self) -> Vec<Parameters> {
        let mut planes = Vec::new();
        for batch in 1..=self.batch {
            for in_channels in 1..=self.in_channels {
                for out_channels in 1..=self.out_channels {
                    for groups in (1..=in_channels).filter(|g| in_channels % g == 0 && out_channels % g == 0) {
                        planes.extend([false, true].map(|bias| Parameters {
                            batch,
                            in_channels,
                            out_channels,
                            groups,
                            bias,
                            ..Parameters::default()
                        }));
                    }
                }
            }
        }
        planes
    }

    /// All that fits along one axis, with windows times kernel, least work first.
    fn along(&self) -> Vec<(u64, Along)> {
        let mut all = Vec::new();
        for input in 1..=self.input {
            for kernel in 1..=self.kernel {
                for stride in 1..=self.stride {
                    for dilation in 1..=self.dilation {
                        for begin in 0..=self.pad {
                            for end in 0..=self.pad {
                                let along = [input, kernel, stride, dilation, begin, end];
                                let one = [1, 1, 1, 1, 0, 0];
                                if let Ok(problem) = Problem::new(joined(Parameters::default(), &along, &one)) {
                                    all.push((problem.work(), along));
                                }
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

fn joined(planes: Parameters, h: &Along, w: &Along) -> Parameters {
    let pair = |place: usize| Hw { h: h[place], w: w[place] };
    Parameters {
        input: pair(0),
        kernel: pair(1),
        stride: pair(2),
        dilation: pair(3),
        padding: Padding { top: h[4], left: w[4], bottom: h[5], right: w[5] },
        ..planes
    }
}
