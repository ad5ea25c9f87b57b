//! Property-based differential fuzzing of 2-D convolution: finds where two implementations disagree.
//!
//! Data goes one way, and this is the reading order:
//!
//! | module | from | to |
//! |---|---|---|
//! | [`problem`] | axes and constraints | one convolution as plain data, and its descriptor |
//! | [`operands`] | a problem and a seed | small integers, with which every sum is exact and every wrong tap shows |
//! | [`backend`] | a case | an output, or why there is none |
//! | [`judge`] | two outputs | a verdict, and the region of the wrong elements |
//! | [`sweep`] | a space and backends | the map, in index order, resumable |
//! | [`faults`] | a wrong output | what may have been computed instead, and what that predicts elsewhere |
//! | [`shrink`](mod@shrink) | a failing problem | the smallest one that shows the same, with a proof |
//! | [`diagnose`] | failing and passing problems | findings: when it happens, which taps are wrong, a repro |
//! | [`run`] | a plan | a folder with all of that |
//! | [`export`], [`report`] | findings and repros | what people read |
//! | [`fuzz`] | a fuzzer's bytes | the same judgement, one input at a time |
//!
//! One problem, two backends:
//!
//! ```
//! use convdiff::backend::registry;
//! use convdiff::judge::{Examiner, Settings, Verdict};
//!
//! // coremltools#2515: 2 channels, a 3×2 kernel, stride 2, one pad on all sides.
//! let problem = "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1".parse()?;
//! let reference = registry::find("exact")?;
//! let backend = registry::find("defect:coreml-2515")?;
//! let mut examiner = Examiner::new(&*reference, &*backend, Settings::default())?;
//!
//! let observation = examiner.examine(&problem);
//! assert_eq!(observation.verdict, Verdict::Differs);
//! let region = observation.difference.ok_or("no output")?.region;
//! assert_eq!(region.shape().to_string(), "[:, :, -1, -1]");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(missing_docs)]

pub use convdiff_backend::judge;
pub use convdiff_diagnose::{diagnose, faults, shrink};
pub use convdiff_engines as backend;
pub use convdiff_problem::{operands, problem};
pub use convdiff_run::{evaluate, export, fuzz, report, run};
pub use convdiff_sweep::sweep;
