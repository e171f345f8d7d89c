//! Records sealed and opened, and what was inside the sealed ones remembered for events.
//!
//! TLS 1.3 (RFC 8446 §5.2) and TLS 1.2 with AES-GCM (RFC 5288) or ChaCha20-Poly1305 (RFC 7905).

use std::marker::PhantomData;

use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, KeyBlockShape, MessageDecrypter,
    MessageEncrypter, Nonce, OutboundChunks, OutboundOpaqueMessage, OutboundPlainMessage,
    PrefixedPayload, Tls12AeadAlgorithm, Tls13AeadAlgorithm, UnsupportedOperationError,
    make_tls12_aad, make_tls13_aad,
};
use rustls::{ConnectionTrafficSecrets, ContentType, Error, ProtocolVersion};

use super::super::operation::{Cipher, OperationKind};
use super::primitives::{Aead, TAG};
use super::scope::{Sealed, record, with};

/// Longest plain text of a record (RFC 8446 §5.1).
const FRAGMENT_MAX: usize = 1 << 14;
/// Bytes of the nonce that AES-GCM sends along in TLS 1.2.
const EXPLICIT: usize = 8;

/// `HelloRequest` (RFC 5246 §7.4.1.1): a kind of 0 and nothing else.
const HELLO_REQUEST: &[u8] = &[0; 4];

/// A cipher of TLS 1.3.
pub(super) struct Tls13<A>(pub PhantomData<fn() -> A>);

/// A cipher of TLS 1.2.
pub(super) struct Tls12<A>(pub PhantomData<fn() -> A>);

struct Half13<A> {
    aead: A,
    iv: Iv,
}

struct Half12<A> {
    aead: A,
    iv: Iv,
}

impl<A: Aead> Tls13AeadAlgorithm for Tls13<A> {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        let aead = A::new(key.as_ref());
        Box::new(Half13 { aead, iv })
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        let aead = A::new(key.as_ref());
        Box::new(Half13 { aead, iv })
    }

    fn key_len(&self) -> usize {
        A::KEY
    }

    fn extract_keys(
        &self,
        key: AeadKey,
        iv: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Ok(A::secrets(key, iv))
    }
}

impl<A: Aead> MessageEncrypter for Half13<A> {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        sequence: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        note(message.typ, &message.payload);
        let total = self.encrypted_payload_len(message.payload.len());
        let mut payload = PrefixedPayload::with_capacity(total);
        payload.extend_from_chunks(&message.payload);
        payload.extend_from_slice(&message.typ.to_array());
        let nonce = Nonce::new(&self.iv, sequence).0;
        record(&[OperationKind::seal(A::CIPHER, payload.as_ref().len())]);
        let tag = self
            .aead
            .seal(&nonce, &make_tls13_aad(total), payload.as_mut());
        payload.extend_from_slice(&tag);
        Ok(OutboundOpaqueMessage::new(
            ContentType::ApplicationData,
            ProtocolVersion::TLSv1_2,
            payload,
        ))
    }

    fn encrypted_payload_len(&self, plain: usize) -> usize {
        plain + 1 + TAG
    }
}

impl<A: Aead> MessageDecrypter for Half13<A> {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let associated = make_tls13_aad(message.payload.len());
        let nonce = Nonce::new(&self.iv, sequence).0;
        let end = open(&self.aead, &nonce, &associated, &mut message.payload)?;
        message.payload.truncate(end);
        message.into_tls13_unpadded_message()
    }
}

impl<A: Aead> Tls12AeadAlgorithm for Tls12<A> {
    fn encrypter(&self, key: AeadKey, iv: &[u8], extra: &[u8]) -> Box<dyn MessageEncrypter> {
        let (aead, iv) = (A::new(key.as_ref()), joined(iv, extra));
        Box::new(Half12 { aead, iv })
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        let (aead, iv) = (A::new(key.as_ref()), joined(iv, &[]));
        Box::new(Half12 { aead, iv })
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        let explicit_nonce_len = explicit(A::CIPHER);
        KeyBlockShape {
            enc_key_len: A::KEY,
            fixed_iv_len: 12 - explicit_nonce_len,
            explicit_nonce_len,
        }
    }

