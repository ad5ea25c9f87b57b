use proptest::prelude::*;

use super::*;
use crate::problem::{Hw, Padding, Parameters};

fn read(text: &str) -> Condition {
    text.parse().unwrap_or_else(|error: ConditionError| panic!("{error}\n{}", error.pointing(text)))
}

fn refused(text: &str) -> String {
    let error = text.parse::<Condition>().expect_err(text);
    format!("{error}\n{}", error.pointing(text))
}

fn coreml_2515() -> Problem {
    Problem::new(Parameters {
        in_channels: 2,
        out_channels: 2,
        input: Hw::square(5),
        kernel: Hw { h: 3, w: 2 },
        stride: Hw::square(2),
        padding: Padding::uniform(1),
        ..Parameters::default()
    })
    .unwrap()
}

#[test]
fn says_what_holds() {
    let problem = coreml_2515();
    for text in [
        "in_channels / groups > 1 and kernel_h != kernel_w and max(stride_h, stride_w) > 1 and \
         exactly_one(remainder_h == 0, remainder_w == 0) and pad_total > 0",
        "in_channels_per_group > 1 and one_axis(remainder == 0)",
        "not bias",
        "bias or true",
        "1 <= in_channels <= 2 <= stride_h",
        "(input_h + pad_top) mod 4 = 2",
        "-1 mod 4 == 3 and -1 / 4 == -1 and 1 / -4 == -1 and -4 / 4 == -1",
        "some_axis(kernel > 2) and not both_axes(kernel > 2)",
        "some_axis(kernel == kernel_w)",
        "effective_pad_right == 0 and effective_pad_bottom == 1",
        "not in_channels / (groups - 1) == 1 && not in_channels / (groups - 1) != 1",
        "input_h ≥ 5 and input_h ≤ 5 and input_h ≠ 4 || false",
    ] {
        assert!(read(text).holds(&problem), "{text}");
    }
    for text in ["bias", "false", "5 < input_h", "work * 9223372036854775807 > 0", "one_axis(stride > 1)"] {
        assert!(!read(text).holds(&problem), "{text}");
    }
}

