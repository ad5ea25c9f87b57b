use super::*;
use crate::problem::{Hw, Padding, Parameters};
use insta::assert_snapshot;
use proptest::prelude::*;
use std::collections::BTreeMap;

mod shapes;

/// A problem of kernel 1×1 whose output is `shape`, N×O×OH×OW.
fn of_output([n, o, h, w]: [u32; 4]) -> Problem {
    let input = Hw { h, w };
    Problem::new(Parameters { batch: n, out_channels: o, input, ..Parameters::default() }).unwrap()
}

fn shape_of(problem: &Problem) -> [usize; 4] {
    let output = problem.output();
    [problem.batch, problem.out_channels, output.h, output.w].map(|size| size as usize)
}

/// The indices for which `wrong` holds.
fn where_wrong(problem: &Problem, wrong: impl Fn([usize; 4]) -> bool) -> Vec<usize> {
    let [_, o, h, w] = shape_of(problem);
    (0..problem.output_len() as usize)
        .filter(|index| wrong([index / (o * h * w), index / (h * w) % o, index / w % h, index % w]))
        .collect()
}

fn name(shape: [u32; 4], wrong: impl Fn([usize; 4]) -> bool) -> String {
    let problem = of_output(shape);
    Region::of(&problem, &where_wrong(&problem, wrong)).to_string()
}

/// The indices that Python's `range(size)[text]` has.
fn python_slice(text: &str, size: usize) -> Vec<usize> {
    let bound = |text: &str| -> usize {
        let number: i64 = text.parse().unwrap();
        (if number < 0 { number + size as i64 } else { number }).clamp(0, size as i64) as usize
    };
    let parts: Vec<&str> = text.split(':').collect();
    match parts[..] {
        [index] => vec![bound(index)],
        [start, stop] | [start, stop, ""] => python_slice(&format!("{start}:{stop}:1"), size),
        [start, stop, step] => {
            let start = if start.is_empty() { 0 } else { bound(start) };
            let stop = if stop.is_empty() { size } else { bound(stop) };
            (start..stop).step_by(step.parse().unwrap()).collect()
        }
        _ => panic!("`{text}` is no slice"),
    }
}

/// The row-major indices that a region's text names, as its documentation says.
fn expand(text: &str, problem: &Problem) -> Vec<usize> {
    let [n, o, h, w] = shape_of(problem);
    let parts: Vec<&str> = text.strip_prefix('[').unwrap().strip_suffix(']').unwrap().split(", ").collect();
    let (images, channels) = (python_slice(parts[0], n), python_slice(parts[1], o));
    let pixels: Vec<usize> = match parts[2..] {
        [rows, columns] => {
            let columns = python_slice(columns, w);
            python_slice(rows, h).iter().flat_map(|i| columns.iter().map(move |j| i * w + j)).collect()
        }
        [plane] => match plane.strip_prefix("flat ") {
            Some(slice) => python_slice(slice, h * w),
            None => {
                let words: Vec<&str> = plane.strip_prefix("border ").unwrap().split(' ').collect();
                let wide = |side| words.iter().position(|&w| w == side).map_or(0, |at| words[at + 1].parse().unwrap());
                let (top, left, bottom, right): (usize, usize, usize, usize) =
                    (wide("top"), wide("left"), wide("bottom"), wide("right"));
                (0..h * w)
                    .filter(|p| p / w < top || p / w >= h - bottom || p % w < left || p % w >= w - right)
                    .collect()
            }
        },
        _ => panic!("{text}"),
    };
    images
        .iter()
        .flat_map(|n| channels.iter().map(move |c| n * o + c))
        .flat_map(|plane| pixels.iter().map(move |pixel| plane * h * w + pixel))
        .collect()
}

