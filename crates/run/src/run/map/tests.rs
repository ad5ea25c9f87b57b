use super::*;

fn read(text: &str) -> Result<BTreeMap<String, Mapped>, MapError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.csv");
    std::fs::write(&path, text).unwrap();
    read_map(&path, None, 0, &mut Reading::strict())
}

/// The error without the folder, which is another each time.
fn error(text: &str) -> String {
    let error = read(text).unwrap_err().to_string();
    error[error.find("map.csv").unwrap()..].to_owned()
}

#[test]
fn what_is_wrong_with_a_map_is_said_with_its_line() {
    let errors = [
        "",
        "descriptor;verdict\nmb1ic1ih3oc1kh1;agrees\n",
        "in_channels,verdict\n1,agrees\n",
        "descriptor,verdict\nmb1ic1ih3oc1kh1,agrees\nmb1ic1ih3oc1kh1,passes\n",
        "descriptor,verdict\nmb1ic1ih3oc1kh9,agrees\n",
        "descriptor,verdict,region\nmb1ic1ih3oc1kh1,agrees,\nmb1ic1ih3oc1kh1,diff",
        "in_channels,out_channels,input_h,input_w,kernel_h,kernel_w,verdict\n1,1,3,3,1,x,agrees\n",
        "in_channels,out_channels,input_h,input_w,kernel_h,kernel_w,verdict\n1,1,3,3,1,4,agrees\n",
    ]
    .map(error);
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn a_table_made_elsewhere_will_do() {
    let text = "\u{feff}verdict, in_channels,out_channels,input_h,input_w,kernel_h,kernel_w,note\r\n\
                differs,2,1,3,4,1,1,x\r\nagrees,1,1,3,4,1,1,\"a, b\"\r\nunsupported,3,1,3,4,1,1,\r\n";
    let backends = read(text).unwrap();
    let mapped = &backends[UNNAMED];
    let (key, failing) = mapped.failing.first_key_value().unwrap();
    assert_eq!((key.0, failing.rows, mapped.passing.rows, mapped.unsupported), (Verdict::Differs, 1, 1, 1));
    assert_eq!(failing.problems().next().unwrap().to_string(), "mb1ic2ih3iw4oc1oh3ow4kh1kw1ph0pw0");
}

#[test]
fn the_sample_does_not_depend_on_the_order_of_rows() {
    let row = |channels: u32| format!("differs,\"[:, :, -{channels}:, -1]\",mb1ic{channels}ih3oc1kh1\n");
    let head = "verdict,region,descriptor\n".to_owned();
    let up = head.clone() + &(1..3000).map(row).collect::<String>();
    let down = head + &(1..3000).rev().map(row).collect::<String>();
    let kept = |text: &str| -> Vec<Problem> {
        let backends = read(text).unwrap();
        let failing = &backends[UNNAMED].failing;
        assert_eq!(failing.keys().collect::<Vec<_>>(), [&(Verdict::Differs, "[:, :, k:, -1]".to_owned())]);
        failing.values().flat_map(|kept| kept.problems().copied()).collect()
    };
    assert_eq!(kept(&up).len(), FAILING);
    assert_eq!(kept(&up), kept(&down));
}

#[test]
fn the_shape_of_a_region_is_that_of_its_text() {
    let shapes = [
        "[:, -1, 0, :]",
        "[1:, :-2, 2:-1, 3]",
        "[::2, 1::2, 2::3, :]",
        "[:, :, flat -3:]",
        "[:, :, border bottom 1 right 2]",
        "scattered",
    ];
    let shapes = shapes.map(|region| shape(region).parse::<crate::judge::RegionShape>().unwrap().to_string());
    assert_eq!(
        shapes,
        [
            "[:, -1, 0, :]",
            "[k:, :k, k:k, k]",
            "[::2, 1::2, k::k, :]",
            "[:, :, flat k:]",
            "[:, :, border bottom right]",
            "scattered"
        ]
    );
}
