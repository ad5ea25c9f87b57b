//! `convdiff explain`: a run, a map alone, one problem.

use super::{SMALL, convdiff, failed, stdout};
use insta::assert_snapshot;
use std::path::Path;

fn sweep(folder: &Path) {
    convdiff(folder).args(["sweep", "-q", "-b", "defect:coreml-2515", "--out", "run"]).args(SMALL).assert().success();
}

#[test]
fn a_run_is_explained_again_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    sweep(folder.path());
    let files = || -> Vec<_> {
        let entries = std::fs::read_dir(folder.path().join("run")).unwrap();
        entries.map(|entry| entry.unwrap()).map(|e| (e.path(), std::fs::read(e.path()).unwrap())).collect()
    };
    let before = files();
    let text = stdout(convdiff(folder.path()).args(["explain", "run"]));
    assert_snapshot!(text);
    assert_eq!(stdout(convdiff(folder.path()).args(["explain", "run"])), text, "another time, another explanation");
    assert_eq!(files(), before);
}

#[test]
fn a_map_alone_is_learnt_from_without_a_backend() {
    let folder = tempfile::tempdir().unwrap();
    sweep(folder.path());
    let map = std::fs::read_to_string(folder.path().join("run/map.csv")).unwrap();
    // An engine that isn't here.
    std::fs::write(folder.path().join("mine.csv"), map.replace("defect:coreml-2515", "elsewhere")).unwrap();
    assert_snapshot!(stdout(convdiff(folder.path()).args(["explain", "mine.csv"])));
    let cut: String = map.lines().take(40).collect::<Vec<_>>().join("\n");
    std::fs::write(folder.path().join("cut.csv"), &cut[..cut.len() - 5]).unwrap();
    let (code, error) = failed(convdiff(folder.path()).args(["explain", "cut.csv"]));
    assert_eq!(code, 1);
    assert_snapshot!(error, @"error: cut.csv, line 40: 39 fields where the header has 41; is the file cut off, or is a comma not quoted?");
}

