//! What a fault says comes out.

use super::element::{Element, Tap, Term, Window, taps};
use super::results::Made;
use crate::operands::Case;
use crate::problem::Problem;
use std::collections::BTreeMap;

/// A bias that is added: of which output channel, and how often; `None` where none is.
pub type Added = Option<(usize, i64)>;

/// What comes out at one element.
pub enum Prediction<'p> {
    /// A sum.
    Sum {
        /// The term that each tap becomes, and how often it is summed; `None` where it adds nothing.
        term: Box<dyn Fn(Tap) -> Option<(Term, i64)> + 'p>,
        /// The bias that is added: one or the other.
        biases: [Added; 2],
    },
    /// The value of an element that there isn't: nothing, with or without the bias.
    Beyond,
    /// What should come out, and on top of it what comes or should come out at an element (row-major index) before it; `None` where there
    /// is none.
    OnTopOf(Option<usize>),
    /// One of these: which, changes from element to element by a rule that isn't known.
    OneOf(Vec<Self>),
    /// Something made of the right results.
    Made(Made),
    /// What was in memory.
    Memory,
}

/// The bias that an element should get.
pub fn own_bias(problem: &Problem, element: Element) -> Added {
    problem.bias.then_some((element.channel, 1))
}

impl<'p> Prediction<'p> {
    /// A window whose taps become other terms, with the bias that it should have.
    pub fn of(window: &Window<'p>, term: impl Fn(Tap) -> Option<Term> + 'p) -> Self {
        let own = own_bias(window.problem, window.element);
        Self::Sum { term: Box::new(move |tap| Some((term(tap)?, 1))), biases: [own; 2] }
    }

    /// The same where another bias may be added as well.
    pub fn or_with(self, bias: Added) -> Self {
        match self {
            Self::Sum { term, biases: [own, _] } => Self::Sum { term, biases: [own, bias] },
            Self::Beyond | Self::OnTopOf(_) | Self::OneOf(_) | Self::Made(_) | Self::Memory => self,
        }
    }

    /// What another element should be, with its bias or the own one; nothing, where there is no such element.
    pub fn of_element(problem: &'p Problem, element: Element, source: Option<Element>) -> Self {
        let Some(source) = source else { return Self::Beyond };
        let window = Window::of(problem, source);
        Self::of(&Window::of(problem, element), move |tap| window.right(tap)).or_with(own_bias(problem, source))
    }
}

/// The terms of a window, with how often each is summed.
pub fn terms(problem: &Problem, term: impl Fn(Tap) -> Option<(Term, i64)>) -> BTreeMap<Term, i64> {
    let mut terms = BTreeMap::new();
    for (term, times) in taps(problem).filter_map(term) {
        *terms.entry(term).or_default() += times;
    }
    terms
}

/// The terms of an element as it should be.
pub fn right_terms(problem: &Problem, element: Element) -> BTreeMap<Term, i64> {
    let window = Window::of(problem, element);
    terms(problem, |tap| Some((window.right(tap)?, 1)))
}

/// The sum of these terms on operands.
pub fn sum(case: Case<'_>, term: impl Fn(Tap) -> Option<(Term, i64)>) -> f64 {
    let product = |tap| {
        let (Term { input, weight }, times) = term(tap)?;
        Some(times as f64 * f64::from(case.input[input]) * f64::from(case.weights[weight]))
    };
    taps(case.problem).filter_map(product).sum()
}

/// The sum of an element as it should be, without its bias.
pub fn right_sum(case: Case<'_>, element: Element) -> f64 {
    let window = Window::of(case.problem, element);
    sum(case, |tap| Some((window.right(tap)?, 1)))
}

/// What a bias adds on operands.
pub fn added(case: Case<'_>, bias: Added) -> f64 {
    let value = |(channel, times): (usize, i64)| Some(times as f64 * f64::from(*case.bias.get(channel)?));
    bias.and_then(value).unwrap_or(0.0)
}

impl Prediction<'_> {
    /// Whether an element is another than it should be, as far as that is a matter of what is summed.
    pub fn changes(&self, problem: &Problem, element: Element) -> bool {
        let window = Window::of(problem, element);
        match self {
            Self::Sum { term, biases } => {
                let as_it_should = |tap: Tap| window.right(tap).map(|term| (term, 1));
                !biases.contains(&own_bias(problem, element)) || taps(problem).any(|tap| term(tap) != as_it_should(tap))
            }
            Self::Beyond => window.reads(),
            Self::OnTopOf(before) => before.is_some_and(|before| window.at(Element::at(problem, before)).reads()),
            Self::OneOf(choices) => choices.iter().any(|choice| choice.changes(problem, element)),
            Self::Made(made) => (made.could)(problem),
            Self::Memory => true,
        }
    }
}
