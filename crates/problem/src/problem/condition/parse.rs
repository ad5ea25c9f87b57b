//! From text to a condition: a recursive descent that keeps numbers and truths apart as it goes.

use std::str::FromStr;

use super::{Axes, Condition, ConditionError, ConditionErrorReason as Reason, Expression, Node, Operator, Relation};
use crate::problem::{AxisFeature, Feature, SpatialAxis};

/// Deeper than anyone writes, shallow enough for any stack.
const DEEPEST: usize = 64;

impl FromStr for Condition {
    type Err = ConditionError;

    /// # Errors
    /// Names the byte at which the text stops being a condition, what was due there, and for an unknown name the
    /// nearest known one.
    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0, inside_axes: false };
        let node = parser.disjunction()?.truth()?;
        match parser.peek() {
            Token::End => Ok(Self(node)),
            _ => Err(parser.unexpected("`and`, `or` or the end")),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    Name(&'a str),
    Number(i64),
    Symbol(&'a str),
    End,
}

fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, ConditionError> {
    const SYMBOLS: [&str; 20] =
        ["==", "!=", "<=", ">=", "&&", "||", "≤", "≥", "≠", "<", ">", "=", "(", ")", ",", "+", "-", "*", "/", "%"];
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let run = |part: fn(char) -> bool| rest.find(|c| !part(c)).unwrap_or(rest.len());
        let (length, token) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first.is_ascii_alphabetic() {
            let length = run(|c| c.is_ascii_alphanumeric() || c == '_');
            (length, Token::Name(&rest[..length]))
        } else if first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit());
            let number = rest[..length].parse().map_err(|_| ConditionError { at, reason: Reason::NumberTooLarge })?;
            (length, Token::Number(number))
        } else if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            (symbol.len(), Token::Symbol(symbol))
        } else {
            let reason =
                Reason::Unexpected { wanted: "a feature, a number or an operator", found: format!("`{first}`") };
            return Err(ConditionError { at, reason });
        };
        tokens.push((at, token));
        at += length;
    }
    tokens.push((text.len(), Token::End));
    Ok(tokens)
}

/// What was read, and where it began.
struct Read {
    at: usize,
    what: What,
}

enum What {
    Number(Expression),
    Truth(Node),
}

impl Read {
    fn truth(self) -> Result<Node, ConditionError> {
        match self.what {
            What::Truth(node) => Ok(node),
            What::Number(Expression::Feature(flag)) if flag.is_flag() => {
                Ok(Node::Compare(Expression::Feature(flag), vec![(Relation::Equal, Expression::Number(1))]))
            }
            What::Number(_) => Err(ConditionError { at: self.at, reason: Reason::NotACondition }),
        }
    }

    fn number(self) -> Result<Expression, ConditionError> {
        match self.what {
            What::Number(expression) => Ok(expression),
            What::Truth(_) => Err(ConditionError { at: self.at, reason: Reason::NotANumber }),
        }
    }
}

type Parsed = Result<Read, ConditionError>;

