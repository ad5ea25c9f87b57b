//! The sweep: from a space to a map.

mod batch;
mod chunk;
mod error;
pub mod folder;
mod journal;
mod line;
mod pace;
mod queue;
mod row;
mod run;
mod stage;
mod tally;

pub use chunk::{ChunkResult, Point, Worker};
pub use error::SweepError;
pub use journal::{Entry, Journal};
pub use row::COLUMNS;
pub use run::{OneByOne, Progress, Sweep};
pub use tally::{Cluster, ClusterKey, Counts, Tally};
