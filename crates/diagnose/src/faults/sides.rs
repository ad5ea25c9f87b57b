//! Sides of the input: its pads and its edges.

/// Top, left, bottom, right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sides(pub [bool; 4]);

const NAMES: [&str; 4] = ["top", "left", "bottom", "right"];

/// Fewer come first: they are the simpler story.
impl Ord for Sides {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |sides: &Self| (sides.count(), sides.0.map(|side| !side));
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Sides {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Sides {
    /// Each by itself, both of an axis, and all.
    pub const OF_AXES: [Self; 7] = [
        Self([true, false, false, false]),
        Self([false, true, false, false]),
        Self([false, false, true, false]),
        Self([false, false, false, true]),
        Self([true, false, true, false]),
        Self([false, true, false, true]),
        Self([true, true, true, true]),
    ];

    /// Each by itself, and both that a bound along h and w is compared with alike.
    pub const OF_BOUNDS: [Self; 6] = [
        Self([true, false, false, false]),
        Self([false, true, false, false]),
        Self([false, false, true, false]),
        Self([false, false, false, true]),
        Self([true, true, false, false]),
        Self([false, false, true, true]),
    ];

    /// Every selection of one or more.
    pub fn all() -> Vec<Self> {
        let select = |sides: u8| Self([sides & 1, sides & 2, sides & 4, sides & 8].map(|side| side != 0));
        let mut all: Vec<Self> = (1..16).map(select).collect();
        all.sort_unstable();
        all
    }

    fn count(self) -> usize {
        self.0.into_iter().filter(|&side| side).count()
    }

    fn of(self, names: [&str; 4]) -> Vec<&str> {
        names.into_iter().zip(self.0).filter_map(|(name, side)| side.then_some(name)).collect()
    }

    /// As ids have them.
    pub fn parameters(self) -> String {
        self.of(NAMES).join(", ")
    }

    /// Their pads, as the subject of a sentence.
    pub fn pads(self) -> String {
        match self.count() {
            4 => "the pads of all four sides".to_owned(),
            1 => format!("the {} pad", self.names()),
            _ => format!("the {} pads", self.names()),
        }
    }

    /// In words.
    pub fn names(self) -> String {
        let names = self.of(NAMES);
        match names.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        }
    }

    /// Other words in their place.
    pub fn lines(self, names: [&str; 4]) -> String {
        self.of(names).join(" and ")
    }

    /// `is` or `are`.
    pub fn are(self) -> &'static str {
        self.which("is", "are")
    }

    /// A word for one side, or for several.
    pub fn which(self, one: &'static str, several: &'static str) -> &'static str {
        if self.count() == 1 { one } else { several }
    }

    /// Whether some of these pads are reached by windows.
    pub fn meet(self, reached: [bool; 4]) -> bool {
        reached.into_iter().zip(self.0).any(|(reached, side)| reached && side)
    }
}
