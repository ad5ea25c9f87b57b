//! The handshake.

use super::{Header, LARGEST_BATCH, ProtocolError, Tag, VERSION};
use crate::backend::Arithmetic;

/// What a worker says about itself before anything else: lines of `key: value`, unknown keys ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The engine's name.
    pub engine: String,
    /// The engine's version.
    pub version: String,
    /// The options that the engine runs with, as a person would write them; may be empty.
    pub options: String,
    /// How the engine adds.
    pub arithmetic: Arithmetic,
    /// What the engine takes, in words for people; may be empty.
    pub supports: String,
    /// The most problems that the worker wants in one batch.
    pub max_batch: u32,
}

/// The names of arithmetics in a handshake.
const ARITHMETICS: [(&str, Arithmetic); 5] = [
    ("exact", Arithmetic::Exact),
    ("f32", Arithmetic::F32),
    ("f32-transformed", Arithmetic::F32Transformed),
    ("f16", Arithmetic::F16),
    ("bf16", Arithmetic::Bf16),
];

impl Hello {
    /// Its frame.
    pub fn to_bytes(&self) -> Vec<u8> {
        let arithmetic = ARITHMETICS.iter().find(|(_, a)| *a == self.arithmetic).map_or("f32", |(name, _)| name);
        let mut text = String::new();
        for (key, value) in [
            ("engine", self.engine.as_str()),
            ("version", &self.version),
            ("options", &self.options),
            ("arithmetic", arithmetic),
            ("dtypes", "f32"),
            ("supports", &self.supports),
            ("max_batch", &self.max_batch.to_string()),
        ] {
            text.extend([key, ": ", &value.replace(['\n', '\r'], " "), "\n"]);
        }
        let header = Header { tag: Tag::Hello, number: VERSION, length: text.len() as u64 };
        [&header.to_bytes()[..], text.as_bytes()].concat()
    }

    /// Reads the payload.
    ///
    /// # Errors
    /// Which line or key is wrong.
    pub fn parse(payload: &[u8]) -> Result<Self, ProtocolError> {
        let text = std::str::from_utf8(payload).map_err(|_| ProtocolError::NotText("the handshake"))?;
        let mut lines = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (key, value) = line.split_once(':').ok_or_else(|| ProtocolError::NoKey(line.to_owned()))?;
            lines.push((key.trim(), value.trim()));
        }
        let get = |key: &str| lines.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
        let must = |key| get(key).filter(|value| !value.is_empty()).ok_or(ProtocolError::Missing(key));
        let refuse = |key, value: &str, rule| ProtocolError::Value { key, value: value.to_owned(), rule };

        let name = get("arithmetic").unwrap_or("f32");
        let (_, arithmetic) = *ARITHMETICS
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| refuse("arithmetic", name, "exact, f32, f32-transformed, f16 or bf16"))?;
        let dtypes = get("dtypes").unwrap_or("f32");
        if !dtypes.split([',', ' ']).any(|dtype| dtype == "f32") {
            return Err(refuse("dtypes", dtypes, "a list that holds f32: operands and outputs travel as f32"));
        }
        let batch = get("max_batch").unwrap_or("1024");
        let max_batch = batch
            .parse()
            .ok()
            .filter(|count| (1..=LARGEST_BATCH).contains(count))
            .ok_or_else(|| refuse("max_batch", batch, "a number from 1 to 65536"))?;
        Ok(Self {
            engine: must("engine")?.to_owned(),
            version: must("version")?.to_owned(),
            options: get("options").unwrap_or_default().to_owned(),
            arithmetic,
            supports: get("supports").unwrap_or_default().to_owned(),
            max_batch,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::HEADER;
    use super::*;
    use proptest::prelude::*;

    fn hello() -> Hello {
        Hello {
            engine: "an engine: really".to_owned(),
            version: "1.2".to_owned(),
            options: String::new(),
            arithmetic: Arithmetic::F32,
            supports: "batch 1".to_owned(),
            max_batch: 7,
        }
    }

    #[test]
    fn handshakes_come_back_as_they_went() {
        for (_, arithmetic) in ARITHMETICS {
            let hello = Hello { arithmetic, ..hello() };
            let bytes = hello.to_bytes();
            let (header, payload) = bytes.split_first_chunk().unwrap();
            let length = payload.len() as u64;
            assert_eq!(Header::parse(header), Ok(Header { tag: Tag::Hello, number: VERSION, length }));
            assert_eq!(Hello::parse(payload), Ok(hello));
        }
    }

    #[test]
    fn a_line_break_in_a_value_does_not_make_a_line() {
        let hello = Hello { version: "1\nengine: other".to_owned(), ..hello() };
        let read = Hello::parse(&hello.to_bytes()[HEADER..]).unwrap();
        assert_eq!((read.engine, read.version), (hello.engine, "1 engine: other".to_owned()));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(text: Vec<u8>) {
            let _ = Hello::parse(&text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "((engine|version|max_batch|dtypes|arithmetic)?:? ?[a-z0-9:]{0,6}\n?){0,8}") {
            let _ = Hello::parse(text.as_bytes());
        }
    }
}
