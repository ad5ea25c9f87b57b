//! `sweep --adaptive` as people call it.

use super::convdiff;
use std::fs;

fn sweep(folder: &std::path::Path, out: &str, threads: &str) -> String {
    let args = ["sweep", "--adaptive", "3000", "-b", "direct,defect:coreml-2515", "--explain-calls", "50"];
    let output = convdiff(folder).args(args).args(["--out", out, "-j", threads]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_map_holds_what_was_chosen_whatever_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let said = sweep(folder.path(), "one", "1");
    assert!(said.contains("covered 3,686 of 3,686 pairs of values and "), "{said}");
    sweep(folder.path(), "two", "2");
    let map = |run: &str| fs::read_to_string(folder.path().join(run).join("map.csv")).unwrap();
    assert_eq!(map("one"), map("two"));
    let mut indices: Vec<u64> =
        map("one").lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert!(indices.is_sorted());
    indices.dedup();
    assert_eq!(indices.len(), 3_000);
}

#[test]
fn a_run_that_has_nothing_yet_is_resumed_from_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    sweep(folder.path(), "whole", "2");
    // As `kill -9` leaves one: the manifest of a run that isn't complete, and an empty journal.
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    fs::create_dir(&killed).unwrap();
    let manifest = fs::read_to_string(whole.join("manifest.toml")).unwrap();
    let begun = manifest.replace("complete = true", "complete = false");
    assert_ne!(begun, manifest);
    fs::write(killed.join("manifest.toml"), begun).unwrap();
    let output = convdiff(folder.path()).args(["sweep", "-q", "--resume", "killed"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    for file in ["map.csv", "failures.csv", "findings.toml"] {
        assert_eq!(fs::read(whole.join(file)).unwrap(), fs::read(killed.join(file)).unwrap(), "{file}");
    }
}

#[test]
fn what_cannot_be_adaptive_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for args in [
        &["sweep", "--adaptive", "0"][..],
        &["sweep", "--adaptive", "10", "--sample", "10"],
        &["sweep", "--adaptive", "10", "--problems", "-"],
        &["evaluate", "--random", "0"],
        &["evaluate", "--seed", "3"],
        &["evaluate", "--defects", "coreml-2151"],
        &["evaluate", "--defects", "coreml-2515", "--format", "html"],
    ] {
        let output = convdiff(folder.path()).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{output:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
