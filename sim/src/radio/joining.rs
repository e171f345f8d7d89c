//! What joining promises, station and access point together.

use node_core::LinkLoss;
use proptest::prelude::*;

use super::pair::{Fate, MINUTE, Pair, address_of, cold, data, good, joined, stored};
use super::*;
use crate::time::{SimSpan, SimTime};

#[test]
fn a_cold_join_takes_its_time_in_stages() {
    let mut pair = Pair::new(1, &cold(), &AccessPointSpec::default());
    pair.join(MINUTE);
    let took = |phase| pair.took(phase).expect("the stage ended").as_micros();
    assert_eq!(took(JoinPhase::Scan), 2_040_000);
    assert_eq!(took(JoinPhase::KeyDerivation), 888_832);
    let total = pair.up().expect("joined").since(SimTime::ZERO).as_millis();
    let rest =
        took(JoinPhase::Authenticate) + took(JoinPhase::Associate) + took(JoinPhase::KeyHandshake);
    assert_eq!(total, (2_040_000 + 888_832 + rest) / 1_000);
    assert!(pair.stations[0].is_associated());
    assert!(pair.access_point.admits(address_of(0)));
}

#[test]
fn authentication_association_and_handshake_take_64_to_180_ms() {
    let mut spans: Vec<u64> = (0..200)
        .map(|seed| {
            let mut pair = Pair::new(seed, &stored(true), &AccessPointSpec::default());
            pair.join(MINUTE);
            pair.up().expect("joined").since(SimTime::ZERO).as_millis()
        })
        .collect();
    spans.sort_unstable();
    assert!(spans[0] >= 64 && spans[199] <= 180, "{spans:?}");
    // The median of the sum of seven uniform draws and eight frames.
    assert!((115..133).contains(&spans[100]), "{}", spans[100]);
}

#[test]
fn a_stored_access_point_saves_the_scan_and_a_stored_key_the_derivation() {
    let mut pair = Pair::new(2, &stored(false), &AccessPointSpec::default());
    pair.join(MINUTE);
    assert_eq!(pair.took(JoinPhase::Scan), None);
    let up = pair.up().expect("joined").since(SimTime::ZERO).as_millis();
    assert!((950..1_070).contains(&up), "{up}");
    let mut pair = Pair::new(2, &stored(true), &AccessPointSpec::default());
    pair.join(MINUTE);
    assert_eq!(pair.took(JoinPhase::KeyDerivation), None);
}

