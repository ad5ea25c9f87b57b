//! The names of engines as backends: `NAME@VERSION?OPTION=VALUE&OPTION=VALUE`.

use super::{Engine, Values, all};
use crate::backend::BackendError;
use std::fmt;

/// An engine, which version of it, and the options that it runs with.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The engine.
    pub engine: &'static Engine,
    /// The version, where the name asks for one.
    pub version: Option<String>,
    /// Options and their values, as the name states them.
    pub options: Vec<(&'static str, String)>,
}

/// What stands in front of version and options.
pub(super) fn base(name: &str) -> &str {
    name.split(['@', '?']).next().unwrap_or(name)
}

impl Spec {
    /// Reads a name; `None` if it is no engine's.
    ///
    /// # Errors
    /// [`BackendError::EngineName`] with what there is, for an empty version, and for options or values that don't exist.
    pub fn parse(name: &str) -> Option<Result<Self, BackendError>> {
        let engine = all().iter().find(|engine| engine.name == base(name))?;
        let refuse = |reason| BackendError::EngineName { name: name.to_owned(), reason };
        Some(Self::of(engine, &name[engine.name.len()..]).map_err(refuse))
    }

    fn of(engine: &'static Engine, rest: &str) -> Result<Self, String> {
        let (version, options) = match rest.split_once('?') {
            Some((version, options)) => (version, Some(options)),
            None => (rest, None),
        };
        let version = version.strip_prefix('@').map(|version| check_version(version).map(str::to_owned)).transpose()?;
        let mut chosen: Vec<(&'static str, String)> = Vec::new();
        for option in options.into_iter().flat_map(|options| options.split('&')) {
            let (name, value) = check_option(engine, option)?;
            if chosen.iter().any(|(known, _)| *known == name) {
                return Err(format!("{name} is given twice"));
            }
            chosen.push((name, value.to_owned()));
        }
        Ok(Self { engine, version, options: chosen })
    }

    /// The name of the environment: the engine's, with the version if one is asked for.
    pub fn without_options(&self) -> String {
        Self { options: Vec::new(), ..self.clone() }.to_string()
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.engine.name)?;
        if let Some(version) = &self.version {
            write!(f, "@{version}")?;
        }
        for (index, (name, value)) in self.options.iter().enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

/// A version ends up in a folder's name and in a requirement of pip's.
fn check_version(version: &str) -> Result<&str, String> {
    let begins = version.starts_with(|c: char| c.is_ascii_digit());
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '!');
    if begins && version.chars().all(allowed) {
        Ok(version)
    } else {
        Err(format!("{version:?} is no version; write one as in @1.20.1"))
    }
}

fn check_option<'a>(engine: &'static Engine, option: &'a str) -> Result<(&'static str, &'a str), String> {
    let (name, value) = option.split_once('=').unwrap_or((option, ""));
    let Some(choice) = engine.options.iter().find(|choice| choice.name == name) else {
        let known: Vec<_> = engine.options.iter().map(|choice| choice.name).collect();
        return Err(if known.is_empty() {
            format!("{} has no options", engine.name)
        } else {
            format!("no option is called {name:?}{}; there are {}", suggestion(name, &known), known.join(", "))
        });
    };
    match choice.values {
        Values::Named(values) => {
            let known: Vec<_> = values.iter().map(|(value, _)| *value).collect();
            if known.contains(&value) {
                return Ok((choice.name, value));
            }
            Err(format!("{name} can't be {value:?}{}; it may be {}", suggestion(value, &known), known.join(", ")))
        }
        Values::Count(_) => match value.parse::<u16>() {
            Ok(1..) => Ok((choice.name, value)),
            _ => Err(format!("{name} can't be {value:?}; it is a number from 1 to 65535")),
        },
    }
}

/// The engine that is nearest to `name`, if it is near enough to be meant.
pub fn nearest(name: &str) -> Option<String> {
    let known: Vec<_> = all().iter().map(|engine| engine.name).collect();
    nearest_of(base(name), &known).map(str::to_owned)
}

fn nearest_of(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let distances = known.iter().map(|known| (strsim::damerau_levenshtein(known, name), *known));
    distances.min().filter(|(distance, _)| *distance <= (name.len() / 3).max(1)).map(|(_, nearest)| nearest)
}

fn suggestion(name: &str, known: &[&'static str]) -> String {
    nearest_of(name, known).map(|nearest| format!(" (did you mean {nearest:?}?)")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_engines_round_trip() {
        for name in [
            "onnxruntime",
            "onnxruntime@1.20.1",
            "onnxruntime?optimize=off",
            "onnxruntime@1.20.1?optimize=off&threads=2",
            "ncnn@1.0.20240820",
        ] {
            assert_eq!(Spec::parse(name).unwrap().unwrap().to_string(), name);
        }
        let spec = Spec::parse("onnxruntime@1.20.1?optimize=off&threads=2").unwrap().unwrap();
        assert_eq!(spec.without_options(), "onnxruntime@1.20.1");
        assert_eq!(spec.options, [("optimize", "off".to_owned()), ("threads", "2".to_owned())]);
        for name in ["direct", "onnx-runtime", "", "?optimize=off", "defect:coreml-2515", "worker:onnxruntime"] {
            assert!(Spec::parse(name).is_none(), "{name}");
        }
    }

    #[test]
    fn what_a_name_gets_wrong_is_named_with_what_there_is() {
        let message = |name: &str| Spec::parse(name).unwrap().unwrap_err().to_string();
        let messages: Vec<_> = [
            "onnxruntime@",
            "onnxruntime@../../etc",
            "onnxruntime@--pre",
            "onnxruntime?",
            "onnxruntime?optimise=off",
            "onnxruntime?optimize=of",
            "onnxruntime?optimize=off&optimize=all",
            "onnxruntime?threads=0",
            "onnxruntime?threads=",
            "naive?threads=1",
        ]
        .map(message)
        .to_vec();
        insta::assert_snapshot!(messages.join("\n"));
    }
}
