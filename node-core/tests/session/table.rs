//! The whole table of states and packets.

use node_core::mqtt::SessionState;

use crate::support::{CONNACK, CONNACK_PRESENT, PUBACK_1, read_one, session_in};

/// A packet, its bytes, and what they mean while greeting and online. The session online has
/// message 1 in flight and subscription 2 requested.
type Row = (&'static str, &'static [u8], &'static str, &'static str);

const NO: &str = "Err(Unexpected)";
const BAD: &str = "Err(Malformed)";

const CONNACKS: [Row; 3] = [
    (
        "CONNACK",
        CONNACK,
        "Ok(Accepted { session_present: false })",
        NO,
    ),
    (
        "CONNACK, present",
        CONNACK_PRESENT,
        "Ok(Accepted { session_present: true })",
        NO,
    ),
    (
        "CONNACK, refused",
        b"\x20\x02\x00\x05",
        "Ok(Refused(NotAuthorized))",
        NO,
    ),
];

const MESSAGES: [Row; 3] = [
    (
        "PUBLISH, QoS 0",
        b"\x30\x04\x00\x01tx",
        NO,
        "Ok(Message { payload: [120], topic: \"t\" })",
    ),
    (
        "PUBLISH, QoS 1",
        b"\x32\x05\x00\x01t\x00\x09",
        NO,
        "Ok(Message { payload: [], topic: \"t\" }) + PUBACK 9",
    ),
    ("PUBLISH, QoS 2", b"\x34\x05\x00\x01t\x00\x09", NO, NO),
];

const ANSWERS: [Row; 6] = [
    ("PUBACK", PUBACK_1, NO, "Ok(Acked { packet_id: 1 })"),
    (
        "PUBACK, stale",
        b"\x40\x02\x00\x07",
        NO,
        "Ok(StaleAck { packet_id: 7 })",
    ),
    ("SUBACK", b"\x90\x03\x00\x02\x00", NO, "Ok(Subscribed)"),
    (
        "SUBACK, refused",
        b"\x90\x03\x00\x02\x80",
        NO,
        "Ok(SubscribeRefused)",
    ),
    ("SUBACK, of nothing", b"\x90\x03\x00\x01\x00", NO, NO),
    ("PINGRESP", b"\xD0\x00", NO, "Ok(Pong)"),
];

const NEVER: [Row; 11] = [
    ("reserved type 0", b"\x00\x00", BAD, BAD),
    ("CONNECT", b"\x10\x00", NO, NO),
    ("PUBREC", b"\x50\x02\x00\x01", NO, NO),
    ("PUBREL", b"\x62\x02\x00\x01", NO, NO),
    ("PUBCOMP", b"\x70\x02\x00\x01", NO, NO),
    ("SUBSCRIBE", b"\x82\x00", NO, NO),
    ("UNSUBSCRIBE", b"\xA2\x00", NO, NO),
    ("UNSUBACK", b"\xB0\x02\x00\x01", NO, NO),
    ("PINGREQ", b"\xC0\x00", NO, NO),
    ("DISCONNECT", b"\xE0\x00", NO, NO),
    ("reserved type 15", b"\xF0\x00", BAD, BAD),
];

#[test]
fn every_packet_is_judged_in_every_state() {
    let rows = || {
        CONNACKS
            .iter()
            .chain(&MESSAGES)
            .chain(&ANSWERS)
            .chain(&NEVER)
    };
    for packet_type in 0..16 {
        assert!(
            rows().any(|row| row.1[0] >> 4 == packet_type),
            "type {packet_type}"
        );
    }
    for &(name, bytes, greeting, online) in rows() {
        for (state, expected) in [
            (SessionState::Closed, "nothing"),
            (SessionState::Greeting, greeting),
            (SessionState::Online, online),
        ] {
            let mut session = session_in(state);
            assert_eq!(
                read_one(&mut session, bytes),
                expected,
                "{name} while {state:?}"
            );
            let ends = expected.starts_with("Err") || expected.starts_with("Ok(Refused");
            let after = if ends || state == SessionState::Closed {
                SessionState::Closed
            } else {
                SessionState::Online
            };
            assert_eq!(session.state(), after, "{name} while {state:?}");
        }
    }
}