#[test]
fn the_frames_of_a_good_join() {
    let mut pair = Pair::new(1, &cold(), &AccessPointSpec::default());
    pair.join(MINUTE);
    let mut lines: Vec<&str> = pair.frames.lines().collect();
    lines.sort_unstable();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn an_access_point_on_a_channel_without_probing_is_found_by_its_beacon() {
    let spec = AccessPointSpec {
        channel: 13,
        ..good()
    };
    let mut pair = Pair::new(6, &cold(), &spec);
    pair.join(MINUTE);
    assert!(pair.up().is_some());
    assert!(!pair.frames.contains("probe response"));
}

#[test]
fn leaving_frees_the_seat() {
    let mut pair = joined(11);
    let now = pair.now;
    pair.stations[0].leave(now);
    pair.run(now.after(SimSpan::from_secs(1)));
    assert_eq!(pair.access_point.associated(), 0);
    assert_eq!(pair.lost(), None);
    let last = pair.seen.last().map(|(_, _, effect)| effect.clone());
    let reason = ReasonCode::ASSOC_LEAVE;
    assert_eq!(
        last,
        Some(StationEffect::Event(RadioEvent::Left { reason }))
    );
}

#[test]
fn power_off_is_silent_and_forgets_the_key_unless_it_is_stored() {
    let mut pair = joined(12);
    pair.frames.clear();
    pair.stations[0].power_off();
    pair.run(pair.now.after(SimSpan::from_secs(60)));
    assert_eq!(pair.frames, "");
    pair.seen.clear();
    pair.join(pair.now.after(SimSpan::from_secs(60)));
    assert!(pair.took(JoinPhase::KeyDerivation).is_some());
    assert_eq!(pair.access_point.associated(), 1, "the same seat");
}

#[test]
fn a_full_access_point_takes_exactly_as_many_as_it_has_room_for() {
    let spec = AccessPointSpec {
        stations_max: 4,
        ..good()
    };
    let mut pair = Pair::with_stations(13, 1_000, &stored(true), &spec);
    for station in &mut pair.stations {
        station.join(SimTime::ZERO);
    }
    pair.run(SimTime::ZERO.after(SimSpan::from_secs(3)));
    let inside = pair.stations.iter().filter(|s| s.is_associated()).count();
    assert_eq!((inside, pair.access_point.associated()), (4, 4));
    let refused = pair.seen.iter().filter(|(_, _, effect)| {
        let reason = ReasonCode::ASSOC_FAIL;
        let loss = LinkLoss::AssociationFailed;
        *effect == StationEffect::Lost { loss, reason }
    });
    assert_eq!(refused.count(), 996);
}

#[test]
fn a_neighbour_moves_nobodys_luck() {
    let up = |count| {
        let mut pair = Pair::with_stations(14, count, &stored(true), &good());
        for station in pair.stations.iter_mut().rev() {
            station.join(SimTime::ZERO);
        }
        pair.run(SimTime::ZERO.after(SimSpan::from_secs(3)));
        let mut seen = pair.seen.into_iter();
        seen.find(|(_, index, effect)| *index == 0 && *effect == StationEffect::Associated)
    };
    assert!(up(1).is_some());
    assert_eq!(up(1), up(20));
}

#[test]
fn beacons_keep_their_beat_and_count_down_to_the_dtim() {
    let spec = AccessPointSpec {
        dtim_period: 3,
        ..good()
    };
    let access_point = AccessPoint::new(&spec, 1);
    assert_eq!(access_point.beacon(1, SimTime::ZERO, MINUTE), None);
    let counts: Vec<(u64, u8)> = (0..4)
        .map(|number| {
            let from = SimTime::ZERO.after(spec.beacon_interval.times(number));
            let (due, frame) = access_point.beacon(6, from, MINUTE).expect("a beacon");
            let Payload::Management { body, .. } = frame.payload else {
                panic!("a management frame");
            };
            // After 12 bytes, the name (9), rates (10), channel (3), number and length.
            (due.as_nanos() / 1_000, body[36])
        })
        .collect();
    assert_eq!(counts, [(0, 0), (102_400, 2), (204_800, 1), (307_200, 0)]);
}

#[test]
fn strangers_cannot_fill_the_memory_of_an_access_point() {
    let mut access_point = AccessPoint::new(&good(), 1);
    let request = Payload::Management {
        subtype: 11,
        body: [0, 0, 1, 0, 0, 0].as_slice().into(),
    };
    let mut refused = 0;
    for index in 0..5_000 {
        let frame = Frame {
            sender: address_of(index),
            receiver: good().address,
            payload: request.clone(),
        };
        access_point.receive(SimTime::ZERO, 6, &frame);
        while let Some(AccessPointEffect::Send { frame, .. }) = access_point.poll() {
            let Payload::Management { body, .. } = frame.payload else {
                panic!("a management frame");
            };
            refused += u32::from(body[4] == 17);
        }
    }
    assert_eq!(refused, 5_000 - 4_096);
}

proptest! {
    #[test]
    fn whatever_the_air_does_a_join_ends_in_time(
        seed in 0_u64..1_000,
        remembers in any::<bool>(),
        has_key in any::<bool>(),
        fates in proptest::collection::vec(fate(), 0..120),
        garbage in proptest::collection::vec(garbage(), 0..20),
    ) {
        let mut spec = stored(has_key);
        spec.cache.access_point = remembers;
        let mut pair = Pair::new(seed, &spec, &good());
        pair.fates = fates.into();
        for (ms, frame) in garbage {
            pair.inject(SimTime::ZERO.after(SimSpan::from_millis(ms)), 6, frame);
        }
        pair.join(SimTime::ZERO.after(spec.join_bound()));
        prop_assert!(pair.up().is_some() || pair.lost().is_some());
        // Once the air is quiet, at most one frame of data shows a station that it is alone, and
        // the next join succeeds.
        pair.fates.clear();
        pair.run(pair.now.after(SimSpan::from_secs(10)));
        if pair.stations[0].is_associated() && !pair.access_point.admits(address_of(0)) {
            pair.inject(pair.now, 6, data());
            pair.run(pair.now.after(SimSpan::from_secs(1)));
            prop_assert!(pair.stations[0].is_idle());
        }
        if pair.stations[0].is_idle() {
            pair.join(pair.now.after(spec.join_bound()));
        }
        prop_assert!(pair.stations[0].is_associated());
        prop_assert!(pair.access_point.admits(address_of(0)));
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    let ms = (0_u64..1_500).prop_map(SimSpan::from_millis);
    prop_oneof![
        3 => Just(Fate::Arrive),
        1 => (any::<usize>(), 1_u8..).prop_map(|(at, flip)| Fate::Corrupt { at, flip }),
        1 => ms.clone().prop_map(Fate::Late),
        3 => Just(Fate::Lose),
        1 => ms.prop_map(Fate::Twice),
    ]
}

/// Frames of any content, as if the other side had sent them, and when.
fn garbage() -> impl Strategy<Value = (u64, Frame)> {
    let bytes = proptest::collection::vec(any::<u8>(), 0..170);
    let any_frame = (0_u64..8_000, any::<bool>(), 0_u8..17, bytes);
    any_frame.prop_map(|(ms, up, subtype, bytes)| {
        let ends = (address_of(0), good().address);
        let (sender, receiver) = if up { ends } else { (ends.1, ends.0) };
        let payload = match subtype {
            16 => Payload::Data {
                ether_type: EtherType::Eapol,
                bytes,
            },
            subtype => Payload::Management {
                subtype,
                body: bytes.into(),
            },
        };
        let frame = Frame {
            sender,
            receiver,
            payload,
        };
        (ms, frame)
    })
}
