//! What README's section *In your own crate* shows: an engine's property test, with what it is held against.
#![allow(clippy::unwrap_used)]

use convdiff::backend::exact::Exact;
use convdiff::backend::{Backend, BackendError, Failure, Kind, Session};
use convdiff::judge::{Examiner, Settings};
use convdiff::operands::Case;
use convdiff::problem::Problem;
use convdiff::problem::space::{presets, strategy};
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use std::cell::RefCell;

/// An engine as somebody might have it: one tap after the other, in f32. Forgets the bias of the last channel if asked to.
struct MyEngine {
    forgets: bool,
}

impl Backend for MyEngine {
    fn name(&self) -> &str {
        "my-engine"
    }

    fn version(&self) -> String {
        "1.0".to_owned()
    }

    fn kind(&self) -> Kind {
        Kind::Engine
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(MySession { forgets: self.forgets }))
    }
}

struct MySession {
    forgets: bool,
}

impl Session for MySession {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let p = case.problem;
        let (channels, kernel_h, kernel_w) =
            (p.in_channels_per_group() as usize, p.kernel.h as usize, p.kernel.w as usize);
        let (output_h, output_w) = (p.output().h as usize, p.output().w as usize);
        for (index, y) in output.iter_mut().enumerate() {
            let (j, i) = (index % output_w, index / output_w % output_h);
            let o = index / (output_w * output_h) % p.out_channels as usize;
            let n = index / (output_w * output_h * p.out_channels as usize);
            let group = o / p.out_channels_per_group() as usize;
            *y = 0.0;
            for (c, kh, kw) in
                (0..channels).flat_map(|c| (0..kernel_h * kernel_w).map(move |k| (c, k / kernel_w, k % kernel_w)))
            {
                let place = p.h().position(i as u64, kh as u64).zip(p.w().position(j as u64, kw as u64));
                let Some((row, column)) = place else { continue };
                let plane = n * p.in_channels as usize + group * channels + c;
                *y += case.input[(plane * p.input.h as usize + row) * p.input.w as usize + column]
                    * case.weights[((o * channels + c) * kernel_h + kh) * kernel_w + kw];
            }
            let forgotten = self.forgets && o + 1 == p.out_channels as usize;
            *y += case.bias.get(o).filter(|_| !forgotten).copied().unwrap_or(0.0);
        }
        Ok(())
    }
}

/// Problems of a preset on which `engine` is held against the exact reference, until one fails; it comes back shrunk.
fn failing(engine: &MyEngine) -> Option<Problem> {
    let examiner = RefCell::new(Examiner::new(&Exact, engine, Settings::default()).unwrap());
    let result = TestRunner::deterministic().run(&strategy(presets::find("coreml-2515").unwrap().space()), |problem| {
        let seen = examiner.borrow_mut().examine(&problem);
        prop_assert!(!seen.verdict.is_failure(), "{} on {problem}", seen.verdict);
        Ok(())
    });
    match result {
        Ok(()) => None,
        Err(TestError::Fail(_, problem)) => Some(problem),
        Err(aborted) => panic!("{aborted}"),
    }
}

#[test]
fn a_right_engine_passes() {
    assert_eq!(failing(&MyEngine { forgets: false }), None);
}

#[test]
fn a_wrong_one_fails_at_the_smallest_problem_of_the_space() {
    // One window on the smallest input that the space has, and a bias.
    let smallest = failing(&MyEngine { forgets: true }).unwrap();
    assert_eq!(smallest.to_string(), "mb1ic1ih3iw3oc1oh1ow1kh1kw1sh3sw3ph0pw0b1");
}
