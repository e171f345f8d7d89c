//! One number for a whole run: equal digests mean equal runs.
//!
//! Owns the canonical bytes of each observation. They are written out by hand, field by field,
//! so that neither a compiler, a platform nor a renamed field can change them: only a change of
//! what happened does, or of this file.

mod encode;
mod network;

use std::fmt;

use xxhash_rust::xxh3::Xxh3;

use crate::id::NodeId;
use crate::observe::{Observation, Observer};
use crate::time::SimTime;

use encode::{Record, encode_broker_event, encode_event};
use network::{encode_radio_event, encode_tls_event, hash_frame};

/// The hash of a run: 128-bit XXH3 over every observation in order.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Digest(pub u128);

/// Hashes what it sees.
#[derive(Clone)]
pub struct DigestObserver {
    hasher: Box<Xxh3>,
}

impl DigestObserver {
    /// Starts with nothing seen.
    #[must_use]
    pub fn new() -> Self {
        Self {
            hasher: Box::new(Xxh3::new()),
        }
    }

    /// Returns the digest of everything seen so far.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest(self.hasher.digest128())
    }

    /// Hashes a record and the bytes it introduces, with their length between them.
    fn hash_bytes(&mut self, record: &mut Record, bytes: &[u8]) {
        record.u64(bytes.len() as u64);
        self.hasher.update(record.as_slice());
        self.hasher.update(bytes);
    }
}

impl Default for DigestObserver {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for DigestObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DigestObserver")
            .field(&self.digest())
            .finish()
    }
}

impl fmt::Display for Digest {
    /// Writes 32 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Observer for DigestObserver {
    fn on_event(&mut self, at: SimTime, node: NodeId, what: &Observation<'_>) {
        let mut record = Record::new();
        record.u64(at.as_nanos()).u32(node.0);
        match what {
            Observation::Billed(bill) => {
                record.u8(16).u8(bill.cause as u8);
                record.u64(bill.span.as_nanos()).u128(bill.charge.0);
            }
            Observation::Broker(event) => {
                record.u8(1);
                self.hasher.update(record.as_slice());
                encode_broker_event(event, &mut self.hasher);
                return;
            }
            // A node is the same on whichever core.
            Observation::Computed { .. } => return,
            Observation::Converted(conversion) => {
                record.u8(2).u16(conversion.code.0).i32(conversion.truth.0);
                record.i32(conversion.output.0);
            }
            Observation::Drained(drain) => {
                record.u8(17).u64(drain.powered.as_nanos());
                record.u128(drain.charge.0);
            }
            Observation::FaultEnded(fault) => {
                record.u8(3).u8(fault.code());
            }
            Observation::FaultStarted(fault) => {
                record.u8(4).u8(fault.code());
            }
            Observation::Frame {
                direction,
                frame,
                sent,
            } => {
                record.u8(11);
                self.hasher.update(record.as_slice());
                hash_frame(*direction, frame, sent, &mut self.hasher);
                return;
            }
            Observation::Intercepted(bytes) => return self.hash_bytes(record.u8(12), bytes),
            Observation::Node(event) => {
                record.u8(5);
                encode_event(event, &mut record);
            }
            Observation::PoweredOff => {
                record.u8(6);
            }
            Observation::PoweredOn => {
                record.u8(7);
            }
            Observation::Queued(length) => {
                record.u8(8).u8(*length);
            }
            Observation::ReadingForgotten(reading) => {
                record.u8(9).u32(reading.sequence).i32(reading.value.0);
            }
            Observation::Radio(event) => {
                record.u8(13);
                encode_radio_event(*event, &mut record);
            }
            Observation::Secret(line) => return self.hash_bytes(record.u8(14), line.as_bytes()),
            Observation::Serial(bytes) => return self.hash_bytes(record.u8(10), bytes),
            Observation::Tls(side, event) => {
                record.u8(15).u8(*side as u8);
                encode_tls_event(*event, &mut record);
            }
        }
        self.hasher.update(record.as_slice());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(observations: &[Observation<'_>]) -> Digest {
        let mut observer = DigestObserver::new();
        for what in observations {
            observer.on_event(SimTime::ZERO, NodeId(0), what);
        }
        observer.digest()
    }

    #[test]
    fn order_and_content_both_count() {
        let (on, off) = (Observation::PoweredOn, Observation::PoweredOff);
        assert_eq!(digest_of(&[on, off]), digest_of(&[on, off]));
        assert_ne!(digest_of(&[on, off]), digest_of(&[off, on]));
        assert_ne!(
            digest_of(&[Observation::Queued(1)]),
            digest_of(&[Observation::Queued(2)])
        );
    }

    #[test]
    fn texts_cannot_run_into_each_other() {
        let split = [Observation::Serial(b"ab"), Observation::Serial(b"c")];
        let other = [Observation::Serial(b"a"), Observation::Serial(b"bc")];
        assert_ne!(digest_of(&split), digest_of(&other));
    }
}
