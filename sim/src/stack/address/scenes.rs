//! What a node and a router do together: joins, renewals, questions, and each misfortune.

use std::mem::size_of;

use core::net::Ipv4Addr;

use node_core::UnixTime;
use proptest::prelude::*;
use smoltcp::wire::{DhcpMessageType, DhcpPacket};

use crate::id::NodeId;
use crate::radio::{EtherType, Frame, MacAddress, Payload};
use crate::span::SpanRange;
use crate::stack::address::packet::{self, Arp, Datagram};
use crate::stack::address::pair::{
    CHECKED, DYNAMIC, FIXED, HEALING, NODE, Pair, arp_of, is_bound, is_dhcp, ms, port_of,
};
use crate::stack::address::{
    AddressClient, AddressDrop, AddressEffect, AddressFault, AddressServer, ResolveFailure,
    ServiceSpec, plan,
};
use crate::time::{SimSpan, SimTime};

const SEEDS: u64 = 200;

#[test]
fn a_join_takes_as_long_as_the_measured_one_leaves_it() {
    for seed in 0..SEEDS {
        let mut pair = Pair::new(seed);
        pair.start(DYNAMIC);
        let took = ms(pair.run_until(is_bound));
        assert!((600..=960).contains(&took), "seed {seed}: {took} ms");
        // Scan, key derivation, association with handshake, TCP with MQTT: others' shares.
        let publish = 2_040 + 889 + 100 + 25 + took;
        assert!(
            (3_510..=4_290).contains(&publish),
            "seed {seed}: {publish} ms"
        );
        let lease = pair.client.lease().unwrap();
        let server = plan::GATEWAY;
        assert_eq!(
            lease,
            crate::stack::address::Lease {
                server,
                ..plan::fixed(NODE)
            }
        );
        assert_eq!(
            (pair.client.drops().total(), pair.server.drops().total()),
            (0, 0)
        );
    }
}

#[test]
fn the_arp_check_adds_half_a_second_to_one() {
    let spec = || ServiceSpec {
        offer_delay: SpanRange::from_millis(0, 0),
        acknowledge_delay: SpanRange::from_millis(0, 0),
        ..ServiceSpec::default()
    };
    for seed in 0..SEEDS {
        let mut pair = Pair::with(seed, spec());
        pair.start(CHECKED);
        let took = ms(pair.run_until(is_bound));
        assert!((502..=1_003).contains(&took), "seed {seed}: {took} ms");
        let probes =
            pair.sent_ms(|frame| arp_of(frame).is_some_and(|arp| arp.sender.1.is_unspecified()));
        assert_eq!(probes.len(), 2);
    }
}

#[test]
fn a_fixed_address_holds_at_once_and_is_told_to_everyone() {
    let mut pair = Pair::new(1);
    pair.start(FIXED);
    let own = plan::node_address(NODE);
    let Some([bound, told]) = pair.seen.first_chunk() else {
        panic!("two effects are expected");
    };
    assert_eq!(bound.effect, AddressEffect::Bound(plan::fixed(NODE)));
    let AddressEffect::Send(frame) = &told.effect else {
        panic!("a frame is expected");
    };
    let arp = arp_of(frame).unwrap();
    assert_eq!(
        (arp.sender.1, arp.target.1, arp.is_reply),
        (own, own, false)
    );
    assert_eq!(frame.receiver, MacAddress::BROADCAST);
    pair.run(3_600);
    assert_eq!(pair.seen.len(), 2, "nothing else happens");
}

#[test]
fn a_silent_server_is_asked_after_2_4_8_16_32_and_then_each_60_s() {
    let mut pair = Pair::new(1);
    pair.server.strike(AddressFault::DhcpSilent);
    pair.start(DYNAMIC);
    pair.run(260);
    let sent = pair.sent_ms(is_dhcp);
    // The first wait begins between two ticks of 500 ms, and ends at the fourth.
    assert!((1_500..=2_000).contains(&sent[1]), "{sent:?}");
    let waits: Vec<u64> = sent
        .windows(2)
        .skip(1)
        .map(|pair| pair[1] - pair[0])
        .collect();
    assert_eq!(
        waits,
        [4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]
    );
    assert_eq!(kinds(&pair), [1; 9]);
    pair.server.heal(AddressFault::DhcpSilent);
    pair.run_until(is_bound);
}

