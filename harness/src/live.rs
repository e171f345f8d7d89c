//! The same node and the same simulated sensor against a real broker: `nodelab live`.
//!
//! ```text
//!  simulated        one per node, async           the host's
//!  Workbench ◄──────► Shell ◄──► Node ◄──────► Line ◄──► TLS ◄──► TCP ◄──► broker
//!       Sample, Sampled              StreamWrite, StreamRead
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
mod shell;
mod tally;
mod trust;

pub use crate::secret::{Secret, SecretSource};
pub use azure::TOKEN_LIFE;
pub use broker::{Broker, BrokerError, Protection};
pub use desk::{Desk, DeskOptions};
pub use dial::Secured;
pub use engine::{Ended, Happening, LiveError, Watch, run};
pub use order::Order;
pub use plan::{Limits, Plan, PlanError};
pub use profile::Profile;
pub use render::{summary_json, summary_text};
pub use tally::{NodeSummary, Summary, Times};
