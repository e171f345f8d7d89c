//! The node's end of the stream to the broker: TCP, the outer layer, and what node-core hears.
//!
//! Owns the sockets of the node and the slices of processor time that cryptography takes. Does
//! not know how packets travel.

use core::net::Ipv4Addr;

use node_core::CloseReason;
use smallvec::SmallVec;

use super::layer::Layer;
use super::output::PathOutput;
use crate::stack::tcp::{End, Host, SocketKey, TcpProfile};
use crate::stack::tls::{Moment, Side, TlsEvent, Work};
use crate::time::{SimSpan, SimTime};

/// Sockets that still say goodbye; one more is reset instead (lwIP on the ESP8266 keeps five).
const LINGERING_MAX: usize = 4;
/// First of the ports that connections are opened from (RFC 6335 §6).
const PORT_MIN: u16 = 49_152;
/// Bytes that may wait for room in the send buffer; node-core writes one packet at a time.
const UNSENT_MAX: usize = 16 * 1_024;

/// The node's TCP/IP, while it has an address.
#[derive(Debug)]
pub(super) struct NodeStream {
    host: Host,
    live: Option<Box<Live>>,
    /// Sockets of earlier streams.
    lingering: SmallVec<[SocketKey; 2]>,
    opened: u16,
    /// Something changed since the host was polled last.
    stirred: bool,
}

#[derive(Debug)]
struct Live {
    key: SocketKey,
    phase: Phase,
    layer: Layer,
    unsent: Vec<u8>,
    /// When the peer has been silent for too long.
    patience_ends: SimTime,
    patience: SimSpan,
}

/// How far the stream is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    /// SYN was sent.
    Connecting,
    /// The outer layer shakes hands.
    Securing,
    /// node-core may write.
    Open,
}

impl NodeStream {
    pub(super) fn new(at: SimTime, address: Ipv4Addr, profile: TcpProfile, luck: u64) -> Self {
        Self {
            host: Host::new(at, address, profile, luck),
            live: None,
            lingering: SmallVec::new(),
            opened: u16::try_from(luck % 8_192).unwrap_or(0),
            stirred: false,
        }
    }

    /// Opens a stream; one that is open is let go.
    pub(super) fn open(
        &mut self,
        at: SimTime,
        peer: (Ipv4Addr, u16),
        profile: &TcpProfile,
        layer: Layer,
    ) {
        self.let_go();
        let port = PORT_MIN + self.opened % 16_384;
        self.opened = self.opened.wrapping_add(1);
        self.live = Some(Box::new(Live {
            key: self.host.connect(peer, port),
            phase: Phase::Connecting,
            layer,
            unsent: Vec::new(),
            patience_ends: at.after(profile.open_patience),
            patience: profile.patience,
        }));
        self.stirred = true;
    }

    /// Closes the stream in good order.
    pub(super) fn close(&mut self, now: Moment) {
        let Some(live) = &mut self.live else { return };
        live.layer.close(now);
        live.layer.take_output(&mut live.unsent);
        self.host.send(live.key, &live.unsent);
        self.let_go();
    }

    /// Takes bytes of node-core.
    pub(super) fn write(&mut self, now: Moment, bytes: &[u8]) {
        let Some(live) = &mut self.live else { return };
        if live.phase == Phase::Open && live.unsent.len() <= UNSENT_MAX {
            live.layer.write(now, bytes);
            self.stirred = true;
        }
    }

    /// Takes an IPv4 packet.
    pub(super) fn receive(&mut self, packet: Vec<u8>) {
        self.host.receive(packet);
        self.stirred = true;
    }

    /// Returns true while node-core may write.
    pub(super) fn is_open(&self) -> bool {
        let live = self.live.as_ref();
        live.is_some_and(|live| live.phase == Phase::Open)
    }

    /// Makes sure that the next poll looks at everything.
    pub(super) const fn stir(&mut self) {
        self.stirred = true;
    }

    /// Returns when [`NodeStream::poll`] is wanted next.
    pub(super) fn poll_timeout(&self, at: SimTime) -> Option<SimTime> {
        if self.stirred {
            Some(at)
        } else {
            self.host.poll_timeout()
        }
    }

    /// Returns true if [`NodeStream::poll`] has something to do.
    pub(super) fn is_due(&self, at: SimTime) -> bool {
        self.poll_timeout(at).is_some_and(|due| due <= at)
    }