#[test]
fn six_unanswered_requests_end_in_a_new_search() {
    let mut pair = Pair::new(1);
    pair.start(DYNAMIC);
    for _ in 0..10_000 {
        if kinds(&pair).last() == Some(&3) {
            break;
        }
        step_ms(&mut pair, 1);
    }
    pair.server.strike(AddressFault::DhcpSilent);
    pair.run(2 + 4 + 8 + 16 + 32 + 60 + 1);
    assert_eq!(kinds(&pair), [1, 3, 3, 3, 3, 3, 3, 1]);
}

#[test]
fn a_refusal_begins_the_search_again_until_it_is_healed() {
    let mut pair = Pair::new(1);
    pair.server.strike(AddressFault::DhcpNak);
    pair.start(DYNAMIC);
    pair.run(10);
    assert!(pair.facts().is_empty());
    let kinds = kinds(&pair);
    assert!(kinds.len() >= 20, "no pause: {kinds:?}");
    assert!(
        kinds.chunks_exact(2).all(|pair| *pair == [1, 3]),
        "{kinds:?}"
    );
    pair.server.heal(AddressFault::DhcpNak);
    let healed = pair.now;
    let bound = pair.run_until(is_bound);
    assert!(bound.since(healed) < SimSpan::from_secs(2));
}

#[test]
fn an_empty_pool_is_silence_for_newcomers_only() {
    let mut pair = Pair::new(1);
    pair.server.strike(AddressFault::DhcpPoolEmpty);
    pair.start(DYNAMIC);
    pair.run(60);
    assert!(pair.facts().is_empty() && pair.answers.is_empty());
    pair.server.heal(AddressFault::DhcpPoolEmpty);
    pair.run_until(is_bound);
    pair.server.strike(AddressFault::DhcpPoolEmpty);
    pair.start(DYNAMIC);
    pair.run_until(is_bound);
}

#[test]
fn a_pool_of_two_serves_two_until_a_lease_ends() {
    let spec = ServiceSpec {
        addresses: 2,
        lease: SimSpan::from_secs(120),
        ..ServiceSpec::default()
    };
    let mut server = AddressServer::new(1, spec);
    let discover = |server: &mut AddressServer, index, s| {
        let at = SimTime::ZERO.after(SimSpan::from_secs(s));
        let mut client = AddressClient::new(1, NodeId(index));
        client.start(at, DYNAMIC);
        let Some(AddressEffect::Send(frame)) = client.poll() else {
            panic!("a DISCOVER is expected");
        };
        server.receive(at, plan::node_mac(NodeId(index)), &frame);
        server.poll().is_some()
    };
    assert!(discover(&mut server, 0, 0) && discover(&mut server, 1, 0));
    assert!(!discover(&mut server, 2, 1), "the pool is empty");
    assert!(discover(&mut server, 0, 2), "who has one keeps it");
    assert_eq!(server.leases(), 2);
    // Offers are held for a minute after the OFFER.
    assert!(discover(&mut server, 2, 62));
}

#[test]
fn a_lease_is_renewed_at_its_half() {
    let mut pair = Pair::new(1);
    pair.start(DYNAMIC);
    let bound = pair.run_until(is_bound);
    let renewed = pair.run_until(|effect| matches!(effect, AddressEffect::Renewed(_)));
    // T1 is 1800 s, counted in ticks of a minute.
    let after = renewed.since(bound).as_millis() / 1_000;
    assert!((1_740..=1_800).contains(&after), "{after} s");
    assert_eq!(kinds(&pair), [1, 3, 3]);
    let request = dhcp_frames(&pair).pop().unwrap();
    assert_eq!(
        request.receiver,
        plan::GATEWAY_MAC,
        "a renewal is for one server"
    );
    assert!(!pair.facts().contains(&AddressEffect::Lost));
}

#[test]
fn a_lease_that_nobody_extends_is_lost_45_s_after_t2() {
    let mut pair = Pair::new(1);
    pair.start(DYNAMIC);
    let bound = pair.run_until(is_bound);
    pair.server.strike(AddressFault::DhcpSilent);
    let lost = pair.run_until(|effect| matches!(effect, AddressEffect::Lost));
    // T2 is 3150 s, which is 53 ticks of a minute; 1 + 2 + … + 9 s of asking all servers.
    let after = lost.since(bound).as_millis() / 1_000;
    assert!((3_164..=3_225).contains(&after), "{after} s");
    assert_eq!(pair.client.lease(), None);
    pair.server.heal(AddressFault::DhcpSilent);
    pair.run_until(is_bound);
}

