//! Export: a repro as what a maintainer wants to receive.
//!
//! A [`Format`] turns a [`Subject`] into text. Adding one is a file here and a line in [`FORMATS`]; adding an engine
//! that scripts are written for is a file in `python` and a line in [`ENGINES`].

mod markdown;
mod nested;
mod python;

pub use python::{ENGINES, Engine, MOST_LINES, engine};

use crate::diagnose::{Evidence, Repro};
use crate::judge::Settings;
use crate::operands::Case;
use crate::run::Host;
use thiserror::Error;

/// The most elements of operands and expected output together that are exported: numbers that nobody could read or
/// check by hand are no report. [Shrinking](crate::diagnose) a failing problem leaves a few dozen.
pub const MOST_ELEMENTS: u64 = 16_384;

/// What is exported: a problem with its operands and the right output, and what a backend made of it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The problem and its operands.
    pub case: Case<'a>,
    /// The right output, `N×O×OH×OW`.
    pub expected: &'a [f32],
    /// The backend that computed it.
    pub reference: &'a str,
    /// How the operands were filled and outputs judged.
    pub settings: Settings,
    /// What a backend under test made of the same case; without one, the expectation alone is exported.
    pub repro: Option<&'a Repro>,
    /// What was seen around the repro, where its backend could be run.
    pub evidence: Option<&'a Evidence>,
    /// The machine that the evidence is from.
    pub host: &'a Host,
    /// The engine that scripts are written for; without one, the repro's own, or else the first of [`ENGINES`].
    pub engine: Option<&'static Engine>,
}

/// A format to export to.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Its name.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// Whether it shows a subject's evidence, so that gathering it is worth while.
    pub shows_evidence: bool,
    write: fn(&Subject<'_>) -> Result<String, ExportError>,
}

/// Every format.
pub const FORMATS: [Format; 2] = [
    Format { name: "markdown", about: "an issue's text", shows_evidence: true, write: markdown::write },
    Format {
        name: "python",
        about: "one script that runs the problem on an engine and checks it",
        shows_evidence: false,
        write: python::write,
    },
];

/// Something that can't be exported.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// Too many numbers.
    #[error(
        "operands and output are {elements} numbers, and at most {MOST_ELEMENTS} are exported: a report has to be read; shrink the problem first"
    )]
    TooLarge {
        /// Elements of operands and output.
        elements: u64,
    },
    /// A failing problem's file could not be formatted.
    #[error(transparent)]
    Repro(#[from] crate::diagnose::ReproError),
}

impl Format {
    /// The format called `name`.
    pub fn find(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }

    /// Writes `subject` in this format.
    ///
    /// # Errors
    /// The problem is too large to be read.
    pub fn export(&self, subject: &Subject<'_>) -> Result<String, ExportError> {
        let elements = subject.case.problem.elements();
        if elements > MOST_ELEMENTS {
            return Err(ExportError::TooLarge { elements });
        }
        (self.write)(subject)
    }
}

impl<'a> Subject<'a> {
    /// The subject that a repro is.
    pub fn of(repro: &'a Repro, evidence: Option<&'a Evidence>, host: &'a Host) -> Self {
        Self {
            case: repro.case(),
            expected: &repro.output.expected,
            reference: &repro.reference,
            settings: repro.settings(),
            repro: Some(repro),
            evidence,
            host,
            engine: None,
        }
    }

    /// The repro, if it is one of a failure.
    fn failure(&self) -> Option<&'a Repro> {
        self.repro.filter(|repro| repro.verdict.is_failure())
    }

    /// N, O, OH, OW.
    fn output_shape(&self) -> [usize; 4] {
        let p = self.case.problem;
        let output = p.output();
        [p.batch, p.out_channels, output.h, output.w].map(|size| size as usize)
    }

    /// N, C, H, W.
    fn input_shape(&self) -> [usize; 4] {
        let p = self.case.problem;
        [p.batch, p.in_channels, p.input.h, p.input.w].map(|size| size as usize)
    }

    /// O, C/G, KH, KW.
    fn weights_shape(&self) -> [usize; 4] {
        let p = self.case.problem;
        [p.out_channels, p.in_channels_per_group(), p.kernel.h, p.kernel.w].map(|size| size as usize)
    }
}

/// What a planted defect's export says first.
fn planted(repro: &Repro) -> String {
    let name = &repro.backend;
    format!(
        "{name} is a right convolution with one thing made wrong, to test and to show convdiff. No engine is at fault."
    )
}

#[cfg(test)]
mod tests;
