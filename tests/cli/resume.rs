//! Runs that were cut short, and folders that are taken.

use super::{SMALL, convdiff, failed};
use convdiff::run::{MapKind, Plan, Reading, Run, Sitting};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

fn plan() -> Plan {
    Plan {
        name: "test".to_owned(),
        range: None,
        sample: Some(20_000),
        adaptive: None,
        condition: None,
        reference: "exact".to_owned(),
        backends: vec!["direct".to_owned(), "defect:coreml-2515".to_owned()],
        fill: Some(convdiff::operands::Fill::Integers),
        seed: 1,
        strict: false,
        map: MapKind::Full,
        isolate: false,
        deadline: 10.0,
        shrink_calls: 1000,
        explain_calls: 50,
        space: Some(convdiff::problem::space::presets::PRESETS[0].axes()),
    }
}

/// Begins a run and does nothing of it.
pub fn begin(run: &Path) {
    drop(Run::begin(run, plan(), [].into(), &sitting()).unwrap());
}

/// Goes on with a run until so many points are done.
pub fn stop_after(run: &Path, points: u64) {
    assert!(!run_until(Run::resume(run, None, &sitting(), &mut Reading::strict()).unwrap(), points));
}

fn sitting() -> Sitting {
    Sitting { threads: 2, program: assert_cmd::cargo::cargo_bin("convdiff"), python: None }
}

/// Runs until `points` points are done, or a few hundred more than before.
fn run_a_little(run: Run) -> bool {
    let points = run.progress().points + 400;
    run_until(run, points)
}

/// Runs until `points` points are done.
fn run_until(run: Run, points: u64) -> bool {
    let stop = AtomicBool::new(false);
    let outcome = run.go(&stop, &mut |progress| {
        if progress.points >= points {
            stop.store(true, Ordering::Relaxed);
        }
    });
    outcome.unwrap().finished
}

fn assert_same(one: &Path, other: &Path) {
    for file in ["map.csv", "failures.csv", "findings.toml", "repro-1.toml"] {
        assert_eq!(fs::read(one.join(file)).unwrap(), fs::read(other.join(file)).unwrap(), "{file}");
    }
}

#[test]
fn a_run_that_was_stopped_ends_as_if_it_never_was() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
    assert!(run_until(Run::begin(&whole, plan(), [].into(), &sitting()).unwrap(), u64::MAX));
    assert!(!run_until(Run::begin(&parts, plan(), [].into(), &sitting()).unwrap(), 1));
    let mut sittings = 1;
    while !run_a_little(Run::resume(&parts, None, &sitting(), &mut Reading::strict()).unwrap()) {
        sittings += 1;
    }
    assert!(sittings > 1, "the run was over before it could be stopped twice");
    assert_same(&whole, &parts);
}

#[test]
fn what_was_written_behind_the_last_commit_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    assert!(run_until(Run::begin(&whole, plan(), [].into(), &sitting()).unwrap(), u64::MAX));
    assert!(!run_until(Run::begin(&killed, plan(), [].into(), &sitting()).unwrap(), 1));
    // What `kill -9` leaves: rows that were never committed, a torn row, a torn line of the journal.
    let append = |file: &str, bytes: &[u8]| {
        let path = killed.join(file);
        let mut all = fs::read(&path).unwrap();
        all.extend_from_slice(bytes);
        fs::write(path, all).unwrap();
    };
    append("map.csv.partial", b"1,mb1ic1,torn");
    append("failures.csv.partial", b"\"");
    append("journal.jsonl", b"1234abcd {\"points\":99999");
    assert!(run_until(Run::resume(&killed, None, &sitting(), &mut Reading::strict()).unwrap(), u64::MAX));
    assert_same(&whole, &killed);
}

#[test]
fn a_run_that_was_killed_at_any_moment_can_be_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    let args = ["sweep", "-q", "--explain-calls", "50", "--sample", "60000", "-b", "direct,defect:coreml-2515"];
    convdiff(folder.path()).args(args).args(["--out", "whole"]).assert().code(0);
    let program = assert_cmd::cargo::cargo_bin("convdiff");
    let mut child = std::process::Command::new(&program)
        .args(args)
        .args(["--out", "killed"])
        .current_dir(folder.path())
        .spawn()
        .unwrap();
    let killed = folder.path().join("killed");
    // Until the first rows are there; the process may also be over by then, and then there is nothing to kill.
    while child.try_wait().unwrap().is_none()
        && fs::metadata(killed.join("map.csv.partial")).map_or(0, |file| file.len()) < 10_000
    {
        std::thread::yield_now();
    }
    let _ = child.kill();
    child.wait().unwrap();
    if !convdiff::run::read_manifest(&killed).unwrap().complete {
        convdiff(folder.path()).args(["sweep", "-q", "--resume", "killed"]).assert().code(0);
    }
    assert_same(&whole, &killed);
}

