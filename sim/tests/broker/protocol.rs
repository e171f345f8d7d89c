//! Who may speak, what must not be said, and what silence means.

use node_core::mqtt::ConnectRefusal;
use nodelab_sim::SimSpan;
use nodelab_sim::broker::{
    BrokerAction, BrokerEvent, BrokerSpec, ClientFault, Credentials, SessionEnd,
};

use crate::clients::{CONNACK, CONNECT_A, PINGREQ, PUBACK, PUBLISH_T, World, id};

#[test]
fn a_publish_is_acknowledged_after_it_is_taken() {
    let mut world = World::new(BrokerSpec::default());
    assert_eq!(world.open(0, &CONNECT_A), [CONNACK]);
    assert_eq!(world.say(0, &PUBLISH_T), [PUBACK]);
    let [
        BrokerAction::Note(BrokerEvent::MessageReceived { message, .. }),
        _,
    ] = &world.last[..]
    else {
        panic!("{:?}", world.last);
    };
    assert_eq!((&*message.topic, &*message.payload), ("t", &b"x"[..]));
    assert_eq!(world.broker.messages_received(), 1);
}

#[test]
fn a_publish_of_qos_0_is_not_acknowledged() {
    let mut world = World::new(BrokerSpec::default());
    world.open(0, &CONNECT_A);
    assert!(world.say(0, b"\x30\x04\x00\x01tx").is_empty());
    assert_eq!(world.broker.messages_received(), 1);
}

#[test]
fn acknowledgements_keep_the_order_of_the_publishes() {
    let mut world = World::new(BrokerSpec::default());
    world.open(0, &CONNECT_A);
    let three = b"\x32\x05\x00\x01t\x00\x09\x32\x05\x00\x01t\x00\x03\x3a\x05\x00\x01t\x00\x05";
    let pubacks = [[0x40, 2, 0, 9], [0x40, 2, 0, 3], [0x40, 2, 0, 5]];
    assert_eq!(world.say(0, three), pubacks);
}

#[test]
fn who_may_not_connect_is_told_why() {
    let demanding = BrokerSpec {
        credentials: Some(Credentials {
            user: "u".to_owned(),
            password: b"p".to_vec(),
        }),
        ..BrokerSpec::default()
    };
    let with = |password: u8| {
        let mut packet = b"\x10\x13\x00\x04MQTT\x04\xc2\x00\x3c\x00\x01a\x00\x01u\x00\x01".to_vec();
        packet.push(password);
        packet
    };
    assert_eq!(
        World::new(demanding.clone()).open(0, &with(b'p')),
        [CONNACK]
    );
    let nameless: [u8; 14] = *b"\x10\x0c\x00\x04MQTT\x04\x00\x00\x3c\x00\x00";
    let version_5: [u8; 15] = *b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x01a";
    let refusing = BrokerSpec {
        refusal: Some(ConnectRefusal::NotAuthorized),
        ..BrokerSpec::default()
    };
    let full = BrokerSpec {
        sessions_max: 0,
        ..BrokerSpec::default()
    };
    let cases = [
        (demanding.clone(), with(b'q'), 4),
        (demanding, CONNECT_A.to_vec(), 4),
        (BrokerSpec::default(), nameless.to_vec(), 2),
        (BrokerSpec::default(), version_5.to_vec(), 1),
        (refusing, CONNECT_A.to_vec(), 5),
        (full, CONNECT_A.to_vec(), 3),
    ];
    for (spec, packet, code) in cases {
        let mut world = World::new(spec);
        assert_eq!(world.open(0, &packet), [[0x20, 2, 0, code]]);
        assert!(world.closed(0), "{code}");
        assert_eq!(world.broker.session_count(), 0);
    }
}

#[test]
fn a_client_without_identifier_gets_one() {
    let mut world = World::new(BrokerSpec::default());
    let nameless = *b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00";
    assert_eq!(world.open(0, &nameless), [CONNACK]);
    assert_eq!(world.open(1, &nameless), [CONNACK]);
    assert_eq!(world.broker.session_count(), 2);
}

