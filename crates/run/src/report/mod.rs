//! What people look at: tables and pictures in text. Everything here returns text; printing is the command line's.

mod against;
mod backends;
mod diff;
mod engines;
mod explained;
mod notes;
mod plane;
mod replay;
mod summary;
mod table;

pub use against::against;
pub use backends::backends;
pub use diff::diff;
pub use engines::engines;
pub use explained::explained;
pub use notes::notes;
pub use plane::picture;
pub use replay::{label, replayed, shrunk};
pub use summary::{Summary, summary};
pub use table::{count, table};
