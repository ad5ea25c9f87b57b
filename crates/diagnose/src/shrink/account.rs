//! The fewest shapes that account for some regions.

use super::variants::is_telling;
use crate::judge::{Cut, Region, RegionShape, Sides};
use crate::problem::Problem;

/// Regions of one finding at several problems.
pub struct Guises {
    regions: Vec<Region>,
    /// Shapes at outputs that tell them apart.
    plain: Vec<RegionShape>,
    told: [bool; 4],
}

impl Guises {
    /// The one of the problem that everything begins at.
    pub fn of(start: &Problem, region: Region) -> Self {
        let mut guises = Self { regions: Vec::new(), plain: Vec::new(), told: [false; 4] };
        guises.add(start, region);
        guises
    }

    /// Another one. What is scattered has no shape to learn, unless that is how everything began.
    pub fn add(&mut self, problem: &Problem, region: Region) {
        let shape = region.shape();
        if shape == RegionShape::Scattered && !self.regions.is_empty() {
            return;
        }
        self.told = std::array::from_fn(|dimension| self.told[dimension] || region.tells()[dimension]);
        self.regions.push(region);
        if is_telling(problem) && shape != RegionShape::Scattered && !self.plain.contains(&shape) {
            self.plain.push(shape);
        }
    }

    /// What the first region looks like.
    pub fn own(&self) -> RegionShape {
        self.regions.first().map_or(RegionShape::Scattered, Region::shape)
    }

    /// Of images, channels, rows and columns, whether any of the regions tells how it is cut.
    pub fn told(&self) -> [bool; 4] {
        self.told
    }

    /// The shapes of the finding: the fewest that account for all, those that were plain to see, and those that were `known`
    /// before, unless one is only what the first region looks like.
    pub fn shapes(&self, known: &[RegionShape]) -> Vec<RegionShape> {
        let known: Vec<RegionShape> = known.iter().copied().filter(|shape| *shape != self.own()).collect();
        let mut shapes = account(known.first().copied(), &self.regions);
        for shape in known.iter().chain(&self.plain) {
            if !shapes.contains(shape) {
                shapes.push(*shape);
            }
        }
        shapes
    }
}

/// The fewest shapes that each region could be one of, by a greedy set cover (Chvátal, 1979).
///
/// Candidates are `known`, the regions' own shapes, and what joins two of these: slices cut as wide as either, borders
/// along the sides of both, the last pixels of a plane. Of those that account for as many, the first one is taken.
fn account(known: Option<RegionShape>, regions: &[Region]) -> Vec<RegionShape> {
    let mut candidates: Vec<RegionShape> = known.into_iter().collect();
    let add = |candidates: &mut Vec<RegionShape>, shape| {
        if !candidates.contains(&shape) {
            candidates.push(shape);
        }
    };
    regions.iter().for_each(|region| add(&mut candidates, region.shape()));
    for later in 1..candidates.len() {
        for earlier in 0..later {
            joined(&candidates[earlier], &candidates[later]).into_iter().for_each(|shape| add(&mut candidates, shape));
        }
    }
    let mut left: Vec<&Region> = regions.iter().collect();
    let mut account = Vec::new();
    while !left.is_empty() {
        let covers = |shape: &RegionShape| left.iter().filter(|region| region.could_be(shape)).count();
        let counts: Vec<usize> = candidates.iter().map(covers).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        let Some(best) = counts.iter().position(|count| *count == most).filter(|_| most > 0) else { break };
        left.retain(|region| !region.could_be(&candidates[best]));
        account.push(candidates[best]);
    }
    account
}

/// Shapes that both might be, the tightest first.
fn joined(one: &RegionShape, other: &RegionShape) -> Vec<RegionShape> {
    let (Some(planes), Some(sides)) = (planes(one).zip(planes(other)), sides(one).zip(sides(other))) else {
        return Vec::new();
    };
    let join = |[n, o]: [Cut; 2], [m, p]: [Cut; 2]| Some([wider(n, m)?, wider(o, p)?]);
    let Some(planes) = join(planes.0, planes.1) else { return Vec::new() };
    let mut shapes = Vec::new();
    if let (RegionShape::Slice([.., i, j]), RegionShape::Slice([.., k, l])) = (one, other)
        && let Some([rows, columns]) = join([*i, *j], [*k, *l])
    {
        shapes.push(RegionShape::Slice([planes[0], planes[1], rows, columns]));
    }
    let sides = Sides {
        top: sides.0.top || sides.1.top,
        left: sides.0.left || sides.1.left,
        bottom: sides.0.bottom || sides.1.bottom,
        right: sides.0.right || sides.1.right,
    };
    if [sides.top, sides.left, sides.bottom, sides.right].into_iter().filter(|present| *present).count() >= 2 {
        shapes.push(RegionShape::Border(planes, sides));
    }
    shapes.push(RegionShape::Flat(planes));
    shapes
}

fn planes(shape: &RegionShape) -> Option<[Cut; 2]> {
    match *shape {
        RegionShape::Slice([n, o, ..]) | RegionShape::Flat([n, o]) | RegionShape::Border([n, o], _) => Some([n, o]),
        RegionShape::Scattered => None,
    }
}

/// The sides of a plane that a shape keeps to.
fn sides(shape: &RegionShape) -> Option<Sides> {
    let [begin, end] = [[Cut::First, Cut::Head], [Cut::Last, Cut::Tail]];
    match *shape {
        RegionShape::Slice([.., rows, columns]) => Some(Sides {
            top: begin.contains(&rows),
            left: begin.contains(&columns),
            bottom: end.contains(&rows),
            right: end.contains(&columns),
        }),
        RegionShape::Border(_, sides) => Some(sides),
        RegionShape::Flat(_) => Some(Sides { top: false, left: false, bottom: true, right: true }),
        RegionShape::Scattered => None,
    }
}

/// The tightest cut that is as wide as either, if there is one.
fn wider(one: Cut, other: Cut) -> Option<Cut> {
    let among = |cuts: [Cut; 3]| cuts.contains(&one) && cuts.contains(&other);
    if one == other {
        Some(one)
    } else if among([Cut::Last, Cut::Tail, Cut::All]) {
        Some(Cut::Tail)
    } else if among([Cut::First, Cut::Head, Cut::All]) {
        Some(Cut::Head)
    } else {
        None
    }
}

/// A shape with height and width exchanged.
pub fn mirrored(shape: &RegionShape) -> RegionShape {
    match *shape {
        RegionShape::Slice([n, o, i, j]) => RegionShape::Slice([n, o, j, i]),
        RegionShape::Border(planes, Sides { top, left, bottom, right }) => {
            RegionShape::Border(planes, Sides { top: left, left: top, bottom: right, right: bottom })
        }
        RegionShape::Flat(_) | RegionShape::Scattered => *shape,
    }
}
