//! benchdnn's lines.

use super::meaning;
use crate::problem::Problem;

/// Lines and their meaning: batch N, channels C and O, groups G, input, kernel, stride, dilation counted from 1, top,
/// left, bottom and right pad, output. All but the last group stand in benchdnn's own input files
/// (`tests/benchdnn/inputs/conv/`); the meanings were computed by a transcription of its parser.
#[rustfmt::skip]
const LINES: &[(&str, &str)] = &[
    // Whole networks.
    (r#"g1mb50ic3ih224oc64oh112kh7sh2ph3n"resnet_50:conv1""#, "N50 C3 O64 G1 224x224 k7x7 s2x2 d1x1 t3 l3 b2 r2 > 112x112"),
    (r#"mb50ic64ih56oc64oh56kh3ph1n"resnet_50:res2a_branch2b*3""#, "N50 C64 O64 G1 56x56 k3x3 s1x1 d1x1 t1 l1 b1 r1 > 56x56"),
    (r#"mb50ic512ih28oc128oh28kh1ph0n"resnet_50:res3b_branch2a*3""#, "N50 C512 O128 G1 28x28 k1x1 s1x1 d1x1 t0 l0 b0 r0 > 28x28"),
    (r#"g512mb32ic512ih14oc512oh14kh3ph1n"mobilenet:conv5_1/dw""#, "N32 C512 O512 G512 14x14 k3x3 s1x1 d1x1 t1 l1 b1 r1 > 14x14"),
    (r#"ic3ih227iw227_oc96oh55ow55_kh11kw11_sh4sw4ph0pw0_n"alexnet:conv1""#, "N2 C3 O96 G1 227x227 k11x11 s4x4 d1x1 t0 l0 b0 r0 > 55x55"),
    (r#"mb1ic64ih150iw200oc256oh150ow200kh1kw1ph0pw0sh1sw1n"rfcn-resnet50-res2a_branch1""#, "N1 C64 O256 G1 150x200 k1x1 s1x1 d1x1 t0 l0 b0 r0 > 150x200"),
    (r#"mb2ic672ih29iw29oc192kh1kw1sh1sw1ph0pw0n"DENSENET_161:conv3_11/x1""#, "N2 C672 O192 G1 29x29 k1x1 s1x1 d1x1 t0 l0 b0 r0 > 29x29"),
    (r#"mb1ic256ih384oc256oh384kh3ph1n"stable_diffusion:conv5*5""#, "N1 C256 O256 G1 384x384 k3x3 s1x1 d1x1 t1 l1 b1 r1 > 384x384"),
    // Underscores and order.
    (r#"mb2_ic32oc32_ih41oh16kh10sh2ph0_iw79ow75kw5sw1pw0n"ds2""#, "N2 C32 O32 G1 41x79 k10x5 s2x1 d1x1 t0 l0 b0 r0 > 16x75"),
    (r#"mb2_ic32oc32_iw79ow75kw5sw1pw0_ih41oh16kh10sh2ph0n"ds2-swap""#, "N2 C32 O32 G1 41x79 k10x5 s2x1 d1x1 t0 l0 b0 r0 > 16x75"),
    (r#"mb2_ic512_oc64_ih7_oh7_kh1_ph0_n"test_wei-scale_computation""#, "N2 C512 O64 G1 7x7 k1x1 s1x1 d1x1 t0 l0 b0 r0 > 7x7"),
    ("g1_oc16oh56ow56_ic16ih28iw28_kh1kw1sh2sw2ph0pw0", "N2 C16 O16 G1 28x28 k1x1 s2x2 d1x1 t0 l0 b83 r83 > 56x56"),
    ("mb1ic16oc16_ih10kh5_kh5ph7sh1", "N1 C16 O16 G1 10x10 k5x5 s1x1 d1x1 t7 l7 b7 r7 > 20x20"),
    // One dimension: only w in use.
    (r#"g128ic128iw16oc128ow16kw3sw1pw1n"conv_dw""#, "N2 C128 O128 G128 1x16 k1x3 s1x1 d1x1 t0 l1 b0 r1 > 1x16"),
    (r#"g2_ic32oc32_iw27kw2_n"1d_gconv_channel-block-16""#, "N2 C32 O32 G2 1x27 k1x2 s1x1 d1x1 t0 l0 b0 r0 > 1x26"),
    (r#"g1mb50ic3iw224oc64ow112kw7sw2pw3n"conv1d:2""#, "N50 C3 O64 G1 1x224 k1x7 s1x2 d1x1 t0 l3 b0 r2 > 1x112"),
    (r#"mb1ic32iw121oc32kw6pw0sw4n"conv1d:15""#, "N1 C32 O32 G1 1x121 k1x6 s1x4 d1x1 t0 l0 b0 r0 > 1x29"),
    (r#"ic8oc8_iw5ow2kw3sw1dw2pw3n"conv1d_gemm:1""#, "N2 C8 O8 G1 1x5 k1x3 s1x1 d1x3 t0 l3 b0 r0 > 1x2"),
    ("mb3g1ic33iw5oc33ow17kw1pw0", "N3 C33 O33 G1 1x5 k1x1 s1x1 d1x1 t0 l0 b0 r12 > 1x17"),
    (r#"mb1_ic1oc16_iw1_ow29_kw14_pw28_dw1_n"dilated_kernel_size_lt_padding""#, "N1 C1 O16 G1 1x1 k1x14 s1x1 d1x2 t0 l28 b0 r26 > 1x29"),
    // The pads are missing: none, or half of what the output size asks for.
    ("mb2ic3ih300oc32oh150kh3sh2", "N2 C3 O32 G1 300x300 k3x3 s2x2 d1x1 t0 l0 b1 r1 > 150x150"),
    ("mb2_ic32oc16_ih13oh13kh1", "N2 C32 O16 G1 13x13 k1x1 s1x1 d1x1 t0 l0 b0 r0 > 13x13"),
    ("ic2ih1iw9oc3oh1ow4kh1kw3sh1sw2", "N2 C2 O3 G1 1x9 k1x3 s1x2 d1x1 t0 l0 b0 r0 > 1x4"),
    ("mb1_g16ic16oc16_ih15oh7kh6sh2ph3_iw10ow10kw3", "N1 C16 O16 G16 15x10 k6x3 s2x1 d1x1 t3 l1 b0 r1 > 7x10"),
    ("mb1_g16ic16oc16_ih10oh10kh3_iw15ow8kw1sw2pw0", "N1 C16 O16 G16 10x15 k3x1 s1x2 d1x1 t1 l0 b1 r0 > 10x8"),
    ("mb1_ic16oc16_iw80ow80kw31sw1dw0pw15", "N1 C16 O16 G1 1x80 k1x31 s1x1 d1x1 t0 l15 b0 r15 > 1x80"),
    ("g192mb64ic192ih300oc192oh2kh1sh299", "N64 C192 O192 G192 300x300 k1x1 s299x299 d1x1 t0 l0 b0 r0 > 2x2"),
    // The output is missing.
    (r#"mb1g2ic16oc16iw128kw21n"large_filter_with_ic_tails""#, "N1 C16 O16 G2 1x128 k1x21 s1x1 d1x1 t0 l0 b0 r0 > 1x108"),
    ("mb1_ic48oc16_ih8kh2sh2ph0", "N1 C48 O16 G1 8x8 k2x2 s2x2 d1x1 t0 l0 b0 r0 > 4x4"),
    ("g128mb1ic128ih56oc128kh4sh2ph3", "N1 C128 O128 G128 56x56 k4x4 s2x2 d1x1 t3 l3 b3 r3 > 30x30"),
    ("g128mb1ic128ih56oc128kh2sh1ph1", "N1 C128 O128 G128 56x56 k2x2 s1x1 d1x1 t1 l1 b1 r1 > 57x57"),
    // Far pads unlike the begin pads, up to many times the kernel.
    ("mb2_g1ic32oc32_ih7oh11kh3ph2", "N2 C32 O32 G1 7x7 k3x3 s1x1 d1x1 t2 l2 b4 r4 > 11x11"),
    ("mb2_g1ic1oc2_ih3oh10kh2sh1dh1ph4_iw5ow12kw2sw1dw1pw2", "N2 C1 O2 G1 3x5 k2x2 s1x1 d2x2 t4 l2 b5 r7 > 10x12"),
    ("mb2_g1ic8oc8_ih1oh16kh2ph1", "N2 C8 O8 G1 1x1 k2x2 s1x1 d1x1 t1 l1 b15 r15 > 16x16"),
    ("mb1_g2ic4oc16_ih8oh6kh3sh1dh0ph0_iw8ow6kw3sw1dw0pw0", "N1 C4 O16 G2 8x8 k3x3 s1x1 d1x1 t0 l0 b0 r0 > 6x6"),
    ("g1_ic16ih4iw8_oc16oh3ow8_kh1kw1sh2sw1ph0pw0", "N2 C16 O16 G1 4x8 k1x1 s2x1 d1x1 t0 l0 b1 r0 > 3x8"),
    ("g1ic64ih31iw1oc64oh32ow1kh3kw3ph0pw0", "N2 C64 O64 G1 31x1 k3x3 s1x1 d1x1 t0 l0 b3 r2 > 32x1"),
    ("mb1_g3ic3oc3_ih10oh9kh2sh2dh0ph4", "N1 C3 O3 G3 10x10 k2x2 s2x2 d1x1 t4 l4 b4 r4 > 9x9"),
    ("mb16ic16ih224oc64oh112kh7sh2ph3n", "N16 C16 O64 G1 224x224 k7x7 s2x2 d1x1 t3 l3 b2 r2 > 112x112"),
    (r#"mb1_ic2oc2_ih10oh12kh1sh1dh0ph1_iw7ow4kw2sw2dw0pw1_n"brgemm_post-op-jit_elemwise-op:2""#, "N1 C2 O2 G1 10x7 k1x2 s1x2 d1x1 t1 l1 b1 r0 > 12x4"),
    (r#"mb1_g16ic16oc16_ih1oh1kh2ph0_iw1ow1kw3pw1n"s8s8_padding:dw5""#, "N1 C16 O16 G16 1x1 k2x3 s1x1 d1x1 t0 l1 b1 r1 > 1x1"),
    // Windows that stop short of the input's end.
    (r#"mb1_g1_ic16oc16_kd1kh2kw1_id1ih3iw1_od1oh1ow1_sd1sh3sw1_pd0ph0pw0_dd0dh0dw0n"2D_Neg-Padding""#, "N1 C16 O16 G1 3x1 k2x1 s3x1 d1x1 t0 l0 b0 r0 > 1x1"),
    ("g1ic16ih7iw1oc16oh1ow1kh11kw1sh2sw1ph5pw0n", "N2 C16 O16 G1 7x1 k11x1 s2x1 d1x1 t5 l0 b0 r0 > 1x1"),
    ("mb1ic2ih10iw8oc4oh10ow4kh1kw1sh1sw2ph0pw0dh0dw0", "N1 C2 O4 G1 10x8 k1x1 s1x2 d1x1 t0 l0 b0 r0 > 10x4"),
    (r#"mb1_ic8oc128_ih1oh1kh1sh1dh0ph0_iw1048576ow2097kw500sw500dw0pw0_n"dimensions_transformation""#, "N1 C8 O128 G1 1x1048576 k1x500 s1x500 d1x1 t0 l0 b0 r0 > 1x2097"),
    // Dilation.
    (r#"mb1ic16ih2iw70oc1oh1ow10kh2kw3ph0pw0dh0dw29n"bwd_w_check_large-dilation""#, "N1 C16 O1 G1 2x70 k2x3 s1x1 d1x30 t0 l0 b0 r0 > 1x10"),
    (r#"mb1ic16ih1iw1oc16oh2ow1kh3kw1dh1ph1n"regression_dh_equals_ih""#, "N1 C16 O16 G1 1x1 k3x1 s1x1 d2x1 t1 l0 b4 r0 > 2x1"),
    (r#"g3mb2_ic6oc96_ih12oh8kh1sh2dh1ph2_iw11ow7kw4sw1dw1pw1_n"brgemm_conv_comp_pad:2""#, "N2 C6 O96 G3 12x11 k1x4 s2x1 d2x2 t2 l1 b1 r1 > 8x7"),
    (r#"mb1_ic16oc1_ih2oh1kh2sh1dh0ph0_iw1000kw6sw1dw30pw128n"1d_conv_large_dilated_padding_1""#, "N1 C16 O1 G1 2x1000 k2x6 s1x1 d1x31 t0 l128 b0 r128 > 1x1101"),
    // Made up: values at their default put no axis in use; the last of several wins; a trivial depth; rounding to zero.
    ("ic3ih10oc4kh3ph1pw0sw1", "N2 C3 O4 G1 10x10 k3x3 s1x1 d1x1 t1 l1 b1 r1 > 10x10"),
    ("ic3ih10oc4kh3ph1sh2iw0kw0ow0", "N2 C3 O4 G1 10x10 k3x3 s2x2 d1x1 t1 l1 b0 r0 > 5x5"),
    ("ic3iw10oc4kw3pw1ph0sh1dh0", "N2 C3 O4 G1 1x10 k1x3 s1x1 d1x1 t0 l1 b0 r1 > 1x10"),
    ("ic1ic2oc2ih9ih5kh3kh2mb1mb7", "N7 C2 O2 G1 5x5 k2x2 s1x1 d1x1 t0 l0 b0 r0 > 4x4"),
    ("ic1oc1id1kd1", "N2 C1 O1 G1 1x1 k1x1 s1x1 d1x1 t0 l0 b0 r0 > 1x1"),
    ("g3mb2_ic3oc3_id8kd8pd2_id1kd1pd0sd4_ih9kh1ph0_iw26kw17pw0", "N2 C3 O3 G3 9x26 k1x17 s1x1 d1x1 t0 l0 b0 r0 > 9x10"),
    ("ic016oc2ih007kh3n_ic5", "N2 C16 O2 G1 7x7 k3x3 s1x1 d1x1 t0 l0 b0 r0 > 5x5"),
    ("ic1oc1ih1kh2sh2", "N2 C1 O1 G1 1x1 k2x2 s2x2 d1x1 t0 l0 b1 r1 > 1x1"),
];

#[test]
fn benchdnn_lines_mean_what_benchdnn_reads() {
    for (line, expected) in LINES {
        let problem: Problem = line.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(meaning(&problem), *expected, "{line}");
        // Whatever benchdnn can say is said in benchdnn's keys.
        let canonical = problem.to_string();
        assert!(!["pb", "pr", "b1"].iter().any(|key| canonical.replace("mb", "").contains(key)), "{canonical}");
        assert_eq!(canonical.parse(), Ok(problem));
    }
}
