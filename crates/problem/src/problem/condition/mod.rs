//! Conditions: a small language for saying which problems.
//!
//! `--where` takes it, and a trigger is written in it:
//!
//! ```text
//! in_channels_per_group > 1 and kernel_h != kernel_w and some_axis(stride > 1)
//!     and one_axis(remainder == 0) and pad_total > 0
//! ```
//!
//! # Grammar
//! ```text
//! condition  = conjunction { "or" conjunction } ;
//! conjunction = negation { "and" negation } ;
//! negation   = "not" negation | truth ;
//! truth      = "true" | "false" | flag | comparison | "(" condition ")"
//!            | ( "some_axis" | "one_axis" | "both_axes" ) "(" condition ")"
//!            | "exactly_one" "(" condition { "," condition } ")" ;
//! comparison = sum relation sum { relation sum } ;
//! relation   = "==" | "!=" | "<" | "<=" | ">" | ">=" ;
//! sum        = product { ( "+" | "-" ) product } ;
//! product    = factor { ( "*" | "/" | "mod" ) factor } ;
//! factor     = integer | feature | "-" factor | "(" sum ")"
//!            | ( "min" | "max" ) "(" sum { "," sum } ")" ;
//! ```
//! Also read: `=` for `==`, `≤ ≥ ≠`, `%` for `mod`, `&&` and `||`.
//!
//! # Meaning
//! - A `feature` is a name of [`Feature`]. A `flag` is one that is 0 or 1, such as `bias`.
//! - Inside `some_axis(...)` the bare names (`kernel`, `stride`, `pad_begin`) stand for one spatial axis; the condition
//!   in parentheses is asked for the height and for the width. `some_axis` wants at least one of the two answers to be
//!   yes, `one_axis` exactly one, `both_axes` both.
//! - A chain holds if each link does: `8 <= in_channels <= 16`.
//! - Numbers are integers; `/` rounds down, and `mod` is never negative. A comparison with a side that can't be
//!   computed (a division by zero, an overflow) doesn't hold.

mod display;
mod error;
mod parse;
mod words;

pub use error::{ConditionError, ConditionErrorReason};

use super::{AxisFeature, Feature, Problem, SpatialAxis};
use std::collections::BTreeSet;

/// A predicate over problems. Read one with [`str::parse`]; its [`Display`](std::fmt::Display) reads back as the same.
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::{Condition, Parameters, Problem};
///
/// let condition: Condition = "groups > 1 and groups == in_channels".parse()?;
/// let depthwise = Parameters { in_channels: 4, out_channels: 4, groups: 4, ..Parameters::default() };
/// assert!(condition.holds(&Problem::new(depthwise)?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition(pub Node);

/// The tree of a condition. Bare axis features, [`Expression::Axis`], stand only below [`Node::Axes`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// Always, or never.
    Constant(bool),
    /// A chain of comparisons, each between what stands beside it: `2 <= groups < in_channels`.
    Compare(Expression, Vec<(Relation, Expression)>),
    /// Each holds.
    All(Vec<Node>),
    /// At least one holds.
    Any(Vec<Node>),
    /// It doesn't hold.
    Not(Box<Node>),
    /// One holds, and the others don't.
    ExactlyOne(Vec<Node>),
    /// It holds on so many of the axes.
    Axes(Axes, Box<Node>),
}

/// On how many spatial axes something has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axes {
    /// On at least one.
    Some,
    /// On exactly one.
    One,
    /// On all.
    Both,
}

impl Axes {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Some, Self::One, Self::Both];

    /// As conditions are written: `some_axis`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Some => "some_axis",
            Self::One => "one_axis",
            Self::Both => "both_axes",
        }
    }

    /// Whether it is met where something holds along the height, and along the width.
    pub fn of(self, h: bool, w: bool) -> bool {
        match self {
            Self::Some => h || w,
            Self::One => h != w,
            Self::Both => h && w,
        }
    }
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Relation {
    /// Whether it holds between `left` and `right`.
    pub fn of(self, left: i64, right: i64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

/// What is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expression {
    /// A constant.
    Number(i64),
    /// A feature of the problem.
    Feature(Feature),
    /// A feature of the axis in question.
    Axis(AxisFeature),
    /// Two expressions, and what is done with them.
    Arithmetic(Box<Expression>, Operator, Box<Expression>),
    /// The least of several.
    Least(Vec<Expression>),
    /// The greatest of several.
    Greatest(Vec<Expression>),
}

/// What is done with two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`, rounded down; by 0 nothing holds.
    Over,
    /// `mod`; by 0 nothing holds.
    Modulo,
}

impl Condition {
    /// The condition that holds of every problem: `true`.
    pub fn always() -> Self {
        Self(Node::Constant(true))
    }

    /// Whether the problem is meant.
    pub fn holds(&self, problem: &Problem) -> bool {
        self.0.holds(problem, None)
    }

