//! Spaces ready-made. Each is a TOML file of its own, and an example of how one is written.

use super::{Axes, Space};
use std::sync::{Arc, LazyLock};

/// A space with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// What flags call it.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub about: &'static str,
    /// Its TOML file.
    pub toml: &'static str,
}

/// All presets, the default one first. A new one is a file in `presets/` and an entry here.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "coreml-2515",
        about: "The neighbourhood of apple/coremltools#2515: few channels, small kernels that need not be square, every \
                padding, stride, grouping and bias; made to be walked exhaustively.",
        toml: include_str!("presets/coreml-2515.toml"),
    },
    Preset {
        name: "broad",
        about: "For any engine: the edge cases of a hundred known convolution bugs, more often than chance has them; \
                made to be sampled.",
        toml: include_str!("presets/broad.toml"),
    },
    Preset {
        name: "depthwise",
        about: "As many groups as input channels, with depth multipliers 1 to 3, around the widths of vector registers.",
        toml: include_str!("presets/depthwise.toml"),
    },
    Preset {
        name: "pointwise",
        about: "1×1 kernels, which engines compute as a matrix product, with the strides and pads that must keep them \
                from it.",
        toml: include_str!("presets/pointwise.toml"),
    },
    Preset {
        name: "dilated",
        about: "Dilations up to 4 along either axis, with strides, asymmetric pads and kernels that span more than the \
                input.",
        toml: include_str!("presets/dilated.toml"),
    },
    Preset {
        name: "one-dimensional",
        about: "Convolutions along one axis of a single row or column, which many engines send through their 2-D code.",
        toml: include_str!("presets/one-dimensional.toml"),
    },
    Preset {
        name: "large",
        about: "Layers as large as those of vision models, where blocked, threaded and Winograd code is chosen: few \
                problems, much work each.",
        toml: include_str!("presets/large.toml"),
    },
];

/// The preset of this name.
pub fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

impl Preset {
    /// Its axes.
    pub fn axes(&self) -> Axes {
        // The files are compiled in, and a test reads every one.
        Axes::from_toml(self.toml).expect("a preset's file is a space")
    }

    /// Its space.
    pub fn space(&self) -> Space {
        // As above.
        Space::new(self.axes()).expect("a preset's file is a space")
    }
}

/// The space that problems are drawn from where none is named: `broad`.
pub(super) fn default_space() -> &'static Arc<Space> {
    static BROAD: LazyLock<Arc<Space>> = LazyLock::new(|| Arc::new(PRESETS[1].space()));
    &BROAD
}
