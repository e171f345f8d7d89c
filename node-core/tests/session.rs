//! The MQTT session against every packet in every state, and over several streams.

use std::num::NonZeroU16;

use node_core::mqtt::{
    ConnectRefusal, Incoming, Message, ProtocolError, PublishError, Sent, Session, SessionState,
};
use node_core::{Duration, Instant, Qos, ReportConfig, Text, Writer};

const START: Instant = Instant::from_micros(1_000_000);
const PUBACK_1: &[u8] = b"\x40\x02\x00\x01";
const CONNACK: &[u8] = b"\x20\x02\x00\x00";
const CONNACK_PRESENT: &[u8] = b"\x20\x02\x01\x00";

#[test]
fn every_packet_is_judged_in_every_state() {
    use SessionState::{Closed, Greeting, Online};
    const UNEXPECTED: &str = "Err(Unexpected)";
    // Type, bytes, and what they mean while closed, greeting and online. The session online has
    // message 1 in flight and subscription 2 requested.
    let table: [(&str, &[u8], [&str; 3]); 22] = [
        (
            "reserved 0",
            b"\x00\x00",
            ["nothing", "Err(Malformed)", "Err(Malformed)"],
        ),
        ("CONNECT", b"\x10\x00", ["nothing", UNEXPECTED, UNEXPECTED]),
        (
            "CONNACK",
            CONNACK,
            [
                "nothing",
                "Ok(Accepted { session_present: false })",
                UNEXPECTED,
            ],
        ),
        (
            "CONNACK, session present",
            CONNACK_PRESENT,
            [
                "nothing",
                "Ok(Accepted { session_present: true })",
                UNEXPECTED,
            ],
        ),
        (
            "CONNACK, refused",
            b"\x20\x02\x00\x05",
            ["nothing", "Ok(Refused(NotAuthorized))", UNEXPECTED],
        ),
        (
            "PUBLISH, QoS 0",
            b"\x30\x05\x00\x01txy",
            [
                "nothing",
                UNEXPECTED,
                "Ok(Message { payload: [120, 121], topic: \"t\" })",
            ],
        ),
        (
            "PUBLISH, QoS 1",
            b"\x32\x05\x00\x01t\x00\x09",
            [
                "nothing",
                UNEXPECTED,
                "Ok(Message { payload: [], topic: \"t\" }) + PUBACK 9",
            ],
        ),
        (
            "PUBLISH, QoS 2",
            b"\x34\x05\x00\x01t\x00\x09",
            ["nothing", UNEXPECTED, UNEXPECTED],
        ),
        (
            "PUBACK",
            PUBACK_1,
            ["nothing", UNEXPECTED, "Ok(Acked { packet_id: 1 })"],
        ),
        (
            "PUBACK, stale",
            b"\x40\x02\x00\x07",
            ["nothing", UNEXPECTED, "Ok(StaleAck { packet_id: 7 })"],
        ),
        (
            "PUBREC",
            b"\x50\x02\x00\x01",
            ["nothing", UNEXPECTED, UNEXPECTED],
        ),
        (
            "PUBREL",
            b"\x62\x02\x00\x01",
            ["nothing", UNEXPECTED, UNEXPECTED],
        ),
        (
            "PUBCOMP",
            b"\x70\x02\x00\x01",
            ["nothing", UNEXPECTED, UNEXPECTED],
        ),
        (
            "SUBSCRIBE",
            b"\x82\x00",
            ["nothing", UNEXPECTED, UNEXPECTED],
        ),
        (
            "SUBACK",
            b"\x90\x03\x00\x02\x00",
            ["nothing", UNEXPECTED, "Ok(Subscribed)"],
        ),
        (
            "SUBACK, refused",
            b"\x90\x03\x00\x02\x80",
            ["nothing", UNEXPECTED, "Ok(SubscribeRefused)"],
        ),
        (
            "SUBACK, of nothing",
            b"\x90\x03\x00\x01\x00",
            ["nothing", UNEXPECTED, UNEXPECTED],
        ),
        (
            "UNSUBSCRIBE",
            b"\xA2\x00",
            ["nothing", UNEXPECTED, UNEXPECTED],
        ),
        (
            "UNSUBACK",
            b"\xB0\x02\x00\x01",
            ["nothing", UNEXPECTED, UNEXPECTED],
        ),
        ("PINGREQ", b"\xC0\x00", ["nothing", UNEXPECTED, UNEXPECTED]),
        ("PINGRESP", b"\xD0\x00", ["nothing", UNEXPECTED, "Ok(Pong)"]),
        (
            "DISCONNECT",
            b"\xE0\x00",
            ["nothing", UNEXPECTED, UNEXPECTED],
        ),
    ];
    for (name, bytes, meanings) in table {
        for (state, expected) in [Closed, Greeting, Online].into_iter().zip(meanings) {
            let mut session = session_in(state);
            let meaning = read_one(&mut session, bytes);
            assert_eq!(meaning, expected, "{name} while {state:?}");
            let after = match (state, expected) {
                (Closed, _) => Closed,
                _ if expected.starts_with("Err") || expected.contains("Refused(") => Closed,
                _ => Online,
            };
            assert_eq!(session.state(), after, "{name} while {state:?}");
        }
    }
}

