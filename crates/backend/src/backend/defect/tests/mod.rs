//! The registry, and each defect's extent and effect.

mod effects;
mod extent;
mod spaces;

use super::*;
use crate::backend::exact::Exact;
use crate::operands::Operands;

/// What `backend` computes.
fn output_of(backend: &dyn Backend, case: Case<'_>) -> Vec<f32> {
    let mut output = vec![crate::backend::UNWRITTEN; case.problem.output_len() as usize];
    backend.session().unwrap().run(case, &mut output).unwrap();
    output
}

/// What `backend` computes on the default fill of `problem` from `seed`.
fn output_from_seed(backend: &dyn Backend, problem: &Problem, seed: u64) -> Vec<f32> {
    let mut operands = Operands::default();
    operands.fill(problem, crate::operands::Fill::Integers, seed);
    output_of(backend, operands.case(problem))
}

#[test]
fn every_defect_is_a_planted_backend_under_its_own_name() {
    for (index, defect) in all().iter().enumerate() {
        let backend = super::backend(defect.name).unwrap();
        assert_eq!(backend.name(), defect.name);
        assert!(backend.name().starts_with(PREFIX));
        assert_eq!(backend.kind(), Kind::Planted);
        assert_eq!(find(bare(defect.name)).unwrap().name, defect.name);
        assert!(all()[..index].iter().all(|other| other.name != defect.name));
    }
}

#[test]
fn only_those_that_die_or_stall_must_be_isolated() {
    let isolated: Vec<_> = all().iter().filter(|defect| defect.must_isolate()).map(|defect| defect.name).collect();
    assert_eq!(isolated, ["defect:vector-over-read", "defect:stalls"]);
}

#[test]
fn only_half_accumulation_rounds() {
    let rounding: Vec<_> = all().iter().filter(|defect| defect.arithmetic != Arithmetic::F32).collect();
    assert_eq!(rounding.iter().map(|defect| defect.name).collect::<Vec<_>>(), ["defect:half-accumulation"]);
    assert_eq!(rounding[0].arithmetic(), Arithmetic::F16);
}

#[test]
fn unknown_names_come_with_the_nearest() {
    let message = |name| super::backend(name).err().unwrap().to_string();
    insta::assert_snapshot!(message("defect:coreml-2151"), @r#"no backend is called "defect:coreml-2151"; did you mean "defect:coreml-2515"?; `convdiff backends` lists them"#);
    insta::assert_snapshot!(message("defect:chanel-tial"), @r#"no backend is called "defect:chanel-tial"; did you mean "defect:channel-tail"?; `convdiff backends` lists them"#);
    insta::assert_snapshot!(message("defect:winograd"), @r#"no backend is called "defect:winograd"; `convdiff backends` lists them"#);
    insta::assert_snapshot!(message("defect:"), @r#"no backend is called "defect:"; `convdiff backends` lists them"#);
}
