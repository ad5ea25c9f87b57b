//! The docs say what the code does.
#![allow(clippy::unwrap_used)]

#[test]
fn every_column_of_the_map_is_documented_in_its_order() {
    let text = std::fs::read_to_string("docs/map.md").unwrap();
    let table: String =
        convdiff::sweep::COLUMNS.iter().map(|(name, holds)| format!("| `{name}` | {holds} |\n")).collect();
    assert!(text.contains(&table), "docs/map.md lacks this table:\n{table}");
}

#[test]
fn every_verdict_is_documented() {
    let text = std::fs::read_to_string("docs/map.md").unwrap();
    for verdict in convdiff::judge::Verdict::ALL {
        assert!(text.contains(&format!("| `{verdict}` | ")), "docs/map.md lacks {verdict}");
    }
}

#[test]
fn every_feature_is_documented() {
    use convdiff::problem::{AxisFeature, Feature, SpatialAxis};
    let text = std::fs::read_to_string("docs/conditions.md").unwrap();
    let whole = Feature::all().filter(|feature| feature.axis().is_none());
    let whole = whole.map(|feature| format!("| `{}` | {} |\n", feature.name(), feature.meaning()));
    let along = AxisFeature::all().map(|bare| {
        let [h, w] = SpatialAxis::BOTH.map(|axis| bare.along(axis));
        format!("| `{}`: `{}`, `{}` | {} |\n", bare.name(), h.name(), w.name(), h.meaning())
    });
    let table: String = whole.chain(along).collect();
    assert!(text.contains(&table), "docs/conditions.md lacks this table:\n{table}");
}
