//! Frames that are late, repeated, forged or not for the receiver change nothing.

use super::eapol::{EapolKey, KeyMessage};
use super::management::{Advertisement, Body};
use super::pair::{Fate, MINUTE, Pair, address_of, cold, good, joined, stored};
use super::*;
use crate::time::{SimSpan, SimTime};

/// Frames before message 1, if nothing is lost and everything is stored.
const BEFORE_MESSAGE_1: usize = 4;

#[test]
fn a_repeated_message_is_answered_once() {
    let mut pair = Pair::new(1, &stored(true), &good());
    pair.fates = [Fate::Arrive; BEFORE_MESSAGE_1].into();
    pair.fates.push_back(Fate::Twice(SimSpan::from_millis(1)));
    pair.join(MINUTE);
    assert_eq!(pair.frames.matches("EAPOL-Key").count(), 4);
}

#[test]
fn a_message_3_with_another_nonce_is_no_proof() {
    let mut pair = Pair::new(2, &stored(true), &good());
    pair.strike(RadioFault::HandshakeMessage3Lost);
    let forged = down(key(KeyMessage::Three, 9));
    pair.inject(ms(300), 6, forged);
    pair.join(MINUTE);
    assert_eq!(pair.up(), None);
}

#[test]
fn an_answer_to_a_message_that_was_never_sent_is_no_answer() {
    let mut pair = Pair::new(3, &stored(true), &good());
    pair.fates = [Fate::Arrive; BEFORE_MESSAGE_1].into();
    pair.fates.extend([Fate::Lose; 4]);
    for counter in [0, 99] {
        pair.inject(ms(300), 6, up(key(KeyMessage::Two, counter)));
        pair.inject(ms(310), 6, up(key(KeyMessage::Four, counter)));
    }
    pair.join(ms(2_000));
    assert!(!pair.frames.contains("155 B"), "{}", pair.frames);
    assert!(!pair.access_point.admits(address_of(0)));
}

#[test]
fn a_silent_access_point_sends_nothing_even_if_something_is_due() {
    let mut pair = Pair::new(4, &stored(true), &good());
    pair.fates = [Fate::Arrive; BEFORE_MESSAGE_1].into();
    pair.fates.push_back(Fate::Lose);
    pair.join(ms(140));
    assert!(pair.access_point.poll_timeout().is_some());
    pair.frames.clear();
    pair.strike(RadioFault::BeaconsLost);
    pair.run(MINUTE);
    assert!(!pair.frames.contains("<-"), "{}", pair.frames);
    assert_eq!(pair.access_point.associated(), 0, "given up");
}

#[test]
fn an_access_point_heard_beside_its_channel_is_not_found_there() {
    let mut pair = Pair::new(5, &cold(), &good());
    pair.strike(RadioFault::BeaconsLost);
    let about = Advertisement {
        timestamp_us: 0,
        beacon_interval_tu: 100,
        channel: 6,
    };
    let leaked = down(Body::ProbeResponse { about }.payload());
    pair.inject(ms(500), 5, leaked);
    pair.join(MINUTE);
    let (_, reason, _) = pair.lost().expect("not found");
    assert_eq!(reason, ReasonCode::NO_AP_FOUND);
}

#[test]
fn a_deauthentication_of_another_access_point_is_ignored() {
    let mut pair = joined(6);
    let reason = ReasonCode::UNSPECIFIED;
    let mut frame = down(Body::Deauthentication { reason }.payload());
    frame.sender = address_of(77);
    pair.inject(pair.now, 6, frame.clone());
    // Nor does one for another station, or on another channel, count.
    frame.sender = good().address;
    pair.inject(pair.now, 7, frame.clone());
    frame.receiver = address_of(1);
    pair.inject(pair.now, 6, frame);
    pair.run(MINUTE);
    assert_eq!(pair.lost(), None);
}

#[test]
fn an_access_point_that_moves_during_the_scan_is_not_missed_afterwards() {
    let mut pair = Pair::new(7, &cold(), &good());
    pair.join(ms(100));
    pair.strike(RadioFault::ChannelChanged { channel: 11 });
    pair.run(ms(4_000));
    assert!(pair.stations[0].is_associated());
    assert_eq!(pair.stations[0].poll_timeout(), None);
}

fn key(message: KeyMessage, replay_counter: u64) -> Payload {
    let forged = EapolKey {
        message,
        replay_counter,
        nonce: [7; 32],
        mic: [7; 16],
    };
    forged.payload()
}

/// Returns a frame from the first station to the access point.
fn up(payload: Payload) -> Frame {
    Frame {
        sender: address_of(0),
        receiver: good().address,
        payload,
    }
}

/// Returns a frame from the access point to the first station.
fn down(payload: Payload) -> Frame {
    Frame {
        sender: good().address,
        receiver: address_of(0),
        payload,
    }
}

fn ms(ms: u64) -> SimTime {
    SimTime::ZERO.after(SimSpan::from_millis(ms))
}
