//! TLS at both ends of a stream, in virtual time and to the byte by seed.
//!
//! Owns all that rustls, rcgen and the cryptographic crates are used for. Does not know how
//! bytes travel.

mod event;

pub use event::{Side, TlsEvent, TlsFailure, TlsVersion};
