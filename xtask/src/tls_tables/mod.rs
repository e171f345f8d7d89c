//! What TLS takes on the chips' cores: counts of instructions, produced here.
//!
//! Owns what is measured and the committed tables that come of it. Does not know what an
//! operation does: that is in `firmware/tls`; nor what a handshake on a device costs: that is the
//! lab's work, which reads the tables.
//!
//! ```text
//! firmware/tls ─▶ image per family ─▶ QEMU ─▶ lines ─▶ rows ─▶ harness/src/tls/table/CORE.json
//! ```

mod battery;
mod bearssl;
mod check;
mod core;
mod frames;
mod handshake;
mod lines;
mod recording;
mod rows;
mod server;
mod table;
mod task;

pub(crate) use check::as_step;
pub(crate) use task::run;
