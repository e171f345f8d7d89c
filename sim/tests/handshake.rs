//! Goal: a handshake costs the bytes, flights and operations that it is measured to cost, and
//! what surprises in practice shows.
//!
//! Method: cells of the lab's axes, measured; a second pump counts the bytes of the same
//! connections; snapshots hold the tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use nodelab_sim::stack::tls::{
    Authority, Chip, Endpoint, Handshake, HandshakeKind, KeyExchange, KeyKind, MessageKind, Mode,
    Moment, Operation, OperationKind, RsaSize, Scheme, SessionKeeping, Side, Stack, Suite,
    TlsSettings, TlsSpec, TlsVersion, Versions, measure,
};
use nodelab_sim::{EntityId, NodeId, Purpose, Rng};
use proptest::prelude::*;

const SEED: u64 = 1;
const KEYS: [KeyKind; 5] = [
    KeyKind::Ed25519,
    KeyKind::P256,
    KeyKind::P384,
    KeyKind::Rsa2048,
    KeyKind::Rsa4096,
];
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
        mode in prop::sample::select(&[Mode::Full, Mode::HelloRetry, Mode::SessionId, Mode::Ticket][..]),
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

#[test]
fn tickets_eat_most_of_what_resumption_saves() {
    let with = |tickets, mode| {
        let settings = TlsSettings { tickets, ..newer() };
        of(&settings, mode)
    };
    let (full, resumed) = (with(0, Mode::Full), with(1, Mode::Ticket));
    // Two connections, the second resumed, against two that never resume.
    let never = 2 * total(&full);
    let with_one = total(&with(1, Mode::Full)) + total(&resumed);
    let with_two = total(&with(2, Mode::Full)) + total(&with(2, Mode::Ticket));
    let saved = in_flights(&full) - in_flights(&resumed);
    assert!(saved > 350, "{saved}");
    assert!(
        with_one < never && never - with_one < saved / 5,
        "{with_one}, {never}"
    );
    assert!(with_two > never, "{with_two}, {never}");
}

#[test]
fn a_ticket_of_mutual_authentication_holds_the_clients_chain() {
    let mutual = TlsSettings {
        intermediates: 1,
        mutual: true,
        tickets: 1,
        ..newer()
    };
    let found = of(&mutual, Mode::Full);
    let plain = of(
        &TlsSettings {
            mutual: false,
            ..mutual.clone()
        },
        Mode::Full,
    );
    let chain = message(&found, Side::Client, MessageKind::Certificate);
    let grown = found.tickets.bytes_down - plain.tickets.bytes_down;
    // Both hold the chain, with a few bytes around each certificate.
    assert!(grown.abs_diff(chain) < 20, "{grown}, {chain}");
    let none = of(
        &TlsSettings {
            tickets: 0,
            ..mutual.clone()
        },
        Mode::Full,
    );
    let two = of(
        &TlsSettings {
            tickets: 2,
            ..mutual.clone()
        },
        Mode::Full,
    );
    let resumed = of(&mutual, Mode::Ticket);
    assert!(
        total(&two) > total(&none) * 9 / 5,
        "two tickets cost more than the certificates"
    );
    assert!(
        total(&resumed) > total(&none),
        "resuming is larger than a full handshake"
    );
    // A server that remembers sends its tickets' numbers only.
    let remembered = TlsSettings {
        session_keeping: SessionKeeping::Memory,
        ..mutual
    };
    let numbered = of(&remembered, Mode::Full).tickets.bytes_down;
    assert!(numbered < 120, "{numbered}");
    assert!(total(&of(&remembered, Mode::Ticket)) < total(&none) / 2);
}

#[test]
fn a_mutual_session_of_tls_1_2_resumed_by_ticket_is_larger_than_a_full_handshake() {
    let mutual = TlsSettings {
        intermediates: 1,
        mutual: true,
        ..older()
    };
    let full = of(&mutual, Mode::Full);
    let resumed = of(&mutual, Mode::Ticket);
    assert_eq!(full.tickets.bytes_down, 0);
    assert_eq!(resumed.kind, HandshakeKind::Resumed);
    assert!(total(&resumed) > total(&full));
    let numbered = of(&mutual, Mode::SessionId);
    assert_eq!(numbered.kind, HandshakeKind::Resumed);
    assert!(total(&numbered) < total(&full) / 6);
}

