//! One modelled end: which message comes when, and what becomes of everything else.

use std::collections::VecDeque;

use rand_chacha::ChaCha12Rng;

use super::Profile;
use super::messages::{self, Content, HEADER};
use super::protection::{self, Keys, Protection, Transcript};
use crate::rng::Rng;
use crate::stack::tls::event::{TlsEvent, TlsFailure, TlsVersion};
use crate::stack::tls::luck::stream_of;
use crate::stack::tls::operation::{HashAlgorithm, Ledger, OperationKind, RsaSize};
use crate::stack::tls::wire::{SentContent, SentMessage, SentRecord};
use crate::stack::tls::work::Work;

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

/// One modelled end.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each direction is sealed and closed by itself"
)]
pub(in crate::stack::tls) struct Modelled {
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
    ledger: Ledger,
    records: Option<Vec<SentRecord>>,
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
    pub(in crate::stack::tls) fn client(profile: &Profile, luck: &mut Rng, listed: bool) -> Self {
        let mut end = Self::new(profile, Role::Client, luck, listed);
        let hello = messages::client_hello(&mut end.luck);
        end.send_handshake(CLIENT_HELLO, &hello);
        end
    }

    pub(in crate::stack::tls) fn server(profile: &Profile, luck: &mut Rng, listed: bool) -> Self {
        Self::new(profile, Role::Server, luck, listed)
    }

