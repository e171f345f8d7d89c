//! Reads what goes wrong on a real network alone: at the access point, at the services behind
//! it, and by the hand of an attacker.
//!
//! Owns the names of those faults. Does not know when they strike.

use nodelab_sim::SimSpan;
use nodelab_sim::adversary::{Attack, Impostor, Way};
use nodelab_sim::radio::{RadioFault, ReasonCode};
use nodelab_sim::stack::address::AddressFault;

use crate::diagnostic::Problems;
use crate::scenario::fields::{Fields, choice, list, range, small};
use crate::scenario::model::FaultKind;
use crate::scenario::quantity::{DURATION, SIGNED_DURATION};
use crate::scenario::range::Range;
use crate::scenario::reference::{
    ATTACK, CHANNEL_CHANGED, DEAUTHENTICATED, LASTING, Section, TIME_WRONG,
};
use crate::scenario::tree::{Kind, Node};
use crate::scenario::wifi::channel;

/// Faults of the access point that only last.
const RADIO: [(&str, RadioFault); 7] = [
    ("association-refused", RadioFault::AssociationRefused),
    ("association-silent", RadioFault::AssociationSilent),
    ("authentication-refused", RadioFault::AuthenticationRefused),
    ("authentication-silent", RadioFault::AuthenticationSilent),
    ("beacons-lost", RadioFault::BeaconsLost),
    (
        "handshake-message-3-lost",
        RadioFault::HandshakeMessage3Lost,
    ),
    ("handshake-silent", RadioFault::HandshakeSilent),
];
/// Faults of services that only last.
const ADDRESS: [(&str, AddressFault); 7] = [
    ("arp-silent", AddressFault::ArpSilent),
    ("dhcp-nak", AddressFault::DhcpNak),
    ("dhcp-pool-empty", AddressFault::DhcpPoolEmpty),
    ("dhcp-silent", AddressFault::DhcpSilent),
    ("dns-silent", AddressFault::ResolverSilent),
    ("name-error", AddressFault::NameError),
    ("time-silent", AddressFault::TimeSilent),
];
/// Attacks that take no certificate.
const ATTACKS: [(&str, Attack); 13] = [
    ("downgrade", Attack::Downgrade),
    ("drip", Attack::DRIP),
    ("eof-without-close-notify", Attack::EofWithoutCloseNotify),
    ("garbage", Attack::Garbage),
    ("no-common-suite", Attack::NoCommonSuite),
    ("oversized-record", Attack::OVERSIZED_RECORD),
    ("renegotiation", Attack::Renegotiation),
    ("replay", Attack::Replay),
    ("stripped-extension", Attack::StrippedExtension),
    ("tampered-handshake", Attack::TamperedHandshake),
    ("tampered-record", Attack::TamperedRecord(Way::Down)),
    ("tampered-record-up", Attack::TamperedRecord(Way::Up)),
    ("truncated-flight", Attack::TruncatedFlight),
];
/// Attacks that take one.
const WITH_CERTIFICATE: [&str; 2] = ["impostor", "rogue-access-point"];
/// What an impostor may show.
const IMPOSTORS: [(&str, Impostor); 8] = [
    ("expired", Impostor::Expired),
    ("leaf-as-ca", Impostor::LeafAsCa),
    ("look-alike-ca", Impostor::LookAlikeCa),
    ("not-yet-valid", Impostor::NotYetValid),
    ("self-signed", Impostor::SelfSigned),
    ("unknown-ca", Impostor::UnknownCa),
    ("wrong-name", Impostor::WrongName),
    ("wrong-purpose", Impostor::WrongPurpose),
];

/// Returns true for a fault that a modelled network does not have.
pub(crate) fn needs_real(key: &str) -> bool {
    let special = ["attack", "channel-changed", "deauthenticated", "time-wrong"];
    special.contains(&key) || section_of(key).is_some()
}

/// Reads a fault that only a real network has.
pub(crate) fn kind(key: &str, node: &Node, problems: &mut Problems) -> Option<FaultKind> {
    match key {
        "attack" => attack(node, problems),
        "channel-changed" => {
            let fields = Fields::open(node, &CHANNEL_CHANGED, problems)?;
            let channel = fields.require("channel", problems, channel);
            let lasting = fields.require("for", problems, span);
            Some(FaultKind::Radio {
                fault: RadioFault::ChannelChanged { channel: channel? },
                lasting: Some(lasting?),
            })
        }
        "deauthenticated" => deauthenticated(node, problems),
        "time-wrong" => {
            let fields = Fields::open(node, &TIME_WRONG, problems)?;
            let by = fields.require("by", problems, |node, problems| {
                range(node, &SIGNED_DURATION, problems)
            });
            let lasting = fields.require("for", problems, span);
            Some(FaultKind::TimeWrong {
                by: by?,
                lasting: lasting?,
            })
        }
        _ => lasting(key, node, problems),
    }
}

