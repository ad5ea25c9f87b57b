//! Conditions in English, with the field's own turns of phrase where there is one.

use super::{Axes, Expression, Node, Operator, Relation};

/// The clause for a whole condition.
pub(super) fn of(node: &Node) -> String {
    match node {
        Node::Constant(true) => "always".into(),
        Node::Constant(false) => "never".into(),
        Node::Compare(first, links) => comparison(first, links),
        Node::All(parts) => listed(one_subject_once(parts.iter().map(grouped)), "and"),
        Node::Any(parts) => format!("either {}", parts.iter().map(of).collect::<Vec<_>>().join(", or ")),
        Node::Not(part) => negation(part),
        Node::ExactlyOne(parts) => {
            format!("exactly one of these holds: {}", parts.iter().map(of).collect::<Vec<_>>().join("; "))
        }
        Node::Axes(axes, part) => on_axes(*axes, part),
    }
}

/// An `either ... or` inside an `and` would swallow what follows it.
fn grouped(node: &Node) -> String {
    match node {
        Node::Any(_) | Node::ExactlyOne(_) => format!("({})", of(node)),
        _ => of(node),
    }
}

/// `x is more than 4`, `x is odd` become one part: `x is more than 4 and odd`.
fn one_subject_once(clauses: impl Iterator<Item = String>) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for clause in clauses {
        let shared = parts.last_mut().and_then(|last| {
            let subject = last.find(" is ").map(|end| &last[..end + 4])?;
            let rest = clause.strip_prefix(subject)?.to_owned();
            Some((last, rest))
        });
        match shared {
            Some((last, rest)) => *last = format!("{last} and {rest}"),
            None => parts.push(clause),
        }
    }
    parts
}

fn listed(mut parts: Vec<String>, word: &str) -> String {
    match parts.pop() {
        None => "always".into(),
        Some(last) if parts.is_empty() => last,
        Some(last) => format!("{} {word} {last}", parts.join(", ")),
    }
}

fn negation(part: &Node) -> String {
    match part {
        Node::Compare(first, links) if links.len() == 1 => {
            let (relation, right) = &links[0];
            comparison(first, &[(relation.opposite(), right.clone())])
        }
        _ => format!("it is not so that {}", of(part)),
    }
}

fn on_axes(axes: Axes, part: &Node) -> String {
    if let Node::Compare(Expression::Axis(feature), links) = part
        && feature.name() == "remainder"
        && let [(relation, Expression::Number(0))] = links.as_slice()
    {
        let leaves = matches!(relation, Relation::More | Relation::NotEqual);
        match (axes, leaves, relation == &Relation::Equal) {
            (Axes::One, true, _) | (Axes::One, _, true) => return "exactly one axis leaves a remainder".into(),
            (Axes::Some, true, _) => return "some axis leaves a remainder".into(),
            (Axes::Both, true, _) => return "both axes leave a remainder".into(),
            (Axes::Some, _, true) => return "some axis leaves no remainder".into(),
            (Axes::Both, _, true) => return "no axis leaves a remainder".into(),
            _ => {}
        }
    }
    let axes = match axes {
        Axes::Some => "on some axis",
        Axes::One => "on exactly one axis",
        Axes::Both => "on both axes",
    };
    format!("{axes} {}", of(part))
}

fn comparison(first: &Expression, links: &[(Relation, Expression)]) -> String {
    match links {
        [(relation, right)] => idiom(first, *relation, right).unwrap_or_else(|| plain(first, *relation, right)),
        [(Relation::AtMost, middle), (Relation::AtMost, last)] => {
            format!("{} is from {} to {}", phrase(middle), phrase(first), phrase(last))
        }
        _ => {
            let mut left = first;
            let mut parts = Vec::new();
            for (relation, right) in links {
                parts.push(plain(left, *relation, right));
                left = right;
            }
            listed(parts, "and")
        }
    }
}

fn plain(left: &Expression, relation: Relation, right: &Expression) -> String {
    let number = matches!(right, Expression::Number(_));
    let verb = match relation {
        Relation::Equal if number => "is",
        Relation::NotEqual if number => "is not",
        Relation::Equal => "equals",
        Relation::NotEqual => "differs from",
        Relation::Less => "is less than",
        Relation::AtMost => "is at most",
        Relation::More => "is more than",
        Relation::AtLeast => "is at least",
    };
    format!("{} {verb} {}", phrase(left), phrase(right))
}

