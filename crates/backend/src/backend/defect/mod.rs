//! Planted defects: backends `defect:<name>` that compute a right convolution with one thing wrong.
//!
//! They are demonstration and test, never a real engine: each is modelled on documented bugs of real engines, so that
//! what finds, shrinks and explains these will find, shrink and explain those. A defect is a predicate over the
//! problem and an effect on the output; where the predicate is false, it computes what a right backend computes. One
//! file a defect, and one line in [`all`].
//!
//! # Notation of the predicates
//! N batch, C and O input and output channels, G groups, cg = C/G, og = O/G; KH, KW kernel; t, l, b, r pads; sh, sw
//! stride; dh, dw dilation; H, W input and OH, OW output size; remH and remW are [`Along::remainder`]; y[n, o, i, j] is
//! an output element. `y[:, :, −1, −1]` is the last corner of every plane.
//!
//! # Predicate and visibility
//! Where a predicate holds, the effect may still touch nothing: a dropped tap that lies in the padding is not missed.
//! [`Defect::visible`] is the predicate without those problems; each file says which they are.
//!
//! [`Along::remainder`]: crate::problem::Along::remainder

pub mod random;
mod reach;
mod several;
mod taps;

mod batch_stride;
mod bias_lost_in_groups;
mod channel_band;
mod channel_tail;
mod coreml_2515;
mod dilation_dropped_when_strided;
mod end_pad_is_begin_pad;
mod group_offset_lost;
mod half_accumulation;
mod leftover_column;
mod leftover_column_masked;
mod leftover_corner;
mod output_channel_tail;
mod pads_swapped;
mod pixel_tail;
mod stalls;
mod strides_swapped;
mod tile_tail;
mod unwritten_rows;
mod vector_over_read;

#[cfg(test)]
mod tests;

pub use several::Several;

use super::direct::Direct;
use super::{Arithmetic, Backend, BackendError, Failure, Kind, Session, Unsupported};
use crate::operands::Case;
use crate::problem::Problem;
use std::sync::Arc;
use taps::{Element, Tap, recompute};

/// What every name of a planted defect begins with.
pub const PREFIX: &str = "defect:";

/// The right backend that the defects are planted in.
static BASE: Direct = Direct;

/// One thing wrong with a right convolution.
#[derive(Clone, Copy, Debug)]
pub struct Defect {
    /// Its name as a backend, with [`PREFIX`].
    pub name: &'static str,
    /// What goes wrong, in one sentence.
    pub description: &'static str,
    /// Where it goes wrong.
    pub predicate: fn(&Problem) -> bool,
    /// The predicate, in the [notation](self#notation-of-the-predicates) of this module.
    pub predicate_words: &'static str,
    /// Where the predicate holds and the effect can be seen: the output is wrong, or there is none.
    pub visible: fn(&Problem) -> bool,
    /// The slice that holds every wrong element and that some problems fill, if it is the same for all.
    pub region: Option<&'static str>,
    /// Shapes that may name the region: the one that it is, then what that is in a space of small outputs. None where there
    /// is no output.
    pub shapes: &'static [&'static str],
    /// What a right account of the wrong elements' taps says, one of these of each element.
    pub story: &'static [&'static str],
    /// Whether it can take its process down or never return, so that it has to run in a child process.
    pub isolated_only: bool,
    /// How it adds.
    pub arithmetic: Arithmetic,
    effect: Effect,
}

