//! A backend that is wrong otherwise each time it runs.

use crate::backend::direct::Direct;
use crate::backend::exact::Exact;
use crate::backend::{Backend, BackendError, Failure, Kind, Session};
use crate::diagnose::smallest;
use crate::judge::{Examiner, Settings, Symptom, Verdict};
use crate::operands::Case;
use crate::problem::Problem;
use crate::problem::space::{Permutation, presets};
use crate::shrink::DEFAULT_CALLS;
use rapidrand::rapidrng;
use std::fmt::Write;

/// Where windows leave a remainder and there is more than one input channel, each element of the last column is off by
/// something else each time, and one time in `right` not at all.
struct Unsteady {
    right: u64,
    seed: u64,
}

struct UnsteadySession<'a> {
    base: Box<dyn Session + 'a>,
    right: u64,
    state: u64,
}

fn shows(problem: &Problem) -> bool {
    problem.w().remainder() > 0 && problem.in_channels > 1
}

impl Backend for Unsteady {
    fn name(&self) -> &str {
        "unsteady"
    }

    fn version(&self) -> String {
        "0".to_owned()
    }

    fn kind(&self) -> Kind {
        Kind::Planted
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(UnsteadySession { base: Direct.session()?, right: self.right, state: self.seed }))
    }
}

impl Session for UnsteadySession<'_> {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        self.base.run(case, output)?;
        if shows(case.problem) {
            let width = case.problem.output().w as usize;
            for value in output.iter_mut().skip(width - 1).step_by(width) {
                let noise = rapidrng(&mut self.state);
                if !noise.is_multiple_of(self.right) {
                    *value += 1.0 + (noise >> 32) as f32 / 4e9;
                }
            }
        }
        Ok(())
    }
}

/// What a single look shows is a part of the region, so it takes all looks together to know it again.
#[test]
fn an_unstable_backend_is_shrunk_over_repeated_runs() {
    let mut table = String::new();
    for right in [2, 3, 1000] {
        let mut ends = std::collections::BTreeMap::<String, usize>::new();
        let broad = presets::find("broad").unwrap().space();
        let shuffled = Permutation::new(broad.len(), 3);
        let problems = (0..broad.len()).filter_map(|index| broad.problem(shuffled.image(index)).ok());
        let starts = problems.filter(|problem| shows(problem) && problem.output_len() > 8 && problem.work() < 20_000);
        for (seed, start) in (0..).zip(starts.take(30)) {
            let unsteady = Unsteady { right, seed };
            let mut examiner = Examiner::new(&Exact, &unsteady, Settings::default()).unwrap();
            let symptom = Symptom::of(&examiner.examine(&start)).unwrap();
            let end = smallest(&mut examiner, &start, &symptom, 3 * DEFAULT_CALLS).unwrap();
            assert_eq!(end.observation.verdict, Verdict::Unstable, "{start} became {}", end.problem);
            assert!(shows(&end.problem) && !examiner.wrong().is_empty());
            *ends.entry(end.problem.to_string()).or_default() += 1;
        }
        writeln!(table, "an element is right one time in {right}").unwrap();
        ends.iter().for_each(|(problem, starts)| writeln!(table, "  {problem} from {starts}").unwrap());
    }
    insta::assert_snapshot!(table);
}
