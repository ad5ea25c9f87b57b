//! Moves that change height and width together.

use super::along::{narrow, output};
use super::below;
use crate::problem::descent::fields::*;

/// Both of a pair at their simplest, alike (also at the larger, which may cost nothing and is simpler to say), lower by the
/// same, or exchanged.
pub fn pair(p: &Fields, first: Field, out: &mut Vec<Fields>) {
    let (h, w, least) = (p[first], p[first + 1], simplest(first));
    let smaller = h.min(w);
    let mut set = |h, w| out.push(with(p, &[(first, h), (first + 1, w)]));
    set(least, least);
    set(smaller, smaller);
    set(h.max(w), h.max(w));
    for lower in below(smaller, least) {
        set(h - (smaller - lower), w - (smaller - lower));
    }
    set(w, h);
    if first == INPUT {
        // As much padding in its place.
        for lower in below(smaller, least) {
            let less = smaller - lower;
            let inputs = [(first, h - less), (first + 1, w - less)];
            let pads = [(H.begin, p[H.begin] + less), (W.begin, p[W.begin] + less)];
            for pads in [&pads[..], &pads[..1], &pads[1..]] {
                out.push(with(&with(p, &inputs), pads));
            }
        }
    }
}

/// Exchanges all pairs, all but the kernel, and those that make up for one another: pads for strides, for input.
pub fn exchange(p: &Fields, out: &mut Vec<Fields>) {
    let all_but_kernel = [INPUT, STRIDE, DILATION, BEGIN, END];
    let few: [&[Field]; 3] = [&[BEGIN, END], &[STRIDE, BEGIN, END], &[INPUT, BEGIN, END]];
    for pairs in [&PAIRS[..], &all_but_kernel].into_iter().chain(few) {
        let mut exchanged = *p;
        pairs.iter().for_each(|&first| exchanged.swap(first, first + 1));
        out.push(exchanged);
    }
    // Strides alone, with as many windows as before.
    let mut exchanged = with(p, &[(STRIDE, p[STRIDE + 1]), (STRIDE + 1, p[STRIDE])]);
    for axis in [H, W] {
        let reach = (output(p, axis) - 1) * exchanged[axis.stride];
        let pad = reach.saturating_sub((output(p, axis) - 1) * p[axis.stride]);
        exchanged[axis.begin] += pad;
    }
    out.push(exchanged);
    for (from, to) in [(H, W), (W, H)] {
        let mut copied = *p;
        from.fields().into_iter().zip(to.fields()).for_each(|(from, to)| copied[to] = p[from]);
        out.push(copied);
    }
}

/// On each axis the pads as they are, gone, all at the begin, or all at the end; with the bias as it is, or gone.
pub fn pads(p: &Fields, out: &mut Vec<Fields>) {
    let choices = |axis: Axis| {
        let (begin, end) = (p[axis.begin], p[axis.end]);
        [(0, 0), (begin, end), (0, begin + end), (begin + end, 0)].map(|(b, e)| [(axis.begin, b), (axis.end, e)])
    };
    for bias in 0..=p[BIAS] {
        for h in choices(H) {
            for w in choices(W) {
                out.push(with(p, &[h[0], h[1], w[0], w[1], (BIAS, bias)]));
            }
        }
    }
}

/// One row, or one column, of as many windows as the plane has, or fewer by eighths, in more input or in more padding: what
/// counts pixels or tiles doesn't mind, and a defect can come and go several times on the way.
pub fn flatten(p: &Fields, out: &mut Vec<Fields>) {
    let windows = [output(p, H), output(p, W)];
    let pixels = windows[0].saturating_mul(windows[1]);
    for (thin, long, [across, along]) in [(H, W, windows), (W, H, [windows[1], windows[0]])] {
        if across == 1 {
            continue;
        }
        let mut thinned = Vec::new();
        narrow(p, thin, (across - 1) * p[thin.stride], &mut thinned);
        for row in thinned.into_iter().take(1) {
            for field in [long.input, long.begin] {
                // What is a line already is only turned.
                for eighths in if along == 1 { 8..=8 } else { 1..=8 } {
                    let more = (pixels / 8 * eighths + pixels % 8 * eighths / 8).saturating_sub(along);
                    let size = row[field].saturating_add(more.saturating_mul(row[long.stride]));
                    out.push(with(&row, &[(field, size)]));
                }
            }
        }
    }
}
