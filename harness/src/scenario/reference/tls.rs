//! The keys of what protects the streams.
//!
//! Owns their documentation alone.

use crate::scenario::reference::{Section, key};

/// What protects the streams.
pub static TLS: Section = Section {
    name: "x-nodelab.tls",
    keys: &[
        key(
            "library",
            [
                "bearssl, micropython (ESP8266), mbedtls, embedded-tls (ESP32-C3)",
                "bearssl; mbedtls on an ESP32-C3",
                "The node's library, which sets what it can speak and its price.",
            ],
        ),
        key(
            "clock-speed",
            [
                "80 MHz, 160 MHz",
                "80 MHz; 160 MHz on an ESP32-C3",
                "The processor's clock, which also sets the price of a join.",
            ],
        ),
        key(
            "versions",
            [
                "1.2, 1.3, both",
                "the library's",
                "Versions that nodes speak.",
            ],
        ),
        key(
            "server-versions",
            ["1.2, 1.3, both", "both", "Versions that the broker speaks."],
        ),
        key(
            "key-exchange",
            [
                "list of x25519, p256",
                "the library's",
                "Groups that both ends offer, the preferred one first.",
            ],
        ),
        key(
            "suites",
            [
                "list of aes-128-gcm, chacha20-poly1305",
                "the library's",
                "Ciphers that both ends offer, the preferred one first.",
            ],
        ),
        key(
            "key",
            ["p256, ed25519", "p256", "Kind of the keys in certificates."],
        ),
        key(
            "intermediates",
            ["0 to 3", "0", "Certificates between root and leaf."],
        ),
        key(
            "mutual",
            [
                "true, false",
                "false",
                "Whether the broker asks for a certificate of the node.",
            ],
        ),
        key(
            "verify",
            [
                "full, none, pinned-key",
                "full; none with micropython",
                "How much of the broker's certificate nodes check.",
            ],
        ),
        key(
            "server-name",
            [
                "host name",
                "broker.test",
                "The name that nodes ask for, and that the certificate holds.",
            ],
        ),
        key(
            "valid-from",
            [
                "signed duration",
                "-30 d",
                "When certificates become valid, counted from `start`.",
            ],
        ),
        key(
            "valid-until",
            [
                "signed duration",
                "365 d",
                "When certificates end, counted from `start`.",
            ],
        ),
        key(
            "resumption",
            ["true, false", "false", "Whether nodes resume sessions."],
        ),
        key(
            "tickets",
            ["0 to 2", "1", "Tickets that the broker sends at once."],
        ),
        key(
            "max-fragment",
            [
                "64 to 16384",
                "16384",
                "Longest plain text of a record that the broker sends, in bytes.",
            ],
        ),
        key(
            "record-buffer",
            [
                "64 to 65535",
                "any; micropython's own",
                "Longest record that the node's buffer takes, in bytes.",
            ],
        ),
        key(
            "unset-clock",
            [
                "1970, unknown",
                "1970",
                "What a node's clock shows before it was told the time.",
            ],
        ),
        key(
            "wait-for-time",
            [
                "true, false",
                "true",
                "Whether a node waits for the time before it opens a stream.",
            ],
        ),
    ],
};