#[test]
fn every_refusal_closes_the_session_and_keeps_what_is_in_flight() {
    let refusals = [
        (1, ConnectRefusal::ProtocolVersion),
        (2, ConnectRefusal::IdentifierRejected),
        (3, ConnectRefusal::ServerUnavailable),
        (4, ConnectRefusal::BadCredentials),
        (5, ConnectRefusal::NotAuthorized),
    ];
    for (code, refusal) in refusals {
        let mut session = session_in(SessionState::Online);
        session.lost();
        open(&mut session, &config());
        let meaning = read_one(&mut session, &[0x20, 2, 0, code]);
        assert_eq!(meaning, format!("Ok(Refused({refusal:?}))"));
        assert_eq!(session.state(), SessionState::Closed);
        assert_eq!(session.poll_timeout(), None);
        assert_eq!(session.in_flight(), NonZeroU16::new(1));
    }
}

#[test]
fn an_unacknowledged_message_goes_again_as_a_duplicate_if_the_broker_kept_the_session() {
    let mut session = session_in(SessionState::Online);
    session.lost();
    open(&mut session, &config());
    read_one(&mut session, CONNACK_PRESENT);
    let (sent, bytes) = publish(&mut session, Qos::AtLeastOnce);
    assert_eq!(
        sent,
        Ok(Sent {
            duplicate: true,
            packet_id: NonZeroU16::new(1)
        })
    );
    assert_eq!(bytes, b"\x3A\x07\x00\x01t\x00\x0125");
    assert_eq!(
        publish(&mut session, Qos::AtLeastOnce).0,
        Err(PublishError::Busy)
    );
    assert_eq!(
        read_one(&mut session, PUBACK_1),
        "Ok(Acked { packet_id: 1 })"
    );
    assert_eq!(session.in_flight(), None);
    assert_eq!(
        read_one(&mut session, PUBACK_1),
        "Ok(StaleAck { packet_id: 1 })"
    );
}

#[test]
fn an_unacknowledged_message_is_forgotten_if_the_broker_forgot() {
    let mut session = session_in(SessionState::Online);
    session.lost();
    open(&mut session, &config());
    assert_eq!(session.in_flight(), NonZeroU16::new(1));
    read_one(&mut session, CONNACK);
    assert_eq!(session.in_flight(), None);
    let (sent, _) = publish(&mut session, Qos::AtLeastOnce);
    assert_eq!(
        sent,
        Ok(Sent {
            duplicate: false,
            packet_id: NonZeroU16::new(3)
        })
    );
}

#[test]
fn a_clean_session_has_no_past() {
    let clean = ReportConfig {
        clean_session: true,
        ..config()
    };
    let mut session = session_in(SessionState::Online);
    session.lost();
    open(&mut session, &clean);
    assert_eq!(session.in_flight(), None);
    assert_eq!(read_one(&mut session, CONNACK_PRESENT), "Err(Unexpected)");
}

#[test]
fn messages_at_qos_0_pass_one_in_flight() {
    let mut session = session_in(SessionState::Online);
    let (sent, bytes) = publish(&mut session, Qos::AtMostOnce);
    assert_eq!(
        sent,
        Ok(Sent {
            duplicate: false,
            packet_id: None
        })
    );
    assert_eq!(bytes, b"\x30\x05\x00\x01t25");
    assert_eq!(session.in_flight(), NonZeroU16::new(1));
}

