//! The engines that are Python packages, each on 2,000 fixed problems: what fails there is known and described in docs/found.md.
//!
//! Ignored, for they need the environments:
//!
//! ```sh
//! cargo run --release -- engines install onnxruntime opencv
//! cargo test --test engines -- --ignored onnxruntime opencv
//! ```
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use convdiff::backend::engine::{Cache, Engine, Spec, all};
use convdiff::problem::{Condition, Problem};
use std::path::Path;
use std::process::Command;

/// Sweeps 2,000 problems with the backend `name`: the failing ones with their verdicts, and how many agree or round.
fn sweep(name: &str) -> (Vec<(Problem, String)>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let mut command = Command::new(env!("CARGO_BIN_EXE_convdiff"));
    command.args(["sweep", "--space", "broad", "--sample", "2000", "--quiet", "--deadline", "60"]);
    command.args(["--shrink-calls", "0", "--explain-calls", "0", "--backend", name, "--out"]).arg(&run);
    // PyTorch's Linux wheel wants CUDA's libraries; whoever has a Python with another build of it names that.
    if let Some(python) = std::env::var_os("CONVDIFF_TEST_ENGINE_PYTHON") {
        command.arg("--python").arg(python);
    }
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 2)), "{stderr}");

    let mut right = 0;
    let mut failed = Vec::new();
    for row in csv::Reader::from_path(run.join("map.csv")).unwrap().deserialize() {
        let row: std::collections::HashMap<String, String> = row.unwrap();
        match row["verdict"].as_str() {
            "agrees" | "rounds" => right += 1,
            // Its emulator takes small problems only.
            "unsupported" if name.starts_with("tinygrad") => right += 1,
            "unsupported" => panic!("{}: {}", row["descriptor"], row["message"]),
            verdict => failed.push((row["descriptor"].parse().unwrap(), verdict.to_owned())),
        }
    }
    (failed, right)
}

/// Sweeps; of the failing problems each must meet `known`, and some must, or what is known is known no more.
fn check(name: &str, known: Option<&str>) {
    let (failed, right) = sweep(name);
    assert_eq!(failed.len() + right, 2000);
    let known: Option<Condition> = known.map(|condition| condition.parse().unwrap());
    let unknown: Vec<_> = failed
        .iter()
        .filter(|(problem, _)| !known.as_ref().is_some_and(|known| known.holds(problem)))
        .map(|(problem, verdict)| format!("{problem} {verdict}"))
        .collect();
    assert!(unknown.is_empty(), "{name} fails where it is not known to:\n{}", unknown.join("\n"));
    assert_eq!(known.is_some(), !failed.is_empty(), "{name} no longer fails where it did");
}

/// A test for each backend: its name, and where it is known to fail.
macro_rules! engines {
    ($($test:ident: $name:literal $(fails $known:expr)?;)*) => {
        $(
            #[test]
            #[ignore = "needs the engine: `convdiff engines install`"]
            fn $test() {
                #[allow(unused_mut, unused_assignments)]
                let mut known = None;
                $(known = Some($known);)?
                check($name, known);
            }
        )*
    };
}

/// OpenCV 5: docs/found.md, "OpenCV".
const OPENCV: &str = "kernel_h == 1 and kernel_w == 1 and stride_h == 1 and stride_w == 1 and pad_total > 0";

/// ncnn with packing off: docs/found.md, "ncnn".
const NCNN_UNPACKED: &str =
    "kernel_h == kernel_w and dilation_h > 1 and dilation_h == dilation_w and stride_h == 1 and stride_w == 1";

/// ncnn with bf16 storage: docs/found.md, "ncnn".
const NCNN_BF16: &str = "groups > 1";

/// OpenVINO with one thread: docs/found.md, "OpenVINO". Every window along w lies in the padding.
const OPENVINO: &str = "bias and input_w == 1 and kernel_w == 1 and pad_left > 0 and stride_w > pad_left";