fn lasting(key: &str, node: &Node, problems: &mut Problems) -> Option<FaultKind> {
    let fields = Fields::open(node, section_of(key)?, problems)?;
    let lasting = fields.require("for", problems, span)?;
    if let Some((_, fault)) = RADIO.iter().find(|(name, _)| *name == key) {
        let (fault, lasting) = (*fault, Some(lasting));
        return Some(FaultKind::Radio { fault, lasting });
    }
    let (_, fault) = ADDRESS.iter().find(|(name, _)| *name == key)?;
    Some(FaultKind::Address {
        fault: *fault,
        lasting,
    })
}

fn deauthenticated(node: &Node, problems: &mut Problems) -> Option<FaultKind> {
    let fields = Fields::open(node, &DEAUTHENTICATED, problems)?;
    let reason = fields.read("reason", problems, |node, problems| {
        // Codes that an access point may send (IEEE 802.11-2020 table 9-49).
        small(node, [1, 66], problems).and_then(|code| u16::try_from(code).ok())
    });
    let reason = reason.map_or(ReasonCode::UNSPECIFIED, ReasonCode);
    Some(FaultKind::Radio {
        fault: RadioFault::Deauthenticated { reason },
        lasting: None,
    })
}

fn attack(node: &Node, problems: &mut Problems) -> Option<FaultKind> {
    if let Kind::Scalar(_) = node.kind {
        if let Some(name) = node.text().filter(|name| WITH_CERTIFICATE.contains(name)) {
            let error = problems
                .file()
                .error(node.span, format!("`{name}` does not say what it shows"))
                .expected(format!("expected `attack: {{ {name}: … }}`"))
                .advice(format!(
                    "certificates: {}",
                    list(&IMPOSTORS.map(|(name, _)| name))
                ));
            problems.report(error);
            return None;
        }
        let attack = choice(node, &ATTACKS, problems)?;
        let lasting = None;
        return Some(FaultKind::Attack { attack, lasting });
    }
    let fields = Fields::open(node, &ATTACK, problems)?;
    let lasting = fields.read("for", problems, span);
    let kind = fields.read("kind", problems, |n, p| choice(n, &ATTACKS, p));
    let shown = |node: &Node, problems: &mut Problems| choice(node, &IMPOSTORS, problems);
    let impostor = fields.read("impostor", problems, shown);
    let rogue = fields.read("rogue-access-point", problems, shown);
    let names = ["kind", "impostor", "rogue-access-point"];
    let given = names.iter().filter(|name| fields.find(name).is_some());
    let count = given.count();
    if count != 1 {
        let error = problems
            .file()
            .error(node.span, format!("{count} attacks in one item"))
            .expected(format!("expected exactly one of: {}", list(&names)))
            .advice("write one list item per attack");
        problems.report(error);
        return None;
    }
    let attack = kind
        .or(impostor.map(Attack::Impostor))
        .or(rogue.map(Attack::RogueAccessPoint))?;
    Some(FaultKind::Attack { attack, lasting })
}

fn section_of(key: &str) -> Option<&'static Section> {
    LASTING.iter().find(|section| {
        let name = section.name.strip_prefix("x-nodelab.faults[].");
        name == Some(key)
    })
}

fn span(node: &Node, problems: &mut Problems) -> Option<Range<SimSpan>> {
    range(node, &DURATION, problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::reference::FAULT;

    #[test]
    fn every_lasting_fault_has_its_section_and_its_key() {
        let radio = RADIO.iter().map(|(name, _)| *name);
        let names: Vec<&str> = radio.chain(ADDRESS.iter().map(|(name, _)| *name)).collect();
        assert_eq!(names.len(), LASTING.len());
        for name in names {
            assert!(section_of(name).is_some(), "{name}");
            assert!(FAULT.names().contains(&name), "{name}");
            assert!(needs_real(name), "{name}");
        }
        assert!(!needs_real("link-loss"));
    }
}
