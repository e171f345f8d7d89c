//! What a report keeps of a world while it runs: curves, conversations, sums and a log.
//!
//! Owns how the stream of events is thinned out, in bounded memory however long a world runs. Does
//! not know how anything is drawn.
//!
//! ```text
//! Line ─▶ Portrait ─┬─ Series         least, most and last of each stretch of time
//!                   ├─ Spans          how far a node has come on its way to the broker
//!                   ├─ Talks          the first conversation, and the first that failed
//!                   ├─ Counts         of each node
//!                   └─ Log            the first and the last lines
//! ```

mod counts;
mod log;
mod series;
mod spans;
mod talk;
mod world;

pub(crate) use counts::Count;
pub(crate) use log::Weight;
pub(crate) use series::{Bucket, Series};
pub(crate) use spans::{Span, Standing};
pub(crate) use talk::{Message, Speaker, Talk};
pub use world::Portrait;
pub(crate) use world::{FaultSpan, NODES_MAX, NodePortrait, Sitting};
