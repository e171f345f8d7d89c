//! Goal: a handshake costs the bytes, flights and operations that it is measured to cost, and
//! what surprises in practice shows.
//!
//! Method: cells of the lab's axes, measured; a second pump counts the bytes of the same
//! connections; snapshots hold the tables.

mod cells;
mod surprises;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use nodelab_sim::stack::tls::{
    Authority, Endpoint, Handshake, KeyExchange, Mode, Moment, Operation, OperationKind, Side,
    Suite, TlsSettings, TlsSpec, Versions, measure,
};
use nodelab_sim::{EntityId, NodeId, Purpose, Rng};
use proptest::prelude::*;

use cells::{KEYS, cells, newer, of};

const MODES: [Mode; 4] = [Mode::Full, Mode::HelloRetry, Mode::SessionId, Mode::Ticket];
const SUITES: [Suite; 3] = [Suite::Aes128Gcm, Suite::Aes256Gcm, Suite::ChaCha20Poly1305];

#[test]
fn cells_have_their_bytes_flights_and_records() {
    let lines = cells().into_iter().map(|(name, mode, settings)| {
        let found = of(&settings, mode);
        flights(&name, &found)
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn cells_have_their_operations() {
    let lines = cells().into_iter().map(|(name, mode, settings)| {
        let found = of(&settings, mode);
        let side = |side| counts(found.operations.iter().filter(|one| one.by == side));
        format!(
            "{name}\n    client: {}\n    server: {}",
            side(Side::Client),
            side(Side::Server)
        )
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_trace_is_in_the_order_in_which_things_are_done() {
    let found = of(&newer(), Mode::Full);
    let heavy = found.operations.iter().filter(|one| {
        !matches!(
            one.kind,
            OperationKind::Hash { .. }
                | OperationKind::HashFinish(_)
                | OperationKind::Hmac { .. }
                | OperationKind::HmacKey(_)
        )
    });
    let lines = heavy.map(|one| format!("{} {:?} {:?}", one.flight, one.by, one.kind));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn everything_on_the_wire_is_counted_once(
        settings in any_settings(),
        mode in prop::sample::select(&MODES[..]),
        seed in 0_u64..8,
    ) {
        let spec = TlsSpec::new(settings.clone());
        prop_assume!(spec.is_ok());
        let spec = spec.unwrap();
        let found = measure(&spec, mode, seed).expect("they connect");
        let again = measure(&spec, mode, seed).expect("they connect");
        prop_assert!(found == again);
        prop_assert!(found.flights.windows(2).all(|pair| pair[0].by != pair[1].by));
        prop_assert_eq!(found.alerts.records, 0);
        for flight in &found.flights {
            let plain: u32 = flight.messages.iter().map(|message| message.bytes).sum();
            prop_assert!(flight.bytes >= plain + 5 * flight.records);
        }
        if mode == Mode::Full {
            let (up, down) = pumped(&spec, seed);
            let apart = [found.tickets, found.close_notify];
            let up_apart: u32 = apart.iter().map(|apart| apart.bytes_up).sum();
            let down_apart: u32 = apart.iter().map(|apart| apart.bytes_down).sum();
            prop_assert_eq!(found.bytes_from(Side::Client) + up_apart, up);
            prop_assert_eq!(found.bytes_from(Side::Server) + down_apart, down);
        }
    }
}

/// Returns the bytes that both ends send, goodbyes included, as a capture on TCP would add up to.
fn pumped(spec: &TlsSpec, seed: u64) -> (u32, u32) {
    const EPOCH_S: i64 = 1_795_723_200;
    let now = Moment::from_unix_ms(EPOCH_S * 1000);
    let authority = Authority::new(spec, EPOCH_S, seed);
    let luck = |purpose| Rng::derive(seed, EntityId::Node(NodeId(0)), purpose);
    let setup = authority.client(NodeId(0));
    let mut client = Endpoint::client(&setup, &mut luck(Purpose::TlsClient), now);
    let mut server = Endpoint::server(&authority.server(), &mut luck(Purpose::TlsServer), now);
    let (mut up, mut down) = (0, 0);
    for turn in 0..8 {
        if turn == 6 {
            client.close(now);
            server.close(now);
        }
        up += carry(&mut client, &mut server, now);
        down += carry(&mut server, &mut client, now);
    }
    (up, down)
}

fn carry(from: &mut Endpoint, to: &mut Endpoint, now: Moment) -> u32 {
    let mut bytes = Vec::new();
    from.take_output(&mut bytes);
    to.receive(now, &bytes);
    u32::try_from(bytes.len()).expect("a flight is short")
}

fn any_settings() -> impl Strategy<Value = TlsSettings> {
    let groups = [
        KeyExchange::P256,
        KeyExchange::X25519,
        KeyExchange::X25519MlKem768,
    ];
    (
        prop::sample::select(&KEYS[..]),
        prop::sample::select(&SUITES[..]),
        prop::sample::select(groups.to_vec()),
        prop::sample::select(vec![Versions::V1_2, Versions::V1_3]),
        (0_u8..=3, any::<bool>(), 0_u8..=2, any::<bool>()),
    )
        .prop_map(|(certificate_key, suite, group, versions, rest)| {
            let (intermediates, mutual, tickets, resumption) = rest;
            TlsSettings {
                certificate_key,
                groups: vec![group],
                intermediates,
                mutual,
                resumption,
                suites: vec![suite],
                tickets,
                versions,
                ..newer()
            }
        })
}

/// Returns a handshake in one line, and its flights below; what is sealed has a star.
fn flights(name: &str, found: &Handshake) -> String {
    let (up, down) = (
        found.bytes_from(Side::Client),
        found.bytes_from(Side::Server),
    );
    let mut text = format!(
        "{name}: {:?}, {up} up + {down} down = {}, tickets {}, {} round trips, {} records",
        found.kind,
        up + down,
        found.tickets.bytes_down,
        found.round_trips(),
        found.records(),
    );
    for flight in &found.flights {
        let messages = flight.messages.iter().map(|message| {
            let star = if message.encrypted { "*" } else { "" };
            format!("{}{star} {}", message.kind.as_str(), message.bytes)
        });
        let messages = messages.collect::<Vec<_>>().join(", ");
        let (by, bytes, records) = (flight.by, flight.bytes, flight.records);
        write!(text, "\n    {by:?} {bytes}/{records}: {messages}").expect("a string takes all");
    }
    text
}

/// Returns how often each operation was done, and with how many bytes.
fn counts<'a>(operations: impl Iterator<Item = &'a Operation>) -> String {
    let mut counts: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for operation in operations {
        let (name, bytes) = match operation.kind {
            OperationKind::Hash { algorithm, bytes } => (format!("hash {algorithm:?}"), bytes),
            OperationKind::Hmac { algorithm, bytes } => (format!("hmac {algorithm:?}"), bytes),
            OperationKind::Open { cipher, bytes } => (format!("open {cipher:?}"), bytes),
            OperationKind::Seal { cipher, bytes } => (format!("seal {cipher:?}"), bytes),
            OperationKind::Random { bytes } => ("random".to_owned(), bytes),
            OperationKind::Agree(_)
            | OperationKind::Decapsulate
            | OperationKind::Decrypt(_)
            | OperationKind::Encapsulate
            | OperationKind::Encrypt(_)
            | OperationKind::GenerateKemKey
            | OperationKind::GenerateKey(_)
            | OperationKind::HashFinish(_)
            | OperationKind::HmacKey(_)
            | OperationKind::Sign(_)
            | OperationKind::Verify(_) => (format!("{:?}", operation.kind), 0),
        };
        let count = counts.entry(name).or_default();
        count.0 += 1;
        count.1 += bytes;
    }
    let each = counts.iter().map(|(name, (times, bytes))| match bytes {
        0 => format!("{times} {name}"),
        _ => format!("{times} {name} of {bytes} B"),
    });
    each.collect::<Vec<_>>().join(", ")
}
