//! The table of backends.

use super::table::table;
use crate::backend::{Kind, defect, engine, registry};

/// The word for a kind of backend.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::BuiltIn => "built in",
        Kind::Engine => "engine",
        Kind::Planted => "planted",
    }
}

/// Every backend: name, version, kind, whether this build has it or how to get it, what it supports.
pub fn backends() -> String {
    let head = ["backend", "version", "kind", "available", "what it is and supports"].map(str::to_owned).to_vec();
    let rows = registry::all().iter().map(|entry| {
        let available = match (entry.compiled_in(), entry.feature) {
            (true, _) => "yes".to_owned(),
            (false, Some(feature)) => format!("build with --features {feature}"),
            (false, None) => "no".to_owned(),
        };
        let version = entry.backend().map_or_else(|_| "-".to_owned(), |backend| backend.version());
        vec![entry.name.to_owned(), version, kind(entry.kind).to_owned(), available, entry.about.to_owned()]
    });
    let engines = engine::all().iter().map(|engine| {
        let available = match engine::installed(engine) {
            true => "yes".to_owned(),
            false => format!("convdiff engines install {}", engine.name),
        };
        let about = format!("{}; {}", engine.about, engine.limits);
        vec![engine.name.to_owned(), engine.version.to_owned(), kind(Kind::Engine).to_owned(), available, about]
    });
    let backends = table(&std::iter::once(head).chain(rows).chain(engines).collect::<Vec<_>>());
    let planted = defect::all().iter().map(|defect| {
        let isolated = if defect.isolated_only { "; runs in a process of its own" } else { "" };
        vec![defect.name.to_owned(), format!("{}{isolated}", defect.description)]
    });
    let head = ["planted defect", "what is wrong with it"].map(str::to_owned).to_vec();
    let planted = table(&std::iter::once(head).chain(planted).collect::<Vec<_>>());
    format!("{backends}\nPlanted defects, for demonstration and tests; none of them is an engine:\n\n{planted}")
}
