//! Axes and spaces as text.

use super::small;
use crate::problem::LARGEST;
use crate::problem::space::{Axes, Axis, AxisError, Bias, ChannelAxis, Space};

#[test]
fn axes_are_read() {
    for (text, values) in [
        ("7", vec![[7, 7]]),
        ("1..=3", vec![[1, 1], [2, 2], [3, 3]]),
        (" 1, 2 ,8 ", vec![[1, 1], [2, 2], [8, 8]]),
        ("3..=12/4", vec![[3, 3], [7, 7], [11, 11]]),
        ("1,2x5,3", vec![[1, 5], [1, 3], [2, 5], [2, 3]]),
        ("2..=3+1x3+3", vec![[2, 2], [3, 3], [1, 3]]),
        ("2,2,1..=2", vec![[2, 2], [1, 1]]),
        ("2147483647", vec![[LARGEST, LARGEST]]),
    ] {
        assert_eq!(text.parse::<Axis<2>>().unwrap().values(), values, "{text}");
    }
    let pads = |text: &str| text.parse::<Axis<4>>().unwrap().values().to_vec();
    assert_eq!(pads("1"), [[1, 1, 1, 1]]);
    assert_eq!(pads("1x0,2"), [[1, 0, 1, 0], [1, 2, 1, 2]]);
    assert_eq!(pads("1:0:2:0,3"), [[1, 0, 2, 0], [1, 0, 2, 3]]);
}

#[test]
fn texts_of_axes_are_canonical() {
    for (text, canonical) in [
        ("1,2,3,4", "1..=4"),
        ("1 ,2", "1,2"),
        ("1..=2", "1,2"),
        ("3..=30/4", "3..=27/4"),
        ("8,1..=4,10,12,14", "8,1..=4,10..=14/2"),
        ("4,3,2,1", "4,3,2,1"),
        ("1..=3 x 2 + 5", "1..=3x2+5"),
    ] {
        assert_eq!(text.parse::<Axis<2>>().unwrap().to_string(), canonical, "{text}");
        assert_eq!(canonical.parse::<Axis<2>>().unwrap().to_string(), canonical);
    }
    for (text, canonical) in [("depthwise,1", "1,in"), ("in*2,1,2,3,in", "1..=3,in*2,in"), ("in", "in")] {
        assert_eq!(text.parse::<ChannelAxis>().unwrap().to_string(), canonical, "{text}");
    }
}