#[test]
fn slices_have_the_shortest_names() {
    let names: Vec<String> = [
        name([2, 4, 5, 6], |_| true),
        name([2, 4, 5, 6], |[_, _, i, j]| i == 4 && j == 5),
        name([2, 4, 5, 6], |[_, _, i, _]| i == 4),
        name([2, 4, 5, 6], |[_, o, _, _]| o >= 1),
        name([2, 4, 5, 6], |[_, o, _, j]| o % 2 == 0 && j >= 4),
        name([2, 4, 5, 6], |[_, o, _, _]| o % 2 == 1),
        name([2, 9, 5, 6], |[_, o, _, _]| o % 3 == 2),
        name([2, 9, 5, 6], |[_, o, i, _]| o == 1 && i == 2),
        name([2, 9, 5, 6], |[n, o, _, _]| n == 1 && o == 7),
        name([2, 9, 5, 6], |[_, o, _, j]| (o == 1 || o == 4) && j < 5),
        name([1, 9, 5, 6], |[_, _, i, j]| i > 0 && i < 4 && j > 0 && j < 5),
        name([1, 1, 9, 9], |[_, _, i, j]| (1..3).contains(&i) && (6..8).contains(&j)),
        name([1, 1, 9, 9], |[_, _, i, j]| i >= 5 && j < 4),
        name([1, 1, 1, 1], |_| true),
    ]
    .into();
    assert_snapshot!(names.join("\n"), @r"
    [:, :, :, :]
    [:, :, -1, -1]
    [:, :, -1, :]
    [:, 1:, :, :]
    [:, ::2, :, -2:]
    [:, 1::2, :, :]
    [:, 2::3, :, :]
    [:, 1, -3, :]
    [-1, -2, :, :]
    [:, 1:5:3, :, :-1]
    [:, :, 1:-1, 1:-1]
    [:, :, 1:3, -3:-1]
    [:, :, -4:, :4]
    [:, :, :, :]
    ");
}

#[test]
fn planes_have_borders_and_flat_ends() {
    let names: Vec<String> = [
        name([1, 2, 5, 6], |[_, _, i, j]| i == 0 || i == 4 || j == 0 || j == 5),
        name([1, 2, 5, 6], |[_, _, i, j]| i == 4 || j >= 4),
        name([1, 2, 5, 6], |[_, o, i, _]| o == 1 && (i == 0 || i == 4)),
        name([1, 2, 5, 6], |[_, _, _, j]| j < 2 || j == 5),
        name([1, 2, 5, 3], |[_, _, _, j]| j != 1),
        name([1, 2, 4, 2], |[_, _, i, j]| i * 2 + j >= 5),
        name([2, 2, 4, 3], |[n, _, i, j]| n == 1 && i + j > 0),
        name([1, 2, 5, 6], |[_, _, i, j]| i == j),
        name([1, 2, 5, 6], |[_, _, i, j]| (i + j) % 2 == 0),
    ]
    .into();
    assert_snapshot!(names.join("\n"), @r"
    [:, :, border top 1 left 1 bottom 1 right 1]
    [:, :, border bottom 1 right 2]
    [:, -1, border top 1 bottom 1]
    [:, :, border left 2 right 1]
    [:, :, border left 1 right 1]
    [:, :, flat -3:]
    [-1, :, flat -11:]
    scattered
    scattered
    ");
}

#[test]
fn right_elements_by_accident_keep_the_name() {
    // Every twentieth element is right.
    let accident = |[_, o, i, j]: [usize; 4]| (o * 30 + i * 6 + j) % 20 == 7;
    let names: Vec<String> = [
        name([1, 4, 5, 6], |at| !accident(at)),
        name([1, 4, 5, 6], |at| at[1] >= 2 && !accident(at)),
        name([1, 4, 5, 6], |at| (at[2] == 4 || at[3] >= 4) && !accident(at)),
        name([1, 4, 4, 2], |at| at[2] * 2 + at[3] >= 5 && at != [0, 2, 3, 0]),
        name([1, 8, 2, 2], |at| at[2] == 1 && at[3] == 1 && at[1] != 3),
        // One right pixel in one plane: more likely an accident than the border that it leaves.
        name([1, 1, 5, 5], |[_, _, i, j]| (i, j) != (2, 2)),
        name([1, 1, 5, 5], |[_, _, i, j]| (i, j) != (0, 0)),
    ]
    .into();
    assert_snapshot!(names.join("\n"), @r"
    [:, :, :, :]
    [:, -2:, :, :]
    [:, :, border bottom 1 right 2]
    [:, :, flat -3:]
    [:, :, -1, -1]
    [:, :, :, :]
    [:, :, :, :]
    ");
    let problem = of_output([1, 4, 5, 6]);
    let region = Region::of(&problem, &where_wrong(&problem, |at| !accident(at)));
    assert_eq!(region.coverage(), 114.0 / 120.0);
}

#[test]
fn windows_that_read_only_padding_are_left_out_of_account() {
    let mut parameters = of_output([1, 2, 3, 4]).parameters();
    parameters.padding = Padding { top: 1, left: 0, bottom: 1, right: 2 };
    let problem = Problem::new(parameters).unwrap();
    assert_eq!(shape_of(&problem), [1, 2, 5, 6]);
    let alive = |[_, _, i, j]: [usize; 4]| (1..=3).contains(&i) && j <= 3;
    let name = |wrong: fn([usize; 4]) -> bool| {
        let region = Region::of(&problem, &where_wrong(&problem, |at| alive(at) && wrong(at)));
        assert_eq!(region.coverage(), 1.0);
        region.to_string()
    };
    let names: Vec<String> = [
        name(|_| true),
        name(|[_, o, _, _]| o == 1),
        name(|[_, _, _, j]| j == 0),
        name(|[_, _, i, _]| i >= 2),
        name(|[_, _, i, j]| i == 3 && j == 3),
        name(|[_, _, i, j]| i == 3 || j >= 2),
    ]
    .into();
    assert_snapshot!(names.join("\n"), @r"
    [:, :, :, :]
    [:, -1, :, :]
    [:, :, :, 0]
    [:, :, 2:, :]
    [:, :, -2, -3]
    [:, :, border bottom 2 right 4]
    ");
    // The last row and column that read input count as last.
    let corner = Region::of(&problem, &where_wrong(&problem, |[_, _, i, j]| i == 3 && j == 3));
    assert_eq!(corner.shape().to_string(), "[:, :, -1, -1]");
    // What is wrong there nonetheless, as a lost bias is, counts.
    let region = Region::of(&problem, &where_wrong(&problem, |[_, o, _, _]| o == 1));
    assert_eq!((region.to_string().as_str(), region.coverage()), ("[:, -1, :, :]", 1.0));
}

/// All outputs of up to 2×2×3×3 and every set of wrong elements in those of up to ten elements.
#[test]
fn every_set_in_small_outputs_is_inside_its_name() {
    for shape in small_shapes() {
        let problem = of_output(shape);
        let len = problem.output_len() as usize;
        if len > 10 {
            continue;
        }
        for set in 1u32..1 << len {
            let wrong: Vec<usize> = (0..len).filter(|index| set >> index & 1 == 1).collect();
            check(&problem, &wrong);
        }
    }
}

fn small_shapes() -> impl Iterator<Item = [u32; 4]> {
    (0..2 * 2 * 3 * 3).map(|i| [i % 2 + 1, i / 2 % 2 + 1, i / 4 % 3 + 1, i / 12 % 3 + 1])
}

/// Regions that are counted together could be the same shapes: every set in small outputs, against all their shapes.
#[test]
fn regions_of_one_ambiguity_could_be_the_same() {
    let mut regions = BTreeMap::new();
    let mut alike = 0;
    let shapes: Vec<_> = (1..=8).flat_map(|w| [[1, 1, 1, w], [1, 1, w, 1], [1, w, 1, 1], [w, 1, 1, 1]]).collect();
    for shape in small_shapes().chain(shapes) {
        let problem = of_output(shape);
        let len = problem.output_len() as usize;
        for set in 1u32..1 << if len > 9 { 0 } else { len } {
            let wrong: Vec<usize> = (0..len).filter(|index| set >> index & 1 == 1).collect();
            let region = Region::of(&problem, &wrong);
            regions.entry((region.shape(), region.ambiguity())).or_insert_with(Vec::new).push(region);
        }
    }
    let shapes: std::collections::BTreeSet<RegionShape> = regions.keys().map(|(shape, _)| *shape).collect();
    for regions in regions.values() {
        for shape in &shapes {
            let first = regions[0].could_be(shape);
            for region in regions {
                assert_eq!(region.could_be(shape), first, "{} {region:?} could be {shape}", regions[0]);
                alike += 1;
            }
        }
    }
    assert!(alike > 10_000, "{alike}");
}

/// What holds of the region of any set, where no window reads only padding.
fn check(problem: &Problem, wrong: &[usize]) {
    let region = Region::of(problem, wrong);
    let shape = region.shape();
    assert!(region.could_be(&shape), "{problem:?} {wrong:?}: {region} is no {shape}");
    assert_eq!(shape.to_string().parse(), Ok(shape));
    let text = region.to_string();
    if text == "scattered" {
        assert!(region.coverage() < 0.75);
        return;
    }
    let named = expand(&text, problem);
    let read = Region::read(&text, problem).unwrap();
    assert_eq!((read, read.coverage()), (Region::of(problem, &named), 1.0));
    assert!(wrong.iter().all(|index| named.contains(index)), "{problem:?}: {text} lacks some of {wrong:?}");
    assert_eq!(region.coverage(), wrong.len() as f64 / named.len() as f64, "{problem:?} {wrong:?} {text}");
    assert!(region.coverage() >= 0.75);
}

proptest! {
    /// A slice is named so that its name gives it back, whatever its bounds and steps.
    #[test]
    fn slices_are_recovered(
        dimensions in prop::array::uniform4((1usize..8, 0usize..8, 0usize..8, 1usize..4)),
    ) {
        let sets = dimensions.map(|(size, start, len, step)| {
            let start = start % size;
            (start..=(start + len).min(size - 1)).step_by(step).collect::<Vec<_>>()
        });
        let problem = of_output(dimensions.map(|(size, ..)| size as u32));
        let wrong = where_wrong(&problem, |at| (0..4).all(|d| sets[d].contains(&at[d])));
        let region = Region::of(&problem, &wrong);
        prop_assert_eq!(region.coverage(), 1.0);
        prop_assert_eq!(expand(&region.to_string(), &problem), wrong);
    }

    #[test]
    fn any_set_is_inside_its_name(
        shape in prop::array::uniform4(1u32..6),
        bits in prop::collection::vec(0u8..8, 625),
        right in 0u8..8,
    ) {
        let problem = of_output(shape);
        let wrong: Vec<usize> = (0..problem.output_len() as usize).filter(|&i| bits[i] >= right).collect();
        if !wrong.is_empty() {
            check(&problem, &wrong);
        }
    }

    /// Borders come back, with whatever widths.
    #[test]
    fn borders_are_recovered(h in 1usize..5, w in 1usize..5, widths in prop::array::uniform4(0usize..3), o in 2u32..4) {
        let [top, left, bottom, right] = widths;
        prop_assume!(widths.iter().filter(|&&width| width > 0).count() >= 2);
        let problem = of_output([1, o, (top + h + bottom) as u32, (left + w + right) as u32]);
        let wrong = where_wrong(&problem, |[_, _, i, j]| {
            i < top || i >= top + h || j < left || j >= left + w
        });
        let region = Region::of(&problem, &wrong);
        prop_assert_eq!(expand(&region.to_string(), &problem), wrong);
        let sides = Sides::from_array(widths.map(|width| width > 0));
        prop_assert!(region.could_be(&RegionShape::Border([Cut::All, Cut::All], sides)), "{}", region);
    }
}

#[test]
fn what_could_not_be_wrong_cuts_nothing_off() {
    let problem = of_output([3, 2, 2, 7]);
    let among = |wrong: &dyn Fn([usize; 4]) -> bool, pixels: Option<Vec<bool>>, images: [bool; 3]| {
        let noticing = Noticing { pixels, images: images.to_vec(), channels: vec![true; 2] };
        let wrong = where_wrong(&problem, wrong);
        Region::among(&problem, &wrong, &noticing).to_string()
    };
    // Behind the last image there is no memory to read.
    assert_eq!(among(&|[n, .., j]| n < 2 && j == 6, None, [true; 3]), "[:-1, :, :, -1]");
    assert_eq!(among(&|[n, .., j]| n < 2 && j == 6, None, [true, true, false]), "[:, :, :, -1]");
    // Of every other column, the first lies in the padding.
    let odd = |[.., j]: [usize; 4]| j == 3 || j == 5;
    let all_but_the_first = (0..14).map(|pixel| pixel % 7 > 1).collect();
    assert_eq!(among(&odd, Some(all_but_the_first), [true; 3]), "[:, :, :, 1::2]");
}
