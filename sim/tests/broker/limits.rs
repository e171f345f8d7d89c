//! What a client may make the broker do at a time.

use nodelab_sim::SimSpan;
use nodelab_sim::broker::{BrokerAction, BrokerEvent, BrokerSpec, ClientFault};

use crate::clients::{
    CONNACK, CONNACK_PRESENT, CONNECT_A, CONNECT_A_KEPT, CONNECT_B, CONNECT_WITH_WILL, PINGREQ,
    PUBLISH_T, SUBACK, SUBSCRIBE_T, World, id,
};

/// SUBSCRIBE 1 to `#` three times, with QoS 0.
const SUBSCRIBE_ALL_THRICE: [u8; 16] = *b"\x82\x0e\x00\x01\x00\x01#\x00\x00\x01#\x00\x00\x01#\x00";
/// UNSUBSCRIBE 1 from `a`, `b` and `c`.
const UNSUBSCRIBE_3: [u8; 13] = *b"\xa2\x0b\x00\x01\x00\x01a\x00\x01b\x00\x01c";

#[test]
fn a_packet_with_more_filters_than_allowed_ends_the_connection() {
    for packet in [&SUBSCRIBE_ALL_THRICE[..], &UNSUBSCRIBE_3] {
        for (filters_max, is_cut_off) in [(3, false), (2, true)] {
            let mut world = World::new(BrokerSpec {
                filters_max,
                ..BrokerSpec::default()
            });
            world.open(0, &CONNECT_A);
            world.say(0, packet);
            assert_eq!(world.closed(0), is_cut_off, "{filters_max}: {packet:?}");
            let why = is_cut_off.then_some(ClientFault::TooManyFilters);
            assert_eq!(fault(&world), why);
        }
    }
}

#[test]
fn filters_that_find_more_than_a_client_may_be_sent_end_the_connection() {
    for (output_bytes_max, is_cut_off) in [(1 << 20, false), (40_000, true)] {
        let mut world = World::new(BrokerSpec {
            output_bytes_max,
            ..BrokerSpec::default()
        });
        world.open(0, &CONNECT_A);
        for topic in 0..100_u8 {
            // PUBLISH of `x` with QoS 0, retained, to a topic of two characters.
            let topic = [b'0' + topic / 10, b'0' + topic % 10];
            world.say(0, &[&[0x31, 5, 0, 2][..], &topic, b"x"].concat());
        }
        world.open(1, &CONNECT_B);
        let sent = world.say(1, &SUBSCRIBE_ALL_THRICE).len();
        // All three times, and SUBACK, unless it is cut off.
        assert_eq!(sent < 301, is_cut_off, "{sent}");
        assert!(sent > 1, "{sent}");
        assert_eq!(world.closed(1), is_cut_off);
        let why = is_cut_off.then_some(ClientFault::TooMuchRetained);
        assert_eq!(fault(&world), why);
    }
}

#[test]
fn packets_can_be_taken_one_at_a_time() {
    let mut world = World::new(BrokerSpec::default());
    world.broker.connected(world.now, id(0));
    let bytes = [
        &CONNECT_A[..],
        &SUBSCRIBE_T,
        &PINGREQ,
        &[0xD0, 0],
        &PUBLISH_T,
    ]
    .concat();
    let mut rest = &bytes[..];
    let mut answers = Vec::new();
    loop {
        world.last.clear();
        let now = world.now;
        let on = (world.broker).receive_packet(now, id(0), &mut rest, &mut world.last);
        answers.push(world.sent_to(0));
        if !on {
            break;
        }
    }
    // PINGRESP from a client breaks the protocol: what follows it is not read.
    let expected = [
        vec![CONNACK.to_vec()],
        vec![SUBACK.to_vec()],
        vec![vec![0xD0, 0]],
        vec![],
    ];
    assert_eq!(answers, expected);
    assert_eq!(rest, PUBLISH_T);
    assert!(
        !world
            .broker
            .receive_packet(world.now, id(0), &mut rest, &mut world.last)
    );
    assert_eq!(rest, PUBLISH_T);
}

#[test]
fn the_silent_can_be_cut_off_one_at_a_time() {
    let mut world = World::new(BrokerSpec::default());
    let other = [&CONNECT_WITH_WILL[..14], b"v", &CONNECT_WITH_WILL[15..]].concat();
    world.open(0, &CONNECT_WITH_WILL);
    world.open(1, &other);
    let late = world.now.after(SimSpan::from_secs(90));
    world.last.clear();
    let mut ended = Vec::new();
    while world.broker.cut_off_next(late, &mut world.last) {
        ended.push(world.ended().len());
        world.last.clear();
    }
    // Each is looked at when its CONNECT would have been due, and once more.
    assert_eq!(ended.iter().sum::<usize>(), 2, "{ended:?}");
    assert!(ended.iter().all(|count| *count <= 1), "{ended:?}");
}

#[test]
fn when_sessions_are_full_the_one_that_was_away_longest_makes_room() {
    for (forgets_sessions, code) in [(true, 0), (false, 3)] {
        let mut world = World::new(BrokerSpec {
            sessions_max: 2,
            forgets_sessions,
            ..BrokerSpec::default()
        });
        let kept = |name: u8| [&CONNECT_A_KEPT[..14], &[name]].concat();
        world.open(0, &kept(b'a'));
        world.open(1, &kept(b'b'));
        // Whoever is there is never forgotten.
        assert_eq!(world.open(2, &kept(b'c')), [[0x20, 2, 0, 3]]);
        world.drop_stream(1);
        world.drop_stream(0);
        assert_eq!(
            world.open(3, &kept(b'c')),
            [[0x20, 2, 0, code]],
            "{forgets_sessions}"
        );
        let present = world.open(4, &kept(b'a'));
        assert_eq!(present, [CONNACK_PRESENT], "it left last");
        if forgets_sessions {
            assert_eq!(
                world.open(5, &kept(b'b')),
                [[0x20, 2, 0, 3]],
                "forgotten, and no room"
            );
        }
    }
}

#[test]
fn a_message_is_copied_within_bounds_for_those_whom_nobody_owes_it() {
    // A message of one byte to a topic of one byte takes 74.
    for (fan_out_bytes_max, copies) in [(2 * 74, 2), (2 * 74 - 1, 1)] {
        let mut world = World::new(BrokerSpec {
            fan_out_bytes_max,
            ..BrokerSpec::default()
        });
        for stream in 0..3_u8 {
            let connect = [&CONNECT_A[..14], &[b'a' + stream]].concat();
            world.open(stream.into(), &connect);
            let qos = u8::from(stream == 2);
            world.say(stream.into(), &[&SUBSCRIBE_T[..7], &[qos]].concat());
        }
        world.command("t", "x");
        let got = [0, 1].map(|stream| world.sent_to(stream).len());
        assert_eq!(got.iter().sum::<usize>(), copies);
        assert_eq!(world.sent_to(2).len(), 1, "QoS 1 is owed");
    }
}

#[test]
fn a_client_identifier_that_is_too_long_is_refused() {
    for (client_id_max, code) in [(1, 0), (0, 2)] {
        let mut world = World::new(BrokerSpec {
            client_id_max,
            ..BrokerSpec::default()
        });
        assert_eq!(world.open(0, &CONNECT_A), [[0x20, 2, 0, code]]);
    }
}

fn fault(world: &World) -> Option<ClientFault> {
    world.last.iter().find_map(|action| {
        let BrokerAction::Note(BrokerEvent::ConnectionBroken { why, .. }) = action else {
            return None;
        };
        Some(*why)
    })
}
