//! Whole sweeps over workers that are lost, killed or odd.

use super::*;

/// Sweeps with a bad worker; the map is there if the run has one.
fn sweep(folder: &Path, how: &str, flags: &[&str]) -> (Output, Option<Vec<u8>>) {
    let run = folder.join(format!("{how}{}", flags.concat()));
    // The backend's name is the same whatever is wrong with it, so that the maps can be.
    let script = folder.join("worker");
    std::fs::write(&script, format!("#!/bin/sh\nexec '{}' '{how}'\n", example("bad_worker").display())).unwrap();
    std::fs::set_permissions(&script, Permissions::from_mode(0o700)).unwrap();
    let swept = Command::new(env!("CARGO_BIN_EXE_convdiff"))
        .arg("sweep")
        .args(flags)
        .arg(format!("--backend=worker:{}", script.display()))
        .arg("--out")
        .arg(&run)
        .output()
        .unwrap();
    (swept, std::fs::read(run.join("map.csv")).ok())
}

#[test]
fn a_sweep_whose_backend_is_lost_stops_with_one_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let (swept, _) = sweep(folder.path(), "dies-after-handshake", &["--sample", "300", "--quiet"]);
    let stderr = String::from_utf8(swept.stderr).unwrap();
    assert_eq!(swept.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains("a backend was lost: worker:") && stderr.contains("answered none of the first"),
        "{stderr}"
    );
}

#[test]
fn a_sweep_notes_what_no_verdict_says() {
    let folder = tempfile::tempdir().unwrap();
    let (swept, _) = sweep(folder.path(), "killed-now-and-then", &["--sample", "300"]);
    let stderr = String::from_utf8(swept.stderr).unwrap();
    assert!(stderr.contains("worker processes were killed from outside and replaced"), "{stderr}");
}

#[test]
fn a_sweep_over_a_worker_that_is_killed_again_and_again_ends_with_the_same_map() {
    let folder = tempfile::tempdir().unwrap();
    let map = |how: &str, threads: &str| {
        let (swept, map) = sweep(folder.path(), how, &["--sample", "300", "--threads", threads]);
        let stderr = String::from_utf8(swept.stderr).unwrap();
        assert!(swept.status.success(), "{stderr}");
        let remark =
            stderr.lines().find(|line| line.ends_with("worker processes were killed from outside and replaced"));
        let killed = remark.map_or(0, |remark| {
            let count = remark.rsplit(": ").next().and_then(|rest| rest.split(' ').next());
            count.unwrap().parse::<u32>().unwrap()
        });
        (map.unwrap(), killed)
    };
    let (undisturbed, _) = map("well", "2");
    for threads in ["1", "2"] {
        let (disturbed, killed) = map("killed-now-and-then", threads);
        assert!(disturbed == undisturbed);
        assert!(killed >= 50, "{killed} kills are no trial");
    }
}

/// Problems that the journal of a run says are done.
fn committed(run: &Path) -> u64 {
    let folder = convdiff::sweep::folder::RunFolder::open(run).unwrap();
    convdiff::sweep::Journal::resume(&folder, true, None).unwrap().map_or(0, |(_, entry)| entry.tally.problems)
}

/// Goes on with a run over the worker that is in the same place now.
fn resume(folder: &Path, run: &Path) -> Vec<u8> {
    let resumed = Command::new(env!("CARGO_BIN_EXE_convdiff"))
        .args(["sweep", "--quiet", "--resume"])
        .arg(run)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    std::fs::read(run.join("map.csv")).unwrap()
}

#[test]
fn a_slow_worker_is_stopped_between_two_batches_and_what_it_did_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let flags = ["--sample", "600", "--threads", "1"];
    let how = "slow, and after 5 interrupts";
    let (swept, map) = sweep(folder.path(), how, &flags);
    let stderr = String::from_utf8(swept.stderr).unwrap();
    assert_eq!((swept.status.code(), map), (Some(130), None), "{stderr}");
    assert!(
        stderr.starts_with("stopping after the problems under way, and keeping what was done; Ctrl-C again"),
        "{stderr}"
    );
    let run = folder.path().join(format!("{how}{}", flags.concat()));
    let done = committed(&run);
    assert!((5..600).contains(&done), "{done} problems are kept");
    // The worker's place holds another one now.
    let (_, undisturbed) = sweep(folder.path(), "well", &flags);
    assert!(resume(folder.path(), &run) == undisturbed.unwrap());
}

