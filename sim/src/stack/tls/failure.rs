//! rustls' errors in our words.

use rustls::{CertificateError, Error, InvalidMessage, OtherError};

use super::event::TlsFailure;

/// Returns why an end gave up.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "rustls may add errors; what is not named here is the peer's misbehaviour"
)]
pub(super) fn failure_of(error: &Error) -> TlsFailure {
    match error {
        Error::AlertReceived(description) => TlsFailure::AlertReceived((*description).into()),
        Error::DecryptError => TlsFailure::RecordTampered,
        Error::FailedToGetCurrentTime => TlsFailure::NoTime,
        Error::InvalidCertificate(error) => of_certificate(error),
        Error::InvalidMessage(
            InvalidMessage::NoSignatureSchemes | InvalidMessage::UnsupportedCompression,
        )
        | Error::PeerIncompatible(_) => TlsFailure::NoCommonParameters,
        Error::InvalidMessage(_) => TlsFailure::MalformedRecord,
        Error::NoCertificatesPresented => TlsFailure::NoCertificate,
        Error::PeerSentOversizedRecord => TlsFailure::RecordTooLong,
        _ => TlsFailure::PeerMisbehaved,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "rustls may add errors; what is not named here is the peer's misbehaviour"
)]
fn of_certificate(error: &CertificateError) -> TlsFailure {
    match error {
        CertificateError::ApplicationVerificationFailure => TlsFailure::WrongKey,
        CertificateError::BadSignature => TlsFailure::BadSignature,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsFailure::Expired,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            TlsFailure::WrongPurpose
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsFailure::NotValidForName
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsFailure::NotYetValid
        }
        CertificateError::Other(error) if is_wrong_signer(error) => TlsFailure::WrongSigner,
        CertificateError::UnknownIssuer => TlsFailure::UnknownIssuer,
        _ => TlsFailure::PeerMisbehaved,
    }
}

fn is_wrong_signer(error: &OtherError) -> bool {
    use webpki::Error::{CaUsedAsEndEntity, EndEntityUsedAsCa};
    let error = error.0.downcast_ref::<webpki::Error>();
    error.is_some_and(|error| matches!(error, CaUsedAsEndEntity | EndEntityUsedAsCa))
}

#[cfg(test)]
mod tests {
    use super::super::endpoint::Moment;
    use super::super::event::{Side, TlsEvent, TlsVersion};
    use super::super::pair::{EPOCH_S, Pair, authority, connect, settings};
    use super::super::spec::{Chip, KeyKind, Stack, Suite, TlsSettings, Verification, Versions};
    use super::*;
    use crate::adversary::Impostor;
    use crate::id::NodeId;

    /// What the node says, the alert it sends, and what the server says of it.
    type Row = (Option<TlsFailure>, Option<u8>, Option<TlsFailure>);

    const IMPOSTORS: [Impostor; 8] = [
        Impostor::Expired,
        Impostor::LeafAsCa,
        Impostor::LookAlikeCa,
        Impostor::NotYetValid,
        Impostor::SelfSigned,
        Impostor::UnknownCa,
        Impostor::WrongName,
        Impostor::WrongPurpose,
    ];

    #[test]
    fn each_impostor_is_refused_for_its_reason_with_its_alert() {
        for versions in [Versions::V1_2, Versions::V1_3] {
            for intermediates in [0, 2] {
                let authority = authority(TlsSettings {
                    intermediates,
                    versions,
                    ..settings()
                });
                for how in IMPOSTORS {
                    let server = authority.impostor(how);
                    let mut pair = Pair::open(&authority.client(NodeId(0)), &server, 1);
                    pair.client.write(pair.now.0, b"secret");
                    pair.settle();
                    let (failure, alert) = refusal(how);
                    assert_eq!(row(&pair), told(failure, alert), "{how:?}, {versions:?}");
                    assert!(pair.plain.1.is_empty(), "{how:?} reads nothing");
                }
            }
        }
    }

