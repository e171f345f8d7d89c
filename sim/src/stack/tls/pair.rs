//! Both ends of a connection on a bare byte pipe, for tests.

use super::authority::Authority;
use super::endpoint::{Endpoint, Moment};
use super::event::{Side, TlsEvent, TlsFailure};
use super::provider::Family;
use super::setup::{ClientSetup, ServerSetup};
use super::spec::{Chip, Stack, TlsSettings, TlsSpec};
use super::work::Work;
use crate::id::NodeId;
use crate::rng::{EntityId, Purpose, Rng};

/// The world's epoch in tests: 2026-11-26 20:00:00 UTC.
pub(super) const EPOCH_S: i64 = 1_795_723_200;
/// Exchanges until silence; a handshake needs four.
const STEPS_MAX: u32 = 64;

/// Two ends and what they said.
pub(super) struct Pair {
    pub client: Endpoint,
    pub server: Endpoint,
    pub now: (Moment, Moment),
    /// What went over the pipe, up and down, as one transcript with its direction.
    pub wire: Vec<(Side, Vec<u8>)>,
    pub events: Vec<(Side, TlsEvent)>,
    pub plain: (Vec<u8>, Vec<u8>),
    pub secrets: Vec<String>,
    pub work: (Work, Work),
}

/// What lies between the ends: it may change the bytes.
pub(super) type Middle<'a> = &'a mut dyn FnMut(Side, &mut Vec<u8>);

/// Returns settings that rustls can do everything with.
pub(super) fn settings() -> TlsSettings {
    TlsSettings::of(Stack::MbedTls, Chip::Esp32C3At160)
}

/// Returns an authority for settings.
pub(super) fn authority(settings: TlsSettings) -> Authority {
    authority_of(Family::here(), settings, 1)
}

/// Returns an authority over a family of code.
pub(super) fn authority_of(family: Family, settings: TlsSettings, seed: u64) -> Authority {
    let spec = TlsSpec::unchecked(settings);
    Authority::of(family, &spec, EPOCH_S, seed)
}

/// Opens a connection of node 0.
pub(super) fn connect(authority: &Authority) -> Pair {
    let client = authority.client(NodeId(0)).with_secrets(true);
    Pair::open(&client, &authority.server(), 1)
}

impl Pair {
    /// Opens a connection; `seed` sets the luck of both ends.
    pub(super) fn open(client: &ClientSetup, server: &ServerSetup, seed: u64) -> Self {
        Self::at(client, server, seed, Moment::from_unix_ms(EPOCH_S * 1000))
    }

    /// Opens a connection whose client believes it is `moment`.
    pub(super) fn at(
        client: &ClientSetup,
        server: &ServerSetup,
        seed: u64,
        moment: Moment,
    ) -> Self {
        let mut luck = Rng::derive(seed, EntityId::Node(NodeId(0)), Purpose::TlsClient);
        let mut other = Rng::derive(seed, EntityId::Node(NodeId(0)), Purpose::TlsServer);
        let now = (moment, Moment::from_unix_ms(EPOCH_S * 1000));
        Self {
            client: Endpoint::client(client, &mut luck, now.0),
            server: Endpoint::server(server, &mut other, now.1),
            now,
            wire: Vec::new(),
            events: Vec::new(),
            plain: (Vec::new(), Vec::new()),
            secrets: Vec::new(),
            work: (Work::default(), Work::default()),
        }
    }

    /// Moves bytes until both are silent.
    pub(super) fn settle(&mut self) -> &mut Self {
        self.settle_through(&mut |_, _| {})
    }

    /// Moves bytes through somebody until both are silent.
    pub(super) fn settle_through(&mut self, middle: Middle<'_>) -> &mut Self {
        for _ in 0..STEPS_MAX {
            let up = self.step(Side::Client, middle);
            let down = self.step(Side::Server, middle);
            if !up && !down {
                return self;
            }
        }
        panic!("the ends never fall silent");
    }

    /// Moves what one end has to send; returns whether there was anything.
    pub(super) fn step(&mut self, from: Side, middle: Middle<'_>) -> bool {
        let mut bytes = Vec::new();
        match from {
            Side::Client => self.client.take_output(&mut bytes),
            Side::Server => self.server.take_output(&mut bytes),
        }
        self.collect();
        if bytes.is_empty() {
            return false;
        }
        middle(from, &mut bytes);
        self.wire.push((from, bytes.clone()));
        match from {
            Side::Client => self.server.receive(self.now.1, &bytes),
            Side::Server => self.client.receive(self.now.0, &bytes),
        }
        self.collect();
        true
    }

    fn collect(&mut self) {
        while let Some(event) = self.client.poll_event() {
            self.events.push((Side::Client, event));
        }
        while let Some(event) = self.server.poll_event() {
            self.events.push((Side::Server, event));
        }
        self.secrets
            .extend(std::iter::from_fn(|| self.client.poll_secret()));
        self.client.take_plain(&mut self.plain.0);
        self.server.take_plain(&mut self.plain.1);
        self.work.0.add(&self.client.take_work());
        self.work.1.add(&self.server.take_work());
    }

    /// Returns why an end gave up.
    pub(super) fn failure(&self, side: Side) -> Option<TlsFailure> {
        let failures: Vec<TlsFailure> = self
            .events
            .iter()
            .filter_map(|(at, event)| {
                if let TlsEvent::Failed(why) = event {
                    (*at == side).then_some(*why)
                } else {
                    None
                }
            })
            .collect();
        assert!(failures.len() <= 1, "an end fails once: {failures:?}");
        failures.first().copied()
    }

    /// Returns the alert that an end sent.
    pub(super) fn alert(&self, side: Side) -> Option<u8> {
        self.events.iter().find_map(|(at, event)| {
            if let TlsEvent::AlertSent { description } = event {
                (*at == side).then_some(*description)
            } else {
                None
            }
        })
    }

    /// Returns whether an end is connected, and resumed a session.
    pub(super) fn connected(&self, side: Side) -> Option<bool> {
        self.events.iter().find_map(|(at, event)| {
            if let TlsEvent::Connected { resumed, .. } = event {
                (*at == side).then_some(*resumed)
            } else {
                None
            }
        })
    }

    /// Returns how many bytes went up and down.
    pub(super) fn bytes(&self) -> (usize, usize) {
        let of = |side| {
            let parts = self.wire.iter().filter(|(from, _)| *from == side);
            parts.map(|(_, bytes)| bytes.len()).sum()
        };
        (of(Side::Client), of(Side::Server))
    }
}
