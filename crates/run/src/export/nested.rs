//! Numbers as nested lists, as Python reads them.

/// Writes a row-major tensor as nested lists: on one line where that fits into `width` columns, else broken along its
/// outer dimensions, inner lists `indent` columns deep. Innermost lists are never broken.
///
/// Python reads back every bit but a NaN's payload, given that it knows the names `nan` and `inf`.
pub fn nested(values: &[f32], shape: &[usize], indent: usize, width: usize) -> String {
    let [size, inner @ ..] = shape else { return values.first().map(|&value| number(value)).unwrap_or_default() };
    let length = inner.iter().product::<usize>();
    let parts = |indent, width| (0..*size).map(move |i| nested(&values[i * length..][..length], inner, indent, width));
    let line = format!("[{}]", parts(0, usize::MAX).collect::<Vec<_>>().join(", "));
    if inner.is_empty() || indent.saturating_add(line.len()) <= width {
        return line;
    }
    let separator = format!(",\n{}", " ".repeat(indent + 1));
    format!("[{}]", parts(indent + 1, width).collect::<Vec<_>>().join(&separator))
}

/// The shortest text that Python, which reads f64, turns into this f32; an integer without its point.
pub fn number(value: f32) -> String {
    // Python's 0 has no sign, and its integers of any size are not everywhere welcome.
    if value.fract() == 0.0 && value.abs() < 1e7 && (value != 0.0 || value.is_sign_positive()) {
        return value.to_string();
    }
    if !value.is_finite() {
        return value.to_string().to_lowercase();
    }
    let shortest = format!("{value:?}");
    // Rounding twice, to f64 and then to f32, could miss by one.
    let exact = shortest.parse::<f64>().is_ok_and(|read| (read as f32).to_bits() == value.to_bits());
    if exact { shortest } else { format!("{:?}", f64::from(value)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_break_along_outer_dimensions() {
        let values: Vec<f32> = (0..12).map(|i| i as f32 - 3.0).collect();
        assert_eq!(nested(&values[..4], &[1, 1, 2, 2], 0, 80), "[[[[-3, -2], [-1, 0]]]]");
        insta::assert_snapshot!(nested(&values, &[1, 2, 2, 3], 4, 40), @r"
        [[[[-3, -2, -1], [0, 1, 2]],
              [[3, 4, 5], [6, 7, 8]]]]
        ");
        insta::assert_snapshot!(nested(&values, &[1, 2, 2, 3], 0, 10), @r"
        [[[[-3, -2, -1],
           [0, 1, 2]],
          [[3, 4, 5],
           [6, 7, 8]]]]
        ");
        assert_eq!(nested(&[], &[0], 0, 80), "[]");
    }

    #[test]
    fn numbers_are_python_literals() {
        let values = [3.0, -3.0, 0.0, -0.0, 0.1, 1e-45, f32::MAX, f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
        let written = values.map(number);
        assert_eq!(written, ["3", "-3", "0", "-0.0", "0.1", "1e-45", "3.4028235e38", "inf", "-inf", "nan"]);
    }

    proptest! {
        #[test]
        fn python_reads_every_number_back(bits: u32) {
            let value = f32::from_bits(bits);
            let read = number(value).parse::<f64>().unwrap() as f32;
            prop_assert!(read.to_bits() == bits || (read.is_nan() && value.is_nan()));
        }
    }
}
