//! Changes of channels and groups.

use super::Choice;
use crate::problem::Parameters;

/// Counts around the widths of vector registers, for the channels of a group and for all of them.
const TAILS: &[u32] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 24, 31, 32, 33, 64];
const GROUPS: &[u32] = &[1, 1, 2, 3, 4, 5, 8, 16];

/// Channels as multiples of the groups, so that groups always divide them.
#[derive(Clone, Copy)]
struct Channels {
    groups: u32,
    in_per_group: u32,
    out_per_group: u32,
}

/// Every change, each as likely as the others. A new one is a function here.
const CHANGES: &[fn(&mut Channels, &mut Choice)] =
    &[in_tail, out_tail, nudge, groups, regroup, depthwise, square, one_out, exchange];

/// Makes one change.
pub(super) fn change(parameters: &mut Parameters, choice: &mut Choice) {
    let Parameters { in_channels, out_channels, groups, .. } = parameters;
    let [in_per_group, out_per_group] = [*in_channels, *out_channels].map(|total| total / *groups);
    let mut channels = Channels { groups: *groups, in_per_group, out_per_group };
    choice.of(CHANGES)(&mut channels, choice);
    *groups = channels.groups;
    // What is too large for a problem is refused where the problem is made.
    *in_channels = channels.groups.saturating_mul(channels.in_per_group);
    *out_channels = channels.groups.saturating_mul(channels.out_per_group);
}

fn in_tail(channels: &mut Channels, choice: &mut Choice) {
    channels.in_per_group = choice.of(TAILS);
}

fn out_tail(channels: &mut Channels, choice: &mut Choice) {
    channels.out_per_group = choice.of(TAILS);
}

/// One number, one up or down.
fn nudge(channels: &mut Channels, choice: &mut Choice) {
    let value = match choice.below(3) {
        0 => &mut channels.groups,
        1 => &mut channels.in_per_group,
        _ => &mut channels.out_per_group,
    };
    *value = choice.nudged(*value, 1);
}

/// Another number of groups, each as it is.
fn groups(channels: &mut Channels, choice: &mut Choice) {
    channels.groups = choice.of(GROUPS);
}

/// The same channels in another number of groups; one group where it doesn't divide them.
fn regroup(channels: &mut Channels, choice: &mut Choice) {
    let totals = [channels.in_per_group, channels.out_per_group].map(|each| each.saturating_mul(channels.groups));
    let groups = choice.of(GROUPS);
    let divides = totals.iter().all(|total| total.is_multiple_of(groups));
    channels.groups = if divides { groups } else { 1 };
    [channels.in_per_group, channels.out_per_group] = totals.map(|total| total / channels.groups);
}

/// A group for every input channel, with one to three output channels each.
fn depthwise(channels: &mut Channels, choice: &mut Choice) {
    channels.groups = channels.groups.saturating_mul(channels.in_per_group);
    channels.in_per_group = 1;
    channels.out_per_group = 1 + choice.below(3);
}

/// As many output channels as input channels.
fn square(channels: &mut Channels, _choice: &mut Choice) {
    channels.out_per_group = channels.in_per_group;
}

/// One output channel a group.
fn one_out(channels: &mut Channels, _choice: &mut Choice) {
    channels.out_per_group = 1;
}

fn exchange(channels: &mut Channels, _choice: &mut Choice) {
    std::mem::swap(&mut channels.in_per_group, &mut channels.out_per_group);
}
