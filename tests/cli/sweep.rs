//! A sweep from its flags to its files.

use super::{SMALL, convdiff, stdout};
use insta::assert_snapshot;
use std::fs;
use std::path::Path;

/// Runs the small sweep into `out`.
fn sweep(folder: &Path, out: &str, more: &[&str]) -> String {
    stdout(convdiff(folder).arg("sweep").args(SMALL).args(["--quiet", "--explain-calls", "0", "--out", out]).args(more))
}

#[test]
fn the_table_says_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = convdiff(folder.path());
    command.args(["sweep", "-q", "-b", "direct,defect:coreml-2515", "--out", "run"]).args(SMALL);
    let text = stdout(&mut command);
    assert_snapshot!(text);
}

#[test]
fn a_run_holds_what_its_readme_says() {
    let folder = tempfile::tempdir().unwrap();
    sweep(folder.path(), "run", &["-b", "im2col,defect:leftover-corner"]);
    let run = folder.path().join("run");
    let mut files: Vec<String> = fs::read_dir(&run)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != ".lock")
        .collect();
    files.sort();
    assert_eq!(files, ["failures.csv", "findings.toml", "manifest.toml", "map.csv", "repro-1.toml"]);

    let mut map = csv::Reader::from_path(run.join("map.csv")).unwrap();
    let columns = convdiff::sweep::COLUMNS.map(|(name, _)| name);
    assert_eq!(map.headers().unwrap().iter().collect::<Vec<_>>(), columns);
    let rows: Vec<csv::StringRecord> = map.records().collect::<Result<_, _>>().unwrap();
    let manifest = convdiff::run::read_manifest(&run).unwrap();
    assert_eq!(rows.len() as u64, 2 * manifest.problems.unwrap());
    assert!(manifest.complete);

    // The derived columns are the problem's own arithmetic.
    for row in &rows {
        let problem: convdiff::problem::Problem = row[1].parse().unwrap();
        let column = |name: &str| row[columns.iter().position(|column| *column == name).unwrap()].to_owned();
        assert_eq!(column("output_w"), problem.output().w.to_string());
        assert_eq!(column("remainder_h"), problem.h().remainder().to_string());
        assert_eq!(column("effective_pad_right"), problem.w().effective_pad_end().to_string());
        assert_eq!(column("in_channels_per_group"), problem.in_channels_per_group().to_string());
    }

    let failing: Vec<csv::StringRecord> =
        csv::Reader::from_path(run.join("failures.csv")).unwrap().records().collect::<Result<_, _>>().unwrap();
    let expected: Vec<_> = rows.into_iter().filter(|row| &row[29] != "agrees").collect();
    assert_eq!(failing, expected);
}

#[test]
fn the_map_is_the_same_for_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    for (out, threads) in [("one", "1"), ("eight", "8")] {
        sweep(folder.path(), out, &["-b", "direct,defect:unwritten-rows,defect:coreml-2515", "-j", threads]);
    }
    for file in ["map.csv", "failures.csv", "findings.toml", "repro-1.toml"] {
        let read = |run: &str| fs::read(folder.path().join(run).join(file)).unwrap();
        assert_eq!(read("one"), read("eight"), "{file}");
    }
}

#[test]
fn failures_alone_are_written_on_request() {
    let folder = tempfile::tempdir().unwrap();
    sweep(folder.path(), "run", &["-b", "defect:coreml-2515", "--map", "failures"]);
    assert!(!folder.path().join("run/map.csv").exists());
    assert!(folder.path().join("run/failures.csv").exists());
}

#[test]
fn planted_findings_alone_are_no_findings() {
    let folder = tempfile::tempdir().unwrap();
    convdiff(folder.path()).args(["sweep", "-q"]).args(SMALL).args(["-b", "defect:leftover-corner"]).assert().code(0);
}

#[test]
fn a_wrong_real_backend_is_a_finding() {
    // A reference with a planted defect makes every right backend look wrong.
    let folder = tempfile::tempdir().unwrap();
    let mut command = convdiff(folder.path());
    command.args(["sweep", "-q", "-b", "direct", "--reference", "defect:leftover-corner"]).args(SMALL);
    command.assert().code(2);
}

