//! The authority of a process, and the files in which other programs read it.
//!
//! Owns keys, names and PEM (RFC 7468). Every service of a process shows certificates of one
//! root: a second authority with the same seed and key differs only in what it negotiates.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nodelab_sim::stack::tls::{
    Authority, Chip, Credentials, KeyExchange, KeyKind, Stack, Suite, TlsSettings, TlsSpec,
    Versions,
};
use nodelab_sim::{EntityId, NodeId, Purpose, Rng};
use tokio_rustls::rustls::crypto::ring;

use super::clock::Clock;
use super::error::ServeError;
use crate::tls::axis::Axis;

/// Letters in a line of PEM (RFC 7468 §2).
const PEM_LINE: usize = 64;
/// Who may read a private key: its owner.
const OWNER_ONLY: u32 = 0o600;
/// Names that every certificate holds beside `localhost`.
const ALSO_NAMED: [&str; 2] = ["127.0.0.1", "::1"];

/// What is asked of the authority.
#[derive(Clone, Debug, Default)]
pub struct CertificateOptions {
    /// Where to write the root certificate, if anywhere.
    pub ca_out: Option<PathBuf>,
    /// Where to write a client's certificate and key, if anywhere.
    pub client_out: Option<PathBuf>,
    /// Certificates between root and leaf.
    pub intermediates: u8,
    /// Kind of all keys.
    pub key: Key,
    /// Further names of the server.
    pub names: Vec<String>,
    /// What keys are drawn from; `None` is the operating system's randomness.
    pub seed: Option<u64>,
}

/// A kind of key, by the name that users type.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Key {
    /// Ed25519.
    Ed25519,
    /// ECDSA on P-256.
    #[default]
    P256,
    /// ECDSA on P-384.
    P384,
    /// RSA of 2 048 bits, the program's own.
    Rsa2048,
    /// RSA of 4 096 bits, the program's own.
    Rsa4096,
}

/// What a server negotiates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Terms {
    /// Whether clients have to show a certificate.
    pub mutual: bool,
    /// Tickets that it sends at once.
    pub tickets: u8,
    /// Versions that it speaks.
    pub versions: Versions,
}

/// Who shows certificates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Server {
    /// The broker.
    Mqtts,
    /// The endpoint.
    Tls,
}

/// The authority of a process.
#[derive(Debug)]
pub struct Certificates {
    epoch_s: i64,
    options: CertificateOptions,
    seed: u64,
}

impl Certificates {
    /// Draws the authority, and writes the files that are asked for.
    pub(super) fn new(options: CertificateOptions, clock: Clock) -> Result<Self, ServeError> {
        let seed = match options.seed {
            Some(seed) => seed,
            None => random_seed()?,
        };
        let this = Self {
            epoch_s: clock.unix_ms().div_euclid(1_000),
            options,
            seed,
        };
        let authority = this.authority(Terms::default())?;
        if let Some(path) = &this.options.ca_out {
            let text = pem("CERTIFICATE", authority.root_der());
            written(path, fs::write(path, text))?;
        }
        if let Some(path) = &this.options.client_out {
            let text = bundle(&authority.client_credentials(NodeId(0)));
            written(path, write_secret(path, &text))?;
        }
        Ok(this)
    }

    /// Builds the authority for a server with these terms.
    pub(super) fn authority(&self, terms: Terms) -> Result<Authority, ServeError> {
        let names = ALSO_NAMED.iter().map(|name| (*name).to_owned());
        let mut groups = vec![KeyExchange::X25519, KeyExchange::P256];
        if terms.versions != Versions::V1_2 {
            groups.push(KeyExchange::X25519MlKem768);
        }
        let settings = TlsSettings {
            also_named: names.chain(self.options.names.iter().cloned()).collect(),
            certificate_key: self.options.key.kind(),
            groups,
            intermediates: self.options.intermediates,
            mutual: terms.mutual,
            server_name: "localhost".to_owned(),
            server_versions: terms.versions,
            suites: vec![Suite::Aes128Gcm, Suite::Aes256Gcm, Suite::ChaCha20Poly1305],
            tickets: terms.tickets,
            // The node's side of it is not used: whoever connects brings its own.
            ..TlsSettings::of(Stack::RustCrypto, Chip::Esp32C3At160)
        };
        let spec = TlsSpec::new(settings)
            .map_err(|error| ServeError::Setting(format!("make certificates: {error}")))?;
        Ok(Authority::new(&spec, self.epoch_s, self.seed))
    }

    /// Returns the number from which the randomness of a server's connections is derived, each
    /// server's its own: both number their connections from 1.
    pub(super) fn seed_of(&self, server: Server) -> u64 {
        let entity = match server {
            Server::Mqtts => EntityId::Broker,
            Server::Tls => EntityId::World,
        };
        Rng::derive(self.seed, entity, Purpose::TlsServer).bits()
    }

    /// Returns what a user should know about keys and files.
    pub(super) fn greeting(&self) -> Vec<String> {
        let mut lines = Vec::new();
        match &self.options.ca_out {
            Some(path) => lines.push(format!("CA certificate in {}", path.display())),
            None => lines.push("clients need the CA certificate: --ca-out FILE".to_owned()),
        }
        if let Some(path) = &self.options.client_out {
            let path = path.display();
            lines.push(format!("a client's certificate and key in {path}"));
        }
        if let Some(seed) = self.options.seed {
            lines.push(format!(
                "WARNING: every key follows from --seed {seed}, so whoever knows it knows the \
                 keys: nothing here is secret"
            ));
        }
        if matches!(self.options.key, Key::Rsa2048 | Key::Rsa4096) {
            lines.push(
                "WARNING: RSA keys are part of nodelab's source, so everybody has them: nothing \
                 here is secret"
                    .to_owned(),
            );
        }
        lines
    }
}

