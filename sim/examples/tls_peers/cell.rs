//! The cells: which handshakes are held against OpenSSL's, and which cannot be.
//!
//! Owns the axes and the settings that both ends get. Does not know how OpenSSL is told.

use nodelab_sim::stack::tls::{
    Chip, KeyExchange, KeyKind, Mode, Side, Stack, Suite, TlsSettings, TlsSpec, TlsVersion,
    Versions,
};

/// The first OpenSSL that has the hybrid group, as major and minor number.
const HYBRID_SINCE: (u32, u32) = (3, 5);

/// One choice on every axis.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cell {
    /// Its place among all, from which its luck is drawn: tshark tells connections apart by
    /// the client's random.
    pub(crate) number: u64,
    pub(crate) version: TlsVersion,
    pub(crate) auth: KeyKind,
    pub(crate) intermediates: u8,
    pub(crate) mutual: bool,
    pub(crate) mode: Mode,
    pub(crate) kx: KeyExchange,
    pub(crate) suite: Suite,
}

const VERSIONS: [TlsVersion; 2] = [TlsVersion::V1_2, TlsVersion::V1_3];
const KEYS: [KeyKind; 5] = [
    KeyKind::P256,
    KeyKind::P384,
    KeyKind::Ed25519,
    KeyKind::Rsa2048,
    KeyKind::Rsa4096,
];
const MODES: [Mode; 4] = [Mode::Full, Mode::Ticket, Mode::SessionId, Mode::HelloRetry];
const GROUPS: [KeyExchange; 3] = [
    KeyExchange::X25519,
    KeyExchange::P256,
    KeyExchange::X25519MlKem768,
];
const SUITES: [Suite; 3] = [Suite::Aes128Gcm, Suite::Aes256Gcm, Suite::ChaCha20Poly1305];

impl Cell {
    /// Returns every choice on every axis, those included that cannot be.
    pub(crate) fn all() -> Vec<Self> {
        let mut cells: Vec<Self> = Vec::new();
        for version in VERSIONS {
            for auth in KEYS {
                for (intermediates, mutual) in (0..=2).flat_map(|n| [(n, false), (n, true)]) {
                    for mode in MODES {
                        for (kx, suite) in GROUPS.iter().flat_map(|kx| SUITES.map(|s| (*kx, s))) {
                            cells.push(Self {
                                number: cells.len() as u64,
                                version,
                                auth,
                                intermediates,
                                mutual,
                                mode,
                                kx,
                                suite,
                            });
                        }
                    }
                }
            }
        }
        cells
    }

    /// Returns cells that differ from the plainest ones in one axis, or in two that meet.
    pub(crate) fn core() -> Vec<Self> {
        let mut cells = Self::all();
        cells.retain(|cell| {
            let odd = [
                cell.auth != KeyKind::P256,
                cell.intermediates > 0,
                cell.mutual,
                cell.mode != Mode::Full,
                cell.kx != KeyExchange::X25519,
                cell.suite != Suite::Aes128Gcm,
            ];
            let odd = odd.iter().filter(|odd| **odd).count();
            let chained = cell.mutual && cell.intermediates == 1 && cell.auth == KeyKind::P256;
            let resumed = cell.kx == KeyExchange::X25519 && cell.suite == Suite::Aes128Gcm;
            odd <= 1 || chained && resumed
        });
        cells
    }