#[test]
fn who_breaks_the_protocol_is_cut_off() {
    use ClientFault::{Malformed, QosNotSupported, TooLarge, Unexpected};
    let cases: [(&[u8], ClientFault); 14] = [
        (&CONNECT_A, Unexpected),
        (b"\x20\x02\x00\x00", Unexpected),
        (b"\x62\x02\x00\x01", Unexpected),
        (b"\x40\x02\x00\x01", Unexpected),
        (b"\x00\x00", Malformed),
        (b"\xc1\x00", Malformed),
        (b"\x80\x06\x00\x01\x00\x01t\x01", Malformed),
        (b"\x82\x06\x00\x00\x00\x01t\x01", Malformed),
        (b"\x82\x06\x00\x01\x00\x01t\x04", Malformed),
        (b"\x32\x05\x00\x01t\x00\x00", Malformed),
        (b"\x32\x05\x00\x01+\x00\x01", Malformed),
        (b"\x38\x03\x00\x01t", Malformed),
        (b"\x34\x05\x00\x01t\x00\x01", QosNotSupported),
        (b"\x30\xff\xff\xff\x7f", TooLarge),
    ];
    for (bytes, why) in cases {
        let mut world = World::new(BrokerSpec::default());
        world.open(0, &CONNECT_A);
        assert!(world.say(0, bytes).is_empty());
        let connection = id(0);
        let broken = BrokerAction::Note(BrokerEvent::ConnectionBroken { connection, why });
        assert_eq!(world.last.first(), Some(&broken), "{bytes:02x?}");
        assert!(world.closed(0));
        assert_eq!(world.broker.connections_broken(), 1);
    }
}

#[test]
fn the_first_packet_is_a_connect_without_reserved_bits() {
    for flags in [0x03, 0x0A, 0x1E, 0x22, 0x42] {
        let mut connect = CONNECT_A;
        connect[9] = flags;
        let mut world = World::new(BrokerSpec::default());
        assert!(world.open(0, &connect).is_empty(), "{flags:02x}");
        assert!(world.closed(0));
    }
    let mut world = World::new(BrokerSpec::default());
    assert!(world.open(0, &PUBLISH_T).is_empty());
    assert!(world.closed(0));
    assert_eq!(world.broker.messages_received(), 0);
}

#[test]
fn bytes_of_an_unknown_stream_are_answered_with_close() {
    let mut world = World::new(BrokerSpec::default());
    assert!(world.say(3, &PUBLISH_T).is_empty());
    assert!(world.closed(3));
}

#[test]
fn silence_ends_a_session_after_one_and_a_half_keep_alives() {
    let mut world = World::new(BrokerSpec::default());
    world.open(0, &CONNECT_A);
    world.wait(SimSpan::from_secs(89));
    assert_eq!(world.say(0, &PINGREQ), [[0xD0, 0]]);
    world.wait(SimSpan::from_millis(89_999));
    assert!(!world.closed(0));
    world.wait(SimSpan::from_millis(1));
    assert!(world.closed(0));
    assert_eq!(world.ended(), [SessionEnd::KeepAliveExpired]);
}

#[test]
fn however_much_a_client_says_it_costs_one_wake_up_for_each_keep_alive() {
    let mut world = World::new(BrokerSpec::default());
    let mut connect = CONNECT_A;
    // 10 s, so that it is to be cut off before the time allowed for its CONNECT ends.
    connect[11] = 10;
    world.open(0, &connect);
    for _ in 0..1_400 {
        world.wait(SimSpan::from_secs(1));
        assert_eq!(world.say(0, &PINGREQ), [[0xD0, 0]]);
    }
    // It was last heard 1 s before each wake-up, so they are 14 s apart. The time allowed for
    // the CONNECT comes up too, once.
    assert!(world.wake_ups <= 1_400 / 14 + 1, "{}", world.wake_ups);
}

#[test]
fn a_keep_alive_of_zero_never_ends() {
    let mut world = World::new(BrokerSpec::default());
    let mut connect = CONNECT_A;
    connect[11] = 0;
    world.open(0, &connect);
    world.wait(SimSpan::from_secs(1_000_000));
    assert_eq!(world.say(0, &PUBLISH_T), [PUBACK]);
    assert_eq!(world.broker.poll_timeout(), None);
}

#[test]
fn a_stream_without_connect_is_cut_off() {
    let mut world = World::new(BrokerSpec::default());
    assert!(world.open(0, &CONNECT_A[..10]).is_empty());
    world.wait(SimSpan::from_secs(29));
    assert!(!world.closed(0));
    world.wait(SimSpan::from_secs(1));
    assert!(world.closed(0));
}

#[test]
fn clients_can_be_refused_for_a_while() {
    let mut world = World::new(BrokerSpec::default());
    world.broker.refuse(Some(ConnectRefusal::ServerUnavailable));
    assert_eq!(world.open(0, &CONNECT_A), [[0x20, 2, 0, 3]]);
    world.broker.refuse(None);
    assert_eq!(world.open(1, &CONNECT_A), [CONNACK]);
}
