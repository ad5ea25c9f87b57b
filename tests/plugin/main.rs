//! Plugins in C and Rust, right and wrong, built here and run as backends of the program.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use convdiff::backend::registry::{self, Isolation};
use convdiff::backend::worker::Limits;
use convdiff::backend::worker::check::{Mark, check};
use convdiff::backend::{Backend, BackendError, Failure, UNWRITTEN, exact::Exact};
use convdiff::judge::{Examiner, Settings, Verdict};
use convdiff::operands::{Fill, Operands};
use convdiff::problem::{Hw, Padding, Parameters, Problem};
use insta::assert_snapshot;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_convdiff");

/// Builds `examples/plugins/SOURCE` into a folder of the caller's.
fn build(folder: &TempDir, source: &str) -> PathBuf {
    let path = Path::new(ROOT).join("examples/plugins").join(source);
    let library = folder.path().join(format!("{source}.so"));
    let mut command = if source.ends_with(".rs") {
        let mut rustc = Command::new("rustc");
        rustc.args(["-O", "--edition", "2024", "--crate-type", "cdylib"]);
        rustc
    } else {
        let mut cc = Command::new("cc");
        cc.args(["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I"]).arg(Path::new(ROOT).join("include"));
        cc
    };
    let built = command.arg("-o").arg(&library).arg(path).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    library
}

fn open(library: &Path) -> Result<Arc<dyn Backend>, BackendError> {
    registry::open(&format!("plugin:{}", library.display()), &Isolation::by(PROGRAM.into()))
}

/// What the problem comes to; an output must be right.
fn run(backend: &dyn Backend, parameters: Parameters) -> Result<(), Failure> {
    let problem = Problem::new(parameters).unwrap();
    let mut operands = Operands::default();
    operands.fill(&problem, Fill::Integers, 1);
    let [mut actual, mut expected] = [(); 2].map(|()| vec![UNWRITTEN; problem.output_len() as usize]);
    backend.session().unwrap().run(operands.case(&problem), &mut actual)?;
    Exact.session().unwrap().run(operands.case(&problem), &mut expected).unwrap();
    assert_eq!(actual, expected, "{problem}");
    Ok(())
}

/// What the problem comes to, in words, the last words of a process left out.
fn outcome(backend: &dyn Backend, parameters: Parameters) -> String {
    let outcome = run(backend, parameters).map_or_else(|failure| failure.to_string(), |()| "right".to_owned());
    outcome.lines().next().unwrap_or_default().to_owned()
}

fn images(batch: u32) -> Parameters {
    Parameters { batch, bias: true, input: Hw::square(4), padding: Padding::uniform(1), ..Parameters::default() }
}

/// What `convdiff worker check` finds wrong with a plugin.
fn faults(library: &Path) -> Vec<String> {
    let mut name = OsString::from("plugin:");
    name.push(library);
    let mut faults = Vec::new();
    let command = vec![PROGRAM.into(), "worker".into(), "serve".into(), name];
    check(command, Limits::default(), &mut |line| {
        if line.mark != Mark::Right {
            faults.push(line.to_string());
        }
    });
    faults
}

#[test]
fn the_examples_in_c_and_rust_are_right_in_every_line() {
    let folder = tempfile::tempdir().unwrap();
    for source in ["conv.c", "conv.rs"] {
        assert_eq!(faults(&build(&folder, source)), [""; 0], "{source}");
    }
}

#[test]
fn a_plugin_says_who_it_is_or_goes_by_its_file() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(open(&build(&folder, "conv.c")).unwrap().version(), "conv.c 1");
    assert_eq!(open(&build(&folder, "conv.rs")).unwrap().version(), "conv.rs unknown");
}

#[test]
fn a_segfault_is_a_crash_on_one_problem() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = open(&build(&folder, "segfaults.c")).unwrap();
    let outcomes = [2, 3, 4].map(|batch| outcome(plugin.as_ref(), images(batch)));
    assert_eq!(outcomes, ["right", "crash: killed by SIGSEGV", "right"]);
}

