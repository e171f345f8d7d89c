//! The keys of what goes wrong on a real network alone.
//!
//! Owns their documentation alone.

use crate::scenario::reference::{Key, Section, key};

const FOR: &[Key] = &[key("for", ["duration, or range `a..b`", "", "How long."])];

/// Faults that only last.
pub static LASTING: [Section; 14] = [
    lasting("x-nodelab.faults[].arp-silent"),
    lasting("x-nodelab.faults[].association-refused"),
    lasting("x-nodelab.faults[].association-silent"),
    lasting("x-nodelab.faults[].authentication-refused"),
    lasting("x-nodelab.faults[].authentication-silent"),
    lasting("x-nodelab.faults[].beacons-lost"),
    lasting("x-nodelab.faults[].dhcp-nak"),
    lasting("x-nodelab.faults[].dhcp-pool-empty"),
    lasting("x-nodelab.faults[].dhcp-silent"),
    lasting("x-nodelab.faults[].dns-silent"),
    lasting("x-nodelab.faults[].handshake-message-3-lost"),
    lasting("x-nodelab.faults[].handshake-silent"),
    lasting("x-nodelab.faults[].name-error"),
    lasting("x-nodelab.faults[].time-silent"),
];

/// Somebody between node and broker.
pub static ATTACK: Section = Section {
    name: "x-nodelab.faults[].attack",
    keys: &[
        key(
            "impostor",
            [
                "expired, leaf-as-ca, look-alike-ca, not-yet-valid, self-signed, unknown-ca, \
                 wrong-name, wrong-purpose",
                "",
                "Somebody ends the nodes' TLS with this certificate, and relays to the broker.",
            ],
        ),
        key(
            "rogue-access-point",
            [
                "as impostor",
                "",
                "An access point of the same name leads to an impostor with this certificate.",
            ],
        ),
        key(
            "kind",
            [
                "downgrade, drip, eof-without-close-notify, garbage, no-common-suite, \
                 oversized-record, renegotiation, replay, stripped-extension, \
                 tampered-handshake, tampered-record, tampered-record-up, truncated-flight",
                "",
                "What is done to the bytes; also short, as in `attack: garbage`.",
            ],
        ),
        key(
            "for",
            ["duration, or range `a..b`", "to the end", "How long."],
        ),
    ],
};

/// The access point moves.
pub static CHANNEL_CHANGED: Section = Section {
    name: "x-nodelab.faults[].channel-changed",
    keys: &[
        key("channel", ["1 to 13", "", "Where to."]),
        key("for", ["duration, or range `a..b`", "", "How long."]),
    ],
};

/// The access point ends all associations.
pub static DEAUTHENTICATED: Section = Section {
    name: "x-nodelab.faults[].deauthenticated",
    keys: &[key(
        "reason",
        ["1 to 66", "1", "The reason code that it sends."],
    )],
};

/// The time server is wrong.
pub static TIME_WRONG: Section = Section {
    name: "x-nodelab.faults[].time-wrong",
    keys: &[
        key(
            "by",
            ["signed duration, or range `a..b`", "", "How far ahead."],
        ),
        key("for", ["duration, or range `a..b`", "", "How long."]),
    ],
};

const fn lasting(name: &'static str) -> Section {
    Section { name, keys: FOR }
}
