//! Puts TCP streams together from segments, as whoever watches the wire has to.
//!
//! Owns order and repetition. Does not know what the bytes mean.

use std::collections::BTreeMap;

use crate::id::NodeId;
use crate::stack::tcp::Segment;

/// Directions of streams that are followed at most; more than one of each of 1 000 nodes.
const FLOWS_MAX: usize = 8_192;
/// Segments of one direction that are kept because an earlier one is missing.
const AHEAD_MAX: usize = 64;

/// One direction of one connection.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Flow {
    /// Whose link it goes over.
    pub node: NodeId,
    /// Address and port it comes from.
    pub source: ([u8; 4], u16),
    /// Address and port it is for.
    pub destination: ([u8; 4], u16),
}

/// Follows streams.
#[derive(Clone, Debug, Default)]
pub struct Follower {
    flows: BTreeMap<Flow, Progress>,
}

/// How far one direction has been followed.
#[derive(Clone, Debug)]
struct Progress {
    /// Segments behind a gap: number of the first byte, and the bytes.
    ahead: Vec<(u32, Vec<u8>)>,
    /// Number of the next byte.
    next: u32,
}

impl Flow {
    /// Returns the direction that a segment belongs to.
    #[must_use]
    pub const fn of(node: NodeId, segment: &Segment<'_>) -> Self {
        Self {
            node,
            source: segment.source,
            destination: segment.destination,
        }
    }
}

impl Follower {
    /// Takes a segment; returns the bytes that continue the stream, if any do. A stream that
    /// is joined midway begins with the first segment seen.
    pub fn take(&mut self, flow: Flow, segment: &Segment<'_>) -> Vec<u8> {
        let first = segment.sequence.wrapping_add(u32::from(segment.is_first()));
        if segment.is_first() {
            self.flows.remove(&flow);
        }
        if self.flows.len() >= FLOWS_MAX && !self.flows.contains_key(&flow) {
            self.flows.pop_first();
        }
        let progress = self.flows.entry(flow).or_insert(Progress {
            ahead: Vec::new(),
            next: first,
        });
        let mut stream = Vec::new();
        progress.continue_with(first, segment.payload, &mut stream);
        // Each turn takes one segment out.
        for _ in 0..AHEAD_MAX {
            let next = progress.next;
            let fits = |(first, _): &(u32, Vec<u8>)| !is_after(*first, next);
            let Some(index) = progress.ahead.iter().position(fits) else {
                break;
            };
            let (first, bytes) = progress.ahead.swap_remove(index);
            progress.continue_with(first, &bytes, &mut stream);
        }
        stream
    }
}

impl Progress {
    /// Appends what is new of a segment, or keeps it until the gap before it is closed.
    fn continue_with(&mut self, first: u32, bytes: &[u8], stream: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        if is_after(first, self.next) {
            if self.ahead.len() < AHEAD_MAX {
                self.ahead.push((first, bytes.to_vec()));
            }
            return;
        }
        let known = self.next.wrapping_sub(first) as usize;
        if let Some(new) = bytes.get(known..) {
            stream.extend_from_slice(new);
            let length = u32::try_from(new.len()).expect("a segment is shorter than 64 KiB");
            self.next = self.next.wrapping_add(length);
        }
    }
}

/// Returns whether `one` lies behind `other` on the circle of sequence numbers (RFC 9293 §3.4).
const fn is_after(one: u32, other: u32) -> bool {
    let distance = one.wrapping_sub(other);
    distance != 0 && distance < 1 << 31
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Any repetition and order of segments that are not too far ahead gives the stream.
        #[test]
        fn order_and_repetition_do_not_matter(
            start in any::<u32>(),
            order in Just((0..20_u32).collect::<Vec<_>>()).prop_shuffle(),
            again in proptest::collection::vec(0..20_u32, 0..20),
        ) {
            let text: Vec<u8> = (0..100).collect();
            let mut follower = Follower::default();
            let mut stream = follower.take(flow(), &segment(start.wrapping_sub(1), &[], 0x02));
            for index in again.iter().chain(&order) {
                let at = *index as usize * 5;
                let piece = segment(start.wrapping_add(index * 5), &text[at..at + 5], 0x18);
                stream.extend(follower.take(flow(), &piece));
            }
            prop_assert_eq!(stream, text);
        }
    }

    #[test]
    fn a_segment_that_overlaps_gives_what_is_new() {
        let mut follower = Follower::default();
        follower.take(flow(), &segment(9, &[], 0x02));
        assert_eq!(follower.take(flow(), &segment(10, b"abc", 0x18)), b"abc");
        assert_eq!(follower.take(flow(), &segment(11, b"bcde", 0x18)), b"de");
        assert_eq!(follower.take(flow(), &segment(11, b"bcde", 0x18)), b"");
    }

    #[test]
    fn a_new_connection_on_the_same_ports_begins_again() {
        let mut follower = Follower::default();
        follower.take(flow(), &segment(9, &[], 0x02));
        follower.take(flow(), &segment(10, b"abc", 0x18));
        follower.take(flow(), &segment(3, &[], 0x02));
        assert_eq!(follower.take(flow(), &segment(4, b"new", 0x18)), b"new");
    }

    fn flow() -> Flow {
        Flow::of(NodeId(0), &segment(0, &[], 0))
    }

    fn segment(sequence: u32, payload: &[u8], flags: u8) -> Segment<'_> {
        Segment {
            destination: ([10, 0, 0, 1], 1_883),
            flags,
            ip_header: 20,
            payload,
            sequence,
            source: ([10, 0, 0, 2], 50_000),
            tcp_header: 20,
        }
    }
}
