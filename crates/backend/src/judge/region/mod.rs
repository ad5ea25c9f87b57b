//! Where in the output the wrong elements sit.
//!
//! # The name
//! A [`Region`] is the tightest of three sets around the wrong elements, written as Python would index the output
//! `y[images, channels, rows, columns]`:
//!
//! | form | example | means |
//! |---|---|---|
//! | slice | `[:, ::2, -1, 1:]` | a progression of indices in each dimension |
//! | flat | `[:, :, flat -3:]` | the last pixels of each plane in row-major order: `y.reshape(N, O, -1)[:, :, -3:]` |
//! | border | `[:, :, border bottom 1 right 2]` | along two or more edges of each plane, each so many rows or columns wide |
//!
//! What is as tight as a slice is called by the slice. So the interior of each plane is `[:, :, 1:-1, 1:-1]`, the last
//! tile of each is `[:, :, -4:, -4:]`, and everything is `[:, :, :, :]`; a dimension of size 1 is always `:`.
//!
//! # Right elements inside it
//! A wrong sum can be the right one by accident: with integer operands one in some thousand, in half precision one in
//! some hundred (see [`fill`](crate::operands::fill())). So a region is named although right elements are in it, as
//! long as three in four are wrong ([`Region::coverage`]); with fewer it is `scattered`. Accidents stay far above that,
//! while a diagonal, a checkerboard and independent elements stay below. And one right element alone never makes a
//! border or a flat region out of a slice: that takes two.
//!
//! Elements whose window lies wholly in the pads can't notice which inputs are read. They don't count, and where all
//! other rows (or columns) are wrong, those are called `:` as if the dead ones were wrong with them. Else the bug that
//! is `[:, :, :, -1]` without pads would be `[:, :, 1:-1, -1]` with a pad of one row and a kernel of height one.
//!
//! # The shape
//! One bug gives many regions, because outputs differ in size. [`Region::shape`] takes the sizes out, and
//! [`Region::could_be`] says whether a region is what another shape looks like at its size. What the planted defects
//! give:
//!
//! | defect | shape | at small sizes also |
//! |---|---|---|
//! | `coreml-2515`, `leftover-corner` | `[:, :, -1, -1]` | `:` for either `-1` where the output is one row or column |
//! | `leftover-column` | `[:, :, :, -1]` | `[:, :, :, :]` |
//! | `channel-tail`, `pads-swapped`, `dilation-dropped-when-strided` | `[:, :, :, :]` | |
//! | `output-channel-tail`, `group-offset-lost`, `bias-lost-in-groups` | `[:, k:, :, :]` | `[:, -1, :, :]` |
//! | `batch-stride` | `[k:, :, :, :]` | `[-1, :, :, :]` |
//! | `unwritten-rows` | `[:, :, k:, :]` | `[:, :, -1, :]` |
//! | `channel-band` | `[:, :, :, k:]` | `[:, :, :, -1]` |
//! | `tile-tail` | `[:, :, k:, k:]` | `-1` or `:` for either `k:` |
//! | `pixel-tail` | `[:, :, flat k:]` | `[:, :, -1, k:]`, `[:, :, -1, -1]`, `[:, :, k:, :]`, `[:, :, -1, :]` |
//! | `strides-swapped` | `[:, :, flat k:]` (all but the first pixel) | `[:, :, :, k:]`, `[:, :, k:, :]` |
//! | `end-pad-is-begin-pad` | `[:, :, border bottom right]` | `[:, :, k:, :]`, `[:, :, :, k:]` (one end pad only) |
//!
//! `could_be` is true in each of these rows from right to left. It can't be told from one small output which of two
//! bugs it shows, so a region could be many shapes; the fewest shapes that all regions of a backend could be are a
//! good account of its bugs.

mod common;
mod extent;
mod plane;
mod read;
mod shape;
#[cfg(test)]
mod tests;

pub use common::{common, most_telling};
pub use shape::{Cut, RegionShape, RegionShapeError, Sides};

use crate::problem::Problem;
use extent::Extent;
use plane::Plane;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The set of wrong output elements, named as a slice where it is one. See the [module](self) for how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Region {
    form: Form,
    /// Images, output channels, rows, columns.
    extents: [Extent; 4],
    wrong: u64,
    /// Elements of the named set that could be wrong.
    capacity: u64,
}

