//! One host: an address, a few TCP sockets, and packets in and out.
//!
//! Owns smoltcp's interface and the grain of its timers. Does not know what streams are for.

use core::net::Ipv4Addr;

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr};

use super::profile::{TcpProfile, TcpTimers};
use super::wire::Wire;
use crate::time::{SimSpan, SimTime};

/// Headers of IPv4 and TCP without options, in bytes.
const HEADERS: usize = 40;
/// Prefix of the one network there is.
const PREFIX: u8 = 8;

/// A socket of a host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct SocketKey(SocketHandle);

/// How far a socket is, as far as its owner cares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// Nothing more will come or go.
    Closed,
    /// SYN was sent or is awaited.
    Opening,
    /// Bytes can go both ways.
    Open,
    /// The peer has finished; bytes may still be unread.
    Finished,
    /// This side has finished.
    Closing,
}

/// A host.
pub(crate) struct Host {
    interface: Interface,
    sockets: SocketSet<'static>,
    wire: Wire,
    profile: TcpProfile,
    /// When its timers began to tick.
    started: SimTime,
    /// When smoltcp wants to be polled next, on its own grid.
    poll_at: Option<SimTime>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("poll_at", &self.poll_at)
            .finish_non_exhaustive()
    }
}

impl Host {
    /// Builds a host; `luck` decides its initial sequence numbers.
    pub(crate) fn new(at: SimTime, address: Ipv4Addr, profile: TcpProfile, luck: u64) -> Self {
        let mut wire = Wire {
            mtu: usize::from(profile.segment_size) + HEADERS,
            incoming: std::collections::VecDeque::new(),
            outgoing: Vec::new(),
        };
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = luck;
        let mut interface = Interface::new(config, &mut wire, instant(at));
        interface.update_ip_addrs(|addresses| {
            addresses
                .push(IpCidr::new(IpAddress::Ipv4(address), PREFIX))
                .expect("an interface without addresses has room for one");
        });
        Self {
            interface,
            sockets: SocketSet::new(Vec::with_capacity(2)),
            wire,
            profile,
            started: at,
            poll_at: None,
        }
    }

    /// Opens a connection to `peer`, from `port`.
    pub(crate) fn connect(&mut self, peer: (Ipv4Addr, u16), port: u16) -> SocketKey {
        let mut socket = self.socket(self.profile.open_patience);
        socket
            .connect(
                self.interface.context(),
                (IpAddress::Ipv4(peer.0), peer.1),
                port,
            )
            .expect("a new socket with two addresses connects");
        self.add(socket)
    }

    /// Waits for one connection at `port`.
    pub(crate) fn listen(&mut self, port: u16) -> SocketKey {
        let mut socket = self.socket(self.profile.patience);
        socket.listen(port).expect("a new socket listens");
        self.add(socket)
    }

    /// Grants an open connection its full patience; while it opened it had another.
    pub(crate) fn settle(&mut self, key: SocketKey) {
        let patience = duration(self.profile.patience);
        self.get(key).set_timeout(Some(patience));
    }

    /// Returns how far a socket is.
    pub(crate) fn end(&self, key: SocketKey) -> End {
        let socket = self.sockets.get::<Socket<'_>>(key.0);
        match socket.state() {
            State::Closed | State::TimeWait => End::Closed,
            State::Listen | State::SynReceived | State::SynSent => End::Opening,
            State::Established => End::Open,
            State::CloseWait => End::Finished,
            State::Closing | State::FinWait1 | State::FinWait2 | State::LastAck => End::Closing,
        }
    }

    /// Writes what fits into the send buffer; returns how much did.
    pub(crate) fn send(&mut self, key: SocketKey, bytes: &[u8]) -> usize {
        self.get(key).send_slice(bytes).unwrap_or(0)
    }

    /// Moves all bytes that arrived to the end of `out`.
    pub(crate) fn receive_into(&mut self, key: SocketKey, out: &mut Vec<u8>) {
        let socket = self.get(key);
        while socket.can_recv() {
            let taken = socket.recv(|bytes| {
                out.extend_from_slice(bytes);
                (bytes.len(), bytes.len())
            });
            if taken.unwrap_or(0) == 0 {
                return;
            }
        }
    }