    #[test]
    fn an_impostor_is_refused_whatever_the_kind_of_its_keys() {
        for certificate_key in [KeyKind::Ed25519, KeyKind::P384, KeyKind::Rsa2048] {
            let authority = authority(TlsSettings {
                certificate_key,
                intermediates: 1,
                ..settings()
            });
            for how in IMPOSTORS {
                let server = authority.impostor(how);
                let mut pair = Pair::open(&authority.client(NodeId(0)), &server, 1);
                pair.settle();
                let (failure, alert) = refusal(how);
                assert_eq!(
                    row(&pair),
                    told(failure, alert),
                    "{how:?}, {certificate_key:?}"
                );
            }
        }
    }

    fn refusal(how: Impostor) -> (TlsFailure, u8) {
        match how {
            Impostor::Expired => (TlsFailure::Expired, 45),
            Impostor::LeafAsCa => (TlsFailure::WrongSigner, 46),
            Impostor::LookAlikeCa => (TlsFailure::BadSignature, 51),
            Impostor::NotYetValid => (TlsFailure::NotYetValid, 45),
            Impostor::SelfSigned | Impostor::UnknownCa => (TlsFailure::UnknownIssuer, 48),
            Impostor::WrongName => (TlsFailure::NotValidForName, 42),
            Impostor::WrongPurpose => (TlsFailure::WrongPurpose, 43),
        }
    }

    #[test]
    fn a_node_that_verifies_nothing_is_taken_over_by_every_impostor() {
        let authority = authority(TlsSettings {
            verification: Verification::None,
            ..settings()
        });
        for how in IMPOSTORS {
            let server = authority.impostor(how);
            let mut pair = Pair::at(&authority.client(NodeId(0)), &server, 1, Moment::UNKNOWN);
            pair.client.write(pair.now.0, b"secret");
            pair.settle();
            assert_eq!(pair.plain.1, b"secret", "{how:?}");
        }
    }

    #[test]
    fn a_pinned_key_keeps_every_impostor_out_at_any_time() {
        let authority = authority(TlsSettings {
            verification: Verification::PinnedKey,
            ..settings()
        });
        let client = authority.client(NodeId(0));
        let mut pair = Pair::at(&client, &authority.server(), 1, Moment::from_unix_ms(0));
        pair.settle();
        assert_eq!(pair.connected(Side::Client), Some(false));
        for how in IMPOSTORS {
            let mut pair = Pair::open(&client, &authority.impostor(how), 1);
            pair.settle();
            assert_eq!(row(&pair), told(TlsFailure::WrongKey, 49), "{how:?}");
        }
    }

    #[test]
    fn a_clock_that_is_wrong_or_missing_is_told_apart() {
        let authority = authority(settings());
        let year = 366 * 86_400;
        let cases = [
            (Moment::from_unix_ms(0), told(TlsFailure::NotYetValid, 45)),
            (Moment::from_unix_ms(-1), told(TlsFailure::NotYetValid, 45)),
            (
                Moment::from_unix_ms((EPOCH_S + year) * 1000),
                told(TlsFailure::Expired, 45),
            ),
            (Moment::UNKNOWN, (Some(TlsFailure::NoTime), None, None)),
        ];
        for (moment, expected) in cases {
            let mut pair = Pair::at(&authority.client(NodeId(0)), &authority.server(), 1, moment);
            pair.settle();
            assert_eq!(row(&pair), expected, "{moment:?}");
        }
    }

    #[test]
    fn a_changed_record_is_found_by_whoever_receives_it() {
        for versions in [Versions::V1_2, Versions::V1_3] {
            let mut pair = connect(&authority(TlsSettings {
                versions,
                ..settings()
            }));
            pair.settle();
            pair.server.write(pair.now.1, b"down");
            pair.settle_through(&mut |from, bytes| {
                if from == Side::Server {
                    bytes[20] ^= 1;
                }
            });
            assert_eq!(
                row(&pair),
                told(TlsFailure::RecordTampered, 20),
                "{versions:?}"
            );
        }
    }

    #[test]
    fn a_changed_server_hello_ends_in_keys_that_differ() {
        let mut pair = connect(&newer());
        // Behind both headers, the version and into the random.
        pair.settle_through(&mut once(Side::Server, |bytes| bytes[20] ^= 1));
        let tampered = Some(TlsFailure::RecordTampered);
        assert_eq!(row(&pair), (tampered, Some(20), tampered));
    }

