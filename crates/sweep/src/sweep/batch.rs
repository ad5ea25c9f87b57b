//! Some problems side by side: their operands and expected outputs in a few long buffers.
//!
//! A batch keeps the buffers warm, and lets a backend in another process take many problems a message.

use crate::backend::{Failure, Session, UNWRITTEN};
use crate::judge::Settings;
use crate::operands::{Case, fill};
use crate::problem::Problem;
use std::ops::Range;

/// Most problems of a batch.
pub const PROBLEMS: usize = 128;

/// Most elements of operands and output of a batch, unless a single problem has more.
#[derive(Clone, Copy)]
pub struct Room(u64);

impl Room {
    /// For backends on this thread: what a level 2 cache holds.
    pub const HERE: Self = Self(1 << 16);
    /// For backends in other processes: what a pipe holds, and enough for engines that build a model of each batch.
    pub const APART: Self = Self(1 << 18);
}

/// One problem of a batch, and where its numbers are.
pub struct Slot {
    /// Index of the problem in the space.
    pub index: u64,
    /// The problem.
    pub problem: Problem,
    /// Its output in every buffer of outputs.
    pub output: Range<usize>,
    input: Range<usize>,
    weights: Range<usize>,
    bias: Range<usize>,
}

/// Problems with their operands and expected outputs.
#[derive(Default)]
pub struct Batch {
    slots: Vec<Slot>,
    elements: u64,
    input: Vec<f32>,
    weights: Vec<f32>,
    bias: Vec<f32>,
    expected: Vec<f32>,
    results: Vec<Result<(), Failure>>,
}

impl Batch {
    /// Whether `problem` may be pushed on a batch of at most `most` problems; always true of the first.
    pub fn has_room_for(&self, problem: &Problem, room: Room, most: usize) -> bool {
        self.slots.is_empty() || (self.slots.len() < most && self.elements + problem.elements() <= room.0)
    }

    /// Adds a problem.
    pub fn push(&mut self, index: u64, problem: Problem) {
        let behind = |span: fn(&Slot) -> &Range<usize>, len: u64| {
            let start = self.slots.last().map_or(0, |slot| span(slot).end);
            start..start + len as usize
        };
        let slot = Slot {
            index,
            problem,
            output: behind(|slot| &slot.output, problem.output_len()),
            input: behind(|slot| &slot.input, problem.input_len()),
            weights: behind(|slot| &slot.weights, problem.weights_len()),
            bias: behind(|slot| &slot.bias, problem.bias_len()),
        };
        self.elements += problem.elements();
        self.slots.push(slot);
    }

    /// Empties the batch; keeps its memory.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.elements = 0;
    }

    /// The problems.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The operands of one problem.
    pub fn case<'a>(&'a self, slot: &'a Slot) -> Case<'a> {
        Case {
            problem: &slot.problem,
            input: &self.input[slot.input.clone()],
            weights: &self.weights[slot.weights.clone()],
            bias: &self.bias[slot.bias.clone()],
        }
    }

    /// What the reference computed for one problem.
    pub fn expected(&self, slot: &Slot) -> &[f32] {
        &self.expected[slot.output.clone()]
    }

    /// Whether the reference computed it, one a problem.
    pub fn results(&self) -> &[Result<(), Failure>] {
        &self.results
    }

    /// Fills the operands of all problems.
    pub fn fill(&mut self, settings: Settings) {
        let Some(last) = self.slots.last() else { return };
        self.input.resize(last.input.end, 0.0);
        self.weights.resize(last.weights.end, 0.0);
        self.bias.resize(last.bias.end, 0.0);
        for slot in &self.slots {
            fill(
                &slot.problem,
                settings.fill,
                settings.seed,
                &mut self.input[slot.input.clone()],
                &mut self.weights[slot.weights.clone()],
                &mut self.bias[slot.bias.clone()],
            );
        }
    }

    /// Computes what is expected.
    pub fn run_reference(&mut self, session: &mut dyn Session) {
        let all: Vec<usize> = (0..self.slots.len()).collect();
        let mut expected = std::mem::take(&mut self.expected);
        let mut results = std::mem::take(&mut self.results);
        self.run(session, &all, &mut expected, &mut results);
        (self.expected, self.results) = (expected, results);
    }

    /// Lets `session` begin with the problems numbered `taken`, ascending; [`Batch::run`] with the same comes next.
    pub fn begin(&self, session: &mut dyn Session, taken: &[usize]) {
        if session.is_apart() {
            let cases: Vec<_> = taken.iter().map(|&number| self.case(&self.slots[number])).collect();
            session.begin(&cases);
        }
    }

    /// Runs `session` on the problems numbered `taken`, ascending. `outputs` gets room for all problems; `results` gets
    /// one result for each taken.
    pub fn run(
        &self,
        session: &mut dyn Session,
        taken: &[usize],
        outputs: &mut Vec<f32>,
        results: &mut Vec<Result<(), Failure>>,
    ) {
        outputs.clear();
        outputs.resize(self.slots.last().map_or(0, |slot| slot.output.end), UNWRITTEN);
        let mut rest = &mut outputs[..];
        let mut behind = 0;
        let mut cases = Vec::with_capacity(taken.len());
        let mut spans = Vec::with_capacity(taken.len());
        for slot in taken.iter().map(|&number| &self.slots[number]) {
            let (span, behind_it) = rest.split_at_mut(slot.output.end - behind);
            spans.push(&mut span[slot.output.start - behind..]);
            cases.push(self.case(slot));
            (rest, behind) = (behind_it, slot.output.end);
        }
        session.run_batch(&cases, &mut spans, results);
    }
}
