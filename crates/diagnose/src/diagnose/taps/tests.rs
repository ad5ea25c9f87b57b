use super::*;
use crate::backend::defect;
use crate::backend::{Backend, Failure, Session, exact::Exact};
use crate::faults::element::Term;
use crate::faults::prediction::{self, Prediction, right_terms};
use crate::faults::{Element, FaultId};
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
        assert_eq!(*terms, right_terms(&problem, Element::at(&problem, index)));
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

/// The terms of an element under the first fault of an id.
fn terms_of(problem: &Problem, id: &str, element: Element) -> BTreeMap<Term, i64> {
    let fault = id.parse::<FaultId>().unwrap().faults(problem)[0];
    match fault.predict(problem, element) {
        Prediction::Sum { term, .. } => prediction::terms(problem, term),
        _ => BTreeMap::new(),
    }
}

/// Recomputes the whole output under a fault, each element with its own bias.
fn reread(case: Case<'_>, output: &mut [f32], id: &str) {
    for (index, value) in output.iter_mut().enumerate() {
        let element = Element::at(case.problem, index);
        let terms = terms_of(case.problem, id, element);
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
        ("another filter", |case, y| reread(case, y, "weights-of-channel(+1)")),
        ("next image", |case, y| reread(case, y, "image-shifted(+1)")),
        ("next channel", |case, y| reread(case, y, "input-channels-shifted(+1)")),
        ("a row down, a column left", |case, y| reread(case, y, "window-shifted(h: +1, w: -1)")),
        ("next row in memory", |case, y| reread(case, y, "memory-offset(rows: +1)")),
        ("kernel backwards", |case, y| reread(case, y, "kernel-flipped(h, w)")),
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
fn what_is_mixed_up_by_no_single_distance_is_told() {
    let problem: Problem = "g3mb2ic6ih3iw3oc6kh2kw2b1".parse().unwrap();
    // Each image has the groups in another order; output channels are dealt out to the groups like cards.
    let groups: Edit = |case, y| {
        for (index, value) in y.iter_mut().enumerate() {
            let element = Element::at(case.problem, index);
            let group = element.channel / 2;
            let by = ((group + element.image + 1) % 3) as i64 - group as i64;
            let terms = match by {
                0 => right_terms(case.problem, element),
                by => terms_of(case.problem, &format!("group-shifted({by:+})"), element),
            };
            *value = case.bias[element.channel]
                + terms.keys().map(|term| case.input[term.input] * case.weights[term.weight]).sum::<f32>();
        }
    };
    let channels: Edit = |case, y| {
        let right = y.to_vec();
        let plane = y.len() / 12;
        for (index, value) in y.iter_mut().enumerate() {
            let channel = Element::at(case.problem, index).channel;
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
