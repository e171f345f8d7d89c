//! The axes of the TLS lab: what can be chosen, and the names it goes by.
//!
//! Owns the values of each axis, their names, and reading them. Does not know which combinations
//! are possible.

use std::fmt;

use crate::scenario::nearest_name;

/// A closed list of values that have names.
pub trait Axis: Copy + Eq + 'static {
    /// The key of the axis, as in `key=value`.
    const KEY: &'static str;
    /// All values, in the order of tables.
    const ALL: &'static [Self];

    /// Returns the name of a value.
    fn name(self) -> &'static str;

    /// Returns the names of all values.
    #[must_use]
    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|value| value.name()).collect()
    }

    /// Reads a value.
    ///
    /// # Errors
    ///
    /// An [`AxisError`] that lists the values, when none has this name.
    fn parse(text: &str) -> Result<Self, AxisError> {
        let lower = text.trim().to_lowercase();
        let found = Self::ALL.iter().find(|value| value.name() == lower);
        found
            .copied()
            .ok_or_else(|| AxisError::of::<Self>(text.trim()))
    }
}

/// A text that names no value of an axis.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AxisError {
    axis: &'static str,
    near: Option<&'static str>,
    read: String,
    valid: Vec<&'static str>,
}

impl AxisError {
    /// Builds the error for a text that is no value of the axis.
    #[must_use]
    pub fn of<A: Axis>(read: &str) -> Self {
        Self::new(A::KEY, read, A::names())
    }

    /// Builds the error for a text that is none of the valid ones.
    pub(super) fn new(axis: &'static str, read: &str, valid: Vec<&'static str>) -> Self {
        Self {
            axis,
            near: nearest_name(read, &valid),
            read: read.to_owned(),
            valid,
        }
    }
}

impl fmt::Display for AxisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (axis, read, valid) = (self.axis, &self.read, self.valid.join(", "));
        write!(f, "\"{read}\" is no {axis}; expected one of {valid}")?;
        match self.near {
            Some(near) => write!(f, "\ndid you mean \"{near}\"?"),
            None => Ok(()),
        }
    }
}

/// The version of TLS.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Protocol {
    /// TLS 1.2.
    V1_2,
    /// TLS 1.3.
    V1_3,
}

/// The kind of all keys in certificates. In the order of the issue: curves, then RSA.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Auth {
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// Ed25519.
    Ed25519,
    /// RSA with 2048 bits.
    Rsa2048,
    /// RSA with 4096 bits.
    Rsa4096,
}

/// Certificates between the root and the leaf.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Intermediates {
    /// The root signed the leaf.
    None,
    /// One.
    One,
    /// Two.
    Two,
}

/// Whether the node has a certificate of its own.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Mutual {
    /// Only the server proves who it is.
    No,
    /// Both do.
    Yes,
}

/// How the handshake goes. In the order of the issue.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Mode {
    /// From nothing.
    Full,
    /// Resumed with a ticket (TLS 1.2), or a pre-shared key and a new exchange (TLS 1.3).
    Ticket,
    /// Resumed with an identifier that the server remembers; TLS 1.2 only.
    SessionId,
    /// From nothing, after the server asked for another key share; TLS 1.3 only.
    Retry,
}

/// The key exchange.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Exchange {
    /// X25519.
    X25519,
    /// P-256.
    P256,
    /// X25519 and ML-KEM-768 together.
    X25519MlKem768,
}

/// The cipher of records.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Aead {
    /// AES-128-GCM with SHA-256.
    Aes128Gcm,
    /// AES-256-GCM with SHA-384.
    Aes256Gcm,
    /// ChaCha20-Poly1305 with SHA-256.
    ChaCha20Poly1305,
}

/// A chip and its clock.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Device {
    /// ESP8266 at 80 MHz.
    Esp8266At80,
    /// ESP8266 at 160 MHz.
    Esp8266At160,
    /// ESP32-C3 at 80 MHz.
    Esp32C3At80,
    /// ESP32-C3 at 160 MHz.
    Esp32C3At160,
}

/// A library that a node is built with.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Library {
    /// axTLS, as in MicroPython for the ESP8266.
    AxTls,
    /// `BearSSL`, as in the Arduino core for the ESP8266.
    BearSsl,
    /// mbedTLS 3, as in ESP-IDF.
    MbedTls,
    /// embedded-tls 0.19 over `RustCrypto`.
    EmbeddedTls,
    /// `RustCrypto`'s primitives under all that TLS can do; no firmware is built so.
    RustCrypto,
}

