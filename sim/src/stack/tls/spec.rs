//! What both ends of a connection are set to, checked once.

use std::fmt;

use pki_types::{DnsName, ServerName};

/// Longest chain between the root and the leaf.
pub const INTERMEDIATES_MAX: u8 = 3;
/// Most tickets that a server sends at once.
pub const TICKETS_MAX: u8 = 2;
/// Shortest and longest plain text of a record that may be asked for, in bytes.
pub const FRAGMENT_RANGE: (u16, u16) = (64, 16_384);

/// A group of key exchange.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum KeyExchange {
    /// NIST P-256, `secp256r1`.
    P256,
    /// X25519 (RFC 7748).
    X25519,
    /// X25519 beside ML-KEM-768, in TLS 1.3 only (draft-ietf-tls-ecdhe-mlkem).
    X25519MlKem768,
}

/// A cipher; in TLS 1.2 it comes with `ECDHE_ECDSA` or `ECDHE_RSA`, by the key in certificates.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Suite {
    /// AES-128-GCM with SHA-256.
    Aes128Gcm,
    /// AES-256-GCM with SHA-384.
    Aes256Gcm,
    /// ChaCha20-Poly1305 with SHA-256.
    ChaCha20Poly1305,
}

/// A kind of key in certificates.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum KeyKind {
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ECDSA on P-256 with SHA-256.
    P256,
    /// ECDSA on P-384 with SHA-384.
    P384,
    /// RSA with 2 048 bits and SHA-256; keys are not drawn, but those of the program's files.
    Rsa2048,
    /// RSA with 4 096 bits, likewise.
    Rsa4096,
}

/// Versions that an end speaks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Versions {
    /// TLS 1.2 and 1.3.
    Both,
    /// TLS 1.2 only.
    V1_2,
    /// TLS 1.3 only.
    V1_3,
}

/// Where a server keeps what it needs to resume sessions.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SessionKeeping {
    /// In its memory: it gives out numbers, which are session ids in TLS 1.2 and short tickets
    /// in TLS 1.3.
    Memory,
    /// Nowhere: it seals them into tickets, a client's certificates included.
    Tickets,
}

/// How much of the server's certificate the node checks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Verification {
    /// Chain, validity, purpose and name.
    Full,
    /// Nothing, as in the tutorial: anybody passes.
    None,
    /// Only that the server's public key is the one known beforehand, a "fingerprint".
    PinnedKey,
}

/// Which library the node is built with; it bounds what can be spoken, and sets the CPU's time.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Stack {
    /// `BearSSL`, as in the Arduino core for the ESP8266: TLS 1.2.
    BearSsl,
    /// embedded-tls 0.19 over `RustCrypto`: TLS 1.3 client, P-256, AES-GCM, never resumes.
    EmbeddedTls,
    /// mbedTLS 3, as in ESP-IDF.
    MbedTls,
    /// axTLS, as in MicroPython for the ESP8266: RSA key exchange, CBC, no verification.
    MicroPython,
    /// All that rustls can do, over `RustCrypto`: no firmware is built so; for comparison.
    RustCrypto,
}

/// A chip and its clock.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Chip {
    /// ESP32-C3 at 160 MHz.
    Esp32C3At160,
    /// ESP32-C3 at 80 MHz.
    Esp32C3At80,
    /// ESP8266 at 160 MHz.
    Esp8266At160,
    /// ESP8266 at 80 MHz.
    Esp8266At80,
}

/// What is asked for, not yet checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TlsSettings {
    /// Further names and addresses in the server's certificate, beside its
    /// [name](Self::server_name).
    pub also_named: Vec<String>,
    /// Kind of all keys in certificates.
    pub certificate_key: KeyKind,
    /// The node's chip.
    pub chip: Chip,
    /// Groups that both ends offer, the preferred one first.
    pub groups: Vec<KeyExchange>,
    /// Certificates between root and leaf, 0 to [`INTERMEDIATES_MAX`].
    pub intermediates: u8,
    /// Longest plain text of a record that the server sends, in bytes; `None` is 16 384.
    pub max_fragment_size: Option<u16>,
    /// Whether the server asks for a certificate of the node.
    pub mutual: bool,
    /// Longest record that the node's buffer takes, in bytes without its header; `None` is any.
    pub record_max: Option<u16>,
    /// Whether the node resumes sessions.
    pub resumption: bool,
    /// The name that the node asks for, and that the server's certificate holds.
    pub server_name: String,
    /// Groups that the server takes, if other than [`groups`](Self::groups).
    pub server_groups: Option<Vec<KeyExchange>>,
    /// Versions that the server speaks.
    pub server_versions: Versions,
    /// Where the server keeps sessions.
    pub session_keeping: SessionKeeping,
    /// The node's library.
    pub stack: Stack,
    /// Ciphers that both ends offer, the preferred one first.
    pub suites: Vec<Suite>,
    /// Tickets that the server sends at once, 0 to [`TICKETS_MAX`].
    ///
    /// One by default: a node holds one connection, each ticket serves once, and each resumption
    /// brings the next. Every further one costs 210 bytes of the air.
    pub tickets: u8,
    /// When genuine certificates become valid, in seconds from the world's epoch.
    pub valid_from_s: i64,
    /// When they stop being valid, in seconds from the world's epoch.
    pub valid_until_s: i64,
    /// How much the node checks.
    pub verification: Verification,
    /// Versions that the node speaks.
    pub versions: Versions,
}

