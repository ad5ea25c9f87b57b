//! `convdiff spaces`.

use super::space::base;
use anyhow::{Context, Result};
use convdiff::problem::space::{Space, presets};
use convdiff::report::{count, table};
use std::io::Write;
use std::process::ExitCode;

/// Lists the preset spaces; with a name, shows that one as the TOML to start an own space from.
#[derive(Debug, clap::Args)]
pub struct SpacesCommand {
    /// A preset, or a TOML file to check.
    name: Option<String>,
}

impl SpacesCommand {
    pub fn run(self) -> Result<ExitCode> {
        let text = match self.name {
            None => list(),
            Some(name) => {
                let (_, axes) = base(&name)?;
                let space = Space::new(axes).with_context(|| format!("the space {name}"))?;
                format!("# {} points\n{}", count(space.len()), space.axes().to_toml())
            }
        };
        write!(std::io::stdout(), "{text}")?;
        Ok(ExitCode::SUCCESS)
    }
}

fn list() -> String {
    let head = ["space", "points", "what it is for"].map(str::to_owned).to_vec();
    let rows = presets::PRESETS
        .iter()
        .map(|preset| vec![preset.name.to_owned(), count(preset.space().len()), preset.about.to_owned()]);
    table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}
