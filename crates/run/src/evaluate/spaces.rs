//! The spaces that planted defects are evaluated on.

use crate::problem::space::{Axes, Selection, Space, SpaceError, presets};
use crate::run::{PlanError, Points};

/// A space, and how much of it is swept.
#[derive(Clone, Debug)]
pub struct EvaluationSpace {
    /// Its name.
    pub name: String,
    /// Its axes.
    pub axes: Axes,
    /// So many problems, drawn; all of them without.
    pub sample: Option<u64>,
}

/// A name, the TOML file, and the defects that it is for: it has problems on both sides of every condition of theirs.
const SPACES: &[(&str, &str, &[&str])] = &[
    (
        "channels",
        include_str!("spaces/channels.toml"),
        &[
            "channel-tail",
            "output-channel-tail",
            "group-offset-lost",
            "channel-band",
            "bias-lost-in-groups",
            "batch-stride",
        ],
    ),
    (
        "planes",
        include_str!("spaces/planes.toml"),
        &["end-pad-is-begin-pad", "pads-swapped", "strides-swapped", "dilation-dropped-when-strided", "unwritten-rows"],
    ),
    ("widths", include_str!("spaces/widths.toml"), &["leftover-column-masked"]),
    ("tiles", include_str!("spaces/tiles.toml"), &["tile-tail"]),
    ("depthwise", include_str!("spaces/depthwise.toml"), &["vector-over-read"]),
    ("kernels", include_str!("spaces/kernels.toml"), &["stalls"]),
];

/// The space for the defect of this name, with or without its prefix; the preset `coreml-2515` where none is better.
///
/// # Errors
/// A file of the table is no space; a test reads every one.
pub fn of(defect: &str) -> Result<EvaluationSpace, SpaceError> {
    let bare = defect.strip_prefix(crate::backend::defect::PREFIX).unwrap_or(defect);
    let chosen = SPACES.iter().find(|(_, _, defects)| defects.contains(&bare));
    let (name, toml) =
        chosen.map_or((presets::PRESETS[0].name, presets::PRESETS[0].toml), |(name, toml, _)| (*name, *toml));
    Ok(EvaluationSpace { name: name.to_owned(), axes: Axes::from_toml(toml)?, sample: None })
}

/// Most multiply-adds of a problem that random defects are sought on: hundreds of sweeps have to end.
const RANDOM_WORK: u64 = 6_000;

/// `problems` of the preset `broad`, small ones: the space for random defects.
pub fn broad(problems: u64) -> EvaluationSpace {
    let axes = Axes { max_work: RANDOM_WORK, ..presets::PRESETS[1].axes() };
    EvaluationSpace { name: "broad".to_owned(), axes, sample: Some(problems) }
}

/// How many problems are swept for a random defect: more where the first few show nothing.
pub const SAMPLES: [u64; 2] = [30_000, 400_000];

/// The points of a space that are swept.
///
/// # Errors
/// The axes make no space.
pub fn points(space: &EvaluationSpace, seed: u64) -> Result<Points, PlanError> {
    let axes = Space::new(space.axes.clone())?;
    let selection = space.sample.map_or(Selection::All, |problems| Selection::Sample { problems, seed });
    let positions = selection.positions(&axes)?;
    Ok(Points::Space(Box::new(axes), positions))
}
