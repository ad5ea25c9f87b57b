//! The kernel read in another order.

use super::axes::Axes;
use super::element::{Element, Tap, Window};
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::prediction::Prediction;
use crate::problem::Problem;

/// Kernel read backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flipped(Axes);

impl Family for Flipped {
    const WORD: &'static str = "kernel-flipped";
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = examples::UNLIKE;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        Axes::ALL.map(Self).to_vec()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.parameters())
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        let [rows, columns] = self.0.are();
        let last = (problem.kernel.h as usize - 1, problem.kernel.w as usize - 1);
        Prediction::of(&window, move |tap| {
            let row = if rows { last.0 - tap.row } else { tap.row };
            let column = if columns { last.1 - tap.column } else { tap.column };
            window.read(tap, window.place(Tap { row, column, ..tap }))
        })
    }

    fn sentence(self) -> String {
        format!("the kernel is read backwards along {}", self.0.words())
    }

    fn reach(self) -> Reach {
        Reach::Pixels
    }

    fn hides(self, problem: &Problem) -> Hiding {
        let [h, w] = self.0.are();
        Hiding::anywhere_if(h && problem.kernel.h > 1 || w && problem.kernel.w > 1)
    }
}

/// Kernel rows read as columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Transposed;

impl Family for Transposed {
    const WORD: &'static str = "kernel-transposed";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::UNLIKE;

    always!(Self => "");

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        let window = Window::of(problem, element);
        let (rows, columns) = (problem.kernel.h as usize, problem.kernel.w as usize);
        Prediction::of(&window, move |tap| {
            let at = tap.row * columns + tap.column;
            window.read(tap, window.place(Tap { row: at % rows, column: at / rows, ..tap }))
        })
    }

    fn sentence(self) -> String {
        "kernel rows and columns are exchanged".to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Pixels
    }

    fn hides(self, problem: &Problem) -> Hiding {
        Hiding::anywhere_if(problem.kernel.h > 1 && problem.kernel.w > 1)
    }
}
