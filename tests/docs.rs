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
