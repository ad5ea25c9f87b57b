//! Moves along one spatial axis. A defect often asks for a remainder, so most of these keep it.

use super::below;
use crate::problem::descent::fields::*;

fn effective_kernel(p: &Fields, axis: Axis) -> u64 {
    p[axis.dilation] * (p[axis.kernel] - 1) + 1
}

/// Positions behind the first window.
fn room(p: &Fields, axis: Axis) -> u64 {
    p[axis.input] + p[axis.begin] + p[axis.end] - effective_kernel(p, axis)
}

/// Number of windows.
pub fn output(p: &Fields, axis: Axis) -> u64 {
    room(p, axis) / p[axis.stride] + 1
}

/// Takes `less` positions away, from the input first or from the pads first, one pad before the other.
pub fn narrow(p: &Fields, axis: Axis, less: u64, out: &mut Vec<Fields>) {
    let Axis { input, begin, end, .. } = axis;
    for order in [[input, begin, end], [input, end, begin], [begin, end, input], [end, begin, input]] {
        let (mut narrowed, mut left) = (*p, less);
        for field in order {
            let taken = left.min(narrowed[field] - simplest(field));
            narrowed[field] -= taken;
            left -= taken;
        }
        if left == 0 {
            out.push(narrowed);
        }
    }
}

pub fn windows(p: &Fields, axis: Axis, out: &mut Vec<Fields>) {
    let windows = output(p, axis);
    for fewer in below(windows, 1) {
        narrow(p, axis, (windows - fewer) * p[axis.stride], out);
    }
}

pub fn kernel(p: &Fields, axis: Axis, out: &mut Vec<Fields>) {
    for smaller in below(p[axis.kernel], 1) {
        let changed = with(p, &[(axis.kernel, smaller)]);
        narrow(&changed, axis, effective_kernel(p, axis) - effective_kernel(&changed, axis), out);
        // As many windows on the same input, further apart.
        let apart = room(&changed, axis) / output(p, axis) + 1;
        if apart > p[axis.stride] {
            out.push(with(&changed, &[(axis.stride, apart)]));
        }
        // As wide, with wider gaps.
        if smaller > 1 {
            let gap = (effective_kernel(p, axis) - 1).div_ceil(smaller - 1);
            let wide = with(&changed, &[(axis.dilation, gap)]);
            let more = effective_kernel(&wide, axis) - effective_kernel(p, axis);
            out.push(with(&wide, &[(axis.end, p[axis.end] + more)]));
        }
    }
}

pub fn dilation(p: &Fields, axis: Axis, out: &mut Vec<Fields>) {
    for smaller in below(p[axis.dilation], 1) {
        let changed = with(p, &[(axis.dilation, smaller)]);
        narrow(&changed, axis, effective_kernel(p, axis) - effective_kernel(&changed, axis), out);
    }
}

pub fn stride(p: &Fields, axis: Axis, out: &mut Vec<Fields>) {
    let (windows, remainder) = (output(p, axis), room(p, axis) % p[axis.stride]);
    for smaller in below(p[axis.stride], 1) {
        let changed = with(p, &[(axis.stride, smaller)]);
        let less = (windows - 1) * (p[axis.stride] - smaller);
        // The remainder kept; else the largest that fits; else 1.
        let kept = remainder.min(smaller - 1);
        narrow(&changed, axis, less + remainder - kept, out);
        if kept > 1 {
            narrow(&changed, axis, less + remainder - 1, out);
        }
    }
}

/// Where the input can't shrink, fewer windows may be had by standing them further apart.
pub fn spread(p: &Fields, axis: Axis, out: &mut Vec<Fields>) {
    let room = room(p, axis);
    if room == 0 {
        return;
    }
    out.push(with(p, &[(axis.stride, room + 1)]));
    out.push(with(p, &[(axis.stride, p[axis.stride] + 1)]));
    if p[axis.kernel] > 1 {
        let wide = (axis.dilation, p[axis.dilation] + room / (p[axis.kernel] - 1));
        out.push(with(p, &[wide]));
        out.push(with(p, &[wide, (axis.stride, 1)]));
        out.push(with(p, &[(axis.dilation, p[axis.dilation] + 1)]));
    }
}

pub fn padding(p: &Fields, axis: Axis, out: &mut Vec<Fields>) {
    let (input, begin, end) = (p[axis.input], p[axis.begin], p[axis.end]);
    let mut set = |input, begin, end| out.push(with(p, &[(axis.input, input), (axis.begin, begin), (axis.end, end)]));
    for kept in below(input, 1) {
        set(kept, begin + input - kept, end);
        set(kept, begin, end + input - kept);
    }
    let both = begin + end;
    set(input, 0, both);
    set(input, both, 0);
    set(input, both / 2, both.div_ceil(2));
    set(input, 0, 0);
    set(input, begin.saturating_sub(1), end.saturating_sub(1));
    // Where all taps of the last window, or of the first one, reach the input; then a bias may not be needed to see it.
    let taps = (effective_kernel(p, axis) - 1).min(both);
    for (begin, end) in [(both - taps, taps), (taps, both - taps)] {
        for bias in 0..=p[BIAS] {
            out.push(with(p, &[(axis.begin, begin), (axis.end, end), (BIAS, bias)]));
        }
    }
}
