//! The images that measure single operations.
//!
//! Owns their names, and which operations each has, so that one that does not fit a core's memory
//! still has its rows.

/// One image.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Battery {
    /// The name of its file.
    pub(super) name: &'static str,
    /// The function of `firmware/tls` that it starts in.
    pub(super) main: &'static str,
    /// What it measures.
    pub(super) operations: &'static [&'static str],
}

/// `RustCrypto`'s releases.
pub(super) const RUSTCRYPTO: [Battery; 6] = [
    P256,
    Battery {
        name: "tls-p384",
        main: "main_p384",
        operations: &["p384-keygen", "p384-agree", "p384-sign", "p384-verify"],
    },
    Battery {
        name: "tls-curve25519",
        main: "main_curve25519",
        operations: &[
            "x25519-keygen",
            "x25519-agree",
            "ed25519-sign",
            "ed25519-verify",
        ],
    },
    Battery {
        name: "tls-rsa",
        main: "main_rsa",
        operations: &["rsa2048-public", "rsa4096-public"],
    },
    Battery {
        name: "tls-mlkem",
        main: "main_mlkem",
        operations: &[
            "mlkem768-keygen",
            "mlkem768-encapsulate",
            "mlkem768-decapsulate",
        ],
    },
    Battery {
        name: "tls-symmetric",
        main: "main_symmetric",
        operations: &[
            "sha256",
            "sha384",
            "hmac-sha256",
            "hmac-sha384",
            "aes128gcm-seal",
            "aes128gcm-open",
            "aes256gcm-seal",
            "aes256gcm-open",
            "chacha20poly1305-seal",
            "chacha20poly1305-open",
        ],
    },
];

/// What embedded-tls does with releases of its own choice.
pub(super) const EMBEDDED_TLS: Battery = Battery {
    name: "tls-embedded-tls",
    main: "main_embedded_tls",
    operations: &["p256-keygen", "p256-agree"],
};

/// The one that a check measures again.
pub(super) const P256: Battery = Battery {
    name: "tls-p256",
    main: "main_p256",
    operations: &["p256-keygen", "p256-agree", "p256-sign", "p256-verify"],
};

/// `BearSSL`'s C, on the lx106 only.
pub(super) const BEARSSL: Battery = Battery {
    name: "tls-bearssl",
    main: "main_bearssl",
    operations: &[
        "p256-keygen",
        "p256-agree",
        "p256-sign",
        "p256-verify",
        "p384-keygen",
        "p384-agree",
        "p384-sign",
        "p384-verify",
        "x25519-keygen",
        "x25519-agree",
        "rsa2048-public",
        "rsa4096-public",
        "rsa2048-private",
        "sha256",
        "sha384",
        "hmac-sha256",
        "hmac-sha384",
        "aes128gcm-seal",
        "aes128gcm-open",
        "aes256gcm-seal",
        "aes256gcm-open",
        "chacha20poly1305-seal",
        "chacha20poly1305-open",
    ],
};
