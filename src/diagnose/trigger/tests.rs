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

fn random_literal(draw: &mut Wide) -> String {
    let along = [
        "input",
        "kernel",
        "stride",
        "dilation",
        "pad_begin",
        "pad_end",
        "output",
        "remainder",
        "effective_kernel",
        "effective_pad_end",
    ];
    let name = along[draw.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) as usize];
    let axis = draw.pick(&[0, 1]) as usize;
    let bare = crate::problem::AxisFeature::named(name).unwrap();
    let closed = crate::problem::SpatialAxis::BOTH.map(|axis| bare.along(axis).name())[axis];
    let channels = ["in_channels", "out_channels", "groups", "in_channels_per_group", "out_channels_per_group"];
    let channel = channels[draw.pick(&[0, 1, 2, 3, 4]) as usize];
    let relation = ["<", "<=", ">", ">=", "==", "!="][draw.pick(&[0, 1, 2, 3, 4, 5]) as usize];
    let small = draw.pick(&[0, 1, 2, 3]);
    let modulus = draw.pick(&[2, 4, 8]);
    match draw.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
        0 => format!("{closed} {relation} {}", small + 1),
        1 => format!("{name}_h {relation} {name}_w")
            .replace("pad_begin_h", "pad_top")
            .replace("pad_begin_w", "pad_left")
            .replace("pad_end_h", "pad_bottom")
            .replace("pad_end_w", "pad_right")
            .replace("effective_pad_bottom", "effective_pad_bottom"),
        2 => format!("some_axis({name} {relation} {})", small + 1),
        3 => format!("one_axis({name} > {})", small),
        4 => format!("{channel} {relation} {}", draw.pick(&[1, 2, 4, 8, 16])),
        5 => format!("{channel} mod {modulus} == 0"),
        6 => format!("{channel} mod {modulus} != 0"),
        7 => format!("output_pixels mod {modulus} {} 0", if small < 2 { "==" } else { "!=" }),
        8 => "pad_total > 0".to_string(),
        9 => [
            "bias",
            "batch > 1",
            "groups == in_channels",
            "kernel_area == 1",
            "in_channels != out_channels",
            "groups > 1",
        ][draw.pick(&[0, 1, 2, 3, 4, 5]) as usize]
            .to_string(),
        10 => format!(
            "some_axis({})",
            [
                "pad_end > pad_begin",
                "pad_begin >= kernel",
                "effective_kernel > input",
                "stride > kernel",
                "effective_pad_end < 0",
                "pad_begin >= output"
            ][draw.pick(&[0, 1, 2, 3, 4, 5]) as usize]
        ),
        _ => format!("{closed} mod 2 == {}", draw.pick(&[0, 1])),
    }
}

#[test]
#[ignore]
fn random_predicates() {
    let n: usize = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let rounds: usize = std::env::var("ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let silent = std::env::var("SILENT").is_ok();
    let terms: usize = std::env::var("TERMS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let mut wide = Wide(std::env::var("SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(7));
    let test: Vec<Problem> = (0..60_000).map(|_| wide.next()).collect();
    let (mut done, mut exact) = (0, 0);
    while done < rounds {
        let mut disjuncts = Vec::new();
        for _ in 0..terms {
            let count = wide.pick(&[1, 2, 2, 3, 3, 4]);
            disjuncts.push((0..count).map(|_| random_literal(&mut wide)).collect::<Vec<_>>().join(" and "));
        }
        let text = disjuncts.join(" or ");
        let planted: Condition = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
        let failing_test = test.iter().filter(|p| planted.holds(p)).count();
        let sample: Vec<_> = (0..n).map(|_| wide.next()).map(|p| (p, planted.holds(&p))).collect();
        let failing = sample.iter().filter(|(_, fails)| *fails).count();
        if failing == 0 || failing_test > 50_000 {
            continue;
        }
        done += 1;
        let start = Instant::now();
        let oracle: &mut dyn Oracle = if silent { &mut Silent } else { &mut Known(&planted) };
        let trigger = explain(&sample, oracle, &Options::default()).unwrap();
        let wrong = test.iter().filter(|p| planted.holds(p) != trigger.condition.holds(p)).count();
        exact += usize::from(wrong == 0);
        if wrong > 0 {
            eprintln!(
                "{done}: {failing} fail, {wrong} wrong of {failing_test}, {:.2}s, {} calls, {:?}\n    planted {text}\n    learnt {}",
                start.elapsed().as_secs_f64(),
                trigger.calls,
                trigger.held_out,
                trigger.condition,
            );
        }
    }
    eprintln!("0: {exact} of {done} exact");
}
