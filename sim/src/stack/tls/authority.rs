//! One public key infrastructure per world, and every forgery of it.
//!
//! ```text
//! root ── intermediate ×0..3 ── leaf of the server
//!                            └─ leaf of each node, if it has one
//! ```
//!
//! Owns all certificates and the settings made from them, which all nodes share. Does not know
//! when a connection is made, nor who is attacked.

mod certificate;
mod forgery;
mod verifier;

use std::sync::Arc;

use pki_types::{CertificateDer, ServerName};
use rand_chacha::ChaCha12Rng;
use rand_core::Rng as _;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::server::{NoServerSessionStorage, ServerSessionMemoryCache, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion, version};

use self::certificate::{Identity, Names, Purpose, Validity};
use self::verifier::{ScopedIdentity, Unchecked};
use super::luck::stream_of;
use super::micropython::Profile;
use super::provider::scope::{ScopedKeyLog, ScopedTime};
use super::provider::{Family, Holder};
use super::sessions::ScopedSessions;
use super::setup::{ClientSetup, ServerSetup};
use super::spec::{SessionKeeping, Stack, TlsSettings, TlsSpec, Verification, Versions};
use crate::adversary::Impostor;
use crate::id::NodeId;
use crate::rng::{EntityId, Purpose as Luck, Rng};

/// Seconds that the root is valid before and after everything that it signs.
const ROOT_MARGIN_S: i64 = 10 * 365 * 86_400;
/// Sessions that a server remembers, if it does: as many as rustls does by itself.
const SESSIONS_MAX: usize = 256;
/// Name of the root that nodes trust.
const ROOT_NAME: &str = "nodelab root";

/// What somebody shows and signs with, in files that other programs read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Credentials {
    /// The leaf and the certificates above it, the root left out; each in DER.
    pub chain_der: Vec<Vec<u8>>,
    /// The private key as PKCS #8 in DER.
    pub key_der: Vec<u8>,
}

/// One world's authority.
pub struct Authority {
    client: ClientSetup,
    epoch_s: i64,
    family: Family,
    issuers: Vec<Identity>,
    leaf: Identity,
    seed: u64,
    server: ServerSetup,
    spec: TlsSpec,
}

/// What a stream of luck is for; the numbers never change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    Chain = 0,
    Server = 1,
    Ticket = 2,
    Node = 3,
    Model = 4,
    Impostor = 16,
}

impl Authority {
    /// Draws the authority of a world that begins at `epoch_s`, in seconds since 1970.
    #[must_use]
    pub fn new(spec: &TlsSpec, epoch_s: i64, seed: u64) -> Self {
        Self::of(Family::here(), spec, epoch_s, seed)
    }

    pub(super) fn of(family: Family, spec: &TlsSpec, epoch_s: i64, seed: u64) -> Self {
        let settings = spec.settings();
        let validity = Validity {
            from: epoch_s.saturating_add(settings.valid_from_s),
            until: epoch_s.saturating_add(settings.valid_until_s),
        };
        let mut luck = luck(seed, EntityId::World, Part::Chain, 0);
        let issuers = chain(spec, None, validity, &mut luck);
        let mut luck = self::luck(seed, EntityId::World, Part::Server, 0);
        let leaf = Identity::draw(
            issuers.last(),
            server_names(settings),
            Purpose::Server,
            validity,
            (settings.certificate_key, Holder::Server),
            &mut luck,
        );
        let roots = roots(&issuers);
        let (client, server) = if settings.stack == Stack::MicroPython {
            let profile = modelled(spec, seed, Part::Server, 0);
            let server = ServerSetup::modelled(profile.clone());
            (ClientSetup::modelled(profile), server)
        } else {
            let identity = certified(&leaf, &issuers);
            let server = server(family, spec, &identity, Some(&roots), seed);
            (client(family, spec, &roots, &leaf.der), server)
        };
        Self {
            client,
            epoch_s,
            family,
            issuers,
            leaf,
            seed,
            server,
            spec: spec.clone(),
        }
    }

