//! `convdiff engines`, and engines as backends. A shell script stands in for Python: no test needs the network.
#![cfg(unix)]

use super::{convdiff, failed, stdout};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A Python of few words: it makes environments that hold itself, "installs" unless there is a file `no-wheel` or `no-room`, and is
/// a worker that greets.
const PYTHON: &str = r#"#!/bin/sh
case "$1 $2" in
"-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
"-m pip")
    echo "$@" >> "$CONVDIFF_CACHE/installed"
    if [ -e no-room ]; then
        echo "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device" >&2
        exit 1
    fi
    if [ -e no-wheel ]; then
        echo "ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: 1.26.4, 2.0.0rc1)" >&2
        echo "ERROR: No matching distribution found for numpy==2.4.6" >&2
        exit 1
    fi
    echo "Successfully installed numpy-2.4.6" ;;
"--version ") echo "Python 3.11.7" ;;
*) printf 'HELO\001\000\000\000\035\000\000\000\000\000\000\000engine: naive\nversion: 2.4.6\n'; cat > /dev/null ;;
esac
"#;

fn with_python() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("python3");
    fs::write(&python, PYTHON).unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o700)).unwrap();
    folder
}

/// `convdiff engines install naive`: exit code, stdout and stderr, without the machine's paths.
fn install(folder: &Path) -> (i32, String) {
    let mut command = convdiff(folder);
    let output = command.args(["engines", "install", "naive", "--python", "./python3"]).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap().replace(&folder.display().to_string(), "HERE");
    (output.status.code().unwrap(), said)
}

/// How often pip was run.
fn installations(folder: &Path) -> usize {
    fs::read_to_string(folder.join("cache/installed")).unwrap().lines().count()
}

#[test]
fn the_engines_are_listed_with_their_options() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(stdout(convdiff(folder.path()).args(["engines", "list"])));
}

#[test]
fn the_module_is_what_workers_import() {
    let folder = tempfile::tempdir().unwrap();
    let module = stdout(convdiff(folder.path()).args(["engines", "module"]));
    assert_eq!(module, include_str!("../../python/convdiff_worker.py"));
}

#[test]
fn an_engine_is_installed_once() {
    let folder = with_python();
    let first = (0, "naive is installed: 2.4.6\nnaive: Successfully installed numpy-2.4.6\n".to_owned());
    assert_eq!(install(folder.path()), first);
    assert_eq!(install(folder.path()), (0, "naive was installed before: 2.4.6\n".to_owned()));
    assert_eq!(installations(folder.path()), 1);
    let listed = stdout(convdiff(folder.path()).args(["engines", "list"]));
    assert!(listed.lines().any(|line| line.starts_with("naive                 2.4.6         yes ")), "{listed}");
}

#[test]
fn what_pip_says_last_is_shown_and_half_an_environment_is_none() {
    let folder = with_python();
    let refused = ["no-room", "no-wheel"].map(|why| {
        fs::write(folder.path().join(why), "").unwrap();
        let (code, said) = install(folder.path());
        fs::remove_file(folder.path().join(why)).unwrap();
        format!("{why}: exit code {code}\n{said}")
    });
    insta::assert_snapshot!(refused.join("\n"));
    assert!(!folder.path().join("cache/engines/naive-2.4.6").exists());
    let (code, said) = failed(convdiff(folder.path()).args(["sweep", "-b", "naive"]));
    assert!(code == 1 && said.contains("engine \"naive\" is not installed"), "{said}");
    assert_eq!(install(folder.path()).0, 0);
    // Somebody interrupted an installation before the end: the file that is written last is missing.
    fs::remove_file(folder.path().join("cache/engines/naive-2.4.6/installed.txt")).unwrap();
    assert_eq!(install(folder.path()).0, 0);
    assert_eq!(installations(folder.path()), 4);
}

#[test]
fn a_name_that_leads_to_no_engine_is_one_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut said = String::new();
    for words in [
        &["sweep", "-b", "onnxruntime"][..],
        &["sweep", "-b", "onnxruntime@1.20.1?optimize=off"],
        &["sweep", "-b", "onnxruntime?optimise=off"],
        &["sweep", "-b", "onnxruntme"],
        &["replay", "ic1ih3oc1kh1", "-b", "direct", "--reference", "ncnn?packing=of"],
        &["shrink", "ic1ih3oc1kh1", "-b", "opencv"],
        &["sweep", "-b", "naive", "--python", "/no/such/python"],
        &["engines", "install", "opncv"],
        &["engines", "install", "naive", "--python", "/no/such/python"],
    ] {
        let (code, stderr) = failed(convdiff(folder.path()).args(words));
        said += &format!("convdiff {}\n{code}: {stderr}\n", words.join(" "));
    }
    insta::assert_snapshot!(said);
}
