use std::time::Instant;

use rapidrand::rapidrng;

use super::*;
use crate::problem::{Hw, Padding, Parameters};

/// The planted defects' predicates.
const DEFECTS: [(&str, &str); 19] = [
    (
        "coreml-2515",
        "in_channels_per_group > 1 and kernel_h != kernel_w and max(stride_h, stride_w) > 1 and \
         exactly_one(remainder_h == 0, remainder_w == 0) and pad_total > 0",
    ),
    ("channel-tail", "in_channels_per_group > 4 and in_channels_per_group mod 4 != 0"),
    ("output-channel-tail", "out_channels_per_group mod 8 != 0 and out_channels_per_group > 8"),
    ("pixel-tail", "output_pixels mod 4 != 0 and output_pixels > 4"),
    ("leftover-column", "remainder_w > 0"),
    ("leftover-column-masked", "remainder_w > 0 and output_w != 9"),
    ("leftover-corner", "remainder_h > 0 and remainder_w > 0"),
    ("end-pad-is-begin-pad", "pad_bottom > pad_top or pad_right > pad_left"),
    ("pads-swapped", "pad_top != pad_bottom or pad_left != pad_right"),
    ("group-offset-lost", "groups > 1 and in_channels_per_group < 16 and out_channels_per_group mod 2 == 0"),
    ("strides-swapped", "stride_h != stride_w and kernel_h != kernel_w and swapped_strides_fit"),
    ("dilation-dropped-when-strided", "dilation_w > 1 and stride_w > 1"),
    (
        "tile-tail",
        "kernel_h == 3 and kernel_w == 3 and stride_h == 1 and stride_w == 1 and dilation_h == 1 and dilation_w == 1 \
         and groups == 1 and ((output_h + 3) / 4) * ((output_w + 3) / 4) mod 8 > 4",
    ),
    ("channel-band", "8 <= in_channels <= 16 and out_channels <= 16 and pad_right > 0"),
    ("bias-lost-in-groups", "bias and groups > 1 and kernel_h * kernel_w == 1"),
    ("batch-stride", "batch > 1 and input_w mod 2 == 1"),
    ("unwritten-rows", "dilation_h > 1 and groups == in_channels and in_channels > 1"),
    (
        "vector-over-read",
        "groups == in_channels and stride_w == 2 and input_w mod 2 == 1 and input_elements mod 16 == 1",
    ),
    ("stalls", "kernel_h * kernel_w > 20 and stride_h > 4"),
];

struct Wide(u64);

impl Wide {
    fn pick(&mut self, values: &[u32]) -> u32 {
        values[(rapidrng(&mut self.0) % values.len() as u64) as usize]
    }

    fn next(&mut self) -> Problem {
        const SIZES: &[u32] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20];
        loop {
            let groups = self.pick(&[1, 1, 2, 3, 4, 8]);
            let hw = |a: u32, b: u32| Hw { h: a, w: b };
            let parameters = Parameters {
                batch: self.pick(&[1, 2, 3]),
                groups,
                in_channels: groups * self.pick(&[1, 1, 2, 3, 4, 5, 6, 8, 12, 16]),
                out_channels: groups * self.pick(&[1, 2, 3, 4, 8, 9, 12, 16]),
                input: hw(self.pick(SIZES), self.pick(SIZES)),
                kernel: hw(self.pick(&[1, 2, 3, 4, 5, 7]), self.pick(&[1, 2, 3, 4, 5, 7])),
                stride: hw(self.pick(&[1, 2, 3, 5]), self.pick(&[1, 2, 3, 5])),
                dilation: hw(self.pick(&[1, 1, 2, 3]), self.pick(&[1, 1, 2, 3])),
                padding: Padding {
                    top: self.pick(&[0, 1, 2, 3]),
                    left: self.pick(&[0, 1, 2, 3]),
                    bottom: self.pick(&[0, 1, 2, 3]),
                    right: self.pick(&[0, 1, 2, 3]),
                },
                bias: self.pick(&[0, 1]) == 1,
            };
            if let Ok(problem) = Problem::new(parameters) {
                return problem;
            }
        }
    }
}

struct Known<'a>(&'a Condition);

impl Oracle for Known<'_> {
    fn fail(&mut self, problems: &[Problem]) -> Vec<Option<bool>> {
        problems.iter().map(|problem| Some(self.0.holds(problem))).collect()
    }
}

#[test]
#[ignore]
fn experiment() {
    let n: usize = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut wide = Wide(1);
    let sample: Vec<Problem> = (0..n).map(|_| wide.next()).collect();
    let test: Vec<Problem> = (0..40_000).map(|_| wide.next()).collect();
    for (name, text) in DEFECTS {
        if !name.contains(&only) {
            continue;
        }
        let planted: Condition = text.parse().unwrap();
        let labelled: Vec<_> = sample.iter().map(|problem| (*problem, planted.holds(problem))).collect();
        let failing = labelled.iter().filter(|(_, fails)| *fails).count();
        let start = Instant::now();
        let Some(trigger) = explain(&labelled, &mut Known(&planted), &Options::default()) else {
            eprintln!("{name}: nothing fails");
            continue;
        };
        let wrong = test.iter().filter(|p| planted.holds(p) != trigger.condition.holds(p)).count();
        eprintln!(
            "{name}: {failing} fail, {} wrong of {}, {:.2}s, {} calls, held out {:?}\n    {}\n    {}",
            wrong,
            test.len(),
            start.elapsed().as_secs_f64(),
            trigger.calls,
            trigger.held_out,
            trigger.condition,
            trigger.condition.in_words(),
        );
        for other in trigger.alternatives {
            eprintln!("    or {} ? {:?}", other.condition, other.askable);
        }
    }
}
