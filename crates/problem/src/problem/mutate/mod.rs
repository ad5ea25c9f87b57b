//! Mutation and crossover of problems, for fuzzers.
//!
//! A fuzzer that changes bytes spends nearly all its runs on problems that are impossible, or far from the one that it
//! changed. Here a problem becomes another problem, always a possible one, and the changes aim at where bugs are:
//! remainders of 0, 1 and stride − 1; output sizes and channels around 4, 8, 16 and 32; single windows; kernels as large
//! as the input and larger; pads as long as the kernel and longer; SAME padding; strides beyond the kernel; depthwise
//! groups; height and width exchanged or made alike.
//!
//! Everything is a function of the arguments, the seed among them, as libFuzzer asks for.

mod along;
mod channels;
mod choice;
#[cfg(test)]
mod tests;

use super::{Along, Hw, Limits, Padding, Parameters, Problem};
use arbitrary::{Arbitrary, Unstructured};
use choice::Choice;

/// How often a result that is over the limits, or no change at all, is thrown away for another.
const ATTEMPTS: usize = 16;

/// A problem near `problem`: one to four changes, most often one.
///
/// What comes back is within `limits` if any problem is ([`Limits`] that refuse even the simplest get that one), and
/// differs from `problem` unless sixteen attempts found nothing else within the limits.
///
/// ```
/// # use convdiff_problem as convdiff;
/// use convdiff::problem::{Limits, Problem, mutate};
///
/// let problem: Problem = "mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1".parse()?;
/// let changed = mutate::mutate(&problem, &Limits::default(), 3);
/// assert_ne!(changed, problem);
/// # Ok::<(), convdiff::problem::DescriptorError>(())
/// ```
pub fn mutate(problem: &Problem, limits: &Limits, seed: u64) -> Problem {
    let mut choice = Choice::new(seed);
    let mut changed = || {
        let mut parameters = problem.parameters();
        change(&mut parameters, &mut choice);
        while choice.once_in(3) {
            change(&mut parameters, &mut choice);
        }
        parameters
    };
    attempt(limits, |made| made != problem, &mut changed).unwrap_or_else(|| within(limits, problem))
}

/// A problem with some parameters of `one` and the others of `other`.
///
/// Whole axes (all that is along the height, all along the width, channels with groups, batch, bias) come from one of
/// the two, and so always fit; one time in two stride, dilation and pads are exchanged by themselves as well, where that
/// fits. Limits are kept as by [`mutate()`].
pub fn cross(one: &Problem, other: &Problem, limits: &Limits, seed: u64) -> Problem {
    let mut choice = Choice::new(seed);
    let mut crossed = || {
        let mut parameters = one.parameters();
        mix(&mut parameters, &other.parameters(), &mut choice);
        if choice.once_in(2) {
            mix_finely(&mut parameters, &other.parameters(), &mut choice);
        }
        parameters
    };
    attempt(limits, |made| made != one && made != other, &mut crossed).unwrap_or_else(|| within(limits, one))
}

/// The first of some attempts that is a problem, within the limits and `wanted`.
fn attempt(
    limits: &Limits,
    wanted: impl Fn(&Problem) -> bool,
    make: &mut dyn FnMut() -> Parameters,
) -> Option<Problem> {
    let fits = |problem: &Problem| limits.check(problem).is_ok() && wanted(problem);
    (0..ATTEMPTS).find_map(|_| Problem::new(make()).ok().filter(fits))
}

/// `problem` if it is within the limits, else the simplest there is.
fn within(limits: &Limits, problem: &Problem) -> Problem {
    // The simplest parameters are those of a problem.
    if limits.check(problem).is_ok() { *problem } else { Problem(Parameters::default()) }
}

/// One change, or none where it would leave no possible problem: parameters beyond 32 bits can't be repaired.
fn change(parameters: &mut Parameters, choice: &mut Choice) {
    let before = *parameters;
    change_one(parameters, choice);
    if Problem::new(*parameters).is_err() {
        *parameters = before;
    }
}

