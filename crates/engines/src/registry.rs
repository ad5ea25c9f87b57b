//! Every backend by name.

use super::{Backend, BackendError, Kind, defect, direct::Direct, engine, exact::Exact, im2col::Im2col, worker};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::Arc;

/// One line of the registry: a backend, be it compiled in or not.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// What sort of thing it is.
    pub kind: Kind,
    /// What it is and what it supports, in a line.
    pub about: &'static str,
    /// The cargo feature that brings it, where it needs one.
    pub feature: Option<&'static str>,
    make: Option<fn() -> Arc<dyn Backend>>,
}

impl Entry {
    /// Whether it can be had from this build.
    pub fn compiled_in(&self) -> bool {
        self.make.is_some()
    }

    /// The backend itself.
    ///
    /// # Errors
    /// [`BackendError::NotCompiledIn`], with the feature that brings it.
    pub fn backend(&self) -> Result<Arc<dyn Backend>, BackendError> {
        match self.make {
            Some(make) => Ok(make()),
            None => Err(BackendError::NotCompiledIn {
                name: self.name.to_owned(),
                feature: self.feature.unwrap_or(self.name),
            }),
        }
    }
}

/// A backend that is always there.
macro_rules! built_in {
    ($name:literal, $backend:expr, $about:literal) => {
        Entry { name: $name, kind: Kind::BuiltIn, about: $about, feature: None, make: Some(|| Arc::new($backend)) }
    };
}

/// An engine behind the cargo feature of the same name.
macro_rules! engine {
    ($name:literal, $backend:path, $about:literal) => {
        Entry {
            name: $name,
            kind: Kind::Engine,
            about: $about,
            feature: Some($name),
            #[cfg(feature = $name)]
            make: Some(|| Arc::new($backend)),
            #[cfg(not(feature = $name))]
            make: None,
        }
    };
}

/// The registry, in the order in which tables show backends.
static ENTRIES: &[Entry] = &[
    built_in!("exact", Exact, "scalar loop summing in f64; every problem; the default reference"),
    built_in!("direct", Direct, "register tile over a stride-split scratch; every problem"),
    built_in!("im2col", Im2col, "im2col and a matrix product by ndarray; every problem"),
    engine!("rten", super::rten::Rten, "rten's convolution, called as a function; every problem"),
    engine!("tract", super::tract::Tract, "tract, a model of one convolution, optimised; every problem"),
    engine!("candle", super::candle::Candle, "candle's conv2d; one stride, one dilation, one padding for all sides"),
    engine!("burn", super::burn::Burn, "burn's CPU backend burn-flex; every problem"),
    engine!("ort", super::ort::Ort, "ONNX Runtime, from the library that ORT_DYLIB_PATH names; every problem"),
];

/// Every backend there is, also what is not compiled in.
pub fn all() -> &'static [Entry] {
    ENTRIES
}

/// What is tested unless something else is asked for: all that is compiled in, but the reference, and the planted
/// defect that shows what a finding looks like.
pub fn default_under_test() -> Vec<Arc<dyn Backend>> {
    let compiled_in = all().iter().filter(|entry| entry.name != "exact").filter_map(|entry| entry.backend().ok());
    compiled_in.chain(find("defect:coreml-2515")).collect()
}

/// The backend called `name`.
///
/// # Errors
/// [`BackendError::NotCompiledIn`] with the feature to build with, or [`BackendError::Unknown`] with the nearest name.
pub fn find(name: &str) -> Result<Arc<dyn Backend>, BackendError> {
    if name.starts_with(defect::PREFIX) {
        return defect::backend(name);
    }
    match all().iter().find(|entry| entry.name == name) {
        Some(entry) => entry.backend(),
        None => Err(BackendError::Unknown { name: name.to_owned(), nearest: nearest(name) }),
    }
}

