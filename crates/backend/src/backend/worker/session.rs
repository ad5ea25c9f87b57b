//! Batches to a worker's process, and who was at fault when one fails.
//!
//! A process that ends, hangs or talks nonsense takes a whole batch with it. Which problem did it must not depend on
//! luck, on how answers were buffered or on which other problems were in the batch. So the rest of the batch is
//! run one by one, and a failure counts only for a problem that fails *alone*, as the first that a fresh process
//! is given; then the rest is a batch again. One by one finds the culprit with two fresh processes where bisection
//! wants one a step, and a fresh process is what costs.

use super::process::{Process, Trouble};
use super::protocol::{Header, LONGEST_TEXT, ProtocolError, SHAPE_BYTES, Tag, get_floats, output_shape, put_batch};
use super::{Worker, start_process};
use crate::backend::{Failure, Session};
use crate::operands::Case;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often in a row a process may fail to start before the backend is given up.
const STARTS: usize = 3;

/// How often a problem is tried again because somebody killed its process.
const KILLS: u32 = 5;

/// A foreign worker that failed on so many problems and answered none is taken for broken.
const HOPELESS: u64 = 32;

/// So many hangs say as much as [`HOPELESS`] other failures: each took a deadline.
const HANGS_HOPELESS: u64 = 8;

/// A worker that takes so many times longer than ever before is suspected to hang.
const SUSPICIOUS: u32 = 8;

/// A batch's operands stay below this, so that two processes work at once instead of one after the other.
const BATCH_BYTES: u64 = 1 << 20;

/// Memory is looked at once in so many problems.
const MEMORY_EVERY: u32 = 1 << 10;

/// An answer may be longer than its problem wants by this much and still be skipped over.
const SKIPPED_BYTES: u64 = 1 << 24;

/// One process at work.
pub(super) struct WorkerSession<'a> {
    worker: &'a Worker,
    process: Option<Running>,
    /// Whether its processes are nobody's before and after.
    own: bool,
    /// The number of the next problem; answers carry it, so that a late answer is never taken for another's.
    number: u32,
    /// The batches that were begun and not asked for, oldest first. `None` is one that was not sent, or was lost with its
    /// process: it is sent when it is asked for, and so is all that was begun behind it, for answers come in order.
    begun: VecDeque<Option<Begun>>,
}

/// A batch that was sent and whose answers were not read.
#[derive(Clone, Copy)]
struct Begun {
    /// The number of its first problem.
    first: u32,
    /// How many problems it has.
    count: usize,
}

struct Running {
    process: Process,
    /// Whether it has not been given a problem yet.
    fresh: bool,
    /// Whether it has answered one.
    warm: bool,
    /// Problems since its memory was looked at.
    since_look: u32,
}

pub(super) type Answer = Result<(), Failure>;

impl<'a> WorkerSession<'a> {
    /// With processes of its `own` it begins with a new one.
    pub(super) fn new(worker: &'a Worker, own: bool) -> Self {
        Self { worker, process: None, own, number: 0, begun: VecDeque::new() }
    }

