//! t-wise coverage: pairs and triples of what problems have, each at least once.
//!
//! Most bugs of convolutions take two or three conditions at once, so a few problems that have every pair and most triples of
//! values meet most bugs (Kuhn, Wallace and Gallo, "Software fault interactions and implications for software testing",
//! 2004). A problem *has* its parameters' values and a few derived features, in buckets where there are many.

use crate::problem::{Feature, Problem};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Values of one feature that are told apart; the rest share the last bucket.
const MOST_VALUES: usize = 10;

/// A derived feature and what is told of it.
type Derived = (&'static str, Bucket);

/// From a value to what is told of it.
type Bucket = fn(i64) -> i64;

/// What documented bugs turn on besides parameters, by sign, remainder or size.
const DERIVED: [Derived; 14] = [
    ("in_channels_per_group", |v| v.min(5)),
    ("in_channels_per_group", |v| v % 4),
    ("out_channels_per_group", |v| v.min(5)),
    ("out_channels_per_group", |v| v % 8),
    ("remainder_h", |v| v.signum()),
    ("remainder_w", |v| v.signum()),
    ("pad_diff_h", |v| v.signum()),
    ("pad_diff_w", |v| v.signum()),
    ("effective_pad_bottom", |v| v.signum()),
    ("effective_pad_right", |v| v.signum()),
    ("output_pixels", |v| v % 4),
    ("output_h", |v| v.min(4)),
    ("output_w", |v| v.min(4)),
    ("swapped_strides_fit", |v| v),
];

/// The features behind [`DERIVED`], found once by name.
static FEATURES: LazyLock<Vec<(Feature, Option<Bucket>)>> = LazyLock::new(|| {
    let derived = DERIVED.iter().filter_map(|(name, of)| Some((Feature::named(name)?, Some(*of))));
    Feature::parameters().map(|feature| (feature, None)).chain(derived).collect()
});

/// How much is covered of what occurs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Pairs of values in the problems run.
    pub pairs: u64,
    /// Pairs that occur among the candidates.
    pub all_pairs: u64,
    /// Triples in the problems run.
    pub triples: u64,
    /// Triples that occur among the candidates.
    pub all_triples: u64,
}

/// A set of pairs and triples of items.
#[derive(Clone)]
struct Seen {
    items: usize,
    pairs: Vec<u64>,
    triples: Vec<u64>,
}

impl Seen {
    fn new(items: usize) -> Self {
        Self {
            items,
            pairs: vec![0; (items * items).div_ceil(64)],
            triples: vec![0; (items * items * items).div_ceil(64)],
        }
    }

    /// How many pairs and triples of these ascending items are new.
    fn new_in(&self, items: &[u16]) -> (usize, usize) {
        let (mut pairs, mut triples) = (0, 0);
        self.each(items, &mut |is_pair, place| {
            let set = if is_pair { &self.pairs } else { &self.triples };
            if set[place / 64] >> (place % 64) & 1 == 0 {
                if is_pair { pairs += 1 } else { triples += 1 }
            }
        });
        (pairs, triples)
    }

    fn add(&mut self, items: &[u16]) {
        let (mut pairs, mut triples) = (std::mem::take(&mut self.pairs), std::mem::take(&mut self.triples));
        self.each(items, &mut |is_pair, place| {
            let set = if is_pair { &mut pairs } else { &mut triples };
            set[place / 64] |= 1 << (place % 64);
        });
        (self.pairs, self.triples) = (pairs, triples);
    }

    fn each(&self, items: &[u16], visit: &mut dyn FnMut(bool, usize)) {
        for (place, &a) in items.iter().enumerate() {
            for (next, &b) in items.iter().enumerate().skip(place + 1) {
                let pair = usize::from(a) * self.items + usize::from(b);
                visit(true, pair);
                items[next + 1..].iter().for_each(|&c| visit(false, pair * self.items + usize::from(c)));
            }
        }
    }

    fn counts(&self) -> (u64, u64) {
        let count = |bits: &[u64]| bits.iter().map(|word| u64::from(word.count_ones())).sum();
        (count(&self.pairs), count(&self.triples))
    }
}

/// What candidates have, and which combinations were run.
pub struct Combinations {
    /// For each feature its values, each with its item.
    values: Vec<BTreeMap<i64, u16>>,
    occur: Seen,
    run: Seen,
}

fn value(place: usize, problem: &Problem) -> i64 {
    let (feature, of) = FEATURES[place];
    of.map_or(feature.value(problem), |of| of(feature.value(problem)))
}

impl Combinations {
    /// Of these candidates.
    pub fn of(candidates: &[Problem]) -> Self {
        let mut items = 0;
        let values: Vec<BTreeMap<i64, u16>> = (0..FEATURES.len())
            .map(|place| {
                let mut seen: Vec<i64> = candidates.iter().map(|problem| value(place, problem)).collect();
                seen.sort_unstable();
                seen.dedup();
                let buckets = seen.len().min(MOST_VALUES);
                let item = |position: usize| (items + position.min(buckets - 1)) as u16;
                let named = seen.iter().enumerate().map(|(position, value)| (*value, item(position))).collect();
                items += buckets;
                named
            })
            .collect();
        let mut combinations = Self { values, occur: Seen::new(items), run: Seen::new(items) };
        let mut occur = combinations.occur.clone();
        candidates.iter().for_each(|problem| occur.add(&combinations.items(problem)));
        combinations.occur = occur;
        combinations
    }

    /// What never varies makes no combinations.
    fn items(&self, problem: &Problem) -> Vec<u16> {
        let varied = self.values.iter().enumerate().filter(|(_, values)| values.len() > 1);
        varied.filter_map(|(place, values)| values.get(&value(place, problem)).copied()).collect()
    }

    /// What running this problem would add; a pair counts as ten triples.
    pub fn gain(&self, problem: &Problem) -> usize {
        let (pairs, triples) = self.run.new_in(&self.items(problem));
        10 * pairs + triples
    }

    /// Counts a problem as run.
    pub fn add(&mut self, problem: &Problem) {
        let items = self.items(problem);
        self.run.add(&items);
    }

    /// What is covered.
    pub fn coverage(&self) -> Coverage {
        let ((pairs, triples), (all_pairs, all_triples)) = (self.run.counts(), self.occur.counts());
        Coverage { pairs, all_pairs, triples, all_triples }
    }
}