#[test]
fn what_resumption_saves_is_computation() {
    for settings in [older(), newer()] {
        let mutual = TlsSettings {
            mutual: true,
            ..settings
        };
        let heavy = |mode| {
            let found = of(&mutual, mode);
            let of_client = found.operations.iter().filter(|one| one.by == Side::Client);
            let kinds = of_client.filter(|one| {
                matches!(
                    one.kind,
                    OperationKind::Agree(_)
                        | OperationKind::GenerateKey(_)
                        | OperationKind::Sign(_)
                        | OperationKind::Verify(_)
                )
            });
            kinds.count()
        };
        // One key pair, one agreement, one signature; leaf and handshake verified.
        assert_eq!(heavy(Mode::Full), 5);
        let left = match mutual.versions {
            Versions::V1_2 => 0,
            Versions::Both | Versions::V1_3 => 2,
        };
        assert_eq!(heavy(Mode::Ticket), left, "{:?}", mutual.versions);
    }
}

#[test]
fn the_post_quantum_group_adds_its_shares_and_nothing_else() {
    let hybrid = TlsSettings {
        groups: vec![KeyExchange::X25519MlKem768],
        ..newer()
    };
    let (hybrid, classical) = (of(&hybrid, Mode::Full), of(&newer(), Mode::Full));
    let grown = |side, kind| message(&hybrid, side, kind) - message(&classical, side, kind);
    assert_eq!(grown(Side::Client, MessageKind::ClientHello), 1184);
    assert_eq!(grown(Side::Server, MessageKind::ServerHello), 1088);
    assert_eq!(hybrid.group, 0x11ec);
    assert_eq!(hybrid.flights.len(), classical.flights.len());
    let kem = |side, kind| {
        let mut found = hybrid.operations.iter();
        found.any(|one| one.by == side && one.kind == kind)
    };
    assert!(kem(Side::Client, OperationKind::GenerateKemKey));
    assert!(kem(Side::Server, OperationKind::Encapsulate));
    assert!(kem(Side::Client, OperationKind::Decapsulate));
}

#[test]
fn each_certificate_adds_its_own_bytes_and_one_verification() {
    // A certificate is its names, dates and identifiers, then its key and a signature.
    for (key, least, most, scheme) in [
        (KeyKind::Ed25519, 340, 360, Scheme::Ed25519),
        (KeyKind::P256, 412, 424, Scheme::EcdsaP256),
        (KeyKind::P384, 472, 486, Scheme::EcdsaP384),
        (
            KeyKind::Rsa2048,
            814,
            824,
            Scheme::RsaPkcs1(RsaSize::Bits2048),
        ),
        (
            KeyKind::Rsa4096,
            1326,
            1336,
            Scheme::RsaPkcs1(RsaSize::Bits4096),
        ),
    ] {
        let with = |intermediates| {
            let settings = TlsSettings {
                certificate_key: key,
                intermediates,
                ..newer()
            };
            of(&settings, Mode::Full)
        };
        let verified = |found: &Handshake| {
            let kind = OperationKind::Verify(scheme);
            let all = found.operations.iter();
            all.filter(|one| one.by == Side::Client && one.kind == kind)
                .count()
        };
        let chains: Vec<_> = (0..=3).map(with).collect();
        for pair in chains.windows(2) {
            let of = |found| message(found, Side::Server, MessageKind::Certificate);
            let grown = of(&pair[1]) - of(&pair[0]);
            assert!((least..=most).contains(&grown), "{key:?}: {grown}");
            assert_eq!(verified(&pair[1]), verified(&pair[0]) + 1, "{key:?}");
        }
    }
}

#[test]
fn round_trips_follow_from_version_and_mode() {
    let trips = |settings, mode| {
        let found = of(&settings, mode);
        (found.version, found.kind, found.round_trips())
    };
    let (v2, v3) = (TlsVersion::V1_2, TlsVersion::V1_3);
    let (full, resumed) = (HandshakeKind::Full, HandshakeKind::Resumed);
    assert_eq!(trips(older(), Mode::Full), (v2, full, 2));
    assert_eq!(trips(older(), Mode::Ticket), (v2, resumed, 1));
    assert_eq!(trips(older(), Mode::SessionId), (v2, resumed, 1));
    assert_eq!(trips(newer(), Mode::Full), (v3, full, 1));
    assert_eq!(trips(newer(), Mode::Ticket), (v3, resumed, 1));
    let retry = HandshakeKind::HelloRetry;
    assert_eq!(trips(newer(), Mode::HelloRetry), (v3, retry, 2));
}

