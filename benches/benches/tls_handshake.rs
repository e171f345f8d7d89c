//! Host CPU of a TLS handshake, client and server apart: the simulator's seeded provider beside
//! rustls' stock ones, and what recording every operation adds.
//!
//! Both ends speak through memory; only the time inside one of them counts. Settings and
//! certificates are made outside of the measured loop. `--features aws-lc,ring` adds the two
//! providers that have to be compiled first.

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use nodelab_sim::stack::tls::{
    Authority, Chip, ClientSetup, EPOCH_S, Endpoint, KeyExchange, KeyKind, MeasuredEnd, Mode,
    Moment, ServerSetup, Side, Stack, Suite, TlsSettings, TlsSpec, TlsVersion, Versions,
};
use nodelab_sim::{EntityId, NodeId, Purpose, Rng};
use pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::server::NoServerSessionStorage;
use rustls::time_provider::TimeProvider;
use rustls::{
    CipherSuite, ClientConfig, ClientConnection, Connection, NamedGroup, RootCertStore,
    ServerConfig, ServerConnection, SupportedProtocolVersion, version,
};

const NAME: &str = "broker.test";
const NOW: Moment = Moment::from_unix_ms(EPOCH_S * 1000);
const SEED: u64 = 1;
const SIDES: [Side; 2] = [Side::Client, Side::Server];

/// Who spends the time, by side.
#[derive(Clone, Copy, Default)]
struct Spent {
    client: Duration,
    server: Duration,
}

/// A handshake that can be had again and again.
trait Pair {
    /// Runs one; returns the time inside of each end.
    fn shake(&mut self) -> Spent;
}

/// One end of a handshake.
trait End {
    /// Returns whether it is not connected yet.
    fn is_handshaking(&self) -> bool;
    /// Appends what it has to say.
    fn send(&mut self, out: &mut Vec<u8>);
    /// Hears what the other end said.
    fn receive(&mut self, bytes: &[u8]);
}

/// The simulator's ends, which record nothing but sums.
struct Plain {
    client: ClientSetup,
    server: ServerSetup,
    luck: [Rng; 2],
}

/// The same ends with every operation, record and byte listed.
struct Recorded(Plain, TlsVersion);

/// rustls' own connections over some provider.
struct Stock {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    name: ServerName<'static>,
}

/// The time at which certificates are valid.
#[derive(Debug)]
struct Epoch;

/// What is measured of a cell, and what it is called.
struct Cell {
    name: &'static str,
    key: KeyKind,
    versions: Versions,
}

const CELLS: [Cell; 3] = [
    Cell {
        name: "1.3 p256",
        key: KeyKind::P256,
        versions: Versions::V1_3,
    },
    Cell {
        name: "1.3 rsa2048",
        key: KeyKind::Rsa2048,
        versions: Versions::V1_3,
    },
    Cell {
        name: "1.2 p256",
        key: KeyKind::P256,
        versions: Versions::V1_2,
    },
];

impl Cell {
    fn authority(&self) -> Authority {
        let settings = TlsSettings {
            certificate_key: self.key,
            groups: vec![KeyExchange::X25519],
            suites: vec![Suite::Aes128Gcm],
            tickets: 0,
            versions: self.versions,
            ..TlsSettings::of(Stack::RustCrypto, Chip::Esp32C3At160)
        };
        let spec = TlsSpec::new(settings).expect("rustls can do it");
        Authority::new(&Mode::Full.applied(&spec), EPOCH_S, SEED)
    }

    fn version(&self) -> TlsVersion {
        match self.versions {
            Versions::V1_2 => TlsVersion::V1_2,
            Versions::Both | Versions::V1_3 => TlsVersion::V1_3,
        }
    }

    fn protocol(&self) -> &'static SupportedProtocolVersion {
        match self.versions {
            Versions::V1_2 => &version::TLS12,
            Versions::Both | Versions::V1_3 => &version::TLS13,
        }
    }
}

impl Plain {
    fn new(authority: &Authority) -> Self {
        let node = EntityId::Node(NodeId(0));
        Self {
            client: authority.client(NodeId(0)),
            server: authority.server(),
            luck: [Purpose::TlsClient, Purpose::TlsServer]
                .map(|purpose| Rng::derive(SEED, node, purpose)),
        }
    }
}

