//! Both ends of a TLS connection, for the bytes they exchange and the secrets they share.

use nodelab_sim::stack::Direction;
use nodelab_sim::stack::tls::{
    Authority, Chip, Endpoint, Moment, Stack, TlsSettings, TlsSpec, Versions,
};
use nodelab_sim::{EntityId, NodeId, Purpose, Rng};

use crate::exchange::Exchange;

/// Turns of the handshake at most.
const TURNS_MAX: usize = 16;
const NOW: Moment = Moment::from_unix_ms(1_780_000_000_000);

/// Both ends, connected by an [`Exchange`].
#[derive(Debug)]
pub(crate) struct Peers {
    client: Endpoint,
    server: Endpoint,
}

impl Peers {
    /// Completes a handshake over the exchange's open TCP connection.
    pub(crate) fn connect(versions: Versions, exchange: &mut Exchange) -> Self {
        let settings = TlsSettings {
            versions,
            ..TlsSettings::of(Stack::MbedTls, Chip::Esp32C3At160)
        };
        let spec = TlsSpec::new(settings).expect("the defaults fit together");
        let authority = Authority::new(&spec, 1_780_000_000, 1);
        let mut luck = Rng::derive(1, EntityId::World, Purpose::Path);
        let setup = authority.client(NodeId(0)).with_secrets(true);
        let mut peers = Self {
            client: Endpoint::client(&setup, &mut luck, NOW),
            server: Endpoint::server(&authority.server(), &mut luck, NOW),
        };
        for _ in 0..TURNS_MAX {
            peers.turn(exchange);
        }
        assert!(!peers.client.is_handshaking() && !peers.server.is_handshaking());
        peers
    }

    /// Sends bytes through the connection.
    pub(crate) fn send(&mut self, direction: Direction, bytes: &[u8], exchange: &mut Exchange) {
        match direction {
            Direction::Down => self.server.write(NOW, bytes),
            Direction::Up => self.client.write(NOW, bytes),
        }
        self.turn(exchange);
    }

    /// Ends the connection from the node.
    pub(crate) fn close(&mut self, exchange: &mut Exchange) {
        self.client.close(NOW);
        self.turn(exchange);
    }

    fn turn(&mut self, exchange: &mut Exchange) {
        let mut bytes = Vec::new();
        self.client.take_output(&mut bytes);
        self.tell(exchange);
        exchange.send(Direction::Up, &bytes);
        self.server.receive(NOW, &bytes);
        bytes.clear();
        self.server.take_output(&mut bytes);
        exchange.send(Direction::Down, &bytes);
        self.client.receive(NOW, &bytes);
        self.tell(exchange);
    }

    fn tell(&mut self, exchange: &mut Exchange) {
        while let Some(line) = self.client.poll_secret() {
            exchange.secret(line);
        }
    }
}