/// One change of any kind.
///
/// Changes alone wander off to where every number is odd in its own way, and there many a conjunction never holds. So
/// one change in five makes something plain, and one in five takes axes of a problem from the default space, where plain
/// and odd values are mixed as bugs need them.
fn change_one(parameters: &mut Parameters, choice: &mut Choice) {
    match choice.below(15) {
        0..5 => change_windows(parameters, choice),
        5..7 => channels::change(parameters, choice),
        7 => parameters.batch = choice.of(&[1, 1, 2, 3]),
        8 => parameters.bias = !parameters.bias,
        9..12 => make_plain(parameters, choice),
        _ => {
            let bytes = [choice.bits(), choice.bits()].map(u64::to_le_bytes);
            if let Ok(fresh) = Problem::arbitrary(&mut Unstructured::new(bytes.as_flattened())) {
                mix(parameters, &fresh.parameters(), choice);
            }
        }
    }
}

/// One thing as it is in most layers of most models.
fn make_plain(parameters: &mut Parameters, choice: &mut Choice) {
    match choice.below(6) {
        0 => parameters.stride = Hw::square(1),
        1 => parameters.dilation = Hw::square(1),
        2 => parameters.kernel = Hw::square(choice.of(&[1, 3, 3, 5])),
        3 => parameters.padding = Padding::uniform(choice.of(&[0, 0, 1])),
        4 => parameters.groups = 1,
        _ => (parameters.batch, parameters.bias) = (1, false),
    }
    let [mut h, mut w] = axes(parameters);
    along::fit(&mut h, choice);
    along::fit(&mut w, choice);
    set_axes(parameters, [h, w]);
}

/// A change along the height, the width or both; or between them.
fn change_windows(parameters: &mut Parameters, choice: &mut Choice) {
    let [mut h, mut w] = axes(parameters);
    match choice.below(8) {
        0..3 => along::change(&mut h, choice),
        3..6 => along::change(&mut w, choice),
        // The same choices twice: what was alike both ways stays so.
        6 => {
            let mut again = *choice;
            along::change(&mut h, choice);
            along::change(&mut w, &mut again);
        }
        _ => match choice.below(3) {
            0 => std::mem::swap(&mut h, &mut w),
            1 => h = w,
            _ => w = h,
        },
    }
    set_axes(parameters, [h, w]);
}

/// Takes each whole axis from `other`, or leaves it.
fn mix(parameters: &mut Parameters, other: &Parameters, choice: &mut Choice) {
    let [mut h, mut w] = axes(parameters);
    let [other_h, other_w] = axes(other);
    let taken = choice.below(32);
    let take = |bit: u32| taken & (1 << bit) != 0;
    if take(0) {
        parameters.batch = other.batch;
    }
    if take(1) {
        (parameters.in_channels, parameters.out_channels) = (other.in_channels, other.out_channels);
        parameters.groups = other.groups;
    }
    if take(2) {
        h = other_h;
    }
    if take(3) {
        w = other_w;
    }
    if take(4) {
        parameters.bias = other.bias;
    }
    set_axes(parameters, [h, w]);
}

/// Takes each of stride, dilation and pads from `other`, or leaves it. The kernel may fit no longer.
fn mix_finely(parameters: &mut Parameters, other: &Parameters, choice: &mut Choice) {
    if choice.once_in(2) {
        parameters.stride = other.stride;
    }
    if choice.once_in(2) {
        parameters.dilation = other.dilation;
    }
    if choice.once_in(2) {
        parameters.padding = other.padding;
    }
}

fn axes(p: &Parameters) -> [Along; 2] {
    // `Problem::h` and `w` read only the parameters, and are right for impossible ones too.
    let problem = Problem(*p);
    [problem.h(), problem.w()]
}

fn set_axes(p: &mut Parameters, [h, w]: [Along; 2]) {
    p.input = Hw { h: h.input, w: w.input };
    p.kernel = Hw { h: h.kernel, w: w.kernel };
    p.stride = Hw { h: h.stride, w: w.stride };
    p.dilation = Hw { h: h.dilation, w: w.dilation };
    p.padding = Padding { top: h.pad_begin, left: w.pad_begin, bottom: h.pad_end, right: w.pad_end };
}
