use super::reading::Reading;
use super::*;
use crate::backend::defect;
use crate::backend::{Backend, Failure, Session, exact::Exact};
use crate::judge::{Examiner, Settings};
use crate::operands::{Case, Fill};
use crate::problem::Problem;
use convdiff_engines::registry;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What is said of a planted defect on a problem.
fn told(name: &str, descriptor: &str) -> String {
    let problem: Problem = descriptor.parse().unwrap();
    let backend = registry::find(name).unwrap();
    let exact = registry::find("exact").unwrap();
    let mut examiner = Examiner::new(&*exact, &*backend, Settings::default()).unwrap();
    let observation = examiner.examine(&problem);
    assert!(observation.verdict.is_failure(), "{name} passes on {problem}");
    let wrong = examiner.wrong().to_vec();
    let mut session = backend.session().unwrap();
    match probe(session.as_mut(), &problem, &wrong, 100_000) {
        Err(error) => error.to_string(),
        Ok(found) => {
            found.verify(examiner.operands(), &wrong, examiner.actual()).unwrap();
            story(&problem, &wrong, &found, None).sentence()
        }
    }
}

#[test]
fn what_planted_defects_do_is_told() {
    let mut text = String::new();
    for (name, descriptor) in [
        ("coreml-2515", "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1"),
        ("channel-tail", "mb1ic6ih4iw4oc1oh3ow3kh2kw2ph0pw0"),
        ("output-channel-tail", "mb1ic1ih3iw3oc11oh2ow2kh2kw2ph0pw0"),
        ("pixel-tail", "mb1ic1ih4iw4oc1oh3ow3kh2kw2ph0pw0"),
        ("leftover-column", "mb1ic2ih4iw6oc1oh3ow2kh2kw3sh1sw2ph0pw0"),
        ("leftover-corner", "mb1ic2ih6iw6oc1oh2ow2kh3kw3sh2sw2ph0pw0"),
        ("pads-swapped", "mb1ic1ih4iw4oc1oh4ow4kh2kw2ph1pw0pr1pb0"),
        ("group-offset-lost", "g2mb1ic4ih3iw3oc4oh2ow2kh2kw2ph0pw0"),
        ("dilation-dropped-when-strided", "mb1ic1ih5iw7oc1oh4ow2kh2kw3sh1sw2dh0dw1ph0pw0"),
        ("bias-lost-in-groups", "g2mb1ic2ih2iw2oc2oh2ow2kh1kw1ph0pw0b1"),
        ("batch-stride", "mb2ic1ih3iw3oc1oh2ow2kh2kw2ph0pw0"),
        ("unwritten-rows", "g2mb1ic2ih5iw4oc2oh3ow4kh2kw1dh1ph0pw0"),
    ] {
        let name = format!("{}{name}", defect::PREFIX);
        writeln!(text, "{name}: {}", told(&name, descriptor)).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_right_backend_reads_what_it_should() {
    let problem: Problem = "g2mb2ic4ih4iw5oc4oh3ow3kh2kw3sh2sw2ph1pw1dh1b1".parse().unwrap();
    let backend = registry::find("direct").unwrap();
    let mut session = backend.session().unwrap();
    let all: Vec<usize> = (0..problem.output_len() as usize).collect();
    let found = probe(session.as_mut(), &problem, &all, 100_000).unwrap();
    for (&index, terms) in all.iter().zip(&found.terms) {
        assert_eq!(
            *terms,
            super::story::terms(&problem, super::reading::Reading::Right, super::story::element(&problem, index))
        );
    }
}

#[test]
fn the_budget_is_kept() {
    let problem: Problem = "mb1ic2ih5oc2kh3".parse().unwrap();
    let backend = registry::find("direct").unwrap();
    let error = probe(backend.session().unwrap().as_mut(), &problem, &[0], 10).unwrap_err();
    insta::assert_snapshot!(error);
}

/// A right backend whose output is then edited.
struct Edited(Edit);

type Edit = fn(Case<'_>, &mut [f32]);

impl Session for Edited {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        Exact.session().map_err(|error| Failure::Error(error.to_string()))?.run(case, output)?;
        self.0(case, output);
        Ok(())
    }
}

/// What is said of all elements of the output of an edited backend.
fn told_of(edit: Edit) -> String {
    // Two images, channels and groups, a pad above, a bias.
    told_on(&"g2mb2ic4ih3iw3oc4kh2kw2ph1pw0pb0pr0b1".parse().unwrap(), Fill::Integers, edit)
}

fn told_on(problem: &Problem, fill: Fill, edit: Edit) -> String {
    let mut operands = crate::operands::Operands::default();
    operands.fill(problem, fill, 0);
    let mut outputs = [(); 2].map(|()| vec![0.0; problem.output_len() as usize]);
    let mut edited = Edited(edit);
    Edited(|_, _| {}).run(operands.case(problem), &mut outputs[0]).unwrap();
    edited.run(operands.case(problem), &mut outputs[1]).unwrap();
    let wrong: Vec<usize> = (0..outputs[0].len()).filter(|&i| outputs[0][i] != outputs[1][i]).collect();
    match probe(&mut edited, problem, &wrong, 100_000) {
        Err(error) => error.to_string(),
        Ok(found) => match found.verify(&operands, &wrong, &outputs[1]) {
            Err(error) => error.to_string(),
            Ok(()) => story(problem, &wrong, &found, None).sentence(),
        },
    }
}

/// Recomputes the whole output under a reading.
fn reread(case: Case<'_>, output: &mut [f32], reading: Reading) {
    for (index, value) in output.iter_mut().enumerate() {
        let element = super::story::element(case.problem, index);
        let terms = super::story::terms(case.problem, reading, element);
        *value = case.bias[element.channel]
            + terms.iter().map(|(t, count)| *count as f32 * case.input[t.input] * case.weights[t.weight]).sum::<f32>();
    }
}

#[test]
fn what_no_planted_defect_does_is_told_too() {
    let edits: [(&str, Edit); 18] = [
        ("a tap twice", |case, y| y[3] += case.input[1] * case.weights[0]),
        ("the bias twice", |case, y| (0..6).for_each(|i| y[i] += case.bias[0])),
        ("no bias", |case, y| (0..6).for_each(|i| y[i] -= case.bias[0])),
        ("another bias", |case, y| (0..6).for_each(|i| y[i] += case.bias[1] - case.bias[0])),
        ("pads of one", |case, y| y[0] += case.weights[0]),
        ("another filter", |case, y| reread(case, y, Reading::Filter(1))),
        ("next image", |case, y| reread(case, y, Reading::Images(1))),
        ("next channel", |case, y| reread(case, y, Reading::Channels(1))),
        ("a row down, a column left", |case, y| reread(case, y, Reading::Shifted(1, -1))),
        ("next row in memory", |case, y| reread(case, y, Reading::Memory(1, super::reading::Unit::Row))),
        ("kernel backwards", |case, y| reread(case, y, Reading::Flipped(true, true))),
        ("the wrong sign", |_, y| y.iter_mut().for_each(|y| *y = -*y)),
        ("all of it twice", |_, y| y.iter_mut().for_each(|y| *y *= 2.0)),
        ("a constant", |_, y| y[0] += 7.0),
        ("clipped", |_, y| y.iter_mut().for_each(|y| *y = y.clamp(-50.0, 50.0))),
        ("not cleared", |_, y| (1..4).for_each(|i| y[i] += y[i - 1])),
        ("not cleared for the next image", |case, y| {
            let image = y.len() / case.problem.batch as usize;
            (image..y.len()).for_each(|i| y[i] += y[i - image]);
        }),
        ("not written", |_, y| y[5] = crate::backend::UNWRITTEN),
    ];
    let told: Vec<String> = edits.iter().map(|(name, edit)| format!("{name}: {}", told_of(*edit))).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn every_reading_is_told_by_its_own_sentence() {
    // Whatever belongs to h differs from what belongs to w, and nothing is of size 1.
    let problem: Problem = "g2mb2ic4ih6iw7oc6kh2kw3sh3sw2dh0dw1ph2pw1pb1pr3b1".parse().unwrap();
    let mut operands = crate::operands::Operands::default();
    operands.fill(&problem, crate::operands::Fill::Integers, 0);
    let case = operands.case(&problem);
    let mut right = vec![0.0; problem.output_len() as usize];
    reread(case, &mut right, Reading::Right);
    let mut told = Vec::new();
    for reading in Reading::all(&problem) {
        let mut output = right.clone();
        reread(case, &mut output, reading);
        let wrong: Vec<usize> = (0..right.len()).filter(|&i| output[i] != right[i]).collect();
        let elements = wrong.iter().map(|&index| super::story::element(&problem, index));
        let terms = elements.clone().map(|element| super::story::terms(&problem, reading, element)).collect();
        let biases = elements.map(|element| BTreeMap::from([(element.channel, 1)])).collect();
        let probe = super::Probe { terms, biases, runs: 0 };
        let sentence = story(&problem, &wrong, &probe, None).sentence();
        if sentence != reading.sentence() {
            told.push(format!("{reading:?}: {sentence}"));
        }
        // What a glance sees, costs nothing and tells problems apart, is never less than that.
        assert!(!super::glance(case, &wrong, &output).is_empty() || wrong.is_empty(), "{reading:?}");
    }
    insta::assert_snapshot!(told.join("\n"));
}

/// A problem with so many channels and taps that blocks of them end inside.
const BLOCKS: &str = "g2mb3ic48ih4iw5oc6kh3kw2ph1pw1b1";

#[test]
fn blocks_of_channels_and_taps_are_told() {
    use super::reading::{Part, Scope};
    let edits: [(&str, Edit); 8] = [
        ("channels behind a block", |case, y| reread(case, y, Reading::Without(Part::ChannelsFrom(16)))),
        ("taps behind a block", |case, y| reread(case, y, Reading::Without(Part::TapsFrom(64)))),
        ("taps before a block", |case, y| reread(case, y, Reading::Without(Part::TapsTo(64)))),
        ("a tail twice", |case, y| reread(case, y, Reading::Twice(Part::LastChannels(3)))),
        ("8 bits", |case, y| reread(case, y, Reading::Wrapped { bits: 8, scope: Scope::Image })),
        ("the first image", |case, y| reread(case, y, Reading::FirstImage)),
        ("longer rows", |case, y| reread(case, y, Reading::Written(super::reading::Written::Pitch(1)))),
        ("off by one", |case, y| reread(case, y, Reading::EdgeFromMemory([false, false, true, true]))),
    ];
    let problem: Problem = BLOCKS.parse().unwrap();
    let told: Vec<String> = edits
        .iter()
        .map(|(name, edit)| {
            let mut operands = crate::operands::Operands::default();
            operands.fill(&problem, Fill::Integers, 0);
            let case = operands.case(&problem);
            let mut outputs = [(); 2].map(|()| vec![0.0; problem.output_len() as usize]);
            reread(case, &mut outputs[0], Reading::Right);
            edit(case, &mut outputs[1]);
            let wrong: Vec<usize> = (0..outputs[0].len()).filter(|&i| outputs[0][i] != outputs[1][i]).collect();
            let kinds = super::glance(case, &wrong, &outputs[1]);
            let guesses: BTreeMap<String, ()> = kinds
                .into_iter()
                .filter_map(|kind| Some((super::guess(case, &wrong, &outputs[1], kind)?, ())))
                .collect();
            format!("{name}: {}", guesses.into_keys().collect::<Vec<_>>().join(" | "))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    channels behind a block: the taps from number 96 on, counted from 0 by channel, kernel row and kernel column, are missing | the taps of the group's input channels [-8:] are missing | the taps of the group's input channels [16:] are missing
    taps behind a block: the taps from number 64 on, counted from 0 by channel, kernel row and kernel column, are missing
    taps before a block: the taps before number 64, counted from 0 by channel, kernel row and kernel column, are missing
    a tail twice: the taps of the group's input channels [-3:] are summed twice
    8 bits: the places of input elements in an image are counted in 8 bits: behind 255 they begin again from 0
    the first image: the first image is read in place of the own one
    longer rows: output rows are computed and written as if they were one column longer
    off by one: beyond the input's bottom and right edges one element more is read from memory in place of a zero, as by a bound that is off by one | the bottom and right pads are not zero: what lies there in memory is read, such as the next row's values
    ");
}

/// Operands of integers, and what comes of them.
fn filled(problem: &Problem) -> (crate::operands::Operands, Vec<f32>) {
    let mut operands = crate::operands::Operands::default();
    operands.fill(problem, Fill::Integers, 0);
    let mut right = vec![0.0; problem.output_len() as usize];
    reread(operands.case(problem), &mut right, Reading::Right);
    (operands, right)
}

#[test]
fn whose_bias_is_added_is_told() {
    use super::bias::WrongBias;
    let problem: Problem = "g3mb1ic3ih2iw2oc9kh1kw1b1".parse().unwrap();
    let (operands, right) = filled(&problem);
    let case = operands.case(&problem);
    for bias in WrongBias::ALL {
        let element = |index| super::story::element(&problem, index);
        let value = |index: usize| {
            let added = bias.added(&problem, element(index));
            added.iter().map(|(&channel, &times)| times as f32 * case.bias[channel]).sum::<f32>()
        };
        let output: Vec<f32> =
            (0..right.len()).map(|index| right[index] - case.bias[element(index).channel] + value(index)).collect();
        let wrong: Vec<usize> = (0..right.len()).filter(|&i| output[i] != right[i]).collect();
        assert!(super::glance(case, &wrong, &output).contains(&Kind::of_bias(bias)), "{bias:?}");
        let terms = wrong.iter().map(|&i| super::story::terms(&problem, Reading::Right, element(i))).collect();
        let biases = wrong.iter().map(|&i| bias.added(&problem, element(i))).collect();
        let probe = super::Probe { terms, biases, runs: 0 };
        assert_eq!(story(&problem, &wrong, &probe, None).sentence(), bias.sentence());
    }
}

#[test]
fn sums_that_start_from_others_are_of_one_kind() {
    use super::start::Start;
    let problem: Problem = "mb2ic2ih4iw4oc3kh2kw2ph1pw1b1".parse().unwrap();
    let (operands, right) = filled(&problem);
    let case = operands.case(&problem);
    for start in Start::ALL {
        // Added up along the way, and of the neighbour alone.
        for adds_up in [true, false] {
            let mut output = right.clone();
            for index in 0..output.len() {
                if let Some(before) = start.before(&problem, index) {
                    output[index] += if adds_up { output[before] } else { right[before] };
                }
            }
            let wrong: Vec<usize> = (0..right.len()).filter(|&i| output[i] != right[i]).collect();
            assert!(super::glance(case, &wrong, &output).contains(&Kind::of_start(start)), "{start:?} {adds_up}");
        }
        let all = || 0..problem.output_len() as usize;
        assert!(Kind::of_start(start).could_change(&problem, [true; 4], all()));
    }
    // With one row there is none before it.
    let row: Problem = "mb1ic1ih1iw3oc1kh1kw1ph0pw0".parse().unwrap();
    assert!(!Kind::of_start(Start::Row).may_not_show(&row, [true; 4]));
    assert!(Kind::of_start(Start::Element).may_not_show(&row, [true; 4]));
}

#[test]
fn a_reading_that_is_there_and_meets_padding_only_says_nothing() {
    use super::reading::{Geometry, Mode, Part};
    // Whether it may be there unseen, and whether it is seen.
    let seen = |reading: Reading, descriptor: &str| {
        let problem: Problem = descriptor.parse().unwrap();
        let kind = Kind::of(reading).next().unwrap();
        let all = 0..problem.output_len() as usize;
        (kind.may_not_show(&problem, [true; 4]), kind.could_change(&problem, [true; 4], all))
    };
    // The middle of the kernel alone meets the input.
    let flipped = Reading::Flipped(true, true);
    assert_eq!(seen(flipped, "mb1ic1ih1iw1oc1kh1kw7ph0pw3"), (true, false));
    assert_eq!(seen(flipped, "mb1ic1ih1iw1oc1kh1kw7ph0pw6pr0"), (true, true));
    assert_eq!(seen(flipped, "mb1ic1ih3iw3oc1kh1kw1ph0pw0"), (false, false));
    // One window along h.
    let strideless = Reading::Under(Geometry::Strideless(true, true));
    assert_eq!(seen(strideless, "mb1ic1ih1iw3oc1kh1kw1sh2sw1ph0pw0"), (true, false));
    assert_eq!(seen(strideless, "mb1ic1ih1iw3oc1kh1kw1sh1sw1ph0pw0"), (false, false));
    assert_eq!(seen(strideless, "mb1ic1ih1iw3oc1kh1kw1sh1sw2ph0pw0"), (true, true));
    // 66 taps, of which the last ones lie in the pad.
    let behind = Reading::Without(Part::TapsFrom(64));
    assert_eq!(seen(behind, "mb1ic11ih1iw1oc1kh2kw3ph0pw0pb1pr2"), (true, false));
    assert_eq!(seen(behind, "mb1ic11ih1iw1oc1kh2kw3ph1pw2pb0pr0"), (true, true));
    assert_eq!(seen(behind, "mb1ic16ih1iw1oc1kh2kw2ph0pw0pb1pr1"), (false, false));
    // A mirror shows a pad what lies beyond the other side of a small input.
    let mirrored = Reading::PadsHold(Mode::Reflect, [true; 4]);
    assert_eq!(seen(mirrored, "mb1ic1ih1iw1oc1kh1kw3ph0pw1"), (true, false));
    assert_eq!(seen(mirrored, "mb1ic1ih1iw2oc1kh1kw3ph0pw1"), (true, true));
    assert_eq!(seen(mirrored, "mb1ic1ih1iw3oc1kh1kw3ph0pw0"), (false, false));
}

#[test]
fn what_is_mixed_up_by_no_single_distance_is_told() {
    let problem: Problem = "g3mb2ic6ih3iw3oc6kh2kw2b1".parse().unwrap();
    // Each image has the groups in another order; output channels are dealt out to the groups like cards.
    let groups: Edit = |case, y| {
        for (index, value) in y.iter_mut().enumerate() {
            let element = super::story::element(case.problem, index);
            let group = element.channel / 2;
            let by = ((group + element.image + 1) % 3) as i64 - group as i64;
            let terms = super::story::terms(case.problem, Reading::Group(by), element);
            *value = case.bias[element.channel]
                + terms.keys().map(|term| case.input[term.input] * case.weights[term.weight]).sum::<f32>();
        }
    };
    let channels: Edit = |case, y| {
        let right = y.to_vec();
        let plane = y.len() / 12;
        for (index, value) in y.iter_mut().enumerate() {
            let channel = super::story::element(case.problem, index).channel;
            *value = right[index / (6 * plane) * 6 * plane + channel * 5 % 6 * plane + index % plane];
        }
    };
    assert_eq!(
        told_on(&problem, Fill::Integers, groups),
        "the input channels of another group are read, not of the same one everywhere"
    );
    assert_eq!(
        told_on(&problem, Fill::Integers, channels),
        "the value of another output channel is written, not of one as far away everywhere"
    );
}

/// An engine that computes with few digits can't hold large impulses.
#[test]
fn taps_of_half_precision_are_told() {
    let problem: Problem = "mb1ic3ih3iw3oc4kh2kw2b1".parse().unwrap();
    let edit: Edit = |case, y| {
        let width = case.problem.output().w as usize;
        y.iter_mut().skip(width - 1).step_by(width).for_each(|y| *y = 0.0);
        y.iter_mut().for_each(|y| *y = half::f16::from_f32(*y).to_f32());
    };
    assert_eq!(told_on(&problem, Fill::IntegersF16, edit), "nothing is summed");
}

/// What is said of the results of an edited backend.
fn results_of(edit: Edit) -> String {
    let problem: Problem = "mb2ic4ih6iw6oc4kh3kw3ph1pw1b1".parse().unwrap();
    let mut operands = crate::operands::Operands::default();
    operands.fill(&problem, crate::operands::Fill::Integers, 0);
    let mut outputs = [(); 2].map(|()| vec![0.0; problem.output_len() as usize]);
    Edited(|_, _| {}).run(operands.case(&problem), &mut outputs[0]).unwrap();
    Edited(edit).run(operands.case(&problem), &mut outputs[1]).unwrap();
    let wrong: Vec<usize> = (0..outputs[0].len()).filter(|&i| outputs[0][i] != outputs[1][i]).collect();
    let kinds = super::glance(operands.case(&problem), &wrong, &outputs[1]);
    kinds.iter().find_map(|kind| kind.of_results(operands.case(&problem), &wrong, &outputs[1])).unwrap_or_default()
}

#[test]
fn what_is_done_to_results_is_told_from_the_results() {
    let edits: [(&str, Edit); 9] = [
        ("three quarters", |_, y| y.iter_mut().for_each(|y| *y *= 0.75)),
        ("a zero that is one", |_, y| y[7] = 1.0),
        ("half precision", |_, y| y.iter_mut().for_each(|y| *y = half::f16::from_f32(*y).to_f32())),
        ("bfloat16", |_, y| y.iter_mut().for_each(|y| *y = half::bf16::from_f32(*y).to_f32())),
        ("a transform", |_, y| y.iter_mut().for_each(|y| *y *= 1.0 + 2e-6)),
        ("ReLU", |_, y| y.iter_mut().for_each(|y| *y = y.max(0.0))),
        ("an integer of 12 bits", |_, y| y.iter_mut().for_each(|y| *y = y.clamp(-2048.0, 2047.0))),
        ("something else", |_, y| y.iter_mut().for_each(|y| *y = y.clamp(-2000.0, 2000.0))),
        ("one more", |_, y| y.iter_mut().for_each(|y| *y += 1.0)),
    ];
    let told: Vec<String> = edits.iter().map(|(name, edit)| format!("{name}: {}", results_of(*edit))).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    three quarters: the results are 0.75 times what they should be
    a zero that is one: 
    half precision: the results are rounded to half precision; an engine that means to compute so should say `arithmetic: f16`
    bfloat16: the results are rounded to bfloat16; an engine that means to compute so should say `arithmetic: bf16`
    a transform: the results are off by less than one part in 10,000, as Winograd or FFT in f32 round; an engine that means to compute so should say `arithmetic: f32-transformed`
    ReLU: negative results come out as 0, as behind a ReLU
    an integer of 12 bits: results beyond a limit come out as that limit: -2048, 2047
    something else: 
    one more: 
    ");
}