macro_rules! axis {
    ($type:ty, $key:literal, $($value:ident = $name:literal),+ $(,)?) => {
        impl Axis for $type {
            const KEY: &'static str = $key;
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $name),+
                }
            }
        }
    };
}

axis!(Protocol, "protocol", V1_2 = "1.2", V1_3 = "1.3");
axis!(
    Auth,
    "auth",
    P256 = "p256",
    P384 = "p384",
    Ed25519 = "ed25519",
    Rsa2048 = "rsa2048",
    Rsa4096 = "rsa4096",
);
axis!(
    Intermediates,
    "intermediates",
    None = "0",
    One = "1",
    Two = "2"
);
axis!(Mutual, "mutual", No = "false", Yes = "true");
axis!(
    Mode,
    "mode",
    Full = "full",
    Ticket = "ticket",
    SessionId = "session-id",
    Retry = "hrr",
);
axis!(
    Exchange,
    "kx",
    X25519 = "x25519",
    P256 = "p256",
    X25519MlKem768 = "x25519mlkem768",
);
axis!(
    Aead,
    "aead",
    Aes128Gcm = "aes128gcm",
    Aes256Gcm = "aes256gcm",
    ChaCha20Poly1305 = "chacha20poly1305",
);
axis!(
    Device,
    "device",
    Esp8266At80 = "esp8266-80",
    Esp8266At160 = "esp8266-160",
    Esp32C3At80 = "esp32c3-80",
    Esp32C3At160 = "esp32c3-160",
);
axis!(
    Library,
    "stack",
    AxTls = "axtls",
    BearSsl = "bearssl",
    MbedTls = "mbedtls",
    EmbeddedTls = "embedded-tls",
    RustCrypto = "rustcrypto",
);

impl Intermediates {
    /// Returns the number.
    #[must_use]
    pub const fn count(self) -> u8 {
        match self {
            Self::None => 0,
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

impl Mutual {
    /// Returns whether the node shows a certificate.
    #[must_use]
    pub const fn is_on(self) -> bool {
        matches!(self, Self::Yes)
    }
}

impl Mode {
    /// Returns whether it builds on an earlier connection.
    #[must_use]
    pub const fn resumes(self) -> bool {
        matches!(self, Self::SessionId | Self::Ticket)
    }
}

impl Device {
    /// Returns whether it is an ESP8266.
    #[must_use]
    pub const fn is_esp8266(self) -> bool {
        matches!(self, Self::Esp8266At160 | Self::Esp8266At80)
    }

    /// Returns the clock in megahertz.
    #[must_use]
    pub const fn megahertz(self) -> u32 {
        match self {
            Self::Esp32C3At160 | Self::Esp8266At160 => 160,
            Self::Esp32C3At80 | Self::Esp8266At80 => 80,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all_read_back<A: Axis + fmt::Debug>() {
        for value in A::ALL {
            assert_eq!(A::parse(value.name()), Ok(*value));
            let shouted = format!(" {} ", value.name().to_uppercase());
            assert_eq!(A::parse(&shouted), Ok(*value));
        }
        let mut names = A::names();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), A::ALL.len(), "names of {} differ", A::KEY);
    }

    #[test]
    fn every_value_answers_to_its_name() {
        all_read_back::<Protocol>();
        all_read_back::<Auth>();
        all_read_back::<Intermediates>();
        all_read_back::<Mutual>();
        all_read_back::<Mode>();
        all_read_back::<Exchange>();
        all_read_back::<Aead>();
        all_read_back::<Device>();
        all_read_back::<Library>();
    }

    #[test]
    fn a_wrong_value_is_told_what_is_right() {
        let told = [
            Auth::parse("p265").unwrap_err().to_string(),
            Exchange::parse("kyber").unwrap_err().to_string(),
            Device::parse("esp32c3-60").unwrap_err().to_string(),
        ];
        insta::assert_snapshot!(told.join("\n\n"), @r#"
        "p265" is no auth; expected one of p256, p384, ed25519, rsa2048, rsa4096
        did you mean "p256"?

        "kyber" is no kx; expected one of x25519, p256, x25519mlkem768

        "esp32c3-60" is no device; expected one of esp8266-80, esp8266-160, esp32c3-80, esp32c3-160
        did you mean "esp32c3-160"?
        "#);
    }

    proptest! {
        #[test]
        fn any_text_is_a_value_or_an_error_that_lists_them(text in "\\PC{0,40}") {
            match Mode::parse(&text) {
                Ok(mode) => prop_assert_eq!(mode.name(), text.trim().to_lowercase()),
                Err(error) => {
                    let told = error.to_string();
                    prop_assert!(Mode::names().iter().all(|name| told.contains(name)));
                }
            }
        }
    }
}
