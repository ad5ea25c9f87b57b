//! Problems in which faults can be told apart.

/// Whatever belongs to h differs from what belongs to w, and nothing is of size 1.
pub const UNLIKE: &str = "g2mb2ic4ih6iw7oc6kh2kw3sh3sw2dh0dw1ph2pw1pb1pr3b1";
/// All pads are reached by windows, and none is as large as another of its axis or as the input.
pub const PADDED: &str = "g2mb2ic4ih5iw6oc6kh4kw3ph2pw1pb1pr3b1";
/// Dilated along both axes, and with more windows.
pub const DILATED: &str = "g2mb2ic4ih11iw13oc6kh2kw3sh3sw2dh1dw2ph2pw1pb1pr0b1";
/// So many channels and taps that blocks of them end inside.
pub const BLOCKS: &str = "g2mb3ic48ih4iw5oc6kh3kw2ph1pw1b1";
/// One group, many output channels.
pub const FILTERS: &str = "mb1ic2ih3iw3oc40kh2kw2ph0pw0b1";
/// A kernel of many places.
pub const PLACES: &str = "mb1ic2ih9iw10oc2kh8kw7ph2pw1b1";
/// Many groups.
pub const GROUPS: &str = "g11mb2ic22ih3iw4oc33kh2kw2ph1pw0b1";
/// More input elements than eight bits count, in a plane.
pub const LARGE: &str = "mb2ic2ih19iw17oc2kh2kw2ph0pw0b1";
/// Whatever belongs to w is larger than what belongs to h.
#[cfg(test)]
pub const WIDE: &str = "mb1ic2ih19iw23oc2kh3kw5sh3sw4dh1dw3ph3pw5pb1pr2b1";
/// The other way round.
#[cfg(test)]
pub const TALL: &str = "mb1ic2ih23iw19oc2kh5kw3sh4sw3dh3dw1ph6pw4pb5pr7b1";

/// Every one.
#[cfg(test)]
pub const ALL: [&str; 10] = [UNLIKE, PADDED, DILATED, WIDE, TALL, BLOCKS, FILTERS, PLACES, GROUPS, LARGE];
