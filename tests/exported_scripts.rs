//! Exported scripts, run. They need Python and the engines, so these tests are ignored unless asked for:
//!
//! ```sh
//! CONVDIFF_TEST_PYTHON=$(scripts/python-env) cargo test --test exported_scripts -- --ignored
//! ```
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

/// #2515's, and one with all that #2515 lacks: groups, dilation, asymmetric pads, a bias, a batch.
const PROBLEMS: [&str; 2] =
    ["mb1ic2ih5iw5oc2kh3kw2sh2sw2ph1pw1pr1", "g2mb2ic4ih5iw7oc6kh3kw2sh1sw2ph1pw2dh1dw0pb0pr1b1"];

fn python() -> Command {
    let python = std::env::var_os("CONVDIFF_TEST_PYTHON");
    Command::new(python.expect("CONVDIFF_TEST_PYTHON is a Python with the engines: see scripts/python-env"))
}

/// The script that `convdiff export` writes.
fn script(descriptor: &str, engine: &str) -> String {
    let mut export = assert_cmd::Command::cargo_bin("convdiff").unwrap();
    let arguments = ["export", descriptor, "--format", "python", "--engine", engine];
    String::from_utf8(export.args(arguments).assert().success().get_output().stdout.clone()).unwrap()
}

/// Runs a script in `folder`.
fn run(script: &str, folder: &Path) -> Output {
    std::fs::write(folder.join("script.py"), script).unwrap();
    python().arg("script.py").current_dir(folder).output().unwrap()
}

/// The script with its first expected number one larger.
fn falsified(script: &str) -> String {
    let (before, after) = script.split_once("\nexpected = ").unwrap();
    let start = after.find(|c: char| c == '-' || c.is_ascii_digit()).unwrap();
    let end = start + after[start..].find([',', ']']).unwrap();
    let first: i64 = after[start..end].parse().unwrap();
    format!("{before}\nexpected = {}{}{}", &after[..start], first + 1, &after[end..])
}

/// Exit code, and the last line that is no warning.
fn ending(output: &Output) -> (Option<i32>, String) {
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    (output.status.code(), format!("{stdout}{stderr}"))
}

#[test]
#[ignore = "needs CONVDIFF_TEST_PYTHON"]
fn onnxruntime_agrees_and_notices_a_false_expectation() {
    for descriptor in PROBLEMS {
        let folder = tempfile::tempdir().unwrap();
        let script = script(descriptor, "onnxruntime");
        let (code, text) = ending(&run(&script, folder.path()));
        assert_eq!(code, Some(0), "{text}");
        assert_eq!(text.matches("as expected").count(), 2, "{text}");
        assert!(folder.path().join("conv.onnx").metadata().unwrap().len() > 100);
        let (code, text) = ending(&run(&falsified(&script), folder.path()));
        assert_eq!(code, Some(2), "{text}");
        assert_eq!(text.matches("wrong at [[0, 0, 0, 0]]").count(), 2, "{text}");
    }
}

#[test]
#[ignore = "needs CONVDIFF_TEST_PYTHON"]
fn coremltools_builds_and_saves_its_models() {
    for descriptor in PROBLEMS {
        let folder = tempfile::tempdir().unwrap();
        let (code, text) = ending(&run(&script(descriptor, "coremltools"), folder.path()));
        if cfg!(target_os = "macos") {
            assert!(matches!(code, Some(0 | 2)), "{text}");
        } else {
            assert_eq!(code, Some(4), "{text}");
            assert!(text.contains("saved, not run: Core ML predicts on macOS alone"), "{text}");
        }
        for model in ["mlprogram-f32.mlpackage", "mlprogram-f16.mlpackage", "neuralnetwork.mlmodel"] {
            let check = format!(
                "import coremltools as ct; spec = ct.models.MLModel('{model}', skip_model_load=True).get_spec(); \
                 print(list(spec.description.output[0].type.multiArrayType.shape))"
            );
            let output = python().args(["-c", &check]).current_dir(folder.path()).output().unwrap();
            let (_, text) = ending(&output);
            let problem: convdiff::problem::Problem = descriptor.parse().unwrap();
            let shape = format!(
                "[{}, {}, {}, {}]",
                problem.batch,
                problem.out_channels,
                problem.output().h,
                problem.output().w
            );
            assert!(text.contains(&shape), "{model}: {text}");
        }
    }
}

/// torch is too large to be among the test's packages: its script is compiled, and run only where torch is at hand.
#[test]
#[ignore = "needs CONVDIFF_TEST_PYTHON"]
fn torch_agrees_where_it_is_installed() {
    let installed = python().args(["-c", "import torch"]).output().unwrap().status.success();
    for descriptor in PROBLEMS {
        let folder = tempfile::tempdir().unwrap();
        let script = script(descriptor, "torch");
        std::fs::write(folder.path().join("script.py"), &script).unwrap();
        let compile = ["-m", "py_compile", "script.py"];
        assert!(python().args(compile).current_dir(folder.path()).output().unwrap().status.success(), "{script}");
        if installed {
            let (code, text) = ending(&run(&script, folder.path()));
            assert_eq!(code, Some(0), "{text}");
            let (code, text) = ending(&run(&falsified(&script), folder.path()));
            assert!(code == Some(2) && text.contains("wrong at [[0, 0, 0, 0]]"), "{text}");
        }
    }
}
