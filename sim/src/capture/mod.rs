//! What was on the air, as files that other tools open.
//!
//! Owns the formats; opens no file: bytes go to whatever `Write` the caller gives. Bodies of
//! frames are written as they are, so what other modules compose is what other tools judge.
//!
//! ```text
//! observations ─► observer ─► held back until in order ─► blocks ─► Write
//!                    │  ethernet, wlan, radiotap            pcapng
//!                    └► tally: the same frames, counted
//! ```

mod block;
mod ethernet;
mod key_log;
mod link;
mod observer;
mod radiotap;
mod stream;
mod tally;
mod wlan;

pub use key_log::KeyLogObserver;
pub use link::Link;
pub use observer::{CaptureObserver, CaptureOptions};
pub use stream::{Flow, Follower};
pub use tally::{Counts, Tally};
