//! What is said about texts that are no descriptors.

use crate::problem::Problem;

#[test]
fn errors_point_at_the_byte() {
    let cases = [
        "",
        "_",
        "nname",
        "ic4294967296oc1ih1kh1",
        "ic2147483648oc1ih1kh1",
        "ic99999999999999999999oc1ih1kh1",
        "ic-1oc1ih1kh1",
        "ic1 oc1ih1kh1",
        "ic1__oc1ih1kh1",
        "_ic1oc1ih1kh1",
        "1ic",
        "icoc1ih1kh1",
        "ic1oc1ih1kh",
        "ic1oc1ih5k3",
        "ic1oc1hi5kh3",
        "IC1oc1ih5kh3",
        "ic1oc1ih5kernel3",
        "ic1oc1ïh5kh3",
        "oc1ih5kh3",
        "ic1ih5kh3",
        "ic1oc1",
        "ic1oc1ph0pw0sh1",
        "ic1oc1kh3",
        "ic1oc1ih5",
        "ic1oc1ih0kh3",
        "ic1oc1ih5kh3sw2",
        "ic1oc1ih5kh3sh0",
        "ic0oc1ih5kh3",
        "mb0ic1oc1ih5kh3",
        "g0ic1oc1ih5kh3",
        "g2ic3oc4ih5kh3",
        "ic2oc3g2ih5kh3",
        "ic1oc1ih2kh4",
        "ic1oc1ih9kh3iw2kw2dw4",
        "ic1oc1ih9kh3dh2147483647",
        "ic1oc1ih1kh1ph2147483647",
        "ic1oc1ih5kh3b2",
        "ic1oc1ih5iw5kh3kw3id5kd3",
        "ic1oc1id1kd1pd1ih5kh3iw5kw3",
        "ic1oc1id1kd1ih5kh3",
        "ic1oc1id1kd1iw5kw3",
        "ic1oc1ih9oh2kh3ph0",
        "ic1oc1ih3oh1kh1sh3",
        "ic1oc1ih5oh4kh3ph0pb0",
        "ic1oc1iw9ow2147483647kw3sw2147483647pw0",
        "ic1oc1iw9ow2147483647kw3sw2147483647",
    ];
    let said = |case: &&str| format!("{case:?}\n  {}", case.parse::<Problem>().unwrap_err());
    insta::assert_snapshot!(cases.iter().map(said).collect::<Vec<_>>().join("\n"), @r#"
    ""
      byte 0: ic is missing
    "_"
      byte 0: expected a key such as "ic", found '_'
    "nname"
      byte 0: ic is missing
    "ic4294967296oc1ih1kh1"
      byte 2: ic is 4294967296; it must be at most 2147483647
    "ic2147483648oc1ih1kh1"
      byte 2: ic is 2147483648; it must be at most 2147483647
    "ic99999999999999999999oc1ih1kh1"
      byte 2: ic is 99999999999999999999; it must be at most 2147483647
    "ic-1oc1ih1kh1"
      byte 2: expected a number after "ic", found '-'
    "ic1 oc1ih1kh1"
      byte 3: expected a key such as "ic", found ' '
    "ic1__oc1ih1kh1"
      byte 4: expected a key such as "ic", found '_'
    "_ic1oc1ih1kh1"
      byte 0: expected a key such as "ic", found '_'
    "1ic"
      byte 0: expected a key such as "ic", found '1'
    "icoc1ih1kh1"
      byte 2: expected a number after "ic", found 'o'
    "ic1oc1ih1kh"
      byte 11: expected a number after "kh", found the end
    "ic1oc1ih5k3"
      byte 9: unknown key "k"; did you mean "kh"?
    "ic1oc1hi5kh3"
      byte 6: unknown key "hi"; did you mean "ih"?
    "IC1oc1ih5kh3"
      byte 0: unknown key "IC"; did you mean "ic"?
    "ic1oc1ih5kernel3"
      byte 9: unknown key "kernel"; the keys are ic ih iw oc oh ow kh kw sh sw ph pw dh dw mb g b pb pr id od kd sd pd dd
    "ic1oc1ïh5kh3"
      byte 6: expected a key such as "ic", found 'ï'
    "oc1ih5kh3"
      byte 9: ic is missing
    "ic1ih5kh3"
      byte 9: oc is missing
    "ic1oc1"
      byte 6: no input size: give ih, iw or both
    "ic1oc1ph0pw0sh1"
      byte 15: no input size: give ih, iw or both
    "ic1oc1kh3"
      byte 9: ih is missing, where other h-keys are given
    "ic1oc1ih5"
      byte 9: kh is missing, where other h-keys are given
    "ic1oc1ih0kh3"
      byte 6: ih is 0; it must be at least 1
    "ic1oc1ih5kh3sw2"
      byte 15: iw is missing, where other w-keys are given
    "ic1oc1ih5kh3sh0"
      byte 12: sh is 0; it must be at least 1
    "ic0oc1ih5kh3"
      byte 0: in_channels is 0; it must be at least 1
    "mb0ic1oc1ih5kh3"
      byte 0: batch is 0; it must be at least 1
    "g0ic1oc1ih5kh3"
      byte 0: groups is 0; it must be at least 1
    "g2ic3oc4ih5kh3"
      byte 0: groups is 2, which does not divide in_channels = 3; each group needs the same number of channels
    "ic2oc3g2ih5kh3"
      byte 6: groups is 2, which does not divide out_channels = 3; each group needs the same number of channels
    "ic1oc1ih2kh4"
      byte 9: kernel_h spans 4 (kernel 4, dilation 1), more than the padded input_h of 2; the output would be empty
    "ic1oc1ih9kh3iw2kw2dw4"
      byte 15: kernel_w spans 6 (kernel 2, dilation 5), more than the padded input_w of 2; the output would be empty
    "ic1oc1ih9kh3dh2147483647"
      byte 12: dilation_h is 2147483648; it must be at most 2147483647
    "ic1oc1ih1kh1ph2147483647"
      byte 12: output_h is 4294967295; it must be at most 2147483647
    "ic1oc1ih5kh3b2"
      byte 12: b is 2; it must be 0 (no bias) or 1 (bias)
    "ic1oc1ih5iw5kh3kw3id5kd3"
      byte 18: id is 5: a 3-D convolution; only 2-D problems are read, where it is 1
    "ic1oc1id1kd1pd1ih5kh3iw5kw3"
      byte 12: pd is 1: a 3-D convolution; only 2-D problems are read, where it is 0
    "ic1oc1id1kd1ih5kh3"
      byte 18: depth with h-keys but no w-keys; give both or neither
    "ic1oc1id1kd1iw5kw3"
      byte 18: depth with w-keys but no h-keys; give both or neither
    "ic1oc1ih9oh2kh3ph0"
      byte 9: oh is 2, but without any far pad the output is 7
    "ic1oc1ih3oh1kh1sh3"
      byte 9: ph is missing, and oh = 1 makes it -1; give ph
    "ic1oc1ih5oh4kh3ph0pb0"
      byte 9: oh is 4, but with pb = 0 the output is 3
    "ic1oc1iw9ow2147483647kw3sw2147483647pw0"
      byte 9: ow = 2147483647 needs a pad of 4611686011984936956; it must be at most 2147483647
    "ic1oc1iw9ow2147483647kw3sw2147483647"
      byte 9: ow = 2147483647 needs a pad of 2305843005992468478; it must be at most 2147483647
    "#);
}
