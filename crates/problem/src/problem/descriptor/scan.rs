//! From text to items: which keys are given, with which values, and where.

use super::error::{DescriptorError, DescriptorErrorKind};
use crate::problem::error::LARGEST;

/// Every key, the commonest first: of two equally near to a mistyped one, the first is suggested.
pub(super) const KEYS: [&str; 25] = [
    "ic", "ih", "iw", "oc", "oh", "ow", "kh", "kw", "sh", "sw", "ph", "pw", "dh", "dw", "mb", "g", "b", "pb", "pr",
    "id", "od", "kd", "sd", "pd", "dd",
];

/// The value of a key, and where its item begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub value: u32,
    pub offset: usize,
}

/// The items of one spatial axis.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AxisItems {
    pub input: Option<Item>,
    pub output: Option<Item>,
    pub kernel: Option<Item>,
    pub stride: Option<Item>,
    pub pad: Option<Item>,
    pub dilation: Option<Item>,
    /// Our own `pb` and `pr`; there is none for the depth.
    pub pad_end: Option<Item>,
}

/// The last item of each key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Items {
    pub groups: Option<Item>,
    pub batch: Option<Item>,
    pub in_channels: Option<Item>,
    pub out_channels: Option<Item>,
    pub bias: Option<Item>,
    pub depth: AxisItems,
    pub h: AxisItems,
    pub w: AxisItems,
    /// Where the items end: errors about what is missing point there.
    pub end: usize,
}

impl Items {
    fn slot(&mut self, key: &str) -> Option<&mut Option<Item>> {
        Some(match key {
            "g" => &mut self.groups,
            "mb" => &mut self.batch,
            "ic" => &mut self.in_channels,
            "oc" => &mut self.out_channels,
            "b" => &mut self.bias,
            "pb" => &mut self.h.pad_end,
            "pr" => &mut self.w.pad_end,
            _ => {
                let (role, axis) = key.split_at_checked(1)?;
                let axis = match axis {
                    "d" => &mut self.depth,
                    "h" => &mut self.h,
                    "w" => &mut self.w,
                    _ => return None,
                };
                match role {
                    "i" => &mut axis.input,
                    "o" => &mut axis.output,
                    "k" => &mut axis.kernel,
                    "s" => &mut axis.stride,
                    "p" => &mut axis.pad,
                    "d" => &mut axis.dilation,
                    _ => return None,
                }
            }
        })
    }
}

/// Splits a descriptor into its items.
pub(super) fn items(text: &str) -> Result<Items, DescriptorError> {
    let mut items = Items::default();
    let mut at = 0;
    while at < text.len() && !text[at..].starts_with('n') {
        let key = run(&text[at..], |c| c.is_ascii_alphabetic());
        let digits_at = at + key.len();
        let digits = run(&text[digits_at..], |c| c.is_ascii_digit());
        let found = text[digits_at..].chars().next();
        let Some(slot) = items.slot(key) else { return Err(not_a_key(key, found, at)) };
        let key = key.to_owned();
        if digits.is_empty() {
            return Err(DescriptorErrorKind::NoNumber { key, found }.at(digits_at));
        }
        let Some(value) = digits.parse().ok().filter(|value| *value <= LARGEST) else {
            return Err(DescriptorErrorKind::TooLarge { key, digits: digits.to_owned() }.at(digits_at));
        };
        *slot = Some(Item { value, offset: at });
        at = digits_at + digits.len();
        // One underscore, and only behind an item: benchdnn refuses a leading and a double one.
        if text[at..].starts_with('_') {
            at += 1;
        }
    }
    items.end = at;
    Ok(items)
}

/// The longest beginning of `text` whose characters are all `wanted`.
fn run(text: &str, wanted: fn(char) -> bool) -> &str {
    &text[..text.find(|c| !wanted(c)).unwrap_or(text.len())]
}

/// Says what stands where a key should: `letters`, and `found` behind them.
fn not_a_key(letters: &str, found: Option<char>, at: usize) -> DescriptorError {
    if letters.is_empty() {
        return DescriptorErrorKind::NotAKey { found }.at(at);
    }
    // `icih5` is a key without its number rather than an unknown key.
    for key in KEYS {
        if let Some(rest) = letters.strip_prefix(key)
            && KEYS.iter().any(|next| rest.starts_with(next))
        {
            let (key, found) = (key.to_owned(), rest.chars().next());
            return DescriptorErrorKind::NoNumber { key, found }.at(at + letters.len() - rest.len());
        }
    }
    let lower = letters.to_ascii_lowercase();
    let distance = |key: &&&str| strsim::damerau_levenshtein(key, &lower);
    let nearest = KEYS.iter().min_by_key(distance).filter(|key| distance(key) <= 1);
    DescriptorErrorKind::UnknownKey { found: letters.to_owned(), nearest: nearest.copied() }.at(at)
}