    /// Returns the settings of one node, with a memory of sessions of its own.
    ///
    /// With mutual authentication its certificate is made here, by its number alone.
    #[must_use]
    pub fn client(&self, node: NodeId) -> ClientSetup {
        let mut setup = self.client.with_own_sessions();
        if self.spec.settings().mutual {
            let leaf = self.leaf_of(node);
            setup.identity = Some(Arc::new(certified(&leaf, &self.issuers)));
        }
        setup
    }

    /// Returns what a node shows under mutual authentication.
    #[must_use]
    pub fn client_credentials(&self, node: NodeId) -> Credentials {
        self.credentials(&self.leaf_of(node))
    }

    /// Returns the settings of the genuine server.
    #[must_use]
    pub fn server(&self) -> ServerSetup {
        self.server.clone()
    }

    /// Returns the settings of a server that is not the genuine one.
    ///
    /// It asks nobody for a certificate, and is made anew by each call: keep it.
    #[must_use]
    pub fn impostor(&self, how: Impostor) -> ServerSetup {
        if self.spec.settings().stack == Stack::MicroPython {
            // Whatever it shows, nobody looks.
            let profile = modelled(&self.spec, self.seed, Part::Impostor, how as u64);
            return ServerSetup::modelled(profile);
        }
        let identity = forgery::forge(self, how);
        server(self.family, &self.spec, &identity, None, self.seed)
    }

    /// Returns what the genuine server shows.
    #[must_use]
    pub fn server_credentials(&self) -> Credentials {
        self.credentials(&self.leaf)
    }

    /// Returns the root certificate in DER.
    #[must_use]
    pub fn root_der(&self) -> &[u8] {
        &self.issuers[0].der
    }

    fn leaf_of(&self, node: NodeId) -> Identity {
        let mut luck = luck(self.seed, EntityId::Node(node), Part::Node, 0);
        Identity::draw(
            self.issuers.last(),
            format!("node-{}.nodelab.test", node.0).as_str().into(),
            Purpose::Client,
            self.validity(),
            (self.spec.settings().certificate_key, Holder::Client),
            &mut luck,
        )
    }

    fn credentials(&self, leaf: &Identity) -> Credentials {
        let certified = certified(leaf, &self.issuers);
        Credentials {
            chain_der: certified.cert.iter().map(|der| der.to_vec()).collect(),
            key_der: leaf.key.to_der(),
        }
    }

    fn validity(&self) -> Validity {
        let settings = self.spec.settings();
        Validity {
            from: self.epoch_s.saturating_add(settings.valid_from_s),
            until: self.epoch_s.saturating_add(settings.valid_until_s),
        }
    }
}

/// Returns what a certificate names that is for the server.
fn server_names(settings: &TlsSettings) -> Names<'_> {
    Names {
        common: &settings.server_name,
        also: &settings.also_named,
    }
}

/// Draws a root and the intermediates below it, in this order; genuine ones, or a forger's with
/// a root of some name.
fn chain(
    spec: &TlsSpec,
    forged: Option<&str>,
    validity: Validity,
    luck: &mut ChaCha12Rng,
) -> Vec<Identity> {
    let kind = spec.settings().certificate_key;
    let wide = Validity {
        from: validity.from.saturating_sub(ROOT_MARGIN_S),
        until: validity.until.saturating_add(ROOT_MARGIN_S),
    };
    let mut draw = |issuer: Option<&Identity>, name: &str, genuine| {
        let holder = forged.map_or(genuine, |_| Holder::Stranger);
        Identity::draw(
            issuer,
            name.into(),
            Purpose::Authority,
            wide,
            (kind, holder),
            luck,
        )
    };
    let root = forged.unwrap_or(ROOT_NAME);
    let mut issuers = vec![draw(None, root, Holder::Root)];
    for number in 1..=spec.settings().intermediates {
        let name = format!("nodelab intermediate {number}");
        let next = draw(issuers.last(), &name, Holder::Intermediate(number));
        issuers.push(next);
    }
    issuers
}

/// Returns what an end shows: its leaf and the intermediates, the root left out.
fn certified(leaf: &Identity, issuers: &[Identity]) -> CertifiedKey {
    let above = issuers
        .iter()
        .skip(1)
        .rev()
        .map(|issuer| issuer.der.clone());
    let chain = std::iter::once(leaf.der.clone()).chain(above).collect();
    CertifiedKey::new(chain, Arc::new(leaf.key.clone()))
}

