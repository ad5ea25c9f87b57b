//! `convdiff export` as typed.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, starts_with};

const CORNER: &str = "mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1";

fn convdiff(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("convdiff").unwrap();
    command.args(arguments);
    command
}

#[test]
fn a_descriptor_on_a_planted_defect_is_an_issue_that_says_so_first() {
    let mut command = convdiff(&["export", CORNER, "--backend", "defect:coreml-2515"]);
    let title = "# defect:coreml-2515 (planted): conv2d is wrong at [:, :, -1, -1] for 1×2×5×5 input";
    let output = starts_with(title)
        .and(contains("\n\n> **Planted.** defect:coreml-2515 is a right convolution"))
        .and(contains("| stride_w | 2 | 1 | agrees | 3 | differs at [:, :, -1, -1] |"))
        .and(contains("Run 20 times on the same operands: the same each time."))
        .and(contains(
            "convdiff replay mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1 --backend defect:coreml-2515 --fill integers\n",
        ));
    command.assert().success().stdout(output);
}

#[test]
fn a_descriptor_alone_is_what_is_expected() {
    let expectation = starts_with("# conv2d: 1×2×5×5 input").and(contains("## Expected\n")).and(contains("y = [[[["));
    convdiff(&["export", CORNER]).assert().success().stdout(expectation.and(contains("Neighbours").not()));
}

#[test]
fn a_repro_file_is_exported_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run").display().to_string();
    let sweep = ["sweep", "-b", "defect:coreml-2515", "--kernel", "3x2", "--input", "5", "--out", &run, "--quiet"];
    convdiff(&sweep).assert().success();
    let (repro, script) = (format!("{run}/repro-1.toml"), folder.path().join("repro.py"));
    let export = ["export", &repro, "--format", "python", "--engine", "torch", "-o"];
    convdiff(&export).arg(&script).assert().success().stdout("");
    let script = std::fs::read_to_string(script).unwrap();
    assert!(script.starts_with("\"\"\"conv2d in torch: ") && script.contains("\nPlanted: "), "{script}");
    convdiff(&["export", &repro, "--backend", "direct"]).assert().code(1).stderr(contains("has its own backend"));
}

/// On a backend that this build doesn't have, what the file holds is exported all the same.
#[test]
fn a_repro_of_a_backend_that_is_not_here() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run").display().to_string();
    convdiff(&["sweep", "-b", "defect:coreml-2515", "--kernel", "3x2", "--input", "5", "--out", &run])
        .assert()
        .success();
    let text = std::fs::read_to_string(format!("{run}/repro-1.toml")).unwrap();
    let text = text.replace("defect:coreml-2515", "someone-else");
    // What the run wrote stays as it is.
    let repro = folder.path().join("repro.toml").display().to_string();
    std::fs::write(&repro, text.replace("planted = true", "planted = false")).unwrap();
    convdiff(&["export", &repro])
        .assert()
        .success()
        .stderr(contains("not run again, and no neighbours: no backend is called \"someone-else\""))
        .stdout(starts_with("# someone-else: conv2d is wrong at [:, :, :, :]").and(contains("Neighbours").not()));
}

#[test]
fn what_can_not_be_exported() {
    convdiff(&["export", "nowhere.toml"])
        .assert()
        .code(74)
        .stderr(contains("no such file or folder, and no descriptor"));
    for (arguments, message) in [
        (&["export", "mb1"][..], "no file, no folder and no descriptor"),
        (&["export", CORNER, "--format", "latex"], "formats are markdown, python"),
        (&["export", CORNER, "--engine", "caffe"], "engines are onnxruntime, torch, coremltools"),
        (&["export", "mb1ic64ih16oc64kh3"], "shrink the problem first"),
        (&["export", CORNER, "--backend", "nothing"], "no backend is called"),
    ] {
        convdiff(arguments).assert().code(1).stdout("").stderr(contains(message));
    }
}
