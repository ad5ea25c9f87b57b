//! A problem in words.

use super::{Hw, Padding, Problem};

impl Problem {
    /// The problem as a phrase for people. Height comes before width; what is the same both ways is said once.
    ///
    /// ```
    /// # use convdiff_problem as convdiff;
    /// use convdiff::problem::Problem;
    ///
    /// let problem: Problem = "mb1ic2ih5oc2oh3ow3iw5kh3kw2sh2sw2ph1pw1pr1".parse()?;
    /// assert_eq!(
    ///     problem.in_words(),
    ///     "1×2×5×5 input, 2 output channels, 3×2 kernel, stride 2, padding 1, no bias; 3×3 output"
    /// );
    /// # Ok::<(), convdiff::problem::DescriptorError>(())
    /// ```
    pub fn in_words(&self) -> String {
        let mut parts = vec![
            format!("{}×{}×{}×{} input", self.batch, self.in_channels, self.input.h, self.input.w),
            counted(self.out_channels, "output channel"),
        ];
        if self.groups > 1 {
            let depthwise = if self.groups == self.in_channels { " (depthwise)" } else { "" };
            parts.push(format!("{}{depthwise}", counted(self.groups, "group")));
        }
        parts.push(format!("{}×{} kernel", self.kernel.h, self.kernel.w));
        parts.push(format!("stride {}", pair(self.stride)));
        if self.dilation != Hw::square(1) {
            parts.push(format!("dilation {}", pair(self.dilation)));
        }
        parts.push(padding(self.padding));
        parts.push(if self.bias { "bias" } else { "no bias" }.to_owned());
        let output = self.output();
        format!("{}; {}×{} output", parts.join(", "), output.h, output.w)
    }
}

fn counted(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn pair(Hw { h, w }: Hw) -> String {
    if h == w { h.to_string() } else { format!("{h}×{w}") }
}

fn padding(Padding { top, left, bottom, right }: Padding) -> String {
    match (top == bottom, left == right) {
        (true, true) if top != left => format!("padding {top}×{left}"),
        (true, true) if top == 0 => "no padding".to_owned(),
        (true, true) => format!("padding {top}"),
        _ => format!("padding top {top}, left {left}, bottom {bottom}, right {right}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::problem::Problem;

    #[test]
    fn says_asymmetry_only_where_there_is_some() {
        let words = |descriptor: &str| descriptor.parse::<Problem>().unwrap().in_words();
        assert_eq!(
            words("mb1ic1ih4oc1kh1"),
            "1×1×4×4 input, 1 output channel, 1×1 kernel, stride 1, no padding, no bias; 4×4 output"
        );
        assert_eq!(
            words("g4mb3ic4ih5iw7oc8kh3kw3sh1sw2ph1pw2dh1dw0pb0pr2b1"),
            "3×4×5×7 input, 8 output channels, 4 groups (depthwise), 3×3 kernel, stride 1×2, dilation 2×1, \
             padding top 1, left 2, bottom 0, right 2, bias; 2×5 output"
        );
        assert_eq!(
            words("g2mb1ic4ih5iw5oc2kh3kw3ph1pw2dh1dw1"),
            "1×4×5×5 input, 2 output channels, 2 groups, 3×3 kernel, stride 1, dilation 2, padding 1×2, no bias; \
             3×5 output"
        );
    }
}
