//! The table of engines that are Python packages.

use super::table::table;
use crate::backend::engine::{self, Values};

/// Every engine: the version that was tried, whether it is installed, what it is; then each one's options.
pub fn engines() -> String {
    let head = ["engine", "version", "installed", "what it is and what it can't state"].map(str::to_owned).to_vec();
    let rows = engine::all().iter().map(|engine| {
        let installed = if engine::installed(engine) { "yes" } else { "no" };
        let about = format!("{}; {}", engine.about, engine.limits);
        vec![engine.name.to_owned(), engine.version.to_owned(), installed.to_owned(), about]
    });
    let engines = table(&std::iter::once(head).chain(rows).collect::<Vec<_>>());
    let head = ["option", "value", "means"].map(str::to_owned).to_vec();
    let options = engine::all().iter().flat_map(|engine| {
        engine.options.iter().flat_map(|choice| {
            let option = format!("{}?{}", engine.name, choice.name);
            let values = match choice.values {
                Values::Named(values) => values.to_vec(),
                Values::Count(meaning) => vec![("1, 2, …", meaning)],
            };
            values.into_iter().enumerate().map(move |(index, (value, meaning))| {
                let default = if index == 0 { " (default)" } else { "" };
                vec![option.clone(), value.to_owned(), format!("{meaning}{default}")]
            })
        })
    });
    let options = table(&std::iter::once(head).chain(options).collect::<Vec<_>>());
    format!(
        "{engines}\n`convdiff engines install NAME` installs one, and NAME@VERSION another version of it.\n\
         Options stand in a backend's name, as in 'ncnn?packing=off&threads=2':\n\n{options}"
    )
}