#[test]
fn a_library_that_never_resumes_connects_in_full() {
    let axtls = TlsSettings::of(Stack::MicroPython, Chip::Esp8266At80);
    let found = of(&axtls, Mode::Ticket);
    assert_eq!(found.kind, HandshakeKind::Full);
    let encrypted = OperationKind::Encrypt(RsaSize::Bits2048);
    assert!(found.operations.iter().any(|one| one.kind == encrypted));
}

/// Returns all bytes but the goodbyes.
fn total(found: &Handshake) -> u32 {
    in_flights(found) + found.tickets.bytes_down
}

fn in_flights(found: &Handshake) -> u32 {
    found.bytes_from(Side::Client) + found.bytes_from(Side::Server)
}

/// Returns the bytes of a message that an end sends once.
fn message(found: &Handshake, by: Side, kind: MessageKind) -> u32 {
    let flights = found.flights.iter().filter(|flight| flight.by == by);
    let messages = flights.flat_map(|flight| &flight.messages);
    let mut of_kind = messages.filter(|message| message.kind == kind);
    let found = of_kind.next().expect("it is sent");
    assert!(of_kind.next().is_none(), "it is sent once");
    found.bytes
}

fn of(settings: &TlsSettings, mode: Mode) -> Handshake {
    let spec = TlsSpec::new(settings.clone()).expect("settings fit together");
    measure(&spec, mode, SEED).expect("they connect")
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
        write!(text, "\n    {by:?} {bytes}/{records}: {messages}").unwrap();
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

fn cells() -> Vec<(String, Mode, TlsSettings)> {
    let mut cells = Vec::new();
    for (version, base) in [("1.2", older()), ("1.3", newer())] {
        let mut full: Vec<TlsSettings> = Vec::new();
        let mut add = |change: &dyn Fn(&mut TlsSettings)| {
            let mut settings = base.clone();
            change(&mut settings);
            full.push(settings);
        };
        for key in KEYS {
            add(&|settings| settings.certificate_key = key);
        }
        add(&|settings| settings.suites = vec![Suite::Aes256Gcm]);
        add(&|settings| settings.suites = vec![Suite::ChaCha20Poly1305]);
        add(&|settings| settings.groups = vec![KeyExchange::P256]);
        if version == "1.3" {
            add(&|settings| settings.groups = vec![KeyExchange::X25519MlKem768]);
        }
        add(&|settings| settings.intermediates = 1);
        add(&|settings| settings.mutual = true);
        cells.extend(full.into_iter().map(|settings| (Mode::Full, settings)));
        let own = match version {
            "1.2" => Mode::SessionId,
            _ => Mode::HelloRetry,
        };
        cells.extend([own, Mode::Ticket].map(|mode| (mode, base.clone())));
    }
    let axtls = TlsSettings::of(Stack::MicroPython, Chip::Esp8266At80);
    cells.push((Mode::Full, axtls));
    let named = cells.into_iter().map(|(mode, settings)| {
        let name = format!(
            "{:?} {:?} {:?} {:?} {:?} {} intermediates{} {mode:?}",
            settings.stack,
            settings.versions,
            settings.certificate_key,
            settings.groups[0],
            settings.suites[0],
            settings.intermediates,
            if settings.mutual { " mutual" } else { "" },
        );
        (name, mode, settings)
    });
    named.collect()
}

fn older() -> TlsSettings {
    TlsSettings {
        versions: Versions::V1_2,
        ..newer()
    }
}

/// Returns settings of TLS 1.3 with one choice of everything, and without tickets.
fn newer() -> TlsSettings {
    TlsSettings {
        groups: vec![KeyExchange::X25519],
        suites: vec![Suite::Aes128Gcm],
        tickets: 0,
        versions: Versions::V1_3,
        ..TlsSettings::of(Stack::RustCrypto, Chip::Esp32C3At160)
    }
}
