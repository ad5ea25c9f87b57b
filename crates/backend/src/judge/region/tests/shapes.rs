//! Shapes of bugs: what the regions of many outputs have in common.

use super::*;

/// The sets that the planted defects make wrong, written down from their definitions, on outputs of all sizes up to
/// 2×11×9×9 or so; each with the shape that should explain all of them.
#[test]
fn one_defect_is_one_shape() {
    type Wrong = fn(&[usize; 4], [usize; 4]) -> bool;
    let defects: [(&str, &str, Wrong); 11] = [
        ("coreml-2515", "[:, :, -1, -1]", |[_, _, h, w], [_, _, i, j]| i + 1 == *h && j + 1 == *w),
        ("leftover-column", "[:, :, :, -1]", |[.., w], [_, _, _, j]| j + 1 == *w),
        ("channel-tail", "[:, :, :, :]", |_, _| true),
        ("output-channel-tail", "[:, k:, :, :]", |[_, o, _, _], [_, c, _, _]| *o > 8 && c >= o - o % 8),
        ("group-offset-lost", "[:, k:, :, :]", |[_, o, _, _], [_, c, _, _]| o % 2 == 0 && c >= o / 2),
        ("batch-stride", "[k:, :, :, :]", |_, [n, ..]| n >= 1),
        ("unwritten-rows", "[:, :, k:, :]", |[_, _, h, _], [_, _, i, _]| *h > 2 && i + 2 >= *h),
        ("tile-tail", "[:, :, k:, k:]", |[_, _, h, w], [_, _, i, j]| {
            h.div_ceil(4) * w.div_ceil(4) > 4 && i >= (h - 1) / 4 * 4 && j >= (w - 1) / 4 * 4
        }),
        ("pixel-tail", "[:, :, flat k:]", |[_, _, h, w], [_, _, i, j]| h * w > 4 && i * w + j >= h * w / 4 * 4),
        ("strides-swapped", "[:, :, flat k:]", |_, [_, _, i, j]| i + j > 0),
        ("end-pad-is-begin-pad", "[:, :, border bottom right]", |[_, _, h, w], [_, _, i, j]| {
            i + 1 == *h || j + 2 >= *w
        }),
    ];
    let mut lines = Vec::new();
    for (defect, explains, wrong) in defects {
        let explains: RegionShape = explains.parse().unwrap();
        let mut shapes = BTreeMap::new();
        let (mut all, mut explained) = (0, 0);
        for [n, o, h, w] in (0..2 * 11 * 9 * 9).map(|i| [i % 2 + 1, i / 2 % 11 + 1, i / 22 % 9 + 1, i / 198 % 9 + 1]) {
            let problem = of_output([n, o, h, w]);
            let size = shape_of(&problem);
            let indices = where_wrong(&problem, |at| wrong(&size, at));
            if indices.is_empty() {
                continue;
            }
            let region = Region::of(&problem, &indices);
            all += 1;
            explained += u32::from(region.could_be(&explains));
            *shapes.entry(region.shape()).or_insert(0) += 1;
        }
        let names: Vec<String> = shapes.iter().map(|(shape, count)| format!("{shape} {count}")).collect();
        lines.push(format!("{defect}: {explains} explains {explained} of {all}\n  {}", names.join("\n  ")));
    }
    assert_snapshot!(lines.join("\n"), @r"
    coreml-2515: [:, :, -1, -1] explains 1782 of 1782
      [:, :, :, :] 22
      [:, :, :, -1] 176
      [:, :, -1, :] 176
      [:, :, -1, -1] 1408
    leftover-column: [:, :, :, -1] explains 1782 of 1782
      [:, :, :, :] 198
      [:, :, :, -1] 1584
    channel-tail: [:, :, :, :] explains 1782 of 1782
      [:, :, :, :] 1782
    output-channel-tail: [:, k:, :, :] explains 486 of 486
      [:, -1, :, :] 162
      [:, k:, :, :] 324
    group-offset-lost: [:, k:, :, :] explains 810 of 810
      [:, -1, :, :] 162
      [:, k:, :, :] 648
    batch-stride: [k:, :, :, :] explains 891 of 891
      [-1, :, :, :] 891
    unwritten-rows: [:, :, k:, :] explains 1386 of 1386
      [:, :, k:, :] 1386
    tile-tail: [:, :, k:, k:] explains 198 of 198
      [:, :, -1, -1] 66
      [:, :, -1, k:] 66
      [:, :, k:, -1] 66
    pixel-tail: [:, :, flat k:] explains 880 of 880
      [:, :, :, -1] 44
      [:, :, :, k:] 44
      [:, :, -1, :] 176
      [:, :, -1, -1] 176
      [:, :, -1, k:] 396
      [:, :, k:, :] 44
    strides-swapped: [:, :, flat k:] explains 1760 of 1760
      [:, :, :, :] 64
      [:, :, :, -1] 22
      [:, :, :, k:] 154
      [:, :, -1, :] 22
      [:, :, k:, :] 154
      [:, :, flat k:] 1344
    end-pad-is-begin-pad: [:, :, border bottom right] explains 1782 of 1782
      [:, :, :, :] 551
      [:, :, flat k:] 153
      [:, :, border bottom right] 1078
    ");
}

#[test]
fn different_bugs_are_different_shapes() {
    let problem = of_output([2, 4, 5, 6]);
    let regions = [
        "[:, :, :, :]",
        "[:, :, -1, -1]",
        "[:, :, -1, :]",
        "[:, :, :, -1]",
        "[:, k:, :, :]",
        "[k:, :, :, :]",
        "[:, ::2, :, :]",
        "[:, 0, :, :]",
        "[:, :, 0, :]",
        "[:, :, k:k, k:k]",
        "[:, :, border bottom right]",
        "[:, :, flat k:]",
    ]
    .map(|text| text.parse::<RegionShape>().unwrap());
    let sets: [fn([usize; 4]) -> bool; 12] = [
        |_| true,
        |[_, _, i, j]| i == 4 && j == 5,
        |[_, _, i, _]| i == 4,
        |[_, _, _, j]| j == 5,
        |[_, o, _, _]| o >= 1,
        |[n, ..]| n >= 1,
        |[_, o, _, _]| o % 2 == 0,
        |[_, o, _, _]| o == 0,
        |[_, _, i, _]| i == 0,
        |[_, _, i, j]| (1..4).contains(&i) && (1..5).contains(&j),
        |[_, _, i, j]| i == 4 || j == 5,
        |[_, _, i, j]| i * 6 + j >= 27,
    ];
    let rows: Vec<String> = sets
        .map(|set| {
            let region = Region::of(&problem, &where_wrong(&problem, set));
            let others: Vec<String> =
                regions.iter().filter(|shape| region.could_be(shape)).map(ToString::to_string).collect();
            format!("{region}: {}", others.join(" or "))
        })
        .into();
    assert_snapshot!(rows.join("\n"), @r"
    [:, :, :, :]: [:, :, :, :]
    [:, :, -1, -1]: [:, :, -1, -1] or [:, :, flat k:]
    [:, :, -1, :]: [:, :, -1, :] or [:, :, border bottom right] or [:, :, flat k:]
    [:, :, :, -1]: [:, :, :, -1] or [:, :, border bottom right]
    [:, 1:, :, :]: [:, k:, :, :]
    [-1, :, :, :]: [k:, :, :, :]
    [:, ::2, :, :]: [:, ::2, :, :]
    [:, 0, :, :]: [:, 0, :, :]
    [:, :, 0, :]: [:, :, 0, :]
    [:, :, 1:-1, 1:-1]: [:, :, k:k, k:k]
    [:, :, border bottom 1 right 1]: [:, :, border bottom right]
    [:, :, -1, -3:]: [:, :, flat k:]
    ");
}

#[test]
fn what_names_nothing_in_an_output_is_not_read() {
    let problem = of_output([1, 2, 3, 4]);
    for text in [
        "",
        "scattered",
        "[:, :, :]",
        "[:, :, 5, :]",
        "[:, -3, :, :]",
        "[:, :, ::0, :]",
        "[:, :, x, :]",
        "[:, :, border up 1]",
        "[:, :, border top]",
        "[:, :, flat -3]x",
        "[1:, :, :, :]",
    ] {
        assert_eq!(Region::read(text, &problem), None, "{text}");
    }
    // As others would write it.
    let region = Region::read(" [0:1,:,-1,-2:4] ", &problem).unwrap();
    assert_eq!(region.to_string(), "[:, :, -1, -2:]");
}

/// What the regions of a bug have in common, where none of them is called so.
#[test]
fn what_regions_have_in_common_is_the_tightest_shape_of_all() {
    type Wrong = fn(&[usize; 4], [usize; 4]) -> bool;
    let common_of = |sizes: &[[u32; 4]], wrong: Wrong| {
        let regions: Vec<Region> = sizes
            .iter()
            .map(|size| {
                let problem = of_output(*size);
                let size = shape_of(&problem);
                Region::of(&problem, &where_wrong(&problem, |at| wrong(&size, at)))
            })
            .collect();
        common(&regions.iter().collect::<Vec<_>>()).map(|shape| shape.to_string()).unwrap_or_default()
    };
    let planes: Vec<[u32; 4]> = (1..=49).map(|i| [1, 2, i / 7 + 1, i % 7 + 1]).collect();
    let tall: Vec<[u32; 4]> = [[7, 1], [3, 3], [5, 3], [2, 7], [3, 7]].map(|[h, w]| [1, 2, h, w]).into();
    let flat: Wrong = |[_, _, h, w], [_, _, i, j]| i * w + j >= (h * w - 1) / 4 * 4;
    let names = [
        common_of(&planes, |_, _| true),
        common_of(&planes, |[_, _, h, w], [_, _, i, j]| i + 1 == *h && j + 1 == *w),
        common_of(&planes, |[.., w], [_, _, _, j]| j + 2 >= *w),
        common_of(&planes, flat),
        // None of these has a name that wraps round the end of a row.
        common_of(&tall, |[_, _, h, w], [_, _, i, j]| i * w + j >= h * w / 4 * 4),
        common_of(&planes, |[_, _, h, w], [_, _, i, j]| i + 2 >= *h && j + 2 >= *w),
        common_of(&planes, |[_, _, h, w], [_, _, i, j]| i == 0 || j + 1 == *w || i + 1 == *h),
        common_of(&[[1, 4, 2, 2], [1, 2, 2, 2], [1, 6, 3, 3]], |_, [_, o, _, _]| o > 0),
        common_of(&[[1, 2, 2, 2], [1, 2, 3, 2]], |_, [_, o, _, _]| o > 0),
        common_of(&planes, |[_, _, h, w], [_, _, i, j]| (i * 7 + j * 3) % 5 < 2 || i + j + 2 == h + w),
    ];
    assert_eq!(common(&[]), None);
    assert_snapshot!(names.join("\n"), @r"
    [:, :, :, :]
    [:, :, -1, -1]
    [:, :, :, k:]
    [:, :, flat k:]
    [:, :, flat k:]
    [:, :, k:, k:]
    [:, :, border top bottom right]
    [:, k:, :, :]
    [:, -1, :, :]
    scattered
    ");
}

#[test]
fn texts_that_are_no_shape_are_refused() {
    for text in [
        "",
        "[]",
        "[:, :, :]",
        "[:, :, -2, :]",
        "[:, :, border]",
        "[:, :, border top]",
        "[:, :, border top up]",
        "Scattered",
    ] {
        let error = text.parse::<RegionShape>().unwrap_err();
        assert!(error.to_string().starts_with(&format!("`{text}` is no region shape")), "{error}");
    }
}