/// What a defect does to the output, where its predicate holds.
#[derive(Clone, Copy, Debug)]
enum Effect {
    /// The touched elements are sums over wrong reads. `reads` gives the offset into the input that a tap reads; nothing
    /// drops the tap; an offset behind the tensor reads 0.
    Reads { touched: fn(&Element<'_>) -> bool, reads: fn(&Tap<'_>) -> Option<usize> },
    /// The right output is edited.
    Edits(fn(Case<'_>, &mut [f32])),
}

/// Every planted defect, in the order in which tables show them.
pub fn all() -> &'static [Defect] {
    const ALL: &[Defect] = &[
        coreml_2515::DEFECT,
        channel_tail::DEFECT,
        output_channel_tail::DEFECT,
        pixel_tail::DEFECT,
        leftover_column::DEFECT,
        leftover_column_masked::DEFECT,
        leftover_corner::DEFECT,
        end_pad_is_begin_pad::DEFECT,
        pads_swapped::DEFECT,
        group_offset_lost::DEFECT,
        strides_swapped::DEFECT,
        dilation_dropped_when_strided::DEFECT,
        tile_tail::DEFECT,
        channel_band::DEFECT,
        bias_lost_in_groups::DEFECT,
        batch_stride::DEFECT,
        unwritten_rows::DEFECT,
        vector_over_read::DEFECT,
        stalls::DEFECT,
        half_accumulation::DEFECT,
    ];
    ALL
}

/// The backend that `name` names, which begins with [`PREFIX`]: one of [`all`], a [random](mod@random) one, or
/// [`Several`] of them.
///
/// # Errors
/// [`BackendError::Unknown`], with the nearest name.
pub fn backend(name: &str) -> Result<Arc<dyn Backend>, BackendError> {
    if name.contains('+') {
        return Ok(Arc::new(Several::named(name)?));
    }
    match random::named(name) {
        Some(random) => Ok(Arc::new(random)),
        None => Ok(Arc::new(*find(name)?)),
    }
}

/// The defect called `name`, with or without [`PREFIX`].
///
/// # Errors
/// [`BackendError::Unknown`], with the nearest name.
pub fn find(name: &str) -> Result<&'static Defect, BackendError> {
    let bare = bare(name);
    all().iter().find(|defect| self::bare(defect.name) == bare).ok_or_else(|| BackendError::Unknown {
        name: name.to_owned(),
        nearest: all()
            .iter()
            .find(|defect| !bare.is_empty() && self::bare(defect.name).starts_with(bare))
            .or_else(|| {
                all()
                    .iter()
                    .map(|defect| (strsim::damerau_levenshtein(self::bare(defect.name), bare), defect))
                    .min_by_key(|(distance, _)| *distance)
                    .filter(|(distance, _)| *distance <= (bare.len() / 3).max(1))
                    .map(|(_, defect)| defect)
            })
            .map(|defect| defect.name.to_owned()),
    })
}

fn bare(name: &str) -> &str {
    name.strip_prefix(PREFIX).unwrap_or(name)
}

/// What is known of a planted defect, to hold against what is found out about it.
pub trait Planted: Backend {
    /// Whether its predicate holds.
    fn holds(&self, problem: &Problem) -> bool;

    /// Whether it can be seen: the predicate holds, and the output is wrong (but for chance) or there is none.
    fn shows(&self, problem: &Problem) -> bool;

    /// Whether its effect could be seen if the predicate held: not where all windows that it touches, or all taps that it leaves out or
    /// doubles, lie in the padding. True where the predicate doesn't hold and nobody can tell.
    fn could_show(&self, problem: &Problem) -> bool {
        self.shows(problem) || !self.holds(problem)
    }

    /// Its predicate, for people.
    fn predicate(&self) -> String;

    /// Shapes that may name its region; none where there is no output.
    fn shapes(&self) -> &[&'static str];

    /// Row-major indices of the output elements that it spoils, but for chance, where its region depends on the problem.
    fn spoils(&self, _problem: &Problem) -> Option<Vec<usize>> {
        None
    }

    /// What a right account of its taps says, one of these of each wrong element.
    fn story(&self) -> &[&'static str];
}

impl Planted for Defect {
    fn holds(&self, problem: &Problem) -> bool {
        (self.predicate)(problem)
    }

    fn shows(&self, problem: &Problem) -> bool {
        (self.visible)(problem)
    }

    fn predicate(&self) -> String {
        self.predicate_words.to_owned()
    }

    fn shapes(&self) -> &[&'static str] {
        self.shapes
    }

    fn story(&self) -> &[&'static str] {
        self.story
    }
}

impl Backend for Defect {
    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn kind(&self) -> Kind {
        Kind::Planted
    }

    fn arithmetic(&self) -> Arithmetic {
        self.arithmetic
    }

    fn must_isolate(&self) -> bool {
        self.isolated_only
    }

    fn supports(&self, problem: &Problem) -> Result<(), Unsupported> {
        BASE.supports(problem)
    }

    fn session(&self) -> Result<Box<dyn Session + '_>, BackendError> {
        Ok(Box::new(PlantedSession { defect: self, base: BASE.session()? }))
    }
}

/// A right session, and the defect that is planted in it.
struct PlantedSession<'a> {
    defect: &'a Defect,
    base: Box<dyn Session + 'a>,
}

impl Session for PlantedSession<'_> {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        self.base.run(case, output)?;
        if (self.defect.predicate)(case.problem) {
            match self.defect.effect {
                Effect::Reads { touched, reads } => recompute(case, output, touched, reads),
                Effect::Edits(edit) => edit(case, output),
            }
        }
        Ok(())
    }
}