    /// Finishes this side of a connection in good order.
    pub(crate) fn close(&mut self, key: SocketKey) {
        let socket = self.get(key);
        socket.close();
        // Whoever waits for the peer's goodbye answers it at once, and is then forgotten.
        socket.set_ack_delay(None);
    }

    /// Ends a connection with a reset.
    pub(crate) fn abort(&mut self, key: SocketKey) {
        self.get(key).abort();
    }

    /// Forgets a socket; a reset that was not sent yet is not.
    pub(crate) fn remove(&mut self, key: SocketKey) {
        self.sockets.remove(key.0);
    }

    /// Takes one IPv4 packet; it is looked at in the next poll.
    pub(crate) fn receive(&mut self, packet: Vec<u8>) {
        self.wire.incoming.push_back(packet);
    }

    /// Lets the stack work, and moves its packets to the end of `out`.
    pub(crate) fn poll(&mut self, at: SimTime, out: &mut Vec<Vec<u8>>) {
        let now = instant(at);
        self.interface.poll(now, &mut self.wire, &mut self.sockets);
        out.append(&mut self.wire.outgoing);
        self.poll_at = self
            .interface
            .poll_at(now, &self.sockets)
            .map(|next| self.on_grid(at, sim_time(next)));
    }

    /// Returns when [`Host::poll`] is wanted next, if nothing comes in before.
    pub(crate) const fn poll_timeout(&self) -> Option<SimTime> {
        self.poll_at
    }

    fn socket(&self, patience: SimSpan) -> Socket<'static> {
        let buffer = |size: u16| SocketBuffer::new(vec![0; usize::from(size)]);
        let mut socket = Socket::new(
            buffer(self.profile.receive_buffer),
            buffer(self.profile.send_buffer),
        );
        socket.set_timeout(Some(duration(patience)));
        socket.set_nagle_enabled(false);
        if let TcpTimers::LwIp { .. } = self.profile.timers {
            // The next tick of the fast timer sends it.
            socket.set_ack_delay(Some(Duration::from_micros(2)));
        }
        socket
    }

    fn add(&mut self, socket: Socket<'static>) -> SocketKey {
        SocketKey(self.sockets.add(socket))
    }

    fn get(&mut self, key: SocketKey) -> &mut Socket<'static> {
        self.sockets.get_mut(key.0)
    }

    /// Moves a deadline to the stack's next tick. What is due at once is not a timer.
    fn on_grid(&self, at: SimTime, deadline: SimTime) -> SimTime {
        // smoltcp counts microseconds: a deadline within this one has come.
        let soonest = at.after(SimSpan::from_micros(1));
        let tick = match self.profile.timers {
            TcpTimers::Smoltcp => return deadline.max(soonest),
            TcpTimers::LwIp { .. } if deadline <= soonest => return soonest,
            TcpTimers::LwIp { slow, .. } if deadline.since(at) >= slow => slow,
            TcpTimers::LwIp { fast, .. } => fast,
        };
        let ticks = deadline
            .since(self.started)
            .as_nanos()
            .div_ceil(tick.as_nanos());
        self.started.after(tick.times(ticks))
    }
}

fn instant(at: SimTime) -> Instant {
    let micros = at.as_nanos() / 1_000;
    Instant::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}

/// Returns the first nanosecond of smoltcp's instant.
fn sim_time(at: Instant) -> SimTime {
    let micros = u64::try_from(at.total_micros()).unwrap_or(0);
    SimTime::from_nanos(micros.saturating_mul(1_000))
}