    /// The condition in words, a clause without a full stop: `the kernel is not square and there is padding`.
    pub fn in_words(&self) -> String {
        words::of(&self.0)
    }

    /// The features that it speaks of, each once, in the order of [`Feature::all`].
    pub fn features(&self) -> Vec<Feature> {
        let mut features = BTreeSet::new();
        self.0.leaves(&mut |leaf| match leaf {
            Expression::Feature(feature) => features.extend([*feature]),
            Expression::Axis(feature) => features.extend(SpatialAxis::BOTH.map(|axis| feature.along(axis))),
            _ => {}
        });
        features.into_iter().collect()
    }

    /// Conditions of which one has to hold, each as the conditions that have to hold together.
    pub fn conjunctions(&self) -> Vec<Vec<Condition>> {
        let parts = |node: &Node| match node {
            Node::All(parts) => parts.iter().cloned().map(Condition).collect(),
            node => vec![Condition(node.clone())],
        };
        match &self.0 {
            Node::Any(terms) => terms.iter().map(parts).collect(),
            node => vec![parts(node)],
        }
    }

    /// Whether it asks the same of both axes, and of neither anything about the other.
    pub fn is_of_each_axis(&self) -> bool {
        let Node::Axes(Axes::Both, part) = &self.0 else { return false };
        let mut bare = true;
        part.leaves(&mut |leaf| bare &= !matches!(leaf, Expression::Feature(_)));
        bare
    }
}

impl Node {
    fn holds(&self, problem: &Problem, axis: Option<SpatialAxis>) -> bool {
        match self {
            Self::Constant(truth) => *truth,
            Self::Compare(first, links) => {
                let mut left = first.value(problem, axis);
                links.iter().all(|(relation, right)| {
                    let right = right.value(problem, axis);
                    let holds = left.zip(right).is_some_and(|(left, right)| relation.of(left, right));
                    left = right;
                    holds
                })
            }
            Self::All(parts) => parts.iter().all(|part| part.holds(problem, axis)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(problem, axis)),
            Self::Not(part) => !part.holds(problem, axis),
            Self::ExactlyOne(parts) => parts.iter().filter(|part| part.holds(problem, axis)).count() == 1,
            Self::Axes(axes, part) => {
                let [h, w] = SpatialAxis::BOTH.map(|axis| part.holds(problem, Some(axis)));
                axes.of(h, w)
            }
        }
    }

    /// The numbers and features that it speaks of.
    fn leaves(&self, visit: &mut dyn FnMut(&Expression)) {
        match self {
            Self::Constant(_) => {}
            Self::Compare(first, links) => {
                first.leaves(visit);
                links.iter().for_each(|(_, right)| right.leaves(visit));
            }
            Self::All(parts) | Self::Any(parts) | Self::ExactlyOne(parts) => {
                parts.iter().for_each(|part| part.leaves(visit));
            }
            Self::Not(part) | Self::Axes(_, part) => part.leaves(visit),
        }
    }
}

impl Expression {
    /// `None` where it can't be computed.
    fn value(&self, problem: &Problem, axis: Option<SpatialAxis>) -> Option<i64> {
        let each = |parts: &[Self]| parts.iter().map(|part| part.value(problem, axis)).collect::<Option<Vec<_>>>();
        match self {
            Self::Number(number) => Some(*number),
            Self::Feature(feature) => Some(feature.value(problem)),
            Self::Axis(feature) => axis.map(|axis| feature.along(axis).value(problem)),
            Self::Arithmetic(left, operator, right) => {
                operator.of(left.value(problem, axis)?, right.value(problem, axis)?)
            }
            Self::Least(parts) => each(parts)?.into_iter().min(),
            Self::Greatest(parts) => each(parts)?.into_iter().max(),
        }
    }

    fn leaves(&self, visit: &mut dyn FnMut(&Expression)) {
        match self {
            Self::Number(_) | Self::Feature(_) | Self::Axis(_) => visit(self),
            Self::Arithmetic(left, _, right) => {
                left.leaves(visit);
                right.leaves(visit);
            }
            Self::Least(parts) | Self::Greatest(parts) => parts.iter().for_each(|part| part.leaves(visit)),
        }
    }
}

impl Operator {
    fn of(self, left: i64, right: i64) -> Option<i64> {
        match self {
            Self::Plus => left.checked_add(right),
            Self::Minus => left.checked_sub(right),
            Self::Times => left.checked_mul(right),
            Self::Over => floor_div(left, right),
            Self::Modulo => left.checked_rem_euclid(right),
        }
    }
}

fn floor_div(left: i64, right: i64) -> Option<i64> {
    let quotient = left.checked_div(right)?;
    Some(if left % right != 0 && (left < 0) != (right < 0) { quotient - 1 } else { quotient })
}

#[cfg(test)]
mod tests;
