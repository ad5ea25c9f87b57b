//! How large a problem may be before nobody wants to run it.

use crate::problem::Problem;
use thiserror::Error;

/// Bytes of one element of operands and output, which are f32.
const ELEMENT_BYTES: u64 = 4;

/// The most that one problem may ask for. A typed-in zero too many should be an answer, not a machine that swaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Multiply-adds, those inside pads included: [`Problem::work`].
    pub work: u64,
    /// Bytes of operands and output as f32: four times [`Problem::elements`].
    pub memory: u64,
}

impl Default for Limits {
    /// Four billion multiply-adds, some seconds of a scalar loop, and 256 MB: every layer of the usual vision models.
    fn default() -> Self {
        Self { work: 4_000_000_000, memory: 256_000_000 }
    }
}

/// A problem that is over a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LimitError {
    /// Too many multiply-adds.
    #[error("the problem takes {} multiply-adds, over the limit of {}", count_in_words(*.work), count_in_words(*.limit))]
    Work {
        /// What the problem takes.
        work: u64,
        /// What it may take.
        limit: u64,
    },
    /// Too many bytes.
    #[error("operands and output take {}, over the limit of {}", bytes_in_words(*.memory), bytes_in_words(*.limit))]
    Memory {
        /// What the problem takes, in bytes.
        memory: u64,
        /// What it may take, in bytes.
        limit: u64,
    },
}

impl Limits {
    /// Nothing is too large.
    pub const NONE: Limits = Limits { work: u64::MAX, memory: u64::MAX };

    /// Says whether the problem may be run.
    ///
    /// # Errors
    /// What it would take, and the limit, in words.
    ///
    /// ```
    /// # use convdiff_problem as convdiff;
    /// use convdiff::problem::{Hw, Limits, Parameters, Problem};
    ///
    /// let problem = Problem::new(Parameters { input: Hw::square(158_000), ..Parameters::default() })?;
    /// let error = Limits { work: u64::MAX, ..Limits::default() }.check(&problem).unwrap_err();
    /// assert_eq!(error.to_string(), "operands and output take 199.7 GB, over the limit of 256.0 MB");
    /// # Ok::<(), convdiff::problem::ProblemError>(())
    /// ```
    pub fn check(&self, problem: &Problem) -> Result<(), LimitError> {
        // Work and elements in one go, for this is in a space's inner loop and each asks for the output's size.
        let output = problem.output_len();
        let work = output.saturating_mul(problem.taps());
        if work > self.work {
            return Err(LimitError::Work { work, limit: self.work });
        }
        let operands = [problem.input_len(), problem.weights_len(), problem.bias_len()];
        let memory = operands.into_iter().fold(output, u64::saturating_add).saturating_mul(ELEMENT_BYTES);
        if memory > self.memory {
            return Err(LimitError::Memory { memory, limit: self.memory });
        }
        Ok(())
    }
}

/// An amount that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not an amount; expected a number with at most one of the units {units}")]
pub struct AmountError {
    text: String,
    units: &'static str,
}

