//! An MQTT 3.1.1 client without I/O: what the node needs of it, and no more.
//!
//! # Examples
//!
//! One reading, from the open stream to its acknowledgement:
//!
//! ```
//! use node_core::mqtt::{Incoming, Message, Session};
//! use node_core::{Instant, Qos, ReportConfig, Text, Writer};
//!
//! let config = ReportConfig { client_id: Text::new("node-1").unwrap(), ..Default::default() };
//! let (now, mut session) = (Instant::ZERO, Session::new());
//! let mut buffer = [0; 768];
//! session.open(now, &config, &mut Writer::new(&mut buffer)); // then send what was written
//!
//! let mut acked = None;
//! for received in [&b"\x20\x02\x00\x00"[..], b"\x40\x02\x00\x01"] {
//!     let mut bytes = received;
//!     let mut out = Writer::new(&mut buffer);
//!     while let Some(incoming) = session.read(now, &mut bytes, &mut out) {
//!         match incoming.expect("close the stream") {
//!             Incoming::Acked { packet_id } => acked = Some(packet_id),
//!             _ => {}
//!         }
//!     }
//!     if session.in_flight().is_none() && acked.is_none() {
//!         let message =
//!             Message { payload: b"25.0", qos: Qos::AtLeastOnce, retain: false, topic: "room/1" };
//!         session.publish(now, &message, &mut out).expect("online, with room");
//!     }
//! }
//! assert_eq!(acked.map(|id| id.get()), Some(1));
//! ```

mod deadlines;
mod decode;
mod exchange;
mod packet;
mod parser;
mod refusal;
mod session;

pub use decode::{Packet, SessionPresent};
pub use packet::{Connect, Delivery, Publish, Will, write_puback, write_subscribe};
pub use parser::{PACKET_MAX, Parser};
pub use refusal::{ConnectRefusal, ProtocolError};
pub use session::{Incoming, Message, PublishError, Sent, Session, SessionState};
