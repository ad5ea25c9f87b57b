//! What explains results, by the results alone.

use super::super::{FaultId, explaining, guess, said_of_results};
use super::{fault, filled, predicted, problem, right, wrong};
use crate::faults::examples;
use std::collections::BTreeSet;

type Edit = fn(&mut [f32]);

/// What is said of the results of an edited backend.
fn said(edit: Edit) -> String {
    let problem = problem("mb2ic4ih6iw6oc4kh3kw3ph1pw1b1");
    let operands = filled(&problem);
    let case = operands.case(&problem);
    let right = right(case);
    let mut actual = right.clone();
    edit(&mut actual);
    let wrong = wrong(&right, &actual);
    let ids = explaining(case, &wrong, &actual);
    ids.into_iter().find_map(|id| said_of_results(case, &wrong, &actual, id)).unwrap_or_default()
}

#[test]
fn what_is_done_to_results_is_told_from_the_results() {
    let edits: [(&str, Edit); 9] = [
        ("three quarters", |y| y.iter_mut().for_each(|y| *y *= 0.75)),
        ("a zero that is one", |y| y[7] = 1.0),
        ("half precision", |y| y.iter_mut().for_each(|y| *y = half::f16::from_f32(*y).to_f32())),
        ("bfloat16", |y| y.iter_mut().for_each(|y| *y = half::bf16::from_f32(*y).to_f32())),
        ("a transform", |y| y.iter_mut().for_each(|y| *y *= 1.0 + 2e-6)),
        ("ReLU", |y| y.iter_mut().for_each(|y| *y = y.max(0.0))),
        ("an integer of 12 bits", |y| y.iter_mut().for_each(|y| *y = y.clamp(-2048.0, 2047.0))),
        ("something else", |y| y.iter_mut().for_each(|y| *y = y.clamp(-2000.0, 2000.0))),
        ("one more", |y| y.iter_mut().for_each(|y| *y += 1.0)),
    ];
    let told: Vec<String> = edits.iter().map(|(name, edit)| format!("{name}: {}", said(*edit))).collect();
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

#[test]
fn blocks_of_channels_and_taps_are_told() {
    let problem = problem(examples::BLOCKS);
    let operands = filled(&problem);
    let case = operands.case(&problem);
    let told: Vec<String> = [
        "channels-from-missing(16)",
        "taps-from-missing(64)",
        "taps-before-missing(64)",
        "last-channels-twice(3)",
        "index-wrapped(bits: 8, image)",
        "first-image-read",
        "written-elsewhere(rows-longer)",
        "edge-from-memory(bottom, right)",
    ]
    .into_iter()
    .map(|id| {
        let output = predicted(case, fault(id, &problem)).unwrap();
        let wrong = wrong(&right(case), &output);
        let ids = explaining(case, &wrong, &output);
        let guesses: BTreeSet<String> = ids.into_iter().filter_map(|id| guess(case, &wrong, &output, id)).collect();
        format!("{id}: {}", guesses.into_iter().collect::<Vec<_>>().join(" | "))
    })
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    channels-from-missing(16): the taps from number 96 on, counted from 0 by channel, kernel row and kernel column, are missing | the taps of the group's input channels [-8:] are missing | the taps of the group's input channels [16:] are missing
    taps-from-missing(64): the taps from number 64 on, counted from 0 by channel, kernel row and kernel column, are missing
    taps-before-missing(64): the taps before number 64, counted from 0 by channel, kernel row and kernel column, are missing
    last-channels-twice(3): the taps of the group's input channels [-3:] are summed twice
    index-wrapped(bits: 8, image): the places of input elements in an image are counted in 8 bits: behind 255 they begin again from 0
    first-image-read: another image is read, not one as far away everywhere | the first image is read in place of the own one
    written-elsewhere(rows-longer): output rows are computed and written as if they were one column longer
    edge-from-memory(bottom, right): beyond the input's bottom and right edges one element more is read from memory in place of a zero, as by a bound that is off by one | the bottom and right pads are not zero: what lies there in memory is read, such as the next row's values
    ");
}

#[test]
fn sums_that_start_from_others_are_of_one_kind() {
    let problem = problem("mb2ic2ih4iw4oc3kh2kw2ph1pw1b1");
    let operands = filled(&problem);
    let case = operands.case(&problem);
    let right = right(case);
    let output = problem.output();
    let (row, plane) = (output.w as usize, output.h as usize * output.w as usize);
    for (id, step, within) in [
        ("starts-from(element-before)", 1, usize::MAX),
        ("starts-from(row-before)", row, plane),
        ("starts-from(channel-before)", plane, 3 * plane),
        ("starts-from(image-before)", 3 * plane, usize::MAX),
    ] {
        // Added up along the way, and of the neighbour alone.
        for adds_up in [true, false] {
            let mut actual = right.clone();
            for index in (0..actual.len()).filter(|index| index % within >= step) {
                actual[index] += if adds_up { actual[index - step] } else { right[index - step] };
            }
            let id: FaultId = id.parse().unwrap();
            assert!(explaining(case, &wrong(&right, &actual), &actual).contains(&id), "{id} {adds_up}");
        }
    }
}
