//! Every backend by name.

use super::{Backend, BackendError, exact::Exact};
use std::sync::Arc;

/// The backend called `name`.
///
/// # Errors
/// Unknown names come with the nearest known one.
pub fn find(name: &str) -> Result<Arc<dyn Backend>, BackendError> {
    builtin().into_iter().find(|backend| backend.name() == name).ok_or_else(|| BackendError::Unknown {
        name: name.to_owned(),
        nearest: builtin()
            .iter()
            .map(|backend| backend.name().to_owned())
            .min_by_key(|known| strsim::damerau_levenshtein(known, name))
            .filter(|known| strsim::damerau_levenshtein(known, name) <= 1 + name.len() / 3),
    })
}

/// Every backend that is compiled in and right, in the order in which tables show them.
pub fn builtin() -> Vec<Arc<dyn Backend>> {
    vec![Arc::new(Exact)]
}
