//! Files of a run that aren't as it wrote them, and files of other versions.

use super::{SMALL, convdiff, failed};
use std::fs;
use std::path::Path;

fn sweep(folder: &Path) {
    let args = ["sweep", "-q", "-b", "direct,defect:coreml-2515", "--explain-calls", "50", "--out", "run"];
    convdiff(folder).args(args).args(SMALL).assert().success();
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{} has no {from:?}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Copies a folder of plain files.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// The files that convdiff 0.1.0 wrote.
fn written_by_0_1_0(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/0.1.0").join(name)
}

#[test]
fn an_edited_or_cut_file_is_one_clear_error_for_whatever_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    sweep(folder.path());
    copy(&folder.path().join("run"), &folder.path().join("whole"));
    let run = folder.path().join("run");
    let check = |file: &str, commands: &[&[&str]]| {
        for command in commands {
            let (code, error) = failed(convdiff(folder.path()).args(*command));
            let begin = format!("error: {} is not as the run wrote it: ", Path::new("run").join(file).display());
            assert!(code == 1 && error.starts_with(&begin) && error.contains("--salvage"), "{command:?}: {error}");
            assert_eq!(error.lines().count(), 1, "{error}");
            // What holds of it is used on request, and what doesn't is said.
            let (code, said) = failed(convdiff(folder.path()).args(*command).arg("--salvage"));
            assert!(code != 1 && said.contains("is not as the run wrote it"), "{command:?}: {code}, {said}");
        }
        fs::copy(folder.path().join("whole").join(file), run.join(file)).unwrap();
    };
    // A verdict.
    edit(&run.join("map.csv"), ",defect:coreml-2515,differs,", ",defect:coreml-2515,agrees,");
    check("map.csv", &[&["diff", "whole", "run"], &["explain", "run/map.csv"], &["explain", "run"]]);
    // A cut at the end of a row.
    let map = fs::read_to_string(run.join("map.csv")).unwrap();
    let half: String = map.split_inclusive('\n').take(40).collect();
    fs::write(run.join("map.csv"), half).unwrap();
    check("map.csv", &[&["diff", "whole", "run"], &["explain", "run/map.csv"]]);
    edit(&run.join("findings.toml"), "differs", "unstable");
    check("findings.toml", &[&["diff", "whole", "run"], &["explain", "run"]]);
    edit(&run.join("repro-1.toml"), "seed = 2515", "seed = 2516");
    check("repro-1.toml", &[&["replay", "run"], &["replay", "run/repro-1.toml"], &["export", "run/repro-1.toml"]]);
}

#[test]
fn a_flipped_bit_in_an_unfinished_table_does_not_reach_the_map() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["whole", "cut"] {
        super::resume::begin(&folder.path().join(name));
    }
    let cut = folder.path().join("cut");
    super::resume::stop_after(&cut, 600);
    let table = cut.join("map.csv.partial");
    let whole = fs::read(&table).unwrap();
    let mut flipped = whole.clone();
    let at = whole.len() / 3;
    flipped[at] ^= 1;
    fs::write(&table, flipped).unwrap();
    let (code, error) = failed(convdiff(folder.path()).args(["sweep", "-q", "--resume", "cut"]));
    assert!(code == 1 && error.contains("map.csv.partial is not as the run wrote it: by the journal"), "{error}");
    let (code, said) = failed(convdiff(folder.path()).args(["sweep", "-q", "--resume", "cut", "--salvage"]));
    assert!(code == 0 && said.contains("points hold, and the run goes on behind them"), "{said}");
    convdiff(folder.path()).args(["sweep", "-q", "--resume", "whole"]).assert().code(0);
    let map = |name: &str| fs::read(folder.path().join(name).join("map.csv")).unwrap();
    assert!(map("whole") == map("cut"));
}