#[test]
fn a_killed_sweep_over_a_slow_worker_has_kept_what_is_older_than_two_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let flags = ["--sample", "600", "--threads", "1"];
    // It takes four seconds until then.
    let how = "slow, and after 200 kills";
    let (_, map) = sweep(folder.path(), how, &flags);
    assert_eq!(map, None);
    let run = folder.path().join(format!("{how}{}", flags.concat()));
    let done = committed(&run);
    assert!((1..200).contains(&done), "{done} problems are kept");
    let (_, undisturbed) = sweep(folder.path(), "well", &flags);
    assert!(resume(folder.path(), &run) == undisturbed.unwrap());
}

/// The conditions of the findings of a sweep over a worker that takes no problem of which `refused` holds, and is wrong where the
/// kernel is high and there is padding.
fn triggers(refused: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let how = format!("refuses {refused}");
    let flags = ["--space", "broad", "--sample", "2000", "--map", "failures", "--shrink-calls", "0", "--threads", "1"];
    let (swept, _) = sweep(folder.path(), &how, &flags);
    let stderr = String::from_utf8(swept.stderr).unwrap();
    assert_eq!(swept.status.code(), Some(2), "{stderr}");
    let run = folder.path().join(format!("{how}{}", flags.concat()));
    let findings = convdiff::run::read_findings(&run).unwrap().findings;
    findings.into_iter().map(|entry| entry.trigger.unwrap().condition.to_string()).collect()
}

#[test]
fn what_a_worker_refuses_is_no_part_of_when_it_fails() {
    for refused in ["batch > 1", "groups > 1 and stride_h > 1"] {
        assert_eq!(triggers(refused), ["kernel_h >= 3 and pad_total > 0"], "refused where {refused}");
    }
}

#[test]
fn what_fails_in_company_alone_is_said_to_fail_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let flags = ["--sample", "300", "--threads", "1", "--quiet"];
    let (swept, _) = sweep(folder.path(), "wrong-in-company", &flags);
    assert_eq!(swept.status.code(), Some(2));
    let stdout = String::from_utf8(swept.stdout).unwrap();
    // How many and which depends on where one batch ends and the next begins, and so on the machine.
    let finding = stdout.split_once("Findings\n").unwrap().1;
    for said in [
        "worker unstable at [:, -1, -1, -1] on ",
        "\n     when      it depends on chance, or on what is computed before the problem or together with it: all ",
        "\n               what brings it about was not found\n",
    ] {
        assert!(finding.contains(said), "{finding}");
    }
    let run = folder.path().join(format!("wrong-in-company{}", flags.concat()));
    let convdiff = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_convdiff")).args(arguments).current_dir(&run).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, replayed) = convdiff(&["replay", "repro-1.toml"]);
    assert_eq!(code, Some(0), "{replayed}");
    assert!(replayed.ends_with("not as in the repro file: unstable there, agrees now\n\n"), "{replayed}");
    let (_, explained) = convdiff(&["explain", "."]);
    assert!(
        explained.contains("what brings it about was not found") && !explained.contains("passes below"),
        "{explained}"
    );
}

/// What a sweep over a worker that remembers says of its findings.
fn findings(folder: &Path, how: &str, flags: &[&str]) -> String {
    let flags = [&["--space", "broad", "--sample", "1000", "--threads", "1", "--quiet"], flags].concat();
    let (swept, _) = sweep(folder, how, &flags);
    assert_eq!(swept.status.code(), Some(2), "{}", String::from_utf8_lossy(&swept.stderr));
    std::fs::rename(folder.join(format!("{how}{}", flags.concat())), folder.join("run")).unwrap();
    let stdout = String::from_utf8(swept.stdout).unwrap();
    stdout.split_once("Findings\n").unwrap().1.replace(&*folder.to_string_lossy(), "[folder]")
}

