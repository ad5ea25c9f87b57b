//! Along one axis or both.

/// Which axes a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axes {
    /// Rows.
    H,
    /// Columns.
    W,
    /// Both.
    Both,
}

impl Axes {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::H, Self::W, Self::Both];

    /// Whether h is one of them, and w.
    pub fn are(self) -> [bool; 2] {
        match self {
            Self::H => [true, false],
            Self::W => [false, true],
            Self::Both => [true, true],
        }
    }

    /// As ids have them.
    pub fn parameters(self) -> String {
        match self {
            Self::H => "h",
            Self::W => "w",
            Self::Both => "h, w",
        }
        .to_owned()
    }

    /// As sentences have them.
    pub fn words(self) -> &'static str {
        match self {
            Self::H => "h",
            Self::W => "w",
            Self::Both => "h and w",
        }
    }
}
