//! A node and its broker's host on a cable: TCP and TLS without any air.
//!
//! For measuring what the stack alone costs, and for showing that its two ends fit together. Owns
//! no radio, no addresses and no broker.

use std::collections::VecDeque;

use super::front::{Front, FrontEvent, PORT_TLS};
use super::layer::Layer;
use super::output::PathOutput;
use super::stream::NodeStream;
use crate::rng::{EntityId, Purpose, Rng};
use crate::stack::address::plan;
use crate::stack::tcp::TcpProfile;
use crate::stack::tls::{ClientSetup, Endpoint, Moment, ServerSetup};
use crate::time::{SimSpan, SimTime};

/// One way through the cable.
const DELAY: SimSpan = SimSpan::from_millis(3);
/// Turns of one connection at most; a handshake and a goodbye take about twenty.
const TURNS_MAX: usize = 256;

/// Two ends of a cable.
#[derive(Debug)]
pub struct Cable {
    now: SimTime,
    luck: Rng,
    node: NodeStream,
    front: Front,
    /// What is on its way, up if true, in order.
    packets: VecDeque<(SimTime, bool, Vec<u8>)>,
}

/// What one connection came to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Connection {
    /// Whether node and broker could write.
    pub opened: bool,
    /// Packets that crossed the cable, both ways.
    pub packets: usize,
    /// Bytes of these packets, with their headers of IPv4 and TCP.
    pub bytes: usize,
}

impl Cable {
    /// Lays a cable.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut luck = Rng::derive(seed, EntityId::World, Purpose::Path);
        let address = plan::node_address(crate::id::NodeId(0));
        let profile = TcpProfile::ESP_RADIO;
        Self {
            now: SimTime::ZERO,
            node: NodeStream::new(SimTime::ZERO, address, profile, luck.bits()),
            front: Front::new(SimTime::ZERO, plan::BROKER, PORT_TLS, luck.bits()),
            luck,
            packets: VecDeque::new(),
        }
    }

    /// Opens a connection, shakes hands, and closes it in good order.
    pub fn shake_hands(
        &mut self,
        client: &ClientSetup,
        server: &ServerSetup,
        civil: Moment,
    ) -> Connection {
        let endpoint = Endpoint::client(client, &mut self.luck, civil);
        let layer = Layer::Tls(Box::new(endpoint));
        let broker = (plan::BROKER, PORT_TLS);
        self.node
            .open(self.now, broker, &TcpProfile::ESP_RADIO, layer);
        let mut connection = Connection::default();
        let (mut node_is_open, mut broker_is_open, mut closing) = (false, false, false);
        for _ in 0..TURNS_MAX {
            node_is_open |= self.turn_node(civil, &mut connection);
            broker_is_open |= self.turn_front(server, civil, &mut connection);
            connection.opened = node_is_open && broker_is_open;
            if connection.opened && !std::mem::replace(&mut closing, true) {
                self.node.close(civil);
                continue;
            }
            if !self.move_on() {
                break;
            }
        }
        connection
    }

    /// Lets the node's end work; returns true if its stream is open.
    fn turn_node(&mut self, civil: Moment, connection: &mut Connection) -> bool {
        let (mut packets, mut said) = (Vec::new(), Vec::new());
        self.node.read(self.now, civil, &mut packets);
        self.node.write_out(self.now, &mut packets, &mut said);
        self.send(true, packets, connection);
        said.iter()
            .any(|output| matches!(output, PathOutput::StreamOpened))
    }

    /// Lets the broker's end work; returns true if it has a stream.
    fn turn_front(
        &mut self,
        server: &ServerSetup,
        civil: Moment,
        connection: &mut Connection,
    ) -> bool {
        let (mut packets, mut events) = (Vec::new(), Vec::new());
        let luck = &mut self.luck;
        let layer = |_| Layer::Tls(Box::new(Endpoint::server(server, luck, civil)));
        self.front
            .poll(self.now, civil, layer, &mut packets, &mut events);
        self.send(false, packets, connection);
        events
            .iter()
            .any(|event| matches!(event, FrontEvent::Accepted { .. }))
    }

    fn send(&mut self, up: bool, packets: Vec<Vec<u8>>, connection: &mut Connection) {
        for packet in packets {
            connection.packets += 1;
            connection.bytes += packet.len();
            self.packets.push_back((self.now.after(DELAY), up, packet));
        }
    }

    /// Moves to the next moment at which something is due; returns false if there is none soon.
    fn move_on(&mut self) -> bool {
        /// Beyond this only the timers of dead connections wait.
        const SOON: SimSpan = SimSpan::from_millis(500);
        let timers = [
            self.node.poll_timeout(self.now),
            self.front.poll_timeout(self.now),
        ];
        let arrival = self.packets.front().map(|(due, ..)| *due);
        let Some(next) = timers.into_iter().flatten().chain(arrival).min() else {
            return false;
        };
        if next.since(self.now) > SOON {
            return false;
        }
        self.now = next.max(self.now);
        while let Some((_, up, packet)) = self.packets.pop_front_if(|(due, ..)| *due <= self.now) {
            if up {
                self.front.receive(packet);
            } else {
                self.node.receive(packet);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::NodeId;
    use crate::stack::tls::{Authority, Chip, Stack, TlsSettings, TlsSpec};

    #[test]
    fn one_connection_after_another_opens_and_closes() {
        const NOW: Moment = Moment::from_unix_ms(1_780_000_000_000);
        let settings = TlsSettings::of(Stack::MbedTls, Chip::Esp32C3At160);
        let spec = TlsSpec::new(settings).unwrap();
        let authority = Authority::new(&spec, 1_780_000_000, 1);
        let (client, server) = (authority.client(NodeId(0)), authority.server());
        let mut cable = Cable::new(1);
        let connections: Vec<_> = (0..20)
            .map(|_| cable.shake_hands(&client, &server, NOW))
            .collect();
        assert!(connections.iter().all(|one| one.opened), "{connections:?}");
        // SYN and its answer, the flights, goodbyes, and acknowledgements between them.
        assert!(
            connections.iter().all(|one| one.packets < 24),
            "{connections:?}"
        );
        assert_eq!(cable.packets.len(), 0);
    }
}
