//! Whole sweeps over workers that are lost, killed or odd.

use super::*;

/// Sweeps 300 problems with a bad worker; the map is there if the run has one.
fn sweep(folder: &Path, how: &str, flags: &[&str]) -> (Output, Option<Vec<u8>>) {
    let run = folder.join(format!("{how}{}", flags.concat()));
    // The backend's name is the same whatever is wrong with it, so that the maps can be.
    let script = folder.join("worker");
    std::fs::write(&script, format!("#!/bin/sh\nexec '{}' {how}\n", example("bad_worker").display())).unwrap();
    std::fs::set_permissions(&script, Permissions::from_mode(0o700)).unwrap();
    let swept = Command::new(env!("CARGO_BIN_EXE_convdiff"))
        .args(["sweep", "--sample", "300"])
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
    let (swept, _) = sweep(folder.path(), "dies-after-handshake", &["--quiet"]);
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
    let (swept, _) = sweep(folder.path(), "killed-now-and-then", &[]);
    let stderr = String::from_utf8(swept.stderr).unwrap();
    assert!(stderr.contains("worker processes were killed from outside and replaced"), "{stderr}");
}

#[test]
fn a_sweep_over_a_worker_that_is_killed_again_and_again_ends_with_the_same_map() {
    let folder = tempfile::tempdir().unwrap();
    let map = |how: &str, threads: &str| {
        let (swept, map) = sweep(folder.path(), how, &["--threads", threads]);
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