struct Parser<'a> {
    tokens: Vec<(usize, Token<'a>)>,
    next: usize,
    depth: usize,
    inside_axes: bool,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Token<'a> {
        self.tokens[self.next].1
    }

    fn at(&self) -> usize {
        self.tokens[self.next].0
    }

    /// Never moves past [`Token::End`].
    fn advance(&mut self) {
        self.next = (self.next + 1).min(self.tokens.len() - 1);
    }

    fn eat(&mut self, spellings: &[&str]) -> bool {
        let eaten = matches!(self.peek(), Token::Name(text) | Token::Symbol(text) if spellings.contains(&text));
        if eaten {
            self.advance();
        }
        eaten
    }

    fn expect(&mut self, symbol: &str, wanted: &'static str) -> Result<(), ConditionError> {
        if self.eat(&[symbol]) { Ok(()) } else { Err(self.unexpected(wanted)) }
    }

    fn unexpected(&self, wanted: &'static str) -> ConditionError {
        let found = match self.peek() {
            Token::Name(text) | Token::Symbol(text) => format!("`{text}`"),
            Token::Number(number) => number.to_string(),
            Token::End => "the end".into(),
        };
        ConditionError { at: self.at(), reason: Reason::Unexpected { wanted, found } }
    }

    fn disjunction(&mut self) -> Parsed {
        self.joined(&["or", "||"], Self::conjunction, Node::Any)
    }

    fn conjunction(&mut self) -> Parsed {
        self.joined(&["and", "&&"], Self::negation, Node::All)
    }

    fn joined(&mut self, word: &[&str], part: fn(&mut Self) -> Parsed, node: fn(Vec<Node>) -> Node) -> Parsed {
        let first = part(self)?;
        if !self.eat(word) {
            return Ok(first);
        }
        let at = first.at;
        let mut parts = vec![first.truth()?, part(self)?.truth()?];
        while self.eat(word) {
            parts.push(part(self)?.truth()?);
        }
        Ok(Read { at, what: What::Truth(node(parts)) })
    }

    fn negation(&mut self) -> Parsed {
        let at = self.at();
        if self.eat(&["not"]) {
            let part = self.deeper(Self::negation)?.truth()?;
            return Ok(Read { at, what: What::Truth(Node::Not(Box::new(part))) });
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Parsed {
        let first = self.sum()?;
        let at = first.at;
        let Some(relation) = self.relation() else { return Ok(first) };
        let first = first.number()?;
        let mut links = vec![(relation, self.sum()?.number()?)];
        while let Some(relation) = self.relation() {
            links.push((relation, self.sum()?.number()?));
        }
        Ok(Read { at, what: What::Truth(Node::Compare(first, links)) })
    }

    fn relation(&mut self) -> Option<Relation> {
        let Token::Symbol(symbol) = self.peek() else { return None };
        let relation = match symbol {
            "==" | "=" => Relation::Equal,
            "!=" | "≠" => Relation::NotEqual,
            "<" => Relation::Less,
            "<=" | "≤" => Relation::AtMost,
            ">" => Relation::More,
            ">=" | "≥" => Relation::AtLeast,
            _ => return None,
        };
        self.advance();
        Some(relation)
    }

    fn sum(&mut self) -> Parsed {
        self.arithmetic(&[("+", Operator::Plus), ("-", Operator::Minus)], Self::product)
    }

    fn product(&mut self) -> Parsed {
        let operators =
            [("*", Operator::Times), ("/", Operator::Over), ("mod", Operator::Modulo), ("%", Operator::Modulo)];
        self.arithmetic(&operators, Self::factor)
    }

    fn arithmetic(&mut self, operators: &[(&str, Operator)], part: fn(&mut Self) -> Parsed) -> Parsed {
        let mut left = part(self)?;
        while let Some((_, operator)) = operators.iter().find(|(symbol, _)| self.eat(&[symbol])) {
            let at = left.at;
            let (divisor, l) = (self.at(), Box::new(left.number()?));
            let r = Box::new(part(self)?.number()?);
            if matches!(operator, Operator::Over | Operator::Modulo) && *r == Expression::Number(0) {
                return Err(ConditionError { at: divisor, reason: Reason::DivisionByZero });
            }
            left = Read { at, what: What::Number(Expression::Arithmetic(l, *operator, r)) };
        }
        Ok(left)
    }

    fn factor(&mut self) -> Parsed {
        let at = self.at();
        let what = match self.peek() {
            Token::Number(number) => {
                self.advance();
                What::Number(Expression::Number(number))
            }
            Token::Symbol("-") => {
                self.advance();
                match self.deeper(Self::factor)?.number()? {
                    Expression::Number(number) => What::Number(Expression::Number(-number)),
                    other => What::Number(Expression::Arithmetic(
                        Box::new(Expression::Number(0)),
                        Operator::Minus,
                        Box::new(other),
                    )),
                }
            }
            Token::Symbol("(") => {
                self.advance();
                let inner = self.deeper(Self::disjunction)?;
                self.expect(")", "an operator or `)`")?;
                inner.what
            }
            Token::Name(name) => {
                self.advance();
                self.named(at, name)?
            }
            _ => return Err(self.unexpected("a feature, a number or `(`")),
        };
        Ok(Read { at, what })
    }

    fn named(&mut self, at: usize, name: &str) -> Result<What, ConditionError> {
        if let Some(axes) = Axes::ALL.into_iter().find(|axes| axes.name() == name) {
            if self.inside_axes {
                return Err(ConditionError { at, reason: Reason::NestedAxes });
            }
            self.expect("(", "`(`")?;
            self.inside_axes = true;
            let inner = self.deeper(Self::disjunction)?.truth()?;
            self.inside_axes = false;
            self.expect(")", "an operator or `)`")?;
            return Ok(What::Truth(Node::Axes(axes, Box::new(inner))));
        }
        Ok(match name {
            "true" => What::Truth(Node::Constant(true)),
            "false" => What::Truth(Node::Constant(false)),
            "exactly_one" => What::Truth(Node::ExactlyOne(self.list(Read::truth)?)),
            "min" => What::Number(Expression::Least(self.list(Read::number)?)),
            "max" => What::Number(Expression::Greatest(self.list(Read::number)?)),
            _ => What::Number(self.feature(at, name)?),
        })
    }

    fn list<T>(&mut self, part: fn(Read) -> Result<T, ConditionError>) -> Result<Vec<T>, ConditionError> {
        self.expect("(", "`(`")?;
        let mut parts = vec![part(self.deeper(Self::disjunction)?)?];
        while self.eat(&[","]) {
            parts.push(part(self.deeper(Self::disjunction)?)?);
        }
        self.expect(")", "`,` or `)`")?;
        Ok(parts)
    }

    fn feature(&self, at: usize, name: &str) -> Result<Expression, ConditionError> {
        if let Some(feature) = Feature::named(name) {
            return Ok(Expression::Feature(feature));
        }
        let reason = match AxisFeature::named(name) {
            Some(bare) if self.inside_axes => return Ok(Expression::Axis(bare)),
            Some(bare) => {
                let [h, w] = SpatialAxis::BOTH.map(|axis| bare.along(axis).name());
                Reason::AxisNotSaid { name: bare.name(), h, w }
            }
            None => Reason::UnknownName { name: name.into(), nearest: nearest(name, self.inside_axes) },
        };
        Err(ConditionError { at, reason })
    }

    fn deeper(&mut self, part: fn(&mut Self) -> Parsed) -> Parsed {
        if self.depth == DEEPEST {
            return Err(ConditionError { at: self.at(), reason: Reason::TooDeep });
        }
        self.depth += 1;
        let read = part(self);
        self.depth -= 1;
        read
    }
}

fn nearest(name: &str, inside_axes: bool) -> &'static str {
    let name = name.to_ascii_lowercase();
    let bare = AxisFeature::all().map(|feature| feature.name()).filter(|_| inside_axes);
    Feature::all()
        .map(|feature| feature.name())
        .chain(bare)
        .max_by(|a, b| strsim::jaro_winkler(a, &name).total_cmp(&strsim::jaro_winkler(b, &name)))
        .unwrap_or("in_channels")
}
