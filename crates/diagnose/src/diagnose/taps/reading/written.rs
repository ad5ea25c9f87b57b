//! Results that are written where another element's belong.

use super::Element;
use crate::problem::Problem;

/// Which output element's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// That of so many rows further down; there is none behind the last.
    Row(i64),
    /// That of so many columns further right.
    Column(i64),
    /// That of so many output channels further.
    Channel(i64),
    /// That of the row as far from the end as this one is from the beginning.
    RowsReversed,
    /// The same of columns.
    ColumnsReversed,
    /// Planes written column by column.
    Transposed,
    /// Images written as far apart as if there were as many output channels as input channels.
    ImagesOfInput,
    /// Output written as N, OH, OW, O.
    Nhwc,
    /// Planes of rows that are so many columns longer, one written behind the other, and cut off where the plane ends.
    Pitch(i64),
    /// Output channels in the order of their place in the group, and then of the group.
    PlaceFirst,
    /// The other way round.
    GroupFirst,
}

impl Written {
    /// Every one, the likelier of equal effects first.
    pub const ALL: [Self; 15] = [
        Written::Nhwc,
        Written::PlaceFirst,
        Written::GroupFirst,
        Written::Row(-1),
        Written::Row(1),
        Written::Column(-1),
        Written::Column(1),
        Written::Channel(-1),
        Written::Channel(1),
        Written::RowsReversed,
        Written::ColumnsReversed,
        Written::Transposed,
        Written::ImagesOfInput,
        Written::Pitch(1),
        Written::Pitch(-1),
    ];

    /// The element whose value is written where that of `element` should be.
    pub fn source(self, problem: &Problem, element: Element) -> Option<Element> {
        let Element { channel, row, column, .. } = element;
        let (groups, of_group) = (problem.groups as usize, problem.out_channels_per_group() as usize);
        let (rows, columns) = (problem.h().output() as usize, problem.w().output() as usize);
        let channels = problem.out_channels as usize;
        let moved = |at: usize, by: i64, size: usize| at.checked_add_signed(by as isize).filter(|&at| at < size);
        Some(match self {
            Written::Row(by) => Element { row: moved(row, by, rows)?, ..element },
            Written::Column(by) => Element { column: moved(column, by, columns)?, ..element },
            Written::Channel(by) => Element { channel: moved(channel, by, channels)?, ..element },
            Written::RowsReversed => Element { row: rows - 1 - row, ..element },
            Written::ColumnsReversed => Element { column: columns - 1 - column, ..element },
            Written::Transposed => {
                let at = row * columns + column;
                Element { row: at % rows, column: at / rows, ..element }
            }
            Written::ImagesOfInput => {
                let plane = rows * columns;
                let at = (element.image * channels + channel) * plane + row * columns + column;
                let apart = problem.in_channels as usize * plane;
                // The last one that is written there stays.
                let image = (at / apart).min(problem.batch as usize - 1);
                let rest = at - image * apart;
                let pixel = rest % plane;
                let channel = Some(rest / plane).filter(|&channel| channel < channels)?;
                Element { image, channel, row: pixel / columns, column: pixel % columns }
            }
            Written::Nhwc => {
                let at = (channel * rows + row) * columns + column;
                let (pixel, channel) = (at / channels, at % channels);
                Element { channel, row: pixel / columns, column: pixel % columns, ..element }
            }
            Written::Pitch(longer) => {
                let (pitch, at) = (columns.checked_add_signed(longer as isize)?, row * columns + column);
                // The column behind the last is a window that there should not be.
                let row = at.checked_div(pitch).filter(|&row| row < rows)?;
                Element { row, column: at % pitch, ..element }
            }
            Written::PlaceFirst => Element { channel: channel % groups * of_group + channel / groups, ..element },
            Written::GroupFirst => Element { channel: channel % of_group * groups + channel / of_group, ..element },
        })
    }

    /// What happens.
    pub fn sentence(self) -> String {
        let neighbour = |what: &str, before: bool| {
            let side = if before { "before" } else { "behind" };
            format!("the value of the output {what} {side} it is written")
        };
        match self {
            Written::Row(by) => neighbour("row", by < 0),
            Written::Column(by) => neighbour("column", by < 0),
            Written::Channel(by) => neighbour("channel", by < 0),
            Written::RowsReversed => "output rows are written in reverse order".to_owned(),
            Written::ColumnsReversed => "output columns are written in reverse order".to_owned(),
            Written::Transposed => "output planes are written column by column".to_owned(),
            Written::ImagesOfInput => {
                "output images are written as far apart as if there were as many output channels as input channels"
                    .to_owned()
            }
            Written::Pitch(longer) => {
                let than = if longer > 0 { "longer" } else { "shorter" };
                format!("output rows are computed and written as if they were one column {than}")
            }
            Written::Nhwc => "the output is written in the order N, OH, OW, O".to_owned(),
            Written::PlaceFirst | Written::GroupFirst => {
                "output channels change places: those of one group are not side by side".to_owned()
            }
        }
    }
}
