//! Reads what must hold of the network and of what protects the streams on it.
//!
//! Owns the names of alerts and of failures. Does not know how a claim is judged.

use nodelab_sim::radio::ReasonCode;
use nodelab_sim::stack::tls::{Side, TlsFailure};

use crate::diagnostic::Problems;
use crate::scenario::claims::positive_span;
use crate::scenario::fields::{Fields, boolean, choice, list, range, small, whole};
use crate::scenario::model::Claim;
use crate::scenario::quantity::DURATION;
use crate::scenario::reference::ALERT;
use crate::scenario::tree::{Kind, Node};

/// Claims that need frames, certificates or bytes.
const REAL_ONLY: [&str; 10] = [
    "alert",
    "authenticated",
    "confidential",
    "detected-within",
    "handshake-within",
    "join-within",
    "link-lost-reason",
    "never-connects-to",
    "resumed-at-least",
    "tls-failure",
];
/// Alerts by name.
//= RFC 8446 §6, RFC 5246 §7.2
pub(crate) const ALERTS: [(&str, u8); 28] = [
    ("close_notify", 0),
    ("unexpected_message", 10),
    ("bad_record_mac", 20),
    ("record_overflow", 22),
    ("handshake_failure", 40),
    ("bad_certificate", 42),
    ("unsupported_certificate", 43),
    ("certificate_revoked", 44),
    ("certificate_expired", 45),
    ("certificate_unknown", 46),
    ("illegal_parameter", 47),
    ("unknown_ca", 48),
    ("access_denied", 49),
    ("decode_error", 50),
    ("decrypt_error", 51),
    ("protocol_version", 70),
    ("insufficient_security", 71),
    ("internal_error", 80),
    ("inappropriate_fallback", 86),
    ("user_canceled", 90),
    ("no_renegotiation", 100),
    ("missing_extension", 109),
    ("unsupported_extension", 110),
    ("unrecognized_name", 112),
    ("bad_certificate_status_response", 113),
    ("unknown_psk_identity", 115),
    ("certificate_required", 116),
    ("no_application_protocol", 120),
];
/// Failures by name.
pub(crate) const FAILURES: [(&str, TlsFailure); 16] = [
    ("bad-signature", TlsFailure::BadSignature),
    ("expired", TlsFailure::Expired),
    ("malformed-record", TlsFailure::MalformedRecord),
    ("no-certificate", TlsFailure::NoCertificate),
    ("no-common-parameters", TlsFailure::NoCommonParameters),
    ("no-time", TlsFailure::NoTime),
    ("not-valid-for-name", TlsFailure::NotValidForName),
    ("not-yet-valid", TlsFailure::NotYetValid),
    ("peer-misbehaved", TlsFailure::PeerMisbehaved),
    ("record-tampered", TlsFailure::RecordTampered),
    ("record-too-long", TlsFailure::RecordTooLong),
    ("unexpected-eof", TlsFailure::UnexpectedEof),
    ("unknown-issuer", TlsFailure::UnknownIssuer),
    ("wrong-key", TlsFailure::WrongKey),
    ("wrong-purpose", TlsFailure::WrongPurpose),
    ("wrong-signer", TlsFailure::WrongSigner),
];

/// Returns true for a claim that says nothing of a modelled network.
pub(crate) fn needs_real(key: &str) -> bool {
    REAL_ONLY.contains(&key)
}

/// Returns the name of an alert, or its number.
pub(crate) fn alert_name(description: u8) -> String {
    let known = ALERTS.iter().find(|(_, code)| *code == description);
    known.map_or_else(|| description.to_string(), |(name, _)| (*name).to_owned())
}

/// Returns the name of a failure; an alert of the peer stands for itself.
pub(crate) fn failure_name(failure: TlsFailure) -> String {
    if let TlsFailure::AlertReceived(description) = failure {
        return format!("alert {} of the peer", alert_name(description));
    }
    let known = FAILURES.iter().find(|(_, known)| *known == failure);
    known.map_or_else(
        || failure.as_str().to_owned(),
        |(name, _)| (*name).to_owned(),
    )
}

/// Reads a claim of this module; an unknown key is none.
pub(crate) fn claim(key: &str, node: &Node, problems: &mut Problems) -> Option<Claim> {
    match key {
        "alert" => alert(node, problems),
        "authenticated" => boolean(node, problems).map(Claim::Authenticated),
        "confidential" => boolean(node, problems).map(Claim::Confidential),
        "detected-within" => positive_span(node, problems).map(Claim::DetectedWithin),
        "first-publish-between" => range(node, &DURATION, problems).map(Claim::FirstPublishBetween),
        "handshake-within" => positive_span(node, problems).map(Claim::HandshakeWithin),
        "join-within" => positive_span(node, problems).map(Claim::JoinWithin),
        "link-lost-reason" => {
            let code = small(node, [1, u32::from(u16::MAX)], problems)?;
            u16::try_from(code)
                .ok()
                .map(|code| Claim::LinkLostReason(ReasonCode(code)))
        }
        "never-connects-to" => {
            choice(node, &[("impostor", ())], problems).map(|()| Claim::NeverConnectsToImpostor)
        }
        "resumed-at-least" => whole(node, [0, 1 << 53], problems).map(Claim::ResumedAtLeast),
        "tls-failure" => choice(node, &FAILURES, problems).map(Claim::TlsFailure),
        _ => None,
    }
}

fn alert(node: &Node, problems: &mut Problems) -> Option<Claim> {
    if let Kind::Scalar(_) = node.kind {
        return choice(node, &ALERTS, problems).map(|code| Claim::Alert(code, None));
    }
    let fields = Fields::open(node, &ALERT, problems)?;
    let name = |node: &Node, problems: &mut Problems| choice(node, &ALERTS, problems);
    let sent = fields.read("sent", problems, name);
    let received = fields.read("received", problems, name);
    let both = (fields.find("sent"), fields.find("received"));
    if let (None, None) | (Some(_), Some(_)) = both {
        let error = problems
            .file()
            .error(node.span, "an alert has one sender")
            .expected(format!("expected exactly one of: {}", list(&ALERT.names())))
            .advice("write `alert: unknown_ca` when either end may send it");
        problems.report(error);
        return None;
    }
    sent.map(|code| Claim::Alert(code, Some(Side::Client)))
        .or(received.map(|code| Claim::Alert(code, Some(Side::Server))))
}