    fn extract_keys(
        &self,
        key: AeadKey,
        iv: &[u8],
        explicit: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Ok(A::secrets(key, joined(iv, explicit)))
    }
}

impl<A: Aead> MessageEncrypter for Half12<A> {
    fn encrypt(
        &mut self,
        mut message: OutboundPlainMessage<'_>,
        sequence: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        if with(|scope| std::mem::take(&mut scope.hello_request)).unwrap_or(false) {
            message.typ = ContentType::Handshake;
            message.payload = OutboundChunks::from(HELLO_REQUEST);
        }
        note(message.typ, &message.payload);
        let plain = message.payload.len();
        let mut payload = PrefixedPayload::with_capacity(self.encrypted_payload_len(plain));
        let nonce = Nonce::new(&self.iv, sequence).0;
        let associated = make_tls12_aad(sequence, message.typ, message.version, plain);
        let sent = explicit(A::CIPHER);
        payload.extend_from_slice(&nonce[12 - sent..]);
        payload.extend_from_chunks(&message.payload);
        record(&[OperationKind::seal(A::CIPHER, plain)]);
        let tag = self
            .aead
            .seal(&nonce, &associated, &mut payload.as_mut()[sent..]);
        payload.extend_from_slice(&tag);
        Ok(OutboundOpaqueMessage::new(
            message.typ,
            message.version,
            payload,
        ))
    }

    fn encrypted_payload_len(&self, plain: usize) -> usize {
        plain + explicit(A::CIPHER) + TAG
    }
}

impl<A: Aead> MessageDecrypter for Half12<A> {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let sent = explicit(A::CIPHER);
        let total = message.payload.len();
        let plain = total.checked_sub(sent + TAG).ok_or(Error::DecryptError)?;
        let nonce = if sent == 0 {
            Nonce::new(&self.iv, sequence).0
        } else {
            let mut nonce = [0; 12];
            nonce[..12 - sent].copy_from_slice(&self.iv.as_ref()[..12 - sent]);
            nonce[12 - sent..].copy_from_slice(&message.payload[..sent]);
            nonce
        };
        let associated = make_tls12_aad(sequence, message.typ, message.version, plain);
        open(
            &self.aead,
            &nonce,
            &associated,
            &mut message.payload[sent..],
        )?;
        if plain > FRAGMENT_MAX {
            return Err(Error::PeerSentOversizedRecord);
        }
        Ok(message.into_plain_message_range(sent..sent + plain))
    }
}

/// Opens a text with its tag behind it; returns the length of the text.
fn open<A: Aead>(
    aead: &A,
    nonce: &[u8; 12],
    associated: &[u8],
    payload: &mut [u8],
) -> Result<usize, Error> {
    let (text, tag) = payload
        .split_last_chunk_mut::<TAG>()
        .ok_or(Error::DecryptError)?;
    record(&[OperationKind::open(A::CIPHER, text.len())]);
    let end = text.len();
    let opened = aead.open(nonce, associated, text, tag);
    opened.then_some(end).ok_or(Error::DecryptError)
}

/// Remembers what a record that is about to be sealed holds.
fn note(kind: ContentType, payload: &OutboundChunks<'_>) {
    let note = if kind == ContentType::Handshake {
        Sealed::Handshake(payload.to_vec())
    } else if kind == ContentType::Alert {
        let alert = payload.to_vec();
        alert
            .get(1)
            .map_or(Sealed::Other, |code| Sealed::Alert(*code))
    } else {
        Sealed::Other
    };
    with(|scope| scope.sealed.push_back(note));
}

const fn explicit(cipher: Cipher) -> usize {
    match cipher {
        Cipher::Aes128Cbc | Cipher::Aes128Gcm | Cipher::Aes256Gcm => EXPLICIT,
        Cipher::ChaCha20Poly1305 => 0,
    }
}

fn joined(fixed: &[u8], explicit: &[u8]) -> Iv {
    let mut iv = [0; 12];
    iv[..fixed.len()].copy_from_slice(fixed);
    iv[fixed.len()..fixed.len() + explicit.len()].copy_from_slice(explicit);
    Iv::from(iv)
}