#[test]
fn a_run_that_explains_says_what_it_is_at_and_how_many_calls_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::begin(&folder.path().join("run"), plan(), [].into(), &sitting()).unwrap();
    let activity = run.activity();
    let before = activity.at();
    let outcome = run.go(&AtomicBool::new(false), &mut |_| ()).unwrap();
    assert_eq!(before, None);
    assert_eq!(activity.at().unwrap(), "shrinking finding 1 of 1, defect:coreml-2515");
    // Every problem was run once by each backend, and that doesn't count.
    assert!((1..2 * 20_000).contains(&activity.calls()), "{}", activity.calls());
    assert!(outcome.explaining > 0.0);
}

#[test]
fn a_folder_takes_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = ["sweep", "-q", "-b", "direct", "--out", "run"];
    convdiff(folder.path()).args(sweep).args(SMALL).assert().code(0);
    let (code, error) = failed(convdiff(folder.path()).args(sweep).args(SMALL));
    assert_eq!(code, 1);
    insta::assert_snapshot!(error, @"error: run already holds a run; continue it with --resume, or choose another folder with --out");
}

#[test]
fn a_complete_run_says_so_and_exits_as_it_did() {
    let folder = tempfile::tempdir().unwrap();
    for (name, reference, where_, code) in [
        ("right", "exact", "batch == 1", 0),
        ("wrong", "defect:leftover-corner", "batch == 1", 2),
        ("nothing", "exact", "batch == 7", 4),
    ] {
        let flags = ["sweep", "-q", "-b", "direct", "--reference", reference, "--where", where_, "--out", name];
        convdiff(folder.path()).args(flags).args(SMALL).assert().code(code);
        for more in [&[][..], &["--explain-calls", "0"]] {
            let (again, said) = failed(convdiff(folder.path()).args(["sweep", "--resume", name]).args(more));
            assert_eq!((again, said), (code, format!("{name} is complete: there is nothing left to do\n")));
        }
    }
}

#[test]
fn a_folder_in_use_is_locked() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::begin(&folder.path().join("run"), plan(), [].into(), &sitting()).unwrap();
    let (code, error) = failed(convdiff(folder.path()).args(["sweep", "--resume", "run"]));
    assert_eq!(code, 75);
    insta::assert_snapshot!(error, @"error: run is being written by another convdiff; wait for it, or choose another folder with --out");
    drop(run);
}

#[test]
fn a_run_goes_on_only_as_it_was_begun() {
    let folder = tempfile::tempdir().unwrap();
    drop(Run::begin(&folder.path().join("run"), plan(), [].into(), &sitting()).unwrap());
    let mut said = String::new();
    for flags in [
        &["-b", "im2col"][..],
        &["--seed", "2515"],
        &["--deadline", "3"],
        &["--map", "failures"],
        &["--reference", "direct"],
        &["--strict"],
        &["--isolate"],
        &["--sample", "7"],
        &["--kernel", "3"],
        &["--where", "batch == 1"],
        &["--fill", "normal"],
        &["--problems", "-"],
        &["--space", "broad"],
    ] {
        let (code, error) = failed(convdiff(folder.path()).args(["sweep", "--resume", "run"]).args(flags));
        assert_eq!(code, 1, "{error}");
        said += &format!("{}\n  {}", flags.join(" "), error.split("; resume it").next().unwrap());
        said += if error.ends_with('\n') && !said.ends_with('\n') { "\n" } else { "" };
    }
    insta::assert_snapshot!(said);
    // What it has already may be said again, and how much is explained may change.
    let same = ["--seed", "1", "--sample", "20000", "--explain-calls", "0", "--shrink-calls", "20", "-q"];
    convdiff(folder.path()).args(["sweep", "--resume", "run"]).args(same).assert().code(0);
    let plan = convdiff::run::read_manifest(&folder.path().join("run")).unwrap().plan;
    assert_eq!((plan.seed, plan.explain_calls, plan.shrink_calls), (1, 0, 20));
}
