//! A worker in Rust: any backend behind convdiff's worker protocol.
//!
//! `convdiff worker check -- target/debug/examples/worker im2col` looks at it; `--backend "worker:…/worker im2col"`
//! makes it a backend. For an engine of your own, implement `Backend` and `Session` for it and serve that.

use convdiff::backend::{registry, worker};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "direct".to_owned());
    let (input, output) = worker::take_stdio()?;
    worker::serve(registry::find(&name)?.as_ref(), input, output)?;
    Ok(())
}
