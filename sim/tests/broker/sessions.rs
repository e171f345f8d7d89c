//! What a client finds again, and what others learn of it.

use nodelab_sim::SimSpan;
use nodelab_sim::broker::{BrokerAction, BrokerEvent, BrokerSpec, SessionEnd};

use crate::clients::{
    CONNACK, CONNACK_PRESENT, CONNECT_A, CONNECT_A_KEPT, CONNECT_B, CONNECT_WITH_WILL, DISCONNECT,
    PINGREQ, PUBACK, PUBLISH_T, SUBACK, SUBSCRIBE_T, World, id,
};

#[test]
fn a_subscriber_gets_the_message_and_acknowledges_it() {
    let mut world = World::new(BrokerSpec::default());
    world.open(0, &CONNECT_A);
    world.open(1, &CONNECT_B);
    assert_eq!(world.say(1, &SUBSCRIBE_T), [SUBACK]);
    world.say(0, &PUBLISH_T);
    assert_eq!(world.sent_to(1), [*b"\x32\x06\x00\x01t\x00\x01x"]);
    assert_eq!(world.sent_to(0), [PUBACK]);
    world.say(1, b"\x40\x02\x00\x01");
    let connection = id(1);
    let packet_id = std::num::NonZeroU16::MIN;
    let acknowledged = BrokerEvent::MessageAcknowledged {
        connection,
        packet_id,
    };
    assert_eq!(world.last, [BrokerAction::Note(acknowledged)]);
}

#[test]
fn nothing_comes_after_unsubscribe() {
    let mut world = World::new(BrokerSpec::default());
    world.open(0, &CONNECT_A);
    world.say(0, &SUBSCRIBE_T);
    let unsuback = [0xB0, 2, 0, 2];
    assert_eq!(world.say(0, b"\xa2\x05\x00\x02\x00\x01t"), [unsuback]);
    assert_eq!(world.say(0, &PUBLISH_T), [PUBACK]);
}

#[test]
fn a_kept_session_gets_what_was_published_while_it_was_away() {
    let mut world = World::new(BrokerSpec::default());
    world.open(0, &CONNECT_A_KEPT);
    world.say(0, &SUBSCRIBE_T);
    world.drop_stream(0);
    world.command("t", "1");
    let answers = world.open(1, &CONNECT_A_KEPT);
    assert_eq!(
        answers,
        [&CONNACK_PRESENT[..], b"\x32\x06\x00\x01t\x00\x011"]
    );
}

#[test]
fn what_was_not_acknowledged_is_sent_again_as_a_duplicate_and_first() {
    let mut world = World::new(BrokerSpec::default());
    world.open(0, &CONNECT_A_KEPT);
    world.say(0, &SUBSCRIBE_T);
    world.command("t", "1");
    world.drop_stream(0);
    world.command("t", "2");
    let answers = world.open(1, &CONNECT_A_KEPT);
    let again = b"\x3a\x06\x00\x01t\x00\x011";
    let fresh = b"\x32\x06\x00\x01t\x00\x022";
    assert_eq!(answers, [&CONNACK_PRESENT[..], again, fresh]);
}

#[test]
fn a_clean_session_leaves_nothing_behind() {
    let mut world = World::new(BrokerSpec::default());
    world.open(0, &CONNECT_A_KEPT);
    world.say(0, &SUBSCRIBE_T);
    world.drop_stream(0);
    assert_eq!(world.open(1, &CONNECT_A), [CONNACK]);
    world.say(1, &DISCONNECT);
    assert_eq!(world.broker.session_count(), 0);
    assert_eq!(world.open(2, &CONNECT_A_KEPT), [CONNACK]);
    assert_eq!(world.say(2, &PUBLISH_T), [PUBACK]);
}

#[test]
fn messages_wait_within_bounds() {
    let spec = BrokerSpec {
        in_flight_max: 1,
        queued_max: 2,
        ..BrokerSpec::default()
    };
    let mut world = World::new(spec);
    world.open(0, &CONNECT_A);
    world.say(0, &SUBSCRIBE_T);
    for payload in ["1", "2", "3", "4"] {
        world.command("t", payload);
    }
    let [BrokerAction::Note(BrokerEvent::MessageDropped { message, .. })] = &world.last[..] else {
        panic!("{:?}", world.last);
    };
    assert_eq!(&*message.payload, b"4");
    assert_eq!(
        world.say(0, b"\x40\x02\x00\x01"),
        [*b"\x32\x06\x00\x01t\x00\x022"]
    );
    assert_eq!(
        world.say(0, b"\x40\x02\x00\x02"),
        [*b"\x32\x06\x00\x01t\x00\x033"]
    );
    assert!(world.say(0, b"\x40\x02\x00\x03").is_empty());
}

