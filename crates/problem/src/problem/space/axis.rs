//! Axes whose values are numbers, pairs of numbers or four numbers.

use super::list::{Cursor, MOST_VALUES, drop_repeated, list_to_text};
use super::{AxisError, Bias};
use std::fmt::{Debug, Display, Formatter};
use std::str::FromStr;

/// The values of one parameter that has `N` parts: 1 for a count, 2 for height and width, 4 for the pads.
///
/// As text, an axis is a list, or lists for its parts, or several of these:
///
/// | text | values |
/// |---|---|
/// | `1,2,8` | these |
/// | `1..=4` | 1, 2, 3, 4; for a pair the height and the width are the same, for pads all four are |
/// | `3..=31/4` | 3, 7, 11, …, 31 |
/// | `1..=4x1,3` | every height of 1 to 4 with every width of 1 or 3; for pads top = bottom and left = right |
/// | `0..=1:0:0..=2:0` | pads one by one, in the order top, left, bottom, right |
/// | `1..=3+1x3+3x1` | the values of each of the terms |
///
/// The order is that of the text, and in a term the last part runs fastest; a value that is given twice counts once.
#[derive(Clone, PartialEq, Eq)]
pub struct Axis<const N: usize> {
    /// One list for all parts, or two or four for the parts, for each term.
    terms: Vec<Vec<Vec<u32>>>,
    table: Vec<[u32; N]>,
}

impl<const N: usize> Axis<N> {
    /// The axis with one value, the same in every part.
    pub fn single(value: u32) -> Self {
        Self { terms: vec![vec![vec![value]]], table: vec![[value; N]] }
    }

    /// All values, in order; at least one.
    pub fn values(&self) -> &[[u32; N]] {
        &self.table
    }

    /// Whether some part of some value is zero.
    pub(super) fn has_zero(&self) -> bool {
        self.table.iter().any(|value| value.contains(&0))
    }

    fn read_term(cursor: &mut Cursor) -> Result<Vec<Vec<u32>>, AxisError> {
        let mut lists = vec![cursor.list()?];
        if N > 1 && cursor.take("x") {
            lists.push(cursor.list()?);
        } else if N == 4 && cursor.take(":") {
            lists.push(cursor.list()?);
            for _ in 2..4 {
                if !cursor.take(":") {
                    return Err(cursor.expected("`:`, for the pads are top:left:bottom:right"));
                }
                lists.push(cursor.list()?);
            }
        }
        Ok(lists)
    }

    /// Adds the product of a term's lists to the table. The last list runs fastest.
    fn add_term(lists: &[Vec<u32>], table: &mut Vec<[u32; N]>) {
        let count: usize = lists.iter().map(Vec::len).product();
        for index in 0..count {
            let mut rest = index;
            let mut chosen = [0; 4];
            for (part, list) in lists.iter().enumerate().rev() {
                chosen[part] = list[rest % list.len()];
                rest /= list.len();
            }
            table.push(std::array::from_fn(|part| chosen[part % lists.len()]));
        }
    }
}

impl<const N: usize> FromStr for Axis<N> {
    type Err = AxisError;

    fn from_str(text: &str) -> Result<Self, AxisError> {
        let mut cursor = Cursor::new(text);
        let (mut terms, mut table) = (Vec::new(), Vec::new());
        loop {
            let start = cursor.position();
            let lists = Self::read_term(&mut cursor)?;
            // Four lists of 2^20 values have 2^80 combinations.
            let added: u128 = lists.iter().map(|list| list.len() as u128).product();
            if table.len() as u128 + added > MOST_VALUES as u128 {
                return Err(cursor.error_at(start, format!("more than {MOST_VALUES} values")));
            }
            Self::add_term(&lists, &mut table);
            terms.push(lists);
            if cursor.at_end() {
                break;
            }
            if !cursor.take("+") {
                return Err(cursor.expected(match N {
                    1 => "`,`, `+` or the end",
                    2 => "`,`, `x`, `+` or the end",
                    _ => "`,`, `x`, `:`, `+` or the end",
                }));
            }
        }
        drop_repeated(&mut table);
        Ok(Self { terms, table })
    }
}

impl<const N: usize> Display for Axis<N> {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        for (number, lists) in self.terms.iter().enumerate() {
            if number > 0 {
                f.write_str("+")?;
            }
            let separator = if lists.len() == 4 { ":" } else { "x" };
            let texts: Vec<_> = lists.iter().map(|list| list_to_text(list)).collect();
            f.write_str(&texts.join(separator))?;
        }
        Ok(())
    }
}

impl<const N: usize> Debug for Axis<N> {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        Display::fmt(self, f)
    }
}

impl FromStr for Bias {
    type Err = AxisError;

    fn from_str(text: &str) -> Result<Self, AxisError> {
        match text.trim() {
            "no" => Ok(Bias::No),
            "yes" => Ok(Bias::Yes),
            "both" => Ok(Bias::Both),
            _ => Err(Cursor::new(text).error_at(0, "expected `no`, `yes` or `both`")),
        }
    }
}

impl Display for Bias {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Bias::No => "no",
            Bias::Yes => "yes",
            Bias::Both => "both",
        })
    }
}
