//! Bad input: one clear error each, no panic, nothing half-written.

use super::{convdiff, failed};
use std::fmt::Write;

/// Runs a call that must fail; its exit code and its error.
fn error(folder: &std::path::Path, args: &[&str]) -> String {
    let output = convdiff(folder).args(args).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.stdout.is_empty(), "{args:?} printed to stdout");
    assert!(!stderr.contains("panicked"), "{args:?}: {stderr}");
    assert!(!folder.join("reports").exists(), "{args:?} left something behind");
    format!("{} {}\n  exit {}: {}", "$ convdiff", args.join(" "), output.status.code().unwrap(), stderr.trim_end())
}

fn table(folder: &std::path::Path, calls: &[&[&str]]) -> String {
    calls.iter().fold(String::new(), |mut text, args| {
        writeln!(text, "{}", error(folder, args)).unwrap();
        text
    })
}

#[test]
fn flags() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(table(
        folder.path(),
        &[
            &["sweep", "--backend", "rtne"],
            &["sweep", "--backend", "defect:coreml"],
            &["sweep", "--backend", "nonsense-engine"],
            &["sweep", "--reference", "exakt"],
            &["sweep", "--space", "coreml"],
            &["sweep", "--stride", "0"],
            &["sweep", "--kernel", "3x"],
            &["sweep", "--channels", "4..=1"],
            &["sweep", "--channels", "ic"],
            &["sweep", "--padding", "1:2:3"],
            &["sweep", "--channels", "3", "--groups", "2"],
            &["sweep", "--input", "99999999999"],
            &["sweep", "--bias", "maybe"],
            &["sweep", "--max-memory", "lots"],
            &["sweep", "--range", "5..5"],
            &["sweep", "--range", "0..999999999"],
            &["sweep", "--sample", "0"],
            &["sweep", "--sample", "-1"],
            &["sweep", "--sample", "1e"],
            &["sweep", "--deadline", "-1"],
            &["sweep", "--backend", "nosuch"],
            &["sweep", "--backend", "onnxruntime,direct,opencv,torch"],
            &["sweep", "--backend", "plugin:"],
            &["sweep", "--where", "batch / 0 == 1"],
            &["spaces", "nosuch"],
            &["sweep", "--fill", "ones"],
            &["sweep", "--map", "some"],
            &["sweep", "--deadline", "0"],
            &["sweep", "--where", "kernel_x > 1"],
            &["sweep", "--where", "groups >"],
            &["sweep", "--problems", "list.txt", "--kernel", "3"],
            &["sweep", "--resume"],
            &["sweep", "--resume", "nowhere"],
            &["sweep", "--nonsense"],
            &["swep"],
        ]
    ));
}

#[test]
fn descriptors() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(table(
        folder.path(),
        &[
            &["replay", "ic4294967296ih5oc1kh1"],
            &["replay", "ic1ih5oc1kh1ph1000000000000"],
            &["replay", "ic1ih5oc1kh1sh0"],
            &["replay", "g2ic3ih5oc2kh1"],
            &["replay", "ic1ih5oc1kh6"],
            &["replay", "ic1ih5oc1"],
            &["replay", "ic1hi5oc1kh1"],
            &["replay", ""],
            &["replay", "no/such/file.toml"],
            &["replay", "nosuchdir"],
            &["replay", "--conv --dir=BWD_D mb1ic1ih3oc1kh1"],
            &[
                "replay",
                "onednn_verbose,v1,primitive,exec,cpu,convolution,jit:avx2,backward_data,src:f32::blocked,,mb1ic1ih3oc1kh1,0.1"
            ],
            &["replay", "mb1ic1ih3oc1kh1", "-b", "defect:coreml-2515+"],
            &["replay", "mb1000ic1000ih1000oc1000kh1"],
        ]
    ));
}

#[test]
fn files() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("unknown.toml", "in_channels = 1\nout_channels = 1\ninput = 4\nkernel = 1\nkernels = 2\n"),
        ("missing.toml", "in_channels = 1\n"),
        ("type.toml", "in_channels = [1, 2]\nout_channels = 1\ninput = 4\nkernel = 1\n"),
        ("broken.toml", "in_channels = \n"),
        ("list.txt", "mb1ic1ih5oc1kh1\nmb1ic1ih5oc1kh9\n"),
        ("batch.txt", "--batch=other\n"),
        ("few.toml", "batch = 1\n"),
        ("few.csv", "descriptor;verdict\nmb1ic1ih3oc1kh1;agrees\n"),
        ("empty.csv", ""),
        ("map.csv.partial", "index,descriptor\n"),
        ("repro-x.toml", "problem = \"mb1ic1ih1oc1kh1\"\n"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    std::fs::write(folder.path().join("bytes.txt"), [0xff, 0xfe, 0x00, 0x80]).unwrap();
    std::fs::write(folder.path().join("bytes.dat"), [0xff, 0xfe, 0x00, 0x80]).unwrap();
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    insta::assert_snapshot!(table(
        folder.path(),
        &[
            &["sweep", "--space", "unknown.toml"],
            &["sweep", "--space", "missing.toml"],
            &["sweep", "--space", "type.toml"],
            &["sweep", "--space", "broken.toml"],
            &["sweep", "--problems", "list.txt"],
            &["sweep", "--problems", "batch.txt"],
            &["sweep", "--problems", "bytes.txt"],
            &["sweep", "--problems", "no-such-list.txt"],
            &["replay", "repro-x.toml"],
            &["sweep", "--problems", "folder"],
            &["sweep", "--space", "few.toml"],
            &["explain", "few.csv"],
            &["explain", "empty.csv"],
            &["explain", "none.csv"],
            &["explain", "bytes.dat"],
            &["explain", "map.csv.partial"],
            &["diff", "none", "none"],
            &["replay", "bytes.txt"],
        ]
    ));
}