/// Runs convdiff in a folder: its exit code, and what it says.
fn convdiff(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_convdiff")).args(arguments).current_dir(folder).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap().replace(&*folder.to_string_lossy(), "[folder]"))
}

#[test]
fn weights_that_are_kept_for_the_next_problem_are_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    assert_snapshot!("remembers_weights", findings(folder.path(), "remembers-weights", &[]));
    let (code, replayed) = convdiff(folder.path(), &["replay", "run/repro-1.toml"]);
    assert!(code == Some(2) && replayed.contains("\nafter the same problem with other operands:\n"), "{replayed}");
    assert!(replayed.ends_with("as in the repro file\n\n"), "{replayed}");
    let (_, explained) = convdiff(folder.path(), &["explain", "run"]);
    assert_snapshot!("remembers_weights_explained", explained);
    let (code, shrunk) = convdiff(folder.path(), &["shrink", "run/repro-1.toml"]);
    assert!(code == Some(4) && shrunk.contains("it fails after the same problem with other operands"), "{shrunk}");
    let (_, exported) = convdiff(folder.path(), &["export", "run/repro-1.toml"]);
    assert!(exported.contains("and fails after the same problem with other operands."), "{exported}");
    assert!(exported.contains("convdiff replay repro.toml") && exported.contains("[[before]]"), "{exported}");
    assert!(exported.contains("Run 3 times on the same operands: the same each time."), "{exported}");
    let (_, script) = convdiff(folder.path(), &["export", "run/repro-1.toml", "--format", "python"]);
    assert!(script.contains("It is right alone and wrong after other problems"), "{script}");
}

/// Replays the first repro of a run: it has to fail as it did.
fn fails_again(folder: &Path) {
    let (code, replayed) = convdiff(folder, &["replay", "run/repro-1.toml"]);
    assert!(code == Some(2) && replayed.ends_with("as in the repro file\n\n"), "{replayed}");
}

#[test]
fn the_one_problem_that_has_to_come_before_is_found_among_many() {
    let folder = tempfile::tempdir().unwrap();
    assert_snapshot!("remembers_sizes", findings(folder.path(), "remembers-sizes", &[]));
    fails_again(folder.path());
}

#[test]
fn how_many_problems_have_to_come_before_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    assert_snapshot!("has_few_handles", findings(folder.path(), "has-few-handles", &[]));
    fails_again(folder.path());
}

#[test]
fn what_was_swept_is_what_is_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let flags = ["--strict", "--fill", "integers-f16", "--deadline", "7", "--seed", "3"];
    let sparing = ["--explain-calls", "0", "--shrink-calls", "50"];
    findings(folder.path(), "negates-zeros", &[&flags[..], &sparing].concat());
    fails_again(folder.path());
    let (_, shrunk) = convdiff(folder.path(), &["shrink", "run/repro-1.toml"]);
    assert!(shrunk.contains("differs at"), "{shrunk}");
    // An operand that shrinking made simpler is no fill's, so the problem as it was swept is exported.
    let repro = convdiff::run::Reading::strict().repro(&folder.path().join("run/repro-1.toml"));
    let problem = repro.unwrap().problem.to_string();
    let backend = format!("worker:{}", folder.path().join("worker").display());
    let (_, issue) = convdiff(folder.path(), &[&["export", &problem, "--backend", &backend], &flags[..]].concat());
    let command = issue.lines().find(|line| line.starts_with("convdiff replay")).unwrap();
    let expected = "--fill integers-f16 --seed 3 --strict --deadline 7";
    assert!(command.ends_with(expected), "{command}");
    let words = shell_words::split(&command.replace("[folder]", &folder.path().to_string_lossy())).unwrap();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (code, replayed) = convdiff(folder.path(), &words[1..]);
    assert!(code == Some(2) && replayed.contains("differs from exact"), "{replayed}");
}