#[test]
fn bad_axes_are_pointed_at() {
    fn error<T: std::str::FromStr<Err = AxisError>>(text: &str) -> String {
        text.parse::<T>().map(|_| ()).unwrap_err().to_string()
    }
    let one = [
        "",
        "x",
        "1,",
        "1..4",
        "1..=",
        "4..=1",
        "1..=4/0",
        "1..=4/",
        "-1",
        "1.5",
        "2147483648",
        "4294967296",
        "99999999999999999999",
        "0..=2147483647",
        "1 2",
        "1x2",
        "1;2",
        "1..=3+",
        "1×2",
    ];
    let mut lines: Vec<_> = one.into_iter().map(error::<Axis<1>>).collect();
    lines.extend(["1x", "1x2x3", "1:2:3:4", "1..=2000x1..=2000"].map(error::<Axis<2>>));
    lines.extend(["1:2", "1:2:3", "1:2:3:4:5", "1x2:3", "0..=99:0..=99:0..=99:0..=99"].map(error::<Axis<4>>));
    lines.extend(["out", "in*", "in*x", "1,,in", "in+1", ""].map(error::<ChannelAxis>));
    lines.push(error::<Bias>("maybe"));
    insta::assert_snapshot!(lines.join("\n"), @r#"
        ``, byte 0: expected a number, found the end
        `x`, byte 0: expected a number, found `x`
        `1,`, byte 2: expected a number, found the end
        `1..4`, byte 0: ranges include both ends and are written `first..=last`
        `1..=`, byte 4: expected a number, found the end
        `4..=1`, byte 0: the range is empty: 4 is more than 1
        `1..=4/0`, byte 6: a step must be at least 1
        `1..=4/`, byte 6: expected a number, found the end
        `-1`, byte 0: expected a number, found `-`
        `1.5`, byte 1: expected `,`, `+` or the end, found `.`
        `2147483648`, byte 0: 2147483648 is too large; at most 2147483647
        `4294967296`, byte 0: 4294967296 is too large; at most 2147483647
        `99999999999999999999`, byte 0: 99999999999999999999 is too large; at most 2147483647
        `0..=2147483647`, byte 0: more than 1048576 values
        `1 2`, byte 2: expected `,`, `+` or the end, found `2`
        `1x2`, byte 1: expected `,`, `+` or the end, found `x`
        `1;2`, byte 1: expected `,`, `+` or the end, found `;`
        `1..=3+`, byte 6: expected a number, found the end
        `1×2`, byte 1: expected `,`, `+` or the end, found `×`
        `1x`, byte 2: expected a number, found the end
        `1x2x3`, byte 3: expected `,`, `x`, `+` or the end, found `x`
        `1:2:3:4`, byte 1: expected `,`, `x`, `+` or the end, found `:`
        `1..=2000x1..=2000`, byte 0: more than 1048576 values
        `1:2`, byte 3: expected `:`, for the pads are top:left:bottom:right, found the end
        `1:2:3`, byte 5: expected `:`, for the pads are top:left:bottom:right, found the end
        `1:2:3:4:5`, byte 7: expected `,`, `x`, `:`, `+` or the end, found `:`
        `1x2:3`, byte 3: expected `,`, `x`, `:`, `+` or the end, found `:`
        `0..=99:0..=99:0..=99:0..=99`, byte 0: more than 1048576 values
        `out`, byte 0: expected a number, `in` or `depthwise`, found `o`
        `in*`, byte 3: expected a number, found the end
        `in*x`, byte 3: expected a number, found `x`
        `1,,in`, byte 2: expected a number, `in` or `depthwise`, found `,`
        `in+1`, byte 2: expected `,` or the end, found `+`
        ``, byte 0: expected a number, `in` or `depthwise`, found the end
        `maybe`, byte 0: expected `no`, `yes` or `both`
    "#);
}

#[test]
fn spaces_that_cannot_be_are_refused() {
    let with = |lines: &str| {
        let fields = ["in_channels = 1", "out_channels = 1", "input = 4", "kernel = 1"];
        let kept = fields.iter().filter(|field| !lines.contains(&field[..field.len() - 3]));
        let toml = kept.copied().chain([lines]).collect::<Vec<_>>().join("\n");
        Axes::from_toml(&toml).and_then(Space::new).map(|_| ()).unwrap_err().to_string()
    };
    insta::assert_snapshot!(
        [
            with("kernel = '0..=3'"),
            with("groups = 'in,0'"),
            with("dilation = 0"),
            with("groups = 3"),
            with("in_channels = '1..=1000'\nout_channels = '1..=1000'\ngroups = '1..=1000'"),
            with("in_channels = 2000000000\nout_channels = 'in*2'"),
            with("input = '1..=1024x1..=1024'\nkernel = '1..=1024x1..=1024'\nstride = '1..=1024x1..=1024'\nbatch = '1..=9'"),
        ]
        .join("\n"),
        @r#"
            kernel = 0..=3 has a 0; it must be at least 1
            groups = 0,in has a 0; it must be at least 1
            dilation = 0 has a 0; it must be at least 1
            no value of groups divides both in_channels and out_channels; the space is empty
            in_channels, out_channels and groups have 1000 × 1000 × 1000 values; at most 4194304 combinations are possible
            out_channels is a multiple of in_channels that is too large where in_channels is 2000000000
            the space has more than 9223372036854775808 points
        "#
    );
}

#[test]
fn bad_files_are_pointed_at() {
    let valid = "in_channels = 1\nout_channels = 1\ninput = 4\n";
    let error = |rest: &str| Axes::from_toml(&format!("{valid}{rest}")).unwrap_err().to_string();
    insta::assert_snapshot!(error("kernel = 1\nkernal = 3"), @r#"
        TOML parse error at line 5, column 1
          |
        5 | kernal = 3
          | ^^^^^^
        unknown field `kernal`, expected one of `batch`, `in_channels`, `out_channels`, `groups`, `input`, `kernel`, `stride`, `dilation`, `padding`, `bias`, `max_work`, `max_memory`
    "#);
    insta::assert_snapshot!(error(""), @r#"
        TOML parse error at line 1, column 1
          |
        1 | in_channels = 1
          | ^
        missing field `kernel`
    "#);
    insta::assert_snapshot!(error("kernel = '1..3'"), @r#"
        TOML parse error at line 4, column 10
          |
        4 | kernel = '1..3'
          |          ^^^^^^
        `1..3`, byte 0: ranges include both ends and are written `first..=last`
    "#);
    insta::assert_snapshot!(error("kernel = [1, 2]"), @r#"
        TOML parse error at line 4, column 10
          |
        4 | kernel = [1, 2]
          |          ^^^^^^
        invalid type: sequence, expected a number or text such as "1..=4"
    "#);
    insta::assert_snapshot!(error("kernel = -1"), @r#"
        TOML parse error at line 4, column 10
          |
        4 | kernel = -1
          |          ^^
        `-1`, byte 0: expected a number, found `-`
    "#);
    insta::assert_snapshot!(error("kernel = 1.5"), @r#"
        TOML parse error at line 4, column 10
          |
        4 | kernel = 1.5
          |          ^^^
        invalid type: floating point `1.5`, expected a number or text such as "1..=4"
    "#);
    insta::assert_snapshot!(error("kernel = 1\nmax_memory = '4 apples'"), @r#"
        TOML parse error at line 5, column 14
          |
        5 | max_memory = '4 apples'
          |              ^^^^^^^^^^
        `4 apples` is not an amount; expected a number with at most one of the units kB, MB, GB, TB, KiB, MiB, GiB, TiB
    "#);
    insta::assert_snapshot!(error("kernel = "), @r#"
        TOML parse error at line 4, column 10
          |
        4 | kernel = 
          |          ^
        string values must be quoted, expected literal string
    "#);
}

#[test]
fn files_round_trip() {
    let axes = small().axes().clone();
    insta::assert_snapshot!(axes.to_toml(), @r#"
        batch = "1,2"
        in_channels = "1,2,4"
        out_channels = "2,in"
        groups = "1,2,in"
        input = "1,3x2,3+9"
        kernel = "1..=3x1,2"
        stride = "1,2"
        dilation = "1+1x2"
        padding = "0,1+0x1+1:0:0:2"
        bias = "both"
        max_work = 700
        max_memory = 1500
    "#);
    assert_eq!(Axes::from_toml(&axes.to_toml()).unwrap(), axes);
    let unlimited = Axes { max_work: u64::MAX, bias: Bias::Yes, ..axes };
    assert_eq!(Axes::from_toml(&unlimited.to_toml()).unwrap(), unlimited);
}