/// Settings that fit together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TlsSpec(TlsSettings);

/// Why settings do not fit together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TlsSpecError {
    /// The library is not built for the chip.
    ChipWithoutStack,
    /// Certificates end before they begin.
    EmptyValidity,
    /// The record size lies outside of [`FRAGMENT_RANGE`].
    FragmentSize,
    /// No group, or one twice.
    Groups,
    /// The library does not know this kind of key.
    KeyUnknownToStack,
    /// The server's name is no host name.
    ServerName,
    /// The library cannot resume sessions.
    StackCannotResume,
    /// The library never checks certificates.
    StackCannotVerify,
    /// No cipher, or one twice.
    Suites,
    /// More tickets than [`TICKETS_MAX`].
    Tickets,
    /// More certificates than [`INTERMEDIATES_MAX`].
    TooManyIntermediates,
    /// The library speaks none of these versions, or not all of them.
    VersionUnknownToStack,
    /// The library cannot present a certificate of its own.
    WithoutClientCertificates,
}

impl TlsSettings {
    /// Returns what a library does when it is told nothing but to verify.
    #[must_use]
    pub fn of(stack: Stack, chip: Chip) -> Self {
        let versions = match stack {
            Stack::BearSsl | Stack::MicroPython => Versions::V1_2,
            Stack::EmbeddedTls => Versions::V1_3,
            Stack::MbedTls | Stack::RustCrypto => Versions::Both,
        };
        let groups = match stack {
            Stack::EmbeddedTls | Stack::MicroPython => vec![KeyExchange::P256],
            Stack::BearSsl | Stack::MbedTls | Stack::RustCrypto => {
                vec![KeyExchange::X25519, KeyExchange::P256]
            }
        };
        let suites = match stack {
            Stack::EmbeddedTls | Stack::MicroPython => vec![Suite::Aes128Gcm],
            Stack::BearSsl => vec![Suite::ChaCha20Poly1305, Suite::Aes128Gcm],
            Stack::MbedTls | Stack::RustCrypto => vec![Suite::Aes128Gcm, Suite::ChaCha20Poly1305],
        };
        let unchecked = stack == Stack::MicroPython;
        Self {
            also_named: Vec::new(),
            certificate_key: KeyKind::P256,
            chip,
            groups,
            intermediates: 0,
            max_fragment_size: None,
            mutual: false,
            record_max: unchecked.then_some(super::micropython::BUFFER),
            resumption: false,
            server_name: "broker.test".to_owned(),
            server_groups: None,
            server_versions: Versions::Both,
            session_keeping: SessionKeeping::Tickets,
            stack,
            suites,
            tickets: 1,
            valid_from_s: -30 * 86_400,
            valid_until_s: 365 * 86_400,
            verification: if unchecked {
                Verification::None
            } else {
                Verification::Full
            },
            versions,
        }
    }
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self::of(Stack::BearSsl, Chip::Esp8266At80)
    }
}

impl TlsSpec {
    /// Checks settings.
    ///
    /// # Errors
    ///
    /// [`TlsSpecError`] names the first setting that cannot be.
    pub fn new(settings: TlsSettings) -> Result<Self, TlsSpecError> {
        settings.check_sizes()?;
        settings.check_stack()?;
        Ok(Self(settings))
    }

    /// Takes settings as they are: any combination that rustls can do.
    pub(super) const fn unchecked(settings: TlsSettings) -> Self {
        Self(settings)
    }

    /// Returns the settings.
    #[must_use]
    pub const fn settings(&self) -> &TlsSettings {
        &self.0
    }
}