#[test]
fn a_router_that_restarted_knows_its_stations_again() {
    let mut pair = Pair::new(1);
    pair.start(DYNAMIC);
    pair.run_until(is_bound);
    pair.server.restart();
    assert_eq!(pair.server.leases(), 0);
    pair.run_until(|effect| matches!(effect, AddressEffect::Renewed(_)));
    assert_eq!(pair.server.leases(), 1);
}

#[test]
fn a_renewal_that_is_refused_loses_the_address() {
    let mut pair = Pair::new(1);
    pair.start(DYNAMIC);
    pair.run_until(is_bound);
    pair.server.strike(AddressFault::DhcpNak);
    pair.run_until(|effect| matches!(effect, AddressEffect::Lost));
    pair.server.heal(AddressFault::DhcpNak);
    pair.run_until(is_bound);
}

#[test]
fn an_address_that_somebody_has_is_declined_and_asked_for_10_s_later() {
    let mut pair = Pair::new(1);
    pair.start(CHECKED);
    let is_probe = |effect: &AddressEffect| {
        let AddressEffect::Send(frame) = effect else {
            return false;
        };
        arp_of(frame).is_some()
    };
    pair.run_until(is_probe);
    let (other, mine) = (MacAddress([2, 9, 9, 9, 9, 9]), plan::node_mac(NODE));
    let claim = Arp {
        is_reply: true,
        sender: (other, plan::node_address(NODE)),
        target: (mine, Ipv4Addr::UNSPECIFIED),
    };
    let declined = pair.now;
    pair.hand_to_client(&packet::arp_frame(mine, claim));
    assert_eq!(kinds(&pair), [1, 3, 4]);
    let bound = pair.run_until(is_bound);
    let sent = pair.sent_ms(is_dhcp);
    let pause = sent[3] - ms(declined);
    assert!((9_500..=10_000).contains(&pause), "{pause} ms");
    assert!(ms(bound) > sent[3]);
}

#[test]
fn a_name_is_looked_up_once_and_known_until_it_is_old() {
    let mut pair = Pair::new(1);
    pair.start(FIXED);
    pair.resolve("Broker.Test");
    let is_resolved = |effect: &AddressEffect| *effect == AddressEffect::Resolved(plan::BROKER);
    let took = ms(pair.run_until(is_resolved));
    assert!((3..=35).contains(&took), "{took} ms");
    let queries = |pair: &Pair| pair.sent_ms(|frame| port_of(frame) == Some(53)).len();
    pair.resolve("Broker.Test");
    assert!(is_resolved(&pair.seen.last().unwrap().effect));
    assert_eq!(queries(&pair), 1);
    pair.run(301);
    pair.resolve("Broker.Test");
    pair.run_until(is_resolved);
    assert_eq!(queries(&pair), 2);
}

#[test]
fn a_silent_resolver_is_asked_four_times_and_given_up_after_7_s() {
    let mut pair = Pair::new(1);
    pair.server.strike(AddressFault::ResolverSilent);
    pair.start(FIXED);
    pair.find(plan::GATEWAY);
    pair.run(1);
    let asked = ms(pair.now);
    pair.resolve(plan::BROKER_NAME);
    let failed = AddressEffect::ResolveFailed(ResolveFailure::NoAnswer);
    let at = ms(pair.run_until(|effect| *effect == failed));
    let sent = pair.sent_ms(|frame| port_of(frame) == Some(53));
    assert_eq!(sent[0], asked);
    let waits: Vec<u64> = sent.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits[0] <= 1_000, "{waits:?}");
    assert_eq!(waits[1..], [1_000, 2_000]);
    assert_eq!(at - sent[3], 3_000);
}

#[test]
fn names_fail_for_the_reason_they_have() {
    let failure = |prepare: &dyn Fn(&mut Pair), name: &str| {
        let mut pair = Pair::new(1);
        prepare(&mut pair);
        pair.resolve(name);
        pair.run(60);
        let failures = pair.facts().into_iter().filter_map(|fact| {
            let AddressEffect::ResolveFailed(why) = fact else {
                return None;
            };
            Some(why)
        });
        failures.collect::<Vec<_>>().pop()
    };
    let fixed = |pair: &mut Pair| pair.start(FIXED);
    let name = plan::BROKER_NAME;
    assert_eq!(failure(&fixed, name), None);
    assert_eq!(
        failure(&fixed, "10.0.0.2"),
        None,
        "an address is its own name"
    );
    assert_eq!(
        failure(&fixed, "broken.test"),
        Some(ResolveFailure::NoSuchName)
    );
    assert_eq!(
        failure(&fixed, "broker..test"),
        Some(ResolveFailure::BadName)
    );
    assert_eq!(failure(&|_| {}, name), Some(ResolveFailure::NoResolver));
    for (fault, why) in [
        (AddressFault::ArpSilent, ResolveFailure::NoAnswer),
        (AddressFault::NameError, ResolveFailure::NoSuchName),
        (AddressFault::ResolverSilent, ResolveFailure::NoAnswer),
    ] {
        let broken = |pair: &mut Pair| {
            pair.server.strike(fault);
            fixed(pair);
        };
        assert_eq!(failure(&broken, name), Some(why), "{fault:?}");
    }
}

