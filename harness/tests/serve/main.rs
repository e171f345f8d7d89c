//! `nodelab serve` as its users meet it: the real program, real sockets, real time.
//!
//! Method: services listen on ports of the system's choice, and say which. Every wait has a
//! limit. Clients are this file's own or rustls', with another library for cryptography than the
//! server's; those of others are in `peers`, which is ignored where nothing says that they are
//! there: `cargo xtask test serve-peers` runs it.

mod client;
mod doors;
mod link;
mod mqtt;
mod peers;
mod program;
mod tls;