impl TlsSettings {
    fn check_sizes(&self) -> Result<(), TlsSpecError> {
        let (shortest, longest) = FRAGMENT_RANGE;
        let fits = |size: Option<u16>| size.is_none_or(|size| size >= shortest && size <= longest);
        let rules = [
            (
                self.intermediates <= INTERMEDIATES_MAX,
                TlsSpecError::TooManyIntermediates,
            ),
            (self.tickets <= TICKETS_MAX, TlsSpecError::Tickets),
            (
                self.valid_from_s < self.valid_until_s,
                TlsSpecError::EmptyValidity,
            ),
            (fits(self.max_fragment_size), TlsSpecError::FragmentSize),
            (
                self.record_max.is_none_or(|size| size >= shortest),
                TlsSpecError::FragmentSize,
            ),
            (distinct(&self.groups), TlsSpecError::Groups),
            (
                self.server_groups.as_deref().is_none_or(distinct),
                TlsSpecError::Groups,
            ),
            (distinct(&self.suites), TlsSpecError::Suites),
            (
                DnsName::try_from(self.server_name.as_str()).is_ok(),
                TlsSpecError::ServerName,
            ),
            (
                self.also_named
                    .iter()
                    .all(|name| ServerName::try_from(name.as_str()).is_ok()),
                TlsSpecError::ServerName,
            ),
        ];
        first_broken(&rules)
    }

    fn check_stack(&self) -> Result<(), TlsSpecError> {
        let esp8266 = matches!(self.chip, Chip::Esp8266At160 | Chip::Esp8266At80);
        let stack = self.stack;
        let older = matches!(stack, Stack::BearSsl | Stack::MicroPython);
        let embedded = stack == Stack::EmbeddedTls;
        let python = stack == Stack::MicroPython;
        let versions = match stack {
            Stack::BearSsl | Stack::MicroPython => self.versions == Versions::V1_2,
            Stack::EmbeddedTls => self.versions == Versions::V1_3,
            Stack::MbedTls | Stack::RustCrypto => true,
        };
        let hybrid = KeyExchange::X25519MlKem768;
        let newer = self.versions != Versions::V1_2 && self.server_versions != Versions::V1_2;
        let knows_ed25519 = matches!(stack, Stack::EmbeddedTls | Stack::RustCrypto);
        let ed25519 = self.certificate_key == KeyKind::Ed25519;
        let rules = [
            (older == esp8266, TlsSpecError::ChipWithoutStack),
            (versions, TlsSpecError::VersionUnknownToStack),
            (!ed25519 || knows_ed25519, TlsSpecError::KeyUnknownToStack),
            (
                !embedded || self.groups == [KeyExchange::P256],
                TlsSpecError::Groups,
            ),
            (
                stack == Stack::RustCrypto && newer || !self.groups.contains(&hybrid),
                TlsSpecError::Groups,
            ),
            (
                !embedded || !self.suites.contains(&Suite::ChaCha20Poly1305),
                TlsSpecError::Suites,
            ),
            (
                !(embedded || python) || !self.resumption,
                TlsSpecError::StackCannotResume,
            ),
            (
                !python || self.verification == Verification::None,
                TlsSpecError::StackCannotVerify,
            ),
            (
                !python || !self.mutual,
                TlsSpecError::WithoutClientCertificates,
            ),
        ];
        first_broken(&rules)
    }
}

fn first_broken(rules: &[(bool, TlsSpecError)]) -> Result<(), TlsSpecError> {
    let broken = rules.iter().find(|(holds, _)| !holds);
    broken.map_or(Ok(()), |(_, error)| Err(*error))
}

fn distinct<T: PartialEq>(items: &[T]) -> bool {
    let twice = |(index, item)| items[..index].contains(item);
    !items.is_empty() && !items.iter().enumerate().any(twice)
}

impl fmt::Display for TlsSpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ChipWithoutStack => "this library is not built for this chip",
            Self::EmptyValidity => "certificates end before they begin",
            Self::FragmentSize => "a record holds 64 to 16384 bytes",
            Self::Groups => "the library does not offer these groups",
            Self::KeyUnknownToStack => "the library does not know this kind of key",
            Self::ServerName => "the server's name is no host name",
            Self::StackCannotResume => "the library cannot resume sessions",
            Self::StackCannotVerify => "the library never checks certificates",
            Self::Suites => "the library does not offer these ciphers",
            Self::Tickets => "a server sends 0 to 2 tickets",
            Self::TooManyIntermediates => "a chain has 0 to 3 intermediate certificates",
            Self::VersionUnknownToStack => "the library does not speak these versions",
            Self::WithoutClientCertificates => "the library has no client certificates",
        })
    }
}