/// What problems of three images come to, by the width of their kernels; with four images they must be right.
// Elsewhere it isn't told whether a plugin read or wrote.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn by_width(source: &str, widths: u32) -> String {
    let folder = tempfile::tempdir().unwrap();
    let plugin = open(&build(&folder, source)).unwrap();
    let wide = |w, batch| Parameters { kernel: Hw { h: 1, w }, ..images(batch) };
    for w in 1..=widths {
        assert_eq!(run(plugin.as_ref(), wide(w, 4)), Ok(()));
    }
    (1..=widths).map(|w| format!("{w}: {}\n", run(plugin.as_ref(), wide(w, 3)).unwrap_err())).collect()
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_write_outside_the_output_is_seen() {
    assert_snapshot!(by_width("strays.c", 6), @r#"
1: crash: the plugin wrote past the end of its output
at element 111 of 108
2: crash: the plugin wrote before the start of its output
at element -2 of 90
3: error: it wrote into its input
4: crash: the plugin wrote past the end of its weights
at element 4 of 4
5: crash: the plugin wrote past the end of its output
at element 48 of 36
6: crash: the plugin wrote at an address far from every tensor
the nearest is its output: there it is element 16777216 of 18
"#);
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_read_outside_the_operands_is_seen() {
    assert_snapshot!(by_width("overreads.c", 6), @r#"
1: crash: the plugin read past the end of its input
at element 48 of 48
2: crash: the plugin read before the start of its input
at element -1 of 48
3: crash: the plugin read past the end of its weights
at element 3 of 3
4: crash: the plugin read before the start of its weights
at element -1 of 4
5: crash: the plugin read past the end of its bias
at element 1 of 1
6: crash: the plugin read before the start of its bias
at element -1 of 1
"#);
}

#[test]
fn an_output_that_depends_on_earlier_calls_is_unstable() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = open(&build(&folder, "remembers.c")).unwrap();
    let mut examiner = Examiner::new(&Exact, plugin.as_ref(), Settings::default()).unwrap();
    let problem = Problem::new(images(1)).unwrap();
    assert_eq!(examiner.examine(&problem).verdict, Verdict::Agrees);
    assert_eq!(examiner.examine(&problem).verdict, Verdict::Unstable);
}

#[test]
fn a_leak_is_no_verdict_but_the_check_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let library = build(&folder, "leaks.c");
    assert_eq!(run(open(&library).unwrap().as_ref(), images(1)), Ok(()));
    let faults = faults(&library);
    assert!(faults[0].ends_with("it leaks") && faults.len() == 1, "{faults:?}");
}

#[test]
fn statuses_and_messages_come_through_and_chatter_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = open(&build(&folder, "refuses.c")).unwrap();
    let dilated = Parameters { dilation: Hw::square(2), ..images(1) };
    let strided = Parameters { stride: Hw::square(2), ..images(1) };
    let outcomes = [images(3), strided, dilated, images(2)].map(|parameters| outcome(plugin.as_ref(), parameters));
    assert_snapshot!(outcomes.join("\n"), @r#"
unsupported: 3 images, two at most
error: status 9: no kernel found
error: convdiff_conv2d_v1 returned 77, which is no status
right
"#);
}

#[test]
fn what_is_no_plugin_is_one_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.so");
    std::fs::write(&text, "not a library").unwrap();
    let source = folder.path().join("empty.c");
    std::fs::write(&source, "int nothing;\n").unwrap();
    let empty = folder.path().join("empty.so");
    assert!(Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&empty, &source]).status().unwrap().success());

    let error = |library: &Path| open(library).err().unwrap().to_string();
    for (library, reason) in [(folder.path().join("none.so"), "none.so"), (text, "text.so")] {
        assert!(error(&library).contains(reason), "{}", error(&library));
        assert_eq!(error(&library).matches("could not be started").count(), 1, "{}", error(&library));
    }
    assert!(error(&empty).contains("convdiff_conv2d_v1"), "{}", error(&empty));
}