#[test]
fn nothing_to_test_has_a_code_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    convdiff(folder.path()).args(["sweep", "-q", "--kernel", "9", "--padding", "0"]).assert().code(4);
    convdiff(folder.path()).args(["sweep", "-q", "--where", "groups > 100"]).assert().code(4);
    convdiff(folder.path()).args(["sweep", "-q", "--problems", "-"]).write_stdin("# none\n").assert().code(4);
}

#[test]
fn runs_without_a_folder_are_numbered() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        convdiff(folder.path()).args(["sweep", "-q", "--range", "0..50", "-b", "direct"]).assert().code(0);
    }
    assert!(folder.path().join("reports/coreml-2515/map.csv").exists());
    assert!(folder.path().join("reports/coreml-2515-2/map.csv").exists());
}

#[test]
fn a_list_is_run_in_its_order_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let list = "# two\nmb1ic2ih5oc2kh3\n--reset --dt=f32 mb1ic1ih4oc1kh1n\"named\"\n";
    let mut command = convdiff(folder.path());
    command.args(["sweep", "-q", "-b", "direct", "--problems", "-", "--out", "run"]).write_stdin(list);
    command.assert().code(0);
    let kept = fs::read_to_string(folder.path().join("run/problems.txt")).unwrap();
    assert_snapshot!(kept, @r"
    mb1ic2ih5iw5oc2oh3ow3kh3kw3ph0pw0
    mb1ic1ih4iw4oc1oh4ow4kh1kw1ph0pw0
    ");
}

#[test]
fn a_sample_holds_as_many_problems_as_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = convdiff(folder.path());
    command.args(["sweep", "-q", "--space", "broad", "--sample", "300", "-b", "direct", "--out", "run"]);
    command.args(["--max-work", "100k"]).assert().code(0);
    assert_eq!(convdiff::run::read_manifest(&folder.path().join("run")).unwrap().problems, Some(300));
}

#[test]
fn what_dies_in_its_own_process_is_a_verdict_on_one_problem() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = convdiff(folder.path());
    command.args(["sweep", "-q", "-b", "defect:vector-over-read,direct", "--isolate", "--out", "run"]);
    // N·C·H·W mod 16 = 1: 1·3·3·11 = 99 is not, 1·3·1·11 = 33 is.
    command.args(["--channels", "3", "--groups", "3", "--input", "1..=3x11", "--kernel", "1", "--stride", "2"]);
    command.args(["--padding", "0", "--bias", "no"]);
    assert_snapshot!(stdout(&mut command));
}

#[test]
fn what_could_be_misread_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let said = |args: &[&str]| {
        let mut command = convdiff(folder.path());
        command.args(["sweep", "-q"]).args(&SMALL[if args.contains(&"--channels") { 2 } else { 0 }..]).args(args);
        super::failed(&mut command)
    };
    assert_eq!(
        said(&["-b", "direct", "--reference", "direct"]),
        (0, "note: direct was held against itself: nothing can differ but what isn't the same twice\n".to_owned())
    );
    assert_eq!(
        said(&["-b", "direct,rten,direct"]),
        (1, "error: backend \"direct\" is given twice: once is enough\n".to_owned())
    );
    let flags = ["-b", "defect:coreml-2515,defect:channel-tail", "--explain-calls", "0", "--channels", "2,5"];
    let (code, notes) = said(&flags);
    assert!(
        code == 0 && notes.ends_with("told apart by their regions alone: one bug may be several findings\n"),
        "{notes}"
    );
}

#[test]
fn sweeps_that_are_begun_at_once_get_a_folder_each() {
    let folder = tempfile::tempdir().unwrap();
    let program = assert_cmd::cargo::cargo_bin("convdiff");
    let begin = || {
        let mut command = std::process::Command::new(&program);
        command.args(["sweep", "-q", "--range", "0..50", "-b", "direct"]).current_dir(folder.path());
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let children: Vec<_> = (0..4).map(|_| begin()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(fs::read_dir(folder.path().join("reports")).unwrap().count(), 4);
}

#[test]
fn a_sample_is_one_of_those_that_are_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = convdiff(folder.path());
    command.args([
        "sweep",
        "-q",
        "--space",
        "broad",
        "--sample",
        "0.2k",
        "-b",
        "direct",
        "--out",
        "run",
        "--max-work",
        "100k",
    ]);
    command.args(["--where", "groups > 1 and kernel_h == 3"]).assert().code(0);
    assert_eq!(convdiff::run::read_manifest(&folder.path().join("run")).unwrap().problems, Some(200));
}
