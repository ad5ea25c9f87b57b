//! Results that are written where another element's belong.

use super::element::Element;
use super::examples;
use super::family::{Family, Hiding, Kinship, Reach, always};
use super::prediction::Prediction;
use crate::problem::Problem;

/// Which output element's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Misplaced {
    /// Output written as N, OH, OW, O.
    Nhwc,
    /// Output channels in the order of their place in the group, and then of the group.
    PlaceFirst,
    /// The other way round.
    GroupFirst,
    /// That of the row before; there is none before the first.
    PreviousRow,
    /// That of the next row.
    NextRow,
    /// That of the column before.
    PreviousColumn,
    /// That of the next column.
    NextColumn,
    /// That of the output channel before.
    PreviousChannel,
    /// That of the next output channel.
    NextChannel,
    /// That of the row as far from the end as this one is from the beginning.
    RowsReversed,
    /// The same of columns.
    ColumnsReversed,
    /// Planes written column by column.
    Transposed,
    /// Images written as far apart as if there were as many output channels as input channels.
    ImagesOfInput,
    /// Planes of rows that are one column longer, one written behind the other, and cut off where the plane ends.
    LongerRows,
    /// The same of rows that are one column shorter.
    ShorterRows,
}

/// An element so many further along one dimension of this size, if there is one.
fn moved(at: usize, by: i64, size: usize) -> Option<usize> {
    at.checked_add_signed(by as isize).filter(|&at| at < size)
}

/// The value of the element so many rows, columns or output channels further on; nothing beyond the output.
pub fn of_moved(problem: &Problem, element: Element, [channels, rows, columns]: [i64; 3]) -> Prediction<'_> {
    let output = problem.output();
    let source = || {
        Some(Element {
            channel: moved(element.channel, channels, problem.out_channels as usize)?,
            row: moved(element.row, rows, output.h as usize)?,
            column: moved(element.column, columns, output.w as usize)?,
            ..element
        })
    };
    Prediction::of_element(problem, element, source())
}

impl Misplaced {
    /// The element whose value is written where that of `element` should be.
    fn source(self, problem: &Problem, element: Element) -> Option<Element> {
        let Element { channel, row, column, .. } = element;
        let (groups, of_group) = (problem.groups as usize, problem.out_channels_per_group() as usize);
        let (rows, columns) = (problem.h().output() as usize, problem.w().output() as usize);
        let channels = problem.out_channels as usize;
        let pitched = |pitch: usize| {
            let at = row * columns + column;
            // The column behind the last is a window that there should not be.
            let row = at.checked_div(pitch).filter(|&row| row < rows)?;
            Some(Element { row, column: at % pitch, ..element })
        };
        Some(match self {
            Self::PreviousRow => Element { row: moved(row, -1, rows)?, ..element },
            Self::NextRow => Element { row: moved(row, 1, rows)?, ..element },
            Self::PreviousColumn => Element { column: moved(column, -1, columns)?, ..element },
            Self::NextColumn => Element { column: moved(column, 1, columns)?, ..element },
            Self::PreviousChannel => Element { channel: moved(channel, -1, channels)?, ..element },
            Self::NextChannel => Element { channel: moved(channel, 1, channels)?, ..element },
            Self::RowsReversed => Element { row: rows - 1 - row, ..element },
            Self::ColumnsReversed => Element { column: columns - 1 - column, ..element },
            Self::Transposed => {
                let at = row * columns + column;
                Element { row: at % rows, column: at / rows, ..element }
            }
            Self::ImagesOfInput => {
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
            Self::Nhwc => {
                let at = (channel * rows + row) * columns + column;
                let (pixel, channel) = (at / channels, at % channels);
                Element { channel, row: pixel / columns, column: pixel % columns, ..element }
            }
            Self::LongerRows => pitched(columns + 1)?,
            Self::ShorterRows => pitched(columns - 1)?,
            Self::PlaceFirst => Element { channel: channel % groups * of_group + channel / groups, ..element },
            Self::GroupFirst => Element { channel: channel % of_group * groups + channel / of_group, ..element },
        })
    }
}

impl Family for Misplaced {
    const WORD: &'static str = "written-elsewhere";
    const KINSHIP: Kinship = Kinship::Apart;
    const EXAMPLE: &'static str = examples::DILATED;

    always!(
        Self::Nhwc => "nhwc",
        Self::PlaceFirst => "channels-by-place",
        Self::GroupFirst => "channels-by-group",
        Self::PreviousRow => "row: -1",
        Self::NextRow => "row: +1",
        Self::PreviousColumn => "column: -1",
        Self::NextColumn => "column: +1",
        Self::PreviousChannel => "channel: -1",
        Self::NextChannel => "channel: +1",
        Self::RowsReversed => "rows-reversed",
        Self::ColumnsReversed => "columns-reversed",
        Self::Transposed => "planes-transposed",
        Self::ImagesOfInput => "images-as-in-input",
        Self::LongerRows => "rows-longer",
        Self::ShorterRows => "rows-shorter",
    );

    fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
        Prediction::of_element(problem, element, self.source(problem, element))
    }

    fn sentence(self) -> String {
        let text = match self {
            Self::PreviousRow => "the value of the output row before it is written",
            Self::NextRow => "the value of the output row behind it is written",
            Self::PreviousColumn => "the value of the output column before it is written",
            Self::NextColumn => "the value of the output column behind it is written",
            Self::PreviousChannel => "the value of the output channel before it is written",
            Self::NextChannel => "the value of the output channel behind it is written",
            Self::RowsReversed => "output rows are written in reverse order",
            Self::ColumnsReversed => "output columns are written in reverse order",
            Self::Transposed => "output planes are written column by column",
            Self::ImagesOfInput => {
                "output images are written as far apart as if there were as many output channels as input channels"
            }
            Self::LongerRows => "output rows are computed and written as if they were one column longer",
            Self::ShorterRows => "output rows are computed and written as if they were one column shorter",
            Self::Nhwc => "the output is written in the order N, OH, OW, O",
            Self::PlaceFirst | Self::GroupFirst => {
                "output channels change places: those of one group are not side by side"
            }
        };
        text.to_owned()
    }

    fn reach(self) -> Reach {
        Reach::Unknown
    }

    fn hides(self, _: &Problem) -> Hiding {
        let of_neighbours = matches!(self, Self::PreviousRow | Self::NextRow | Self::PreviousColumn | Self::NextColumn);
        Hiding::anywhere_if(of_neighbours)
    }
}
