//! The keys of what goes wrong, and of what must hold.
//!
//! Owns their documentation alone.

use crate::scenario::reference::{Section, key};

/// A fault: `at`, whom, and one of the others.
pub static FAULT: Section = Section {
    name: "x-nodelab.faults[]",
    keys: &[
        key("at", ["duration, or range `a..b`", "", "When it strikes."]),
        key(
            "node",
            ["node number, from 0", "all nodes", "Whom it strikes."],
        ),
        key(
            "nodes",
            ["list of node numbers", "all nodes", "Whom it strikes."],
        ),
        key(
            "access-point-down",
            ["mapping", "", "The access point is off."],
        ),
        key("broker-down", ["mapping", "", "The broker is off."]),
        key(
            "clock-drift",
            ["mapping", "", "Clocks run at another rate."],
        ),
        key("clock-jump", ["mapping", "", "Clocks jump."]),
        key("link-loss", ["mapping", "", "Frames are lost."]),
        key(
            "power-cut",
            ["mapping", "", "Nodes lose power, and boot afterwards."],
        ),
        key("reset", ["nothing", "", "Nodes restart at once."]),
        key("sensor", ["mapping", "", "Sensors break."]),
        key(
            "attack",
            [
                "mapping, or a kind of attack",
                "",
                "Somebody comes between; this and all below on real networks only.",
            ],
        ),
        key("arp-silent", ["mapping", "", "Nobody answers ARP."]),
        key(
            "association-refused",
            ["mapping", "", "The access point refuses association."],
        ),
        key(
            "association-silent",
            ["mapping", "", "It does not answer association requests."],
        ),
        key(
            "authentication-refused",
            ["mapping", "", "It refuses authentication."],
        ),
        key(
            "authentication-silent",
            ["mapping", "", "It does not answer authentication."],
        ),
        key(
            "beacons-lost",
            [
                "mapping",
                "",
                "It is not heard and hears nobody, but forgets nobody.",
            ],
        ),
        key(
            "channel-changed",
            ["mapping", "", "It works on another channel."],
        ),
        key(
            "deauthenticated",
            ["mapping, or nothing", "", "It ends all associations, once."],
        ),
        key(
            "handshake-message-3-lost",
            [
                "mapping",
                "",
                "Message 3 of its 4-way handshake never arrives.",
            ],
        ),
        key(
            "handshake-silent",
            ["mapping", "", "It never begins the 4-way handshake."],
        ),
        key(
            "dhcp-nak",
            ["mapping", "", "The DHCP server refuses each request."],
        ),
        key(
            "dhcp-pool-empty",
            ["mapping", "", "The DHCP server has no address left."],
        ),
        key("dhcp-silent", ["mapping", "", "The DHCP server is silent."]),
        key("dns-silent", ["mapping", "", "The resolver is silent."]),
        key(
            "name-error",
            ["mapping", "", "The resolver knows no such name."],
        ),
        key("time-silent", ["mapping", "", "The time server is silent."]),
        key(
            "time-wrong",
            ["mapping", "", "The time server's clock is wrong."],
        ),
    ],
};

/// The access point is off.
pub static ACCESS_POINT_DOWN: Section = Section {
    name: "x-nodelab.faults[].access-point-down",
    keys: &[key("for", ["duration, or range `a..b`", "", "How long."])],
};

/// The broker is off.
pub static BROKER_DOWN: Section = Section {
    name: "x-nodelab.faults[].broker-down",
    keys: &[
        key("for", ["duration, or range `a..b`", "", "How long."]),
        key(
            "keep-sessions",
            ["true, false", "true", "Whether it remembers sessions."],
        ),
    ],
};

/// Clocks run at another rate.
pub static CLOCK_DRIFT: Section = Section {
    name: "x-nodelab.faults[].clock-drift",
    keys: &[
        key(
            "drift",
            ["deviation, or range `a..b`, ±10 %", "", "How much faster."],
        ),
        key(
            "for",
            ["duration, or range `a..b`", "to the end", "How long."],
        ),
    ],
};

/// Clocks jump.
pub static CLOCK_JUMP: Section = Section {
    name: "x-nodelab.faults[].clock-jump",
    keys: &[key(
        "by",
        ["signed duration, or range `a..b`", "", "How far ahead."],
    )],
};

/// Frames are lost.
pub static LINK_LOSS: Section = Section {
    name: "x-nodelab.faults[].link-loss",
    keys: &[
        key(
            "loss",
            [
                "share, or range `a..b`",
                "100 %",
                "Share of the frames lost.",
            ],
        ),
        key("for", ["duration, or range `a..b`", "", "How long."]),
    ],
};