#[test]
fn the_time_is_the_routers_to_a_few_milliseconds() {
    let mut pair = Pair::new(1);
    pair.start(FIXED);
    pair.run(100);
    pair.ask_time();
    let at = pair.run_until(|effect| matches!(effect, AddressEffect::TimeKnown(_)));
    let truth = 1_767_225_600_000 + ms(at);
    let Some(AddressEffect::TimeKnown(time)) = pair.facts().pop() else {
        panic!("a time is expected");
    };
    let late = truth - UnixTime::as_millis(time);
    assert!(late <= 2, "{late} ms");
}

#[test]
fn a_wrong_clock_is_wrong_by_what_the_fault_says() {
    for seconds in [-3_600, 86_400] {
        let mut pair = Pair::new(1);
        pair.server.strike(AddressFault::TimeWrong { seconds });
        pair.start(FIXED);
        pair.ask_time();
        let at = pair.run_until(|effect| matches!(effect, AddressEffect::TimeKnown(_)));
        let Some(AddressEffect::TimeKnown(time)) = pair.facts().pop() else {
            panic!("a time is expected");
        };
        let truth = (1_767_225_600_000 + ms(at)).saturating_add_signed(seconds * 1_000);
        assert!(truth.abs_diff(time.as_millis()) <= 2);
    }
}

#[test]
fn a_silent_time_server_is_asked_ever_more_rarely_and_never_given_up() {
    let mut pair = Pair::new(1);
    pair.server.strike(AddressFault::TimeSilent);
    pair.start(FIXED);
    pair.find(plan::GATEWAY);
    pair.run(1);
    pair.ask_time();
    pair.run(600);
    let sent = pair.sent_ms(|frame| port_of(frame) == Some(123));
    let waits: Vec<u64> = sent.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Each is 15 s of waiting and a pause of 15, 30, 60, 120 s. Every 300 s the gateway must be
    // looked for again, which takes one round trip.
    let seconds: Vec<u64> = waits.iter().map(|wait| (wait + 500) / 1_000).collect();
    assert_eq!(seconds, [30, 45, 75, 135, 135, 135]);
    pair.server.heal(AddressFault::TimeSilent);
    pair.run_until(|effect| matches!(effect, AddressEffect::TimeKnown(_)));
}

#[test]
fn a_neighbor_is_found_or_given_up() {
    let mut pair = Pair::new(1);
    pair.start(FIXED);
    pair.find(plan::BROKER);
    pair.run_until(|effect| {
        let (address, mac) = (plan::BROKER, plan::BROKER_MAC);
        *effect == AddressEffect::Found { address, mac }
    });
    assert_eq!(
        pair.client.mac_for(pair.now, plan::BROKER),
        Some(plan::BROKER_MAC)
    );
    let abroad = Ipv4Addr::new(192, 0, 2, 1);
    assert_eq!(pair.client.mac_for(pair.now, abroad), None);
    pair.find(abroad);
    pair.run(1);
    assert_eq!(
        pair.client.mac_for(pair.now, abroad),
        Some(plan::GATEWAY_MAC)
    );
    let (nobody, asked) = (Ipv4Addr::new(10, 9, 9, 9), ms(pair.now));
    pair.find(nobody);
    let gone = pair.run_until(|effect| *effect == AddressEffect::Unreachable(nobody));
    assert!((4_000..=5_000).contains(&(ms(gone) - asked)));
    let asks = pair.sent_ms(|frame| arp_of(frame).is_some_and(|arp| arp.target.1 == nobody));
    assert_eq!(asks.len(), 5);
}

