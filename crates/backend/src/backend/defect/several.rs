//! Several planted defects in one backend, `defect:a+b`: what tells findings apart must tell these apart.

use super::{BASE, Defect, PREFIX, find};
use crate::backend::{Arithmetic, Backend, BackendError, Failure, Kind, Session, Unsupported};
use crate::operands::Case;
use crate::problem::Problem;

/// A backend with more than one planted defect. Where two touch the same output element, the later one wins.
#[derive(Clone, Debug)]
pub struct Several {
    name: String,
    defects: Vec<&'static Defect>,
}

impl Several {
    /// The backend called `name`, names of defects with a `+` between.
    ///
    /// # Errors
    /// [`BackendError::Unknown`] for the first that isn't one; [`BackendError::Start`] for defects that don't go together.
    pub fn named(name: &str) -> Result<Self, BackendError> {
        let defects: Vec<&Defect> = name.split('+').map(find).collect::<Result<_, _>>()?;
        if let Some(half) = defects.iter().find(|defect| defect.arithmetic != Arithmetic::F32) {
            let reason = format!("{} computes in another arithmetic and can't be planted beside others", half.name);
            return Err(BackendError::Start { name: name.to_owned(), reason });
        }
        let bare = |defect: &&Defect| defect.name.strip_prefix(PREFIX).unwrap_or(defect.name);
        let names: Vec<&str> = defects.iter().map(bare).collect();
        Ok(Self { name: format!("{PREFIX}{}", names.join("+")), defects })
    }
}

impl Backend for Several {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn kind(&self) -> Kind {
        Kind::Planted
    }

    fn must_isolate(&self) -> bool {
        self.defects.iter().any(|defect| defect.isolated_only)
    }

    fn supports(&self, problem: &Problem) -> Result<(), Unsupported> {
        BASE.supports(problem)
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        let planted = self.defects.iter().map(|defect| defect.session()).collect::<Result<_, _>>()?;
        Ok(Box::new(Together { base: BASE.session()?, planted, right: Vec::new(), touched: Vec::new() }))
    }
}

/// A right session, one of each defect, and an output of each of the two sorts.
struct Together<'a> {
    base: Box<dyn Session + 'a>,
    planted: Vec<Box<dyn Session + 'a>>,
    right: Vec<f32>,
    touched: Vec<f32>,
}

impl Session for Together<'_> {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let Self { base, planted, right, touched } = self;
        right.clear();
        right.resize(output.len(), crate::backend::UNWRITTEN);
        base.run(case, right)?;
        output.copy_from_slice(right);
        for defect in planted {
            touched.clear();
            touched.resize(output.len(), crate::backend::UNWRITTEN);
            defect.run(case, touched)?;
            for (output, (right, touched)) in output.iter_mut().zip(right.iter().zip(&*touched)) {
                if right.to_bits() != touched.to_bits() {
                    *output = *touched;
                }
            }
        }
        Ok(())
    }
}
