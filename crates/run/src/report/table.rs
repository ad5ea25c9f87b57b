//! Tables in plain text.

/// Lays rows out in columns: text to the left, numbers to the right, two spaces between. The first row is the head.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
    let mut text = vec![String::new(); rows.len()];
    for column in 0..columns {
        let width = rows.iter().map(|row| cell(row, column).chars().count()).max().unwrap_or(0);
        let number = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_digit() || c == ',');
        let right = rows.len() > 1 && rows[1..].iter().all(|row| number(&cell(row, column)));
        for (line, row) in text.iter_mut().zip(rows) {
            let cell = cell(row, column);
            if column > 0 {
                line.push_str("  ");
            }
            *line += &if right { format!("{cell:>width$}") } else { format!("{cell:<width$}") };
        }
    }
    text.iter().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// A count with thousands apart: `138,240`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_thousands_apart() {
        assert_eq!(
            [0, 7, 999, 1000, 138_240, 1_000_000].map(count),
            ["0", "7", "999", "1,000", "138,240", "1,000,000"]
        );
    }

    #[test]
    fn numbers_stand_to_the_right() {
        let rows =
            [["backend", "run"], ["direct", "9"], ["defect:x", "1,234"]].map(|row| row.map(str::to_owned).to_vec());
        insta::assert_snapshot!(table(&rows), @r"
        backend     run
        direct        9
        defect:x  1,234
        ");
    }
}
