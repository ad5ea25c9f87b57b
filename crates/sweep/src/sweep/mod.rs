//! The sweep: from a space to a map.

mod batch;
mod chunk;
mod error;
mod extent;
pub mod folder;
mod format;
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
pub use extent::{Crc32, Extent, Measure};
pub use format::{FORMAT, FormatVersion};
pub use journal::{Entry, Journal};
pub use row::COLUMNS;
pub use run::{OneByOne, Progress, Sweep};
pub use tally::{Cluster, ClusterKey, Counts, Tally};