impl Key {
    const fn kind(self) -> KeyKind {
        match self {
            Self::Ed25519 => KeyKind::Ed25519,
            Self::P256 => KeyKind::P256,
            Self::P384 => KeyKind::P384,
            Self::Rsa2048 => KeyKind::Rsa2048,
            Self::Rsa4096 => KeyKind::Rsa4096,
        }
    }
}

impl Axis for Key {
    const KEY: &'static str = "key";
    const ALL: &'static [Self] = &[
        Self::P256,
        Self::P384,
        Self::Ed25519,
        Self::Rsa2048,
        Self::Rsa4096,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::P256 => "p256",
            Self::P384 => "p384",
            Self::Rsa2048 => "rsa2048",
            Self::Rsa4096 => "rsa4096",
        }
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            mutual: false,
            tickets: 1,
            versions: Versions::Both,
        }
    }
}

/// Draws 64 bits of the operating system's randomness.
pub(super) fn random_seed() -> Result<u64, ServeError> {
    let mut bytes = [0; 8];
    let filled = ring::default_provider().secure_random.fill(&mut bytes);
    filled.map_err(|_| {
        let error = io::Error::other("the operating system gives no random bytes");
        ServeError::Machine(error)
    })?;
    Ok(u64::from_le_bytes(bytes))
}

/// Returns a chain and its key in one text, as OpenSSL and mosquitto read them.
fn bundle(credentials: &Credentials) -> String {
    let chain = credentials.chain_der.iter();
    let mut text: String = chain.map(|der| pem("CERTIFICATE", der)).collect();
    text.push_str(&pem("PRIVATE KEY", &credentials.key_der));
    text
}

fn pem(label: &str, der: &[u8]) -> String {
    let letters = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in letters.as_bytes().chunks(PEM_LINE) {
        text.push_str(std::str::from_utf8(line).expect("Base64 is ASCII"));
        text.push('\n');
    }
    writeln!(text, "-----END {label}-----").expect("a string takes any text");
    text
}

fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let mut file = options.mode(OWNER_ONLY).open(path)?;
    // The mode is only for a file that was not there.
    file.set_permissions(fs::Permissions::from_mode(OWNER_ONLY))?;
    file.write_all(text.as_bytes())
}

fn written(path: &Path, result: io::Result<()>) -> Result<(), ServeError> {
    result.map_err(|error| ServeError::Write {
        path: path.to_owned(),
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificates(options: CertificateOptions) -> Certificates {
        Certificates::new(options, Clock::start()).expect("these fit together")
    }

    #[test]
    fn whatever_is_negotiated_the_root_is_the_same() {
        let certificates = certificates(CertificateOptions::default());
        let root = |versions| {
            let terms = Terms {
                versions,
                mutual: versions == Versions::V1_2,
                ..Terms::default()
            };
            let authority = certificates.authority(terms).expect("it fits");
            authority.root_der().to_vec()
        };
        assert_eq!(root(Versions::Both), root(Versions::V1_2));
        assert_eq!(root(Versions::Both), root(Versions::V1_3));
    }

    #[test]
    fn without_a_seed_no_two_authorities_are_alike() {
        let seeds = [(); 2].map(|()| certificates(CertificateOptions::default()).seed);
        assert_ne!(seeds[0], seeds[1]);
    }

    #[test]
    fn no_two_servers_share_their_randomness() {
        let certificates = certificates(CertificateOptions {
            seed: Some(7),
            ..CertificateOptions::default()
        });
        let of = |server| certificates.seed_of(server);
        assert_ne!(of(Server::Mqtts), of(Server::Tls));
        assert_eq!(of(Server::Tls), of(Server::Tls));
    }

    #[test]
    fn a_key_is_for_its_owner_also_where_a_file_was_for_all() {
        let name = format!("nodelab-client-{}.pem", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let written = write_secret(&path, "new");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        written.unwrap();
        assert_eq!((mode & 0o777, text.as_str()), (0o600, "new"));
    }

    #[test]
    fn every_kind_of_key_and_any_name_makes_certificates() {
        for key in Key::ALL {
            let options = CertificateOptions {
                key: *key,
                intermediates: 2,
                names: vec!["broker.lan".to_owned(), "192.0.2.1".to_owned()],
                ..CertificateOptions::default()
            };
            let authority = certificates(options).authority(Terms::default());
            let shown = authority.expect("it fits").server_credentials();
            assert_eq!(shown.chain_der.len(), 3, "{}", key.name());
        }
        let options = CertificateOptions {
            names: vec!["no name".to_owned()],
            ..CertificateOptions::default()
        };
        assert!(Certificates::new(options, Clock::start()).is_err());
    }

    #[test]
    fn pem_has_lines_of_64_letters() {
        let text = pem("CERTIFICATE", &[0xAB; 100]);
        let lengths: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(lengths, [27, 64, 64, 8, 25]);
    }
}