/// Nodes lose power.
pub static POWER_CUT: Section = Section {
    name: "x-nodelab.faults[].power-cut",
    keys: &[key("for", ["duration, or range `a..b`", "", "How long."])],
};

/// Nodes restart.
pub static RESET: Section = Section {
    name: "x-nodelab.faults[].reset",
    keys: &[],
};

/// Sensors break.
pub static SENSOR_FAULT: Section = Section {
    name: "x-nodelab.faults[].sensor",
    keys: &[
        key(
            "fault",
            ["open, short, short-to-supply, stuck, none", "", "How."],
        ),
        key(
            "for",
            ["duration, or range `a..b`", "to the end", "How long."],
        ),
    ],
};

/// Claims, one per list item.
pub static EXPECT: Section = Section {
    name: "x-nodelab.expect[]",
    keys: &[
        key(
            "acked-within",
            [
                "duration",
                "",
                "Every reading is acknowledged so soon, while no fault is active.",
            ],
        ),
        key(
            "battery-life-at-least",
            [
                "duration",
                "",
                "Every battery lasts so long at the run's average current; needs `power.battery`.",
            ],
        ),
        key(
            "converges-within",
            [
                "duration",
                "",
                "After the last fault healed, everything is delivered so soon.",
            ],
        ),
        key(
            "energy-per-reading-at-most",
            [
                "energy",
                "",
                "No node draws more for each reading handed over, from power-on to the end.",
            ],
        ),
        key(
            "error-at-most",
            ["temperature", "", "No reading is further from the truth."],
        ),
        key("never", ["one of a list", "", "Something never happens."]),
        key(
            "published-at-least",
            ["number", "", "So many readings are published."],
        ),
        key("queue-at-most", ["0 to 32", "", "No queue is ever longer."]),
        key(
            "reading-between",
            [
                "temperature, or range `a..b`",
                "",
                "Every reading lies in the range.",
            ],
        ),
        key(
            "readings-lost",
            ["number", "", "At most so many readings are lost."],
        ),
        key(
            "sensor-fault",
            [
                "no-signal, above-range, saturated, misconfigured, impossible-step, no-answer",
                "",
                "The sensor is found faulty for this reason at least once.",
            ],
        ),
        key("serial", ["text", "", "The text appears on a console."]),
        key(
            "first-publish-between",
            [
                "duration, or range `a..b`",
                "",
                "So long after its first boot, each node has its first acknowledgement.",
            ],
        ),
        key(
            "alert",
            [
                "name as in RFC 8446, or a mapping",
                "",
                "Some end sends this TLS alert; this and all below on real networks only.",
            ],
        ),
        key(
            "authenticated",
            [
                "true, false",
                "",
                "Every session is with a broker whose certificate was checked; `false`: not all.",
            ],
        ),
        key(
            "confidential",
            [
                "true, false",
                "",
                "Nothing that is published can be read on the air; `false`: something can.",
            ],
        ),
        key(
            "detected-within",
            [
                "duration",
                "",
                "A connection that is opened under attack, or attacked, ends so soon.",
            ],
        ),
        key(
            "handshake-within",
            ["duration", "", "TLS handshakes of nodes take no longer."],
        ),
        key(
            "join-within",
            [
                "duration",
                "",
                "Joins take no longer, from the scan to the address, while no fault is active.",
            ],
        ),
        key(
            "link-lost-reason",
            [
                "1 to 65535",
                "",
                "Some node leaves, or fails to join, for this reason code of the SDK.",
            ],
        ),
        key(
            "never-connects-to",
            [
                "impostor",
                "",
                "Nobody in the middle reads what a node says.",
            ],
        ),
        key(
            "resumed-at-least",
            [
                "number",
                "",
                "So many TLS sessions are resumed, all nodes together.",
            ],
        ),
        key(
            "tls-failure",
            [
                "bad-signature, expired, malformed-record, no-certificate, \
                 no-common-parameters, no-time, not-valid-for-name, not-yet-valid, \
                 peer-misbehaved, record-tampered, record-too-long, unexpected-eof, \
                 unknown-issuer, wrong-key, wrong-purpose, wrong-signer",
                "",
                "Some end gives a TLS connection up for this reason.",
            ],
        ),
    ],
};

/// Who sends a TLS alert.
pub static ALERT: Section = Section {
    name: "x-nodelab.expect[].alert",
    keys: &[
        key("sent", ["name as in RFC 8446", "", "A node sends it."]),
        key(
            "received",
            ["name as in RFC 8446", "", "The other end sends it."],
        ),
    ],
};

/// What must never happen, where it takes a value.
pub static NEVER: Section = Section {
    name: "x-nodelab.expect[].never",
    keys: &[key(
        "serial",
        ["text", "", "The text never appears on a console."],
    )],
};