impl std::error::Error for TlsSpecError {}

#[cfg(test)]
mod tests {
    use super::*;

    type Case = (TlsSpecError, Stack, fn(&mut TlsSettings));

    #[test]
    fn what_each_library_does_by_itself_fits_together() {
        for (stack, chip) in [
            (Stack::BearSsl, Chip::Esp8266At80),
            (Stack::EmbeddedTls, Chip::Esp32C3At160),
            (Stack::MbedTls, Chip::Esp32C3At80),
            (Stack::MicroPython, Chip::Esp8266At160),
            (Stack::RustCrypto, Chip::Esp32C3At160),
        ] {
            assert!(
                TlsSpec::new(TlsSettings::of(stack, chip)).is_ok(),
                "{stack:?}"
            );
        }
        let default = TlsSettings::default();
        assert_eq!(
            TlsSpec::new(default.clone()).map(|spec| spec.0),
            Ok(default)
        );
    }

    #[test]
    fn each_mistake_has_its_name() {
        let cases: [Case; 16] = [
            (TlsSpecError::ChipWithoutStack, Stack::MbedTls, |s| {
                s.chip = Chip::Esp8266At80;
            }),
            (TlsSpecError::EmptyValidity, Stack::MbedTls, |s| {
                s.valid_until_s = s.valid_from_s;
            }),
            (TlsSpecError::FragmentSize, Stack::MbedTls, |s| {
                s.max_fragment_size = Some(63);
            }),
            (TlsSpecError::FragmentSize, Stack::MbedTls, |s| {
                s.max_fragment_size = Some(16_385);
            }),
            (TlsSpecError::FragmentSize, Stack::MbedTls, |s| {
                s.record_max = Some(0);
            }),
            (TlsSpecError::Groups, Stack::MbedTls, |s| s.groups.clear()),
            (TlsSpecError::Groups, Stack::EmbeddedTls, |s| {
                s.groups = vec![KeyExchange::X25519];
            }),
            (TlsSpecError::KeyUnknownToStack, Stack::MbedTls, |s| {
                s.certificate_key = KeyKind::Ed25519;
            }),
            (TlsSpecError::ServerName, Stack::MbedTls, |s| {
                s.server_name = "a b".to_owned();
            }),
            (TlsSpecError::StackCannotResume, Stack::EmbeddedTls, |s| {
                s.resumption = true;
            }),
            (TlsSpecError::StackCannotVerify, Stack::MicroPython, |s| {
                s.verification = Verification::Full;
            }),
            (TlsSpecError::Suites, Stack::MbedTls, |s| {
                s.suites.push(Suite::Aes128Gcm);
            }),
            (TlsSpecError::Tickets, Stack::MbedTls, |s| s.tickets = 3),
            (TlsSpecError::TooManyIntermediates, Stack::MbedTls, |s| {
                s.intermediates = 4;
            }),
            (
                TlsSpecError::VersionUnknownToStack,
                Stack::EmbeddedTls,
                |s| {
                    s.versions = Versions::V1_2;
                },
            ),
            (
                TlsSpecError::WithoutClientCertificates,
                Stack::MicroPython,
                |s| s.mutual = true,
            ),
        ];
        refuse(&cases);
    }

    #[test]
    fn groups_and_suites_are_those_of_the_library() {
        let cases: [Case; 4] = [
            (TlsSpecError::Groups, Stack::MbedTls, |s| {
                s.groups = vec![KeyExchange::X25519MlKem768];
            }),
            (TlsSpecError::Groups, Stack::RustCrypto, |s| {
                s.groups = vec![KeyExchange::X25519MlKem768];
                s.versions = Versions::V1_2;
            }),
            (TlsSpecError::Groups, Stack::RustCrypto, |s| {
                s.server_groups = Some(Vec::new());
            }),
            (TlsSpecError::Suites, Stack::EmbeddedTls, |s| {
                s.suites = vec![Suite::ChaCha20Poly1305];
            }),
        ];
        refuse(&cases);
    }

    fn refuse(cases: &[Case]) {
        for &(expected, stack, change) in cases {
            let chip = match stack {
                Stack::BearSsl | Stack::MicroPython => Chip::Esp8266At80,
                Stack::EmbeddedTls | Stack::MbedTls | Stack::RustCrypto => Chip::Esp32C3At80,
            };
            let mut settings = TlsSettings::of(stack, chip);
            change(&mut settings);
            assert_eq!(TlsSpec::new(settings).err(), Some(expected), "{expected}");
        }
    }
}
