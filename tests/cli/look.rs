//! What the lists look like.

use super::{convdiff, stdout};
use insta::assert_snapshot;

#[test]
fn spaces_are_listed_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    assert_snapshot!(stdout(convdiff(folder.path()).arg("spaces")));
    let shown = stdout(convdiff(folder.path()).args(["spaces", "coreml-2515"]));
    assert_snapshot!(shown);
    // What is shown is a space to start from.
    std::fs::write(folder.path().join("own.toml"), &shown).unwrap();
    assert_eq!(stdout(convdiff(folder.path()).args(["spaces", "own.toml"])), shown);
}

#[test]
fn planted_defects_are_listed_apart() {
    let folder = tempfile::tempdir().unwrap();
    let text = stdout(convdiff(folder.path()).arg("backends"));
    let (real, planted) = text.split_once("Planted defects").unwrap();
    assert!(!real.contains("defect:"), "{real}");
    for defect in convdiff::backend::defect::all() {
        assert!(planted.contains(defect.name), "{} is missing", defect.name);
    }
}
