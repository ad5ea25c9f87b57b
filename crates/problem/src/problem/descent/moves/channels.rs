//! Groups and channels: most that can be written down is indivisible.

use crate::problem::descent::fields::*;

pub fn channels(p: &Fields, out: &mut Vec<Fields>) {
    let (in_channels, out_channels, groups) = (p[IN_CHANNELS], p[OUT_CHANNELS], p[GROUPS]);
    let (in_group, out_group) = (in_channels / groups, out_channels / groups);
    for fewer in some_below(groups) {
        let mut set = |c: u64, o: u64| out.push(with(p, &[(IN_CHANNELS, c), (OUT_CHANNELS, o), (GROUPS, fewer)]));
        set(in_group * fewer, out_group * fewer);
        set(in_group * fewer, out_channels);
        set(in_channels, out_group * fewer);
        set(in_channels, fewer);
    }
    if groups > 1 {
        out.extend(some_below(out_group).map(|fewer| with(p, &[(OUT_CHANNELS, fewer * groups)])));
        out.extend(some_below(in_group).map(|fewer| with(p, &[(IN_CHANNELS, fewer * groups)])));
    }
}

fn some_below(value: u64) -> impl Iterator<Item = u64> {
    [1, 2, 3, value / 2, value - 1].into_iter().filter(move |fewer| (1..value).contains(fewer))
}