/// Reads a count, as of multiply-adds: `4000000`, `4e6`, `4M`, `1.5G`. `k`, `M`, `G` and `T` are powers of a thousand.
///
/// # Errors
/// Anything else.
pub fn parse_work(text: &str) -> Result<u64, AmountError> {
    parse_amount(text, &[("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000)])
        .ok_or_else(|| AmountError { text: text.into(), units: "k, M, G, T" })
}

/// Reads an amount of memory: `256000000`, `256MB`, `1.5GiB`. `kB`, `MB`, `GB`, `TB` are powers of 1000; with an `i`
/// (`MiB`) they are powers of 1024.
///
/// # Errors
/// Anything else.
pub fn parse_bytes(text: &str) -> Result<u64, AmountError> {
    const UNITS: [(&str, u64); 8] = [
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("TiB", 1 << 40),
    ];
    parse_amount(text, &UNITS)
        .ok_or_else(|| AmountError { text: text.into(), units: "kB, MB, GB, TB, KiB, MiB, GiB, TiB" })
}

fn parse_amount(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number = number.replace('_', "");
    let scale = match unit.trim() {
        "" => 1,
        unit if unit.starts_with(['e', 'E']) => 10u64.checked_pow(unit[1..].parse().ok()?)?,
        unit => units.iter().find(|(name, _)| *name == unit)?.1,
    };
    match number.split_once('.') {
        None => number.parse::<u64>().ok()?.checked_mul(scale),
        // A fraction of a unit, in integers: 1.25G must be exact.
        Some((whole, fraction)) => {
            let ten = 10u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
            let parts = whole.parse::<u64>().ok()?.checked_mul(ten)?.checked_add(fraction.parse().ok()?)?;
            let scaled = u128::from(parts) * u128::from(scale);
            (scaled % u128::from(ten) == 0).then(|| u64::try_from(scaled / u128::from(ten)).ok())?
        }
    }
}

/// A count for people: `107.4 billion`.
pub fn count_in_words(count: u64) -> String {
    in_words(count, "", ["thousand", "million", "billion", "trillion", "quadrillion", "quintillion"])
}

/// A number of bytes for people, in powers of 1000: `107.4 GB`.
pub fn bytes_in_words(bytes: u64) -> String {
    in_words(bytes, " bytes", ["kB", "MB", "GB", "TB", "PB", "EB"])
}

fn in_words(amount: u64, plain: &str, units: [&str; 6]) -> String {
    if amount < 1000 {
        return format!("{amount}{plain}");
    }
    let mut scaled = amount as f64 / 1000.0;
    let mut unit = 0;
    // 999.95 would be printed as 1000.0.
    while scaled >= 999.95 && unit + 1 < units.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    format!("{scaled:.1} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Hw, Parameters};

    #[test]
    fn amounts_are_read() {
        for (text, expected) in [
            ("0", Some(0)),
            ("4_000", Some(4000)),
            ("4k", Some(4000)),
            ("1.25G", Some(1_250_000_000)),
            ("1e6", Some(1_000_000)),
            ("2.5E3", Some(2_500)),
            ("1e20", None),
            ("1e", None),
            ("1e-3", None),
            ("1.2", None),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("18446744073709551615k", None),
            ("", None),
            ("k", None),
            ("-1", None),
            ("4MB", None),
            ("1.2.3k", None),
            ("1.k", None),
        ] {
            assert_eq!(parse_work(text).ok(), expected, "{text}");
        }
        for (text, expected) in [("256MB", Some(256_000_000)), ("1.5 GiB", Some(3 << 29)), ("1G", None)] {
            assert_eq!(parse_bytes(text).ok(), expected, "{text}");
        }
        insta::assert_snapshot!(
            parse_work("4 apples").unwrap_err(),
            @"`4 apples` is not an amount; expected a number with at most one of the units k, M, G, T"
        );
    }

    #[test]
    fn amounts_are_said() {
        assert_eq!(count_in_words(999), "999");
        assert_eq!(count_in_words(999_949), "999.9 thousand");
        assert_eq!(count_in_words(999_950), "1.0 million");
        assert_eq!(bytes_in_words(12), "12 bytes");
        assert_eq!(bytes_in_words(u64::MAX), "18.4 EB");
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        let problem = Problem::new(Parameters { input: Hw::square(3), ..Parameters::default() }).unwrap();
        assert_eq!((problem.work(), problem.elements()), (9, 19));
        assert_eq!(Limits { work: 9, memory: 76 }.check(&problem), Ok(()));
        let work = Limits { work: 8, memory: 76 }.check(&problem).unwrap_err();
        insta::assert_snapshot!(work, @"the problem takes 9 multiply-adds, over the limit of 8");
        let memory = Limits { work: 9, memory: 75 }.check(&problem).unwrap_err();
        insta::assert_snapshot!(memory, @"operands and output take 76 bytes, over the limit of 75 bytes");
    }
}
