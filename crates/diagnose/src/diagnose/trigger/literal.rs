//! Literals: the smallest statements that a trigger is put together from.

use super::bits::Bits;
use super::column::{COLUMNS, Column, FEATURES, Values, is_area};
use crate::problem::Feature;
use crate::problem::condition::{Axes, Node, Relation};

/// A column, or a column and its twin along the width under `some_axis` and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Shape {
    Plain(usize),
    Axes(Axes, usize),
}

/// One statement: whether a column's value lies from `low` to `high`, or doesn't.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Literal {
    /// Tenths of a parameter: the description length that the learner minimises.
    pub(super) cost: u32,
    shape: Shape,
    low: i32,
    high: i32,
    inside: bool,
}

impl Literal {
    fn test(&self, value: i32) -> bool {
        (self.low <= value && value <= self.high) == self.inside
    }

    pub(super) fn holds(&self, values: &[i32]) -> bool {
        match self.shape {
            Shape::Plain(column) => self.test(COLUMNS[column].column.of(values)),
            Shape::Axes(axes, h) => {
                let [h, w] = [h, h + 1].map(|column| self.test(COLUMNS[column].column.of(values)));
                axes.of(h, w)
            }
        }
    }

    /// The truth for up to 64 examples at once; `columns` holds each column's values for them. Bits beyond them mean nothing.
    fn word(&self, columns: &[Distinct]) -> u64 {
        let of = |column: usize| {
            let mut word = 0;
            for &(value, examples) in &columns[column] {
                if self.low <= value && value <= self.high {
                    word |= examples;
                }
            }
            if self.inside { word } else { !word }
        };
        match self.shape {
            Shape::Plain(column) => of(column),
            Shape::Axes(Axes::Some, h) => of(h) | of(h + 1),
            Shape::Axes(Axes::One, h) => of(h) ^ of(h + 1),
            Shape::Axes(Axes::Both, h) => of(h) & of(h + 1),
        }
    }

    pub(super) fn node(&self) -> Node {
        match self.shape {
            Shape::Plain(column) => self.comparison(COLUMNS[column].column, false),
            Shape::Axes(axes, h) => Node::Axes(axes, self.comparison(COLUMNS[h].column, true).into()),
        }
    }

    fn comparison(&self, column: Column, bare: bool) -> Node {
        let compare = |relation, number| {
            let (left, right) = column.sides(number, bare);
            Node::Compare(left, vec![(relation, right)])
        };
        match (self.inside, self.low, self.high) {
            (true, low, high) if low == high => compare(Relation::Equal, low),
            (false, low, high) if low == high => compare(Relation::NotEqual, low),
            // `> 0` and `> 1` read better than `>= 1` and `>= 2`; the sign of a difference has no other way.
            (true, low @ (1 | 2), i32::MAX) => compare(Relation::More, low - 1),
            (true, low, i32::MAX) => compare(Relation::AtLeast, low),
            (true, i32::MIN, -1) => compare(Relation::Less, 0),
            (true, i32::MIN, high) => compare(Relation::AtMost, high),
            (_, low, high) => {
                let (middle, low) = column.sides(low, bare);
                let (_, high) = column.sides(high, bare);
                let between = Node::Compare(low, vec![(Relation::AtMost, middle), (Relation::AtMost, high)]);
                if self.inside { between } else { Node::Not(between.into()) }
            }
        }
    }

    /// One literal that says what a lower and an upper bound of the same column say together.
    pub(super) fn between(&self, other: &Self) -> Option<Self> {
        let lower = |a: &Self| a.inside && a.low != i32::MIN && a.high == i32::MAX;
        let upper = |a: &Self| a.inside && a.low == i32::MIN && a.high != i32::MAX;
        let (low, high) = if lower(self) && upper(other) {
            (self, other)
        } else if upper(self) && lower(other) {
            (other, self)
        } else {
            return None;
        };
        let one = self.shape == other.shape && matches!(self.shape, Shape::Plain(_)) && low.low <= high.high;
        one.then_some(Self { cost: low.cost + high.cost, high: high.high, ..*low })
    }

    /// The features that it bounds, as they are, with their values at the bounds and just beyond.
    pub(super) fn edges(&self) -> Vec<(Feature, u32)> {
        let columns = match self.shape {
            Shape::Plain(column) => vec![column],
            Shape::Axes(_, h) => vec![h, h + 1],
        };
        let bounds = [self.low.saturating_sub(1), self.low, self.high, self.high.saturating_add(1)];
        let feature = |column: usize| match COLUMNS[column].column {
            Column::Value(index) => Some(FEATURES[index]),
            _ => None,
        };
        let of =
            |feature: Feature| bounds.into_iter().filter_map(move |value| Some((feature, u32::try_from(value).ok()?)));
        let infinite = |(_, value): &(Feature, u32)| *value < i32::MAX as u32 - 1;
        columns.into_iter().filter_map(feature).flat_map(of).filter(infinite).collect()
    }

