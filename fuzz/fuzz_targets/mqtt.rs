//! Any bytes as MQTT end in packets or an error, in the node's client and in the broker.
//!
//! Owns how bytes are cut into pieces: the first byte is the length of each piece. Does not
//! compare the two readers; the property tests of `node-core` do.
#![no_main]

use libfuzzer_sys::fuzz_target;
use node_core::mqtt::Session;
use node_core::{Instant, ReportConfig, Writer};
use nodelab_sim::broker::{Broker, BrokerSpec, ConnectionId};
use nodelab_sim::{NodeId, SimTime};

fuzz_target!(|data: &[u8]| {
    let Some((length, bytes)) = data.split_first() else {
        return;
    };
    for piece_length in [usize::from(*length).max(1), usize::MAX] {
        read_as_client(bytes, piece_length);
        read_as_broker(bytes, piece_length);
    }
});

fn read_as_client(bytes: &[u8], piece_length: usize) {
    let now = Instant::from_micros(0);
    let mut buffer = [0; 768];
    let mut session = Session::new();
    session.open(now, &ReportConfig::default(), &mut Writer::new(&mut buffer));
    for mut piece in bytes.chunks(piece_length) {
        loop {
            let mut out = Writer::new(&mut buffer);
            if session.read(now, &mut piece, &mut out).is_none() {
                break;
            }
        }
    }
}

fn read_as_broker(bytes: &[u8], piece_length: usize) {
    let at = SimTime::ZERO;
    let connection = ConnectionId {
        node: NodeId(0),
        generation: 0,
    };
    let mut actions = Vec::new();
    let mut broker = Broker::new(BrokerSpec::default());
    broker.connected(at, connection);
    for piece in bytes.chunks(piece_length) {
        broker.received(at, connection, piece, &mut actions);
        actions.clear();
    }
}