#[test]
fn nothing_is_written_before_the_broker_accepted() {
    for state in [SessionState::Closed, SessionState::Greeting] {
        let mut session = session_in(state);
        assert_eq!(
            publish(&mut session, Qos::AtMostOnce),
            (Err(PublishError::NotOnline), vec![])
        );
        let mut buffer = [0; 64];
        let mut out = Writer::new(&mut buffer);
        let subscribed = session.subscribe(START, "t/command", &mut out);
        assert_eq!((subscribed, out.len()), (Err(PublishError::NotOnline), 0));
    }
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let mut session = online();
    let mut buffer = [0; 12];
    let mut out = Writer::new(&mut buffer);
    let message = Message {
        payload: b"25.0000",
        qos: Qos::AtLeastOnce,
        retain: false,
        topic: "t",
    };
    assert_eq!(
        session.publish(START, &message, &mut out),
        Err(PublishError::TooLarge)
    );
    assert_eq!(
        session.subscribe(START, "t/command", &mut out),
        Err(PublishError::TooLarge)
    );
    assert_eq!((out.room(), session.in_flight()), (12, None));
    // The identifiers were not used up either.
    let sent = publish(&mut session, Qos::AtLeastOnce).0;
    assert_eq!(
        sent,
        Ok(Sent {
            duplicate: false,
            packet_id: NonZeroU16::new(1)
        })
    );
}

#[test]
fn a_message_without_room_for_its_acknowledgement_is_delivered_all_the_same() {
    let mut session = online();
    let mut bytes: &[u8] = b"\x32\x05\x00\x01t\x00\x09";
    let mut buffer = [0; 3];
    let mut out = Writer::new(&mut buffer);
    let incoming = session.read(START, &mut bytes, &mut out);
    assert!(matches!(
        incoming,
        Some(Ok(Incoming::Message { topic: "t", .. }))
    ));
    assert_eq!(out.finish(), Some(&b""[..]));
}

#[test]
fn identifiers_wrap_around_zero_and_pass_those_in_use() {
    let mut session = online();
    let mut id = 0_u16;
    for _ in 0..65_534 {
        id = acked(&mut session);
    }
    assert_eq!(id, 65_534);
    let mut buffer = [0; 32];
    session
        .subscribe(START, "t/command", &mut Writer::new(&mut buffer))
        .unwrap();
    assert_eq!(buffer[2..4], [0xFF, 0xFF]);
    assert_eq!(acked(&mut session), 1);
    for _ in 2..65_535_u16 {
        id = acked(&mut session);
    }
    // The subscription still waits with 65535.
    assert_eq!((id, acked(&mut session)), (65_534, 1));
}

#[test]
fn silence_ends_a_session_for_each_awaited_answer() {
    let deadline = START.after(config().response_timeout);
    let mut greeting = session_in(SessionState::Greeting);
    let mut publishing = online();
    publish(&mut publishing, Qos::AtLeastOnce).0.unwrap();
    let mut subscribing = online();
    subscribing
        .subscribe(START, "c", &mut Writer::new(&mut [0; 32]))
        .unwrap();
    for session in [&mut greeting, &mut publishing, &mut subscribing] {
        assert_eq!(session.poll_timeout(), Some(deadline));
        let before = Instant::from_micros(deadline.as_micros() - 1);
        assert_eq!(timeout(session, before), (None, vec![]));
        assert_ne!(session.state(), SessionState::Closed);
        assert_eq!(
            timeout(session, deadline),
            (Some(ProtocolError::NoAnswer), vec![])
        );
        assert_eq!(
            (session.state(), session.poll_timeout()),
            (SessionState::Closed, None)
        );
    }
    assert_eq!(publishing.in_flight(), NonZeroU16::new(1));
}

#[test]
fn a_quiet_session_pings_and_expects_the_answer() {
    let mut session = online();
    let ping = START.after(Duration::from_secs(45));
    assert_eq!(session.poll_timeout(), Some(ping));
    assert_eq!(timeout(&mut session, ping), (None, b"\xC0\x00".to_vec()));
    assert_eq!(
        session.poll_timeout(),
        Some(ping.after(Duration::from_secs(10)))
    );
    assert_eq!(read_one(&mut session, b"\xD0\x00"), "Ok(Pong)");
    let next = ping.after(Duration::from_secs(45));
    assert_eq!(session.poll_timeout(), Some(next));
    assert_eq!(timeout(&mut session, next).0, None);
    let overdue = next.after(Duration::from_secs(10));
    assert_eq!(
        timeout(&mut session, overdue).0,
        Some(ProtocolError::NoAnswer)
    );
}