/// With operands that need more digits than bfloat16 has, what is wrong by a tap would pass for rounding.
#[test]
fn an_engine_of_few_digits_gets_operands_that_it_has_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = format!("plugin:{}", build(&folder, "bf16.c").display());
    // With questions, and with what the sweep saw alone.
    for calls in ["600", "1"] {
        let run = folder.path().join(calls);
        let sweep = Command::new(PROGRAM)
            .args([
                "sweep",
                "-b",
                &plugin,
                "--space",
                "broad",
                "--sample",
                "4000",
                "--where",
                "taps < 400",
                "--explain-calls",
                calls,
                "--out",
            ])
            .arg(&run)
            .output()
            .unwrap();
        assert_eq!(sweep.status.code(), Some(2), "{}", String::from_utf8_lossy(&sweep.stderr));
        let text = |file| std::fs::read_to_string(run.join(file)).unwrap();
        assert!(text("manifest.toml").contains("fill = \"integers-f16\""));
        let repro = text("repro-1.toml");
        assert!(repro.contains("condition = \"kernel_h < kernel_w\"\n"), "{repro}");
        assert!(repro.contains("what = \"the window is read one column too far right\""), "{repro}");
        assert!(!run.join("repro-2.toml").exists());
    }
}

/// What a sweep with these arguments says of a plugin that is wrong wherever sums are large.
fn said_of_large_sums(source: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let library = build(&folder, source);
    let mut sweep = Command::new(PROGRAM);
    sweep.args(["sweep", "--space", "broad", "--quiet"]).args(arguments);
    sweep.arg("-b").arg(format!("plugin:{}", library.display()));
    let swept = sweep.arg("--out").arg(folder.path().join("run")).output().unwrap();
    let said = String::from_utf8(swept.stdout).unwrap();
    assert!(said.contains("Findings\n  1. "), "{said}{}", String::from_utf8_lossy(&swept.stderr));
    said
}

/// Enough to tell.
const FEW: &[&str] = &["--sample", "1000", "--explain-calls", "300"];
/// With as many questions as anyone asks.
const MANY: &[&str] = &["--sample", "2000"];

fn is_said_to_be_a_matter_of_values(arguments: &[&str]) {
    let said = said_of_large_sums("saturates.c", arguments);
    let line = |begin: &str| {
        let line = said.lines().find_map(|line| line.trim_start().strip_prefix(begin));
        line.unwrap_or_else(|| panic!("{begin}: {said}")).trim().to_owned()
    };
    assert!(line("but ").starts_with("no exact condition was found"), "{said}");
    assert!(line("but ").contains("what decides is the values of the operands"), "{said}");
    assert!(line("when ").contains("the number of taps is at least"), "{said}");
    assert!(line("what ").contains("beyond a limit"), "{said}");
    assert!(!said.contains("\n  2. "), "{said}");
}

#[test]
fn what_is_a_matter_of_values_is_said_to_be_one() {
    is_said_to_be_a_matter_of_values(FEW);
}

#[test]
#[ignore = "half a minute; CI runs it"]
fn long_what_is_a_matter_of_values_is_said_to_be_one() {
    is_said_to_be_a_matter_of_values(MANY);
}

/// Hardly any output has sums of few digits alone: the few that do are no ground for a condition.
fn is_said_to_fail_always(arguments: &[&str]) {
    let said = said_of_large_sums("rounds_to_half.c", arguments);
    assert!(said.contains("when      always\n"), "{said}");
    assert!(said.contains("the results are rounded to half precision"), "{said}");
}

#[test]
fn what_nearly_always_fails_is_said_to_fail_always() {
    is_said_to_fail_always(FEW);
}

#[test]
#[ignore = "ten seconds; CI runs it"]
fn long_what_nearly_always_fails_is_said_to_fail_always() {
    is_said_to_fail_always(MANY);
}