#[test]
fn whoever_asks_for_the_node_is_answered() {
    let mut pair = Pair::new(1);
    pair.start(FIXED);
    let (mine, own) = (plan::node_mac(NODE), plan::node_address(NODE));
    let asked = Arp::request((plan::BROKER_MAC, plan::BROKER), own);
    pair.hand_to_client(&packet::arp_frame(MacAddress::BROADCAST, asked));
    let Some(AddressEffect::Send(frame)) = pair.seen.pop().map(|seen| seen.effect) else {
        panic!("an answer is expected");
    };
    assert_eq!(frame.receiver, plan::BROKER_MAC);
    assert_eq!(arp_of(&frame), Some(asked.reply(mine)));
    assert_eq!(
        pair.client.mac_for(pair.now, plan::BROKER),
        Some(plan::BROKER_MAC)
    );
}

#[test]
fn a_lossy_link_that_doubles_frames_ends_in_everything_that_was_asked_for() {
    for seed in 0..SEEDS {
        let mut pair = Pair::new(seed);
        (pair.loss_ppm, pair.twice_ppm) = (300_000, 200_000);
        pair.start(if seed % 2 == 0 { DYNAMIC } else { CHECKED });
        pair.run_until(is_bound);
        pair.ask_time();
        pair.run_until(|effect| matches!(effect, AddressEffect::TimeKnown(_)));
        pair.resolve(plan::BROKER_NAME);
        pair.run_until(|effect| {
            matches!(
                effect,
                AddressEffect::Resolved(_) | AddressEffect::ResolveFailed(_)
            )
        });
    }
}

#[test]
fn whatever_goes_wrong_is_made_good_once_it_is_healed() {
    for (seed, fault) in (0..).zip(HEALING) {
        let mut pair = Pair::new(seed);
        pair.server.strike(fault);
        pair.start(CHECKED);
        pair.ask_time();
        pair.run(90);
        pair.resolve(plan::BROKER_NAME);
        pair.run(10);
        pair.server.heal(fault);
        if pair.client.lease().is_none() {
            pair.run_until(is_bound);
        }
        let is_time = |effect: &AddressEffect| matches!(effect, AddressEffect::TimeKnown(_));
        if !pair.facts().iter().any(is_time) {
            pair.run_until(is_time);
        }
        pair.resolve(plan::BROKER_NAME);
        pair.run(1);
        let last = pair.facts().pop();
        assert_eq!(
            last,
            Some(AddressEffect::Resolved(plan::BROKER)),
            "{fault:?}"
        );
    }
}

#[test]
fn doubled_late_and_foreign_answers_are_counted_by_reason() {
    let mut pair = Pair::new(1);
    pair.start(DYNAMIC);
    pair.run_until(is_bound);
    let answers = pair.answers.clone();
    let drops = |pair: &Pair| AddressDrop::ALL.map(|why| pair.client.drops().of(why));
    for (_, frame) in &answers {
        pair.hand_to_client(frame);
    }
    assert_eq!(drops(&pair), [0, 0, 0, 2, 0], "OFFER and ACK are stale");
    let mut broken = answers[0].1.clone();
    *bytes_of(&mut broken).last_mut().unwrap() ^= 1;
    pair.hand_to_client(&broken);
    let mut short = answers[0].1.clone();
    bytes_of(&mut short).truncate(200);
    pair.hand_to_client(&short);
    let mut other = Pair::new(2);
    other.start(DYNAMIC);
    other.run_until(is_bound);
    pair.hand_to_client(&other.answers[0].1);
    assert_eq!(drops(&pair), [1, 1, 1, 2, 0]);
    assert_eq!(pair.client.drops().total(), 5);
}

#[test]
fn each_packet_that_is_sent_is_sound() {
    let mut pair = Pair::new(1);
    pair.start(CHECKED);
    pair.run_until(is_bound);
    pair.resolve(plan::BROKER_NAME);
    pair.ask_time();
    pair.find(plan::BROKER);
    pair.run(4_000);
    let answers = pair.answers.iter().map(|(_, frame)| frame);
    let frames: Vec<&Frame> = pair.frames().chain(answers).collect();
    assert!(frames.len() > 15);
    for frame in frames {
        assert!(
            arp_of(frame).is_some() || port_of(frame).is_some(),
            "{frame:?}"
        );
    }
}

