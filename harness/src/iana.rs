//! Names that IANA gave to numbers of TLS.

use std::borrow::Cow;

/// Returns the name of a suite (IANA, TLS Cipher Suites), without the prefix that all have in the
/// case of TLS 1.2.
pub(crate) fn suite(suite: u16) -> Cow<'static, str> {
    match suite {
        0x002F => "RSA_WITH_AES_128_CBC_SHA",
        0x0035 => "RSA_WITH_AES_256_CBC_SHA",
        0x1301 => "TLS_AES_128_GCM_SHA256",
        0x1302 => "TLS_AES_256_GCM_SHA384",
        0x1303 => "TLS_CHACHA20_POLY1305_SHA256",
        0xC02B => "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        0xC02C => "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        0xC02F => "ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        0xC030 => "ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        0xCCA8 => "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        0xCCA9 => "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        _ => return format!("suite 0x{suite:04X}").into(),
    }
    .into()
}

/// Returns the name of a group (IANA, TLS Supported Groups).
pub(crate) fn group(group: u16) -> Cow<'static, str> {
    match group {
        0 => "RSA key exchange",
        23 => "secp256r1",
        24 => "secp384r1",
        29 => "x25519",
        0x11EC => "X25519MLKEM768",
        _ => return format!("group 0x{group:04X}").into(),
    }
    .into()
}