    /// How far outside the bound at that end the values lie: what is nearest of several that would do. `None` inside, and for
    /// another kind of literal.
    pub(super) fn beyond(&self, values: &[i32], end: End) -> Option<i32> {
        let distance = |column: usize| {
            let Column::Value(_) = COLUMNS[column].column else { return None };
            let value = COLUMNS[column].column.of(values);
            let distance = match end {
                End::Low => self.low.saturating_sub(value),
                End::High => value.saturating_sub(self.high),
            };
            (distance > 0).then_some(distance)
        };
        if !self.inside || self.holds(values) {
            return None;
        }
        match self.shape {
            Shape::Plain(column) => distance(column),
            Shape::Axes(axes, h) => {
                let outside =
                    [h, h + 1].map(|column| (!self.test(COLUMNS[column].column.of(values)), distance(column)));
                match axes {
                    Axes::Both if outside.iter().any(|(outside, distance)| *outside && distance.is_none()) => None,
                    Axes::Both => outside.iter().filter_map(|(_, distance)| *distance).max(),
                    // Where both hold, there is no bound that is broken.
                    Axes::Some | Axes::One => outside.iter().filter_map(|(_, distance)| *distance).min(),
                }
            }
        }
    }
}

/// One of the two ends of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Low,
    High,
}

/// The values of one column for up to 64 examples, each with the examples that have it: they are few, and many literals ask them.
type Distinct = Vec<(i32, u64)>;

fn distinct(column: Column, examples: &[Values], distinct: &mut Distinct) {
    distinct.clear();
    for (bit, values) in examples.iter().enumerate() {
        let value = column.of(values);
        match distinct.iter_mut().find(|(known, _)| *known == value) {
            Some((_, examples)) => *examples |= 1 << bit,
            None => distinct.push((value, 1 << bit)),
        }
    }
}

/// Examples, and for each literal the set of those for which it holds.
pub(super) struct Table {
    pub(super) literals: Vec<Literal>,
    /// For each literal, where it holds.
    pub(super) truth: Vec<Bits>,
    pub(super) failing: Bits,
    pub(super) passing: Bits,
    values: Vec<Values>,
}

impl Table {
    /// A table whose literals have the thresholds that these examples suggest.
    pub(super) fn new(examples: impl IntoIterator<Item = (Values, bool)>) -> Self {
        let mut table = Self {
            literals: vec![],
            truth: vec![],
            failing: Bits::default(),
            passing: Bits::default(),
            values: vec![],
        };
        let examples: Vec<_> = examples.into_iter().collect();
        table.literals = literals(&examples);
        table.truth = vec![Bits::default(); table.literals.len()];
        table.extend(examples);
        table
    }

    /// Adds examples; the literals stay.
    pub(super) fn extend(&mut self, examples: impl IntoIterator<Item = (Values, bool)>) {
        let first = self.values.len() / 64;
        for (values, fails) in examples {
            let index = self.values.len();
            if fails {
                self.failing.set(index)
            } else {
                self.passing.set(index)
            }
            self.values.push(values);
        }
        let words = self.values.len().div_ceil(64);
        self.failing.0.resize(words, 0);
        self.passing.0.resize(words, 0);
        let mut columns = vec![Distinct::new(); COLUMNS.len()];
        for word in first..words {
            let chunk = &self.values[word * 64..self.values.len().min(word * 64 + 64)];
            for (column, entry) in columns.iter_mut().zip(COLUMNS.iter()) {
                distinct(entry.column, chunk, column);
            }
            let used = u64::MAX >> (64 - chunk.len());
            for (literal, truth) in self.literals.iter().zip(&mut self.truth) {
                truth.0.resize(words, 0);
                truth.0[word] = literal.word(&columns) & used;
            }
        }
    }

    pub(super) fn examples(&self) -> usize {
        self.values.len()
    }

    /// The features of one example.
    pub(super) fn values(&self, example: usize) -> &[i32] {
        &self.values[example]
    }

    /// Where all of these literals hold.
    pub(super) fn all(&self, literals: &[Literal]) -> Bits {
        let mut bits = Bits::default();
        for (index, values) in self.values.iter().enumerate() {
            if literals.iter().all(|literal| literal.holds(values)) {
                bits.set(index);
            }
        }
        bits.0.resize(self.failing.0.len(), 0);
        bits
    }
}

