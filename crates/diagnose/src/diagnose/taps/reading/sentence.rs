//! Readings in words.

use super::geometry::axes;
use super::pads::{is_one, names, pads};
use super::{Part, Reading, Scope, Unit};

impl Reading {
    /// What happens, to stand behind "there".
    pub fn sentence(self) -> String {
        let far = |count: i64, one: &str, many: &str| match count.abs() {
            1 => format!("one {one}"),
            2 => format!("two {many}"),
            count => format!("{count} {many}"),
        };
        let down = |rows: i64| format!("{} too far {}", far(rows, "row", "rows"), if rows > 0 { "down" } else { "up" });
        let right = |columns: i64| {
            format!("{} too far {}", far(columns, "column", "columns"), if columns > 0 { "right" } else { "left" })
        };
        match self {
            Reading::Right => "the window is read as it should be".to_owned(),
            Reading::Nothing => "nothing is summed".to_owned(),
            Reading::Shifted(rows, 0) => format!("the window is read {}", down(rows)),
            Reading::Shifted(0, columns) => format!("the window is read {}", right(columns)),
            Reading::Shifted(rows, columns) => format!("the window is read {} and {}", down(rows), right(columns)),
            Reading::ShiftedOn(columns) => format!(
                "the window is read {}, and past the end of a row it reads on in memory: the next row's first values",
                right(columns)
            ),
            Reading::Memory(by, unit) => {
                let (one, many) = match unit {
                    Unit::Element => ("element", "elements"),
                    Unit::Row => ("row's length", "rows' lengths"),
                    Unit::Plane => ("plane's length", "planes' lengths"),
                };
                let side = if by > 0 { "late" } else { "early" };
                format!("each input element is read {} too {side} in memory", far(by, one, many))
            }
            Reading::Pitch { longer, planes } => {
                let than = if longer > 0 { "longer" } else { "shorter" };
                let within = if planes { ", within planes that begin where they should" } else { "" };
                let far = far(longer, "element", "elements");
                format!("input rows are taken to be {far} {than} in memory than they are{within}")
            }
            Reading::PadsFromMemory(sides) => format!(
                "{} {} not zero: what lies there in memory is read, such as the next row's values",
                pads(sides),
                if is_one(sides) { "is" } else { "are" }
            ),
            Reading::EdgeFromMemory(sides) => format!(
                "beyond the input's {} {} one element more is read from memory in place of a zero, as by a bound that is off by one",
                names(sides),
                if is_one(sides) { "edge" } else { "edges" }
            ),
            Reading::Wrapped { bits, scope } => {
                let of = match scope {
                    Scope::Plane => "a plane",
                    Scope::Image => "an image",
                    Scope::Tensor => "the tensor",
                };
                format!("the places of input elements in {of} are counted in {bits} bits: behind {} they begin again from 0", (1u64 << bits) - 1)
            }
            Reading::EdgeAsPad(sides) => {
                let lines = ["first row", "first column", "last row", "last column"].into_iter().zip(sides);
                let lines: Vec<&str> = lines.filter_map(|(line, side)| side.then_some(line)).collect();
                let many = if is_one(sides) { "is" } else { "are" };
                format!("the input's {} {many} taken for padding", lines.join(" and "))
            }
            Reading::FirstGroup => {
                "the input channels of the first group are read in place of the own group's".to_owned()
            }
            Reading::Group(by) => format!(
                "the input channels of the group {} {} are read in place of the own group's",
                far(by, "place", "places"),
                if by > 0 { "further on" } else { "before" }
            ),
            Reading::GroupsReversed => {
                "the input channels of groups are read in reverse order of the groups".to_owned()
            }
            Reading::Channels(channels) => format!(
                "input channels {} {} are read",
                far(channels, "channel", "channels"),
                if channels > 0 { "too far on" } else { "too early" }
            ),
            Reading::GroupByPlace => {
                "an output channel reads the input channels of the group that is its own number modulo G".to_owned()
            }
            Reading::FirstImage => "the first image is read in place of the own one".to_owned(),
            Reading::Images(images) => {
                format!("the {} image is read", if images > 0 { "next" } else { "previous" })
            }
            Reading::Under(geometry) => geometry.sentence(),
            Reading::PadsHold(mode, sides) => mode.sentence(sides),
            Reading::FirstFilters => "the weights of the first group are used in place of the own group's".to_owned(),
            Reading::GroupsByOutput => {
                "a group's input channels are read from where its output channels begin: their numbers per group are confused".to_owned()
            }
            Reading::Order(order) => order.sentence().to_owned(),
            Reading::Written(written) => written.sentence(),
            Reading::Flipped(h, w) => format!("the kernel is read backwards along {}", axes(h, w)),
            Reading::Transposed => "kernel rows and columns are exchanged".to_owned(),
            Reading::Without(part) => format!("{} missing", part.subject()),
            Reading::Twice(part) => format!("{} summed twice", part.subject()),
            Reading::Filter(channels) => format!(
                "the weights of the output channel {} {} are used",
                far(channels, "place", "places"),
                if channels > 0 { "further on" } else { "before" }
            ),
        }
    }
}

impl Part {
    /// `the last tap is`, to stand before what happens to them.
    fn subject(self) -> String {
        let slice = |text: String| format!("the taps of the group's input channels [{text}] are");
        match self {
            Part::LastTap => "the last tap is".to_owned(),
            Part::FirstTap => "the first tap is".to_owned(),
            Part::LastColumn => "the taps of the last kernel column are".to_owned(),
            Part::LastRow => "the taps of the last kernel row are".to_owned(),
            Part::FirstColumn => "the taps of the first kernel column are".to_owned(),
            Part::FirstRow => "the taps of the first kernel row are".to_owned(),
            Part::Centre => "the taps of the kernel's centre are".to_owned(),
            Part::Middle => "the taps of the middle of the kernel's places, counted row by row, are".to_owned(),
            Part::LastPlace => "the taps of the kernel's last place (last row, last column) are".to_owned(),
            Part::FirstPlace => "the taps of the kernel's first place (first row, first column) are".to_owned(),
            Part::LastChannels(1) => slice("-1".to_owned()),
            Part::LastChannels(count) => slice(format!("-{count}:")),
            Part::Row(row) => format!("the taps of kernel row {row} are"),
            Part::Column(column) => format!("the taps of kernel column {column} are"),
            Part::Place(row, column) => {
                format!("the taps [:, {row}, {column}] of channels, kernel rows and kernel columns are")
            }
            Part::Channel(channel) => slice(channel.to_string()),
            Part::From(row, column) => {
                let from = |begin: usize| if begin == 0 { ":".to_owned() } else { format!("{begin}:") };
                let (row, column) = (from(row), from(column));
                format!("the taps [:, {row}, {column}] of channels, kernel rows and kernel columns are")
            }
            Part::PlacesFrom(place) => {
                format!("the taps from place {place} of the kernel on, counted row by row from 0, are")
            }
            Part::TapsFrom(tap) => {
                format!("the taps from number {tap} on, counted from 0 by channel, kernel row and kernel column, are")
            }
            Part::TapsTo(tap) => {
                format!("the taps before number {tap}, counted from 0 by channel, kernel row and kernel column, are")
            }
            Part::ChannelsFrom(channel) => slice(format!("{channel}:")),
            Part::FirstChannels(1) => slice("0".to_owned()),
            Part::FirstChannels(count) => slice(format!(":{count}")),
        }
    }
}
