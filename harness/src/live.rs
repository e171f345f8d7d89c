//! The same node and the same simulated sensor against a real broker: `nodelab live`.
//!
//! ```text
//!              Sample, Sampled                      StreamWrite, StreamRead
//! Workbench ◄─────────────────► Shell ── Node ──┐ ┌──────────────────────► Line ─ TLS ─ TCP ─ broker
//! (simulated sensor and board)  (async, one     └─┘
//!                                per node)
//! ```
//!
//! Time is the host's, the network is the host's, and everything behind the sockets is somebody
//! else's; the node is the one that runs in the simulator and on a chip. Does not know the
//! command line.

mod azure;
mod broker;
mod clock;
mod desk;
mod dial;
mod engine;
mod failure;
mod greeting;
mod line;
mod order;
mod plan;
mod profile;
mod render;
mod secret;
mod shell;
mod tally;
mod trust;

pub use azure::TOKEN_LIFE;
pub use broker::{Broker, BrokerError, Protection};
pub use desk::{Desk, DeskOptions};
pub use dial::Secured;
pub use engine::{Ended, Happening, LiveError, Watch, run};
pub use order::Order;
pub use plan::{Limits, Plan, PlanError};
pub use profile::Profile;
pub use render::{summary_json, summary_text};
pub use secret::{Secret, SecretSource};
pub use tally::{NodeSummary, Summary, Times};
