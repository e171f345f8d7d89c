//! Runs Wi-Fi sensor node scenarios in virtual time, and judges them.

pub mod action;
mod bench;
#[cfg(doctest)]
mod book;
pub mod cli;
pub mod compute;
mod conduct;
pub mod diagnostic;
pub mod energy;
pub mod event;
pub mod exit;
pub mod expand;
mod expect;
pub mod explain;
mod iana;
mod image;
pub mod live;
pub mod portrait;
pub mod prepare;
pub mod record;
pub mod report;
pub mod run;
pub mod scenario;
pub mod schema;
pub mod secret;
pub mod sensor;
pub mod serve;
pub mod shard;
mod stand_in;
pub mod telemetry;
pub mod tls;
pub mod tui;
pub mod verdict;
pub mod wifi;
