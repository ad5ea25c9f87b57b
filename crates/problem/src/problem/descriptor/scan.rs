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
        Some(match key.as_bytes() {
            b"g" => &mut self.groups,
            b"mb" => &mut self.batch,
            b"ic" => &mut self.in_channels,
            b"oc" => &mut self.out_channels,
            b"b" => &mut self.bias,
            b"pb" => &mut self.h.pad_end,
            b"pr" => &mut self.w.pad_end,
            [role, axis] => {
                let axis = match axis {
                    b'd' => &mut self.depth,
                    b'h' => &mut self.h,
                    b'w' => &mut self.w,
                    _ => return None,
                };
                match role {
                    b'i' => &mut axis.input,
                    b'o' => &mut axis.output,
                    b'k' => &mut axis.kernel,
                    b's' => &mut axis.stride,
                    b'p' => &mut axis.pad,
                    b'd' => &mut axis.dilation,
                    _ => return None,
                }
            }
            _ => return None,
        })
    }
}

/// Splits a descriptor into its items.
pub(super) fn items(text: &str) -> Result<Items, DescriptorError> {
    let mut items = Items::default();
    let mut at = 0;
    while at < text.len() && !text[at..].starts_with('n') {
        let key = run(&text[at..], u8::is_ascii_alphabetic);
        let digits_at = at + key.len();
        let digits = run(&text[digits_at..], u8::is_ascii_digit);
        let found = text[digits_at..].chars().next();
        let Some(slot) = items.slot(key) else { return Err(not_a_key(key, found, at)) };
        if digits.is_empty() {
            return Err(DescriptorErrorKind::NoNumber { key: key.to_owned(), found }.at(digits_at));
        }
        let Some(value) = digits.parse().ok().filter(|value| *value <= LARGEST) else {
            let (key, digits) = (key.to_owned(), digits.to_owned());
            return Err(DescriptorErrorKind::TooLarge { key, digits }.at(digits_at));
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

/// The longest beginning of `text` whose characters are all `wanted`, which must be some of ASCII.
fn run(text: &str, wanted: impl Fn(&u8) -> bool) -> &str {
    &text[..text.bytes().position(|byte| !wanted(&byte)).unwrap_or(text.len())]
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
