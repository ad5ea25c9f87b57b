//! Each effect, held against `exact` on changed operands or a changed problem: what the table of defects says, said in
//! another way.

use super::*;
use crate::operands::Fill;
use crate::problem::{Hw, Padding, Parameters};

/// A problem on which no predicate holds by accident; the tests change what they need.
const PARAMETERS: Parameters = Parameters {
    batch: 2,
    in_channels: 2,
    out_channels: 2,
    groups: 1,
    input: Hw { h: 5, w: 6 },
    kernel: Hw { h: 2, w: 2 },
    stride: Hw { h: 1, w: 1 },
    dilation: Hw { h: 1, w: 1 },
    padding: Padding { top: 1, left: 1, bottom: 1, right: 1 },
    bias: true,
};

/// A problem, its operands, and what a defect makes of them.
struct Run {
    problem: Problem,
    operands: Operands,
    output: Vec<f32>,
}

impl Run {
    fn of(defect: &str, parameters: Parameters) -> Self {
        let defect = find(defect).unwrap();
        let problem = Problem::new(parameters).unwrap();
        assert!((defect.visible)(&problem));
        let mut operands = Operands::default();
        operands.fill(&problem, Fill::Integers, 1);
        let output = output_of(defect, operands.case(&problem));
        Self { problem, operands, output }
    }

    /// What is right.
    fn right(&self) -> Vec<f32> {
        self.right_with(|_| ())
    }

    /// What would be right with changed operands.
    fn right_with(&self, change: impl FnOnce(&mut Operands)) -> Vec<f32> {
        let mut operands = self.operands.clone();
        change(&mut operands);
        output_of(&Exact, operands.case(&self.problem))
    }

    /// What would be right for another problem with the same operands.
    fn right_for(&self, parameters: Parameters) -> Vec<f32> {
        output_of(&Exact, self.operands.case(&Problem::new(parameters).unwrap()))
    }

