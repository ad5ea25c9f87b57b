//! Numbers in words.

/// `+1`, `-2`.
pub fn signed(by: i64) -> String {
    format!("{by:+}")
}

/// `one row`, `two rows`, `3 rows`.
pub fn far(count: i64, one: &str, many: &str) -> String {
    match count.abs() {
        1 => format!("one {one}"),
        2 => format!("two {many}"),
        count => format!("{count} {many}"),
    }
}

/// So many places further on, or before.
pub fn places(by: i64) -> String {
    format!("{} {}", far(by, "place", "places"), if by > 0 { "further on" } else { "before" })
}

/// So many columns too far to the right, or the left.
pub fn right(columns: i64) -> String {
    format!("{} too far {}", far(columns, "column", "columns"), if columns > 0 { "right" } else { "left" })
}
