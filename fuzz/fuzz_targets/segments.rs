//! Any packets of IPv4 are read as TCP segments and streams, or dropped.
//!
//! Owns how bytes are cut into packets: the first byte of each is its length.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nodelab_sim::NodeId;
use nodelab_sim::capture::{Flow, Follower, Tally};
use nodelab_sim::radio::EtherType;
use nodelab_sim::stack::tcp::Segment;

const NODE: NodeId = NodeId(0);

fuzz_target!(|data: &[u8]| {
    let (mut follower, mut tally) = (Follower::default(), Tally::default());
    let mut bytes = data;
    while let [length, rest @ ..] = bytes {
        let (packet, after) = rest.split_at(rest.len().min(usize::from(*length)));
        bytes = after;
        tally.take_frame(packet.len());
        tally.take_payload(NODE, EtherType::Ipv4, packet);
        if let Some(segment) = Segment::read(packet) {
            follower.take(Flow::of(NODE, &segment), &segment);
        }
    }
});