#[test]
fn every_file_says_its_format() {
    let folder = tempfile::tempdir().unwrap();
    sweep(folder.path());
    for file in ["manifest.toml", "findings.toml", "repro-1.toml"] {
        let text = fs::read_to_string(folder.path().join("run").join(file)).unwrap();
        assert!(text.starts_with("format = \"1.0\"\n"), "{file}: {text}");
    }
    for file in ["map.csv", "failures.csv"] {
        let text = fs::read_to_string(folder.path().join("run").join(file)).unwrap();
        let mut lines = text.lines();
        assert!(lines.next().unwrap().ends_with(",format"));
        assert!(lines.all(|line| line.ends_with(",1.0")), "{file}");
    }
    let manifest = convdiff::run::read_manifest(&folder.path().join("run")).unwrap();
    let files: Vec<&str> = manifest.files.keys().map(String::as_str).collect();
    assert_eq!(files, ["failures.csv", "findings.toml", "map.csv", "repro-1.toml"]);
    assert_eq!(manifest.files["map.csv"].rows, Some(2 * manifest.problems.unwrap()));
}

#[test]
fn of_a_newer_minor_version_what_is_not_known_is_left_out_and_a_newer_major_one_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    sweep(folder.path());
    let run = folder.path().join("run");
    copy(&run, &folder.path().join("before"));
    // The files of a newer convdiff fit each other, so they are not held against this one's manifest.
    let manifest = fs::read_to_string(run.join("manifest.toml")).unwrap();
    let files = manifest.find("[files").unwrap();
    let newer = manifest[..files].replacen("format = \"1.0\"\n", "format = \"1.9\"\nmood = \"good\"\n", 1);
    fs::write(run.join("manifest.toml"), &newer).unwrap();
    for file in ["findings.toml", "repro-1.toml"] {
        edit(&run.join(file), "format = \"1.0\"\n", "format = \"1.9\"\n");
    }
    edit(&run.join("repro-1.toml"), "[operands]\n", "[operands]\nlayout = \"nchw\"\n");
    let (code, said) = failed(convdiff(folder.path()).args(["diff", "before", "run"]));
    assert!(
        code == 0 && said.contains("manifest.toml was written by a newer convdiff") && said.contains(": mood\n"),
        "{said}"
    );
    assert!(said.contains(": operands.layout\n"), "{said}");
    // The same keys in a file of this version are a mistake.
    fs::copy(run.join("repro-1.toml"), folder.path().join("repro.toml")).unwrap();
    edit(&folder.path().join("repro.toml"), "1.9", "1.0");
    let (code, said) = failed(convdiff(folder.path()).args(["replay", "repro.toml"]));
    assert!(code == 1 && said.contains("unknown field `layout`"), "{said}");
    for (file, command) in [
        ("manifest.toml", &["diff", "before", "run"][..]),
        ("manifest.toml", &["sweep", "--resume", "run"]),
        ("findings.toml", &["explain", "run"]),
        ("repro-1.toml", &["replay", "run"]),
        ("map.csv", &["explain", "run/map.csv"]),
    ] {
        let path = run.join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("format = \"1.9\"", "format = \"2.0\"").replace(",1.0\n", ",2.0\n")).unwrap();
        let (code, said) = failed(convdiff(folder.path()).args(command));
        let sentence =
            format!("{file} has format 2.0, which a newer convdiff wrote; this one reads formats up to 1.x\n");
        assert!(code == 1 && said.ends_with(&sentence), "{command:?}: {said}");
        fs::write(&path, text).unwrap();
    }
}

#[test]
fn what_0_1_0_wrote_is_read() {
    let folder = tempfile::tempdir().unwrap();
    copy(&written_by_0_1_0("finished"), &folder.path().join("old"));
    sweep(folder.path());
    for command in [
        &["diff", "old", "run"][..],
        &["explain", "old", "--calls", "100"],
        &["explain", "old/map.csv"],
        &["export", "old/repro-1.toml"],
    ] {
        convdiff(folder.path()).args(command).assert().code(0);
    }
    let replayed = convdiff(folder.path()).args(["replay", "old"]).output().unwrap();
    assert_eq!(replayed.status.code(), Some(2));
    assert!(String::from_utf8(replayed.stdout).unwrap().ends_with("\nas in the repro file\n\n"));
    // A run of it that was stopped goes on.
    copy(&written_by_0_1_0("unfinished"), &folder.path().join("stopped"));
    convdiff(folder.path()).args(["sweep", "-q", "--resume", "stopped"]).assert().code(0);
    let manifest = convdiff::run::read_manifest(&folder.path().join("stopped")).unwrap();
    assert_eq!((manifest.complete, manifest.problems), (true, Some(3_828)));
}