/// How backends run in a process of their own.
#[derive(Clone, Debug)]
pub struct Isolation {
    /// The convdiff to start as `PROGRAM worker serve NAME`.
    pub program: PathBuf,
    /// Every backend; else only one that would take this process down with it ([`Backend::must_isolate`]).
    pub all: bool,
    /// How long they may take.
    pub limits: worker::Limits,
    /// The interpreter for engines that are Python packages; else that of the environment which was installed for each.
    pub python: Option<PathBuf>,
}

impl Isolation {
    /// For a program that serves workers itself: only where a backend must be, with the usual deadlines.
    pub fn by(program: PathBuf) -> Self {
        Self { program, all: false, limits: worker::Limits::default(), python: None }
    }
}

/// The backend called `name`, in a process of its own if `isolation` asks for that; also a foreign one, which always
/// is: `worker:COMMAND`, `plugin:LIBRARY`, or the name of an engine ([`engine::Spec`]).
///
/// # Errors
/// As [`find`] and [`engine::open`]; and where the process can't be started.
pub fn open(name: &str, isolation: &Isolation) -> Result<Arc<dyn Backend>, BackendError> {
    if let Some(foreign) = worker::foreign(name, &isolation.program, isolation.limits) {
        return Ok(Arc::new(foreign?));
    }
    if let Some(spec) = engine::Spec::parse(name) {
        return Ok(Arc::new(engine::open(&spec?, isolation.python.as_deref(), isolation.limits)?));
    }
    let backend = find(name)?;
    if !isolation.all && !backend.must_isolate() {
        return Ok(backend);
    }
    let command = [isolation.program.as_os_str(), "worker".as_ref(), "serve".as_ref(), name.as_ref()];
    let command = command.map(OsStr::to_owned).to_vec();
    Ok(Arc::new(worker::Worker::isolating(backend, command, isolation.limits)?))
}

/// The known name that is nearest to `name`, if it is near enough to be meant.
fn nearest(name: &str) -> Option<String> {
    let engines = engine::all().iter().map(|engine| engine.name);
    all()
        .iter()
        .map(|entry| entry.name)
        .chain(engines)
        .map(|known| (strsim::damerau_levenshtein(known, name), known))
        .min()
        .filter(|(distance, _)| *distance <= (name.len() / 3).max(1))
        .map(|(_, known)| known.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_what_they_say() {
        for (index, entry) in all().iter().enumerate() {
            assert_eq!(all().iter().position(|other| other.name == entry.name), Some(index), "{} twice", entry.name);
            match find(entry.name) {
                Ok(backend) => {
                    assert!(entry.compiled_in());
                    assert_eq!((backend.name(), backend.kind()), (entry.name, entry.kind));
                }
                Err(error) => {
                    assert!(!entry.compiled_in());
                    let feature = entry.feature.unwrap();
                    let expected = format!(
                        "backend {:?} is not compiled in; build convdiff with `--features {feature}`",
                        entry.name
                    );
                    assert_eq!(error.to_string(), expected);
                }
            }
        }
    }

    #[test]
    fn the_reference_is_not_tested_against_itself() {
        let names: Vec<_> = default_under_test().iter().map(|backend| backend.name().to_owned()).collect();
        assert_eq!(names[..2], ["direct", "im2col"]);
        assert!(!names.iter().any(|name| name == "exact"));
    }

    #[test]
    fn one_planted_defect_is_tested_by_default() {
        let tested = default_under_test();
        let planted: Vec<_> = tested.iter().filter(|backend| backend.kind() == Kind::Planted).collect();
        assert_eq!(planted.iter().map(|backend| backend.name()).collect::<Vec<_>>(), ["defect:coreml-2515"]);
    }

    #[test]
    fn unknown_names_get_the_nearest() {
        for (name, nearest) in [
            ("dirct", Some("direct")),
            ("im2row", Some("im2col")),
            ("onnxruntme", Some("onnxruntime")),
            ("caffe", None),
            ("nosuch", None),
        ] {
            let Err(BackendError::Unknown { nearest: found, .. }) = find(name) else { panic!("{name} is known") };
            assert_eq!(found.as_deref(), nearest, "{name}");
        }
    }
}
