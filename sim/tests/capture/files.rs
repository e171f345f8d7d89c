//! What tshark reads is what nodelab wrote.
//!
//! Tests that start tshark are ignored where nothing says that it is there; `cargo xtask test
//! tshark` runs them.

use nodelab_sim::capture::Link;
use nodelab_sim::radio::Rate;
use nodelab_sim::stack::Direction;
use nodelab_sim::stack::tls::Versions;

use crate::exchange::{EPOCH_MS, Exchange};
use crate::peer::Peers;
use crate::tshark::CaptureFile;

/// CONNECT of a client named `node`, with a clean session.
const CONNECT: &[u8] = b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3C\x00\x04node";
const CONNACK: &[u8] = b"\x20\x02\x00\x00";
/// PUBLISH with QoS 1 and packet identifier 7, and its acknowledgement.
const PUBLISH: &[u8] = b"\x32\x0A\x00\x02t1\x00\x0724.7";
const PUBACK: &[u8] = b"\x40\x02\x00\x07";
const DISCONNECT: &[u8] = b"\xE0\x00";

#[test]
fn the_same_observations_give_the_same_bytes() {
    for link in [Link::Ethernet, Link::Radio] {
        assert_eq!(plain().capture(link), plain().capture(link));
    }
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn tshark_reads_mqtt_over_ethernet_and_counts_what_nodelab_counts() {
    let (bytes, counts) = plain().capture(Link::Ethernet);
    let file = CaptureFile::new("plain", &bytes);
    file.is_spotless();
    agree(&file, counts);
    assert_eq!(counts.mqtt_packets, 5);
    assert_eq!(file.count("mqtt", "mqtt.msgtype"), 5);
    let published = file.fields("mqtt.msgtype == 3", &["mqtt.topic", "mqtt.msg"]);
    assert_eq!(published, [["t1", &hex(b"24.7")]]);
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn times_are_virtual_and_exact_to_the_nanosecond() {
    let (bytes, _) = plain().capture(Link::Ethernet);
    let file = CaptureFile::new("times", &bytes);
    let first = file.fields(
        "frame.number == 1",
        &["frame.time_epoch", "frame.interface_name"],
    );
    // The beacon of 160 µs and a pause of 2 ms come before the first data frame.
    let seconds = EPOCH_MS / 1_000 + 1;
    assert_eq!(
        first,
        [[format!("{seconds}.002160000"), "node0".to_owned()]]
    );
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn tshark_decrypts_both_versions_of_tls_from_the_file_alone() {
    for version in [Versions::V1_3, Versions::V1_2] {
        for link in [Link::Ethernet, Link::Radio] {
            let (bytes, counts) = secured(version).capture(link);
            let file = CaptureFile::new("secured", &bytes);
            file.is_spotless();
            agree(&file, counts);
            assert!(counts.tls_records > 8, "{counts:?}");
            let messages = file.fields("mqtt", &["mqtt.msgtype"]).concat();
            assert_eq!(messages, ["1", "2", "3", "4", "14"], "{version:?} {link:?}");
            let published = file.fields("mqtt.msgtype == 3", &["mqtt.msg"]);
            assert_eq!(published, [[hex(b"24.7")]]);
        }
    }
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn retries_acknowledgements_and_rates_are_what_the_radio_did() {
    for (rate, field, wanted) in [
        (Rate::Dsss(55), "wlan_radio.data_rate", "5.5"),
        (Rate::Ofdm(24), "wlan_radio.data_rate", "24"),
        (Rate::Ht(7), "wlan_radio.11n.mcs_index", "7"),
    ] {
        let mut exchange = Exchange::new(1_883);
        exchange.rate = rate;
        exchange.next_tries = (3, true);
        exchange.open();
        let (bytes, counts) = exchange.capture(Link::Radio);
        let file = CaptureFile::new("radio", &bytes);
        file.is_spotless();
        assert_eq!(file.count("wlan.fc.retry == 1", "wlan.fc.retry"), 2);
        let unread = file.fields("wlan.fcs.status == 0", &["wlan.fc.retry", "wlan.seq"]);
        assert_eq!(unread, [["0", "1"], ["1", "1"]]);
        // Nobody acknowledges the beacon, which is for everyone.
        let acknowledgements = file.count("wlan.fc.type_subtype == 0x1D", "frame.number");
        assert_eq!(acknowledgements, exchange.tries() - 1 - 2);
        assert_eq!(counts.frames, exchange.tries() + acknowledgements);
        let data = file.fields(
            "wlan.fc.type == 2 && tcp",
            &[field, "wlan_radio.signal_dbm"],
        );
        assert_eq!(data[0], [wanted, "-61"], "{rate:?}");
        let tuned = file.fields("wlan.fc.type == 0", &["radiotap.channel.freq"]);
        assert_eq!(tuned, [["2437"]]);
    }
}

#[test]
#[ignore = "needs tshark: cargo xtask test tshark"]
fn faults_are_remarks_beside_packets_and_none_is_lost() {
    let mut exchange = Exchange::new(1_883);
    exchange.open();
    exchange.outage();
    exchange.send(Direction::Up, CONNECT);
    exchange.outage();
    for link in [Link::Ethernet, Link::Radio] {
        let (bytes, _) = exchange.capture(link);
        let file = CaptureFile::new("faults", &bytes);
        let remarks = file.fields("frame.comment", &["frame.comment"]).concat();
        let [remark] = &remarks[..] else {
            panic!("{remarks:?}")
        };
        assert!(
            remark.contains("fault started: access point down"),
            "{remark}"
        );
        assert!(
            remark.contains("fault ended: access point down"),
            "{remark}"
        );
        // The second outage has no packet after it, and stands in the file all the same.
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(text.matches("fault ended").count(), 2);
    }
}

#[test]
fn what_did_not_arrive_is_seen_only_by_its_sender() {
    let mut exchange = Exchange::new(1_883);
    let frames = |exchange: &Exchange| exchange.capture(Link::Ethernet).1.frames;
    exchange.open();
    let before = frames(&exchange);
    exchange.next_tries = (7, false);
    exchange.send(Direction::Up, b"lost but sent");
    assert_eq!(frames(&exchange), before + 2);
    exchange.next_tries = (7, false);
    exchange.send(Direction::Down, b"lost");
    assert_eq!(frames(&exchange), before + 3);
}

/// Compares nodelab's own counts with tshark's.
pub(crate) fn agree(file: &CaptureFile, counts: nodelab_sim::capture::Counts) {
    let lengths = file.fields("frame", &["frame.len"]).concat();
    let lengths: Vec<u64> = lengths
        .iter()
        .map(|text| text.parse().expect("tshark prints a length"))
        .collect();
    assert_eq!(lengths.len() as u64, counts.frames);
    assert_eq!(lengths.iter().sum::<u64>(), counts.bytes);
    let carried = file.fields("tcp", &["tcp.len"]).concat();
    let carried: Vec<u64> = carried
        .iter()
        .map(|text| text.parse().expect("tshark prints a length"))
        .collect();
    assert_eq!(carried.len() as u64, counts.tcp_segments);
    assert_eq!(carried.iter().sum::<u64>(), counts.tcp_bytes);
    assert_eq!(file.count("tls", "tls.record.length"), counts.tls_records);
}

fn plain() -> Exchange {
    let mut exchange = Exchange::new(1_883);
    exchange.open();
    exchange.send(Direction::Up, CONNECT);
    exchange.send(Direction::Down, CONNACK);
    exchange.send(Direction::Up, PUBLISH);
    exchange.send(Direction::Down, PUBACK);
    exchange.send(Direction::Up, DISCONNECT);
    exchange.close();
    exchange
}

fn secured(version: Versions) -> Exchange {
    let mut exchange = Exchange::new(8_883);
    exchange.open();
    let mut peers = Peers::connect(version, &mut exchange);
    peers.send(Direction::Up, CONNECT, &mut exchange);
    peers.send(Direction::Down, CONNACK, &mut exchange);
    peers.send(Direction::Up, PUBLISH, &mut exchange);
    peers.send(Direction::Down, PUBACK, &mut exchange);
    peers.send(Direction::Up, DISCONNECT, &mut exchange);
    peers.close(&mut exchange);
    exchange.close();
    exchange
}

/// Writes bytes as tshark does.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).expect("it has four bits");
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
    digits.map(digit).collect()
}