    /// Returns why OpenSSL, at the end `openssl`, cannot do this; `release` is its number.
    pub(crate) fn obstacle(&self, openssl: Side, release: (u32, u32)) -> Option<&'static str> {
        let older = self.version == TlsVersion::V1_2;
        let hybrid = self.kx == KeyExchange::X25519MlKem768;
        let rules = [
            (
                older && self.mode == Mode::HelloRetry,
                "TLS 1.2 has no HelloRetryRequest",
            ),
            (
                !older && self.mode == Mode::SessionId,
                "TLS 1.3 has no session ids",
            ),
            (older && hybrid, "X25519MLKEM768 is for TLS 1.3 only"),
            (
                hybrid && release < HYBRID_SINCE,
                "X25519MLKEM768 needs OpenSSL 3.5",
            ),
            (
                older && openssl == Side::Server && self.auth == KeyKind::P384,
                "an OpenSSL server of TLS 1.2 wants the certificate's curve among the client's \
                 groups, and ours does not exchange keys on P-384",
            ),
        ];
        let broken = rules.iter().find(|(broken, _)| *broken);
        broken.map(|(_, why)| *why)
    }

    /// Returns what both ends are set to when OpenSSL is at the end `openssl`.
    ///
    /// OpenSSL wants the curve of an ECDSA certificate among the client's groups in TLS 1.2
    /// (`tls1_check_cert_param`): there it is offered behind the one that is used.
    pub(crate) fn spec(&self) -> TlsSpec {
        let older = self.version == TlsVersion::V1_2;
        let mut groups = vec![self.kx];
        if older && self.auth == KeyKind::P256 && self.kx != KeyExchange::P256 {
            groups.push(KeyExchange::P256);
        }
        let settings = TlsSettings {
            certificate_key: self.auth,
            groups,
            intermediates: self.intermediates,
            mutual: self.mutual,
            server_groups: Some(vec![self.kx]),
            suites: vec![self.suite],
            tickets: 0,
            versions: if older {
                Versions::V1_2
            } else {
                Versions::V1_3
            },
            ..TlsSettings::of(Stack::RustCrypto, Chip::Esp32C3At160)
        };
        TlsSpec::new(settings).expect("rustls can do each cell without an obstacle")
    }

    /// Returns how many connections it takes to bring the measured one about.
    pub(crate) const fn connections(&self) -> u32 {
        match self.mode {
            Mode::Full | Mode::HelloRetry => 1,
            Mode::SessionId | Mode::Ticket => 2,
        }
    }

    /// Returns the cell's name, each axis as the lab calls it.
    pub(crate) fn name(&self) -> String {
        format!(
            "{} {} {}{} {} {} {}",
            self.version_name(),
            self.auth_name(),
            self.intermediates,
            if self.mutual { " mutual" } else { "" },
            self.mode_name(),
            self.kx_name(),
            self.suite_name()
        )
    }

    pub(crate) const fn version_name(&self) -> &'static str {
        match self.version {
            TlsVersion::V1_2 => "1.2",
            TlsVersion::V1_3 => "1.3",
        }
    }

    const fn auth_name(&self) -> &'static str {
        match self.auth {
            KeyKind::Ed25519 => "ed25519",
            KeyKind::P256 => "p256",
            KeyKind::P384 => "p384",
            KeyKind::Rsa2048 => "rsa2048",
            KeyKind::Rsa4096 => "rsa4096",
        }
    }

    const fn mode_name(&self) -> &'static str {
        match self.mode {
            Mode::Full => "full",
            Mode::HelloRetry => "hrr",
            Mode::SessionId => "session-id",
            Mode::Ticket => "ticket",
        }
    }

    const fn kx_name(&self) -> &'static str {
        match self.kx {
            KeyExchange::P256 => "p256",
            KeyExchange::X25519 => "x25519",
            KeyExchange::X25519MlKem768 => "x25519mlkem768",
        }
    }

    const fn suite_name(&self) -> &'static str {
        match self.suite {
            Suite::Aes128Gcm => "aes128gcm",
            Suite::Aes256Gcm => "aes256gcm",
            Suite::ChaCha20Poly1305 => "chacha20poly1305",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_without_an_obstacle_has_settings() {
        for cell in Cell::all() {
            for openssl in [Side::Client, Side::Server] {
                if cell.obstacle(openssl, (3, 5)).is_none() {
                    assert!(!cell.spec().settings().groups.is_empty(), "{}", cell.name());
                }
            }
        }
    }

    #[test]
    fn the_hybrid_group_needs_a_new_openssl_and_is_named() {
        let mut cells = Cell::core();
        cells.retain(|cell| cell.kx == KeyExchange::X25519MlKem768);
        assert!(!cells.is_empty());
        for cell in cells {
            let why = cell.obstacle(Side::Client, (3, 0));
            assert!(why.is_some_and(|why| why.contains("X25519MLKEM768")));
        }
    }

    #[test]
    fn the_core_has_every_value_of_every_axis_in_both_versions() {
        let core = Cell::core();
        for version in VERSIONS {
            let of = || core.iter().filter(move |cell| cell.version == version);
            assert!(KEYS.iter().all(|key| of().any(|cell| cell.auth == *key)));
            assert!(MODES.iter().all(|mode| of().any(|cell| cell.mode == *mode)));
            assert!(GROUPS.iter().all(|kx| of().any(|cell| cell.kx == *kx)));
            assert!(
                SUITES
                    .iter()
                    .all(|suite| of().any(|cell| cell.suite == *suite))
            );
            assert!((0..=2).all(|n| of().any(|cell| cell.intermediates == n)));
            assert!(of().any(|cell| cell.mutual));
        }
    }
}