impl Pair for Plain {
    fn shake(&mut self) -> Spent {
        let mut spent = Spent::default();
        let [of_client, of_server] = &mut self.luck;
        let mut client = timed(&mut spent.client, || {
            Endpoint::client(&self.client, of_client, NOW)
        });
        let mut server = timed(&mut spent.server, || {
            Endpoint::server(&self.server, of_server, NOW)
        });
        connect(&mut spent, &mut client, &mut server);
        spent
    }
}

impl Pair for Recorded {
    fn shake(&mut self) -> Spent {
        let mut spent = Spent::default();
        let Self(ends, version) = self;
        let [of_client, of_server] = &mut ends.luck;
        let mut client = timed(&mut spent.client, || {
            MeasuredEnd::client(&ends.client, *version, of_client, NOW)
        });
        let mut server = timed(&mut spent.server, || {
            MeasuredEnd::server(&ends.server, *version, of_server, NOW)
        });
        connect(&mut spent, &mut client, &mut server);
        let seen = timed(&mut spent.client, || client.finish());
        assert!(seen.is_ok(), "they connect");
        let seen = timed(&mut spent.server, || server.finish());
        assert!(seen.is_ok(), "they connect");
        spent
    }
}

impl Stock {
    fn new(cell: &Cell, authority: &Authority, mut provider: CryptoProvider) -> Self {
        let suites = [
            CipherSuite::TLS13_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ];
        provider
            .cipher_suites
            .retain(|suite| suites.contains(&suite.suite()));
        provider
            .kx_groups
            .retain(|group| group.name() == NamedGroup::X25519);
        let provider = Arc::new(provider);
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from(authority.root_der().to_vec());
        roots.add(root).expect("it is a certificate");
        let shown = authority.server_credentials();
        let chain = shown.chain_der.into_iter().map(CertificateDer::from);
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(shown.key_der));
        let versions = [cell.protocol()];
        let mut client = ClientConfig::builder_with_details(Arc::clone(&provider), Arc::new(Epoch))
            .with_protocol_versions(&versions)
            .expect("it has a suite")
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.resumption = Resumption::disabled();
        let mut server = ServerConfig::builder_with_details(provider, Arc::new(Epoch))
            .with_protocol_versions(&versions)
            .expect("it has a suite")
            .with_no_client_auth()
            .with_single_cert(chain.collect(), key)
            .expect("the key fits");
        server.send_tls13_tickets = 0;
        server.session_storage = Arc::new(NoServerSessionStorage {});
        Self {
            client: Arc::new(client),
            server: Arc::new(server),
            name: ServerName::try_from(NAME).expect("it is a name"),
        }
    }
}

impl Pair for Stock {
    fn shake(&mut self) -> Spent {
        let mut spent = Spent::default();
        let mut client: Connection = timed(&mut spent.client, || {
            ClientConnection::new(Arc::clone(&self.client), self.name.clone())
                .expect("the settings are complete")
                .into()
        });
        let mut server: Connection = timed(&mut spent.server, || {
            ServerConnection::new(Arc::clone(&self.server))
                .expect("the settings are complete")
                .into()
        });
        connect(&mut spent, &mut client, &mut server);
        spent
    }
}

impl TimeProvider for Epoch {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(EPOCH_S).expect("it is after 1970");
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

impl End for Endpoint {
    fn is_handshaking(&self) -> bool {
        self.is_handshaking()
    }

    fn send(&mut self, out: &mut Vec<u8>) {
        self.take_output(out);
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.receive(NOW, bytes);
    }
}

impl End for MeasuredEnd {
    fn is_handshaking(&self) -> bool {
        self.is_handshaking()
    }

    fn send(&mut self, out: &mut Vec<u8>) {
        self.take_output(out);
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.receive(NOW, bytes);
    }
}

impl End for Connection {
    fn is_handshaking(&self) -> bool {
        (**self).is_handshaking()
    }

    fn send(&mut self, out: &mut Vec<u8>) {
        while self.wants_write() {
            self.write_tls(out).expect("a vector takes all");
        }
    }

