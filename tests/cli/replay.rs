//! `convdiff replay`: descriptors, files and folders.

use super::{SMALL, convdiff, stdout};
use insta::assert_snapshot;

/// #2515 as it was reported.
const REPORTED: &str = "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1";

#[test]
fn a_wrong_corner_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = convdiff(folder.path());
    command.args(["replay", REPORTED, "-b", "defect:coreml-2515"]);
    assert_snapshot!(stdout(&mut command), @r"
    mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1
    1×2×5×5 input, 2 output channels, 3×2 kernel, stride 2, padding 1, no bias; 3×3 output
    defect:coreml-2515 (planted) differs from exact at [:, :, -1, -1]: 2 of 18 elements, by up to 7562, where every sum is exact
      image 0, channel 0: 1 of 9 elements wrong
        ···
        ···
        ··#
      image 0, channel 1: 1 of 9 elements wrong
        ···
        ···
        ··#
      element       expected  actual
      [0, 0, 2, 2]     -3763    3799
      [0, 1, 2, 2]      -470    -922
    ");
    command.assert().code(2);
}

#[test]
fn real_backends_agree_on_it() {
    let folder = tempfile::tempdir().unwrap();
    convdiff(folder.path()).args(["replay", REPORTED]).assert().code(0);
}

#[test]
fn a_run_is_replayed_from_its_repros() {
    let folder = tempfile::tempdir().unwrap();
    convdiff(folder.path())
        .args(["sweep", "-q", "-b", "defect:coreml-2515", "--out", "run"])
        .args(SMALL)
        .assert()
        .code(0);
    let mut command = convdiff(folder.path());
    let text = stdout(command.args(["replay", "run"]));
    assert!(text.contains("as in the repro file") && !text.contains("not as"), "{text}");
    command.assert().code(2);
    // The same operands on a right backend.
    convdiff(folder.path()).args(["replay", "run/repro-1.toml", "-b", "direct"]).assert().code(0);
}

#[test]
fn rounding_is_told_from_a_bug() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = convdiff(folder.path());
    command.args(["replay", "mb1ic64ih1oc1kh1", "-b", "defect:half-accumulation", "--fill", "normal"]);
    assert_snapshot!(stdout(&mut command));
    command.assert().code(0);
}

#[test]
fn a_list_is_replayed_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list.txt"), format!("# two\n{REPORTED}\nmb1ic1ih1oc1kh1\n")).unwrap();
    let text = stdout(convdiff(folder.path()).args(["replay", "list.txt", "-b", "direct"]));
    assert_eq!(text.matches("direct agrees").count(), 2, "{text}");
}

#[test]
fn a_hang_is_shrunk_within_the_deadline_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = convdiff(folder.path());
    command.args(["shrink", "mb1ic1ih9iw9oc1kh5kw5sh5sw1ph0pw0", "-b", "defect:stalls"]);
    let text = stdout(command.args(["--deadline", "0.05", "--shrink-calls", "3"]));
    assert!(text.contains("\ndefect:stalls (planted) hangs: no answer within 50ms\n"), "{text}");
    command.assert().code(2);
}

#[test]
fn whatever_differs_from_the_repro_file_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = ["sweep", "-q", "-b", "defect:coreml-2515", "--explain-calls", "0", "--out", "run"];
    convdiff(folder.path()).args(sweep).args(SMALL).assert().code(0);
    let repro = std::fs::read_to_string(folder.path().join("run/repro-1.toml")).unwrap();
    let replay = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        let text = stdout(convdiff(folder.path()).args(["replay", name]));
        text.trim_end().lines().last().unwrap().to_owned()
    };
    assert_eq!(replay("same.toml", &repro), "as in the repro file");
    for which in ["expected", "actual"] {
        let begin = format!("\n{which} = [");
        let edited = replay("values.toml", &repro.replacen(&begin, &format!("{begin}1"), 1));
        let said = format!("not as in the repro file: 1 of 1 {which} values differ, the first at [0, 0, 0, 0]: ");
        assert!(edited.starts_with(&said), "{edited}");
    }
    let of_a_stall = ["shrink", "mb1ic1ih9iw9oc1kh5kw5sh5sw1ph0pw0", "-b", "defect:stalls", "--deadline", "0.05"];
    let more = ["--shrink-calls", "3", "-o", "stall.toml"];
    convdiff(folder.path()).args(of_a_stall).args(more).assert().code(2);
    let stall = std::fs::read_to_string(folder.path().join("stall.toml")).unwrap();
    assert_eq!(replay("stall.toml", &stall), "as in the repro file");
    assert_eq!(
        replay("words.toml", &stall.replacen("no answer within 50ms", "no answer within 70ms", 1)),
        "not as in the repro file: its words were \"no answer within 70ms\" there, and are \"no answer within 50ms\" now"
    );
}

#[test]
fn what_is_pasted_from_elsewhere_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let verbose = "onednn_verbose,v1,primitive,exec,cpu,convolution,brgconv:avx512_core,forward_training,src:f32::blocked:acdb::f0 \
                   wei:f32::blocked:Acdb16a::f0 bia:f32::blocked:a::f0 dst:f32::blocked:acdb::f0,attr-scratchpad:user,\
                   alg:convolution_direct,mb1_ic2oc2_ih5oh3kh3sh2dh0ph1_iw5ow3kw2sw2dw0pw1,0.01";
    for (what, problem) in [
        ("--conv --dir=FWD_B mb1ic2ih5oc2kh3", "mb1ic2ih5iw5oc2oh3ow3kh3kw3ph0pw0b1"),
        ("benchdnn --conv --dt=f32 mb1ic2ih5oc2kh3", "mb1ic2ih5iw5oc2oh3ow3kh3kw3ph0pw0"),
        (verbose, "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1b1"),
    ] {
        let text = stdout(convdiff(folder.path()).args(["replay", what, "-b", "direct"]));
        assert!(text.starts_with(&format!("{problem}\n")), "{what}: {text}");
    }
}

#[test]
fn of_values_that_are_not_finite_nothing_is_certified() {
    let folder = tempfile::tempdir().unwrap();
    let shrink = ["shrink", REPORTED, "-b", "defect:coreml-2515", "--shrink-calls", "300", "-o", "repro.toml"];
    convdiff(folder.path()).args(shrink).assert().code(2);
    let repro = std::fs::read_to_string(folder.path().join("repro.toml")).unwrap();
    let begin = repro.find("\ninput = [").unwrap() + 1;
    let end = begin + repro[begin..].find(']').unwrap();
    let values = repro[begin..end].matches(',').count() + usize::from(!repro[begin..end].ends_with(", "));
    let infinite = format!("input = [{}", vec!["inf"; values].join(", "));
    std::fs::write(folder.path().join("inf.toml"), [&repro[..begin], &infinite, &repro[end..]].concat()).unwrap();
    let text = stdout(convdiff(folder.path()).args(["replay", "inf.toml"]));
    assert!(text.contains("values are not finite, and nothing is certified"), "{text}");
    assert!(!text.contains("every sum is exact"), "{text}");
}
