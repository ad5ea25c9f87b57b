//! What stays of a region when its size goes: the key by which failing problems are told apart.

use super::extent::Extent;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// One dimension of a [`RegionShape`]. In its text `k` is any number, also a negative one, and another each time; first
/// and last are counted among the indices that could be wrong at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cut {
    /// `:`, every index.
    All,
    /// `0`, the first index.
    First,
    /// `-1`, the last index.
    Last,
    /// `k`, some other single index.
    Index,
    /// `k:`, from some index on: `1:` as well as `-2:`, which is the same at size 3.
    Tail,
    /// `:k`, up to some index.
    Head,
    /// `k:k`, from some index up to another: `1:-1`.
    Inner,
    /// `::2`, every other index.
    Even,
    /// `1::2`, every other index but the first.
    Odd,
    /// `k::k`, every so many indices.
    Every,
}

impl Cut {
    const NAMES: [(&'static str, Cut); 10] = [
        (":", Cut::All),
        ("0", Cut::First),
        ("-1", Cut::Last),
        ("k", Cut::Index),
        ("k:", Cut::Tail),
        (":k", Cut::Head),
        ("k:k", Cut::Inner),
        ("::2", Cut::Even),
        ("1::2", Cut::Odd),
        ("k::k", Cut::Every),
    ];

    /// What stays of `extent`.
    pub(super) fn of(extent: &Extent) -> Self {
        if extent.is_all() {
            Cut::All
        } else if extent.is_single() {
            match (extent.is_first(), extent.is_last()) {
                (true, _) => Cut::First,
                (_, true) => Cut::Last,
                _ => Cut::Index,
            }
        } else if extent.step == 1 {
            match (extent.is_head(), extent.is_tail()) {
                (_, true) => Cut::Tail,
                (true, _) => Cut::Head,
                _ => Cut::Inner,
            }
        } else if Cut::Even.fits(extent, false) {
            Cut::Even
        } else if Cut::Odd.fits(extent, false) {
            Cut::Odd
        } else {
            Cut::Every
        }
    }

    /// Whether this cut, at this size, can be just `extent`.
    ///
    /// `k` may reach so far that nothing is cut off. That is believed where only one index could be wrong, and where `elsewhere` says
    /// that another dimension is cut: else everything could be anything.
    pub(super) fn fits(self, extent: &Extent, elsewhere: bool) -> bool {
        let Extent { start, last, step, size, whole, from_first, to_last, .. } = *extent;
        let may_be_whole = !extent.is_all() || whole == 1 || elsewhere;
        let every_other = (step == 2 || extent.is_single()) && last + 2 >= size;
        match self {
            Cut::All => extent.is_all(),
            Cut::First => extent.is_first(),
            Cut::Last => extent.is_last(),
            Cut::Index => extent.is_single() || whole == 1,
            Cut::Tail => extent.is_tail() && may_be_whole,
            Cut::Head => extent.is_head() && may_be_whole,
            Cut::Inner => step == 1 && (!(from_first || to_last) || whole == 1),
            Cut::Even => every_other && start == 0,
            Cut::Odd => every_other && start == 1,
            Cut::Every => step > 1 || extent.is_single(),
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(_, cut)| cut == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

/// Sides of a plane that a border runs along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sides {
    /// Along the first rows.
    pub top: bool,
    /// Along the first columns.
    pub left: bool,
    /// Along the last rows.
    pub bottom: bool,
    /// Along the last columns.
    pub right: bool,
}

impl Sides {
    pub(super) const NAMES: [&'static str; 4] = ["top", "left", "bottom", "right"];

    /// Top, left, bottom, right.
    pub fn as_array(self) -> [bool; 4] {
        [self.top, self.left, self.bottom, self.right]
    }

    pub(super) fn from_array([top, left, bottom, right]: [bool; 4]) -> Self {
        Self { top, left, bottom, right }
    }

    /// Whether all these sides are among `others`.
    pub(super) fn are_among(self, others: Sides) -> bool {
        self.as_array().into_iter().zip(others.as_array()).all(|(this, other)| other || !this)
    }
}

/// A [`Region`](super::Region) without its sizes: `[:, k:, :, :]` for `[:, -3:, :, :]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegionShape {
    /// A slice: images, output channels, rows, columns.
    Slice([Cut; 4]),
    /// In some images and channels, the last pixels of each plane in row-major order: `[:, :, flat k:]`.
    Flat([Cut; 2]),
    /// In some images and channels, two or more edges of each plane: `[:, :, border bottom right]`.
    Border([Cut; 2], Sides),
    /// None of these.
    Scattered,
}

impl fmt::Display for RegionShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slice([n, o, i, j]) => write!(f, "[{n}, {o}, {i}, {j}]"),
            Self::Flat([n, o]) => write!(f, "[{n}, {o}, flat k:]"),
            Self::Border([n, o], sides) => {
                write!(f, "[{n}, {o}, border")?;
                for (name, _) in Sides::NAMES.iter().zip(sides.as_array()).filter(|(_, present)| *present) {
                    write!(f, " {name}")?;
                }
                f.write_str("]")
            }
            Self::Scattered => f.write_str("scattered"),
        }
    }
}

/// A text that is no region shape.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{text}` is no region shape; one looks like `[:, :, -1, k:]`, `[:, :, flat k:]`, `[:, :, border bottom right]` or `scattered`"
)]
pub struct RegionShapeError {
    text: String,
}

/// Reads what `Display` writes.
impl FromStr for RegionShape {
    type Err = RegionShapeError;

    fn from_str(text: &str) -> Result<Self, RegionShapeError> {
        parse(text).ok_or_else(|| RegionShapeError { text: text.to_owned() })
    }
}

fn parse(text: &str) -> Option<RegionShape> {
    if text == "scattered" {
        return Some(RegionShape::Scattered);
    }
    let cut = |text: &str| Cut::NAMES.iter().find(|(name, _)| *name == text).map(|&(_, cut)| cut);
    let parts: Vec<&str> = text.strip_prefix('[')?.strip_suffix(']')?.split(", ").collect();
    match parts[..] {
        [n, o, "flat k:"] => Some(RegionShape::Flat([cut(n)?, cut(o)?])),
        [n, o, border] => {
            let named: Vec<&str> = border.strip_prefix("border ")?.split(' ').collect();
            let sides = Sides::NAMES.map(|name| named.contains(&name));
            let count = sides.into_iter().filter(|&present| present).count();
            (count == named.len() && count >= 2)
                .then_some(RegionShape::Border([cut(n)?, cut(o)?], Sides::from_array(sides)))
        }
        [n, o, i, j] => Some(RegionShape::Slice([cut(n)?, cut(o)?, cut(i)?, cut(j)?])),
        _ => None,
    }
}