    /// Makes `cases` the next that its process is given.
    fn send(&mut self, running: &mut Running, cases: &[Case<'_>]) -> Begun {
        let first = self.number;
        self.number = first.wrapping_add(cases.len() as u32);
        running.fresh = false;
        running.since_look += cases.len() as u32;
        put_batch(cases, first, running.process.outbox());
        Begun { first, count: cases.len() }
    }

    /// Sends `cases`, unless that was done as `begun`, and reads answers until there is one for each, or trouble; then the process is gone.
    ///
    /// With `patience` each answer may take as long as a problem may; without, a worker is suspected as soon as it takes far
    /// longer than ever before, for who is at fault is asked again.
    fn exchange(
        &mut self,
        cases: &[Case<'_>],
        outputs: &mut [&mut [f32]],
        results: &mut Vec<Answer>,
        begun: Option<Begun>,
        patience: bool,
    ) -> Result<(), Trouble> {
        let Some(mut running) = self.process.take() else { return Ok(()) };
        let Begun { first, count } = begun.unwrap_or_else(|| self.send(&mut running, cases));
        debug_assert_eq!(count, cases.len(), "something else was begun than is asked for");
        let had = results.len();
        // Counted from here, not from when it was sent: a late look must not shorten anybody's time.
        for (index, (case, output)) in (0u32..).zip(cases.iter().zip(outputs)) {
            let asked = Instant::now();
            let slowest = &self.worker.counts.slowest[usize::from(running.warm)];
            let limit = self.worker.limits.answer;
            let deadline =
                asked + if patience { limit } else { suspicious_after(slowest.load(Ordering::Relaxed), limit) };
            match read_answer(&mut running.process, case, first.wrapping_add(index), output, deadline) {
                Ok(answer) => {
                    slowest.fetch_max(asked.elapsed().as_micros() as u64, Ordering::Relaxed);
                    running.warm = true;
                    results.push(answer);
                }
                Err(trouble) => {
                    self.begun.iter_mut().for_each(|begun| *begun = None);
                    return Err(trouble);
                }
            }
        }
        self.worker.counts.answered.fetch_add((results.len() - had) as u64, Ordering::Relaxed);
        self.process = Some(running);
        Ok(())
    }

    /// Makes sure that there is a process.
    ///
    /// # Errors
    /// [`Failure::Lost`].
    fn ready(&mut self) -> Result<(), Failure> {
        let limits = &self.worker.limits;
        if let Some(running) = self.process.as_mut().filter(|running| running.since_look >= MEMORY_EVERY) {
            running.since_look = 0;
            if running.process.resident().is_some_and(|bytes| bytes > limits.memory) {
                self.process = None;
            }
        }
        if self.process.is_none() && !self.own {
            // Who had it before may have run anything on it.
            let used = |process| Running { process, fresh: false, warm: true, since_look: 0 };
            self.process = self.worker.idle().pop().map(used);
        }
        if self.process.is_some() { Ok(()) } else { self.renew() }
    }

    /// Replaces the process by a fresh one.
    fn renew(&mut self) -> Result<(), Failure> {
        self.process = None;
        let mut last = String::new();
        for _ in 0..STARTS {
            match start_process(&self.worker.command, self.worker.limits.start) {
                Ok((process, hello)) if hello == self.worker.hello => {
                    self.process = Some(Running { process, fresh: true, warm: false, since_look: 0 });
                    return Ok(());
                }
                Ok(_) => last = "a new process says other things about itself than the first one did".to_owned(),
                Err(reason) => last = reason,
            }
        }
        Err(Failure::Lost(format!("{} can't be started again: {last}", self.worker.name)))
    }

    /// Runs one problem alone; what it comes to counts.
    fn alone(&mut self, case: Case<'_>, output: &mut [f32]) -> Answer {
        let mut kills = 0;
        loop {
            self.ready()?;
            let fresh = self.process.as_ref().is_some_and(|running| running.fresh);
            let mut result = Vec::with_capacity(1);
            let trouble = match self.exchange(&[case], &mut [&mut *output], &mut result, None, fresh) {
                Ok(()) => return result.pop().unwrap_or(Ok(())),
                Err(trouble) => trouble,
            };
            let killed = self.count_kill(&trouble);
            kills += u32::from(killed);
            if (fresh && !killed) || kills == KILLS {
                return Err(self.at_fault(trouble));
            }
            self.renew()?;
        }
    }

    fn slowest(&self) -> u64 {
        self.worker.counts.slowest.iter().fold(0, |slowest, kind| slowest.max(kind.load(Ordering::Relaxed)))
    }

    fn count_kill(&self, trouble: &Trouble) -> bool {
        let killed = matches!(trouble, Trouble::Died(death) if death.from_outside);
        self.worker.counts.killed.fetch_add(u64::from(killed), Ordering::Relaxed);
        killed
    }

    /// The failure of a problem that alone leads to `trouble`.
    fn at_fault(&self, trouble: Trouble) -> Failure {
        let counts = &self.worker.counts;
        let failure = match trouble {
            Trouble::Hang => Failure::Hang(self.worker.limits.answer),
            Trouble::Died(death) => Failure::Crash(death.to_string()),
            Trouble::Broken(error) => Failure::Error(format!("the answer is broken: {error}")),
        };
        let in_vain = counts.in_vain.fetch_add(1, Ordering::Relaxed) + 1;
        let hung = u64::from(matches!(failure, Failure::Hang(_)));
        let hung = counts.hung.fetch_add(hung, Ordering::Relaxed) + hung;
        // Our own server is known to work; of a foreign one that never answered nothing is known.
        let hopeless = (in_vain >= HOPELESS || hung >= HANGS_HOPELESS) && counts.answered.load(Ordering::Relaxed) == 0;
        if hopeless && self.worker.isolated.is_none() {
            let name = &self.worker.name;
            return Failure::Lost(format!("{name} answered none of the first {in_vain} problems; the last: {failure}"));
        }
        failure
    }

    /// A batch that fits limits: what comes of it stands in `results`, one a case.
    fn run_part(&mut self, cases: &[Case<'_>], outputs: &mut [&mut [f32]], results: &mut Vec<Answer>) {
        let end = results.len() + cases.len();
        let at = |results: &Vec<Answer>| cases.len() - (end - results.len());
        let mut begun = self.begun.pop_front().flatten();
        while results.len() < end {
            if begun.is_none()
                && let Err(failure) = self.ready()
            {
                results.resize(end, Err(failure));
                return;
            }
            let next = at(results);
            // Alone in a fresh process it is at fault whatever happens, and once is enough.
            let fresh = self.process.as_ref().is_some_and(|running| running.fresh);
            if fresh && cases.len() - next == 1 {
                results.push(self.alone(cases[next], outputs[next]));
                return;
            }
            let slowest = self.slowest();
            let outcome = self.exchange(&cases[next..], &mut outputs[next..], results, begun.take(), false);
            let Err(trouble) = outcome else { return };
            let mut explained = self.count_kill(&trouble);
            let mut found = false;
            while results.len() < end && !found {
                let next = at(results);
                let answer = self.alone(cases[next], outputs[next]);
                found = self.process.is_none();
                explained |= found;
                results.push(answer);
            }
            // What was suspected may turn out to be slow.
            explained |= trouble == Trouble::Hang && self.slowest() > slowest;
            self.worker.counts.unrepeated.fetch_add(u64::from(!explained), Ordering::Relaxed);
        }
    }
}

impl Session for WorkerSession<'_> {
    fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
        let mut results = Vec::with_capacity(1);
        self.run_part(&[case], &mut [output], &mut results);
        results.pop().unwrap_or(Ok(()))
    }

    fn run_batch(&mut self, cases: &[Case<'_>], outputs: &mut [&mut [f32]], results: &mut Vec<Answer>) {
        results.clear();
        while results.len() < cases.len() {
            let start = results.len();
            let count = part(&cases[start..], self.worker.hello.max_batch as usize);
            self.run_part(&cases[start..start + count], &mut outputs[start..start + count], results);
        }
    }

    fn is_apart(&self) -> bool {
        true
    }

    fn begin(&mut self, cases: &[Case<'_>]) {
        if cases.is_empty() {
            return;
        }
        let idle = self.begun.is_empty();
        // A worker that can't be started is an answer, and `run_batch` gives it.
        let sends = if idle { self.ready().is_ok() } else { self.begun.iter().all(Option::is_some) };
        let mut process = self.process.take();
        let mut running = process.as_mut().filter(|_| sends);
        let mut rest = cases;
        while !rest.is_empty() {
            let (next, behind) = rest.split_at(part(rest, self.worker.hello.max_batch as usize));
            let begun = running.as_mut().map(|running| self.send(running, next));
            self.begun.push_back(begun);
            rest = behind;
        }
        if let Some(running) = running {
            running.process.write_ahead(idle);
        }
        self.process = process;
    }
}

impl Drop for WorkerSession<'_> {
    fn drop(&mut self) {
        let process = self.process.take().map(|running| running.process);
        // Answers that nobody has read would be taken for the next session's.
        self.worker.idle().extend(process.filter(|_| !self.own && self.begun.iter().all(Option::is_none)));
    }
}

/// How long an answer may take where nothing is decided by it: several times the `slowest` of its kind so far, in
/// microseconds (0 before there was one), and not so little that a busy machine is taken for a hang.
fn suspicious_after(slowest: u64, limit: Duration) -> Duration {
    match slowest {
        0 => limit,
        slowest => Duration::from_micros(slowest).saturating_mul(SUSPICIOUS).max(limit / 20).min(limit),
    }
}

/// How many of `cases` go into one batch; at least one.
fn part(cases: &[Case<'_>], max_batch: usize) -> usize {
    let mut bytes = 0u64;
    let fits = |case: &&Case<'_>| {
        bytes = bytes.saturating_add(case.problem.elements().saturating_mul(4));
        bytes <= BATCH_BYTES
    };
    cases.iter().take(max_batch).take_while(fits).count().max(1)
}

/// Reads the answer to problem `number`.
pub(super) fn read_answer(
    process: &mut Process,
    case: &Case<'_>,
    number: u32,
    output: &mut [f32],
    deadline: Instant,
) -> Result<Answer, Trouble> {
    let header = process.header(deadline)?;
    if matches!(header.tag, Tag::Hello | Tag::Batch) {
        return Err(ProtocolError::Unexpected { found: header.tag, expected: "an answer" }.into());
    }
    if header.number != number {
        return Err(ProtocolError::Order { offset: header.number.wrapping_sub(number) as i32 }.into());
    }
    if header.tag == Tag::Output {
        return read_output(process, header, case, output, deadline);
    }
    let length = header.length_within("a text", LONGEST_TEXT as u64)?;
    let text = match String::from_utf8_lossy(process.payload(length, deadline)?) {
        text if text.trim().is_empty() => "no reason given".to_owned(),
        text => text.into_owned(),
    };
    Ok(Err(match header.tag {
        Tag::Unsupported => Failure::Unsupported(text.into()),
        Tag::Crash => Failure::Crash(text),
        _ => Failure::Error(text),
    }))
}

fn read_output(
    process: &mut Process,
    header: Header,
    case: &Case<'_>,
    output: &mut [f32],
    deadline: Instant,
) -> Result<Answer, Trouble> {
    let due = (SHAPE_BYTES + 4 * output.len()) as u64;
    let length = header.length_within("an output", due.saturating_add(SKIPPED_BYTES))?;
    let payload = process.payload(length, deadline)?;
    let Some((shape, values)) = payload.split_at_checked(SHAPE_BYTES) else {
        return Ok(Err(Failure::Error(format!("its output has {length} bytes, too few for a shape"))));
    };
    let mut found = [0; 4];
    for (extent, bytes) in found.iter_mut().zip(shape.as_chunks::<4>().0) {
        *extent = u32::from_le_bytes(*bytes);
    }
    let expected = output_shape(case.problem);
    if found != expected {
        return Ok(Err(Failure::Error(format!("its output has shape {found:?} instead of {expected:?}"))));
    }
    if values.len() != 4 * output.len() {
        let (found, expected) = (values.len(), 4 * output.len());
        return Ok(Err(Failure::Error(format!("its output has {found} bytes of values instead of {expected}"))));
    }
    get_floats(values, output);
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hang_is_suspected_early_and_never_before_anything_was_answered() {
        let limit = Duration::from_secs(10);
        let cases = [(0, 10_000), (1, 500), (50_000, 500), (100_000, 800), (2_000_000, 10_000)];
        for (slowest, milliseconds) in cases {
            assert_eq!(suspicious_after(slowest, limit), Duration::from_millis(milliseconds), "{slowest}");
        }
    }
}
