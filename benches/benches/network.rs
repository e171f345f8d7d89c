//! The real network: fleets of protected nodes, and handshakes with and without TCP below them.
//!
//! Times are of this thread's processor, so that what else the machine does counts little.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Bencher, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nodelab::expand::draw;
use nodelab::prepare::prepare;
use nodelab_sim::radio::WifiSpec;
use nodelab_sim::stack::tls::{
    Authority, Chip, Endpoint, KeyExchange, KeyKind, Moment, Stack, TlsSettings, TlsSpec, Versions,
};
use nodelab_sim::stack::{Cable, RealSpec, SecuritySpec, UnsetClock};
use nodelab_sim::{
    EntityId, NodeId, Observation, Observer, Purpose, Rng, SimTime, World, WorldSpec,
};

/// Readings of a node a minute for an hour.
const READINGS: u64 = 60;
const HOUR: SimTime = SimTime::from_nanos(3_600_000_000_000);
/// Handshakes of one iteration.
const HANDSHAKES: u64 = 100;
const NOW: Moment = Moment::from_unix_ms(1_780_000_000_000);

/// Both choices of keys that the figures are stated for.
const KEYS: [(&str, KeyExchange, KeyKind); 2] = [
    ("p256", KeyExchange::P256, KeyKind::P256),
    ("x25519", KeyExchange::X25519, KeyKind::Ed25519),
];

/// Measures the processor time of some work.
fn measure(bencher: &mut Bencher<'_>, mut work: impl FnMut()) {
    bencher.iter_custom(|iterations| {
        let before = processor_time();
        for _ in 0..iterations {
            work();
        }
        processor_time().saturating_sub(before)
    });
}

/// Returns the processor time of this thread (proc(5), `/proc/pid/schedstat`).
fn processor_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("this is Linux");
    let ns = text.split_whitespace().next();
    Duration::from_nanos(ns.and_then(|ns| ns.parse().ok()).expect("its first field"))
}

#[derive(Default)]
struct Acknowledged(u64);

impl Observer for Acknowledged {
    fn on_event(&mut self, _at: SimTime, _node: NodeId, what: &Observation<'_>) {
        if let Observation::Node(node_core::Event::PublishAcked { .. }) = what {
            self.0 += 1;
        }
    }
}

fn fleet(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("real_fleet_hour");
    group.sample_size(10);
    for nodes in [1_000, 5_000] {
        let world = world(nodes, tls(KeyExchange::X25519, KeyKind::Ed25519));
        group.throughput(Throughput::Elements(u64::from(nodes) * READINGS));
        group.bench_function(BenchmarkId::from_parameter(nodes), |bencher| {
            measure(bencher, || {
                let mut acknowledged = Acknowledged::default();
                World::new(black_box(&world)).run_until(HOUR, &mut acknowledged);
                assert!(acknowledged.0 >= u64::from(nodes) * (READINGS - 1));
            });
        });
    }
    group.finish();
}

/// Handshakes over nothing but memory: what the world adds is the difference to this.
fn byte_pipe(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("handshake_byte_pipe");
    group.throughput(Throughput::Elements(HANDSHAKES));
    for (name, exchange, key) in KEYS {
        let authority = Authority::new(&tls(exchange, key), 1_780_000_000, 1);
        let (client, server) = (authority.client(NodeId(0)), authority.server());
        let mut luck = Rng::derive(1, EntityId::World, Purpose::Path);
        group.bench_function(name, |bencher| {
            measure(bencher, || {
                for _ in 0..HANDSHAKES {
                    let node = Endpoint::client(&client, &mut luck, NOW);
                    let broker = Endpoint::server(&server, &mut luck, NOW);
                    shake_hands(node, broker);
                }
            });
        });
    }
    group.finish();
}

/// The same over TCP in virtual time, opened and closed each time.
fn tcp(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("handshake_tcp");
    group.throughput(Throughput::Elements(HANDSHAKES));
    for (name, exchange, key) in KEYS {
        let authority = Authority::new(&tls(exchange, key), 1_780_000_000, 1);
        let (client, server) = (authority.client(NodeId(0)), authority.server());
        let mut cable = Cable::new(1);
        group.bench_function(name, |bencher| {
            measure(bencher, || {
                for _ in 0..HANDSHAKES {
                    let connection = cable.shake_hands(&client, &server, NOW);
                    assert!(connection.opened);
                }
            });
        });
    }
    group.finish();
}

fn shake_hands(mut node: Endpoint, mut broker: Endpoint) {
    let mut bytes = Vec::new();
    for _ in 0..4 {
        bytes.clear();
        node.take_output(&mut bytes);
        broker.receive(NOW, &bytes);
        bytes.clear();
        broker.take_output(&mut bytes);
        node.receive(NOW, &bytes);
    }
    assert!(!node.is_handshaking() && !broker.is_handshaking());
}

fn tls(exchange: KeyExchange, key: KeyKind) -> TlsSpec {
    let settings = TlsSettings {
        certificate_key: key,
        groups: vec![exchange],
        tickets: 0,
        versions: Versions::V1_3,
        ..TlsSettings::of(Stack::RustCrypto, Chip::Esp32C3At160)
    };
    TlsSpec::new(settings).expect("the settings fit together")
}

fn world(nodes: u32, tls: TlsSpec) -> WorldSpec {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/fleet-10000.yaml");
    let (prepared, _) = prepare(&path).expect("the bench's own scenario is valid");
    let mut wifi = WifiSpec::good();
    wifi.access_point.stations_max = nodes;
    let mut real = RealSpec::new(wifi);
    real.services.addresses = nodes;
    WorldSpec {
        epoch: Some(node_core::UnixTime::from_millis(1_780_000_000_000)),
        nodes,
        real: Some(real),
        security: Some(SecuritySpec {
            tls,
            unset_clock: UnsetClock::Epoch1970,
            waits_for_time: true,
        }),
        ..draw(&prepared, 1)
    }
}

criterion_group!(benches, byte_pipe, tcp, fleet);
criterion_main!(benches);