engines! {
    naive: "naive";
    onnxruntime: "onnxruntime";
    onnxruntime_unoptimised: "onnxruntime?optimize=off";
    opencv: "opencv" fails OPENCV;
    opencv_without_winograd: "opencv?winograd=off" fails OPENCV;
    ncnn: "ncnn";
    ncnn_unpacked: "ncnn?packing=off" fails NCNN_UNPACKED;
    ncnn_bf16: "ncnn?precision=bf16" fails NCNN_BF16;
    ncnn_without_winograd: "ncnn?winograd=off";
    ncnn_without_sgemm: "ncnn?sgemm=off";
    litert: "litert";
    litert_builtin: "litert?kernels=builtin";
    litert_reference: "litert?kernels=reference";
    litert_without_depthwise: "litert?depthwise=off";
    openvino: "openvino" fails OPENVINO;
    mnn: "mnn";
    mlx: "mlx";
    onnx: "onnx";
    jax: "jax";
    tinygrad: "tinygrad";
    tinygrad_winograd: "tinygrad?winograd=on";
    tinygrad_unoptimised: "tinygrad?optimize=off";
    torch: "torch";
    torch_channels_last: "torch?format=channels_last";
    torch_without_mkldnn: "torch?mkldnn=off";
    tvm: "tvm";
    tvm_nhwc: "tvm?layout=nhwc";
    tvm_native: "tvm?cpu=native";
    tvm_unoptimised: "tvm?optimize=off";
}

/// A worker in the Python module that answers with other kinds of number, by the batch.
const KINDS: &str = "
import convdiff_worker, numpy, naive_worker
def conv2d(p, x, w, b):
    y = naive_worker.conv2d(p, x, w, b)
    return {1: y.astype(float), 2: y.astype(int).tolist(), 3: y + 0j}[p.batch]
convdiff_worker.run(conv2d, engine='kinds', version='1')
";

#[test]
#[ignore = "needs numpy: `convdiff engines install naive`"]
fn naive_answers_may_be_numbers_of_other_kinds_but_not_complex() {
    let python = Cache::find().unwrap().python(&Spec::parse("naive").unwrap().unwrap()).unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("kinds.py");
    std::fs::write(&script, KINDS).unwrap();
    let swept = Command::new(env!("CARGO_BIN_EXE_convdiff"))
        .env("PYTHONPATH", std::env::join_paths([here.join("python"), here.join("python/engines")]).unwrap())
        .args([
            "sweep",
            "--space",
            "broad",
            "--sample",
            "300",
            "--quiet",
            "--shrink-calls",
            "0",
            "--explain-calls",
            "0",
        ])
        .arg(format!("--backend=worker:{} {}", python.display(), script.display()))
        .arg("--out")
        .arg(folder.path().join("run"))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&swept.stderr);
    for row in csv::Reader::from_path(folder.path().join("run/map.csv")).expect(&stderr).deserialize() {
        let row: std::collections::HashMap<String, String> = row.unwrap();
        let expected = match row["batch"].as_str() {
            "3" => ("errors", "its output is complex64: real numbers are due"),
            _ => ("agrees", ""),
        };
        assert_eq!((row["verdict"].as_str(), row["message"].as_str()), expected, "{}", row["descriptor"]);
    }
}

#[test]
#[ignore = "needs coremltools: `convdiff engines install coreml-mlprogram`"]
fn coreml_models_are_built_and_have_the_right_shapes() {
    let python = Cache::find().unwrap().python(&Spec::parse("coreml-mlprogram").unwrap().unwrap()).unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let modules = std::env::join_paths([here.join("python"), here.join("python/engines")]).unwrap();
    let script = here.join("tests/engines/build_coreml.py");
    let built = Command::new(python).arg(script).env("PYTHONPATH", modules).output().unwrap();
    let stderr = String::from_utf8_lossy(&built.stderr);
    for line in ["mlprogram: 200 of 200 right", "neuralnetwork: 200 of 200 right"] {
        assert!(stderr.lines().any(|said| said == line), "{stderr}");
    }
}

#[test]
fn the_catalogue_is_in_order_and_its_names_are_plain() {
    let names: Vec<_> = all().iter().map(|engine| engine.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    let plain = |c: char| c.is_ascii_lowercase() || c == '-';
    assert!(names.iter().all(|name| name.chars().all(plain)), "{names:?}");
    let cache = Cache::find().unwrap();
    let has_script = |engine: &&Engine| cache.script(engine).is_ok_and(|script| script.is_file());
    assert!(all().iter().all(|engine| has_script(&engine)));
}
