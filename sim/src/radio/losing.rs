//! How a station is lost or fails to join, why and when.

use std::fmt::Write as _;

use node_core::LinkLoss;

use super::pair::{AIR, Fate, MINUTE, Pair, address_of, cold, data, good, joined, stored};
use super::*;
use crate::time::{SimSpan, SimTime};

/// Each way to fail, with its reason and the time from the call to the loss.
#[test]
fn every_way_to_fail_has_its_reason_and_its_time() {
    let wrong = AccessPointSpec {
        password_wrong: true,
        ..AccessPointSpec::default()
    };
    let full = AccessPointSpec {
        stations_max: 0,
        ..AccessPointSpec::default()
    };
    let mut table = String::new();
    for (name, spec, fault) in [
        ("wrong password", wrong, None),
        ("access point full", full, None),
        (
            "association refused",
            good(),
            Some(RadioFault::AssociationRefused),
        ),
        (
            "association silent",
            good(),
            Some(RadioFault::AssociationSilent),
        ),
        (
            "authentication refused",
            good(),
            Some(RadioFault::AuthenticationRefused),
        ),
        (
            "authentication silent",
            good(),
            Some(RadioFault::AuthenticationSilent),
        ),
        ("beacons lost", good(), Some(RadioFault::BeaconsLost)),
        (
            "message 3 lost",
            good(),
            Some(RadioFault::HandshakeMessage3Lost),
        ),
        (
            "handshake silent",
            good(),
            Some(RadioFault::HandshakeSilent),
        ),
    ] {
        let mut pair = Pair::new(3, &cold(), &spec);
        if let Some(fault) = fault {
            pair.strike(fault);
        }
        pair.join(MINUTE);
        let (at, reason, loss) = pair.lost().expect(name);
        let ms = at.since(SimTime::ZERO).as_millis();
        let words = loss.as_str();
        writeln!(table, "{name:<23} {reason:>4} {words:<24} {ms:>6} ms").unwrap();
        assert!(pair.stations[0].is_idle(), "{name}");
        // Healed, the same station joins.
        if let Some(fault) = fault {
            pair.heal(fault);
            let until = pair.now.after(cold().join_bound());
            pair.join(until);
            assert!(pair.stations[0].is_associated(), "{name}");
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn lost_beacons_end_in_reason_200_after_the_silence_and_five_probes() {
    let mut pair = joined(4);
    let struck = pair.now;
    pair.frames.clear();
    pair.strike(RadioFault::BeaconsLost);
    pair.run(struck.after(SimSpan::from_secs(20)));
    let (at, reason, _) = pair.lost().expect("lost");
    assert_eq!(reason, ReasonCode::BEACON_TIMEOUT);
    assert_eq!(at.since(struck), SimSpan::from_millis(6_000 + 2_500));
    assert_eq!(pair.frames.matches("probe request").count(), 5);
}

#[test]
fn beacons_that_return_while_probing_keep_the_association() {
    let mut pair = joined(4);
    let struck = pair.now;
    pair.strike(RadioFault::BeaconsLost);
    pair.run(struck.after(SimSpan::from_millis(8_400)));
    pair.heal(RadioFault::BeaconsLost);
    pair.run(struck.after(SimSpan::from_secs(60)));
    assert_eq!(pair.lost(), None);
    assert_eq!(pair.stations[0].poll_timeout(), None);
}

#[test]
fn an_answered_probe_keeps_the_association() {
    let mut pair = joined(4);
    let now = pair.now;
    pair.stations[0].miss_beacons(now);
    pair.run(now.after(SimSpan::from_secs(60)));
    assert_eq!(pair.lost(), None);
    assert_eq!(pair.stations[0].poll_timeout(), None);
}

#[test]
fn an_access_point_that_changes_channel_is_lost_and_found_again() {
    let mut pair = Pair::new(5, &stored(false), &good());
    pair.join(MINUTE);
    let struck = pair.now;
    pair.strike(RadioFault::ChannelChanged { channel: 11 });
    pair.run(struck.after(SimSpan::from_secs(10)));
    let (at, reason, _) = pair.lost().expect("lost");
    assert_eq!(reason, ReasonCode::BEACON_TIMEOUT);
    assert_eq!(at.since(struck), SimSpan::from_millis(8_500));
    // What it remembers is stale: 5 s without an answer, then a scan. The key is at hand.
    pair.seen.clear();
    let again = pair.now;
    pair.join(again.after(SimSpan::from_secs(30)));
    let ms = pair.up().expect("joined").since(again).as_millis();
    assert!((7_104..7_220).contains(&ms), "{ms}");
    assert_eq!(pair.stations[0].channel(), 11);
    assert_eq!(pair.lost(), None);
    // And now it remembers the new channel.
    pair.strike(RadioFault::Deauthenticated {
        reason: ReasonCode::UNSPECIFIED,
    });
    pair.run(pair.now.after(SimSpan::from_secs(1)));
    pair.seen.clear();
    let again = pair.now;
    pair.join(again.after(SimSpan::from_secs(1)));
    assert!(pair.up().is_some());
}

#[test]
fn faults_that_overlap_are_healed_one_by_one() {
    let mut access_point = AccessPoint::new(&good(), 1);
    let moves = [1, 11].map(|channel| RadioFault::ChannelChanged { channel });
    for fault in [
        moves[0],
        moves[1],
        RadioFault::BeaconsLost,
        RadioFault::BeaconsLost,
    ] {
        access_point.strike(SimTime::ZERO, fault);
    }
    access_point.heal(RadioFault::BeaconsLost);
    assert!(!access_point.beacons_on(11));
    access_point.heal(RadioFault::BeaconsLost);
    assert!(access_point.beacons_on(11));
    access_point.heal(moves[1]);
    assert_eq!(access_point.channel(), 1);
    access_point.heal(moves[0]);
    assert_eq!(access_point.channel(), 6);
}

#[test]
fn a_deauthentication_is_reported_with_its_own_code() {
    let mut pair = joined(7);
    let reason = ReasonCode::AUTH_LEAVE;
    let struck = pair.now;
    pair.strike(RadioFault::Deauthenticated { reason });
    pair.run(struck.after(SimSpan::from_secs(1)));
    assert_eq!(
        pair.lost(),
        Some((struck.after(AIR), reason, LinkLoss::Deauthenticated))
    );
    assert_eq!(pair.access_point.associated(), 0);
}

#[test]
fn a_restarted_access_point_sends_strangers_away() {
    let mut pair = joined(8);
    pair.strike(RadioFault::Restarted);
    pair.run(pair.now.after(SimSpan::from_secs(2)));
    pair.heal(RadioFault::Restarted);
    assert!(!pair.access_point.admits(address_of(0)));
    pair.inject(pair.now, 6, data());
    pair.run(pair.now.after(SimSpan::from_secs(1)));
    assert_eq!(pair.lost().expect("lost").1, ReasonCode::NOT_ASSOCED);
}

#[test]
fn a_lost_message_4_is_sent_again() {
    let mut pair = Pair::new(9, &stored(true), &good());
    // Two frames each of authentication and association, then messages 1 to 4.
    pair.fates = [Fate::Arrive; 7].into();
    pair.fates.push_back(Fate::Lose);
    pair.join(SimTime::ZERO.after(SimSpan::from_secs(1)));
    assert_eq!(pair.frames.matches("EAPOL-Key").count(), 6);
    assert!(pair.access_point.admits(address_of(0)));
    assert!(pair.stations[0].is_associated());
    assert_eq!(pair.access_point.poll_timeout(), None);
}

#[test]
fn a_lost_authentication_request_costs_one_second() {
    let mut pair = Pair::new(10, &stored(true), &good());
    pair.fates.push_back(Fate::Lose);
    pair.join(MINUTE);
    let ms = pair.up().expect("joined").since(SimTime::ZERO).as_millis();
    assert!((1_044..1_180).contains(&ms), "{ms}");
}
