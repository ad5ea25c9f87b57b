//! What the formats' tests have in common.

use super::Subject;
use crate::backend::{defect, exact::Exact};
use crate::diagnose::{Evidence, Other, Outcome, Repro};
use crate::judge::{Examiner, Settings, Verdict};
use crate::operands::{Fill, Operands};
use crate::problem::Problem;
use crate::run::Host;

/// #2515's own problem.
pub const CORNER: &str = "mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1";

/// The repro of a planted defect, with operands that are exact in half precision too.
pub fn repro(defect: &str, descriptor: &str, fill: Fill) -> Repro {
    edited_repro(defect, descriptor, fill, |_| ())
}

/// The same with operands that somebody changed after the fill.
pub fn edited_repro(defect: &str, descriptor: &str, fill: Fill, edit: impl Fn(&mut Operands)) -> Repro {
    let problem: Problem = descriptor.parse().unwrap();
    let settings = Settings { fill, ..Settings::default() };
    let mut operands = Operands::default();
    operands.fill(&problem, fill, settings.seed);
    edit(&mut operands);
    let mut examiner = Examiner::new(&Exact, defect::find(defect).unwrap(), settings).unwrap();
    let observation = examiner.examine_case(operands.case(&problem));
    Repro::of(&problem, &operands, settings, &examiner, &observation)
}

/// What is seen around a repro, with an engine that is always there.
pub fn evidence(repro: &Repro) -> Evidence {
    let defect = defect::find(&repro.backend).unwrap();
    let mut examiner = Examiner::new(&Exact, defect, repro.settings()).unwrap();
    let mut evidence = Evidence::gather(repro, &mut examiner, &[]);
    let outcome = Outcome { verdict: Verdict::Agrees, region: None };
    evidence.others = vec![Other { name: "rten".into(), version: "0.27.0".into(), engine: true, outcome }];
    evidence
}

/// A machine.
pub fn host() -> Host {
    Host {
        os: "linux".into(),
        arch: "x86_64".into(),
        cpu: Some("Some Processor".into()),
        features: vec!["fma".into(), "avx2".into()],
        cores: 2,
    }
}

#[test]
fn what_nobody_could_read_is_not_exported() {
    let problem: Problem = "mb1ic64ih16oc64kh3".parse().unwrap();
    let mut operands = Operands::default();
    operands.fill(&problem, Fill::Integers, 1);
    let host = host();
    let (case, expected) = (operands.case(&problem), &[][..]);
    let subject = Subject {
        case,
        expected,
        reference: "exact",
        settings: Settings::default(),
        repro: None,
        evidence: None,
        host: &host,
        engine: None,
    };
    for format in &super::FORMATS {
        let error = format.export(&subject).unwrap_err().to_string();
        assert!(error.contains("66144") || error.contains("shrink"), "{error}");
    }
}
