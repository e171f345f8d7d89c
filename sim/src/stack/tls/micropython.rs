//! `ssl.wrap_socket()` of MicroPython on the ESP8266: a model, not an implementation.
//!
//! The port is built with axTLS, which speaks RSA key exchange and CBC, checks no certificate,
//! and has a buffer of 5 KiB. rustls speaks neither, so both ends are modelled here: records of
//! the right types and sizes, in the right order, with the right amount of work. RSA and AES
//! are not computed. What stands for ciphertext hides the plain text from whoever has only the
//! bytes, and nothing more: its key comes from a secret that both models share.
//!
//! ```text
//! client                                    server
//! ClientHello                      ──────►
//!                                  ◄──────  ServerHello  Certificate  ServerHelloDone
//! ClientKeyExchange  CCS  Finished ──────►
//!                                  ◄──────  CCS  Finished
//! application data                 ◄─────►  application data
//! ```
//!
//! Owns the order of messages and what each end does with bytes that are none of them.

mod certificate;
mod messages;
mod protection;

use std::collections::VecDeque;
use std::sync::Arc;

use rand_chacha::ChaCha12Rng;

use self::messages::{Content, HEADER};
use self::protection::{Keys, Protection, Transcript};
use super::event::{TlsEvent, TlsFailure, TlsVersion};
use super::luck::stream_of;
use super::spec::TlsSpec;
use super::work::Work;
use crate::rng::Rng;

/// Longest record that axTLS' buffer takes (micropython issue 3279: 5 KiB).
pub(super) const BUFFER: u16 = 5 * 1024;
/// Longest plain text of a record (RFC 5246 §6.2.1).
const FRAGMENT_MAX: u16 = 1 << 14;
/// `TLS_RSA_WITH_AES_128_CBC_SHA` (RFC 5246 §A.5).
const SUITE: u16 = 0x002f;
/// `AlertDescription` (RFC 5246 §7.2).
const CLOSE_NOTIFY: u8 = 0;
const UNEXPECTED_MESSAGE: u8 = 10;
const BAD_RECORD_MAC: u8 = 20;
const RECORD_OVERFLOW: u8 = 22;
const DECODE_ERROR: u8 = 50;
/// `HandshakeType` (RFC 5246 §7.4).
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_HELLO_DONE: u8 = 14;
const CLIENT_KEY_EXCHANGE: u8 = 16;
const FINISHED: u8 = 20;

/// What the models of one world share.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    chain: Arc<[Vec<u8>]>,
    record_max: u16,
    fragment_max: u16,
    secret: [u8; 32],
}

impl Profile {
    /// Draws certificates that nobody checks, and the secret behind the models' ciphertext.
    ///
    /// `luck` differs between the genuine server and each impostor, the secret does not.
    pub(super) fn new(spec: &TlsSpec, secret: [u8; 32], luck: &mut ChaCha12Rng) -> Self {
        let settings = spec.settings();
        let depth = settings.intermediates;
        Self {
            chain: certificate::chain(&settings.server_name, depth, luck).into(),
            record_max: settings.record_max.unwrap_or(BUFFER),
            fragment_max: settings.max_fragment_size.unwrap_or(FRAGMENT_MAX),
            secret,
        }
    }
}

/// One modelled end.
#[derive(Debug)]
pub(super) struct Modelled {
    events: VecDeque<TlsEvent>,
    incoming: Vec<u8>,
    luck: ChaCha12Rng,
    output: Vec<u8>,
    pending: Vec<u8>,
    plain: Vec<u8>,
    profile: Profile,
    protection: Option<Protection>,
    receives_sealed: bool,
    role: Role,
    sends_sealed: bool,
    closed: bool,
    over: bool,
    peer_closed: bool,
    transcript: Transcript,
    waits_for: Wait,
    work: Work,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role {
    Client,
    Server,
}

/// The next thing an end must be sent, in the order of the handshake.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wait {
    Hello,
    Certificate,
    HelloDone,
    KeyExchange,
    CipherSpec,
    Finished,
    Data,
}

impl Modelled {
    pub(super) fn client(profile: &Profile, luck: &mut Rng) -> Self {
        let mut end = Self::new(profile, Role::Client, luck);
        let hello = messages::client_hello(&mut end.luck);
        end.send_handshake(CLIENT_HELLO, &hello);
        end
    }

    pub(super) fn server(profile: &Profile, luck: &mut Rng) -> Self {
        Self::new(profile, Role::Server, luck)
    }

