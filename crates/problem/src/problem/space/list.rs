//! Lists of numbers as text, `1..=4,8,16..=64/16`, and the cursor that reads them.

use super::AxisError;
use crate::problem::LARGEST;
use std::collections::HashSet;
use std::hash::Hash;

/// The most values that one axis may have. They stand in a table, so that a point is found by a look-up; a square of
/// 1024 × 1024 sizes still fits.
pub const MOST_VALUES: usize = 1 << 20;

/// A place in the text of an axis. Blanks between tokens are skipped.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// An error that points at byte `at`.
    pub fn error_at(&self, at: usize, problem: impl Into<String>) -> AxisError {
        AxisError { text: self.text.into(), at, problem: problem.into() }
    }

    /// An error that points here and says what stands here instead of `expected`.
    pub fn expected(&mut self, expected: &str) -> AxisError {
        self.skip_blanks();
        let found = match self.rest().chars().next() {
            Some(c) => format!("`{c}`"),
            None => "the end".to_string(),
        };
        self.error_at(self.at, format!("expected {expected}, found {found}"))
    }

    /// Byte of the next token.
    pub fn position(&mut self) -> usize {
        self.skip_blanks();
        self.at
    }

    /// Takes `token` if it comes next.
    pub fn take(&mut self, token: &str) -> bool {
        self.skip_blanks();
        let taken = self.rest().starts_with(token);
        if taken {
            self.at += token.len();
        }
        taken
    }

    pub fn at_end(&mut self) -> bool {
        self.skip_blanks();
        self.rest().is_empty()
    }

    /// Whether a number comes next.
    pub fn at_number(&mut self) -> bool {
        self.skip_blanks();
        self.rest().starts_with(|c: char| c.is_ascii_digit())
    }

    /// Takes a number of at most [`LARGEST`].
    pub fn number(&mut self) -> Result<u32, AxisError> {
        self.skip_blanks();
        let rest = self.rest();
        let digits = &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())];
        if digits.is_empty() {
            return Err(self.expected("a number"));
        }
        match digits.parse() {
            Ok(number) if number <= LARGEST => {
                self.at += digits.len();
                Ok(number)
            }
            _ => Err(self.error_at(self.at, format!("{digits} is too large; at most {LARGEST}"))),
        }
    }

    /// Takes a list of runs.
    pub fn list(&mut self) -> Result<Vec<u32>, AxisError> {
        let mut list = Vec::new();
        loop {
            self.run(&mut list)?;
            if !self.take(",") {
                drop_repeated(&mut list);
                return Ok(list);
            }
        }
    }

    /// Takes `first`, `first..=last` or `first..=last/step` and adds its numbers.
    pub fn run(&mut self, list: &mut Vec<u32>) -> Result<(), AxisError> {
        let start = self.position();
        let first = self.number()?;
        let (mut last, mut step) = (first, 1);
        if self.take("..=") {
            last = self.number()?;
            if self.take("/") {
                let at = self.position();
                step = self.number()?;
                if step == 0 {
                    return Err(self.error_at(at, "a step must be at least 1"));
                }
            }
        } else if self.take("..") {
            return Err(self.error_at(start, "ranges include both ends and are written `first..=last`"));
        }
        if first > last {
            return Err(self.error_at(start, format!("the range is empty: {first} is more than {last}")));
        }
        let count = ((last - first) / step) as usize + 1;
        if list.len() + count > MOST_VALUES {
            return Err(self.error_at(start, format!("more than {MOST_VALUES} values")));
        }
        list.extend((first..=last).step_by(step as usize));
        Ok(())
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }
}

/// Keeps the first of equal values.
pub(super) fn drop_repeated<T: Copy + Eq + Hash>(values: &mut Vec<T>) {
    let mut seen = HashSet::with_capacity(values.len());
    values.retain(|value| seen.insert(*value));
}

/// The shortest text of a list: three numbers or more at an even distance are a range.
pub(super) fn list_to_text(list: &[u32]) -> String {
    let mut items = Vec::new();
    let mut rest = list;
    while let [first, tail @ ..] = rest {
        let step = tail.first().and_then(|next| next.checked_sub(*first)).filter(|step| *step > 0).unwrap_or(1);
        let length = 1 + rest.windows(2).take_while(|pair| pair[0].checked_add(step) == Some(pair[1])).count();
        if length >= 3 {
            let range = format!("{first}..={}", rest[length - 1]);
            items.push(if step == 1 { range } else { format!("{range}/{step}") });
            rest = &rest[length..];
        } else {
            items.push(first.to_string());
            rest = tail;
        }
    }
    items.join(",")
}
