//! What has to stay while a problem shrinks.

use super::account::{Guises, mirrored};
use crate::judge::{Observation, Region, RegionShape, Symptom, Verdict};
use std::fmt;

/// A symptom that may be narrowed: the verdict, and the shapes of the region or the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    verdict: Verdict,
    form: Form,
    /// Of images, channels, rows and columns, whether the shapes say how they are cut; elsewhere any cut will do.
    told: [bool; 4],
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
        Self { verdict: symptom.verdict, form, told: [true; 4] }
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
                    shapes.iter().any(|shape| difference.region.could_be(&self.open(shape, &difference.region)))
                }
                (Form::Message(_), Some(_)) => false,
                (Form::Region(_), None) => false,
                (Form::Message(message), None) => {
                    Symptom::of(observation).is_some_and(|symptom| symptom.shape == *message)
                }
            }
    }

    /// Takes the shapes of the regions that a finding has in several guises, the first of which shows the symptom.
    pub(super) fn learn(&mut self, guises: &Guises) {
        if let Form::Region(shapes) = &mut self.form {
            // A shape that isn't read off the first region was seen elsewhere, in whole.
            let own_alone = shapes.iter().all(|shape| *shape == guises.own());
            let told = guises.told();
            self.told = std::array::from_fn(|dimension| told[dimension] || (self.told[dimension] && !own_alone));
            *shapes = guises.shapes(shapes);
        }
    }

    /// `shape` with those cuts of `region` that nothing is known of.
    fn open(&self, shape: &RegionShape, region: &Region) -> RegionShape {
        match (*shape, region.shape()) {
            (RegionShape::Slice(cuts), RegionShape::Slice(seen)) => {
                RegionShape::Slice(std::array::from_fn(|dimension| {
                    if self.told[dimension] { cuts[dimension] } else { seen[dimension] }
                }))
            }
            _ => *shape,
        }
    }

    /// Whether `transposed`, the region of a problem with height and width exchanged, is a shape of this with these exchanged.
    pub(super) fn mirrors(&self, transposed: &Region) -> bool {
        matches!(&self.form, Form::Region(shapes) if shapes.iter().any(|shape| transposed.could_be(&mirrored(shape))))
    }

    /// Takes in the same shapes with height and width exchanged.
    pub(super) fn mirror(&mut self) {
        let [images, channels, rows, columns] = self.told;
        self.told = [images, channels, rows && columns, rows && columns];
        if let Form::Region(shapes) = &mut self.form {
            for mirrored in shapes.iter().map(mirrored).collect::<Vec<_>>() {
                if !shapes.contains(&mirrored) {
                    shapes.push(mirrored);
                }
            }
        }
    }

    /// Takes a backend for unstable that differs otherwise each time: what one look shows is a part of it.
    pub(super) fn unsteady(&mut self, observation: &Observation) {
        if let (Form::Region(shapes), Some(difference)) = (&mut self.form, &observation.difference) {
            self.verdict = Verdict::Unstable;
            let whole = difference.region.shape();
            if !shapes.contains(&whole) {
                shapes.push(whole);
            }
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
