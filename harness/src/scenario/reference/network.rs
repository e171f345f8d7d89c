//! The keys of the link.
//!
//! Owns their documentation alone.

use crate::scenario::reference::{Section, key};

/// The link.
pub static WIFI: Section = Section {
    name: "x-nodelab.wifi",
    keys: &[
        key(
            "preset",
            [
                "good, lossy, far, crowded, flaky-ap",
                "good",
                "A typical link.",
            ],
        ),
        key(
            "password",
            [
                "right, wrong",
                "right",
                "Whether the node knows the password.",
            ],
        ),
        key(
            "loss",
            [
                "share, or range `a..b`",
                "the preset's; none on a real network",
                "Share of the frames lost, whatever the radio repeats.",
            ],
        ),
        key(
            "join",
            [
                "duration, or range `a..b`",
                "the preset's",
                "Time of a join; modelled networks only.",
            ],
        ),
        key(
            "latency",
            [
                "duration, or range `a..b`",
                "the preset's",
                "Time of a frame, one way; modelled networks only.",
            ],
        ),
        key(
            "standard",
            [
                "11b, 11g, 11n",
                "11n",
                "Amendment of 802.11; this and all below on real networks only.",
            ],
        ),
        key("channel", ["1 to 13", "6", "The access point's channel."]),
        key(
            "distance",
            [
                "distance, or range `a..b`, 10 cm to 10 km",
                "the preset's",
                "Between nodes and access point.",
            ],
        ),
        key(
            "path-loss-exponent",
            [
                "1 to 8",
                "the preset's",
                "How fast the signal fades: 2 in the open, 3 in a house.",
            ],
        ),
        key("burst", ["mapping", "the preset's", "Losses in bursts."]),
        key(
            "interference",
            [
                "share, or range `a..b`",
                "the preset's",
                "Share of the frames spoilt by something else than Wi-Fi.",
            ],
        ),
        key(
            "background",
            [
                "share, or range `a..b`, 0 % to 95 %",
                "the preset's",
                "Share of the air that others take.",
            ],
        ),
        key("shadowing", ["mapping", "the preset's", "Slow fading."]),
        key(
            "max-attempts",
            [
                "1 to 255",
                "7",
                "How often a frame is sent at most, the first time included.",
            ],
        ),
        key(
            "power-save",
            [
                "awake, dtim, or a mapping",
                "awake",
                "How nodes sleep between beacons.",
            ],
        ),
        key("dtim-period", ["1 to 10", "1", "Beacons per DTIM."]),
        key(
            "beacon-interval",
            [
                "duration, 1.024 ms to 67 s",
                "102.4 ms",
                "From beacon to beacon.",
            ],
        ),
        key(
            "max-stations",
            [
                "1 to 1000000",
                "32, or as many as there are nodes",
                "Stations that the access point takes.",
            ],
        ),
        key(
            "cache",
            [
                "list of access-point, address, key",
                "nothing",
                "What nodes know before they join: no scan, no DHCP, no key derivation.",
            ],
        ),
        key("station", ["mapping", "", "How patient nodes are."]),
        key("dhcp", ["mapping", "", "How nodes get their address."]),
        key("dns", ["mapping", "", "How the broker's name is resolved."]),
        key(
            "time-delay",
            [
                "duration, or range `a..b`",
                "1 ms to 5 ms",
                "Time that the time server takes.",
            ],
        ),
        key(
            "lan-delay",
            [
                "duration, or range `a..b`",
                "1 ms to 2.5 ms",
                "From the access point to the broker, one way.",
            ],
        ),
    ],
};

/// Losses in bursts.
pub static BURST: Section = Section {
    name: "x-nodelab.wifi.burst",
    keys: &[
        key(
            "into-bad",
            [
                "share, or range `a..b`, from 1 ppm",
                "",
                "Chance with each frame that a burst begins.",
            ],
        ),
        key(
            "out-of-bad",
            [
                "share, or range `a..b`, from 1 ppm",
                "",
                "Chance with each frame that it ends.",
            ],
        ),
        key(
            "loss-bad",
            ["share, or range `a..b`", "100 %", "Loss within bursts."],
        ),
        key(
            "loss-good",
            ["share, or range `a..b`", "0 %", "Loss between bursts."],
        ),
    ],
};

/// How addresses are given.
pub static DHCP: Section = Section {
    name: "x-nodelab.wifi.dhcp",
    keys: &[
        key(
            "pool",
            [
                "0 to 16000000",
                "253, or as many as there are nodes",
                "Addresses to give.",
            ],
        ),
        key(
            "lease",
            ["duration, 1 s to 3650 d", "1 h", "How long a lease lasts."],
        ),
        key(
            "offer-delay",
            [
                "duration, or range `a..b`",
                "620 ms to 920 ms",
                "From DISCOVER to OFFER.",
            ],
        ),
        key(
            "acknowledge-delay",
            [
                "duration, or range `a..b`",
                "5 ms to 30 ms",
                "From REQUEST to ACK.",
            ],
        ),
        key(
            "check-address",
            [
                "true, false",
                "false",
                "Nodes ask by ARP who has their address before they use it.",
            ],
        ),
    ],
};

/// How names are resolved.
pub static DNS: Section = Section {
    name: "x-nodelab.wifi.dns",
    keys: &[
        key("name", ["host name", "broker.test", "The broker's name."]),
        key(
            "delay",
            [
                "duration, or range `a..b`",
                "1 ms to 30 ms",
                "From question to answer.",
            ],
        ),
        key(
            "lifetime",
            [
                "duration, 0 s to 3650 d",
                "5 min",
                "How long an answer may be kept.",
            ],
        ),
    ],
};

/// How nodes sleep.
pub static POWER_SAVE: Section = Section {
    name: "x-nodelab.wifi.power-save",
    keys: &[key(
        "listen-interval",
        ["1 to 255", "", "Nodes wake for each n-th beacon."],
    )],
};

/// Slow fading.
pub static SHADOWING: Section = Section {
    name: "x-nodelab.wifi.shadowing",
    keys: &[
        key(
            "deviation",
            [
                "level, 0 dB to 40 dB",
                "",
                "Standard deviation of the loss.",
            ],
        ),
        key(
            "coherence",
            [
                "duration, 1 ms to 3650 d",
                "30 s",
                "Time after which the loss remembers 1/e of itself.",
            ],
        ),
    ],
};

/// How patient stations are.
pub static STATION: Section = Section {
    name: "x-nodelab.wifi.station",
    keys: &[
        key(
            "answer-timeout",
            [
                "duration, 1 ms to 1 h",
                "1 s",
                "Wait for an answer to authentication or association.",
            ],
        ),
        key(
            "authentication-tries",
            ["1 to 255", "5", "Authentication requests at most."],
        ),
        key(
            "association-tries",
            ["1 to 255", "5", "Association requests at most."],
        ),
        key(
            "handshake-timeout",
            [
                "duration, 1 ms to 1 h",
                "10 s",
                "Wait for the 4-way handshake to end.",
            ],
        ),
        key(
            "beacon-silence",
            [
                "duration, 1 ms to 1 h",
                "6 s",
                "How long beacons may stay away before nodes probe.",
            ],
        ),
        key(
            "key-derivation",
            [
                "duration, 0 s to 1 min",
                "889 ms at 80 MHz, 444 ms at 160 MHz",
                "Time from password to key.",
            ],
        ),
    ],
};
