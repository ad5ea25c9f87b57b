//! Small moves, every one there is of a kind.

use crate::problem::descent::fields::*;

/// How far from the least and from the present value [`every`] lower value is tried.
const NEAR: u64 = 8;

/// One field at every lower value; of a large one, at those near the least and near its own.
pub fn every(p: &Fields, field: Field, out: &mut Vec<Fields>) {
    let (least, value) = (simplest(field), p[field]);
    let low = least..value.min(least + NEAR);
    let high = low.end.max(value.saturating_sub(NEAR))..value;
    out.extend(low.chain(high).map(|lower| with(p, &[(field, lower)])));
}

/// Two or three fields lower by one.
pub fn together(p: &Fields, out: &mut Vec<Fields>) {
    let lower: Vec<_> =
        (0..p.len()).filter(|&field| p[field] > simplest(field)).map(|field| (field, p[field] - 1)).collect();
    for (index, &first) in lower.iter().enumerate() {
        for (before, &second) in lower[..index].iter().enumerate() {
            out.push(with(p, &[first, second]));
            out.extend(lower[..before].iter().map(|&third| with(p, &[first, second, third])));
        }
    }
}

const DILATIONS: [Field; 2] = [H.dilation, W.dilation];

/// A field that changes by so much, and another.
type Step = [(Field, i64); 2];

/// One step, or two after another.
pub fn two(p: &Fields, out: &mut Vec<Fields>) {
    let steps = steps();
    for (index, first) in steps.iter().enumerate() {
        let Some(once) = step(p, first) else { continue };
        out.push(once);
        out.extend(steps[..=index].iter().filter_map(|second| step(&once, second)));
    }
}

fn pass(from: Field, to: Field) -> Step {
    [(from, -1), (to, 1)]
}

fn steps() -> Vec<Step> {
    let lower = (0..=BIAS).map(|field| [(field, -1), (field, 0)]);
    let between_pads = PADS.flat_map(|from| PADS.filter(move |to| *to != from).map(move |to| pass(from, to)));
    let between_axes = [INPUT, KERNEL, STRIDE, DILATION].into_iter().flat_map(|h| [pass(h, h + 1), pass(h + 1, h)]);
    let along = [H, W].into_iter().flat_map(|axis| {
        [
            pass(axis.input, axis.begin),
            pass(axis.input, axis.end),
            [(axis.stride, 1), (axis.stride, 0)],
            [(axis.dilation, 1), (axis.dilation, 0)],
            // A row that no window reads: something to lie behind the others.
            [(axis.input, 1), (axis.stride, 1)],
        ]
    });
    lower.chain(between_pads).chain(between_axes).chain(along).collect()
}

fn step(p: &Fields, step: &Step) -> Option<Fields> {
    let mut stepped = *p;
    for &(field, by) in step {
        // One tap has no distance.
        if by > 0 && DILATIONS.contains(&field) && p[field - DILATION + KERNEL] == 1 {
            return None;
        }
        stepped[field] = stepped[field].checked_add_signed(by).filter(|value| *value >= simplest(field))?;
    }
    Some(stepped)
}
