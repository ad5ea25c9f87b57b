//! Changes along one spatial axis.

use super::Choice;
use crate::problem::Along;

/// Sizes around those of tiles and vector registers: 4, 8, 16, 32.
const SIZES: &[u32] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 15, 16, 17, 24, 31, 32, 33];
const KERNELS: &[u32] = &[1, 1, 2, 3, 3, 4, 5, 6, 7, 11];
const STRIDES: &[u32] = &[1, 2, 3, 4, 5, 7];
const DILATIONS: &[u32] = &[1, 1, 2, 3, 4];
const PADS: &[u32] = &[0, 0, 1, 2, 3, 5, 6];

/// Every change, each as likely as the others. A new one is a function here.
const CHANGES: &[fn(&mut Along, &mut Choice)] = &[
    nudge,
    nudge,
    preset,
    preset,
    remainder,
    remainder,
    output_size,
    one_window,
    kernel_of_the_input,
    kernel_over_the_input,
    pad_over_the_kernel,
    same_padding,
    exchange_pads,
    stride_over_the_kernel,
];

/// Makes one change, and repairs what it breaks: at least one window fits.
pub(super) fn change(along: &mut Along, choice: &mut Choice) {
    choice.of(CHANGES)(along, choice);
    fit(along, choice);
}

/// One number, one up or down.
fn nudge(along: &mut Along, choice: &mut Choice) {
    let (value, least) = match choice.below(6) {
        0 => (&mut along.input, 1),
        1 => (&mut along.kernel, 1),
        2 => (&mut along.stride, 1),
        3 => (&mut along.dilation, 1),
        4 => (&mut along.pad_begin, 0),
        _ => (&mut along.pad_end, 0),
    };
    *value = choice.nudged(*value, least);
}

/// One number, set to one that known bugs turned on.
fn preset(along: &mut Along, choice: &mut Choice) {
    match choice.below(6) {
        0 => along.input = choice.of(SIZES),
        1 => along.kernel = choice.of(KERNELS),
        2 => along.stride = choice.of(STRIDES),
        3 => along.dilation = choice.of(DILATIONS),
        4 => along.pad_begin = choice.of(PADS),
        _ => along.pad_end = choice.of(PADS),
    }
}

/// A remainder of 0, 1 or the stride less 1, by way of the input or of the end pad.
fn remainder(along: &mut Along, choice: &mut Choice) {
    let remainder = choice.of(&[0, 1, along.stride - 1]).min(along.stride - 1);
    // Both are below the stride.
    let missing = (remainder + along.stride - along.remainder() as u32) % along.stride;
    let value = if choice.once_in(2) { &mut along.input } else { &mut along.pad_end };
    *value = value.saturating_add(missing);
}

/// An output size at the edge of a tile; the input follows.
fn output_size(along: &mut Along, choice: &mut Choice) {
    let span = u64::from(choice.of(SIZES) - 1) * u64::from(along.stride);
    let pads = along.padded_input() - u64::from(along.input);
    along.input = size((span + along.effective_kernel() + along.remainder()).saturating_sub(pads));
}

/// A single window, with a remainder or without: the kernel spans the padded input.
fn one_window(along: &mut Along, choice: &mut Choice) {
    let pads = along.padded_input() - u64::from(along.input);
    let rest = if choice.once_in(2) { 0 } else { u64::from(choice.below(along.stride)) };
    along.input = size((along.effective_kernel() + rest).saturating_sub(pads));
}

/// As many taps as input elements, and one more or less.
fn kernel_of_the_input(along: &mut Along, choice: &mut Choice) {
    along.dilation = 1;
    along.kernel = along.input.saturating_add(choice.below(3)).saturating_sub(1).max(1);
}

/// A kernel that spans more than the input: only with the pads is there a window.
fn kernel_over_the_input(along: &mut Along, choice: &mut Choice) {
    along.input = size(along.effective_kernel().saturating_sub(1 + u64::from(choice.below(3))));
    let missing = size(along.effective_kernel().saturating_sub(u64::from(along.input)));
    along.pad_begin = choice.below(missing.saturating_add(1));
    along.pad_end = (missing - along.pad_begin).saturating_add(choice.below(3));
}

/// A pad as long as the kernel spans, or one more or less: windows that see nothing but zeros.
fn pad_over_the_kernel(along: &mut Along, choice: &mut Choice) {
    let pad = size(along.effective_kernel()).saturating_add(choice.below(3)).saturating_sub(1);
    *if choice.once_in(2) { &mut along.pad_begin } else { &mut along.pad_end } = pad;
}

/// What frameworks call SAME: `ceil(input / stride)` windows, the odd element of padding at the end or at the begin.
fn same_padding(along: &mut Along, choice: &mut Choice) {
    let reach = u64::from(along.input.div_ceil(along.stride) - 1) * u64::from(along.stride) + along.effective_kernel();
    let total = u32::try_from(reach.saturating_sub(u64::from(along.input))).unwrap_or(u32::MAX);
    let [less, more] = [total / 2, total - total / 2];
    (along.pad_begin, along.pad_end) = if choice.once_in(2) { (less, more) } else { (more, less) };
}

fn exchange_pads(along: &mut Along, _choice: &mut Choice) {
    std::mem::swap(&mut along.pad_begin, &mut along.pad_end);
}

/// Windows that touch each other, leave gaps between them, or are just one however far it could move.
fn stride_over_the_kernel(along: &mut Along, choice: &mut Choice) {
    let kernel = along.effective_kernel();
    along.stride = size(choice.of(&[kernel, kernel + 1, along.padded_input() - kernel + 1]));
}

/// Where no window fits: a larger input, a larger pad or a smaller kernel.
pub(super) fn fit(along: &mut Along, choice: &mut Choice) {
    let missing = along.effective_kernel().saturating_sub(along.padded_input());
    if missing == 0 {
        return;
    }
    let grown = |value: u32| size(u64::from(value) + missing);
    match choice.below(4) {
        0 => along.input = grown(along.input),
        1 => along.pad_begin = grown(along.pad_begin),
        2 => along.pad_end = grown(along.pad_end),
        _ => along.kernel = size((along.padded_input() - 1) / u64::from(along.dilation) + 1),
    }
}

/// The nearest number that a size can be. What is too large for a problem is refused where the problem is made.
fn size(value: u64) -> u32 {
    u32::try_from(value.max(1)).unwrap_or(u32::MAX)
}