    fn new(profile: &Profile, role: Role, luck: &mut Rng) -> Self {
        Self {
            events: VecDeque::from([TlsEvent::Started]),
            incoming: Vec::new(),
            luck: stream_of(luck),
            output: Vec::new(),
            pending: Vec::new(),
            plain: Vec::new(),
            profile: profile.clone(),
            protection: None,
            receives_sealed: false,
            role,
            sends_sealed: false,
            closed: false,
            over: false,
            peer_closed: false,
            transcript: Transcript::default(),
            waits_for: Wait::Hello,
            work: Work::default(),
        }
    }

    pub(super) fn receive(&mut self, bytes: &[u8]) {
        if self.over || self.peer_closed {
            return;
        }
        self.incoming.extend_from_slice(bytes);
        while !self.over && !self.peer_closed {
            let Some(header) = self.incoming.first_chunk::<HEADER>() else {
                break;
            };
            let Some((content, length)) = messages::parse_header(*header) else {
                self.fail(TlsFailure::MalformedRecord, Some(DECODE_ERROR));
                break;
            };
            // Only the node's buffer is small; a server takes what the standard allows.
            if self.role == Role::Client && length > self.profile.record_max {
                self.fail(TlsFailure::RecordTooLong, Some(RECORD_OVERFLOW));
                break;
            }
            let end = HEADER + usize::from(length);
            if self.incoming.len() < end {
                break;
            }
            let rest = self.incoming.split_off(end);
            let record = std::mem::replace(&mut self.incoming, rest);
            self.record(content, record);
        }
        if self.over || self.incoming.is_empty() {
            self.incoming = Vec::new();
        }
    }

    pub(super) fn write(&mut self, plain: &[u8]) {
        if self.over || self.closed {
            return;
        }
        if self.is_handshaking() {
            self.pending.extend_from_slice(plain);
            return;
        }
        for fragment in plain.chunks(usize::from(self.profile.fragment_max)) {
            self.send(Content::Data, fragment);
        }
    }

    pub(super) fn close(&mut self) {
        if self.over || self.closed {
            return;
        }
        self.closed = true;
        self.send_alert(1, CLOSE_NOTIFY);
        self.over = self.peer_closed;
    }

    pub(super) fn eof(&mut self) {
        if self.over {
            return;
        }
        if self.peer_closed || self.closed {
            self.over = true;
        } else {
            self.fail(TlsFailure::UnexpectedEof, None);
        }
    }

    pub(super) const fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    pub(super) const fn plain(&mut self) -> &mut Vec<u8> {
        &mut self.plain
    }

    pub(super) fn poll_event(&mut self) -> Option<TlsEvent> {
        self.events.pop_front()
    }

    pub(super) fn take_work(&mut self) -> Work {
        std::mem::take(&mut self.work)
    }

    pub(super) fn is_handshaking(&self) -> bool {
        self.waits_for != Wait::Data
    }

    pub(super) const fn is_over(&self) -> bool {
        self.over
    }

    pub(super) const fn peer_has_closed(&self) -> bool {
        self.peer_closed
    }

    fn record(&mut self, content: Content, record: Vec<u8>) {
        let payload = if self.receives_sealed {
            let Some(payload) = self.open(content, &record) else {
                return self.fail(TlsFailure::RecordTampered, Some(BAD_RECORD_MAC));
            };
            payload
        } else {
            record[HEADER..].to_vec()
        };
        match content {
            Content::Alert => self.alert(&payload),
            Content::CipherSpec if self.waits_for == Wait::CipherSpec => {
                self.receives_sealed = true;
                self.waits_for = Wait::Finished;
            }
            Content::Data if self.waits_for == Wait::Data => {
                self.plain.extend_from_slice(&payload);
            }
            Content::Handshake => self.handshake(&payload),
            Content::CipherSpec | Content::Data => self.misbehaved(),
        }
    }

    fn alert(&mut self, payload: &[u8]) {
        match payload {
            [_, CLOSE_NOTIFY] => self.peer_closed = true,
            // A warning changes nothing (RFC 5246 §7.2).
            [1, _] => {}
            [2, code] => self.fail(TlsFailure::AlertReceived(*code), None),
            _ => self.fail(TlsFailure::MalformedRecord, Some(DECODE_ERROR)),
        }
        self.over |= self.peer_closed && self.closed;
    }