    #[test]
    fn a_changed_key_exchange_of_tls_1_2_breaks_its_signature() {
        let mut pair = connect(&authority(TlsSettings {
            versions: Versions::V1_2,
            ..settings()
        }));
        pair.settle_through(&mut once(Side::Server, |bytes| {
            let at = find_message(bytes, 12);
            // Behind header, curve type, curve and length: the public key.
            bytes[at + 4 + 4 + 10] ^= 1;
        }));
        assert_eq!(row(&pair), told(TlsFailure::BadSignature, 51));
    }

    #[test]
    fn ends_without_a_version_or_suite_in_common_say_so() {
        let newer = newer();
        let older = authority(TlsSettings {
            server_versions: Versions::V1_2,
            ..settings()
        });
        let mut pair = Pair::open(&newer.client(NodeId(0)), &older.server(), 1);
        pair.settle();
        assert_eq!(row(&pair), refused(70));
        let suite = |suite| {
            authority(TlsSettings {
                suites: vec![suite],
                ..settings()
            })
        };
        let (aes, chacha) = (suite(Suite::Aes128Gcm), suite(Suite::ChaCha20Poly1305));
        let mut pair = Pair::open(&aes.client(NodeId(0)), &chacha.server(), 1);
        pair.settle();
        assert_eq!(row(&pair), refused(40));
        let python = authority(TlsSettings::of(Stack::MicroPython, Chip::Esp8266At80));
        let mut pair = Pair::open(&python.client(NodeId(0)), &aes.server(), 1);
        pair.settle();
        assert_eq!(row(&pair), refused(40));
    }

    #[test]
    fn a_server_of_tls_1_2_is_good_enough_for_a_node_that_speaks_both() {
        let mut pair = connect(&authority(TlsSettings {
            server_versions: Versions::V1_2,
            ..settings()
        }));
        pair.settle();
        let version = pair.events.iter().find_map(|(_, event)| {
            if let TlsEvent::Connected { version, .. } = event {
                Some(*version)
            } else {
                None
            }
        });
        assert_eq!(version, Some(TlsVersion::V1_2));
    }

    #[test]
    fn a_stripped_or_renamed_extension_is_noticed() {
        // Without the extension a suite of TLS 1.3 stands in what looks like TLS 1.2.
        let mut pair = connect(&authority(settings()));
        pair.settle_through(&mut once(Side::Server, strip_supported_versions));
        let (failure, alert, _) = row(&pair);
        let misbehaved = Some(TlsFailure::PeerMisbehaved);
        assert_eq!((failure, alert), (misbehaved, Some(47)));
        let mut pair = connect(&authority(settings()));
        pair.settle_through(&mut once(Side::Server, |bytes| {
            let at = find_supported_versions(bytes);
            bytes[at] = 0xff;
        }));
        let (failure, alert, _) = row(&pair);
        assert_eq!((failure, alert), (misbehaved, Some(110)));
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let garbage: [&[u8]; 2] = [&[22, 3, 3, 0xff, 0xff], b"HTTP/1.1 400 Bad Request\r\n\r\n"];
        for bytes in garbage {
            let mut pair = connect(&newer());
            pair.settle_through(&mut once(Side::Server, |flight| *flight = bytes.to_vec()));
            let (failure, alert, _) = row(&pair);
            assert_eq!(
                (failure, alert),
                (Some(TlsFailure::MalformedRecord), Some(50))
            );
        }
    }

    #[test]
    fn half_a_flight_is_no_error_and_no_connection() {
        let mut pair = connect(&newer());
        pair.settle_through(&mut once(Side::Server, |bytes| {
            bytes.truncate(bytes.len() / 2);
        }));
        assert_eq!(row(&pair), (None, None, None));
        assert!(pair.client.is_handshaking() && !pair.client.is_over());
    }

    #[test]
    fn a_record_longer_than_the_buffer_is_refused() {
        let mut pair = connect(&authority(TlsSettings {
            record_max: Some(1024),
            ..settings()
        }));
        pair.settle();
        assert_eq!(pair.connected(Side::Client), Some(false));
        pair.server.write(pair.now.1, &[0; 2000]);
        pair.settle();
        assert_eq!(row(&pair), (Some(TlsFailure::RecordTooLong), None, None));
        let mut pair = connect(&authority(TlsSettings {
            record_max: Some(1024),
            max_fragment_size: Some(512),
            ..settings()
        }));
        pair.settle();
        pair.server.write(pair.now.1, &[0; 2000]);
        pair.settle();
        assert_eq!(pair.plain.0.len(), 2000);
    }

