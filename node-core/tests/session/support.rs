//! Sessions in each state, and one step of a session at a time.

use node_core::mqtt::{Message, ProtocolError, PublishError, Sent, Session, SessionState};
use node_core::{Instant, Qos, ReportConfig, Text, Writer};

/// When every test begins.
pub(crate) const START: Instant = Instant::from_micros(1_000_000);
/// The acknowledgement of message 1.
pub(crate) const PUBACK_1: &[u8] = b"\x40\x02\x00\x01";
/// The broker accepts, and remembers nothing.
pub(crate) const CONNACK: &[u8] = b"\x20\x02\x00\x00";
/// The broker accepts, and remembers the session.
pub(crate) const CONNACK_PRESENT: &[u8] = b"\x20\x02\x01\x00";

pub(crate) fn config() -> ReportConfig {
    ReportConfig {
        client_id: Text::new("n1").expect("it fits"),
        topic: Text::new("t").expect("it fits"),
        ..ReportConfig::default()
    }
}

pub(crate) fn open(session: &mut Session, config: &ReportConfig) -> Vec<u8> {
    let mut buffer = [0; 512];
    let mut out = Writer::new(&mut buffer);
    session.open(START, config, &mut out);
    out.finish().expect("it fits").to_vec()
}

pub(crate) fn online() -> Session {
    let mut session = Session::new();
    open(&mut session, &config());
    read_one(&mut session, CONNACK);
    session
}

/// Returns a session in `state`; online it has message 1 in flight and subscription 2 requested.
pub(crate) fn session_in(state: SessionState) -> Session {
    match state {
        SessionState::Closed => Session::new(),
        SessionState::Greeting => {
            let mut session = Session::new();
            open(&mut session, &config());
            session
        }
        SessionState::Online => {
            let mut session = online();
            publish(&mut session, Qos::AtLeastOnce)
                .0
                .expect("nothing is in flight");
            session
                .subscribe(START, "c", &mut Writer::new(&mut [0; 32]))
                .expect("it fits");
            session
        }
    }
}

/// Returns what the first packet of `bytes` means, and which packet answers it.
pub(crate) fn read_one(session: &mut Session, mut bytes: &[u8]) -> String {
    let mut buffer = [0; 8];
    let mut out = Writer::new(&mut buffer);
    let Some(meaning) = session.read(START, &mut bytes, &mut out) else {
        assert!(bytes.is_empty(), "all bytes are taken");
        return "nothing".into();
    };
    let meaning = format!("{meaning:?}");
    match out.finish() {
        Some(b"") => meaning,
        Some(&[0x40, 2, 0, id]) => format!("{meaning} + PUBACK {id}"),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn publish(session: &mut Session, qos: Qos) -> (Result<Sent, PublishError>, Vec<u8>) {
    let mut buffer = [0; 64];
    let mut out = Writer::new(&mut buffer);
    let message = Message {
        payload: b"25",
        qos,
        retain: false,
        topic: "t",
    };
    let sent = session.publish(START, &message, &mut out);
    (sent, out.finish().expect("it fits").to_vec())
}

/// Publishes, acknowledges, and returns the identifier.
pub(crate) fn acked(session: &mut Session) -> u16 {
    let id = publish(session, Qos::AtLeastOnce)
        .0
        .expect("it fits")
        .packet_id
        .expect("QoS 1 has one")
        .get();
    let [high, low] = id.to_be_bytes();
    let meaning = read_one(session, &[0x40, 2, high, low]);
    assert_eq!(meaning, format!("Ok(Acked {{ packet_id: {id} }})"));
    id
}

pub(crate) fn timeout(session: &mut Session, now: Instant) -> (Option<ProtocolError>, Vec<u8>) {
    let mut buffer = [0; 8];
    let mut out = Writer::new(&mut buffer);
    let error = session.handle_timeout(now, &mut out);
    (error, out.finish().expect("it fits").to_vec())
}