#[test]
fn errors_point_at_the_place() {
    insta::assert_snapshot!(
        [
            "in_chanels > 1",
            "stride > 1",
            "some_axis(kernal > 1)",
            "in_channels",
            "in_channels > 1 and",
            "in_channels > 1 groups > 1",
            "(in_channels > 1",
            "in_channels + (groups > 1) > 2",
            "in_channels ≥ ß",
            "in_channels > 99999999999999999999",
            "some_axis(one_axis(stride > 1))",
            "exactly_one()",
            "",
        ]
        .map(refused)
        .join("\n\n"),
        @r#"
        there is no feature `in_chanels`; did you mean `in_channels`? (byte 0)
        in_chanels > 1
        ^

        `stride` is a quantity of one axis: write `stride_h` or `stride_w`, or put it inside some_axis(...) (byte 0)
        stride > 1
        ^

        there is no feature `kernal`; did you mean `kernel`? (byte 10)
        some_axis(kernal > 1)
                  ^

        this is a number; a condition compares it, as in `in_channels > 4` (byte 0)
        in_channels
        ^

        expected a feature, a number or `(`, found the end (byte 19)
        in_channels > 1 and
                           ^

        expected `and`, `or` or the end, found `groups` (byte 16)
        in_channels > 1 groups > 1
                        ^

        expected an operator or `)`, found the end (byte 16)
        (in_channels > 1
                        ^

        this is true or false, and can't be reckoned with (byte 14)
        in_channels + (groups > 1) > 2
                      ^

        expected a feature, a number or an operator, found `ß` (byte 16)
        in_channels ≥ ß
                      ^

        this number is too large (byte 14)
        in_channels > 99999999999999999999
                      ^

        some_axis, one_axis and both_axes can't be nested (byte 10)
        some_axis(one_axis(stride > 1))
                  ^

        expected a feature, a number or `(`, found `)` (byte 12)
        exactly_one()
                    ^

        expected a feature, a number or `(`, found the end (byte 0)

        ^
        "#
    );
}

#[test]
fn nesting_without_end_is_refused() {
    for text in ["(".repeat(100_000), "not ".repeat(100_000), format!("{}1 > 0", "-".repeat(100_000))] {
        let error = text.parse::<Condition>().unwrap_err();
        assert_eq!(error.reason, ConditionErrorReason::TooDeep);
    }
}

#[test]
fn words() {
    let texts = [
        "in_channels_per_group > 1 and kernel_h != kernel_w and some_axis(stride > 1) and one_axis(remainder == 0) \
         and pad_total > 0",
        "in_channels_per_group > 4 and in_channels_per_group mod 4 != 0",
        "some_axis(pad_end > pad_begin)",
        "kernel_h == 3 and kernel_w == 3 and output_tiles_4 mod 8 > 4",
        "8 <= in_channels <= 16 and out_channels <= 16 and pad_right > 0",
        "bias and groups > 1 and kernel_area == 1",
        "batch > 1 and input_w mod 2 == 1",
        "groups == in_channels and stride_w == 2 and input_elements mod 16 == 1",
        "groups > 1 and (dilation_h > 1 or not bias)",
        "remainder_w > 0 or remainder_h > 0 and output_w != 9",
        "not some_axis(remainder > 0) and stride_h * 2 > kernel_h + 1",
    ];
    insta::assert_snapshot!(texts.map(|text| read(text).in_words()).join("\n"), @r#"
    there is more than one input channel per group, the kernel is not square, on some axis the stride is more than 1, exactly one axis leaves a remainder and there is padding
    the number of input channels per group is more than 4 and not a multiple of 4
    on some axis the end pad is more than the begin pad
    the kernel size along h is 3, the kernel size along w is 3 and the number of 4x4 tiles that cover an output plane modulo 8 is more than 4
    the number of input channels is from 8 to 16, the number of output channels is at most 16 and the right pad is more than 0
    there is a bias and more than one group and the kernel is 1x1
    there is more than one image and the input size along w is odd
    the number of groups equals the number of input channels, the stride along w is 2 and the number of input elements modulo 16 is 1
    there is more than one group and (either the dilation along h is more than 1, or there is no bias)
    either the width leaves a remainder, or the height leaves a remainder and the output size along w is not 9
    it is not so that some axis leaves a remainder and stride_h * 2 is more than kernel_h + 1
    "#);
}

/// Each parameter moved from each of a few problems that leave room: what moves a feature is what its row names.
#[test]
fn features_depend_on_what_their_rows_say() {
    let start = Parameters { in_channels: 12, out_channels: 12, groups: 2, ..coreml_2515().parameters() };
    let mut bases = vec![start];
    for (stride, kernel) in [((2, 3), (2, 3)), ((3, 2), (2, 2)), ((3, 3), (2, 3)), ((1, 2), (4, 1)), ((2, 3), (3, 3))] {
        for (dilation, input) in [
            ((1, 1), (5, 5)),
            ((2, 1), (7, 6)),
            ((1, 3), (2, 7)),
            ((1, 1), (19, 21)),
            ((1, 1), (2, 2)),
            ((1, 2), (2, 2)),
        ] {
            let [stride, kernel, dilation, input] = [stride, kernel, dilation, input].map(|(h, w)| Hw { h, w });
            bases.push(Parameters { stride, kernel, dilation, input, ..start });
        }
    }
    assert_eq!(Feature::parameters().count(), 17);
    for feature in Feature::all() {
        let mut moved_by = std::collections::BTreeSet::new();
        for base in &bases {
            let Ok(problem) = Problem::new(*base) else { continue };
            let before = feature.value(&problem);
            for (parameter, value) in Feature::parameters().flat_map(|parameter| (0..14).map(move |v| (parameter, v))) {
                let mut changed = *base;
                assert!(parameter.set(&mut changed, value));
                if Problem::new(changed).is_ok_and(|problem| feature.value(&problem) != before) {
                    moved_by.insert(parameter);
                }
            }
        }
        let said = feature.depends_on().into_iter().collect();
        assert_eq!(moved_by, said, "{feature:?}");
        assert_eq!(Feature::named(feature.name()), Some(feature));
        assert_eq!(feature.is_parameter(), feature.set(&mut start.clone(), 1), "{feature:?}");
    }
}

fn feature() -> impl Strategy<Value = Feature> {
    prop::sample::select(Feature::all().collect::<Vec<_>>())
}

fn expression(inside_axes: bool) -> impl Strategy<Value = Expression> {
    let bare = prop::sample::select(AxisFeature::all().collect::<Vec<_>>()).prop_map(Expression::Axis);
    let named = feature().prop_map(Expression::Feature);
    let leaf = prop_oneof![
        (-20i64..200).prop_map(Expression::Number),
        if inside_axes { bare.boxed() } else { named.boxed() },
    ];
    let operators = [Operator::Plus, Operator::Minus, Operator::Times, Operator::Over, Operator::Modulo];
    leaf.prop_recursive(3, 8, 3, move |inner| {
        prop_oneof![
            (inner.clone(), prop::sample::select(operators.to_vec()), inner.clone())
                .prop_map(|(left, operator, right)| Expression::Arithmetic(left.into(), operator, right.into())),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Expression::Least),
            prop::collection::vec(inner, 1..3).prop_map(Expression::Greatest),
        ]
    })
}

fn node(inside_axes: bool) -> BoxedStrategy<Node> {
    use Relation::{AtLeast, AtMost, Equal, Less, More, NotEqual};
    let relation = prop::sample::select(vec![Equal, NotEqual, Less, AtMost, More, AtLeast]);
    let links = prop::collection::vec((relation, expression(inside_axes)), 1..3);
    let compare = (expression(inside_axes), links).prop_map(|(first, links)| Node::Compare(first, links));
    let leaf = prop_oneof![1 => any::<bool>().prop_map(Node::Constant), 9 => compare];
    let tree = leaf.prop_recursive(3, 12, 3, |inner| {
        let parts = |least| prop::collection::vec(inner.clone(), least..4);
        prop_oneof![
            parts(2).prop_map(Node::All),
            parts(2).prop_map(Node::Any),
            parts(1).prop_map(Node::ExactlyOne),
            inner.prop_map(|part| Node::Not(part.into())),
        ]
    });
    if inside_axes {
        return tree.boxed();
    }
    let axes = (prop::sample::select(Axes::ALL.to_vec()), node(true));
    prop_oneof![3 => tree.clone(), 1 => axes.prop_map(|(axes, part)| Node::Axes(axes, part.into()))].boxed()
}

proptest! {
    #[test]
    fn display_reads_back(node in node(false)) {
        let condition = Condition(node);
        let text = condition.to_string();
        let again = text.parse::<Condition>();
        if again.as_ref().is_err_and(|error| error.reason == ConditionErrorReason::DivisionByZero) {
            prop_assert!([" / 0", " mod 0", " % 0"].iter().any(|by_zero| text.contains(by_zero)), "{}", text);
            return Ok(());
        }
        prop_assert_eq!(again.as_ref(), Ok(&condition), "{}", text);
        prop_assert!(!condition.in_words().is_empty());
    }

    #[test]
    fn any_text_is_read_or_refused_within_it(text in "[a-z_0-9()<>=!+*/%,≤ -]{0,40}") {
        if let Err(error) = text.parse::<Condition>() {
            prop_assert!(error.at <= text.len() && text.is_char_boundary(error.at));
        }
    }
}