    #[test]
    fn a_node_without_the_certificate_that_is_asked_for_is_refused() {
        let mutual = authority(TlsSettings {
            mutual: true,
            ..settings()
        });
        let plain = authority(settings());
        let mut pair = Pair::open(&plain.client(NodeId(0)), &mutual.server(), 1);
        pair.settle();
        assert_eq!(pair.failure(Side::Server), Some(TlsFailure::NoCertificate));
        let alert = TlsFailure::AlertReceived(116);
        assert_eq!(pair.failure(Side::Client), Some(alert));
    }

    #[test]
    fn a_node_does_not_renegotiate() {
        let mut pair = connect(&authority(TlsSettings {
            versions: Versions::V1_2,
            ..settings()
        }));
        pair.settle();
        pair.server.ask_to_renegotiate(pair.now.1);
        pair.settle();
        assert_eq!(pair.alert(Side::Client), Some(100));
        assert_eq!(pair.failure(Side::Client), None);
        let asked = TlsEvent::HandshakeSent {
            kind: 0,
            bytes: 4,
            encrypted: true,
        };
        assert!(pair.events.contains(&(Side::Server, asked)));
    }

    fn newer() -> super::super::authority::Authority {
        authority(TlsSettings {
            versions: Versions::V1_3,
            ..settings()
        })
    }

    fn row(pair: &Pair) -> Row {
        let failure = pair.failure(Side::Client);
        (
            failure,
            pair.alert(Side::Client),
            pair.failure(Side::Server),
        )
    }

    /// The node refuses, and its alert arrives.
    fn told(failure: TlsFailure, alert: u8) -> Row {
        (
            Some(failure),
            Some(alert),
            Some(TlsFailure::AlertReceived(alert)),
        )
    }

    /// The server refuses with an alert.
    fn refused(alert: u8) -> Row {
        let failure = TlsFailure::AlertReceived(alert);
        (Some(failure), None, Some(TlsFailure::NoCommonParameters))
    }

    /// Changes the first bytes that one end sends, and no others.
    fn once(side: Side, change: impl FnOnce(&mut Vec<u8>)) -> impl FnMut(Side, &mut Vec<u8>) {
        let mut change = Some(change);
        move |from, bytes| {
            if from == side
                && let Some(change) = change.take()
            {
                change(bytes);
            }
        }
    }

    /// Returns where a message begins in records that are not sealed.
    fn find_message(bytes: &[u8], kind: u8) -> usize {
        let mut record = 0;
        while record < bytes.len() {
            let end = record
                + 5
                + usize::from(u16::from_be_bytes([bytes[record + 3], bytes[record + 4]]));
            let mut at = record + 5;
            while at < end {
                if bytes[at] == kind {
                    return at;
                }
                at += 4 + u32::from_be_bytes([0, bytes[at + 1], bytes[at + 2], bytes[at + 3]])
                    as usize;
            }
            record = end;
        }
        panic!("there is no message {kind}");
    }

    /// Returns where `supported_versions` stands in a `ServerHello`.
    fn find_supported_versions(bytes: &[u8]) -> usize {
        let extension = [0, 43, 0, 2, 3, 4];
        let at = bytes.windows(6).position(|six| six == extension);
        at.expect("TLS 1.3 says so here")
    }

    /// Takes `supported_versions` out of the `ServerHello` that comes first.
    fn strip_supported_versions(bytes: &mut Vec<u8>) {
        let at = find_supported_versions(bytes);
        bytes.drain(at..at + 6);
        let session = usize::from(bytes[43]);
        let extensions = 44 + session + 3;
        for length in [3, 7, extensions] {
            let old = u16::from_be_bytes([bytes[length], bytes[length + 1]]);
            bytes[length..length + 2].copy_from_slice(&(old - 6).to_be_bytes());
        }
    }
}
