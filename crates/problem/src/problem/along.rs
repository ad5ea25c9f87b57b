//! One spatial axis of a problem, and the arithmetic of its windows.

/// A problem seen along its height or along its width: all that decides which input positions a window reads there.
///
/// Positions are counted from the first real input element; the begin pad has negative positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Along {
    /// Input size, in elements.
    pub input: u32,
    /// Kernel size, in taps.
    pub kernel: u32,
    /// Distance between neighbouring windows.
    pub stride: u32,
    /// Distance between neighbouring taps; 1 is a dense kernel.
    pub dilation: u32,
    /// Zeros in front of the input (top or left).
    pub pad_begin: u32,
    /// Zeros behind the input (bottom or right), as declared.
    pub pad_end: u32,
}

impl Along {
    /// What the kernel spans: `dilation * (kernel - 1) + 1`.
    pub fn effective_kernel(&self) -> u64 {
        u64::from(self.dilation) * u64::from(self.kernel - 1) + 1
    }

    /// Input and both pads together.
    pub fn padded_input(&self) -> u64 {
        u64::from(self.input) + u64::from(self.pad_begin) + u64::from(self.pad_end)
    }

    /// Number of windows: `(padded_input - effective_kernel) / stride + 1`.
    pub fn output(&self) -> u64 {
        (self.padded_input() - self.effective_kernel()) / u64::from(self.stride) + 1
    }

    /// Padded positions behind the last window: `(padded_input - effective_kernel) mod stride`.
    pub fn remainder(&self) -> u64 {
        (self.padded_input() - self.effective_kernel()) % u64::from(self.stride)
    }

    /// The part of the end pad that some window reaches: `pad_end - remainder`.
    ///
    /// Negative where the windows stop before the input's own end: then that many input elements are never reached.
    pub fn effective_pad_end(&self) -> i64 {
        i64::from(self.pad_end) - self.remainder() as i64
    }

    /// The part of the end pad that some window reaches, at least 0: `max(effective_pad_end, 0)`.
    ///
    /// Whatever is declared beyond it changes neither the output's size nor its values.
    pub fn reached_pad_end(&self) -> u32 {
        // The remainder is smaller than the stride, so it fits.
        self.pad_end.saturating_sub(self.remainder() as u32)
    }

    /// First position that window `output` reads; negative inside the begin pad.
    pub fn window_start(&self, output: u64) -> i64 {
        (output * u64::from(self.stride)) as i64 - i64::from(self.pad_begin)
    }

    /// Position that tap `tap` of window `output` reads, or `None` inside a pad.
    pub fn position(&self, output: u64, tap: u64) -> Option<usize> {
        let position = self.window_start(output) + (tap * u64::from(self.dilation)) as i64;
        (0..i64::from(self.input)).contains(&position).then_some(position as usize)
    }

    /// Whether a tap of window `output` reads input. A window wholly in the pads is 0 whatever the input is.
    pub fn reads_input(&self, output: u64) -> bool {
        (0..u64::from(self.kernel)).any(|tap| self.position(output, tap).is_some())
    }
}