/// Which elements could be wrong at all, as far as it is known of what happens to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noticing {
    /// Pixels of a plane, row-major; where none are given, those whose windows reach the input.
    pub pixels: Option<Vec<bool>>,
    /// Images.
    pub images: Vec<bool>,
    /// Output channels.
    pub channels: Vec<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Form {
    Slice,
    /// So many pixels.
    Flat(u32),
    /// Rows or columns at the top, left, bottom and right; 0 is no border there.
    Border([u32; 4]),
    Scattered,
}

impl Region {
    /// Names the set `wrong` of row-major indices into the output of `problem`, ascending and not empty.
    ///
    /// Takes time in proportion to the number of wrong elements and the size of one output plane.
    pub fn of(problem: &Problem, wrong: &[usize]) -> Self {
        let all = |size: u32| vec![true; size as usize];
        Self::on(Plane::new(problem), [all(problem.batch), all(problem.out_channels)], problem, wrong)
    }

    /// The same where it is known which elements could be wrong. What is wrong could be.
    pub fn among(problem: &Problem, wrong: &[usize], noticing: &Noticing) -> Self {
        let plane =
            noticing.pixels.as_ref().map_or_else(|| Plane::new(problem), |pixels| Plane::among(problem, pixels));
        Self::on(plane, [noticing.images.clone(), noticing.channels.clone()], problem, wrong)
    }

    fn on(
        mut plane: Plane,
        [mut noticing_images, mut noticing_channels]: [Vec<bool>; 2],
        problem: &Problem,
        wrong: &[usize],
    ) -> Self {
        let pixels = plane.pixels();
        let mut images = vec![false; problem.batch as usize];
        let mut channels = vec![false; problem.out_channels as usize];
        // Dividing for each plane rather than each element: the indices ascend.
        let (mut first, mut next) = (0, 0);
        for &index in wrong {
            if index >= next {
                let number = index / pixels;
                (first, next) = (number * pixels, (number + 1) * pixels);
                let (image, channel) = (number / channels.len() % images.len(), number % channels.len());
                images[image] = true;
                channels[channel] = true;
                (noticing_images[image], noticing_channels[channel]) = (true, true);
            }
            plane.mark(index - first);
        }
        let (images, channels) = (Extent::of(&images, &noticing_images), Extent::of(&channels, &noticing_channels));
        let planes = u64::from(images.inside) * u64::from(channels.inside);
        let (form, [rows, columns], pixels) = plane.form(planes);
        let (wrong, capacity) = (wrong.len() as u64, planes * pixels);
        let form = if 4 * wrong >= 3 * capacity { form } else { Form::Scattered };
        Self { form, extents: [images, channels, rows, columns], wrong, capacity }
    }

    /// The share of wrong elements among those of the named set that could be wrong, in (0, 1].
    ///
    /// Of a scattered region it is the share in the tightest set that was tried, less than 3/4.
    pub fn coverage(&self) -> f64 {
        self.wrong as f64 / self.capacity as f64
    }

    /// What stays of it without the sizes.
    pub fn shape(&self) -> RegionShape {
        let cuts = self.extents.map(|extent| Cut::of(&extent));
        match self.form {
            Form::Slice => RegionShape::Slice(cuts),
            Form::Flat(_) => RegionShape::Flat([cuts[0], cuts[1]]),
            Form::Border(widths) => RegionShape::Border([cuts[0], cuts[1]], present(widths)),
            Form::Scattered => RegionShape::Scattered,
        }
    }

    /// Whether `shape`, at the output size of this region, can be this region.
    ///
    /// Accidents can take away the last wrong element of a row or channel: of `[:, :, -1, -1]` with two channels may
    /// be left `[:, 0, -1, -1]`. So one element, and beyond that one in 32, may be missing from a `:` of the shape.
    /// Fewer than four wrong elements could be scattered.
    pub fn could_be(&self, shape: &RegionShape) -> bool {
        match *shape {
            RegionShape::Slice(cuts) => self.form == Form::Slice && self.fits(&cuts),
            RegionShape::Flat([n, o]) => self.flat_plane() && self.fits(&[n, o, self.cut(2), self.cut(3)]),
            RegionShape::Border([n, o], sides) => {
                self.border_plane(sides) && self.fits(&[n, o, self.cut(2), self.cut(3)])
            }
            RegionShape::Scattered => self.form == Form::Scattered || self.wrong < 4,
        }
    }

