use super::*;
use std::fs;
use std::path::Path;

/// An input that `coreml-2515` fails on, at `[:, :, -1, -1]`.
const CORNER: &[u8] = b"mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1";
/// A larger one.
const LARGER: &[u8] = b"mb2ic4ih7iw7oc2oh4ow4kh3kw2sh2sw2ph1pw1pr1";

fn options(variables: &[(&str, &str)]) -> Result<Options, FuzzError> {
    Options::read(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

fn outcomes(options: &Options, inputs: &[&[u8]]) -> Vec<Outcome> {
    let mut target = Target::new(options).unwrap();
    inputs.iter().map(|input| target.run(input).unwrap()).collect()
}

#[test]
fn without_variables_it_is_an_engine_against_exact() {
    let options = options(&[("CONVDIFF_BACKEND", ""), ("CONVDIFF_RECORD", "")]).unwrap();
    assert_eq!((options.backend.name(), options.reference.name()), ("rten", "exact"));
    assert!(options.condition.is_none() && options.record.is_none());
    assert_eq!(outcomes(&options, &[CORNER, b"", b"\n", &[200; 9]]), vec![Outcome::Passed; 4]);
}

#[test]
fn variables_that_make_no_sense_are_errors() {
    let error = |name, value| options(&[(name, value)]).err().unwrap().to_string();
    insta::assert_snapshot!(error("CONVDIFF_BACKEND", "retn"), @r#"no backend is called "retn"; did you mean "rten"?; `convdiff backends` lists them"#);
    insta::assert_snapshot!(error("CONVDIFF_WHERE", "groups >"), @"CONVDIFF_WHERE: expected a feature, a number or `(`, found the end (byte 8)");
}

#[test]
fn a_failure_is_told_with_its_replay() {
    let options = options(&[("CONVDIFF_BACKEND", "defect:coreml-2515")]).unwrap();
    let [Outcome::Failed(message)] = &outcomes(&options, &[CORNER])[..] else { panic!("it must fail") };
    insta::assert_snapshot!(message, @"
    mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1
    1×2×5×5 input, 2 output channels, 3×2 kernel, stride 2, padding 1, no bias; 3×3 output
    defect:coreml-2515 (planted) differs from exact at [:, :, -1, -1]: 2 of 18 elements, by up to 7562, where every sum is exact
      image 0, channel 0: 1 of 9 elements wrong
        ···
        ···
        ··#
      image 0, channel 1: 1 of 9 elements wrong
        ···
        ···
        ··#
      element       expected  actual
      [0, 0, 2, 2]     -3763    3799
      [0, 1, 2, 2]      -470    -922
    convdiff replay --backend defect:coreml-2515 --reference exact mb1ic2ih5iw5oc2oh3ow3kh3kw2sh2sw2ph1pw1pr1
    ");
}

#[test]
fn what_is_excluded_or_too_large_is_rejected() {
    let options =
        options(&[("CONVDIFF_BACKEND", "defect:coreml-2515"), ("CONVDIFF_WHERE", "kernel_h == kernel_w")]).unwrap();
    let square = b"mb1ic2ih5oc2kh3";
    let large = b"mb1ic100ih100oc100kh3";
    assert_eq!(outcomes(&options, &[CORNER, square, large]), [Outcome::Rejected, Outcome::Passed, Outcome::Rejected]);
}

#[test]
fn a_finding_is_recorded_once_and_as_small_as_seen() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("made");
    let variables = [("CONVDIFF_BACKEND", "defect:coreml-2515"), ("CONVDIFF_RECORD", record.to_str().unwrap())];
    let options = options(&variables).unwrap();
    let seen = outcomes(&options, &[LARGER, LARGER, CORNER]);
    assert!(matches!(&seen[..], [Outcome::Recorded(message), Outcome::Passed, Outcome::Passed]
        if message.ends_with("repro-1.toml\n")));
    let recorded = |record: &Path| fs::read_to_string(record.join("repro-1.toml")).unwrap();
    let corner = recorded(&record);
    assert_eq!(
        crate::run::Reading::strict().repro(&record.join("repro-1.toml")).unwrap().problem,
        artifact::read(CORNER)
    );
    // A second run knows it, and has nothing to write: it was seen on a smaller problem.
    assert_eq!(outcomes(&options, &[LARGER]), [Outcome::Passed]);
    assert_eq!(recorded(&record), corner);
    assert_eq!(fs::read_dir(&record).unwrap().count(), 1);
}

#[test]
fn a_repro_that_no_longer_fails_is_kept_and_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let variables = |backend| options(&[("CONVDIFF_BACKEND", backend), ("CONVDIFF_RECORD", path)]).unwrap();
    outcomes(&variables("defect:coreml-2515"), &[CORNER]);
    let file = folder.path().join("repro-1.toml");
    let text = fs::read_to_string(&file).unwrap().replace("coreml-2515", "leftover-corner");
    // `leftover-corner` wants a remainder along both axes, and this problem has one along the width alone.
    fs::write(&file, &text).unwrap();
    let seen = outcomes(&variables("defect:leftover-corner"), &[CORNER, b"mb1ic1ih4iw4oc1oh1ow1kh3kw3sh2sw2"]);
    assert!(matches!(&seen[..], [Outcome::Passed, Outcome::Recorded(_)]), "{seen:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert!(folder.path().join("repro-2.toml").exists());
}

#[test]
fn a_file_that_is_no_repro_is_an_error_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("repro-1.toml"), "half = ").unwrap();
    fs::write(folder.path().join("notes.toml"), "not ours").unwrap();
    let options = options(&[("CONVDIFF_RECORD", folder.path().to_str().unwrap())]).unwrap();
    let error = Target::new(&options).err().unwrap().to_string();
    assert!(error.contains("repro-1.toml: not a repro file, or not all of one: line 1: "), "{error}");
}