    /// Lets TCP work, and reads what came into the outer layer; returns the cryptographic work
    /// that was done. What came of it waits until it is paid for.
    pub(super) fn read(&mut self, at: SimTime, now: Moment, packets: &mut Vec<Vec<u8>>) -> Work {
        self.stirred = false;
        self.host.poll(at, packets);
        self.bury();
        let Some(live) = &mut self.live else {
            return Work::default();
        };
        let end = self.host.end(live.key);
        if live.phase == Phase::Connecting && matches!(end, End::Open | End::Finished) {
            self.host.settle(live.key);
            live.phase = Phase::Securing;
            live.patience_ends = at.after(live.patience);
        }
        if live.phase == Phase::Connecting {
            return Work::default();
        }
        let mut bytes = Vec::new();
        self.host.receive_into(live.key, &mut bytes);
        if !bytes.is_empty() {
            live.layer.receive(now, &bytes);
            live.patience_ends = at.after(live.patience);
            // What was read opens the window again.
            self.stirred = true;
        }
        // A reset, or a peer that fell silent, says nothing about whom the peer is.
        if end == End::Finished {
            live.layer.eof(now);
        }
        live.layer.take_work()
    }

    /// Hands out what came of the work: events, bytes for node-core, bytes for the peer.
    pub(super) fn write_out(
        &mut self,
        at: SimTime,
        packets: &mut Vec<Vec<u8>>,
        out: &mut impl Extend<PathOutput>,
    ) {
        let Some(live) = &mut self.live else { return };
        let end = self.host.end(live.key);
        if live.phase == Phase::Connecting {
            if end == End::Closed {
                let why = live.why_not_opened(at);
                self.finish(why, out);
            }
            return;
        }
        let mut failed = false;
        while let Some(line) = live.layer.poll_secret() {
            out.extend([PathOutput::Secret(line)]);
        }
        while let Some(event) = live.layer.poll_event() {
            failed |= matches!(event, TlsEvent::Failed(_));
            out.extend([PathOutput::Tls(Side::Client, event)]);
        }
        live.layer.take_output(&mut live.unsent);
        let sent = self.host.send(live.key, &live.unsent);
        live.unsent.drain(..sent);
        if failed {
            self.finish(CloseReason::Untrusted, out);
            return self.host.poll(at, packets);
        }
        if live.phase == Phase::Securing && !live.layer.is_handshaking() {
            live.phase = Phase::Open;
            out.extend([PathOutput::StreamOpened]);
        }
        let mut plain = Vec::new();
        live.layer.take_plain(&mut plain);
        if live.phase == Phase::Open && !plain.is_empty() {
            out.extend([PathOutput::StreamRead(plain)]);
        }
        match end {
            End::Closed if at >= live.patience_ends => self.finish(CloseReason::TimedOut, out),
            End::Closed => self.finish(CloseReason::Reset, out),
            End::Finished => self.finish(CloseReason::Finished, out),
            End::Closing | End::Open | End::Opening => {}
        }
        if sent > 0 || self.stirred {
            self.stirred = false;
            self.host.poll(at, packets);
        }
    }

    /// Returns true once every stream has said its goodbye and heard the peer's.
    pub(super) fn is_silent(&self) -> bool {
        !self.stirred && self.live.is_none() && self.lingering.is_empty()
    }

    fn finish(&mut self, why: CloseReason, out: &mut impl Extend<PathOutput>) {
        self.let_go();
        out.extend([PathOutput::StreamClosed(why)]);
    }

    /// Leaves the stream to say goodbye by itself.
    fn let_go(&mut self) {
        let Some(live) = self.live.take() else { return };
        self.host.close(live.key);
        if self.lingering.len() >= LINGERING_MAX {
            self.host.abort(live.key);
        }
        self.lingering.push(live.key);
        self.stirred = true;
    }

    /// Forgets sockets that have said goodbye.
    fn bury(&mut self) {
        let host = &mut self.host;
        self.lingering.retain(|key| {
            let over = host.end(*key) == End::Closed;
            if over {
                host.remove(*key);
            }
            !over
        });
    }
}

impl Live {
    fn why_not_opened(&self, at: SimTime) -> CloseReason {
        if at >= self.patience_ends {
            CloseReason::TimedOut
        } else {
            CloseReason::Refused
        }
    }
}
