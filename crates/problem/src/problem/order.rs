//! Which of two problems is smaller.

use super::{Hw, Parameters, Problem};

/// How large a problem is: THE order that shrinking descends and by which "the smallest failing problem" is meant.
///
/// The fields count in the order in which they stand, each deciding only between problems alike in those before it:
/// first what a person would have to compute by hand, then what they would have to read, then what they would have to
/// explain. The parameters themselves come last, so that no two problems are equal and a smallest one is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size {
    /// [Multiply-adds](Problem::work).
    pub work: u64,
    /// [Elements](Problem::elements) of operands and output.
    pub elements: u64,
    /// Parameters that aren't at their simplest value. Batch, groups, stride and dilation are simplest at 1, each pad at
    /// 0, the bias when there is none; and every pair (input, kernel, stride, dilation, begin pads, end pads) when it is
    /// the same along height and width.
    pub departures: u32,
    /// The parameters in the order of their declaration.
    pub parameters: Parameters,
}

impl Problem {
    /// How large the problem is, next to others.
    pub fn size(&self) -> Size {
        Size {
            work: self.work(),
            elements: self.elements(),
            departures: departures(self),
            parameters: self.parameters(),
        }
    }
}

fn departures(p: &Parameters) -> u32 {
    let pad = &p.padding;
    let not_one = [p.batch, p.groups, p.stride.h, p.stride.w, p.dilation.h, p.dilation.w].map(|value| value != 1);
    let not_zero = [pad.top, pad.left, pad.bottom, pad.right, u32::from(p.bias)].map(|value| value != 0);
    let begin = Hw { h: pad.top, w: pad.left };
    let end = Hw { h: pad.bottom, w: pad.right };
    let not_square = [p.input, p.kernel, p.stride, p.dilation, begin, end].map(|pair| pair.h != pair.w);
    let all = not_one.iter().chain(&not_zero).chain(&not_square);
    all.map(|departs| u32::from(*departs)).sum()
}

#[cfg(test)]
mod tests {
    use crate::problem::{Parameters, Problem};

    fn size(descriptor: &str) -> super::Size {
        descriptor.parse::<Problem>().unwrap().size()
    }

    #[test]
    fn the_simplest_problem_departs_nowhere() {
        let simplest = Problem::new(Parameters::default()).unwrap().size();
        assert_eq!((simplest.work, simplest.elements, simplest.departures), (1, 3, 0));
    }

    #[test]
    fn every_parameter_that_departs_is_counted() {
        // Batch, groups, both strides, both dilations, four pads, bias, and all six pairs.
        assert_eq!(size("g2mb2ic2ih9iw8oc2kh3kw2sh2sw3ph1pw2dh1dw2pb1pr2b1").departures, 17);
    }

    #[test]
    fn work_counts_before_elements_before_departures_before_parameters() {
        let ascending = [
            "mb1ic1ih1iw1oc1kh1kw1",
            // As much work, but an input column more that no window reads.
            "mb1ic1ih1iw2oc1kh1kw1sh1sw2",
            // As much work, on more elements; a pair that differs departs once more, though its parameters come first.
            "mb1ic1ih2iw2oc1kh1kw1sh3sw3",
            "mb1ic1ih2iw2oc1kh1kw1sh2sw3",
            // Alike in all but the parameters.
            "mb1ic1ih2iw2oc1kh1kw1sh3sw3ph0pw0pb0pr1",
            "mb1ic1ih2iw2oc1kh1kw1sh3sw3ph0pw0pb1pr0",
            // More work.
            "mb1ic1ih1iw2oc1kh1kw1",
        ];
        let sizes: Vec<_> = ascending.iter().map(|descriptor| size(descriptor)).collect();
        assert!(sizes.is_sorted_by(|a, b| a < b), "{sizes:?}");
    }
}