#[test]
fn a_repro_whose_arrays_do_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut sweep = convdiff(folder.path());
    sweep.args(["sweep", "-q", "-b", "defect:leftover-corner", "--out", "run"]).args(super::SMALL).assert().code(0);
    let repro = folder.path().join("run/repro-1.toml");
    let text = std::fs::read_to_string(&repro).unwrap();
    // A copy: what a run wrote is its own.
    std::fs::write(folder.path().join("repro.toml"), text.replacen("input = [", "input = [7.0, ", 1)).unwrap();
    let (code, error) = failed(convdiff(folder.path()).args(["replay", "repro.toml"]));
    assert_eq!(code, 1);
    assert!(error.contains("operands.input has"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let (code, error) = failed(convdiff(folder.path()).args(["sweep", "-q", "--range", "0..5", "--out", "file/run"]));
    assert_eq!(code, 74);
    insta::assert_snapshot!(error, @"error: making the folder file/run: Not a directory (os error 20)");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_the_run_stays() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    crate::resume::begin(&run);
    // The rows go to a device that is always full.
    std::fs::remove_file(run.join("map.csv.partial")).unwrap();
    std::os::unix::fs::symlink("/dev/full", run.join("map.csv.partial")).unwrap();
    let (code, error) = failed(convdiff(folder.path()).args(["sweep", "-q", "--resume", "run"]));
    assert_eq!(code, 74, "{error}");
    assert!(error.contains("map.csv.partial: No space left on device"), "{error}");
}

#[test]
fn nothing_of_somebody_else_s_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    std::fs::write(own.join("map.csv"), "mine").unwrap();
    let sweep = ["sweep", "-q", "--range", "0..5", "-b", "direct", "--out", "own"];
    let (code, error) = failed(convdiff(folder.path()).args(sweep));
    assert_eq!(code, 1);
    insta::assert_snapshot!(error, @"error: own holds map.csv, which is no run of convdiff; nothing was written; choose another folder with --out");
    assert_eq!(std::fs::read_dir(&own).unwrap().count(), 1);
    let fails = "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1";
    let backend = ["-b", "defect:coreml-2515", "-o", "own/map.csv"];
    for command in [
        &["export", fails][..],
        &["explain", fails, "--calls", "100"],
        &["shrink", fails, "--shrink-calls", "50"],
        &["evaluate", "--defects", "stalls"],
    ] {
        let flags = if command[0] == "evaluate" { &backend[2..] } else { &backend };
        let (code, error) = failed(convdiff(folder.path()).args(command).args(flags));
        assert_eq!(
            (code, error.as_str()),
            (1, "error: own/map.csv is there already; --force replaces it\n"),
            "{command:?}"
        );
        assert_eq!(std::fs::read_to_string(own.join("map.csv")).unwrap(), "mine");
    }
    convdiff(folder.path()).args(["export", fails]).args(backend).arg("--force").assert().code(0);
    assert!(std::fs::read_to_string(own.join("map.csv")).unwrap().starts_with("# "));
}

#[test]
fn a_file_that_cannot_be_written_is_said_before_the_work_and_by_its_own_name() {
    let folder = tempfile::tempdir().unwrap();
    for command in
        [&["evaluate", "-o", "none/table"][..], &["shrink", "mb1ic1ih3oc1kh1", "-b", "direct", "-o", "none/x.toml"]]
    {
        let (code, error) = failed(convdiff(folder.path()).args(command));
        assert!(code == 74 && error.starts_with(&format!("error: writing {}: ", command.last().unwrap())), "{error}");
        assert!(!error.contains(".tmp"), "{error}");
    }
}

#[test]
fn more_threads_than_can_do_anything_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for number in ["65535", "0", "-1", "many"] {
        let (code, error) = failed(convdiff(folder.path()).args(["sweep", "-j", number]));
        let said = error.contains("it is a number from 1 to ") && error.contains("16 for each processor");
        assert!(code == 1 && said, "{error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_output_and_an_argument_that_is_no_text_are_named() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("convdiff"));
    let output = command.arg("spaces").stdout(full).stderr(std::process::Stdio::piped()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(74));
    assert!(said.starts_with("error: writing to standard output: No space left on device"), "{said}");
    let argument = std::ffi::OsStr::from_bytes(b"--reference=ex\xffact");
    let (code, said) = failed(convdiff(folder.path()).arg("sweep").arg(argument));
    assert_eq!((code, said.as_str()), (1, "error: argument 2, \"--reference=ex\u{fffd}act\", is not UTF-8\n"));
}

#[test]
fn a_batch_that_is_none_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = convdiff(folder.path());
    let (code, said) =
        failed(command.args(["worker", "serve", "direct"]).write_stdin("this is junk, and long enough to be a header"));
    assert_eq!(code, 1);
    assert!(said.starts_with("error: what came on standard input is no batch of convdiff: "), "{said}");
    let reason = said.trim_end().rsplit(": ").next().unwrap();
    assert_eq!(said.matches(reason).count(), 1, "{said}");
}
