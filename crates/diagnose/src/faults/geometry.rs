//! Wrong ideas of strides, dilations and pads: windows that are read as they should be, of another problem.

use super::axes::Axes;
use super::element::{Element, Window};
use super::family::{Family, Hiding, Kinship, Reach};
use super::prediction::Prediction;
use crate::problem::{Along, Problem};
use std::fmt::Debug;
use std::hash::Hash;

/// The window of `element` where the axes are taken for others.
pub fn under(problem: &Problem, element: Element, taken: fn(Along, Along) -> (Along, Along)) -> Prediction<'_> {
    of_axes(problem, element, |(h, w)| taken(h, w))
}

fn of_axes(problem: &Problem, element: Element, taken: impl Fn((Along, Along)) -> (Along, Along)) -> Prediction<'_> {
    let own = Window::of(problem, element);
    let window = own.under(taken(own.axes()));
    Prediction::of(&own, move |tap| window.right(tap))
}

/// Whether some tap is taken for one at another place, be it in the padding. Of a stride that is taken for another `alone`, along one axis
/// by itself, it is enough that it is another: with one window there, nobody can tell.
pub fn moves(own: [Along; 2], taken: [Along; 2], alone: bool) -> bool {
    own.into_iter().zip(taken).any(|(own, taken)| {
        taken.pad_begin != own.pad_begin
            || (taken.stride != own.stride && (alone || own.output() > 1))
            || (taken.dilation != own.dilation && own.kernel > 1)
    })
}

/// An axis taken for another.
pub trait AxisTaken: Copy + Default + Debug + Ord + Hash + 'static {
    /// Its word in files.
    const WORD: &'static str;
    /// A problem in which it shows.
    const EXAMPLE: &'static str;
    /// Whether it is about strides, so that windows are not all read wrongly alike.
    const OF_STRIDES: bool;

    /// The axis as it is taken.
    fn taken(along: Along) -> Along;

    /// What happens along `axes`.
    fn sentence(axes: &str) -> String;
}

/// Axes taken for others, each by itself: along h, along w, along both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Taken<T>(Axes, T);

impl<T: AxisTaken> Taken<T> {
    fn of(self, h: Along, w: Along) -> [Along; 2] {
        let [rows, columns] = self.0.are();
        [if rows { T::taken(h) } else { h }, if columns { T::taken(w) } else { w }]
    }
}

impl<T: AxisTaken> Family for Taken<T> {
    const WORD: &'static str = T::WORD;
    const KINSHIP: Kinship = Kinship::One;
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn instances(_: &Problem) -> Vec<Self> {
        Self::named()
    }

    fn named() -> Vec<Self> {
        Axes::ALL.map(|axes| Self(axes, T::default())).to_vec()
    }

    fn parameters(self) -> Option<String> {
        Some(self.0.parameters())
    }

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        of_axes(problem, element, |(h, w)| self.of(h, w).into())
    }

    fn sentence(self) -> String {
        T::sentence(self.0.words())
    }

    fn reach(self) -> Reach {
        if T::OF_STRIDES { Reach::Unknown } else { Reach::Pixels }
    }

    fn hides(self, problem: &Problem) -> Hiding {
        let (h, w) = (problem.h(), problem.w());
        Hiding::anywhere_if(moves([h, w], self.of(h, w), T::OF_STRIDES))
    }
}

/// A family of axes taken for others.
macro_rules! axis_taken {
    ($(#[$doc:meta])* $name:ident, $word:literal, $example:expr, of_strides: $of_strides:literal, $taken:expr, $sentence:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name;

        impl AxisTaken for $name {
            const WORD: &'static str = $word;
            const EXAMPLE: &'static str = $example;
            const OF_STRIDES: bool = $of_strides;

            fn taken(along: Along) -> Along {
                let taken: fn(Along) -> Along = $taken;
                taken(along)
            }

            fn sentence(axes: &str) -> String {
                let sentence: fn(&str) -> String = $sentence;
                sentence(axes)
            }
        }
    };
}
pub(super) use axis_taken;