fn phrase(expression: &Expression) -> String {
    match expression {
        Expression::Feature(feature) => feature.words().into(),
        Expression::Axis(feature) => feature.words().into(),
        Expression::Arithmetic(left, Operator::Modulo, right) => format!("{} modulo {}", phrase(left), phrase(right)),
        Expression::Number(_) | Expression::Arithmetic(..) | Expression::Least(_) | Expression::Greatest(_) => {
            expression.text()
        }
    }
}

/// What people in the field would say instead.
fn idiom(left: &Expression, relation: Relation, right: &Expression) -> Option<String> {
    match (left, right) {
        (Expression::Feature(flag), Expression::Number(number)) if flag.is_flag() => {
            let yes = relation.of(1, *number);
            (yes != relation.of(0, *number)).then(|| match (flag.name(), yes) {
                ("bias", true) => "there is a bias".into(),
                ("bias", false) => "there is no bias".into(),
                (_, true) => flag.words().into(),
                (_, false) => format!("it is not so that {}", flag.words()),
            })
        }
        (Expression::Arithmetic(dividend, Operator::Modulo, modulus), Expression::Number(number)) => {
            modulus_idiom(dividend, modulus, relation, *number)
        }
        _ => named_idiom(&left.text(), relation, &right.text()).map(Into::into),
    }
}

fn modulus_idiom(dividend: &Expression, modulus: &Expression, relation: Relation, number: i64) -> Option<String> {
    let Expression::Number(modulus) = modulus else { return None };
    let (dividend, none) = (phrase(dividend), number == 0);
    let (divides, leaves) = (relation == Relation::Equal && none, none && relation != Relation::Equal);
    Some(match (modulus, divides, leaves) {
        (2, true, _) => format!("{dividend} is even"),
        (2, _, true) if relation != Relation::AtLeast => format!("{dividend} is odd"),
        (2, _, _) if relation == Relation::Equal && number == 1 => format!("{dividend} is odd"),
        (_, true, _) => format!("{dividend} is a multiple of {modulus}"),
        (_, _, true) if matches!(relation, Relation::NotEqual | Relation::More) => {
            format!("{dividend} is not a multiple of {modulus}")
        }
        _ => return None,
    })
}

fn named_idiom(left: &str, relation: Relation, right: &str) -> Option<&'static str> {
    use Relation::{AtLeast, Equal, More, NotEqual};
    Some(match (left, relation, right) {
        ("kernel_h", Equal, "kernel_w") => "the kernel is square",
        ("kernel_h", NotEqual, "kernel_w") => "the kernel is not square",
        ("kernel_area", Equal, "1") => "the kernel is 1x1",
        ("stride_h", Equal, "stride_w") => "the strides are equal",
        ("stride_h", NotEqual, "stride_w") => "the strides differ",
        ("dilation_h", Equal, "dilation_w") => "the dilations are equal",
        ("dilation_h", NotEqual, "dilation_w") => "the dilations differ",
        ("pad_total", More | NotEqual, "0") | ("pad_total", AtLeast, "1") => "there is padding",
        ("pad_total", Equal, "0") => "there is no padding",
        ("batch", More, "1") => "there is more than one image",
        ("groups", More, "1") => "there is more than one group",
        ("groups", Equal, "1") => "there is one group",
        ("in_channels_per_group", More, "1") => "there is more than one input channel per group",
        ("in_channels_per_group", Equal, "1") => "each group has one input channel",
        ("out_channels_per_group", More, "1") => "there is more than one output channel per group",
        ("out_channels_per_group", Equal, "1") => "each group has one output channel",
        ("remainder_h", More | NotEqual, "0") => "the height leaves a remainder",
        ("remainder_h", Equal, "0") => "the height leaves no remainder",
        ("remainder_w", More | NotEqual, "0") => "the width leaves a remainder",
        ("remainder_w", Equal, "0") => "the width leaves no remainder",
        _ => return None,
    })
}

impl Relation {
    fn opposite(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::More,
            Self::More => Self::AtMost,
            Self::AtLeast => Self::Less,
        }
    }
}
