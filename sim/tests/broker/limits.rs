//! What a client may make the broker do at a time.

use nodelab_sim::SimSpan;
use nodelab_sim::broker::{BrokerAction, BrokerEvent, BrokerSpec, ClientFault};

use crate::clients::{
    CONNACK, CONNECT_A, CONNECT_B, CONNECT_WITH_WILL, PINGREQ, PUBLISH_T, SUBACK, SUBSCRIBE_T,
    World, id,
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

fn fault(world: &World) -> Option<ClientFault> {
    world.last.iter().find_map(|action| match action {
        BrokerAction::Note(BrokerEvent::ConnectionBroken { why, .. }) => Some(*why),
        _ => None,
    })
}
