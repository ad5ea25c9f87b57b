//! What has to stay while a problem shrinks.

use crate::judge::{Observation, RegionShape, Symptom, Verdict};
use std::fmt;

/// A symptom that may be narrowed: the verdict, and the shapes of the region or the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    verdict: Verdict,
    form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// Wrong elements, in one of these shapes.
    Region(Vec<RegionShape>),
    /// No output, and words about it, without their numbers.
    Message(String),
}

impl Target {
    /// To keep to a finding's symptom.
    pub fn of(symptom: &Symptom) -> Self {
        let has_output = matches!(symptom.verdict, Verdict::Differs | Verdict::Unstable);
        let form = match symptom.shape.parse() {
            Ok(region) if has_output => Form::Region(vec![region]),
            _ => Form::Message(symptom.shape.clone()),
        };
        Self { verdict: symptom.verdict, form }
    }

    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Whether what was observed could be this.
    pub fn could_be(&self, observation: &Observation) -> bool {
        self.verdict == observation.verdict
            && match (&self.form, &observation.difference) {
                (Form::Region(shapes), Some(difference)) => {
                    shapes.iter().any(|shape| difference.region.could_be(shape))
                }
                (Form::Message(_), Some(_)) => false,
                (Form::Region(_), None) => false,
                (Form::Message(message), None) => {
                    Symptom::of(observation).is_some_and(|symptom| symptom.shape == *message)
                }
            }
    }

    /// Takes what a grown problem shows for a shape of the same finding, and where `only`, for the only one.
    pub(super) fn learn(&mut self, grown: &Observation, only: bool) {
        if let (Form::Region(shapes), Some(difference)) = (&mut self.form, &grown.difference) {
            if only {
                shapes.clear();
            }
            shapes.push(difference.region.shape());
        }
    }
}

/// `differs at [:, :, -1, -1]`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::Region(shapes) => {
                write!(f, "{} at ", self.verdict)?;
                for (index, shape) in shapes.iter().enumerate() {
                    write!(f, "{}{shape}", if index > 0 { " or " } else { "" })?;
                }
                Ok(())
            }
            Form::Message(message) => write!(f, "{}: {message}", self.verdict),
        }
    }
}