/// Columns in another order, some more and some less, rows cut by hand, two bugs.
#[test]
fn a_map_made_elsewhere_is_told_apart_by_region() {
    let folder = tempfile::tempdir().unwrap();
    let both = "defect:channel-tail+leftover-column";
    let space =
        ["--space", "broad", "--sample", "1500", "--max-work", "20k", "--explain-calls", "0", "--shrink-calls", "0"];
    convdiff(folder.path()).args(["sweep", "-q", "-b", both, "--out", "run"]).args(space).assert().success();
    let mut map = csv::Reader::from_path(folder.path().join("run/map.csv")).unwrap();
    let headers = map.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let mut mine = csv::Writer::from_path(folder.path().join("mine.csv")).unwrap();
    mine.write_record(["note", "region", "verdict", "descriptor"]).unwrap();
    for row in map.records().map(Result::unwrap).filter(|row| row[column("index")].len() > 2) {
        let [region, verdict, descriptor] =
            ["region", "verdict", "descriptor"].map(|name| row[column(name)].to_owned());
        mine.write_record(["by hand", &region, &verdict, &descriptor]).unwrap();
    }
    mine.flush().unwrap();
    let told = |args: &[&str]| {
        let text = stdout(convdiff(folder.path()).args(["explain", "mine.csv"]).args(args));
        let kept = text.lines().filter(|line| !line.starts_with("     ") || line.contains("when"));
        kept.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(format!("{}\n-- where remainder_w == 0\n{}", told(&[]), told(&["--where", "remainder_w == 0"])));
}

#[test]
fn around_one_failing_problem_the_backend_is_explored() {
    let folder = tempfile::tempdir().unwrap();
    let explain = |what: &str| {
        let mut command = convdiff(folder.path());
        command.args(["explain", what, "-b", "defect:channel-tail", "--calls", "1500", "-o", "why.toml"]);
        command
    };
    let failing = "mb1ic6ih4iw4oc2kh2kw2ph0pw0";
    assert_snapshot!(stdout(&mut explain(failing)));
    let file: convdiff::run::ExplanationsFile =
        convdiff::run::format::read(&std::fs::read_to_string(folder.path().join("why.toml")).unwrap()).unwrap().0;
    std::fs::remove_file(folder.path().join("why.toml")).unwrap();
    let trigger = file.explanations[0].trigger.as_ref().unwrap();
    assert_eq!(trigger.condition.to_string(), "in_channels_per_group >= 5 and in_channels_per_group mod 4 != 0");
    let (code, error) = failed(&mut explain("mb1ic4ih4iw4oc2kh2kw2ph0pw0"));
    let expected =
        "defect:channel-tail doesn't fail on mb1ic4ih4iw4oc2oh3ow3kh2kw2ph0pw0: there is nothing to explain\n";
    assert_eq!((code, error.as_str()), (4, expected));
}

#[test]
fn what_cannot_be_explained_is_said() {
    let folder = tempfile::tempdir().unwrap();
    sweep(folder.path());
    let errors = [
        &["nowhere.csv"][..],
        &["nowhere"],
        &["mb1ic2ih4iw4oc2kh2kw2"],
        &["run", "--fill", "normal"],
        &["run", "-b", "rten"],
        &["run", "--calls", "0"],
        &["."],
    ]
    .map(|arguments| {
        let (code, error) = failed(convdiff(folder.path()).arg("explain").args(arguments));
        format!("{code} {}", error.lines().next().unwrap_or_default())
    });
    assert_snapshot!(errors.join("\n"));
}

#[test]
fn what_is_asked_about_holds_of_the_smallest_too() {
    let folder = tempfile::tempdir().unwrap();
    let explain = |start: &str| {
        let mut command = convdiff(folder.path());
        command.args(["explain", start, "-b", "defect:channel-tail", "--calls", "800"]);
        command.args(["--where", "kernel_h == 2 and in_channels_per_group >= 6", "--out", "told.toml", "--force"]);
        command
    };
    let text = stdout(&mut explain("mb2ic13ih6iw6oc3oh3ow5kh2kw2sh2sw1ph0pw0"));
    // The defect shows from 5 channels on, without a kernel.
    let smallest = "     smallest   mb1ic6ih1iw1oc1oh1ow1kh2kw1ph0pw0\n";
    assert!(text.contains(smallest), "{text}");
    assert!(text.contains("of the problems where kernel_h == 2 and in_channels_per_group >= 6\n"), "{text}");
    let file = std::fs::read_to_string(folder.path().join("told.toml")).unwrap();
    assert!(file.contains("where = \"kernel_h == 2 and in_channels_per_group >= 6\"\n"), "{file}");
    let (code, error) = failed(&mut explain("mb2ic5ih6iw6oc3oh3ow5kh2kw2sh2sw1ph0pw0"));
    let expected = "doesn't hold for mb2ic5ih6iw6oc3oh3ow5kh2kw2sh2sw1ph0pw0 itself";
    assert!(code == 1 && error.contains(expected), "{code} {error}");
}

#[test]
fn two_bugs_of_one_backend_are_two_findings() {
    let folder = tempfile::tempdir().unwrap();
    let space =
        ["--space", "broad", "--sample", "1500", "--max-work", "60k", "--explain-calls", "300", "--out", "run", "-q"];
    let both = "defect:channel-tail+pads-swapped";
    convdiff(folder.path()).args(["sweep", "-b", both]).args(space).assert().success();
    let findings = convdiff::run::read_findings(&folder.path().join("run")).unwrap().findings;
    let told = findings.iter().map(|finding| {
        let trigger = finding.trigger.as_ref().unwrap();
        format!("{}\n  {}\n  {}", finding.finding.symptom, trigger.condition, finding.taps.as_ref().unwrap())
    });
    assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
    // No problem is counted twice.
    let failures = std::fs::read_to_string(folder.path().join("run/failures.csv")).unwrap().lines().count() as u64 - 1;
    let counted: u64 = findings.iter().map(|finding| finding.finding.problems).sum();
    assert!(
        counted <= failures && findings.iter().any(|finding| finding.finding.shared > 0),
        "{counted} of {failures}"
    );
    // Of the smallest problem of each, only its own trigger holds.
    let conditions: Vec<_> = findings.iter().map(|finding| &finding.trigger.as_ref().unwrap().condition).collect();
    for (number, finding) in findings.iter().enumerate() {
        let holding: Vec<usize> = (0..2).filter(|&other| conditions[other].holds(&finding.problem)).collect();
        assert_eq!(holding, [number], "{}", finding.problem);
    }
    // And again as two.
    let text = stdout(convdiff(folder.path()).args(["explain", "run", "--calls", "600"]));
    for finding in &findings {
        assert!(text.contains(&finding.trigger.as_ref().unwrap().condition.to_string()), "{text}");
    }
}

#[test]
fn taps_are_asked_for_through_another_process_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let explain = |flags: &[&str]| {
        let problem = "mb1ic2ih4iw6oc1kh2kw3sh1sw2ph0pw0";
        let arguments = ["explain", problem, "-b", "defect:leftover-column", "--calls", "800"];
        stdout(convdiff(folder.path()).args(arguments).args(flags))
    };
    let text = explain(&["--isolate"]);
    assert_eq!(text, explain(&[]));
    assert!(text.contains("the taps of the last kernel column are missing"), "{text}");
}

