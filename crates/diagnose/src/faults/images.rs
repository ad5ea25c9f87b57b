//! Other images of the batch.

use super::element::{Element, Window};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::place::Place;
use super::prediction::Prediction;
use super::shifted::Nearer;
use super::words::signed;
use crate::problem::Problem;

/// The window in another image.
pub fn of_image(problem: &Problem, element: Element, image: i64) -> Prediction<'_> {
    let window = Window::of(problem, element);
    Prediction::of(&window, move |tap| window.read(tap, Place { image, ..window.place(tap) }))
}

/// The first image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FirstImage;

impl Family for FirstImage {
    const WORD: &'static str = "first-image-read";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::BLOCKS;

    always!(Self => "");

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        of_image(problem, element, 0)
    }

    fn sentence(self) -> String {
        "the first image is read in place of the own one".to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}

/// Another image: so many further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Images(Nearer);

impl Family for Images {
    const WORD: &'static str = "image-shifted";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::BLOCKS;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        vec![Self(Nearer(1)), Self(Nearer(-1))]
    }

    fn parameters(self) -> Option<String> {
        Some(signed(self.0.0))
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        of_image(problem, element, element.image as i64 + self.0.0)
    }

    fn sentence(self) -> String {
        format!("the {} image is read", if self.0.0 > 0 { "next" } else { "previous" })
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        Hiding::OutsideInput
    }
}