#[test]
fn without_keep_alive_there_are_no_pings() {
    let mut session = Session::new();
    open(
        &mut session,
        &ReportConfig {
            keep_alive_s: 0,
            ..config()
        },
    );
    read_one(&mut session, CONNACK);
    assert_eq!(session.poll_timeout(), None);
}

#[test]
fn closing_says_goodbye_once() {
    for (state, expected) in [
        (SessionState::Closed, &b""[..]),
        (SessionState::Greeting, b"\xE0\x00"),
        (SessionState::Online, b"\xE0\x00"),
    ] {
        let mut session = session_in(state);
        let mut buffer = [0; 8];
        let mut out = Writer::new(&mut buffer);
        session.close(&mut out);
        session.close(&mut out);
        assert_eq!(out.finish(), Some(expected));
        assert_eq!(
            (session.state(), session.poll_timeout()),
            (SessionState::Closed, None)
        );
    }
}

#[test]
fn the_largest_connect_has_421_bytes() {
    let largest = ReportConfig {
        client_id: Text::new(&"i".repeat(48)).unwrap(),
        password: Text::new(&"p".repeat(160)).unwrap(),
        status: true,
        topic: Text::new(&"t".repeat(80)).unwrap(),
        username: Text::new(&"u".repeat(96)).unwrap(),
        ..config()
    };
    assert_eq!(open(&mut Session::new(), &largest).len(), 421);
}

#[test]
fn a_session_is_small() {
    assert!(size_of::<Session>() <= 320, "{}", size_of::<Session>());
}

fn config() -> ReportConfig {
    ReportConfig {
        client_id: Text::new("n1").unwrap(),
        topic: Text::new("t").unwrap(),
        ..ReportConfig::default()
    }
}

fn open(session: &mut Session, config: &ReportConfig) -> Vec<u8> {
    let mut buffer = [0; 512];
    let mut out = Writer::new(&mut buffer);
    session.open(START, config, &mut out);
    out.finish().unwrap().to_vec()
}

fn online() -> Session {
    let mut session = Session::new();
    open(&mut session, &config());
    read_one(&mut session, CONNACK);
    session
}

/// Returns a session in `state`; online it has message 1 in flight and subscription 2 requested.
fn session_in(state: SessionState) -> Session {
    match state {
        SessionState::Closed => Session::new(),
        SessionState::Greeting => {
            let mut session = Session::new();
            open(&mut session, &config());
            session
        }
        SessionState::Online => {
            let mut session = online();
            publish(&mut session, Qos::AtLeastOnce).0.unwrap();
            session
                .subscribe(START, "c", &mut Writer::new(&mut [0; 32]))
                .unwrap();
            session
        }
    }
}

/// Returns what the first packet of `bytes` means, and which packet answers it.
fn read_one(session: &mut Session, mut bytes: &[u8]) -> String {
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

fn publish(session: &mut Session, qos: Qos) -> (Result<Sent, PublishError>, Vec<u8>) {
    let mut buffer = [0; 64];
    let mut out = Writer::new(&mut buffer);
    let message = Message {
        payload: b"25",
        qos,
        retain: false,
        topic: "t",
    };
    let sent = session.publish(START, &message, &mut out);
    (sent, out.finish().unwrap().to_vec())
}

/// Publishes, acknowledges, and returns the identifier.
fn acked(session: &mut Session) -> u16 {
    let id = publish(session, Qos::AtLeastOnce)
        .0
        .unwrap()
        .packet_id
        .unwrap()
        .get();
    let [high, low] = id.to_be_bytes();
    let meaning = read_one(session, &[0x40, 2, high, low]);
    assert_eq!(meaning, format!("Ok(Acked {{ packet_id: {id} }})"));
    id
}

fn timeout(session: &mut Session, now: Instant) -> (Option<ProtocolError>, Vec<u8>) {
    let mut buffer = [0; 8];
    let mut out = Writer::new(&mut buffer);
    let error = session.handle_timeout(now, &mut out);
    (error, out.finish().unwrap().to_vec())
}
