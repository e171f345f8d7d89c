//! Captures, as written from what a run shows and as read by Wireshark's own dissectors.

mod exchange;
mod files;
mod peer;
#[path = "../support/mod.rs"]
mod support;
mod tshark;
mod world;
