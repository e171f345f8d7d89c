//! What the broker costs: processor time and memory at 10 000 clients.
//!
//! Measurements, so both are ignored; run them one at a time, with
//! `cargo test --release --package nodelab-sim --test broker -- --ignored --nocapture
//! --test-threads 1`.

use std::io::Write as _;

use nodelab_sim::broker::{Broker, BrokerAction, BrokerSpec};
use nodelab_sim::{SimSpan, SimTime};

use crate::clients::id;

const CLIENTS: u32 = 10_000;
const ROUNDS: u16 = 60;

#[test]
#[ignore = "a measurement, not a claim"]
fn processor_time_of_600_000_acknowledged_publishes() {
    let mut broker = Broker::new(BrokerSpec::default());
    let mut out = Vec::new();
    connect_all(&mut broker, &mut out);
    let packets: Vec<_> = (0..CLIENTS).map(publish).collect();
    let before = cpu_seconds();
    let mut acknowledged = 0;
    for round in 1..=ROUNDS {
        for (client, packet) in (0..CLIENTS).zip(&packets) {
            let mut packet = packet.clone();
            let at = packet.len() - 6;
            packet[at..at + 2].copy_from_slice(&round.to_be_bytes());
            let now = SimTime::ZERO.after(SimSpan::from_secs(u64::from(round) * 60));
            broker.received(now, id(client), &packet, &mut out);
            acknowledged += out.drain(..).filter(is_puback).count();
        }
    }
    let took = cpu_seconds() - before;
    assert_eq!(acknowledged, usize::from(ROUNDS) * CLIENTS as usize);
    let mut stderr = std::io::stderr();
    writeln!(stderr, "{acknowledged} publishes in {took:.3} s of CPU").unwrap();
}

#[test]
#[ignore = "a measurement, not a claim"]
fn memory_of_10_000_clients_with_a_subscription_each() {
    let mut out = Vec::with_capacity(64);
    let before = resident_bytes();
    let mut broker = Broker::new(BrokerSpec::default());
    connect_all(&mut broker, &mut out);
    for client in 0..CLIENTS {
        broker.received(SimTime::ZERO, id(client), &subscribe(client), &mut out);
        broker.received(SimTime::ZERO, id(client), &publish(client), &mut out);
        out.clear();
    }
    let each = (resident_bytes() - before) / f64::from(CLIENTS);
    assert_eq!(broker.session_count(), CLIENTS as usize);
    writeln!(std::io::stderr(), "{each:.0} bytes a client").unwrap();
}

fn connect_all(broker: &mut Broker, out: &mut Vec<BrokerAction>) {
    for client in 0..CLIENTS {
        broker.connected(SimTime::ZERO, id(client));
        let name = format!("node-{client}");
        let mut packet = vec![0x10, 12 + length(&name), 0, 4];
        packet.extend(b"MQTT\x04\x02\x00\x78");
        packet.extend([0, length(&name)]);
        packet.extend(name.bytes());
        broker.received(SimTime::ZERO, id(client), &packet, out);
        out.clear();
    }
}

/// PUBLISH with QoS 1: topic `room/<client>/temperature`, identifier 0, payload `21.5`.
fn publish(client: u32) -> Vec<u8> {
    let topic = format!("room/{client}/temperature");
    let mut packet = vec![0x32, 8 + length(&topic), 0, length(&topic)];
    packet.extend(topic.bytes());
    packet.extend([0, 1]);
    packet.extend(b"21.5");
    packet
}

fn subscribe(client: u32) -> Vec<u8> {
    let topic = format!("node/{client}/command");
    let mut packet = vec![0x82, 5 + length(&topic), 0, 1, 0, length(&topic)];
    packet.extend(topic.bytes());
    packet.push(1);
    packet
}

fn length(text: &str) -> u8 {
    u8::try_from(text.len()).expect("names are short")
}

fn is_puback(action: &BrokerAction) -> bool {
    matches!(action, BrokerAction::Send { bytes, .. } if bytes[0] == 0x40)
}

fn cpu_seconds() -> f64 {
    number("/proc/thread-self/schedstat", 0) / 1e9
}

fn resident_bytes() -> f64 {
    number("/proc/self/statm", 1) * 4_096.0
}

/// Reads one number of a line that Linux tells about this process (proc(5)).
fn number(path: &str, field: usize) -> f64 {
    let text = std::fs::read_to_string(path).expect("Linux has /proc");
    let word = text.split(' ').nth(field).expect("the line has the field");
    word.parse().expect("the field is a number")
}