fn roots(issuers: &[Identity]) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let added = roots.add(issuers[0].der.clone());
    added.expect("a certificate of our own making parses");
    Arc::new(roots)
}

fn server(
    family: Family,
    spec: &TlsSpec,
    identity: &CertifiedKey,
    clients: Option<&Arc<RootCertStore>>,
    seed: u64,
) -> ServerSetup {
    let settings = spec.settings();
    let groups = settings
        .server_groups
        .as_deref()
        .unwrap_or(&settings.groups);
    let provider = family.provider(&settings.suites, groups, settings.certificate_key);
    let builder = ServerConfig::builder_with_details(Arc::clone(&provider), Arc::new(ScopedTime))
        .with_protocol_versions(protocol_versions(settings.server_versions))
        .expect("the provider has suites and groups for both versions");
    let builder = match clients.filter(|_| settings.mutual) {
        None => builder.with_no_client_auth(),
        Some(roots) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::clone(roots), provider);
            builder.with_client_cert_verifier(verifier.build().expect("there is a root"))
        }
    };
    let resolver = SingleCertAndKey::from(identity.clone());
    let mut config = builder.with_cert_resolver(Arc::new(resolver));
    config.send_tls13_tickets = usize::from(settings.tickets);
    config.max_fragment_size = settings.max_fragment_size.map(usize::from);
    match settings.session_keeping {
        SessionKeeping::Memory => {
            config.session_storage = ServerSessionMemoryCache::new(SESSIONS_MAX);
        }
        SessionKeeping::Tickets => {
            config.session_storage = Arc::new(NoServerSessionStorage {});
            if settings.tickets > 0 {
                let mut luck = luck(seed, EntityId::World, Part::Ticket, 0);
                let mut key = [0; 32];
                luck.fill_bytes(&mut key);
                config.ticketer = family.ticketer(key);
            }
        }
    }
    ServerSetup::rustls(config)
}

fn client(
    family: Family,
    spec: &TlsSpec,
    roots: &Arc<RootCertStore>,
    leaf: &CertificateDer<'static>,
) -> ClientSetup {
    let settings = spec.settings();
    let provider = family.provider(&settings.suites, &settings.groups, settings.certificate_key);
    let schemes = provider.signature_verification_algorithms;
    let builder = ClientConfig::builder_with_details(Arc::clone(&provider), Arc::new(ScopedTime))
        .with_protocol_versions(protocol_versions(settings.versions))
        .expect("the provider has suites and groups for both versions");
    let verifier: Arc<dyn ServerCertVerifier> = match settings.verification {
        Verification::Full => {
            let roots = Arc::clone(roots);
            let builder =
                rustls::client::WebPkiServerVerifier::builder_with_provider(roots, provider);
            builder.build().expect("there is a root")
        }
        Verification::None => Arc::new(Unchecked::anybody(schemes)),
        Verification::PinnedKey => Arc::new(Unchecked::pinned(schemes, leaf)),
    };
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(Arc::new(ScopedIdentity));
    config.key_log = Arc::new(ScopedKeyLog);
    config.resumption = if settings.resumption {
        Resumption::store(Arc::new(ScopedSessions))
    } else {
        Resumption::disabled()
    };
    let name = ServerName::try_from(settings.server_name.clone());
    ClientSetup::rustls(config, name.expect("the specification was checked"), spec)
}

/// Draws what the models of one world share, with certificates of one server.
fn modelled(spec: &TlsSpec, seed: u64, part: Part, number: u64) -> Profile {
    let mut secret = [0; 32];
    luck(seed, EntityId::World, Part::Model, 0).fill_bytes(&mut secret);
    let mut luck = luck(seed, EntityId::World, part, number);
    Profile::new(spec, secret, &mut luck)
}