/// Two bugs, told apart by what happens.
fn sweep_of_two(folder: &Path) {
    let space =
        ["--channels", "1..=8", "--kernel", "1..=3x1..=2", "--stride", "2", "--padding", "0..=1", "--input", "5"];
    let both = "defect:coreml-2515+channel-tail";
    convdiff(folder).args(["sweep", "-q", "-b", both, "--out", "run"]).args(space).assert().success();
}

/// What is said to happen, by finding.
fn whats(told: &str) -> Vec<String> {
    let whats = told.lines().filter_map(|line| line.trim_start().strip_prefix("what"));
    whats.map(|what| what.trim().to_owned()).collect()
}

/// Once they were numbers, which came to mean other faults with each that was put among them: then a run was explained by what had
/// never happened, and without a word.
#[test]
fn faults_are_words_in_files_and_a_number_is_never_guessed_at() {
    let folder = tempfile::tempdir().unwrap();
    sweep_of_two(folder.path());
    // As a run that keeps no checksums of its files, which 0.1.0 didn't.
    let manifest = folder.path().join("run/manifest.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, &text[..text.find("[files").unwrap()]).unwrap();
    let path = folder.path().join("run/findings.toml");
    let written = std::fs::read_to_string(&path).unwrap();
    let faults: Vec<&str> = written.lines().filter(|line| line.starts_with("kind = ")).collect();
    assert_eq!(faults, [r#"kind = "channels-from-missing(4)""#, r#"kind = "window-shifted-on(w: +1)""#]);
    let explain = || stdout(convdiff(folder.path()).args(["explain", "run"]));
    let told = explain();
    assert!(!told.contains("note"), "{told}");

    // As 0.1.0 wrote them, and as the same version with one more family did.
    for numbers in [[13472, 1006], [13673, 1207], [99_999_999, 2]] {
        let old = written
            .replace(r#""window-shifted-on(w: +1)""#, &numbers[1].to_string())
            .replace(r#""channels-from-missing(4)""#, &numbers[0].to_string());
        std::fs::write(&path, old).unwrap();
        let anew = explain();
        // Told of a problem with five channels, where the last one and those from the fourth on are the same.
        let [channels, window] = &whats(&anew)[..] else { panic!("{anew}") };
        assert!(anew.contains("ic5") && channels.ends_with("input channels [-1] are missing"), "{anew}");
        assert_eq!(Some(window), whats(&told).last());
        assert_eq!(anew.matches("the number in it says nothing").count(), 2, "{anew}");
    }

    std::fs::write(&path, written.replace("channels-from-missing(4)", "unheard-of")).unwrap();
    let (code, error) = failed(convdiff(folder.path()).args(["explain", "run"]));
    assert_eq!(code, 1);
    assert_snapshot!(error);
}
