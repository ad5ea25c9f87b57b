//! What a run is at once everything is swept: explaining takes as long as its backends do, and somebody is waiting.

use crate::backend::{Arithmetic, Backend, BackendError, Failure, Kind, Session, Unsupported};
use crate::operands::Case;
use crate::problem::Problem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a run that explains is at, for whoever shows that from another thread.
#[derive(Debug, Default)]
pub struct Activity {
    at: Mutex<Option<String>>,
    /// Problems that backends under test were given, sweeping included.
    calls: AtomicU64,
    /// How many that were when it began to explain.
    before: AtomicU64,
}

impl Activity {
    /// What it is at, in a few words; none while it sweeps.
    pub fn at(&self) -> Option<String> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Problems that backends under test were given since it began to explain.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed) - self.before.load(Ordering::Relaxed)
    }

    /// Says what comes now.
    pub(super) fn now_at(&self, what: String) {
        let before = self.at.lock().unwrap_or_else(PoisonError::into_inner).replace(what);
        if before.is_none() {
            self.before.store(self.calls.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }
}

/// A backend whose calls are counted.
pub(super) struct Counted {
    pub backend: Arc<dyn Backend>,
    pub activity: Arc<Activity>,
}

struct CountedSession<'a> {
    session: Box<dyn Session + 'a>,
    activity: &'a Activity,
}

impl Backend for Counted {
    fn name(&self) -> &str {
        self.backend.name()
    }

    fn version(&self) -> String {
        self.backend.version()
    }

    fn kind(&self) -> Kind {
        self.backend.kind()
    }

    fn arithmetic(&self) -> Arithmetic {
        self.backend.arithmetic()
    }

    fn must_isolate(&self) -> bool {
        self.backend.must_isolate()
    }

    fn supports(&self, problem: &Problem) -> Result<(), Unsupported> {
        self.backend.supports(problem)
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(CountedSession { session: self.backend.session()?, activity: &self.activity }))
    }

    fn fresh_session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(CountedSession { session: self.backend.fresh_session()?, activity: &self.activity }))
    }

    fn remarks(&self) -> Vec<String> {
        self.backend.remarks()
    }
}

impl Session for CountedSession<'_> {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        self.activity.calls.fetch_add(1, Ordering::Relaxed);
        self.session.run(case, output)
    }

    fn run_batch(&mut self, cases: &[Case<'_>], outputs: &mut [&mut [f32]], results: &mut Vec<Result<(), Failure>>) {
        self.activity.calls.fetch_add(cases.len() as u64, Ordering::Relaxed);
        self.session.run_batch(cases, outputs, results);
    }

    fn is_apart(&self) -> bool {
        self.session.is_apart()
    }

    fn begin(&mut self, cases: &[Case<'_>]) {
        self.session.begin(cases);
    }
}