#[test]
fn what_all_clients_hold_is_bounded_in_bytes() {
    // The filter "t" takes 65 bytes; a message of one byte to a topic of one byte takes 74.
    let spec = BrokerSpec {
        held_bytes_max: 65 + 2 * 74 + 73,
        ..BrokerSpec::default()
    };
    let mut world = World::new(spec);
    world.open(0, &CONNECT_A);
    world.say(0, &SUBSCRIBE_T);
    for payload in ["1", "2", "3"] {
        world.command("t", payload);
    }
    let [BrokerAction::Note(BrokerEvent::MessageDropped { message, .. })] = &world.last[..] else {
        panic!("{:?}", world.last);
    };
    assert_eq!(&*message.payload, b"3");
    assert!(world.say(0, b"\x40\x02\x00\x01").is_empty());
    world.command("t", "4");
    assert_eq!(world.last.len(), 2, "what was acknowledged made room");
}

#[test]
fn the_same_client_on_a_new_stream_takes_the_session_over() {
    let mut world = World::new(BrokerSpec::default());
    world.open(0, &CONNECT_A_KEPT);
    assert_eq!(world.open(1, &CONNECT_A_KEPT), [CONNACK_PRESENT]);
    assert!(world.closed(0));
    assert_eq!(world.ended(), [SessionEnd::TakenOver]);
    world.drop_stream(0);
    assert!(world.last.is_empty(), "the old stream is forgotten");
    assert_eq!(world.say(1, &PUBLISH_T), [PUBACK]);
}

/// A way for the stream 0 to end.
type Leave = fn(&mut World);

#[test]
fn a_will_is_published_unless_the_client_says_goodbye() {
    let farewell: [(&str, Leave); 4] = [
        ("lost", |world| world.drop_stream(0)),
        ("silent", |world| world.wait(SimSpan::from_secs(91))),
        ("broken", |world| drop(world.say(0, &[0]))),
        ("goodbye", |world| drop(world.say(0, &DISCONNECT))),
    ];
    for (how, leave) in farewell {
        let mut world = World::new(BrokerSpec::default());
        world.open(0, &CONNECT_WITH_WILL);
        world.open(1, &CONNECT_A);
        world.say(1, &SUBSCRIBE_T);
        world.wait(SimSpan::from_secs(60));
        world.say(1, &PINGREQ);
        leave(&mut world);
        let expected: &[[u8; 9]] = match how {
            "goodbye" => &[],
            _ => &[*b"\x30\x07\x00\x01tgone"],
        };
        assert_eq!(world.sent_to(1), expected, "{how}");
    }
}

#[test]
fn a_retained_message_waits_for_its_subscribers() {
    let mut world = World::new(BrokerSpec::default());
    world.open(0, &CONNECT_A);
    world.say(0, b"\x33\x06\x00\x01t\x00\x07x");
    world.open(1, &CONNECT_B);
    let retained = b"\x33\x06\x00\x01t\x00\x01x";
    assert_eq!(world.say(1, &SUBSCRIBE_T), [&SUBACK[..], retained]);
    world.say(0, b"\x33\x06\x00\x01t\x00\x08y");
    let live = *b"\x32\x06\x00\x01t\x00\x02y";
    assert_eq!(
        world.sent_to(1),
        [live],
        "not marked for those who were there"
    );
}

#[test]
fn a_stopped_broker_keeps_sessions_only_if_told_to() {
    for keep in [true, false] {
        let mut world = World::new(BrokerSpec::default());
        world.open(0, &CONNECT_A_KEPT);
        world.say(0, b"\x33\x06\x00\x01r\x00\x07x");
        world.open(1, &CONNECT_WITH_WILL);
        world.last.clear();
        world.broker.stop(keep, &mut world.last);
        assert!(world.closed(0) && world.closed(1));
        assert_eq!(world.ended(), [SessionEnd::BrokerStopped; 2]);
        assert!(!world.broker.is_running());
        assert_eq!(world.broker.poll_timeout(), None);
        world.broker.connected(world.now, id(2));
        world.say(2, &CONNECT_A_KEPT);
        assert!(world.closed(2));
        world.broker.start();
        let connack = if keep { CONNACK_PRESENT } else { CONNACK };
        assert_eq!(world.open(3, &CONNECT_A_KEPT), [connack]);
        let retained = world.say(3, b"\x82\x06\x00\x01\x00\x01r\x00").len() - 1;
        assert_eq!(retained, usize::from(keep));
    }
}

#[test]
fn subscriptions_of_a_client_are_bounded() {
    let spec = BrokerSpec {
        subscriptions_max: 1,
        ..BrokerSpec::default()
    };
    let mut world = World::new(spec);
    world.open(0, &CONNECT_A);
    let two = b"\x82\x0a\x00\x01\x00\x01t\x02\x00\x01u\x00";
    assert_eq!(world.say(0, two), [[0x90, 4, 0, 1, 1, 0x80]]);
    assert_eq!(
        world.say(0, &SUBSCRIBE_T),
        [SUBACK],
        "the same one may be renewed"
    );
}
