//! Problems as a fuzzer's bytes: inputs, seeds in a corpus, and the artifacts that libFuzzer saves.
//!
//! Bytes that read as a [descriptor](super::descriptor) are that problem: a corpus stays readable, and means the same when
//! the default space changes. Only what isn't a descriptor is drawn from that space, byte by byte. The mutator writes
//! descriptors alone, so that all that comes out of the fuzz target is text.

use super::{Limits, Problem, mutate};
use arbitrary::{Arbitrary, Unstructured};

/// What one fuzzed problem may take: less than a millisecond also with a sanitizer.
pub const LIMITS: Limits = Limits { work: 200_000, memory: 2_000_000 };

/// The problem that bytes stand for. Blanks around a descriptor don't count.
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::artifact;
///
/// assert_eq!(artifact::read(b"mb1ic2ih5oc2kh3\n"), "mb1ic2ih5oc2kh3".parse()?);
/// // A problem of the preset `broad`.
/// assert_eq!(artifact::read(&[1, 40, 0, 90, 7]).batch, 2);
/// # Ok::<(), convdiff::problem::DescriptorError>(())
/// ```
pub fn read(bytes: &[u8]) -> Problem {
    // Drawing fails only in spaces that have next to no problems, and the default one has plenty.
    descriptor(bytes)
        .or_else(|| Problem::arbitrary(&mut Unstructured::new(bytes)).ok())
        .unwrap_or(Problem(super::Parameters::default()))
}

/// Whether a file is text that a person could have written, rather than a fuzzer's bytes: UTF-8 without control
/// characters other than blanks, and not empty.
pub fn is_text(bytes: &[u8]) -> bool {
    let printable = |c: char| !c.is_control() || c.is_ascii_whitespace();
    std::str::from_utf8(bytes).is_ok_and(|text| !text.trim().is_empty() && text.chars().all(printable))
}

/// libFuzzer's custom mutator: replaces `data[..size]` by a problem near it, and returns the new size.
///
/// The new size is at most `max_size`, and 0 where no attempt gave a descriptor that short, which libFuzzer takes for "not
/// this time".
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let problem = read(&data[..size]);
    let room = max_size.min(data.len());
    write(&mut data[..room], seed, |seed| cheaper(seed, |seed| mutate::mutate(&problem, &LIMITS, seed)))
}

/// libFuzzer's custom crossover: writes a problem between two others to `out`, and returns its size, as [`mutate()`] does.
pub fn cross(one: &[u8], other: &[u8], out: &mut [u8], seed: u32) -> usize {
    let [one, other] = [one, other].map(read);
    write(out, seed, |seed| cheaper(seed, |seed| mutate::cross(&one, &other, &LIMITS, seed)))
}

/// Every other time, the one of two problems that takes less work. There are more large problems than small ones, so
/// mutations of mutations would drift to the limits, and a fuzzer's time would go into a few expensive runs.
fn cheaper(seed: u64, make: impl Fn(u64) -> Problem) -> Problem {
    let one = make(seed);
    let other = if seed & 1 == 0 { one } else { make(!seed) };
    if other.work() < one.work() { other } else { one }
}

/// Writes the first descriptor that fits. libFuzzer asks for shorter ones when it minimizes.
fn write(out: &mut [u8], seed: u32, make: impl Fn(u64) -> Problem) -> usize {
    const ATTEMPTS: u64 = 16;
    let mut text = String::with_capacity(128);
    for attempt in 0..ATTEMPTS {
        text.clear();
        let written = make(u64::from(seed) | attempt << 32).write_descriptor(&mut text);
        if written.is_ok()
            && let Some(room) = out.get_mut(..text.len())
        {
            room.copy_from_slice(text.as_bytes());
            return text.len();
        }
    }
    0
}

fn descriptor(bytes: &[u8]) -> Option<Problem> {
    std::str::from_utf8(bytes).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORNER: &str = "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1";

    #[test]
    fn descriptors_are_read_as_such_and_all_else_is_drawn() {
        let corner: Problem = CORNER.parse().unwrap();
        assert_eq!(read(CORNER.as_bytes()), corner);
        assert_eq!(read(format!(" {CORNER}\r\n").as_bytes()), corner);
        for bytes in [&b""[..], b"\n", b"mb1ic2", &[0xff; 20], format!("{CORNER}\0").as_bytes()] {
            assert_eq!(read(bytes), Problem::arbitrary(&mut Unstructured::new(bytes)).unwrap());
        }
    }

    #[test]
    fn text_is_told_from_bytes() {
        for text in [CORNER, "a typo\n", "# ein Käfer\r\n\tmb1"] {
            assert!(is_text(text.as_bytes()), "{text:?}");
        }
        for bytes in [&b""[..], b" \n", b"mb1\0", b"\x01\x02", &[0xff], "\u{85}".as_bytes()] {
            assert!(!is_text(bytes), "{bytes:?}");
        }
    }

    #[test]
    fn mutation_writes_descriptors_that_fit() {
        let mut whole = 0;
        for seed in 0..2000 {
            let max_size = 34 + seed as usize % 40;
            let mut data = [0; 80];
            data[..CORNER.len()].copy_from_slice(CORNER.as_bytes());
            let size = mutate(&mut data, CORNER.len(), max_size, seed);
            assert!(size <= max_size);
            if size > 0 {
                assert_ne!(descriptor(&data[..size]).unwrap(), CORNER.parse().unwrap());
                whole += 1;
            }
        }
        assert!(whole > 1000, "{whole}");
    }

    #[test]
    fn bytes_of_any_kind_mutate_and_cross_to_descriptors() {
        let mut data = [7; 200];
        let size = mutate(&mut data, 5, 200, 1);
        assert!(descriptor(&data[..size]).is_some());
        let mut out = [0; 200];
        let size = cross(b"", CORNER.as_bytes(), &mut out, 1);
        assert!(descriptor(&out[..size]).is_some());
    }

    #[test]
    fn no_room_is_no_mutation() {
        let mut data = [b'x'; 10];
        assert_eq!(mutate(&mut data, 10, 10, 1), 0);
        assert_eq!(cross(b"", b"", &mut [], 1), 0);
        assert_eq!(data, [b'x'; 10]);
    }
}
