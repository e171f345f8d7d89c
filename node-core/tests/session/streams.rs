//! What a session does over several streams, and when nothing arrives.

use std::num::NonZeroU16;

use node_core::mqtt::{
    ConnectRefusal, Incoming, Message, ProtocolError, PublishError, Sent, Session, SessionState,
};
use node_core::{Duration, Instant, Qos, ReportConfig, Text, Writer};

use crate::support::{
    CONNACK, CONNACK_PRESENT, PUBACK_1, START, acked, config, online, open, publish, read_one,
    session_in, timeout,
};

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
fn an_answer_that_came_is_no_longer_awaited() {
    let mut session = session_in(SessionState::Online);
    read_one(&mut session, PUBACK_1);
    let answer = START.after(config().response_timeout);
    assert_eq!(session.poll_timeout(), Some(answer), "for the subscription");
    read_one(&mut session, b"\x90\x03\x00\x02\x00");
    let ping = START.after(Duration::from_secs(45));
    assert_eq!(session.poll_timeout(), Some(ping));

    publish(&mut session, Qos::AtLeastOnce).0.unwrap();
    assert_eq!(session.poll_timeout(), Some(answer), "for the next message");
    read_one(&mut session, b"\x40\x02\x00\x03");
    assert_eq!(session.poll_timeout(), Some(ping));
}

#[test]
fn pings_do_not_postpone_the_end_of_waiting_for_the_first() {
    // Pings go out each 3 s, an answer may take 10 s.
    let config = ReportConfig {
        keep_alive_s: 4,
        ..config()
    };
    let mut session = Session::new();
    open(&mut session, &config);
    read_one(&mut session, CONNACK);
    for expected_s in [3, 6, 9, 12] {
        let due = START.after(Duration::from_secs(expected_s));
        assert_eq!(session.poll_timeout(), Some(due));
        assert_eq!(timeout(&mut session, due), (None, b"\xC0\x00".to_vec()));
    }
    let due = START.after(Duration::from_secs(13));
    assert_eq!(session.poll_timeout(), Some(due));
    let ended = timeout(&mut session, due).0;
    assert_eq!(ended, Some(ProtocolError::NoAnswer));
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
