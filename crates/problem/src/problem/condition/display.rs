//! Conditions as text that reads back as the same tree.

use std::fmt::{Display, Formatter, Result};

use super::{Condition, Expression, Node, Operator, Relation};

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.0.write(f, Binding::Or)
    }
}

/// How tightly a construct binds; one that binds less than its place asks for stands in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Truth,
    Sum,
    Product,
    Factor,
}

fn parenthesised(f: &mut Formatter<'_>, wanted: bool, write: impl FnOnce(&mut Formatter<'_>) -> Result) -> Result {
    if !wanted {
        return write(f);
    }
    f.write_str("(")?;
    write(f)?;
    f.write_str(")")
}

/// Parts with `separator` between them; `write` writes one.
fn joined<T>(
    f: &mut Formatter<'_>,
    parts: &[T],
    separator: &str,
    mut write: impl FnMut(&T, &mut Formatter<'_>) -> Result,
) -> Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        write(part, f)?;
    }
    Ok(())
}

impl Node {
    fn binding(&self) -> Binding {
        match self {
            Self::Any(parts) if parts.len() > 1 => Binding::Or,
            Self::All(parts) if parts.len() > 1 => Binding::And,
            Self::Not(_) => Binding::Not,
            _ => Binding::Truth,
        }
    }

    fn write(&self, f: &mut Formatter<'_>, place: Binding) -> Result {
        parenthesised(f, self.binding() < place, |f| match self {
            Self::Constant(truth) => write!(f, "{truth}"),
            Self::Compare(Expression::Feature(flag), links) if flag.is_flag() && is_one(links) => {
                f.write_str(flag.name())
            }
            Self::Compare(first, links) => {
                first.write(f, Binding::Sum)?;
                links.iter().try_for_each(|(relation, right)| {
                    write!(f, " {} ", relation.symbol())?;
                    right.write(f, Binding::Sum)
                })
            }
            // The parser makes none of these, but no parts at all still have a truth.
            Self::All(parts) if parts.is_empty() => f.write_str("true"),
            Self::Any(parts) if parts.is_empty() => f.write_str("false"),
            Self::All(parts) => joined(f, parts, " and ", |part, f| part.write(f, Binding::Not)),
            Self::Any(parts) => joined(f, parts, " or ", |part, f| part.write(f, Binding::And)),
            Self::Not(part) => {
                f.write_str("not ")?;
                part.write(f, Binding::Not)
            }
            Self::ExactlyOne(parts) => {
                f.write_str("exactly_one(")?;
                joined(f, parts, ", ", |part, f| part.write(f, Binding::Or))?;
                f.write_str(")")
            }
            Self::Axes(axes, part) => {
                write!(f, "{}(", axes.name())?;
                part.write(f, Binding::Or)?;
                f.write_str(")")
            }
        })
    }
}

fn is_one(links: &[(Relation, Expression)]) -> bool {
    matches!(links, [(Relation::Equal, Expression::Number(1))])
}

impl Relation {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Operator {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Over => "/",
            Self::Modulo => "mod",
        }
    }
}

impl Expression {
    fn binding(&self) -> Binding {
        match self {
            Self::Arithmetic(_, Operator::Plus | Operator::Minus, _) => Binding::Sum,
            Self::Arithmetic(..) => Binding::Product,
            _ => Binding::Factor,
        }
    }

    fn write(&self, f: &mut Formatter<'_>, place: Binding) -> Result {
        let binding = self.binding();
        parenthesised(f, binding < place, |f| match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Feature(feature) => f.write_str(feature.name()),
            Self::Axis(feature) => f.write_str(feature.name()),
            Self::Arithmetic(left, operator, right) => {
                let tighter = if binding == Binding::Sum { Binding::Product } else { Binding::Factor };
                left.write(f, binding)?;
                write!(f, " {} ", operator.symbol())?;
                right.write(f, tighter)
            }
            Self::Least(parts) | Self::Greatest(parts) => {
                f.write_str(if matches!(self, Self::Least(_)) { "min(" } else { "max(" })?;
                joined(f, parts, ", ", |part, f| part.write(f, Binding::Sum))?;
                f.write_str(")")
            }
        })
    }

    pub(super) fn text(&self) -> String {
        struct Whole<'a>(&'a Expression);
        impl Display for Whole<'_> {
            fn fmt(&self, f: &mut Formatter<'_>) -> Result {
                self.0.write(f, Binding::Sum)
            }
        }
        Whole(self).to_string()
    }
}

/// As its text.
impl serde::Serialize for super::Condition {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From its text.
impl<'de> serde::Deserialize<'de> for super::Condition {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
