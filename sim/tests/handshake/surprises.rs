//! What surprises whoever first adds up the bytes of resumption, tickets, mutual
//! authentication and the post-quantum group.

use nodelab_sim::stack::tls::{
    Chip, Handshake, HandshakeKind, KeyExchange, KeyKind, MessageKind, Mode, OperationKind,
    RsaSize, Scheme, SessionKeeping, Side, Stack, TlsSettings, TlsVersion, Versions,
};

use super::cells::{newer, of, older};

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