const fn protocol_versions(versions: Versions) -> &'static [&'static SupportedProtocolVersion] {
    static BOTH: [&SupportedProtocolVersion; 2] = [&version::TLS13, &version::TLS12];
    static OLDER: [&SupportedProtocolVersion; 1] = [&version::TLS12];
    static NEWER: [&SupportedProtocolVersion; 1] = [&version::TLS13];
    match versions {
        Versions::Both => &BOTH,
        Versions::V1_2 => &OLDER,
        Versions::V1_3 => &NEWER,
    }
}

/// Returns a stream of its own for each part, so that none moves another.
fn luck(seed: u64, entity: EntityId, part: Part, number: u64) -> ChaCha12Rng {
    let mut rng = Rng::derive(seed, entity, Luck::Authority);
    let mut luck = stream_of(&mut rng);
    luck.set_stream(part as u64 + number);
    luck
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority")
            .field("spec", &self.spec)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::pair::{authority_of, settings};
    use super::super::setup::{ClientKind, ServerKind};
    use super::super::spec::KeyKind;
    use super::*;

    #[test]
    fn one_seed_gives_one_authority_to_the_byte() {
        let all = |seed| {
            let authority = of(seed);
            let forged = forgery::forge(&authority, Impostor::LookAlikeCa);
            let node = authority
                .client(NodeId(7))
                .identity
                .expect("mutual")
                .cert
                .clone();
            (authority.root_der().to_vec(), forged.cert, node)
        };
        assert_eq!(all(1), all(1));
        let (one, two) = (all(1), all(2));
        assert!(one.0 != two.0 && one.1 != two.1 && one.2 != two.2);
    }

    #[test]
    fn nodes_differ_in_their_certificate_and_share_everything_else() {
        let authority = of(1);
        let (one, two) = (authority.client(NodeId(1)), authority.client(NodeId(2)));
        let identity = |setup: &ClientSetup| setup.identity.clone().expect("mutual").cert.clone();
        assert!(identity(&one)[0] != identity(&two)[0]);
        assert_eq!(identity(&one)[1], identity(&two)[1]);
        let config = |setup: &ClientSetup| match &setup.kind {
            ClientKind::Rustls(client) => Arc::as_ptr(client),
            ClientKind::Modelled(_) => panic!("rustls speaks here"),
        };
        assert_eq!(config(&one), config(&two));
        let server = |setup: &ServerSetup| match &setup.kind {
            ServerKind::Rustls(config) => Arc::as_ptr(config),
            ServerKind::Modelled(_) => panic!("rustls speaks here"),
        };
        assert_eq!(server(&authority.server()), server(&authority.server()));
    }

    #[test]
    fn a_chain_is_as_deep_as_asked() {
        for kind in [KeyKind::Ed25519, KeyKind::P256] {
            for intermediates in 0..=3 {
                let settings = TlsSettings {
                    intermediates,
                    mutual: true,
                    certificate_key: kind,
                    ..settings()
                };
                let authority = authority_of(Family::here(), settings, 1);
                let node = authority.client(NodeId(0)).identity.expect("mutual");
                assert_eq!(node.cert.len(), 1 + usize::from(intermediates));
            }
        }
    }

    #[test]
    fn further_names_are_in_the_genuine_certificate_and_in_forgeries() {
        let settings = TlsSettings {
            also_named: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            ..settings()
        };
        let authority = authority_of(Family::here(), settings, 1);
        let forged = forgery::forge(&authority, Impostor::Expired);
        for der in [&authority.leaf.der, &forged.cert[0]] {
            let leaf = webpki::EndEntityCert::try_from(der).expect("it parses");
            for name in ["broker.test", "localhost", "127.0.0.1"] {
                let name = ServerName::try_from(name).expect("a name");
                assert!(leaf.verify_is_valid_for_subject_name(&name).is_ok());
            }
        }
        let elsewhere = forgery::forge(&authority, Impostor::WrongName);
        let leaf = webpki::EndEntityCert::try_from(&elsewhere.cert[0]).expect("it parses");
        let name = ServerName::try_from("localhost").expect("a name");
        assert!(leaf.verify_is_valid_for_subject_name(&name).is_err());
    }

    fn of(seed: u64) -> Authority {
        let settings = TlsSettings {
            intermediates: 1,
            mutual: true,
            ..settings()
        };
        authority_of(Family::here(), settings, seed)
    }
}