    fn receive(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            self.read_tls(&mut bytes).expect("it takes all");
            self.process_new_packets().expect("both ends are honest");
        }
    }
}

/// Carries bytes between two ends until both are connected; what is spent is added up.
fn connect<E: End>(spent: &mut Spent, client: &mut E, server: &mut E) {
    let (mut up, mut down) = (Vec::new(), Vec::new());
    while client.is_handshaking() || server.is_handshaking() {
        timed(&mut spent.client, || client.send(&mut up));
        timed(&mut spent.server, || {
            server.receive(&up);
            server.send(&mut down);
        });
        timed(&mut spent.client, || client.receive(&down));
        assert!(!(up.is_empty() && down.is_empty()), "both are silent");
        up.clear();
        down.clear();
    }
}

#[expect(clippy::disallowed_methods, reason = "measures this machine")]
fn timed<R>(spent: &mut Duration, work: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = work();
    *spent += start.elapsed();
    result
}

impl Spent {
    const fn of(self, side: Side) -> Duration {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }
}

/// Returns the providers that this build has and this processor runs.
fn providers() -> Vec<(&'static str, CryptoProvider)> {
    let mut providers = Vec::new();
    if graviola::util::is_cpu_supported() {
        providers.push(("graviola", rustls_graviola::default_provider()));
    } else {
        skip("graviola", "this processor lacks what its assembly needs");
    }
    #[cfg(feature = "aws-lc")]
    providers.push(("aws-lc-rs", rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(not(feature = "aws-lc"))]
    skip("aws-lc-rs", "not built; add --features aws-lc");
    #[cfg(feature = "ring")]
    providers.push(("ring", rustls::crypto::ring::default_provider()));
    #[cfg(not(feature = "ring"))]
    skip("ring", "not built; add --features ring");
    providers
}

#[expect(clippy::print_stderr, reason = "a bench has no other voice")]
fn skip(provider: &str, why: &str) {
    eprintln!("skipped: {provider}: {why}");
}

fn handshakes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tls_handshake");
    for cell in &CELLS {
        let authority = cell.authority();
        let plain = Plain::new(&authority);
        let mut pairs: Vec<(&str, Box<dyn Pair>)> = vec![("nodelab", Box::new(plain))];
        for (name, provider) in providers() {
            let stock = Stock::new(cell, &authority, provider);
            pairs.push((name, Box::new(stock)));
        }
        for (provider, mut pair) in pairs {
            for side in SIDES {
                let name = format!("{side:?} {provider}").to_lowercase();
                group.bench_function(BenchmarkId::new(name, cell.name), |bencher| {
                    bencher.iter_custom(|times| (0..times).map(|_| pair.shake().of(side)).sum());
                });
            }
        }
    }
    group.finish();
}

/// One end recorded and one not, turn by turn: what the machine does to one it does to the other.
fn recording(criterion: &mut Criterion) {
    /// Handshakes of each kind.
    const PAIRS: usize = 2_000;
    let mut group = criterion.benchmark_group("tls_recording");
    for cell in &CELLS {
        let authority = cell.authority();
        let mut plain = Plain::new(&authority);
        let mut recorded = Recorded(Plain::new(&authority), cell.version());
        let total = |spent: Spent| spent.client + spent.server;
        let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
        for _ in 0..PAIRS {
            times[0].push(total(plain.shake()));
            times[1].push(total(recorded.shake()));
        }
        say_overhead(cell.name, times);
        for (name, pair) in [
            ("plain", &mut plain as &mut dyn Pair),
            ("recorded", &mut recorded),
        ] {
            group.bench_function(BenchmarkId::new(name, cell.name), |bencher| {
                bencher.iter_custom(|times| (0..times).map(|_| total(pair.shake())).sum());
            });
        }
    }
    group.finish();
}

#[expect(clippy::print_stderr, reason = "a bench has no other voice")]
fn say_overhead(cell: &str, times: [Vec<Duration>; 2]) {
    let [plain, recorded] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64() * 1e6
    });
    let percent = (recorded / plain - 1.0) * 100.0;
    eprintln!(
        "recording, {cell}: median {plain:.1} µs without, {recorded:.1} µs with: {percent:+.2} %"
    );
}

criterion_group!(benches, handshakes, recording);
criterion_main!(benches);