    /// Takes the elements that `elsewhere` picks from `wrong`, the others from what is right.
    fn right_but(&self, wrong: &[f32], elsewhere: impl Fn(&Element<'_>) -> bool) -> Vec<f32> {
        let mut output = self.right();
        taps::for_each_element(&self.problem, |index, y| {
            if elsewhere(y) {
                output[index] = wrong[index];
            }
        });
        output
    }
}

#[test]
fn coreml_2515_shifts_the_window_of_the_report_by_one_element() {
    let run = Run::of(
        "coreml-2515",
        Parameters {
            batch: 1,
            bias: false,
            input: Hw::square(5),
            kernel: Hw { h: 3, w: 2 },
            stride: Hw::square(2),
            ..PARAMETERS
        },
    );
    let shifted = run.right_with(|operands| {
        operands.input.remove(0);
        operands.input.push(0.0);
    });
    assert_eq!(run.output, run.right_but(&shifted, |y| y.i == 2 && y.j == 2));
}

#[test]
fn channel_tail_zeroes_the_weights_of_the_tail() {
    let run = Run::of("channel-tail", Parameters { in_channels: 14, groups: 2, ..PARAMETERS });
    let zeroed = run.right_with(|operands| {
        for (index, weight) in operands.weights.iter_mut().enumerate() {
            if index / 4 % 7 >= 4 {
                *weight = 0.0;
            }
        }
    });
    assert_eq!(run.output, zeroed);
}

#[test]
fn output_channel_tail_is_zero() {
    let run = Run::of("output-channel-tail", Parameters { out_channels: 11, ..PARAMETERS });
    assert_eq!(run.output, run.right_but(&vec![0.0; run.output.len()], |y| y.o >= 8));
}

#[test]
fn pixel_tail_lacks_the_last_weight() {
    let run =
        Run::of("pixel-tail", Parameters { input: Hw { h: 4, w: 6 }, padding: Padding::uniform(0), ..PARAMETERS });
    let lacking = run.right_with(|operands| operands.weights.chunks_exact_mut(8).for_each(|of_o| of_o[7] = 0.0));
    // 3×5 pixels: three are left over.
    assert_eq!(run.output, run.right_but(&lacking, |y| y.i == 2 && y.j >= 2));
}

#[test]
fn leftovers_lack_weights() {
    let parameters = Parameters { stride: Hw::square(2), input: Hw { h: 5, w: 7 }, ..PARAMETERS };
    let run = Run::of("leftover-column", parameters);
    let lacking = run.right_with(|operands| operands.weights.chunks_exact_mut(2).for_each(|row| row[1] = 0.0));
    assert_eq!(run.output, run.right_but(&lacking, |y| y.in_last_column()));

    let run = Run::of("leftover-corner", parameters);
    let lacking = run.right_with(|operands| operands.weights.chunks_exact_mut(8).for_each(|of_o| of_o[7] = 0.0));
    assert_eq!(run.output, run.right_but(&lacking, |y| y.in_last_row() && y.in_last_column()));
}

#[test]
fn masking_hides_the_leftover_column_at_width_nine_alone() {
    let masked = find("leftover-column-masked").unwrap();
    let open = find("leftover-column").unwrap();
    let mut masked_widths = Vec::new();
    for width in 2..40 {
        let problem =
            Problem::new(Parameters { stride: Hw::square(2), input: Hw { h: 5, w: width }, ..PARAMETERS }).unwrap();
        if output_from_seed(masked, &problem, 0) != output_from_seed(open, &problem, 0) {
            masked_widths.push((width, problem.output().w));
        }
    }
    assert_eq!(masked_widths, [(17, 9)]);
}

#[test]
fn end_pad_reads_behind_the_row() {
    let padding = Padding { top: 1, left: 0, bottom: 1, right: 1 };
    let run = Run::of("end-pad-is-begin-pad", Parameters { padding, ..PARAMETERS });
    // Behind a row, so one element on; the window has two columns, so its first column is the input's last.
    let wider =
        Problem::new(Parameters { input: Hw { h: 5, w: 7 }, padding: Padding { right: 0, ..padding }, ..PARAMETERS })
            .unwrap();
    assert_eq!(run.output, output_of(&Exact, read_on(&run.operands, 6).case(&wider)));
}

#[test]
fn channel_band_reads_the_next_row() {
    let run = Run::of("channel-band", Parameters { in_channels: 8, ..PARAMETERS });
    let padding = Padding { right: 0, ..PARAMETERS.padding };
    let wider = Problem::new(Parameters { in_channels: 8, input: Hw { h: 5, w: 7 }, padding, ..PARAMETERS }).unwrap();
    assert_eq!(run.output, output_of(&Exact, read_on(&run.operands, 6).case(&wider)));
}

/// Rows of `width` elements made one longer: by the element behind them in memory.
fn read_on(operands: &Operands, width: usize) -> Operands {
    let behind = |end: usize| operands.input.get(end).copied().unwrap_or(0.0);
    let rows = operands.input.chunks_exact(width).enumerate();
    let input = rows.flat_map(|(row, values)| values.iter().copied().chain([behind((row + 1) * width)])).collect();
    Operands { input, ..operands.clone() }
}

#[test]
fn pads_swapped_is_the_problem_with_pads_swapped() {
    let padding = Padding { top: 0, left: 3, bottom: 2, right: 1 };
    let run = Run::of("pads-swapped", Parameters { padding, ..PARAMETERS });
    let padding = Padding { top: 2, left: 1, bottom: 0, right: 3 };
    assert_eq!(run.output, run.right_for(Parameters { padding, ..PARAMETERS }));
}

#[test]
fn strides_swapped_is_the_problem_with_strides_swapped() {
    let parameters = Parameters { input: Hw { h: 5, w: 3 }, kernel: Hw { h: 3, w: 1 }, ..PARAMETERS };
    let run = Run::of("strides-swapped", Parameters { stride: Hw { h: 3, w: 4 }, ..parameters });
    assert_eq!(run.output, run.right_for(Parameters { stride: Hw { h: 4, w: 3 }, ..parameters }));
}

#[test]
fn dilation_dropped_is_the_dense_problem() {
    let parameters = Parameters { stride: Hw::square(2), kernel: Hw { h: 2, w: 3 }, ..PARAMETERS };
    let padding = Padding { right: 3, ..parameters.padding };
    let run =
        Run::of("dilation-dropped-when-strided", Parameters { dilation: Hw { h: 2, w: 2 }, padding, ..parameters });
    // Two columns shorter, so that there are as many windows.
    assert_eq!(run.output, run.right_for(Parameters { dilation: Hw { h: 2, w: 1 }, ..parameters }));
}

#[test]
fn group_offset_lost_gives_every_group_the_first_channels() {
    let run = Run::of("group-offset-lost", Parameters { in_channels: 4, out_channels: 4, groups: 2, ..PARAMETERS });
    let first = run.right_with(|operands| {
        for image in operands.input.chunks_exact_mut(4 * 30) {
            image.copy_within(..2 * 30, 2 * 30);
        }
    });
    assert_eq!(run.output, first);
}

#[test]
fn batch_stride_reads_the_later_images_one_element_early() {
    let run = Run::of("batch-stride", Parameters { batch: 3, input: Hw { h: 5, w: 7 }, ..PARAMETERS });
    let early = run.right_with(|operands| {
        let image = operands.input.len() / 3;
        operands.input.copy_within(image - 1..3 * image - 1, image);
    });
    assert_eq!(run.output, early);
}

#[test]
fn bias_lost_in_groups_is_no_bias() {
    let run =
        Run::of("bias-lost-in-groups", Parameters { groups: 2, out_channels: 4, kernel: Hw::square(1), ..PARAMETERS });
    assert_eq!(run.output, run.right_with(|operands| operands.bias[2..].fill(0.0)));
}

#[test]
fn tile_tail_shifts_the_last_tile_up() {
    let run = Run::of("tile-tail", Parameters { kernel: Hw::square(3), input: Hw { h: 7, w: 11 }, ..PARAMETERS });
    let mut shifted = run.right();
    for plane in shifted.chunks_exact_mut(7 * 11) {
        // Tiles of 4 rows and 4 columns: the last one holds rows 4 to 6 and columns 8 to 10.
        for row in 4..7 {
            for column in 8..11 {
                plane[row * 11 + column] = if row < 6 { plane[(row + 1) * 11 + column] } else { 0.0 };
            }
        }
    }
    assert_eq!(run.output, shifted);
}

#[test]
fn unwritten_rows_differ_from_call_to_call() {
    let parameters = Parameters { groups: 2, dilation: Hw { h: 3, w: 1 }, ..PARAMETERS };
    let run = Run::of("unwritten-rows", parameters);
    let again = Run::of("unwritten-rows", parameters);
    let right = run.right();
    taps::for_each_element(&run.problem, |index, y| {
        let [first, second, right] = [&run.output, &again.output, &right].map(|output| output[index]);
        if y.i + 2 >= y.size.h {
            assert!(first != right && second != right && first != second, "{y:?}");
        } else {
            assert!(first == right && second == right, "{y:?}");
        }
    });
}

#[test]
fn half_accumulation_rounds_in_tap_order() {
    let problem =
        Problem::new(Parameters { input: Hw { h: 1, w: 3 }, kernel: Hw { h: 1, w: 3 }, ..Parameters::default() })
            .unwrap();
    let defect = find("half-accumulation").unwrap();
    let run = |input: [f32; 3]| {
        let operands = Operands { input: input.to_vec(), weights: vec![1.0; 3], bias: vec![] };
        output_of(defect, operands.case(&problem))[0]
    };
    // f16 counts in twos from 2048 on, so that 2048 + 1 is a tie and stays.
    assert_eq!(run([2048.0, 1.0, 1.0]), 2048.0);
    assert_eq!(run([1.0, 1.0, 2048.0]), 2050.0);
}

/// Runs `vector_over_read_here` of this same test program in a child process, on an input of this width.
fn vector_over_read_in_child(width: u32) -> std::process::ExitStatus {
    std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "backend::defect::tests::effects::vector_over_read_here"])
        .env("CONVDIFF_TEST_WIDTH", width.to_string())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap()
}

#[test]
fn vector_over_read_takes_its_process_down() {
    assert!(vector_over_read_in_child(15).success());
    let died = vector_over_read_in_child(17);
    // A failed test exits with a code; an abort is a signal, where there are signals.
    #[cfg(unix)]
    assert!(std::os::unix::process::ExitStatusExt::signal(&died).is_some());
    assert!(!died.success());
}

#[test]
#[ignore = "takes its process down: run by vector_over_read_takes_its_process_down"]
fn vector_over_read_here() {
    let Some(width) = std::env::var("CONVDIFF_TEST_WIDTH").ok().and_then(|width| width.parse().ok()) else { return };
    let stride = Hw { h: 1, w: 2 };
    let problem = Problem::new(Parameters { input: Hw { h: 1, w: width }, stride, ..Parameters::default() }).unwrap();
    let defect = find("vector-over-read").unwrap();
    assert!((defect.predicate)(&problem));
    assert_eq!(output_from_seed(defect, &problem, 0), output_from_seed(&Exact, &problem, 0));
}