#[test]
fn a_node_holds_less_than_400_bytes() {
    assert!(
        size_of::<AddressClient>() <= 400,
        "{}",
        size_of::<AddressClient>()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bytes, in any state, are a counted drop or an answer: nobody panics or gets stuck.
    #[test]
    fn garbage_stops_nobody(
        seed in 0..1_000_u64,
        garbage in prop::collection::vec((any_ether_type(), any_bytes(), 0..3_000_u64), 1..30),
    ) {
        let mut pair = Pair::new(seed);
        pair.start(CHECKED);
        pair.ask_time();
        for (ether_type, bytes, wait_ms) in garbage {
            let payload = Payload::Data { ether_type, bytes };
            let (mine, receiver) = (plan::node_mac(NODE), MacAddress::BROADCAST);
            let frame = Frame { sender: mine, receiver, payload };
            pair.server.receive(pair.now, mine, &frame);
            while pair.server.poll().is_some() {}
            pair.hand_to_client(&frame);
            step_ms(&mut pair, wait_ms);
        }
        if pair.client.lease().is_none() {
            pair.run_until(is_bound);
        }
    }

    /// Sound packets with one field changed reach the services behind the checksums.
    #[test]
    fn a_changed_byte_under_a_right_checksum_stops_nobody(
        seed in 0..1_000_u64,
        changes in prop::collection::vec((0..64_usize, 0..400_usize, any::<u8>()), 1..20),
    ) {
        let mut pair = Pair::new(seed);
        pair.start(DYNAMIC);
        pair.run(1);
        pair.ask_time();
        pair.resolve(plan::BROKER_NAME);
        pair.run(1);
        let answers = pair.answers.iter().map(|(_, frame)| frame);
        let frames: Vec<Frame> = pair.frames().chain(answers).cloned().collect();
        for (which, place, value) in changes {
            let mut changed = frames[which % frames.len()].clone();
            change(bytes_of(&mut changed), place, value);
            pair.start(DYNAMIC);
            pair.server.receive(pair.now, plan::node_mac(NODE), &changed);
            while pair.server.poll().is_some() {}
            pair.hand_to_client(&changed);
            step_ms(&mut pair, 700);
        }
        if pair.client.lease().is_none() {
            pair.run_until(is_bound);
        }
    }
}

fn any_ether_type() -> impl Strategy<Value = EtherType> {
    prop_oneof![
        Just(EtherType::Arp),
        Just(EtherType::Eapol),
        Just(EtherType::Ipv4)
    ]
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..400),
        (
            any::<u16>(),
            any::<u16>(),
            prop::collection::vec(any::<u8>(), 0..400)
        )
            .prop_map(|(from, to, payload)| {
                let ports = [53, 67, 68, 123, from, to];
                let pick = |port: u16| ports[usize::from(port) % ports.len()];
                let datagram = Datagram {
                    source: (plan::GATEWAY, pick(from)),
                    destination: (plan::node_address(NODE), pick(to)),
                    payload: &payload,
                };
                datagram.write(9)
            }),
    ]
}

/// Changes a byte of the payload, and makes the checksum right again.
fn change(bytes: &mut Vec<u8>, place: usize, value: u8) {
    let changed = Datagram::read(bytes).ok().map(|datagram| {
        let mut payload = datagram.payload.to_vec();
        let place = place % payload.len().max(1);
        if let Some(byte) = payload.get_mut(place) {
            *byte = value;
        }
        Datagram {
            payload: &payload,
            ..datagram
        }
        .write(64)
    });
    if let Some(changed) = changed {
        *bytes = changed;
    } else {
        let place = place % bytes.len();
        bytes[place] = value;
    }
}

fn step_ms(pair: &mut Pair, wait_ms: u64) {
    let end = pair.now.after(SimSpan::from_millis(wait_ms));
    pair.run_to(end);
}

fn bytes_of(frame: &mut Frame) -> &mut Vec<u8> {
    match &mut frame.payload {
        Payload::Data { bytes, .. } => bytes,
        Payload::Management { .. } => panic!("nothing here sends management frames"),
    }
}

fn dhcp_frames(pair: &Pair) -> Vec<Frame> {
    pair.frames()
        .filter(|frame| is_dhcp(frame))
        .cloned()
        .collect()
}

/// Returns the types of the DHCP messages that the node sent.
fn kinds(pair: &Pair) -> Vec<u8> {
    let kind = |mut frame: Frame| {
        let bytes = bytes_of(&mut frame);
        let payload = Datagram::read(bytes).unwrap().payload;
        let packet = DhcpPacket::new_checked(payload).unwrap();
        let found = packet.options().find(|option| option.kind == 53);
        let kind = found.map(|option| DhcpMessageType::from(option.data[0]));
        kind.map_or(0, u8::from)
    };
    dhcp_frames(pair).into_iter().map(kind).collect()
}