/// More values than this in one column, and thresholds are taken at quantiles.
const MOST_THRESHOLDS: usize = 40;

/// Every literal worth a look for these examples, cheapest first. None is true or false of all of them.
fn literals(examples: &[(Values, bool)]) -> Vec<Literal> {
    let mut found = Vec::new();
    for (place, entry) in COLUMNS.iter().enumerate() {
        let mut tests = Vec::new();
        let along = entry.twin.into_iter().map(|twin| COLUMNS[twin].column);
        let columns: Vec<_> = std::iter::once(entry.column).chain(along).collect();
        let plain = thresholds(examples, &columns[..1]);
        column_tests(entry.column, &plain, &mut tests);
        found.extend(tests.iter().map(|test| test.literal(Shape::Plain(place), entry.cost)));
        // A residue on some axis is rare; divisibility is not.
        if entry.twin.is_some() {
            tests.clear();
            column_tests(entry.column, &thresholds(examples, &columns), &mut tests);
            tests.retain(|test| !matches!(entry.column, Column::Modulo(..)) || test.low == 0 && test.high == 0);
            for (axes, extra) in [(Axes::Some, 3), (Axes::Both, 3), (Axes::One, 5)] {
                let shape = Shape::Axes(axes, place);
                found.extend(tests.iter().map(|test| test.literal(shape, entry.cost + extra)));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

struct Test {
    low: i32,
    high: i32,
    inside: bool,
    cost: u32,
}

impl Test {
    fn literal(&self, shape: Shape, cost: u32) -> Literal {
        Literal { cost: cost + self.cost, shape, low: self.low, high: self.high, inside: self.inside }
    }
}

fn column_tests(column: Column, values: &[i32], tests: &mut Vec<Test>) {
    let mut push = |low, high, inside, cost| tests.push(Test { low, high, inside, cost });
    let [Some(&least), Some(&most)] = [values.first(), values.last()] else { return };
    if least == most {
        return;
    }
    match column {
        Column::Difference(..) => {
            push(0, 0, true, 0);
            push(0, 0, false, 0);
            push(1, i32::MAX, true, 1);
            push(0, i32::MAX, true, 2);
            push(i32::MIN, -1, true, 1);
            push(i32::MIN, 0, true, 2);
        }
        Column::Modulo(_, modulus) => {
            push(0, 0, true, 0);
            push(0, 0, false, 0);
            if matches!(modulus, 4 | 8 | 16) {
                for residue in 1..modulus {
                    push(residue, residue, true, 6);
                    push(residue, residue, false, 14);
                    if residue > 1 {
                        push(residue, i32::MAX, true, 10);
                        push(i32::MIN, residue - 1, true, 12);
                    }
                }
            }
        }
        Column::Value(index) => {
            let odd = |value: i32| if (0..=1).contains(&value) { 0 } else { 3 };
            // Of a kernel that is 3x3 nobody says that its area is 9.
            let is_square = |value: i32| value > 1 && value.isqrt().pow(2) == value;
            let squared = |value: i32| if is_area(index) && is_square(value) { 3 } else { 0 };
            for pair in values.windows(2) {
                push(pair[1], i32::MAX, true, odd(pair[0]));
                push(i32::MIN, pair[0], true, odd(pair[0]) + 1);
            }
            for &value in values {
                push(value, value, true, odd(value) + squared(value));
                push(value, value, false, odd(value) + 5);
            }
        }
    }
}

/// The values that the columns take, or a few dozen of them; those of failing problems first, since a bound that holds
/// for all of them is as tight as their own least or greatest value.
fn thresholds(examples: &[(Values, bool)], columns: &[Column]) -> Vec<i32> {
    let sorted = |failing: bool| {
        let chosen = examples.iter().filter(|(_, fails)| *fails || !failing);
        let mut values: Vec<i32> =
            chosen.flat_map(|(values, _)| columns.iter().map(move |column| column.of(values))).collect();
        values.sort_unstable();
        values.dedup();
        values
    };
    let all = sorted(false);
    if all.len() <= MOST_THRESHOLDS || matches!(columns[0], Column::Difference(..)) {
        return all;
    }
    let mut chosen: Vec<i32> =
        (0..MOST_THRESHOLDS).map(|step| all[step * (all.len() - 1) / (MOST_THRESHOLDS - 1)]).collect();
    // The bounds of the failing problems, and the values just outside.
    let failing = sorted(true);
    for bound in [failing.first(), failing.last()].into_iter().flatten() {
        let place = all.partition_point(|value| value < bound);
        chosen.extend(all[place.saturating_sub(1)..all.len().min(place + 2)].iter());
    }
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}
