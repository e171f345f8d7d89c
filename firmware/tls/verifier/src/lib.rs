//! Judges a server's certificates in a small part of a chip's memory.
//!
//! For embedded-tls 0.19, whose own verifier looks neither at key usage nor at basic constraints,
//! and whose X.509 structures take 30 KB of stack. Here a certificate is read where it lies.
//!
//! | checked | where |
//! |---|---|
//! | names of issuers and subjects link the chain to one trusted certificate | `chain` |
//! | every signature of the chain, and the server's own over the handshake | `chain`, `verifier` |
//! | dates of every certificate the server sent, against a clock that must be known | `chain` |
//! | the host's name, wildcards as in RFC 9525 §6.3 | `name` |
//! | basic constraints and path length of every issuer | `chain` |
//! | key usage and extended key usage | `extension` |
//! | that nothing critical is left unread | `extension` |
//!
//! Only ECDSA on P-256 with SHA-256. No revocation, no name constraints (a certificate with
//! critical ones is refused), and certificates must come in order, as RFC 8446 §4.4.2 has them.
#![no_std]

#[cfg(test)]
extern crate std;

mod certificate;
mod chain;
mod date;
mod der;
mod extension;
mod name;
mod refusal;
mod verifier;

pub use certificate::PublicKey;
#[cfg(test)]
mod handshakes;
#[cfg(test)]
mod judgements;

pub use chain::{CHAIN_MAX, judge};
pub use refusal::Refusal;
pub use verifier::SmallVerifier;