const fn duration(span: SimSpan) -> Duration {
    Duration::from_micros(span.as_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 0);
    const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

    /// Two hosts on a wire that delays by 5 ms, and drops whatever `lost` says by its number.
    struct Pair {
        now: SimTime,
        client: Host,
        server: Host,
        in_flight: Vec<(SimTime, bool, Vec<u8>)>,
        sent: Vec<(SimTime, bool, usize)>,
        lost: fn(usize) -> bool,
    }

    impl Pair {
        fn new(profile: TcpProfile, lost: fn(usize) -> bool) -> Self {
            Self {
                now: SimTime::ZERO,
                client: Host::new(SimTime::ZERO, CLIENT, profile, 1),
                server: Host::new(SimTime::ZERO, SERVER, TcpProfile::SERVER, 2),
                in_flight: Vec::new(),
                sent: Vec::new(),
                lost,
            }
        }

        fn poll(&mut self) {
            for up in [true, false] {
                let host = if up {
                    &mut self.client
                } else {
                    &mut self.server
                };
                let mut packets = Vec::new();
                host.poll(self.now, &mut packets);
                for packet in packets {
                    let number = self.sent.len();
                    self.sent.push((self.now, up, packet.len()));
                    if !(self.lost)(number) {
                        let arrives = self.now.after(SimSpan::from_millis(5));
                        self.in_flight.push((arrives, up, packet));
                    }
                }
            }
        }

        fn run_until(&mut self, deadline: SimTime) {
            for _ in 0..10_000 {
                self.poll();
                let next = [self.client.poll_timeout(), self.server.poll_timeout()]
                    .into_iter()
                    .flatten()
                    .chain(self.in_flight.iter().map(|(at, ..)| *at))
                    .min();
                match next {
                    Some(next) if next <= deadline => self.now = next,
                    _ => break,
                }
                let now = self.now;
                let (due, later) = std::mem::take(&mut self.in_flight)
                    .into_iter()
                    .partition(|(at, ..)| *at <= now);
                self.in_flight = later;
                for (_, up, packet) in due {
                    let host = if up {
                        &mut self.server
                    } else {
                        &mut self.client
                    };
                    host.receive(packet);
                }
            }
            self.now = deadline;
        }
    }

    #[test]
    fn bytes_arrive_in_segments_of_the_announced_size() {
        let mut pair = Pair::new(TcpProfile::ARDUINO_LOWER_MEMORY, |_| false);
        let listening = pair.server.listen(1883);
        let socket = pair.client.connect((SERVER, 1883), 49_152);
        pair.run_until(SimTime::from_nanos(100_000_000));
        assert_eq!(pair.client.end(socket), End::Open);
        assert_eq!(pair.server.end(listening), End::Open);
        assert_eq!(pair.client.send(socket, &[7; 2_000]), 1_072);
        pair.run_until(SimTime::from_nanos(2_000_000_000));
        let mut got = Vec::new();
        pair.server.receive_into(listening, &mut got);
        assert_eq!(got, [7; 1_072]);
        let longest = pair.sent.iter().map(|(.., len)| *len).max();
        assert_eq!(longest, Some(536 + HEADERS));
    }

    #[test]
    fn nobody_listening_is_a_reset() {
        let mut pair = Pair::new(TcpProfile::ESP_RADIO, |_| false);
        let socket = pair.client.connect((SERVER, 1883), 49_152);
        pair.run_until(SimTime::from_nanos(100_000_000));
        assert_eq!(pair.client.end(socket), End::Closed);
    }

    #[test]
    fn a_lost_segment_comes_again_on_the_stacks_own_grid() {
        let resent_at = |profile| {
            let mut pair = Pair::new(profile, |number| number == 3);
            let _listening = pair.server.listen(1883);
            let socket = pair.client.connect((SERVER, 1883), 49_152);
            pair.run_until(SimTime::from_nanos(100_000_000));
            pair.client.send(socket, &[7; 100]);
            pair.run_until(SimTime::from_nanos(4_000_000_000));
            let data: Vec<_> = pair.sent.iter().filter(|(.., len)| *len > 100).collect();
            assert_eq!(data.len(), 2, "{data:?}");
            data[1].0
        };
        assert_eq!(
            resent_at(TcpProfile::ARDUINO_LOWER_MEMORY),
            SimTime::from_nanos(1_500_000_000)
        );
        let exact = resent_at(TcpProfile::ESP_RADIO);
        assert_eq!(exact, SimTime::from_nanos(1_100_000_000));
    }

    #[test]
    fn an_unanswered_syn_is_given_up() {
        let mut pair = Pair::new(TcpProfile::ARDUINO_LOWER_MEMORY, |_| true);
        let socket = pair.client.connect((SERVER, 1883), 49_152);
        pair.run_until(SimTime::ZERO.after(SYN_BOUND));
        assert_eq!(pair.client.end(socket), End::Closed);
    }

    /// Past the patience, one slow tick and one back-off.
    const SYN_BOUND: SimSpan = SimSpan::from_secs(127 + 64);
}
