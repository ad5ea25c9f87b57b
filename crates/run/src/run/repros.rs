//! From a finding to the smallest problem that shows it.

use super::Run;
use crate::backend::BackendError;
use crate::diagnose::{self, Finding, Looking, Mark, Past, Repro};
use crate::judge::{Examiner, Symptom, Verdict};
use crate::problem::{Condition, Problem};

/// How often a repro has to pass alone before it is asked what comes before.
const ALONE: u32 = 3;

impl Run {
    /// The finding's smallest problem, shrunk; as it was swept where that is not asked for, or doesn't show it again.
    ///
    /// Where its trigger foretells smaller ones, they are run as far as the allowance goes, and the smallest that shows it is shrunk on.
    ///
    /// `condition` is its trigger, and `others` are those of the backend's other findings: what doesn't hold of the problem as it was
    /// swept doesn't hold of the smallest either, so that one bug shows there and not two.
    pub(super) fn repro(
        &self,
        examiner: &mut Examiner<'_>,
        finding: &Finding,
        condition: Option<&Condition>,
        mut others: Vec<&Condition>,
    ) -> Repro {
        others.retain(|other| !other.holds(&finding.smallest));
        let of = Of { finding, condition, others };
        let calls = self.manifest.plan.shrink_calls;
        // The smallest problem may be too small to have the shape that most have.
        let own = Symptom::of(&examiner.examine(&finding.smallest));
        let symptoms = [Some(&finding.symptom), own.as_ref()].into_iter().flatten();
        let shrunk = symptoms
            .filter(|_| calls > 0)
            .find_map(|symptom| self.shrunk(examiner, &of, (&finding.smallest, symptom), calls));
        let Some(repro) = shrunk else { return self.unshrunk(examiner, finding) };
        let smaller = condition.and_then(|condition| self.foretold(examiner, &of, condition, &repro));
        smaller.unwrap_or(repro)
    }

    /// A problem that fails after others, or that failed once and passes alone.
    pub(super) fn repro_of_past(
        &self,
        looking: &Looking<'_>,
        finding: &Finding,
        past: &Past,
    ) -> Result<Repro, BackendError> {
        let (examiner, observation) = looking.observe(&past.before, &past.problem)?;
        let repro = Repro::of(&past.problem, examiner.operands(), looking.settings, &examiner, &observation);
        Ok(match observation.verdict.is_failure() {
            true => Repro { before: past.before.clone(), ..repro },
            false => repro.not_again(finding.symptom.verdict, "passes as the first that a new session computes"),
        })
    }

    /// What there is to say of the past of a repro that passes when a session begins with it, as it must where what it shows isn't the
    /// problem's own; none where it fails.
    ///
    /// What isn't the same twice may pass by chance, and its explanation stands.
    pub(super) fn past_of_repro(
        &self,
        looking: &Looking<'_>,
        repro: &Repro,
        company: &[Problem],
    ) -> Result<Option<Past>, BackendError> {
        if repro.gone || !matches!(repro.verdict, Verdict::Differs | Verdict::Errors) {
            return Ok(None);
        }
        for _ in 0..ALONE {
            if looking.after(&[])?.examine_case(repro.case()).verdict.is_failure() {
                return Ok(None);
            }
        }
        let before = match looking.passes_alone(&repro.problem)? {
            true => looking.before(&repro.problem, company)?,
            false => None,
        };
        Ok(Some(Past { alone: 1, pass: 1, problem: repro.problem, before: before.unwrap_or_default() }))
    }

    /// The finding's smallest problem as it was swept. It is run until it fails again, or has passed often.
    fn unshrunk(&self, examiner: &mut Examiner<'_>, finding: &Finding) -> Repro {
        let mut observation = examiner.examine(&finding.smallest);
        for _ in 1..diagnose::REPEATS {
            if observation.verdict.is_failure() {
                break;
            }
            observation = examiner.examine(&finding.smallest);
        }
        let settings = self.manifest.plan.settings();
        let repro = Repro::of(&finding.smallest, examiner.operands(), settings, examiner, &observation);
        if observation.verdict.is_failure() {
            repro
        } else {
            repro.not_again(finding.symptom.verdict, &format!("passed {} times since", diagnose::REPEATS))
        }
    }

    /// `start` shrunk by `symptom`, if it shows that, and what comes out is of the finding: where a backend has several, it may
    /// be of another.
    fn shrunk(
        &self,
        examiner: &mut Examiner<'_>,
        of: &Of<'_>,
        (start, symptom): (&Problem, &Symptom),
        calls: u64,
    ) -> Option<Repro> {
        let settings = self.manifest.plan.settings();
        let mut repro =
            Repro::shrunk(examiner, settings, start, symptom, calls, &|problem| of.is_alone(problem)).ok()?;
        if let Some(proof) = &mut repro.shrunk {
            proof.apart = !of.others.is_empty();
        }
        let observation = examiner.examine(&repro.problem);
        let foretold = of.condition.is_none_or(|condition| condition.holds(&repro.problem));
        let Finding { symptom, mark, .. } = of.finding;
        let shows = diagnose::shows(examiner, (symptom, mark), &repro.problem, &observation);
        (shows && (foretold || *mark == Mark::Verdict)).then_some(repro)
    }

    /// A smaller repro than `known`, from the smallest problem that the finding's trigger foretells and that shows it.
    fn foretold(
        &self,
        examiner: &mut Examiner<'_>,
        of: &Of<'_>,
        condition: &Condition,
        known: &Repro,
    ) -> Option<Repro> {
        let proof = known.shrunk.as_ref()?;
        let before = examiner.runs();
        let left = self.manifest.plan.shrink_calls.saturating_sub(proof.runs);
        let (asked, until) = ((&of.finding.symptom, &of.finding.mark), before + left);
        let alone = |problem: &Problem| of.is_alone(problem);
        let smaller = diagnose::foretold(examiner, &known.problem, asked, condition, alone, until)?;
        let symptom = Symptom::of(&examiner.examine(&smaller))?;
        let left = until.saturating_sub(examiner.runs());
        let mut repro = self.shrunk(examiner, of, (&smaller, &symptom), left)?;
        if let Some(shrunk) = &mut repro.shrunk {
            shrunk.runs = proof.runs + examiner.runs() - before;
        }
        Some(repro)
    }
}

/// What a repro is of.
struct Of<'a> {
    finding: &'a Finding,
    /// The finding's trigger.
    condition: Option<&'a Condition>,
    /// Those of other findings that must not hold.
    others: Vec<&'a Condition>,
}

impl Of<'_> {
    fn is_alone(&self, problem: &Problem) -> bool {
        !self.others.iter().any(|other| other.holds(problem))
    }
}
