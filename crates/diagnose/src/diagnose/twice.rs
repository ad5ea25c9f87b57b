//! A backend that computes each problem twice: what it keeps of the first time spoils the second.

use crate::backend::{Arithmetic, Backend, BackendError, Failure, Kind, Session, Unsupported, caught::run_caught};
use crate::judge::{Settings, reset};
use crate::operands::{Case, Operands};
use crate::problem::Problem;

/// `backend`, which is given each problem with the next seed's operands before those that count.
pub(super) struct Twice<'a> {
    pub backend: &'a dyn Backend,
    pub settings: Settings,
}

impl Backend for Twice<'_> {
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

    fn supports(&self, problem: &Problem) -> Result<(), Unsupported> {
        self.backend.supports(problem)
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        let session = self.backend.session()?;
        Ok(Box::new(TwiceSession {
            session,
            settings: self.settings,
            operands: Operands::default(),
            unused: Vec::new(),
        }))
    }
}

struct TwiceSession<'a> {
    session: Box<dyn Session + 'a>,
    settings: Settings,
    operands: Operands,
    unused: Vec<f32>,
}

impl Session for TwiceSession<'_> {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        self.operands.fill(case.problem, self.settings.fill, self.settings.seed.wrapping_add(1));
        reset(&mut self.unused, case.problem);
        // Whatever comes of it.
        let _ = run_caught(self.session.as_mut(), self.operands.case(case.problem), &mut self.unused);
        self.session.run(case, output)
    }
}
