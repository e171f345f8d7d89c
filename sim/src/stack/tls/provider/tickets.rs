//! Session tickets that the server seals for itself (RFC 5077 §4, RFC 8446 §4.6.1).

use rustls::server::ProducesTickets;

use super::super::operation::OperationKind;
use super::primitives::{Aead, TAG};
use super::scope::{fill, record};

/// Seconds a ticket is said to last. The key never changes: a run is shorter than a roll-over.
const LIFETIME_S: u32 = 12 * 60 * 60;
/// Bytes of the random nonce in front.
const NONCE: usize = 12;

/// Seals tickets with ChaCha20-Poly1305: nonce, text, tag.
pub(super) struct Ticketer<A>(A);

impl<A: Aead> Ticketer<A> {
    /// Takes the key.
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self(A::new(&key))
    }
}

impl<A: Aead> ProducesTickets for Ticketer<A> {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        LIFETIME_S
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE];
        fill(&mut nonce).ok()?;
        let mut ticket = Vec::with_capacity(NONCE + plain.len() + TAG);
        ticket.extend_from_slice(&nonce);
        ticket.extend_from_slice(plain);
        let tag = self.0.seal(&nonce, &[], &mut ticket[NONCE..]);
        ticket.extend_from_slice(&tag);
        record(&[OperationKind::seal(A::CIPHER, plain.len())]);
        Some(ticket)
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = ticket.split_first_chunk::<NONCE>()?;
        let (text, tag) = rest.split_last_chunk::<TAG>()?;
        let mut text = text.to_vec();
        record(&[OperationKind::open(A::CIPHER, text.len())]);
        self.0.open(nonce, &[], &mut text, tag).then_some(text)
    }
}

impl<A> std::fmt::Debug for Ticketer<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ticketer")
    }
}
