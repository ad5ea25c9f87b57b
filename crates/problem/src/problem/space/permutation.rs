//! A permutation of `0..n` that takes no memory: a sample without repetition of a space of any size.
//!
//! The generalised Feistel cipher with cycle walking of Black and Rogaway, *Ciphers with Arbitrary Finite Domains*
//! (CT-RSA 2002), methods 2 and 3: `i` is split into `(i mod a, i div a)` with `a·b ≥ n`, each round adds a keyed hash
//! of one half to the other, modulo its own size, and an image that is not below `n` is enciphered again until it is.
//! With `a` and `b` near the root of n that is rarely needed. It samples; it hides nothing, so a fast hash will do.

use rapidhash::v3::rapidhash_v3;

/// Six rounds instead of the paper's three: on domains of a few points three are visibly uneven.
const ROUNDS: u64 = 6;

/// A permutation of `0..n`, chosen by a seed.
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::space::Permutation;
///
/// let permutation = Permutation::new(1_000_000_000_000, 7);
/// assert_ne!(permutation.image(0), permutation.image(1));
/// let mut small: Vec<u64> = (0..10).map(|i| Permutation::new(10, 7).image(i)).collect();
/// small.sort();
/// assert!(small.into_iter().eq(0..10));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permutation {
    n: u64,
    a: u64,
    b: u64,
    seed: u64,
}

impl Permutation {
    /// The permutation of `0..n` that belongs to `seed`. The same on every machine.
    pub fn new(n: u64, seed: u64) -> Self {
        let root = n.isqrt();
        let a = (if root * root < n { root + 1 } else { root }).max(1);
        Self { n, a, b: n.div_ceil(a).max(1), seed }
    }

    /// Where `i` goes, for `i < n`.
    ///
    /// # Panics
    /// Where `i` isn't below `n`: its walk need not end.
    pub fn image(&self, i: u64) -> u64 {
        assert!(i < self.n, "{i} is not in 0..{}", self.n);
        // The walk ends: enciphering permutes 0..a*b, so walking on from i < n comes back to i at the latest.
        let mut image = self.encipher(i);
        while image >= self.n {
            image = self.encipher(image);
        }
        image
    }

    fn encipher(&self, i: u64) -> u64 {
        let (mut left, mut right) = (i % self.a, i / self.a);
        for round in 0..ROUNDS {
            let hash = self.hash(round, right);
            // Halves swap each round, and so do their sizes.
            let size = if round % 2 == 0 { self.a } else { self.b };
            // Halves are below 2^32, give or take one, so a shortened hash keeps the sum in 64 bits.
            (left, right) = (right, (left + (hash >> 1)) % size);
        }
        // After an even number of rounds the halves are back on their sides.
        right * self.a + left
    }

    fn hash(&self, round: u64, half: u64) -> u64 {
        let mut key = [0; 24];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..16].copy_from_slice(&round.to_le_bytes());
        key[16..].copy_from_slice(&half.to_le_bytes());
        rapidhash_v3(&key)
    }
}

#[cfg(test)]
mod tests {
    use super::Permutation;
    use std::collections::HashSet;

    #[test]
    fn small_domains_are_permuted() {
        for n in (1..200).chain([1000, 1023, 1024, 1025]) {
            for seed in 0..5 {
                let permutation = Permutation::new(n, seed);
                let mut images: Vec<_> = (0..n).map(|i| permutation.image(i)).collect();
                images.sort();
                assert!(images.into_iter().eq(0..n), "n {n}, seed {seed}");
            }
        }
    }

    #[test]
    fn every_permutation_of_three_turns_up_about_as_often() {
        let mut counts = std::collections::HashMap::new();
        for seed in 0..6000 {
            let permutation = Permutation::new(3, seed);
            *counts.entry([0, 1, 2].map(|i| permutation.image(i))).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn huge_domains_repeat_nothing_and_reach_everywhere() {
        for n in [1_000_000_007, 1 << 40, 1 << 63] {
            let permutation = Permutation::new(n, 2515);
            let images: HashSet<_> = (0..20_000).map(|i| permutation.image(i)).collect();
            assert_eq!(images.len(), 20_000);
            let mut tenths = [0; 10];
            for image in images {
                assert!(image < n);
                tenths[(u128::from(image) * 10 / u128::from(n)) as usize] += 1;
            }
            assert!(tenths.iter().all(|count| (1800..2200).contains(count)), "{n}: {tenths:?}");
        }
    }
}