    /// Of images, channels, rows and columns, whether more than one index could be wrong: with one, every cut looks alike.
    pub fn tells(&self) -> [bool; 4] {
        self.extents.map(|extent| extent.whole > 1)
    }

    fn cut(&self, dimension: usize) -> Cut {
        Cut::of(&self.extents[dimension])
    }

    /// All that [`Region::could_be`] asks of a region besides its shape, as a number without further meaning: regions
    /// of one shape and one ambiguity could be the same shapes. So they may be counted together.
    pub fn ambiguity(&self) -> u32 {
        let [_, _, rows, columns] = &self.extents;
        let mut bits = 0;
        for extent in &self.extents {
            // Borders are up to two wide on either side, so beyond four, more indices make no difference.
            bits = bits << 3 | extent.whole.min(5);
            for question in [self.widens(extent), Cut::Even.fits(extent, true), Cut::Odd.fits(extent, true)] {
                bits = bits << 1 | u32::from(question);
            }
        }
        for question in [rows.is_all(), columns.is_all(), self.one_right(), self.wrong < 4] {
            bits = bits << 1 | u32::from(question);
        }
        bits
    }

    /// Whether each extent is its cut, or one would be if elements that are right by accident were wrong.
    fn fits(&self, cuts: &[Cut; 4]) -> bool {
        let elsewhere = self.extents.iter().any(|extent| !extent.is_all());
        let mut unlike = cuts.iter().zip(&self.extents).filter(|(cut, extent)| !cut.fits(extent, elsewhere));
        match (unlike.next(), unlike.next()) {
            (None, _) => true,
            (Some((Cut::All, extent)), None) => self.widens(extent),
            _ => false,
        }
    }

    /// Whether few elements only are missing from the whole of that dimension.
    fn widens(&self, extent: &Extent) -> bool {
        let capacity = self.capacity / u64::from(extent.inside) * u64::from(extent.whole);
        capacity.saturating_sub(self.capacity) <= 1 + capacity / 32
    }

    /// Whether the wrong pixels of a plane are the last ones in row-major order.
    fn flat_plane(&self) -> bool {
        let [_, _, rows, columns] = &self.extents;
        match self.form {
            Form::Flat(_) => true,
            Form::Slice if rows.is_all() && columns.is_all() => rows.whole * columns.whole == 1 || self.one_right(),
            Form::Slice => (rows.is_last() && columns.is_tail()) || (rows.is_tail() && columns.is_all()),
            Form::Border(_) | Form::Scattered => false,
        }
    }

    /// Whether the wrong pixels of a plane run along some of `sides`.
    fn border_plane(&self, sides: Sides) -> bool {
        let [_, _, rows, columns] = &self.extents;
        let count = |a: bool, b: bool| u32::from(a) + u32::from(b);
        match self.form {
            Form::Border(widths) => present(widths).are_among(sides),
            // Nothing is inside, if the borders are two wide.
            Form::Slice if rows.is_all() && columns.is_all() => {
                rows.whole <= 2 * count(sides.top, sides.bottom)
                    || columns.whole <= 2 * count(sides.left, sides.right)
                    || self.one_right()
            }
            // All but the first pixels of the first row.
            Form::Flat(_) => rows.is_all() && sides.bottom && sides.right,
            Form::Slice if columns.is_all() => (sides.top && rows.is_head()) || (sides.bottom && rows.is_tail()),
            Form::Slice if rows.is_all() => (sides.left && columns.is_head()) || (sides.right && columns.is_tail()),
            Form::Slice | Form::Scattered => false,
        }
    }

    fn one_right(&self) -> bool {
        self.capacity.saturating_sub(self.wrong) == 1
    }
}

fn present(widths: [u32; 4]) -> Sides {
    Sides::from_array(widths.map(|width| width > 0))
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [n, o, i, j] = &self.extents;
        match self.form {
            Form::Slice => write!(f, "[{n}, {o}, {i}, {j}]"),
            Form::Flat(pixels) => write!(f, "[{n}, {o}, flat -{pixels}:]"),
            Form::Border(widths) => {
                write!(f, "[{n}, {o}, border")?;
                for (name, width) in Sides::NAMES.iter().zip(widths).filter(|(_, width)| *width > 0) {
                    write!(f, " {name} {width}")?;
                }
                f.write_str("]")
            }
            Form::Scattered => f.write_str("scattered"),
        }
    }
}
