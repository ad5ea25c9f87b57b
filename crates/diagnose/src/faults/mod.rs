//! Faults: what may be computed in place of what should be.
//!
//! A fault *predicts outputs*: of each element it says which terms are summed, or which value comes out, or that it is memory, of which
//! nothing can be known (`prediction.rs`). All else follows from the predictions: which faults explain what came out ([`explaining`]), what
//! is said of the taps that impulses found, which elements and problems could notice a fault, and which could not.
//!
//! Each family of faults is a file with a type that implements `Family` (`family.rs`) and a line in the registry below. A fault is called by words
//! that stay what they are ([`FaultId`]), in files as in memory.
//!
//! # What this rests on
//! Convolution is linear in the input and in the weights. So what a wrong element sums is known once it is known for one input element and
//! one weight at a time: impulses suffice, and are exact, for any backend that is linear in both. Of a backend that is not (it clips,
//! rounds, or skips zeros) they tell something else than what it does to other operands; what they tell is believed only if it gives,
//! summed up, what came out of the fill's operands. Without impulses, by the results alone, a fault explains an element by accident with a
//! chance of one in some thousand, for so many sums of the fill's integers are about as likely; that is why several elements are asked.

mod axes;
mod between_axes;
mod beyond;
mod bias;
mod channel_parts;
mod clipped;
mod dilations;
pub(crate) mod element;
mod examples;
mod explaining;
mod family;
mod filters;
mod geometry;
mod groups;
mod id;
mod images;
mod kernel;
mod memory;
mod misplaced;
mod mixed;
mod multiplied;
mod nothing;
mod order;
mod padding_modes;
mod pads;
mod parts;
mod place;
mod place_parts;
pub(crate) mod prediction;
mod registry;
mod results;
mod rounded;
mod scaled;
mod shifted;
mod sides;
mod start;
mod strides;
mod tail_parts;
#[cfg(test)]
mod tests;
mod unwritten;
mod words;

use crate::problem::Problem;
pub(crate) use element::Element;
pub use explaining::explaining;
pub(crate) use explaining::{guess, noticing, said_of_results};
pub(crate) use family::Hiding;
use family::{Family, Kinship, Reach};
use geometry::Taken;
pub use id::{FaultId, UnknownFault, most_frequent};
use padding_modes::PadsHold;
use parts::{Missing, Twice};
pub(crate) use prediction::Prediction;
use registry::registry;

registry! {
    // Before what sums nothing, which would explain it as well.
    Clipped: clipped::Clipped,
    // Before what sums nothing, for a window in the padding sums nothing anyway.
    Bias: bias::Bias,
    Nothing: nothing::Nothing,
    // Before windows that stand aside, where both would explain an element.
    PadsSwapped: Taken<pads::PadsSwapped>,
    StridesSwapped: between_axes::StridesSwapped,
    Dense: Taken<dilations::Dense>,
    Shifted: shifted::Shifted,
    ShiftedOn: shifted::ShiftedOn,
    Memory: memory::Memory,
    PadsFromMemory: beyond::PadsFromMemory,
    EdgeFromMemory: beyond::EdgeFromMemory,
    FirstGroup: groups::FirstGroup,
    Channels: groups::Channels,
    Group: groups::Group,
    GroupByRemainder: groups::GroupByRemainder,
    FirstImage: images::FirstImage,
    Images: images::Images,
    Flipped: kernel::Flipped,
    Transposed: kernel::Transposed,
    Filter: filters::Filter,
    FirstFilters: filters::FirstFilters,
    GroupsByOutput: groups::GroupsByOutput,
    GroupsReversed: groups::GroupsReversed,
    FarFilter: filters::FarFilter,
    BetweenAxes: between_axes::BetweenAxes,
    Unpadded: Taken<pads::Unpadded>,
    PadsEven: Taken<pads::PadsEven>,
    Strideless: Taken<strides::Strideless>,
    StrideOfKernel: Taken<strides::StrideOfKernel>,
    Wider: Taken<dilations::Wider>,
    Narrower: Taken<dilations::Narrower>,
    LargerOrSmaller: between_axes::LargerOrSmaller,
    PadsDilated: Taken<pads::PadsDilated>,
    PadsOfKernel: Taken<pads::PadsOfKernel>,
    StrideAndDilation: Taken<strides::StrideAndDilation>,
    PadsRepeatEdge: PadsHold<padding_modes::Edge>,
    PadsMirrorInput: PadsHold<padding_modes::Reflect>,
    PadsWrapInput: PadsHold<padding_modes::Circular>,
    Order: order::Order,
    Misplaced: misplaced::Misplaced,
    Wrapped: memory::Wrapped,
    Pitch: memory::Pitch,
    TapsMissing: Missing<parts::OfKernel>,
    LastChannelsMissing: Missing<channel_parts::LastChannels>,
    FirstChannelsMissing: Missing<channel_parts::FirstChannels>,
    RowMissing: Missing<place_parts::Row>,
    ColumnMissing: Missing<place_parts::Column>,
    PlaceMissing: Missing<place_parts::OfPlace>,
    ChannelMissing: Missing<channel_parts::Channel>,
    CornerMissing: Missing<place_parts::From>,
    PlacesFromMissing: Missing<tail_parts::PlacesFrom>,
    ChannelsFromMissing: Missing<channel_parts::ChannelsFrom>,
    TapsFromMissing: Missing<tail_parts::TapsFrom>,
    TapsToMissing: Missing<tail_parts::TapsTo>,
    // In a window at the edge that is what a missing row or column comes to.
    EdgeAsPad: beyond::EdgeAsPad,
    TapsTwice: Twice<parts::OfKernel>,
    LastChannelsTwice: Twice<channel_parts::LastChannels>,
    Unwritten: unwritten::Unwritten,
    Rounded: rounded::Rounded,
    Multiplied: multiplied::Multiplied,
    Scaled: scaled::Scaled,
    Start: start::Start,
    // By one choice in each element much can be explained.
    Mixed: mixed::Mixed,
}

impl Fault {
    /// All that can happen to a problem, the likelier of equal effects first.
    pub(crate) fn all(problem: &Problem) -> Vec<Self> {
        Name::ALL.iter().flat_map(|name| name.instances(problem)).collect()
    }
}