    fn handshake(&mut self, payload: &[u8]) {
        let Some(kind) = messages::whole_message(payload) else {
            return self.fail(TlsFailure::MalformedRecord, Some(DECODE_ERROR));
        };
        if kind != FINISHED {
            self.hash(payload);
        }
        match (self.role, self.waits_for, kind) {
            (Role::Client, Wait::Hello, SERVER_HELLO) if messages::chose(payload, SUITE) => {
                self.waits_for = Wait::Certificate;
            }
            (Role::Client, Wait::Certificate, CERTIFICATE) => self.waits_for = Wait::HelloDone,
            (Role::Client, Wait::HelloDone, SERVER_HELLO_DONE) => self.send_key(),
            (Role::Server, Wait::Hello, CLIENT_HELLO) => self.send_server_flight(),
            (Role::Server, Wait::KeyExchange, CLIENT_KEY_EXCHANGE) => {
                self.agree();
                self.waits_for = Wait::CipherSpec;
            }
            (_, Wait::Finished, FINISHED) => self.finished(),
            _ => self.misbehaved(),
        }
    }

    fn send_server_flight(&mut self) {
        let hello = messages::server_hello(SUITE, &mut self.luck);
        self.send_handshake(SERVER_HELLO, &hello);
        let chain = messages::certificate_list(&self.profile.chain);
        self.send_handshake(CERTIFICATE, &chain);
        self.send_handshake(SERVER_HELLO_DONE, &[]);
        self.waits_for = Wait::KeyExchange;
    }

    fn send_key(&mut self) {
        // The premaster secret, encrypted to whoever showed a certificate.
        self.work.rsa_2048_public += 1;
        let key = messages::key_exchange(&mut self.luck);
        self.send_handshake(CLIENT_KEY_EXCHANGE, &key);
        self.agree();
        self.send_finished();
        self.waits_for = Wait::CipherSpec;
    }

    fn agree(&mut self) {
        let keys = Keys::derive(&self.profile.secret, &self.transcript);
        let client = self.role == Role::Client;
        self.protection = Some(Protection::new(keys, client));
        self.work.hash_bytes += protection::KEY_DERIVATION_BYTES;
    }

    fn send_finished(&mut self) {
        self.send(Content::CipherSpec, &[1]);
        self.sends_sealed = true;
        let verify = messages::finished(&mut self.luck);
        self.send_handshake(FINISHED, &verify);
    }

    fn finished(&mut self) {
        if self.role == Role::Server {
            self.send_finished();
        }
        self.waits_for = Wait::Data;
        self.events.push_back(TlsEvent::Connected {
            resumed: false,
            suite: SUITE,
            group: 0,
            version: TlsVersion::V1_2,
        });
        let pending = std::mem::take(&mut self.pending);
        self.write(&pending);
    }

    fn send_handshake(&mut self, kind: u8, body: &[u8]) {
        let message = messages::message(kind, body);
        if kind != FINISHED {
            self.hash(&message);
        }
        self.send(Content::Handshake, &message);
        self.events.push_back(TlsEvent::HandshakeSent {
            kind,
            bytes: u32::try_from(message.len()).expect("a message has a 3-byte length"),
            encrypted: self.sends_sealed,
        });
    }

    fn send_alert(&mut self, level: u8, description: u8) {
        self.send(Content::Alert, &[level, description]);
        self.events.push_back(TlsEvent::AlertSent { description });
    }

    fn send(&mut self, content: Content, plain: &[u8]) {
        match &mut self.protection {
            Some(protection) if self.sends_sealed => {
                protection.seal(
                    content,
                    plain,
                    &mut self.luck,
                    &mut self.output,
                    &mut self.work,
                );
            }
            _ => messages::push_record(content, plain, &mut self.output),
        }
    }

    fn open(&mut self, content: Content, record: &[u8]) -> Option<Vec<u8>> {
        let protection = self.protection.as_mut()?;
        protection.open(content, &record[HEADER..], &mut self.work)
    }

    fn hash(&mut self, message: &[u8]) {
        self.work.hash_bytes += message.len() as u64;
        self.transcript.add(message);
    }

    fn misbehaved(&mut self) {
        self.fail(TlsFailure::PeerMisbehaved, Some(UNEXPECTED_MESSAGE));
    }

    fn fail(&mut self, failure: TlsFailure, alert: Option<u8>) {
        if let Some(description) = alert {
            self.send_alert(2, description);
        }
        self.over = true;
        self.events.push_back(TlsEvent::Failed(failure));
    }
}
