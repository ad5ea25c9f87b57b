//! `convdiff diff`, as a person and a nightly job see it.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use std::path::Path;

fn convdiff(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("convdiff").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A sweep of some small problems around #2515 in the folder `out`.
fn sweep(folder: &Path, out: &str, backends: &str) {
    let space =
        ["--channels", "2", "--kernel", "1..=3x1..=3", "--input", "4..=5x5", "--stride", "2", "--padding", "0..=1"];
    let run = ["sweep", "--quiet", "--out", out, "-b", backends, "--explain-calls", "200"];
    let (code, _, stderr) = convdiff(folder, &[&run[..], &space].concat());
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn what_is_new_is_told_from_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    sweep(folder, "monday/sweep", "direct");
    sweep(folder, "tuesday/sweep", "direct,defect:coreml-2515");
    std::fs::create_dir(folder.join("never")).unwrap();
    let (code, page, _) = convdiff(folder, &["diff", "monday", "tuesday", "--count-planted"]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(page);
    assert_eq!(convdiff(folder, &["diff", "monday", "tuesday"]).0, 0);
    let (code, page, _) = convdiff(folder, &["diff", "never", "tuesday", "--count-planted"]);
    assert_eq!((code, page.contains("nothing to compare with")), (2, true));
    let (code, page, _) = convdiff(folder, &["diff", "tuesday", "tuesday/sweep", "--count-planted"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("the_same_twice", page);
    let (code, page, _) = convdiff(folder, &["diff", "tuesday", "monday", "--count-planted"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("nobody_looked", page);
}

#[test]
fn what_can_not_be_compared_is_an_error_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    sweep(folder, "good", "direct");
    let broken = |name: &str, file: &str, text: &str| {
        let to = folder.join(name);
        std::fs::create_dir(&to).unwrap();
        for from in ["manifest.toml", "findings.toml", "map.csv"] {
            std::fs::copy(folder.join("good").join(from), to.join(from)).unwrap();
        }
        // As if nothing were known of the files, as of those of convdiff 0.1.0.
        let manifest = std::fs::read_to_string(to.join("manifest.toml")).unwrap();
        std::fs::write(to.join("manifest.toml"), &manifest[..manifest.find("[files").unwrap()]).unwrap();
        std::fs::write(to.join(file), text).unwrap();
        let (code, stdout, stderr) = convdiff(folder, &["diff", "good", name]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        stderr.replace('\\', "/")
    };
    let manifest = std::fs::read_to_string(folder.join("good/manifest.toml")).unwrap();
    let running = manifest.replace("complete = true", "complete = false");
    let mut errors = [
        convdiff(folder, &["diff", "good", "nowhere"]).2,
        broken("running", "manifest.toml", &running),
        broken("map", "map.csv", "descriptor,backend,verdict\nmb1ic1ih3,direct,agrees\n"),
        broken("verdict", "map.csv", "descriptor,backend,verdict\nmb1ic1ih3iw3oc1kh1kw1,direct,perhaps\n"),
        broken("columns", "map.csv", "descriptor,backend\nmb1ic1ih3iw3oc1kh1kw1,direct\n"),
        broken("repro", "repro-1.toml", "problem = 3\n"),
    ];
    errors.iter_mut().for_each(|error| *error = error.lines().next().unwrap().to_owned());
    insta::assert_snapshot!(errors.join("\n"));
}