    fn new(profile: &Profile, role: Role, luck: &mut Rng, listed: bool) -> Self {
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
            ledger: Ledger::new(listed),
            records: listed.then(Vec::new),
        }
    }

    pub(in crate::stack::tls) fn receive(&mut self, bytes: &[u8]) {
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
            self.record(content, &record);
        }
        if self.over || self.incoming.is_empty() {
            self.incoming = Vec::new();
        }
    }

    pub(in crate::stack::tls) fn write(&mut self, plain: &[u8]) {
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

    pub(in crate::stack::tls) fn close(&mut self) {
        if self.over || self.closed {
            return;
        }
        self.closed = true;
        self.send_alert(1, CLOSE_NOTIFY);
        self.over = self.peer_closed;
    }

    pub(in crate::stack::tls) fn eof(&mut self) {
        if self.over {
            return;
        }
        if self.peer_closed || self.closed {
            self.over = true;
        } else {
            self.fail(TlsFailure::UnexpectedEof, None);
        }
    }

    pub(in crate::stack::tls) const fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    pub(in crate::stack::tls) const fn plain(&mut self) -> &mut Vec<u8> {
        &mut self.plain
    }

    pub(in crate::stack::tls) fn poll_event(&mut self) -> Option<TlsEvent> {
        self.events.pop_front()
    }

    pub(in crate::stack::tls) fn take_work(&mut self) -> Work {
        self.ledger.take_work()
    }

    pub(in crate::stack::tls) fn take_operations(&mut self) -> Vec<OperationKind> {
        self.ledger.take_kinds()
    }

    pub(in crate::stack::tls) fn take_records(&mut self) -> Vec<SentRecord> {
        self.records
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    pub(in crate::stack::tls) fn is_handshaking(&self) -> bool {
        self.waits_for != Wait::Data
    }

    pub(in crate::stack::tls) const fn is_over(&self) -> bool {
        self.over
    }

    pub(in crate::stack::tls) const fn peer_has_closed(&self) -> bool {
        self.peer_closed
    }

    fn record(&mut self, content: Content, record: &[u8]) {
        let payload = if self.receives_sealed {
            let Some(payload) = self.open(content, record) else {
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
                let decrypted = OperationKind::Decrypt(RsaSize::Bits2048);
                self.ledger.record(decrypted);
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
        let encrypted = OperationKind::Encrypt(RsaSize::Bits2048);
        self.ledger.record(encrypted);
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
        protection::keys_derived(&mut self.ledger);
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
        let from = self.output.len();
        match &mut self.protection {
            Some(protection) if self.sends_sealed => {
                protection.seal(
                    content,
                    plain,
                    &mut self.luck,
                    &mut self.output,
                    &mut self.ledger,
                );
            }
            _ => messages::push_record(content, plain, &mut self.output),
        }
        let bytes = self.output.len() - from;
        self.list(content, plain, bytes);
    }

    /// Lists a record; each handshake message has one of its own.
    fn list(&mut self, content: Content, plain: &[u8], bytes: usize) {
        let length = |bytes| u32::try_from(bytes).expect("a record has a 2-byte length");
        let Some(records) = &mut self.records else {
            return;
        };
        let content = match content {
            Content::Alert => SentContent::Alert(plain[1]),
            Content::CipherSpec => SentContent::ChangeCipherSpec,
            Content::Data => SentContent::ApplicationData,
            Content::Handshake => {
                let message = SentMessage {
                    kind: plain[0],
                    bytes: length(plain.len()),
                    encrypted: self.sends_sealed,
                };
                SentContent::Handshake {
                    ended: vec![message],
                    open: None,
                }
            }
        };
        let bytes = length(bytes);
        records.push(SentRecord { bytes, content });
    }

    fn open(&mut self, content: Content, record: &[u8]) -> Option<Vec<u8>> {
        let protection = self.protection.as_mut()?;
        protection.open(content, &record[HEADER..], &mut self.ledger)
    }

    fn hash(&mut self, message: &[u8]) {
        let hashed = OperationKind::hash(HashAlgorithm::Sha256, message.len());
        self.ledger.record(hashed);
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

#[cfg(test)]
mod tests {
    use super::super::BUFFER;
    use super::*;
    use crate::adversary::Impostor;
    use crate::id::NodeId;
    use crate::stack::tls::event::Side;
    use crate::stack::tls::pair::{Pair, authority, connect};
    use crate::stack::tls::spec::{Chip, Stack, TlsSettings};

    #[test]
    fn messages_have_the_sizes_of_rsa_2048_and_cbc() {
        let mut pair = connect(&authority(settings()));
        pair.settle();
        let told = |(side, event)| format!("{side:?} {event:?}");
        let mut table: Vec<String> = pair.events.iter().copied().map(told).collect();
        let (up, down) = pair.bytes();
        table.push(format!("{up} up, {down} down"));
        insta::assert_snapshot!(table.join("\n"));
        assert_eq!(pair.work.0.rsa_2048.public, 1);
    }

    #[test]
    fn plain_text_flows_both_ways_and_is_not_on_the_wire() {
        let mut pair = connect(&authority(settings()));
        let text = b"23.4 degrees, 23.4 degrees, 23.4 degrees";
        pair.client.write(pair.now.0, text);
        pair.settle();
        pair.server.write(pair.now.1, text);
        pair.settle();
        assert_eq!(pair.plain, (text.to_vec(), text.to_vec()));
        for (_, bytes) in &pair.wire {
            assert!(
                !bytes
                    .windows(8)
                    .any(|eight| text.windows(8).any(|part| part == eight))
            );
        }
        pair.client.close(pair.now.0);
        pair.settle();
        pair.server.close(pair.now.1);
        pair.settle();
        assert!(pair.client.is_over() && pair.server.is_over());
        assert_eq!(pair.failure(Side::Client), None);
    }

    #[test]
    fn an_impostor_gets_in_and_reads_everything() {
        let authority = authority(settings());
        for how in [Impostor::SelfSigned, Impostor::UnknownCa, Impostor::Expired] {
            let server = authority.impostor(how);
            let mut pair = Pair::open(&authority.client(NodeId(0)), &server, 1);
            pair.client.write(pair.now.0, b"secret");
            pair.settle();
            assert_eq!(pair.plain.1, b"secret", "{how:?}");
        }
    }

    #[test]
    fn a_record_longer_than_the_buffer_ends_the_connection() {
        // What fits: 5120 bytes hold the vector, the code and a byte of padding as well.
        let most = usize::from(BUFFER) - 16 - 20 - 1;
        let mut pair = connect(&authority(settings()));
        pair.settle();
        pair.server.write(pair.now.1, &vec![1; most]);
        pair.settle();
        assert_eq!(pair.plain.0.len(), most);
        pair.server.write(pair.now.1, &vec![1; most + 1]);
        pair.settle();
        assert_eq!(pair.failure(Side::Client), Some(TlsFailure::RecordTooLong));
        assert_eq!(pair.alert(Side::Client), Some(RECORD_OVERFLOW));
    }

    #[test]
    fn changed_bytes_are_found() {
        let mut pair = connect(&authority(settings()));
        pair.settle();
        pair.server.write(pair.now.1, b"down");
        pair.settle_through(&mut |_, bytes| *bytes.last_mut().expect("a record") ^= 1);
        assert_eq!(pair.failure(Side::Client), Some(TlsFailure::RecordTampered));
        assert_eq!(pair.alert(Side::Client), Some(BAD_RECORD_MAC));
    }

    fn settings() -> TlsSettings {
        TlsSettings::of(Stack::MicroPython, Chip::Esp8266At80)
    }
}
