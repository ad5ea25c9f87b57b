//! TOML files with the version of their format as the first key.
//!
//! The version stands in the text and in no type: what is read has gone through here, and is what the types say.

use crate::sweep::{FORMAT, FormatVersion};
use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::{Serialize, forward_to_deserialize_any};
use std::cell::RefCell;
use thiserror::Error;
use toml::Value;
use toml::de::DeTable;

/// The key of the version.
const KEY: &str = "format";

/// A text that can't be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// It is not what it should be.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// Its version is none.
    #[error("{0}")]
    Version(String),
    /// A newer convdiff wrote it.
    #[error("it has format {found}, which a newer convdiff wrote; this one reads formats up to {}.x", FORMAT.major)]
    Newer {
        /// Its format.
        found: FormatVersion,
    },
}

/// Writes `value` with the version that this program writes.
///
/// # Errors
/// The serializer's.
pub fn write<T: Serialize>(value: &T) -> Result<String, toml::ser::Error> {
    Ok(with_version(&toml::to_string(value)?))
}

/// Puts the version before a text that has none.
pub fn with_version(text: &str) -> String {
    format!("{KEY} = \"{FORMAT}\"\n{text}")
}

/// Reads a text of this format or an older one, and of a newer one with the same major version what is known of it. Keys that are
/// not are named in the second part; in a text of this version they are an error.
///
/// # Errors
/// It is no TOML, lacks something, has unknown keys, or is too new.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<(T, Vec<String>), FormatError> {
    let (version, rest) = take_version(text)?;
    match version {
        Some(found) if found.is_too_new() => Err(FormatError::Newer { found }),
        Some(found) if found.has_more() => {
            let unknown = RefCell::new(Vec::new());
            let value = toml::from_str(&rest)?;
            let known = T::deserialize(Known { value, path: String::new(), unknown: &unknown })?;
            Ok((known, unknown.into_inner()))
        }
        Some(_) | None => Ok((toml::from_str(&rest)?, Vec::new())),
    }
}

/// A text's version, and the text with blanks in its place, so that all else stands where it stood.
fn take_version(text: &str) -> Result<(Option<FormatVersion>, String), FormatError> {
    let table = DeTable::parse(text)?;
    let Some((key, value)) = table.get_ref().get_key_value(KEY) else { return Ok((None, text.to_owned())) };
    let version = value.get_ref().as_str().unwrap_or_default().parse().map_err(FormatError::Version)?;
    let (start, end) = (key.span().start, value.span().end);
    let mut rest = text.to_owned();
    rest.replace_range(start..end, &" ".repeat(end - start));
    Ok((Some(version), rest))
}

/// A value of which a struct is given the fields that it has, and the others are noted.
struct Known<'u> {
    value: Value,
    path: String,
    unknown: &'u RefCell<Vec<String>>,
}

impl Known<'_> {
    fn within(&self, value: Value, key: &str) -> Self {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Self { value, path, unknown: self.unknown }
    }
}

impl<'de> Deserializer<'de> for Known<'_> {
    type Error = toml::de::Error;

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Self::Error> {
        match std::mem::replace(&mut self.value, Value::Boolean(false)) {
            Value::Table(table) => visitor.visit_map(Parts { of: self, rest: table.into_iter(), value: None }),
            Value::Array(array) => {
                let rest: Vec<(String, Value)> =
                    array.into_iter().enumerate().map(|(number, value)| (number.to_string(), value)).collect();
                visitor.visit_seq(Parts { of: self, rest: rest.into_iter(), value: None })
            }
            plain @ (Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)) => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        if let Value::Table(table) = &mut self.value {
            let of = |key: &str| if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
            let unknown = table.keys().filter(|key| !fields.contains(&key.as_str())).map(|key| of(key));
            self.unknown.borrow_mut().extend(unknown);
            table.retain(|key, _| fields.contains(&key));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.value.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// The parts of a table or an array.
struct Parts<'u, I> {
    of: Known<'u>,
    rest: I,
    value: Option<(String, Value)>,
}

impl<'de, I: Iterator<Item = (String, Value)>> MapAccess<'de> for Parts<'_, I> {
    type Error = toml::de::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Self::Error> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        let read: StringDeserializer<Self::Error> = key.clone().into_deserializer();
        self.value = Some((key, value));
        seed.deserialize(read).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        let (key, value) = self.value.take().ok_or_else(|| Self::Error::custom("a value without its key"))?;
        seed.deserialize(self.of.within(value, &key))
    }
}

impl<'de, I: Iterator<Item = (String, Value)>> SeqAccess<'de> for Parts<'_, I> {
    type Error = toml::de::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Self::Error> {
        let Some((number, value)) = self.rest.next() else { return Ok(None) };
        seed.deserialize(self.of.within(value, &number)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        word: Word,
        number: Option<f64>,
        named: BTreeMap<String, Inner>,
        inner: Vec<Inner>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        numbers: Vec<f32>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        Yes,
    }

    fn file() -> File {
        let inner = || Inner { numbers: vec![1.5, -2.0] };
        File {
            word: Word::Yes,
            number: Some(3.5),
            named: BTreeMap::from([("a".to_owned(), inner())]),
            inner: vec![inner()],
        }
    }

    fn with(version: &str, more: &str) -> String {
        let text = toml::to_string(&file()).unwrap();
        format!("{version}{text}{more}")
    }

    #[test]
    fn what_is_written_is_read_and_so_is_what_says_no_version() {
        let text = write(&file()).unwrap();
        assert!(text.starts_with("format = \"1.0\"\nword = \"yes\"\n"), "{text}");
        assert_eq!(read::<File>(&text).unwrap(), (file(), vec![]));
        assert_eq!(read::<File>(&with("", "")).unwrap(), (file(), vec![]));
    }

    #[test]
    fn a_newer_minor_version_may_have_more() {
        let text = with("mood = \"good\"\nformat = \"1.7\"\n", "more = { numbers = [] }\n[named.b]\nnumbers = []\n");
        let (read, unknown) = read::<File>(&text).unwrap();
        assert_eq!((read.word, read.number, read.inner), (file().word, file().number, file().inner));
        assert_eq!(read.named.len(), 2);
        assert_eq!(unknown, ["mood", "inner.0.more"]);
    }

    #[test]
    fn what_can_not_be_read_is_said() {
        let mut errors = Vec::new();
        for (version, more) in [
            ("format = \"2.0\"\n", ""),
            ("format = \"1.0\"\n", "more = 1\n"),
            ("", "more = 1\n"),
            ("format = \"new\"\n", ""),
            ("format = 1\n", ""),
            ("format = \"1.1\"\nword = \"no\"\n", ""),
        ] {
            let text = with(version, more);
            errors.push(read::<File>(&text).unwrap_err().to_string().trim().to_owned());
        }
        insta::assert_snapshot!(errors.join("\n\n"));
    }
}
