//! TLS at both ends of a stream, in virtual time and to the byte by seed.
//!
//! Owns all that rustls, rcgen and the cryptographic crates are used for. Does not know how
//! bytes travel.

mod authority;
mod cost;
mod endpoint;
mod event;
mod failure;
mod handshake;
mod luck;
mod measure;
mod measured_end;
mod micropython;
mod operation;
#[cfg(test)]
mod pair;
mod provider;
mod real;
mod sessions;
mod setup;
mod spec;
mod wire;
mod work;

pub use authority::{Authority, Credentials};
pub use cost::{Band, price, price_band};
pub use endpoint::{Endpoint, Moment};
pub use event::{Side, TlsEvent, TlsFailure, TlsVersion};
pub use handshake::{Apart, Flight, Handshake, HandshakeKind, Message, MessageKind};
pub use measure::{EPOCH_S, Mode, measure};
pub use measured_end::MeasuredEnd;
pub use operation::{Cipher, Curve, HashAlgorithm, Operation, OperationKind, RsaSize, Scheme};
pub use setup::{ClientSetup, ServerSetup};
pub use spec::{
    Chip, FRAGMENT_RANGE, INTERMEDIATES_MAX, KeyExchange, KeyKind, SessionKeeping, Stack, Suite,
    TICKETS_MAX, TlsSettings, TlsSpec, TlsSpecError, Verification, Versions,
};
pub use work::{ExchangeWork, KemWork, RsaWork, SignatureWork, Work};
