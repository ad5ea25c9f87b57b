//! `convdiff corpus`, and what else takes a fuzzer's files, as a user sees it.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use std::fs;
use tempfile::TempDir;

const CORNER: &str = "mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1";

fn convdiff(folder: &TempDir, arguments: &[&str]) -> (String, String, i32) {
    let output = Command::cargo_bin("convdiff").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

#[test]
fn descriptors_become_seeds_and_seeds_become_descriptors() {
    let folder = TempDir::new().unwrap();
    // Not canonical, and of benchdnn's grammar.
    let (stdout, _, code) = convdiff(&folder, &["corpus", "add", "mb1ic2ih5oc2kh3", CORNER, CORNER]);
    let square = "mb1ic2ih5iw5oc2oh3ow3kh3kw3ph0pw0";
    assert_eq!((stdout, code), (format!("corpus/conv_diff/{square}\ncorpus/conv_diff/{CORNER}\n"), 0));
    let seed = fs::read_to_string(folder.path().join("corpus/conv_diff").join(CORNER)).unwrap();
    assert_eq!(seed, format!("{CORNER}\n"));

    // What libFuzzer adds by itself: the same as text without an end of line, and bytes.
    fs::write(folder.path().join("corpus/conv_diff/0123abcd"), CORNER).unwrap();
    fs::write(folder.path().join("corpus/conv_diff/4567abcd"), [1, 40, 0, 90, 7]).unwrap();
    let (listed, _, code) = convdiff(&folder, &["corpus", "list"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!((lines.len(), code), (3, 0), "{listed}");
    assert!(lines.contains(&CORNER) && lines.contains(&square), "{listed}");

    // The list makes the same seeds elsewhere.
    fs::write(folder.path().join("list.txt"), &listed).unwrap();
    convdiff(&folder, &["corpus", "add", "list.txt", "--folder", "elsewhere"]);
    assert_eq!(convdiff(&folder, &["corpus", "list", "elsewhere"]).0, listed);
}

#[test]
fn what_can_be_no_seed_is_refused() {
    let folder = TempDir::new().unwrap();
    let (_, stderr, code) = convdiff(&folder, &["corpus", "add", "mb1ic100ih100oc100kh3"]);
    insta::assert_snapshot!(stderr, @"error: mb1ic100ih100iw100oc100oh98ow98kh3kw3ph0pw0: fuzz targets skip it: the problem takes 864.4 million multiply-adds, over the limit of 200.0 thousand");
    assert_eq!(code, 1);
    let (stdout, stderr, code) = convdiff(&folder, &["corpus", "list", "."]);
    assert_eq!((stdout.as_str(), stderr.as_str(), code), ("", "no seeds in .\n", 4));
    assert_eq!(convdiff(&folder, &["corpus", "list", "nowhere"]).2, 74);
}

#[test]
fn an_artifact_is_replayed_be_it_text_or_bytes() {
    let folder = TempDir::new().unwrap();
    let replay = |bytes: &[u8]| {
        fs::write(folder.path().join("crash-0123"), bytes).unwrap();
        convdiff(&folder, &["replay", "--backend", "defect:coreml-2515", "crash-0123"])
    };
    let (stdout, _, code) = replay(CORNER.as_bytes());
    assert!(stdout.starts_with(CORNER) && stdout.contains("[:, :, -1, -1]"), "{stdout}");
    assert_eq!(code, 2);
    let (stdout, _, code) = replay(&[1, 40, 0, 90, 7]);
    assert!(stdout.starts_with("mb2"), "{stdout}");
    assert_eq!(code, 0);
    // Whatever takes a failing case takes an artifact.
    fs::write(folder.path().join("crash-4567"), format!("mb3{}b1", &CORNER[3..])).unwrap();
    let (stdout, _, code) = convdiff(&folder, &["shrink", "--backend", "defect:coreml-2515", "crash-4567"]);
    assert!(stdout.contains("[:, :, -1, -1]"), "{stdout}");
    assert_eq!(code, 2);
    let (stdout, _, code) = convdiff(&folder, &["export", "--format", "markdown", "crash-4567"]);
    assert!(stdout.contains("3×2 kernel"), "{stdout}");
    assert_eq!(code, 0);
    // Text that is no descriptor is a person's mistake, not a fuzzer's input.
    let (_, stderr, code) = replay(b"mb1ic2ih5oc2kj3\n");
    insta::assert_snapshot!(stderr, @r#"error: crash-0123: line 1, byte 12, in "mb1ic2ih5oc2kj3": unknown key "kj"; did you mean "kh"?"#);
    assert_eq!(code, 1);
}

/// An interrupted copy is no failing case: every command that takes one says so, in a line.
#[test]
fn an_empty_or_truncated_file_is_said_to_be_one() {
    let folder = TempDir::new().unwrap();
    let repro = include_str!("../corpus/repro/coreml-2515.toml");
    let files: [(&str, &[u8]); 6] = [
        ("crash-0123", b""),
        ("crash-4567", b" \n"),
        ("crash-89ab", &CORNER.as_bytes()[..20]),
        ("empty.toml", b""),
        ("half.toml", &repro.as_bytes()[..repro.len() / 2]),
        ("third.toml", &repro.as_bytes()[..repro.len() / 3]),
    ];
    let mut said = String::new();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
        let errors = ["shrink", "replay", "export", "explain"].map(|command| {
            let backend = ["--backend", "defect:coreml-2515"];
            let format = ["--format", "markdown"];
            let flags = if command == "export" { format } else { backend };
            let (stdout, stderr, code) = convdiff(&folder, &[&[command, name], &flags[..]].concat());
            assert_eq!((stdout.as_str(), code, stderr.lines().count()), ("", 1, 1), "{command} {name}: {stderr}");
            stderr
        });
        assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        said += &errors[0];
    }
    insta::assert_snapshot!(said);
}
